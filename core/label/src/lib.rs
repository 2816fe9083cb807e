//! What a printed label says: text in, [`Reading`] out. Pure: no I/O, no clock.
//!
//! People hold a phone over a label, or type what stands under its code. Labels come from many makers, with spaces at
//! their ends, with O for 0, with two codes side by side. So a reading says four things:
//!
//! 1. **what it is**: the family whose grammar it follows,
//! 2. **what it says**: serial, model, secrets (marked as such), identifiers,
//! 3. **what is wrong with it**: findings,
//! 4. **what it probably meant**: repairs, each checked by the family's own checksum or shape; offered, never applied.
//!
//! Everything is data: a URL is never opened. Limits: [`MAX_BYTES`] for any text, [`MAX_OWN_BYTES`] for what a family
//! here takes; longer text is a finding.
//!
//! A new family is one file with a function `read(text) -> Option<Reading>` and one line in [`FAMILIES`].

mod clean;
mod crockford;
mod dahua;
mod guid;
mod look_alike;
mod mac;
mod names;
pub mod porchlight;
mod reading;
mod serial;
#[cfg(test)]
mod tests;
mod web;

pub use porchlight::{ClaimCode, Fingerprint, PrintedLabel};
pub use reading::{
    Family, Field, Finding, Identifier, IdentifierKind, LabelSecret, Reading, Repair, SecretKind,
};
pub use serial::read_serial;

/// The longest text that is looked at, in bytes.
pub const MAX_BYTES: usize = 2048;

/// The longest text that the families here take, in bytes.
pub const MAX_OWN_BYTES: usize = 512;

/// The families, the most telling grammar first: a GUID is also a plain serial, not the other way round.
const FAMILIES: [fn(&str) -> Option<Reading>; 5] =
    [porchlight::read, dahua::read, guid::read, mac::read, serial::read];

/// Reads what a code or a person gave.
pub fn read(text: &str) -> Reading {
    let cleaned = clean::clean(text);
    let mut reading = if cleaned.text.len() > MAX_OWN_BYTES {
        Reading::only(Finding::TooLong)
    } else if cleaned.text.is_empty() {
        Reading::only(Finding::Empty)
    } else {
        FAMILIES
            .iter()
            .find_map(|read| read(&cleaned.text))
            .unwrap_or_else(|| Reading::only(web::not_a_label(&cleaned.text)))
    };
    reading.findings.splice(0..0, cleaned.findings);
    reading
}

/// Reads the bytes of a code: those of a label are UTF-8, and what is not is shown as such.
pub fn read_bytes(bytes: &[u8]) -> Reading {
    read(&String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_BYTES + 1)]))
}
