//! The portal's words, in English and German: one table, a row a text, so that the compiler misses none in either
//! language. Places in a text that are filled in have names: languages differ in their order.
//!
//! A word that the apps have too is the same there (a test compares them with the apps' resources).

mod table;

pub(crate) use table::{ENGLISH, GERMAN, Words};

use std::fmt::Display;

/// In the language of an account.
pub(super) fn of_language(language: &str) -> &'static Words {
    if language == "de" { &GERMAN } else { &ENGLISH }
}

/// The first of the browser's languages that there are words in (RFC 9110, section 12.5.4; weights come in order).
pub(super) fn asked_for(accept_language: &str) -> &'static Words {
    let asked = accept_language.split(',').filter_map(|range| range.trim().split(['-', ';']).next());
    asked
        .filter_map(|language| match language.to_ascii_lowercase().as_str() {
            "de" => Some(&GERMAN),
            "en" => Some(&ENGLISH),
            _ => None,
        })
        .next()
        .unwrap_or(&ENGLISH)
}

/// A text with its named places filled in: `until {time}`.
pub(crate) fn fill(text: &str, parts: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        if let Some((_, part)) = parts.iter().find(|(its_name, _)| *its_name == name) {
            filled.push_str(&part.to_string());
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
    }

    #[test]
    fn every_text_has_the_same_places_in_both_languages() {
        for (name, english, german) in table::ALL {
            assert_eq!(places(english), places(german), "{name}");
            assert!(!english.is_empty() && !german.is_empty(), "{name}");
        }
    }

    #[test]
    fn text_is_plain_and_does_not_shout() {
        for (name, english, german) in table::ALL {
            for text in [english, german] {
                assert!(
                    !text.contains(['!', '<', '&']) && !text.to_lowercase().contains("please"),
                    "{name}: {text}"
                );
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        assert_eq!(fill("{b}, {a}.", &[("a", &"{b}"), ("b", &1)]), "1, {b}.");
        assert_eq!(fill("{unknown}!", &[]), "!");
    }

    #[test]
    fn browser_asks_for_a_language_in_its_order() {
        for (asked, code) in
            [("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr, en;q=0.5, de;q=0.1", "en"), ("", "en"), ("DE", "de")]
        {
            assert_eq!(asked_for(asked).code, code, "{asked}");
        }
    }
}
