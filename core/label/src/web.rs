//! Texts that are no labels: what to say of them.

use crate::{Family, Field, Finding, Reading};

/// A web address is named with its host, so that a person sees what they scanned; anything else is no label.
pub(crate) fn not_a_label(text: &str) -> Finding {
    if let Some(character) = text.chars().find(|c| !c.is_ascii()).filter(|_| host(text).is_none()) {
        return Finding::NotAscii { character };
    }
    host(text).map_or(Finding::NotALabel, |host| Finding::WebAddress { host })
}

/// The host of a web address, in punycode: look-alike letters of other scripts must not pass as a name one knows.
pub(crate) fn host(text: &str) -> Option<String> {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme))?;
    let authority = text[scheme.len()..].split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::URL)
        .ok()
        .filter(|host| !host.is_empty())
        .map(std::borrow::Cow::into_owned)
}

/// A reading of a family that lacks its serial.
pub(crate) fn without_serial(family: Family) -> Reading {
    Reading { findings: vec![Finding::Missing(Field::Serial)], ..Reading::of(family) }
}
