//! GUID: 32 hexadecimal digits, hyphens where the printer liked them. A bar code on the enclosure of energy panels; it
//! opens a site.

use crate::{Family, Identifier, IdentifierKind, Reading};

pub(crate) fn read(text: &str) -> Option<Reading> {
    let bare = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    let digits = bare.bytes().filter(u8::is_ascii_hexdigit).count();
    let only_these = bare.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let whole = digits == 32 && only_these && !bare.starts_with('-') && !bare.ends_with('-');
    whole.then(|| Reading {
        identifiers: vec![Identifier { kind: IdentifierKind::Guid, value: bare.to_owned() }],
        ..Reading::of(Family::Guid)
    })
}
