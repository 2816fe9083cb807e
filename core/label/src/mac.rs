//! MAC address (48 bits) and EUI-64 (64 bits): pairs with `:` or `-`, groups of four with `.`, or bare digits.
//!
//! Some makers print the bare MAC as the serial, so a bare one is offered as both.

use crate::{Family, Finding, Identifier, IdentifierKind, Reading, serial};

pub(crate) fn read(text: &str) -> Option<Reading> {
    let digits = bare_digits(text)?;
    let kind = match digits.len() {
        12 => IdentifierKind::Mac,
        16 => IdentifierKind::Eui64,
        _ => return None,
    };
    let mut reading = Reading {
        identifiers: vec![Identifier { kind, value: text.to_owned() }],
        ..Reading::of(Family::Mac)
    };
    if digits.len() == text.len() {
        let upper = text.to_ascii_uppercase();
        // Twelve decimal digits are some maker's serial, not an address.
        if upper.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        reading.serial = Some(upper).filter(|upper| serial::is_serial(upper));
        reading.findings.push(Finding::MaybeSerial);
    }
    Some(reading)
}

fn bare_digits(text: &str) -> Option<String> {
    let separator = text.chars().find(|c| !c.is_ascii_hexdigit());
    let group = match separator {
        None => text.len(),
        Some(':' | '-') => 2,
        Some('.') => 4,
        Some(_) => return None,
    };
    let groups: Vec<_> = match separator {
        None => vec![text],
        Some(separator) => text.split(separator).collect(),
    };
    let even = groups.iter().all(|g| g.len() == group && g.bytes().all(|b| b.is_ascii_hexdigit()));
    even.then(|| groups.concat())
}
