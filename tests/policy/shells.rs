//! The rules of the shells: who names the generated bindings, that words are the same in each language, and that colours
//! can be read. That no screen has words of its own stands in `literals`.

use crate::files;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const RESOURCES: &str = "android/screens/src/main/res";

/// The Kotlin below a folder.
pub fn kotlin(under: &str) -> Vec<PathBuf> {
    let is_kotlin = |file: &PathBuf| file.extension().is_some_and(|e| e == "kt") && file.starts_with(under);
    let found: Vec<_> = files::all().into_iter().filter(is_kotlin).collect();
    assert!(!found.is_empty(), "no Kotlin under {under}");
    found
}

#[test]
fn hand_written_kotlin_file_has_at_most_500_lines() {
    for file in kotlin("android") {
        let lines = files::text(&file).lines().count();
        assert!(lines <= 500, "two things live in {} ({lines} lines)", file.display());
    }
}

/// The Swift below a folder.
pub fn swift(under: &str) -> Vec<PathBuf> {
    let is_swift = |file: &PathBuf| file.extension().is_some_and(|e| e == "swift") && file.starts_with(under);
    let found: Vec<_> = files::all().into_iter().filter(is_swift).collect();
    assert!(!found.is_empty(), "no Swift under {under}");
    found
}

#[test]
fn swift_screens_leave_the_bindings_to_the_bridge() {
    for room in ["ios/Sources/Screens", "ios/Sources/CustomerApp", "ios/Sources/PartnerApp"] {
        for file in swift(room) {
            let text = files::text(&file);
            assert!(text.lines().count() <= 500, "two things live in {}", file.display());
            for forbidden in ["import PorchlightCore", "Porchlight.open", ".listen(", "Text(verbatim:"] {
                assert!(!text.contains(forbidden), "{} names {forbidden}", file.display());
            }
        }
    }
}

#[test]
fn words_colours_and_icons_of_ios_are_made_from_androids() {
    let check = std::process::Command::new("ios/bin/from-android")
        .arg("--check")
        .current_dir(files::root())
        .output()
        .expect("python3 is there");
    assert!(check.status.success(), "run ios/bin/from-android: {}", String::from_utf8_lossy(&check.stdout));
}

/// What Linux does not compile is checked by nobody here, and says so.
#[test]
fn swift_that_only_apple_compiles_says_so_in_its_first_line() {
    let mut marked = 0;
    for file in swift("ios/Sources")
        .iter()
        .filter(|file| !file.components().any(|part| part.as_os_str() == "PorchlightCore"))
    {
        let text = files::text(file);
        let is_split = text.lines().any(|line| line.trim_start().starts_with("#if "));
        let says_so = text.starts_with("// Checked on Apple only: ");
        assert!(says_so || !is_split, "{} does not say what is checked on Apple only", file.display());
        assert!(!says_so || text.lines().count() <= 120, "{} is more than a thin port", file.display());
        marked += usize::from(says_so);
    }
    assert!(marked > 5, "only {marked} files are marked");
}

/// The hosts whose links open the app: those of the configuration, on both sides.
#[test]
fn apples_associated_domains_are_the_configured_link_host() {
    let project = files::text(Path::new("ios/App/project.yml"));
    let domains = "com.apple.developer.associated-domains: [\"applinks:$(PORCHLIGHT_LINK_HOST)\"]";
    assert_eq!(project.matches(domains).count(), 2, "both apps are opened by links of the host");
    let android = files::text(&Path::new(RESOURCES).join("values/configuration.xml"));
    let host = android
        .split_once("name=\"configuration_link_host\"")
        .and_then(|(_, rest)| rest.split_once('>'))
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(host, _)| host)
        .expect("Android's resources name the link host");
    let configuration = files::text(Path::new("ios/App/Configuration.xcconfig"));
    assert!(configuration.lines().any(|line| line == format!("PORCHLIGHT_LINK_HOST = {host}")), "not {host}");
}

