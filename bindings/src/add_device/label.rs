//! What was read from a label, without its secrets.

use porchlight_core::{add_device, words};

pub type LabelFamily = words::Family;
pub type LabelField = words::Field;
pub type LabelSecretKind = words::SecretKind;
pub type LabelIdentifierKind = words::IdentifierKind;
pub type ScanProblem = words::ScanError;

/// Whose grammar a label follows.
#[uniffi::remote(Enum)]
pub enum LabelFamily {
    /// `PL1:...`
    Porchlight,
    /// Dahua, Imou, Lechange, Luminys.
    Dahua,
    /// 32 hexadecimal digits on an enclosure.
    Guid,
    /// A MAC address or EUI-64.
    Mac,
    /// A serial and nothing else.
    PlainSerial,
}

/// A field of a label.
#[uniffi::remote(Enum)]
pub enum LabelField {
    /// The serial.
    Serial,
    /// The model.
    Model,
    /// The fingerprint of the device's key.
    Fingerprint,
    /// The claim code.
    ClaimCode,
    /// The check at the end.
    Check,
}

/// A secret that a label holds; its value is not shown.
#[uniffi::remote(Enum)]
pub enum LabelSecretKind {
    /// Dahua's `SC`.
    SafetyCode,
    /// Dahua's `RC`.
    RegistrationCode,
    /// Porchlight's claim code.
    ClaimCode,
}

/// What an identifier is.
#[uniffi::remote(Enum)]
pub enum LabelIdentifierKind {
    /// 128 bits on the enclosure; opens a site.
    Guid,
    /// 48 bits.
    Mac,
    /// 64 bits.
    Eui64,
    /// Dahua's `NC`.
    NetworkCode,
}

/// Why a picture or a frame was not read. A picture without a code is none of these.
#[uniffi::remote(Enum)]
pub enum ScanProblem {
    /// No picture, or damaged at its beginning.
    NotAPicture,
    /// A picture, and neither PNG nor JPEG (as HEIC and WebP): encode it as one of those and hand it over again.
    UnsupportedPicture,
    /// It begins as a picture and ends before its end.
    Truncated,
    /// More than 8192 pixels on a side, 256 MiB when decoded, or 64 MiB as a file.
    TooLarge,
    /// Rows overlap, or the buffer ends before its last row.
    WrongStride,
    /// A side of no pixels.
    ZeroSize,
    /// Time ran out and nothing was found until then.
    DeadlinePassed,
    /// Two earlier pictures are still being read: labels can be typed only, until one of them ends.
    ScannerUnavailable,
    /// This picture could not be read; others can.
    DecoderFailed,
}

/// Another name on a label.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LabelIdentifier {
    /// What it is.
    pub kind: LabelIdentifierKind,
    /// As printed.
    pub value: String,
}

impl From<words::Identifier> for LabelIdentifier {
    fn from(identifier: words::Identifier) -> Self {
        let words::Identifier { kind, value } = identifier;
        Self { kind, value }
    }
}

/// What is wrong with a label, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LabelFinding {
    /// Nothing there.
    Empty,
    /// More than a label of these families holds.
    TooLong,
    /// Fewer characters than a serial has.
    TooShort,
    /// Spaces or invisible characters at an end; they were left out.
    SpaceAround,
    /// A line break in it; it was left out.
    LineBreak,
    /// Full-width forms; they were read as the plain ones.
    FullWidth,
    /// Small letters where the family prints capitals; they were read as capitals.
    LowerCase,
    /// Spaces within a serial; they were left out.
    SpaceWithin,
    /// A character that no label of these families holds.
    NotAscii {
        /// The first of them.
        character: String,
    },
    /// A character that a serial cannot hold.
    ForeignCharacter {
        /// The first of them.
        character: String,
    },
    /// The label's own check does not agree with what it says.
    CheckWrong,
    /// A field is not there.
    Missing {
        /// Which.
        field: LabelField,
    },
    /// A field is not of its shape.
    Malformed {
        /// Which.
        field: LabelField,
    },
    /// Letters and digits that look alike stand where the other kind belongs.
    LookAlike,
    /// The secret can be told from the serial, so it protects nothing.
    SecretFromSerial,
    /// It could be a serial as well as an address: ask.
    MaybeSerial,
    /// A web address, not a device label. Never open it.
    WebAddress {
        /// Whom it leads to; international names in punycode.
        host: String,
    },
    /// The number stands in a web address: show whose, never open it.
    FromWebAddress {
        /// Whom it leads to; international names in punycode.
        host: String,
    },
    /// No label that is known here.
    NotALabel,
}

