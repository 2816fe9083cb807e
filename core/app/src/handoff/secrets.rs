//! The secrets of a handoff: the verifier, the code, and the entry that carries the verifier to the other app. They are
//! wiped when they are dropped and print their names only.

use crate::ports::Moment;
use porchlight_protocol::Base64Url;
use porchlight_protocol::access::Grant;
use porchlight_protocol::handoff::{CODE_LASTS, DELEGATED_LASTS};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

/// RFC 7636, section 4.1: 32 bytes of randomness are 43 characters.
#[derive(Clone, Debug)]
pub(super) struct Verifier(pub(super) SecretString);

impl Verifier {
    pub(super) fn mint() -> Self {
        let bytes = Zeroizing::new(rand::random::<[u8; 32]>());
        Self(Base64Url(bytes.to_vec()).to_text().into())
    }

    /// RFC 7636, section 4.2: `S256`.
    pub(super) fn challenge(&self) -> String {
        // Exposed to be hashed.
        Base64Url(Sha256::digest(self.0.expose_secret()).to_vec()).to_text()
    }
}

/// The one-time code of a link.
#[derive(Clone, Debug)]
pub(super) struct Code(pub(super) SecretString);

impl Code {
    pub(super) fn hash(&self) -> Base64Url {
        // Exposed to be hashed.
        Base64Url(Sha256::digest(self.0.expose_secret()).to_vec())
    }
}

/// What the partner app leaves for the customer app.
#[derive(Serialize, Deserialize)]
struct EntryRow {
    version: u32,
    code: Base64Url,
    verifier: Zeroizing<String>,
    grant: Grant,
    made: Moment,
    /// An older partner app does not say it.
    #[serde(default)]
    until: Option<i64>,
}

/// The version that this app writes.
const VERSION: u32 = 1;

/// What passes through the vault: the verifier, which link it is for, and what the confirming screen shows.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) code: Base64Url,
    pub(super) verifier: Verifier,
    pub(super) grant: Grant,
    pub(super) made: Moment,
    /// When the session ends at the latest, if it begins now: milliseconds UTC.
    pub(super) until: i64,
}

impl Entry {
    pub(super) fn to_secret(&self) -> SecretSlice<u8> {
        let row = EntryRow {
            version: VERSION,
            code: self.code.clone(),
            verifier: Zeroizing::new(self.verifier.0.expose_secret().to_owned()), // exposed: goes into the vault
            grant: self.grant.clone(),
            made: self.made.clone(),
            until: Some(self.until),
        };
        // Room for all of it, so that growing leaves no copies behind.
        let mut bytes = Vec::with_capacity(8 * 1024);
        serde_json::to_writer(&mut bytes, &row).expect("rows are maps with text keys");
        bytes.into()
    }

    /// Reads what the other app left; none for something else, or for what a newer version says in another way.
    pub(super) fn from_secret(secret: &SecretSlice<u8>) -> Option<Self> {
        let row: EntryRow = serde_json::from_slice(secret.expose_secret()).ok()?; // exposed: read back into secret types
        Some(Self {
            code: row.code,
            verifier: Verifier(row.verifier.as_str().into()),
            until: row.until.unwrap_or(row.grant.expires_at),
            grant: row.grant,
            made: row.made,
        })
        .filter(|_| row.version == VERSION)
    }

    /// Whether the code is of use at this moment, as far as the phone knows.
    pub(super) fn is_fresh(&self, now: &Moment) -> bool {
        let lasts = Duration::from_millis(CODE_LASTS.unsigned_abs());
        now.since(&self.made).is_some_and(|age| age < lasts)
    }
}

/// When a session by this grant ends at the latest, if it begins now: milliseconds UTC. With `now`, by the cloud's clock,
/// unknown, no more can be said than when the grant ends.
pub(super) fn end_of_session(grant: &Grant, now: Option<i64>) -> i64 {
    now.map_or(grant.expires_at, |now| grant.expires_at.min(now.saturating_add(DELEGATED_LASTS)))
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entry")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn challenge_is_the_one_of_the_rfc() {
        let verifier = Verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn entry_of_an_older_partner_app_says_when_the_grant_ends() {
        let grant = serde_json::from_value(crate::testing::grant(&crate::testing::id(50))).unwrap();
        let made = serde_json::json!({ "elapsed": { "secs": 1, "nanos": 0 }, "boot_id": "b" });
        let made = serde_json::from_value(made).unwrap();
        let entry = Entry { code: Base64Url(vec![1]), verifier: Verifier::mint(), grant, made, until: 5 };
        let read = |row: &serde_json::Value| Entry::from_secret(&serde_json::to_vec(row).unwrap().into());
        let mut row: serde_json::Value = serde_json::from_slice(entry.to_secret().expose_secret()).unwrap();
        assert_eq!(read(&row).unwrap().until, 5);
        row.as_object_mut().unwrap().remove("until");
        assert_eq!(read(&row).unwrap().until, 9);
    }

    #[test]
    fn verifiers_are_43_characters_and_never_the_same() {
        let (one, other) = (Verifier::mint(), Verifier::mint());
        assert_eq!(one.0.expose_secret().len(), 43);
        assert_ne!(one.0.expose_secret(), other.0.expose_secret());
        assert!(!format!("{one:?}").contains(one.0.expose_secret()));
    }
}