#[test]
fn screens_leave_the_bindings_to_the_bridge() {
    for room in ["android/screens/src/main", "android/customer-app/src/main", "android/partner-app/src/main"]
    {
        for file in kotlin(room) {
            let text = files::text(&file);
            let listeners = ["SessionListener", "AddDeviceListener", "ListListener", "ViewfinderListener"];
            for forbidden in ["com.sun.jna", "uniffi", "Porchlight.open"].iter().chain(&listeners) {
                assert!(!text.contains(forbidden), "{} names {forbidden}", file.display());
            }
        }
    }
}

/// The words of a language: key to text; plurals as one key a quantity.
fn words(folder: &str) -> BTreeMap<String, String> {
    let text = files::text(&Path::new(RESOURCES).join(folder).join("strings.xml"));
    let words = harness::app_words::read(&text);
    assert!(words.len() > 100, "only {} words in {folder}", words.len());
    words
}

fn placeholders(text: &str) -> BTreeSet<String> {
    let parts = text.split('%').skip(1);
    parts.map(|part| part.chars().take(3).collect()).collect()
}

#[test]
fn every_language_has_the_same_words_with_the_same_places_to_fill_in() {
    let (english, german) = (words("values"), words("values-de"));
    assert_eq!(english.keys().collect::<Vec<_>>(), german.keys().collect::<Vec<_>>());
    for (key, text) in &english {
        assert_eq!(placeholders(text), placeholders(&german[key]), "{key}");
        assert!(!german[key].is_empty() && !text.is_empty(), "{key} says nothing");
        for placeholder in placeholders(text).union(&placeholders(&german[key])) {
            assert!(placeholder.as_bytes().get(1) == Some(&b'$'), "{key}: {placeholder} has no position");
        }
    }
}

#[test]
fn every_word_is_used() {
    let used: String = kotlin("android").iter().map(|file| files::text(file)).collect();
    let manifests: String = ["customer-app", "partner-app"]
        .iter()
        .map(|app| files::text(&Path::new("android").join(app).join("src/main/AndroidManifest.xml")))
        .collect();
    for key in words("values").keys() {
        let name = key.split('.').next().unwrap_or_default();
        let of_kotlin = [format!("R.string.{name}"), format!("R.plurals.{name}")];
        let is_used = of_kotlin.iter().any(|way| {
            used.match_indices(way.as_str())
                .any(|(at, _)| !used[at + way.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        });
        assert!(is_used || manifests.contains(&format!("@string/{name}\"")), "nobody says {name}");
    }
}

fn colors(folder: &str) -> BTreeMap<String, [f64; 3]> {
    let text = files::text(&Path::new(RESOURCES).join(folder).join("colors.xml"));
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("<color name=\""));
    lines
        .filter_map(|line| line.split_once("\">#"))
        .filter_map(|(name, rest)| Some((name.to_owned(), rest.strip_suffix("</color>")?)))
        .filter(|(_, hex)| hex.len() == 6)
        .map(|(name, hex)| {
            let part = |at: usize| {
                f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits")) / 255.0
            };
            (name, [part(0), part(2), part(4)])
        })
        .collect()
}

/// WCAG 2.2, relative luminance and contrast ratio.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let luminance = |c: [f64; 3]| 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_colour_can_be_read_on_every_ground_by_day_and_by_night() {
    for folder in ["values", "values-night"] {
        let colors = colors(folder);
        let grounds = ["background", "surface", "raised"];
        for text in ["text", "muted", "primary", "accent", "danger", "success", "warning"] {
            for ground in grounds {
                let ratio = contrast(colors[text], colors[ground]);
                assert!(ratio >= 5.2, "{folder}: {text} on {ground} has {ratio:.2}");
            }
        }
        for ground in grounds {
            let ratio = contrast(colors["outline"], colors[ground]);
            assert!(ratio >= 3.3, "{folder}: outline on {ground} has {ratio:.2}");
        }
        for tone in ["accent", "danger", "success", "warning"] {
            let ratio = contrast(colors[tone], colors[&format!("{tone}_soft")]);
            assert!(ratio >= 4.5, "{folder}: {tone} on its soft ground has {ratio:.2}");
        }
        assert!(contrast(colors["on_primary"], colors["primary"]) >= 4.5, "{folder}: on_primary");
    }
    assert!(contrast([0.0; 3], [1.0; 3]) > 20.9, "the measure itself");
}