impl From<words::Finding> for LabelFinding {
    fn from(finding: words::Finding) -> Self {
        use words::Finding as Core;
        match finding {
            Core::Empty => Self::Empty,
            Core::TooLong => Self::TooLong,
            Core::TooShort => Self::TooShort,
            Core::SpaceAround => Self::SpaceAround,
            Core::LineBreak => Self::LineBreak,
            Core::FullWidth => Self::FullWidth,
            Core::LowerCase => Self::LowerCase,
            Core::SpaceWithin => Self::SpaceWithin,
            Core::NotAscii { character } => Self::NotAscii { character: character.into() },
            Core::ForeignCharacter { character } => Self::ForeignCharacter { character: character.into() },
            Core::CheckWrong => Self::CheckWrong,
            Core::Missing(field) => Self::Missing { field },
            Core::Malformed(field) => Self::Malformed { field },
            Core::LookAlike => Self::LookAlike,
            Core::SecretFromSerial => Self::SecretFromSerial,
            Core::MaybeSerial => Self::MaybeSerial,
            Core::WebAddress { host } => Self::WebAddress { host },
            Core::FromWebAddress { host } => Self::FromWebAddress { host },
            Core::NotALabel => Self::NotALabel,
        }
    }
}

/// What a label probably meant.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LabelRepair {
    /// The serial as it would be.
    pub serial: String,
    /// Places in `serial` that differ from what was read, counted in characters.
    pub changed: Vec<u32>,
}

impl From<add_device::LabelRepair> for LabelRepair {
    fn from(repair: add_device::LabelRepair) -> Self {
        let add_device::LabelRepair { serial, changed } = repair;
        // A serial has at most 32 characters.
        Self { serial, changed: changed.into_iter().map(|at| at as u32).collect() }
    }
}

/// What a text on a label says, without what is secret.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LabelReading {
    /// Whose grammar it follows; none: it is no label that is known here.
    pub family: Option<LabelFamily>,
    /// The serial, to be compared with the label and confirmed.
    pub serial: Option<String>,
    /// The model, as printed.
    pub model: Option<String>,
    /// Which secrets are on the label; their values are not shown.
    pub secrets: Vec<LabelSecretKind>,
    /// Other names of the device or its enclosure.
    pub identifiers: Vec<LabelIdentifier>,
    /// What is wrong with it, or worth knowing.
    pub findings: Vec<LabelFinding>,
    /// What it probably meant; each can be confirmed instead.
    pub repairs: Vec<LabelRepair>,
    /// Its serial can be confirmed as it is.
    pub is_complete: bool,
}

impl From<add_device::LabelReading> for LabelReading {
    fn from(reading: add_device::LabelReading) -> Self {
        let add_device::LabelReading {
            family,
            serial,
            model,
            secrets,
            identifiers,
            findings,
            repairs,
            is_complete,
        } = reading;
        Self {
            family,
            serial,
            model,
            secrets,
            identifiers: identifiers.into_iter().map(Into::into).collect(),
            findings: findings.into_iter().map(Into::into).collect(),
            repairs: repairs.into_iter().map(Into::into).collect(),
            is_complete,
        }
    }
}

/// Where the reading of a label is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LabelProgress {
    /// Nothing was offered yet.
    Waiting,
    /// A picture is being read; at most 2 seconds.
    Reading,
    /// What was read, the most telling first. A person confirms one serial.
    Read {
        /// At least one.
        readings: Vec<LabelReading>,
    },
    /// The picture holds no code, or could not be read.
    NothingRead {
        /// Why, if it is not just that there is no code.
        problem: Option<ScanProblem>,
    },
}

impl From<add_device::LabelProgress> for LabelProgress {
    fn from(progress: add_device::LabelProgress) -> Self {
        use add_device::LabelProgress as Core;
        match progress {
            Core::Waiting => Self::Waiting,
            Core::Reading => Self::Reading,
            Core::Read { readings } => {
                Self::Read { readings: readings.into_iter().map(Into::into).collect() }
            }
            Core::NothingRead { problem } => Self::NothingRead { problem },
        }
    }
}
