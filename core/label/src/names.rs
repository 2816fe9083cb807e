//! Names of what a reading holds, as programs write them: in JSON, in logs, in the tables of a support desk. They never
//! change once they are out; new ones may come.

use crate::{Family, Field, Finding, IdentifierKind, SecretKind};

impl Family {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Porchlight => "porchlight",
            Self::Dahua => "dahua",
            Self::Guid => "guid",
            Self::Mac => "mac",
            Self::PlainSerial => "plain_serial",
        }
    }
}

impl Field {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Model => "model",
            Self::Fingerprint => "fingerprint",
            Self::ClaimCode => "claim_code",
            Self::Check => "check",
        }
    }
}

impl SecretKind {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::SafetyCode => "safety_code",
            Self::RegistrationCode => "registration_code",
            Self::ClaimCode => "claim_code",
        }
    }
}

impl IdentifierKind {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guid => "guid",
            Self::Mac => "mac",
            Self::Eui64 => "eui64",
            Self::NetworkCode => "network_code",
        }
    }
}

impl Finding {
    /// Its name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::SpaceAround => "space_around",
            Self::LineBreak => "line_break",
            Self::FullWidth => "full_width",
            Self::LowerCase => "lower_case",
            Self::SpaceWithin => "space_within",
            Self::NotAscii { .. } => "not_ascii",
            Self::ForeignCharacter { .. } => "foreign_character",
            Self::CheckWrong => "check_wrong",
            Self::Missing(_) => "missing",
            Self::Malformed(_) => "malformed",
            Self::LookAlike => "look_alike",
            Self::SecretFromSerial => "secret_from_serial",
            Self::MaybeSerial => "maybe_serial",
            Self::WebAddress { .. } => "web_address",
            Self::FromWebAddress { .. } => "from_web_address",
            Self::NotALabel => "not_a_label",
        }
    }

    /// What it is about, if it names something: a character, a field, a host.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::NotAscii { character } | Self::ForeignCharacter { character } => {
                Some(character.to_string())
            }
            Self::Missing(field) | Self::Malformed(field) => Some(field.name().to_owned()),
            Self::WebAddress { host } | Self::FromWebAddress { host } => Some(host.clone()),
            Self::Empty
            | Self::TooLong
            | Self::TooShort
            | Self::SpaceAround
            | Self::LineBreak
            | Self::FullWidth
            | Self::LowerCase
            | Self::SpaceWithin
            | Self::CheckWrong
            | Self::LookAlike
            | Self::SecretFromSerial
            | Self::MaybeSerial
            | Self::NotALabel => None,
        }
    }
}
