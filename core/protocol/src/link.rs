//! The host that links, tokens of devices and proofs name: one setting of the service, not the address a process
//! happens to listen on.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A host name as it stands in a verified link, for example `porchlight.example`: lower-case ASCII labels of
/// letters, digits and hyphens (RFC 1123, section 2.1); no scheme, no port, no user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkHost(String);

/// The text is not a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALinkHost;

impl fmt::Display for NotALinkHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a link host is a lower-case host name without scheme, port or path, like porchlight.example",
        )
    }
}

impl std::error::Error for NotALinkHost {}

impl LinkHost {
    /// The host as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LinkHost {
    type Error = NotALinkHost;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        };
        if text.len() <= 253 && text.split('.').all(is_label) { Ok(Self(text)) } else { Err(NotALinkHost) }
    }
}

impl FromStr for LinkHost {
    type Err = NotALinkHost;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl From<LinkHost> for String {
    fn from(host: LinkHost) -> Self {
        host.0
    }
}

impl fmt::Display for LinkHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
