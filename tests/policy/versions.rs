//! One version: the workspace's. Build tools that cannot read it from there say the same.

use crate::files;
use std::path::{Path, PathBuf};

/// What stands between two marks, at each place in the file; white space around it is none of it.
fn between(file: &Path, before: &str, after: &str) -> Vec<String> {
    let text = files::text(file);
    let found = text.split(before).skip(1).filter_map(|rest| rest.split_once(after));
    found.map(|(value, _)| value.trim().trim_start_matches("<version>").to_owned()).collect()
}

fn only(file: &str, before: &str, after: &str) -> String {
    let found = between(Path::new(file), before, after);
    assert_eq!(found.len(), 1, "{file} has one {before}...{after}");
    found[0].clone()
}

fn named(name: &str, under: &str) -> Vec<PathBuf> {
    let is_one = |file: &PathBuf| file.starts_with(under) && file.file_name().is_some_and(|it| it == name);
    let found: Vec<_> = files::all().into_iter().filter(is_one).collect();
    assert!(!found.is_empty(), "no {name} under {under}");
    found
}

#[test]
fn every_version_is_the_workspace_s() {
    let version = only("Cargo.toml", "\nversion = \"", "\"");
    let mut others = Vec::new();
    for module in named("pom.xml", "android") {
        let of_ours = between(&module, "<artifactId>porchlight-android</artifactId>", "</version>");
        assert!(!of_ours.is_empty(), "{} does not say whose it is", module.display());
        others.extend(of_ours.into_iter().map(|version| (module.clone(), version)));
    }
    for manifest in named("AndroidManifest.xml", "android").into_iter().filter(|it| is_an_app_s(it)) {
        let of_the_app = only(&manifest.to_string_lossy(), "android:versionName=\"", "\"");
        others.push((manifest, of_the_app));
    }
    for (file, before, after) in [
        (
            "android/screens/src/main/res/values/configuration.xml",
            "\"configuration_version\" translatable=\"false\">",
            "<",
        ),
        ("ios/App/Configuration.xcconfig", "\nPORCHLIGHT_VERSION = ", "\n"),
    ] {
        others.push((file.into(), only(file, before, after)));
    }
    for (file, other) in others {
        assert_eq!(other, version, "{}", file.display());
    }
    for manifest in named("Cargo.toml", "").into_iter().filter(|it| it != Path::new("Cargo.toml")) {
        let text = files::text(&manifest);
        assert!(text.contains("\nversion.workspace = true\n"), "{} has its own version", manifest.display());
    }
}

#[test]
fn builds_of_the_apps_are_counted_alike() {
    let ios = only("ios/App/project.yml", "CURRENT_PROJECT_VERSION: \"", "\"");
    for manifest in named("AndroidManifest.xml", "android").into_iter().filter(|it| is_an_app_s(it)) {
        assert_eq!(only(&manifest.to_string_lossy(), "android:versionCode=\"", "\""), ios);
    }
}

fn is_an_app_s(manifest: &Path) -> bool {
    manifest.to_string_lossy().contains("-app/")
}
