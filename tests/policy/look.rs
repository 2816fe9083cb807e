//! The portal looks and speaks as the apps do: colours, icons and shared words stand once, in Android's resources.

use crate::files;
use porchlight_cloud::history::Deed;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const RESOURCES: &str = "android/screens/src/main/res";

/// Colours of the apps that a page has no use for.
const NOT_IN_PAGES: [&str; 2] = ["ripple", "camera"];

/// What stands between `<color name="...">` and its end, say.
fn named(file: PathBuf, tag: &str) -> BTreeMap<String, String> {
    let text = files::text(&file);
    let opening = format!("<{tag} name=\"");
    let items = text.split(&opening).skip(1).filter_map(|item| {
        let (name, rest) = item.split_once('"')?;
        let (_, rest) = rest.split_once('>')?;
        Some((name.to_owned(), rest.split_once('<')?.0.to_owned()))
    });
    items.collect()
}

/// The custom properties of a part of the style sheet.
fn tokens(css: &str) -> BTreeMap<String, String> {
    let lines = css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    lines.map(|(name, value)| (name.replace('-', "_"), value.trim_end_matches(';').to_owned())).collect()
}

#[test]
fn colours_of_the_portal_are_the_apps() {
    let css = files::text(Path::new("cloud/static/porchlight.css"));
    let (by_day, rest) = css.split_once("@media (prefers-color-scheme: dark)").expect("it has a night");
    let by_night = rest.split_once("\n}").expect("the block ends").0;
    for (part, folder) in [(by_day, "values"), (by_night, "values-night")] {
        let mut colours = named(Path::new(RESOURCES).join(folder).join("colors.xml"), "color");
        colours.retain(|name, _| !NOT_IN_PAGES.contains(&name.as_str()));
        assert!(colours.len() > 10, "{folder}: {colours:?}");
        assert_eq!(tokens(part), colours, "{folder}");
    }
    let after = &rest[by_night.len()..];
    let own: Vec<_> = after.lines().filter(|line| line.contains('#') && line.contains(':')).collect();
    assert!(own.is_empty(), "a colour that is no token: {own:?}");
}

#[test]
fn icons_of_the_portal_are_the_apps() {
    let sprite = files::text(Path::new("cloud/templates/icons.svg"));
    let symbols: Vec<_> = sprite.split("<symbol id=\"icon-").skip(1).collect();
    assert!(symbols.len() > 10);
    for symbol in symbols {
        let (name, drawn) = symbol.split_once('"').expect("an id ends");
        let drawn: Vec<_> = drawn.split(" d=\"").skip(1).filter_map(|path| path.split('"').next()).collect();
        let vector = files::text(&Path::new(RESOURCES).join(format!("drawable/ic_{name}.xml")));
        let paths = vector.split("pathData=\"").skip(1);
        assert_eq!(drawn, paths.filter_map(|path| path.split('"').next()).collect::<Vec<_>>(), "{name}");
    }
}

/// A row of the portal's table whose name the apps have too says the same.
#[test]
fn words_that_the_apps_have_too_are_the_same_in_the_portal() {
    let table = files::text(Path::new("cloud/src/portal/words/table.rs"));
    let rows: String = table.split("words! {").nth(1).expect("the table").to_owned();
    let [english, german] = ["values", "values-de"]
        .map(|folder| named(Path::new(RESOURCES).join(folder).join("strings.xml"), "string"));
    let mut compared = 0;
    for row in rows.split(";\n") {
        let Some((name, texts)) = row.rsplit_once(": \"").and_then(|_| row.split_once(": \"")) else {
            continue;
        };
        let name = name.split_whitespace().last().expect("a row has a name");
        let Some(english) = english.get(name).filter(|text| !text.contains('%')) else { continue };
        let texts: Vec<_> = format!("\"{texts}").split('"').skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(texts, [english.clone(), german[name].clone()], "{name}");
        compared += 1;
    }
    assert!(compared > 30, "only {compared} words were found in both");
}

/// Where the apps send somebody, there is a page of that name.
#[test]
fn apps_call_the_portal_s_page_for_blocked_companies_as_the_portal_does() {
    let table = files::text(Path::new("cloud/src/portal/words/table.rs"));
    let row = table.lines().find(|line| line.trim_start().starts_with("access_title: ")).expect("the row");
    let titles: Vec<_> = row.split('"').skip(1).step_by(2).collect();
    assert_eq!(titles.len(), 2);
    for (folder, title) in ["values", "values-de"].into_iter().zip(titles) {
        let words = named(Path::new(RESOURCES).join(folder).join("strings.xml"), "string");
        let hint = &words["request_block_hint"];
        assert!(hint.contains(title), "{folder}: {hint:?} does not name {title:?}");
    }
}

/// Nobody reads "something changed" of what this version does itself. An audit event takes nothing but a deed of this
/// list; the portal's match over it is whole, or does not compile.
#[test]
fn every_deed_has_words_in_both_apps() {
    for place in [
        "android/screens/src/main/kotlin/io/porchlight/screens/AccessWords.kt",
        "ios/Sources/Screens/AccessWords.swift",
    ] {
        let text = files::text(Path::new(place));
        let deeds = Deed::ALL.iter().map(|deed| deed.as_str());
        let mute: Vec<_> = deeds.filter(|deed| !text.contains(&format!("\"{deed}\""))).collect();
        assert!(mute.is_empty(), "{place} has no words for {mute:?}");
    }
}
