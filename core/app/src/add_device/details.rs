//! What a person says about a device, and what is wrong with it.

use super::clocks;
use crate::error::{Fault, InputField, InputReason};
use crate::window;
use porchlight_label::ClaimCode;
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::opaque::MAX_SECRET_BYTES;
use secrecy::{ExposeSecret as _, SecretString};

/// The fewest characters of a password that is made here.
const FIRST_PASSWORD_CHARACTERS: usize = 8;

/// What a person fills in, but for the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsForm {
    /// What the device will be called: 1 to 64 characters.
    pub name: String,
    /// IANA name; the site's at first.
    pub time_zone: String,
    /// Whether its clock follows daylight saving.
    pub daylight_saving: bool,
}

/// One field that a person changed; the others stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetailsEdit {
    /// What the device will be called.
    Name(String),
    /// Where its clock stands.
    TimeZone(String),
    /// Whether its clock follows daylight saving.
    DaylightSaving(bool),
}

impl DetailsForm {
    /// Takes one change over.
    pub(super) fn edit(&mut self, edit: DetailsEdit) {
        match edit {
            DetailsEdit::Name(name) => self.name = name,
            DetailsEdit::TimeZone(time_zone) => self.time_zone = time_zone,
            DetailsEdit::DaylightSaving(on) => self.daylight_saving = on,
        }
    }
}

/// The device's password, as the person gave it.
#[derive(Clone, Debug)]
pub enum DevicePassword {
    /// The one that the device has: 1 to 128 bytes of UTF-8, exactly as typed.
    Known(SecretString),
    /// It has none yet: this will be its first, at least 8 characters.
    New {
        /// The password.
        password: SecretString,
        /// The same once more.
        again: SecretString,
        /// The claim code under the label's code, as the person typed it; none if the label was scanned, or has none.
        claim_code: Option<SecretString>,
    },
}

/// A field that cannot be taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DetailsProblem {
    /// `Name`, `TimeZone`, `DevicePassword` or `ClaimCode`.
    pub field: InputField,
    /// What is wrong with it.
    pub reason: InputReason,
}

/// What is wrong with the form; nothing if it can be taken.
pub(super) fn check_form(form: &DetailsForm) -> Vec<DetailsProblem> {
    let name = check_name(&form.name).map(|reason| (InputField::Name, reason));
    let zone = (!clocks::zone_exists(&form.time_zone)).then_some((
        InputField::TimeZone,
        if form.time_zone.is_empty() { InputReason::Empty } else { InputReason::NotAllowed },
    ));
    name.into_iter().chain(zone).map(|(field, reason)| DetailsProblem { field, reason }).collect()
}

/// What is wrong with a name.
fn check_name(name: &str) -> Option<InputReason> {
    match window::check_name(name) {
        Err(Fault::Input { reason, .. }) => Some(reason),
        Err(_) => Some(InputReason::NotAllowed),
        Ok(name) => name.chars().any(is_disturbing).then_some(InputReason::NotAllowed),
    }
}

