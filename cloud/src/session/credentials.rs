//! What an address and a password must be, and what attempts with an address are counted by.

use crate::key::{ServerKey, Use};
use crate::problem::Refusal;
use email_address::{EmailAddress, Options};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization as _;

/// RFC 5321, section 4.5.3.1.3, less the angle brackets.
const LONGEST_ADDRESS: usize = 254;

/// No composition rules: length, and not one of those that everybody tries first.
const PASSWORD_CHARACTERS: std::ops::RangeInclusive<usize> = 8..=128;

/// One a line, lower case.
static COMMON_PASSWORDS: &str = include_str!("common_passwords.txt");

/// An address as accounts keep it: lower case, NFC; else `invalid_input` for `email`.
pub(crate) fn check_address(text: &str) -> Result<String, Refusal> {
    let refusal = || Refusal::field("email");
    if text.len() > LONGEST_ADDRESS {
        return Err(refusal());
    }
    let address = fold_address(text);
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    let parsed = EmailAddress::parse_with_options(&address, options).map_err(|_| refusal())?;
    // RFC 5321, section 4.1.2: a host SHOULD NOT have mailboxes that need quoting.
    if parsed.local_part().starts_with('"') {
        return Err(refusal());
    }
    // What mail cannot carry is no address here, whatever the grammar says.
    address.parse::<lettre::Address>().map_err(|_| refusal())?;
    Ok(address)
}

/// As addresses are compared: lower case, NFC, no spaces around it.
pub(crate) fn fold_address(text: &str) -> String {
    text.trim().nfc().flat_map(char::to_lowercase).collect()
}

/// Refuses a password that is too short, too long, or common.
pub(super) fn check_password(password: &SecretString) -> Result<(), Refusal> {
    // Exposed to be counted and compared with the common ones.
    let text = password.expose_secret();
    let folded = text.to_lowercase();
    let is_common = COMMON_PASSWORDS.lines().any(|common| common == folded);
    let first = text.chars().next();
    let is_one_character = text.chars().all(|c| Some(c) == first);
    if PASSWORD_CHARACTERS.contains(&text.chars().count()) && !is_common && !is_one_character {
        Ok(())
    } else {
        Err(Refusal::field("password"))
    }
}

/// What attempts with this address are counted by: the table holds no addresses.
pub(crate) fn attempt_identifier(key: &ServerKey, address: &str) -> String {
    let mac = key.mac(Use::AttemptIdentifier, &[address.as_bytes()]);
    porchlight_protocol::Base64Url(mac).to_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_lower_cased_and_trimmed() {
        assert_eq!(check_address(" Kim.Lee@Example.ORG ").unwrap(), "kim.lee@example.org");
        assert_eq!(check_address("Ju\u{308}rgen@example.org").unwrap(), "jürgen@example.org");
    }

    #[test]
    fn what_is_not_one_plain_address_is_refused() {
        let long = format!("{}@example.org", "x".repeat(250));
        for text in [
            "",
            "kim",
            "kim@",
            "\"kim lee\"@example.org",
            "@example.org",
            "kim@localhost",
            "Kim <kim@example.org>",
            "kim@[192.0.2.1]",
            "kim@example.org, eve@example.org",
            "kim@example.org\r\nBcc: eve@example.org",
            "kim\u{0}@example.org",
            &long,
        ] {
            let refusal = check_address(text).expect_err(text);
            assert_eq!(refusal.problem.field.as_deref(), Some("email"), "{text}");
        }
    }

    #[test]
    fn password_has_8_to_128_characters_and_is_not_common() {
        let long = "ü".repeat(64) + &"x".repeat(64);
        for good in ["correct horse", "пароль от дома", &long] {
            assert!(check_password(&good.into()).is_ok(), "{good}");
        }
        let too_long = long.clone() + "x";
        for bad in ["", "short12", "password", "PassWord1", "12345678", "zzzzzzzzzzzz", &too_long] {
            assert!(check_password(&bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn common_passwords_are_lower_case_and_long_enough_to_matter() {
        assert!(COMMON_PASSWORDS.lines().count() >= 300);
        for line in COMMON_PASSWORDS.lines() {
            assert!(line == line.to_lowercase() && line.chars().count() >= 8, "{line}");
        }
    }
}
