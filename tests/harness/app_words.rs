//! The words of the apps' screens: Android's resources are the one source of them.

use std::collections::BTreeMap;

/// The words of a `strings.xml`, one element a line as ours are: key to text; plurals as one key a quantity
/// (`tries.other`).
pub fn read(text: &str) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    let mut plural = String::new();
    for line in text.lines().map(str::trim) {
        let attribute = |name: &str| {
            let rest = line.split_once(&format!("{name}=\""))?.1;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let inside = || {
            let (_, rest) = line.split_once('>').unwrap_or_default();
            rest.rsplit_once("</").map(|(words, _)| words.to_owned()).unwrap_or_default()
        };
        if line.starts_with("<plurals") {
            plural = attribute("name").expect("plurals have a name");
        } else if line.starts_with("<item") {
            words.insert(format!("{plural}.{}", attribute("quantity").expect("an item has one")), inside());
        } else if line.starts_with("<string ") {
            words.insert(attribute("name").expect("a string has a name"), inside());
        }
    }
    words
}

/// What an app in English shows for this key, its places filled in.
pub fn english(key: &str, places: &[&str]) -> String {
    static RESOURCES: &str = include_str!("../../android/screens/src/main/res/values/strings.xml");
    let words = read(RESOURCES).remove(key).unwrap_or_else(|| panic!("no words are called {key}"));
    places.iter().enumerate().fold(words, |words, (at, place)| {
        ["s", "d"].iter().fold(words, |words, kind| words.replace(&format!("%{}${kind}", at + 1), place))
    })
}