/// Control characters, line and paragraph separators, and those that turn the direction of writing (UAX 9, section 2),
/// by which a name could pose as another.
fn is_disturbing(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

impl DevicePassword {
    /// What is wrong with it.
    pub(super) fn check(&self) -> Option<DetailsProblem> {
        if self.has_bad_claim_code() {
            return Some(DetailsProblem { field: InputField::ClaimCode, reason: InputReason::NotAllowed });
        }
        // Exposed: only its length and whether both are the same is looked at.
        let reason = match self {
            Self::Known(password) => check_length(password.expose_secret()),
            Self::New { password, again, .. } => {
                let (password, again) = (password.expose_secret(), again.expose_secret());
                check_length(password)
                    .or((password.chars().count() < FIRST_PASSWORD_CHARACTERS)
                        .then_some(InputReason::TooShort))
                    .or((password != again).then_some(InputReason::Differs))
            }
        };
        reason.map(|reason| DetailsProblem { field: InputField::DevicePassword, reason })
    }

    /// The claim code that the person typed.
    pub(super) fn claim_code(&self) -> Option<ClaimCode> {
        let Self::New { claim_code: Some(typed), .. } = self else { return None };
        // Exposed to be read into its own secret type.
        ClaimCode::from_text(typed.expose_secret())
    }

    /// The device has none yet: this will be its first.
    pub(super) fn is_new(&self) -> bool {
        matches!(self, Self::New { .. })
    }

    fn has_bad_claim_code(&self) -> bool {
        matches!(self, Self::New { claim_code: Some(_), .. }) && self.claim_code().is_none()
    }

    /// How it shows that the device is theirs to add.
    pub(super) fn presence(&self, has_claim_code: bool) -> Presence {
        match self {
            Self::Known(_) => Presence::Password,
            Self::New { .. } => first_password_by(has_claim_code),
        }
    }

    /// The password.
    pub(super) fn into_secret(self) -> SecretString {
        match self {
            Self::Known(password) | Self::New { password, .. } => password,
        }
    }
}

/// How a device without a password is shown to be near: by its label's claim code, else by its button.
pub(super) fn first_password_by(has_claim_code: bool) -> Presence {
    if has_claim_code { Presence::ClaimCode } else { Presence::Button }
}

fn check_length(password: &str) -> Option<InputReason> {
    match password.len() {
        0 => Some(InputReason::Empty),
        1..=MAX_SECRET_BYTES => None,
        _ => Some(InputReason::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(password: DevicePassword) -> Option<InputReason> {
        password.check().map(|problem| problem.reason)
    }

    fn known(text: &str) -> DevicePassword {
        DevicePassword::Known(text.into())
    }

    fn new(password: &str, again: &str) -> DevicePassword {
        DevicePassword::New { password: password.into(), again: again.into(), claim_code: None }
    }

    #[test]
    fn password_is_1_to_128_bytes_of_anything() {
        assert_eq!(reason(known("")), Some(InputReason::Empty));
        assert_eq!(reason(known("x")), None);
        assert_eq!(reason(known(&"ü".repeat(64))), None);
        assert_eq!(reason(known(&"ü".repeat(65))), Some(InputReason::TooLong));
        assert_eq!(reason(known(&"x".repeat(4096))), Some(InputReason::TooLong));
        assert_eq!(reason(known("пароль \u{1F511}")), None);
    }

    #[test]
    fn first_password_has_8_characters_and_is_typed_twice() {
        assert_eq!(reason(new("", "")), Some(InputReason::Empty));
        assert_eq!(reason(new("1234567", "1234567")), Some(InputReason::TooShort));
        assert_eq!(reason(new("üüüüüüü", "üüüüüüü")), Some(InputReason::TooShort));
        assert_eq!(reason(new("12345678", "12345679")), Some(InputReason::Differs));
        assert_eq!(reason(new("12345678", "12345678")), None);
        assert_eq!(reason(new(&"x".repeat(129), &"x".repeat(129))), Some(InputReason::TooLong));
    }

    #[test]
    fn typed_claim_code_is_whole_or_marked() {
        let typed = |code: &str| DevicePassword::New {
            password: "12345678".into(),
            again: "12345678".into(),
            claim_code: Some(code.into()),
        };
        assert_eq!(typed("0123-4567 89ab-cdef").check(), None);
        assert!(typed("0123-4567 89ab-cdef").claim_code().is_some());
        for wrong in ["", "0123", "0123456789abcdeu"] {
            let problem = DetailsProblem { field: InputField::ClaimCode, reason: InputReason::NotAllowed };
            assert_eq!(typed(wrong).check(), Some(problem), "{wrong}");
        }
    }

    #[test]
    fn form_says_all_that_is_wrong_with_it() {
        let form = |name: &str, zone: &str| DetailsForm {
            name: name.to_owned(),
            time_zone: zone.to_owned(),
            daylight_saving: true,
        };
        let wrong = |name: &str, zone: &str| {
            check_form(&form(name, zone)).into_iter().map(|p| (p.field, p.reason)).collect::<Vec<_>>()
        };
        assert_eq!(wrong(" Gate ", "Europe/Berlin"), []);
        assert_eq!(wrong(&"ü".repeat(64), "Europe/Berlin"), []);
        assert_eq!(
            wrong("  ", ""),
            [(InputField::Name, InputReason::Empty), (InputField::TimeZone, InputReason::Empty)]
        );
        assert_eq!(wrong(&"ü".repeat(65), "UTC"), [(InputField::Name, InputReason::TooLong)]);
        for name in ["a\nb", "a\u{0}b", "a\u{202E}b", "a\u{200F}b"] {
            assert_eq!(wrong(name, "UTC"), [(InputField::Name, InputReason::NotAllowed)], "{name:?}");
        }
        assert_eq!(wrong("Gate", "Europe/Atlantis"), [(InputField::TimeZone, InputReason::NotAllowed)]);
    }

    #[test]
    fn presence_follows_from_the_password_and_the_label() {
        assert_eq!(known("x").presence(true), Presence::Password);
        assert_eq!(new("x", "x").presence(true), Presence::ClaimCode);
        assert_eq!(new("x", "x").presence(false), Presence::Button);
    }

    #[test]
    fn password_is_not_printed() {
        assert!(!format!("{:?} {:?}", known("canary-1"), new("canary-2", "canary-3")).contains("canary"));
    }
}
