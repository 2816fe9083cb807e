//! Names and other short texts that people type: NFC, no control or bidirectional characters, a length in characters.

use crate::problem::Refusal;
use unicode_normalization::UnicodeNormalization as _;

/// The most characters of a name.
const NAME_CHARACTERS: usize = 64;

/// The most characters of a comment or a postal address.
const COMMENT_CHARACTERS: usize = 500;

/// A name of 1 to 64 characters, without spaces around it; else `invalid_input` for `field`.
pub fn check_name(field: &str, text: &str) -> Result<String, Refusal> {
    let name = check_text(field, text, NAME_CHARACTERS)?;
    if name.chars().all(is_unseen) { Err(Refusal::field(field)) } else { Ok(name) }
}

/// A comment or an address of at most 500 characters, possibly none; its lines become one. Else `invalid_input` for
/// `field`.
pub fn check_comment(field: &str, text: &str) -> Result<String, Refusal> {
    // What is far too long is not worth joining either.
    if text.len() > COMMENT_CHARACTERS * 16 {
        return Err(Refusal::field(field));
    }
    // A form with several lines sends CR LF (HTML, section 4.10.21.3).
    let lines: Vec<&str> =
        text.split(['\r', '\n', '\t']).map(str::trim).filter(|line| !line.is_empty()).collect();
    check_text(field, &lines.join(" "), COMMENT_CHARACTERS)
}

fn check_text(field: &str, text: &str, characters: usize) -> Result<String, Refusal> {
    // What is far too long is not worth normalising; decomposed letters may take a few characters more.
    if text.len() > characters * 16 {
        return Err(Refusal::field(field));
    }
    let text: String = text.trim().nfc().collect();
    let fits = text.chars().count() <= characters;
    if fits && !text.chars().any(is_disturbing) { Ok(text) } else { Err(Refusal::field(field)) }
}

/// Characters that a name has no use for: control characters, line and paragraph separators, the ones that turn the
/// direction of writing (UAX 9, section 2), and those that nobody sees (UAX 44, `Default_Ignorable_Code_Point`), by
/// which a name could pose as another.
fn is_disturbing(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
            | '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// What shows nothing alone: white space, the blank pattern of Braille, and what only changes its neighbours (joiners,
/// variation selectors), which some scripts and many emoji need.
fn is_unseen(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_composed_and_trimmed() {
        assert_eq!(check_name("name", "  Mu\u{308}ller ").unwrap(), "Müller");
        assert_eq!(check_name("name", "李").unwrap(), "李");
    }

    #[test]
    fn name_has_1_to_64_characters_not_bytes() {
        assert!(check_name("name", &"ü".repeat(64)).is_ok());
        for text in ["", "   ", &"ü".repeat(65), &"x".repeat(100_000)] {
            let refusal = check_name("given_name", text).unwrap_err();
            assert_eq!(refusal.problem.field.as_deref(), Some("given_name"));
        }
    }

    #[test]
    fn name_that_nobody_sees_is_none() {
        for text in [
            "\u{200D}",
            "\u{2800}\u{2800}",
            "\u{FE0F} \u{200C}",
            "a\u{200B}b",
            "\u{3164}",
            "a\u{AD}b",
            "\u{E0041}x",
        ] {
            assert!(check_name("name", text).is_err(), "{text:?}");
        }
        for text in ["نمی\u{200C}خواهم", "👩\u{200D}🔧", "Tor ☎\u{FE0F}"] {
            assert_eq!(check_name("name", text).unwrap(), text);
        }
    }

    #[test]
    fn control_and_bidirectional_characters_are_refused() {
        for text in ["a\nb", "a\u{0}b", "a\u{202E}b", "a\u{2066}b", "a\u{200F}b", "a\u{2028}b"] {
            assert!(check_name("name", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn empty_comment_is_fine() {
        assert_eq!(check_comment("address", "").unwrap(), "");
        assert!(check_comment("address", &"x".repeat(501)).is_err());
    }

    #[test]
    fn lines_of_a_comment_become_one_and_nothing_else_is_let_through() {
        assert_eq!(check_comment("comment", "Lane 1\r\n\r\n 8010\tGraz\n").unwrap(), "Lane 1 8010 Graz");
        for text in ["a\u{7}b", "a\u{202E}b", "a\u{2028}b"] {
            assert!(check_comment("comment", text).is_err(), "{text:?}");
        }
    }
}
