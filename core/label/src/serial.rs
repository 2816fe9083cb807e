//! A serial and nothing else: `[A-Z0-9-]{4,32}`, scanned from a bar code or typed by a person.

use crate::look_alike;
use crate::{Family, Finding, Reading, Repair, clean, dahua};

/// The fewest and the most characters of a serial (security.md of the service: Claims).
const LENGTH: std::ops::RangeInclusive<usize> = 4..=32;

/// Whether the text is a serial as the protocol has it.
pub(crate) fn is_serial(text: &str) -> bool {
    LENGTH.contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'-'))
        && text.bytes().any(|b| b != b'-')
}

/// Reads what a person types into the field "serial": nothing but a serial is expected, so every finding is about that.
pub fn read_serial(text: &str) -> Reading {
    let cleaned = clean::clean(text);
    let mut reading = read_typed(&cleaned.text);
    reading.findings.splice(0..0, cleaned.findings);
    reading
}

pub(crate) fn read(text: &str) -> Option<Reading> {
    let reading = read_typed(text);
    (reading.serial.is_some() || reading.findings.contains(&Finding::TooShort)).then_some(reading)
}

fn read_typed(text: &str) -> Reading {
    let mut reading = Reading::of(Family::PlainSerial);
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if joined.len() < text.len() {
        reading.findings.push(Finding::SpaceWithin);
    }
    if joined.chars().any(|c| c.is_ascii_lowercase()) {
        reading.findings.push(Finding::LowerCase);
    }
    let serial = joined.to_ascii_uppercase();
    if let Some(finding) = refusal(&serial) {
        reading.findings.push(finding);
        return reading;
    }
    reading.repairs = repairs(&serial);
    if !reading.repairs.is_empty() {
        reading.findings.push(Finding::LookAlike);
    }
    reading.serial = Some(serial);
    reading
}

/// Why the text, already in capitals and without spaces, is no serial.
fn refusal(serial: &str) -> Option<Finding> {
    if serial.is_empty() {
        return Some(Finding::Empty);
    }
    if let Some(character) = serial.chars().find(|c| !c.is_ascii()) {
        return Some(Finding::NotAscii { character });
    }
    if let Some(character) = serial.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '-')) {
        return Some(Finding::ForeignCharacter { character });
    }
    match serial.len() {
        length if length < *LENGTH.start() => Some(Finding::TooShort),
        length if length > *LENGTH.end() => Some(Finding::TooLong),
        _ => (!is_serial(serial)).then_some(Finding::NotALabel),
    }
}

/// A plain serial has no check of its own; but one that misses a known maker's shape by look-alikes alone was meant so.
fn repairs(serial: &str) -> Vec<Repair> {
    if dahua::has_shape(serial) {
        return Vec::new();
    }
    let straightened = dahua::straighten(serial).filter(|meant| meant != serial);
    let meant = straightened.or_else(|| look_alike::neighbours(serial).find(|meant| dahua::has_shape(meant)));
    meant
        .and_then(|meant| {
            let reading = Reading { serial: Some(meant), ..Reading::of(Family::PlainSerial) };
            Repair::new(serial, reading)
        })
        .into_iter()
        .collect()
}
