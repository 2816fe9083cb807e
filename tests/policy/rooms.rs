//! Who may name whom (design.md, section 2): read from `cargo metadata` and from the sources' own words.

use crate::files;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Our packages and which of ours each may depend on.
const MAY_NAME: [(&str, &[&str]); 8] = [
    ("porchlight-label", &[]),
    ("porchlight-scan", &[]),
    ("porchlight-protocol", &[]),
    ("porchlight-core", &["porchlight-label", "porchlight-protocol", "porchlight-scan"]),
    ("porchlight-bindings", &["porchlight-core"]),
    ("porchlight-bindgen", &[]),
    ("porchlight-cloud", &["porchlight-label", "porchlight-protocol"]),
    (
        "porchlight-tests",
        &[
            "porchlight-cloud",
            "porchlight-core",
            "porchlight-label",
            "porchlight-protocol",
            "porchlight-scan",
        ],
    ),
];

/// What a package must not depend on, with the reason.
const MUST_NOT_NAME: [(&str, &[&str], &str); 6] = [
    ("porchlight-protocol", &["tokio", "reqwest", "rusqlite", "sqlx", "axum"], "it is words, not deeds"),
    ("porchlight-label", &["tokio", "reqwest", "rusqlite", "image"], "it is pure"),
    ("porchlight-core", &["uniffi", "sqlx", "axum"], "only bindings/ knows uniffi, only cloud/ serves"),
    ("porchlight-bindings", &["reqwest", "rusqlite", "serde", "tracing"], "it converts, runs, converts"),
    ("porchlight-tests", &["uniffi", "wiremock"], "only bindings/ knows uniffi, and the cloud here is real"),
    ("porchlight-cloud", &["uniffi", "rusqlite", "rqrr", "image"], "the phone's trades"),
];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(files::root())
        .output()
        .expect("cargo tells of the workspace");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a workspace has packages");
    packages
        .iter()
        .map(|package| {
            let depends = package["dependencies"].as_array().expect("a list");
            // Those of tests and build scripts, too: a rule that a test may break is none.
            let names = depends.iter().map(|d| d["name"].as_str().expect("a name").to_owned()).collect();
            (package["name"].as_str().expect("a name").to_owned(), names)
        })
        .collect()
}

#[test]
fn package_names_only_the_rooms_below_it() {
    let dependencies = dependencies();
    let known: BTreeSet<_> = MAY_NAME.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        dependencies.keys().cloned().collect::<BTreeSet<_>>(),
        known,
        "a new package needs a rule here"
    );
    for (package, allowed) in MAY_NAME {
        for name in dependencies[package].iter().filter(|name| name.starts_with("porchlight")) {
            assert!(allowed.contains(&name.as_str()), "{package} names {name}");
        }
    }
}

#[test]
fn package_does_not_reach_for_anothers_trade() {
    let dependencies = dependencies();
    for (package, forbidden, reason) in MUST_NOT_NAME {
        for name in forbidden {
            assert!(!dependencies[package].contains(*name), "{package} depends on {name}: {reason}");
        }
    }
}

#[test]
fn only_stores_hold_sql_and_only_api_files_and_pages_speak_http() {
    for file in files::rust().iter().filter(|file| file.starts_with("cloud/src")) {
        let path = file.to_string_lossy();
        let name = file.file_name().expect("a file has a name").to_string_lossy();
        for line in files::code(file) {
            let sql = line.contains("sqlx::");
            assert!(!sql || is_store(file) || path.starts_with("cloud/src/db/"), "{path} holds SQL: {line}");
            let http =
                ["axum::", "hyper::", "hyper_util::", "tower_http::"].iter().any(|word| line.contains(word));
            let speaks = name == "api.rs"
                || is_page(file)
                || path.starts_with("cloud/src/server/")
                || path == "cloud/src/problem.rs";
            assert!(!http || speaks, "{path} speaks HTTP: {line}");
        }
    }
}

/// A route of the API that is not described is seen by no test that walks the description. Pages are held to the table
/// of doors (`end_to_end/portal`).
#[test]
fn only_the_description_itself_and_pages_are_routes_that_are_not_described() {
    let mut undescribed = Vec::new();
    for file in files::rust().iter().filter(|file| file.starts_with("cloud/src")) {
        let is_test = file.components().any(|part| part.as_os_str() == "tests");
        if is_page(file) {
            continue;
        }
        let ways = [".route(", ".nest(", ".route_service(", ".nest_service("];
        let lines = files::code(file).into_iter();
        let found = lines.filter(|line| !is_test && ways.iter().any(|way| line.contains(way)));
        undescribed.extend(found.map(|line| line.trim().to_owned()));
    }
    assert!(matches!(undescribed.as_slice(), [one] if one.contains("openapi.json")), "{undescribed:?}");
}

/// What makes HTML: the `pages.rs` (or `pages/`) of a feature, and what they share.
fn is_page(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "pages.rs")
        || file.components().any(|part| part.as_os_str() == "pages")
        || file.starts_with("cloud/src/portal")
}

fn is_store(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "store.rs")
        || file.components().any(|part| part.as_os_str() == "store")
}

#[test]
fn feature_has_the_same_name_in_every_layer() {
    let features =
        ["session", "sites", "devices", "add_device", "access", "handoff", "people", "customers", "history"];
    let stands_on = BTreeMap::from([
        (
            "cloud/src",
            ["authority", "cli", "clock", "db", "idempotency", "limits", "mail", "portal", "server"]
                .as_slice(),
        ),
        ("core/app/src", ["cache", "http", "outbox", "ports", "sealed", "store"].as_slice()),
    ]);
    for (layer, rooms) in stands_on {
        let folders: BTreeSet<_> = std::fs::read_dir(files::root().join(layer))
            .expect("the layer is there")
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        // The phone's part of a feature comes after the cloud's.
        for feature in features.iter().filter(|_| layer == "cloud/src") {
            assert!(folders.contains(*feature), "{layer} has no room for {feature}");
        }
        for folder in folders {
            let known = features.contains(&folder.as_str()) || rooms.contains(&folder.as_str());
            assert!(known, "{layer}/{folder} is neither a feature nor something features stand on");
        }
    }
}
