//! Porchlight's own label: `PL1:<serial>:<model>:<fingerprint>[:<claim code>]:<check>`.
//!
//! * fingerprint: the first 80 bits of SHA-256 of the device's public key (an uncompressed P-256 point, 65 bytes);
//! * claim code: 80 random bits, which open a device that has no password yet; a secret;
//! * check: the first 20 bits of SHA-256 of all that stands before the last colon;
//! * all three in Crockford's base32: 16, 16 and 4 characters.
//!
//! The check finds any wrong character but one in a million, so a repair that satisfies it is most likely what was
//! printed.

use crate::{
    Family, Field, Finding, LabelSecret, Reading, Repair, SecretKind, crockford, look_alike, serial, web,
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt;

const PREFIX: &str = "PL1:";
/// Characters of a fingerprint and of a claim code: 80 bits.
const CODE_LENGTH: usize = 16;
/// Characters of the check: 20 bits.
const CHECK_LENGTH: usize = 4;

/// The first 80 bits of SHA-256 of a device's public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 10]);

/// What opens a device that has no password yet; prints only its name.
#[derive(Clone)]
pub struct ClaimCode(SecretString);

/// What a maker prints on a device.
#[derive(Clone, Debug)]
pub struct PrintedLabel {
    /// `[A-Z0-9-]{4,32}`.
    pub serial: String,
    /// Printable ASCII without colons.
    pub model: String,
    /// Of the device's public key.
    pub fingerprint: Fingerprint,
    /// For a device that leaves the factory without a password.
    pub claim_code: Option<ClaimCode>,
}

impl Fingerprint {
    /// Of a public key: an uncompressed P-256 point, 65 bytes.
    pub fn of_public_key(point: &[u8]) -> Self {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&Sha256::digest(point)[..10]);
        Self(bytes)
    }

    /// Reads 16 characters of base32.
    pub fn from_text(text: &str) -> Option<Self> {
        crockford::decode(text).map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crockford::encode(&self.0, CODE_LENGTH))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl ClaimCode {
    /// From 80 random bits.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(crockford::encode(&bytes, CODE_LENGTH).into())
    }

    /// Reads 16 characters as a person types them: hyphens, spaces and small letters do not matter.
    pub fn from_text(text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
        crockford::decode(&bare).map(Self::from_bytes)
    }

    /// The 16 characters, in capitals.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimCode")
    }
}

impl PrintedLabel {
    /// The text of the QR code.
    pub fn to_text(&self) -> SecretString {
        let mut text = format!("{PREFIX}{}:{}:{}", self.serial, self.model, self.fingerprint);
        if let Some(code) = &self.claim_code {
            text.push(':');
            // Exposed because it is to be printed: the label is where this secret lives.
            text.push_str(code.secret().expose_secret());
        }
        let check = check_of(&text);
        text.push(':');
        text.push_str(&check);
        text.into()
    }
}

pub(crate) fn read(text: &str) -> Option<Reading> {
    let prefixed = text.get(..PREFIX.len())?.eq_ignore_ascii_case(PREFIX);
    if !prefixed {
        return None;
    }
    let exact = read_exact(text);
    if exact.is_complete() {
        return Some(exact);
    }
    Some(Reading { repairs: repairs(text, &exact), ..exact })
}

/// Reads the text as it stands.
fn read_exact(text: &str) -> Reading {
    let columns: Vec<&str> = text.split(':').collect();
    let (serial, model, fingerprint, code, check) = match columns.as_slice() {
        [_, serial, model, fingerprint, check] => (*serial, *model, *fingerprint, None, *check),
        [_, serial, model, fingerprint, code, check] => (*serial, *model, *fingerprint, Some(*code), *check),
        [_, rest @ ..] => return with_columns_missing(rest.len()),
        [] => return web::without_serial(Family::Porchlight),
    };
    let mut reading = Reading::of(Family::Porchlight);
    let mut found = |good: bool, finding: Finding| {
        if !good {
            reading.findings.push(finding);
        }
    };
    let before = &text[..text.len() - check.len() - 1];
    let fingerprint = Fingerprint::from_text(fingerprint);
    let claim_code = code.map(|code| crockford::decode(code).map(ClaimCode::from_bytes));
    let is_model = (1..=64).contains(&model.len()) && model.bytes().all(|b| matches!(b, 0x20..=0x7e));
    found(serial::is_serial(serial), Finding::Malformed(Field::Serial));
    found(is_model, Finding::Malformed(Field::Model));
    found(fingerprint.is_some(), Finding::Malformed(Field::Fingerprint));
    found(!matches!(claim_code, Some(None)), Finding::Malformed(Field::ClaimCode));
    found(check_of(before) == check, Finding::CheckWrong);
    reading.serial = serial::is_serial(serial).then(|| serial.to_owned());
    reading.model = is_model.then(|| model.to_owned());
    reading.fingerprint = fingerprint;
    reading.claim_code = claim_code.flatten();
    if let Some(code) = &reading.claim_code {
        reading.secrets.push(LabelSecret { kind: SecretKind::ClaimCode, value: code.secret().clone() });
    }
    reading
}

fn with_columns_missing(columns: usize) -> Reading {
    let fields = [Field::Serial, Field::Model, Field::Fingerprint, Field::Check];
    let mut findings: Vec<_> = fields.into_iter().skip(columns).map(Finding::Missing).collect();
    if findings.is_empty() {
        findings.push(Finding::NotALabel);
    }
    Reading { findings, ..Reading::of(Family::Porchlight) }
}

/// What the label may have meant: capitals throughout, or one slip of print or eye. Only what satisfies the check.
fn repairs(text: &str, exact: &Reading) -> Vec<Repair> {
    let read = exact.serial.clone().unwrap_or_default();
    let capitals = text.to_ascii_uppercase();
    let candidates = std::iter::once(capitals.clone()).chain(look_alike::neighbours(text));
    let candidates = candidates.chain(look_alike::neighbours(&capitals));
    let mut repairs: Vec<Repair> = Vec::new();
    for meant in candidates.filter(|meant| meant != text).map(|meant| read_exact(&meant)) {
        let known = repairs.iter().any(|repair| Some(&repair.serial) == meant.serial.as_ref());
        if meant.is_complete() && !known {
            repairs.extend(Repair::new(&read, meant));
        }
    }
    repairs
}

/// The check of what stands before it.
fn check_of(text: &str) -> String {
    crockford::encode(&Sha256::digest(text.as_bytes()), CHECK_LENGTH)
}
