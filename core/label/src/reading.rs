//! What a label said.

use crate::porchlight::{ClaimCode, Fingerprint};
use secrecy::SecretString;

/// What a text on a label says, as far as it can be told.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Whose grammar it follows; none: it is no label that is known here.
    pub family: Option<Family>,
    /// The serial: `[A-Z0-9-]{4,32}`.
    pub serial: Option<String>,
    /// The model, as printed.
    pub model: Option<String>,
    /// What must not be shown or logged.
    pub secrets: Vec<LabelSecret>,
    /// Other names of the device or its enclosure, as printed.
    pub identifiers: Vec<Identifier>,
    /// Of the device's public key (Porchlight's own label).
    pub fingerprint: Option<Fingerprint>,
    /// Opens a device that has no password yet (Porchlight's own label).
    pub claim_code: Option<ClaimCode>,
    /// What is wrong with it, or worth knowing.
    pub findings: Vec<Finding>,
    /// What it probably meant.
    pub repairs: Vec<Repair>,
}

/// Whose grammar a label follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
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

/// A secret on a label.
#[derive(Clone, Debug)]
pub struct LabelSecret {
    /// Which.
    pub kind: SecretKind,
    /// Its text.
    pub value: SecretString,
}

/// Which secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// Dahua's `SC`.
    SafetyCode,
    /// Dahua's `RC`.
    RegistrationCode,
    /// Porchlight's claim code.
    ClaimCode,
}

/// Another name on a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// As printed; separators are ignored when it is matched.
    pub value: String,
}

/// What an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// 128 bits on the enclosure; opens a site.
    Guid,
    /// 48 bits.
    Mac,
    /// 64 bits.
    Eui64,
    /// Dahua's `NC`.
    NetworkCode,
}

/// What is wrong with a label, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
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
    /// Full-width forms (`：`); they were read as the plain ones.
    FullWidth,
    /// Small letters where the family prints capitals; they were read as capitals.
    LowerCase,
    /// Spaces within a serial; they were left out.
    SpaceWithin,
    /// A character that no label of these families holds.
    NotAscii {
        /// The first of them.
        character: char,
    },
    /// A character that a serial cannot hold.
    ForeignCharacter {
        /// The first of them.
        character: char,
    },
    /// The label's own check does not agree with what it says.
    CheckWrong,
    /// A field is not there.
    Missing(Field),
    /// A field is not of its shape.
    Malformed(Field),
    /// Letters and digits that look alike stand where the other kind belongs.
    LookAlike,
    /// The secret can be told from the serial, so it protects nothing.
    SecretFromSerial,
    /// It could be a serial as well as an address: ask.
    MaybeSerial,
    /// A web address, not a device label. Never opened.
    WebAddress {
        /// Whom it leads to; international names in punycode.
        host: String,
    },
    /// The number stands in a web address: whoever printed the code may have it lead anywhere. Never opened.
    FromWebAddress {
        /// Whom it leads to; international names in punycode.
        host: String,
    },
    /// No label that is known here.
    NotALabel,
}

/// What a label probably meant.
#[derive(Clone, Debug)]
pub struct Repair {
    /// The serial as it would be.
    pub serial: String,
    /// Places in `serial` that differ from what was read, counted in characters.
    pub changed: Vec<usize>,
    /// All that the repaired label says.
    pub reading: Box<Reading>,
}

impl Reading {
    /// Nothing but a finding.
    pub(crate) fn only(finding: Finding) -> Self {
        Self { findings: vec![finding], ..Self::default() }
    }

    /// An empty reading of a family.
    pub(crate) fn of(family: Family) -> Self {
        Self { family: Some(family), ..Self::default() }
    }

    /// How much it tells, for choosing among several: can a device be added with it, then whose label is it.
    pub fn rank(&self) -> (bool, u8) {
        let family = match self.family {
            Some(Family::Porchlight) => 5,
            Some(Family::Dahua) => 4,
            Some(Family::PlainSerial) => 3,
            Some(Family::Mac) => 2,
            Some(Family::Guid) => 1,
            None => 0,
        };
        (self.is_complete(), family)
    }

    /// Whether a device can be added with what it says.
    pub fn is_complete(&self) -> bool {
        self.serial.is_some() && !self.findings.iter().any(Finding::is_grave)
    }
}

impl Finding {
    /// Whether the label cannot be taken as it is; the others are only worth knowing.
    pub fn is_grave(&self) -> bool {
        match self {
            Self::Empty
            | Self::TooLong
            | Self::TooShort
            | Self::NotAscii { .. }
            | Self::ForeignCharacter { .. }
            | Self::CheckWrong
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::WebAddress { .. }
            | Self::NotALabel => true,
            Self::SpaceAround
            | Self::LineBreak
            | Self::FullWidth
            | Self::LowerCase
            | Self::SpaceWithin
            | Self::LookAlike
            | Self::SecretFromSerial
            | Self::MaybeSerial
            | Self::FromWebAddress { .. } => false,
        }
    }
}

impl Repair {
    /// A repair from what was read to what it would be.
    pub(crate) fn new(read: &str, reading: Reading) -> Option<Self> {
        let serial = reading.serial.clone()?;
        let changed = if read.len() == serial.len() {
            read.chars()
                .zip(serial.chars())
                .enumerate()
                .filter(|(_, (a, b))| a != b)
                .map(|(at, _)| at)
                .collect()
        } else {
            Vec::new()
        };
        Some(Self { serial, changed, reading: Box::new(reading) })
    }
}
