//! The hash chain over audit events: who removes, changes or reorders one breaks every hash that follows.
//!
//! Layout, SHA-256 throughout:
//!
//! ```text
//! detail_hash   = SHA-256(salt || detail)
//! chain_hash[0] = 32 zero bytes
//! chain_hash[n] = SHA-256("porchlight/audit/1" || chain_hash[n - 1] || shard || n
//!                         || id || at || actor || subject || grant || site || what || on_what || detail_hash)
//! ```
//!
//! Numbers are 8 bytes, big-endian. Texts and the detail's hash are preceded by their length in 4 bytes, big-endian;
//! what is absent is the length `ff ff ff ff` alone. Salt and detail themselves stand outside: a person can have them
//! erased, and the chain still verifies. The salt keeps a guessed detail from being confirmed by its hash afterwards.

use super::SHARD;
use super::store::{self, AuditRow};
use crate::db::{Db, DbError};
use sha2::{Digest, Sha256};

/// Where the chain begins.
pub const GENESIS: [u8; 32] = [0; 32];

/// How many events are verified at a time.
const BATCH: i64 = 500;

/// What of an audit event stays in the chain for ever.
pub fn hash_detail(salt: &[u8], detail: &str) -> Vec<u8> {
    Sha256::new().chain_update(salt).chain_update(detail).finalize().to_vec()
}

/// The hash of an event at its position, from the one before.
pub fn hash_event(previous: &[u8], position: i64, row: &AuditRow) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"porchlight/audit/1");
    hash.update(previous);
    hash.update(SHARD.to_be_bytes());
    hash.update(position.to_be_bytes());
    add_field(&mut hash, Some(row.id.as_bytes()));
    hash.update(row.at.to_be_bytes());
    for text in [&row.actor, &row.subject, &row.grant, &row.site] {
        add_field(&mut hash, text.as_deref().map(str::as_bytes));
    }
    add_field(&mut hash, Some(row.what.as_bytes()));
    add_field(&mut hash, row.on_what.as_deref().map(str::as_bytes));
    add_field(&mut hash, Some(&row.detail_hash));
    hash.finalize().to_vec()
}

fn add_field(hash: &mut Sha256, field: Option<&[u8]>) {
    let length = field.map_or(u32::MAX, |bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX - 1));
    hash.update(length.to_be_bytes());
    hash.update(field.unwrap_or_default());
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainState {
    /// Every sealed event is in its place.
    Whole {
        /// How many there are.
        events: i64,
        /// The hash of the last one, to be kept outside the database.
        head: Vec<u8>,
    },
    /// The event at this position is missing, or is not what was sealed.
    Broken {
        /// Where.
        position: i64,
    },
}

/// Follows the chain from its beginning to the sealer's head.
pub async fn verify(db: &Db) -> Result<ChainState, DbError> {
    let mut reader = db.read().await?;
    let head = store::heads(&mut reader).await?;
    let (mut position, mut hash) = (0, GENESIS.to_vec());
    while position < head.audit_position {
        let rows = store::sealed_audit_events(&mut reader, position, BATCH).await?;
        if rows.is_empty() {
            return Ok(ChainState::Broken { position: position + 1 });
        }
        for sealed in rows.into_iter().take_while(|sealed| sealed.position <= head.audit_position) {
            position += 1;
            hash = hash_event(&hash, position, &sealed.row);
            if sealed.position != position || sealed.chain_hash != hash || !detail_is_original(&sealed.row) {
                return Ok(ChainState::Broken { position });
            }
        }
    }
    if hash == head.chain_hash {
        Ok(ChainState::Whole { events: position, head: hash })
    } else {
        Ok(ChainState::Broken { position })
    }
}

/// A detail is what was recorded, or it was erased together with its salt.
fn detail_is_original(row: &AuditRow) -> bool {
    match (&row.salt, &row.detail) {
        (Some(salt), Some(detail)) => hash_detail(salt, detail) == row.detail_hash,
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> AuditRow {
        AuditRow {
            id: "id".into(),
            at: 1,
            actor: Some("a".into()),
            subject: None,
            grant: None,
            site: Some("s".into()),
            what: "site.made".into(),
            on_what: None,
            salt: Some(vec![1]),
            detail: Some("{}".into()),
            detail_hash: hash_detail(&[1], "{}"),
        }
    }

    #[test]
    fn every_field_and_the_place_count() {
        let original = hash_event(&GENESIS, 1, &event());
        let changes: [fn(&mut AuditRow); 9] = [
            |e| e.id = "other".into(),
            |e| e.at = 2,
            |e| e.actor = None,
            |e| e.subject = Some(String::new()),
            |e| e.grant = Some("g".into()),
            |e| e.site = Some("t".into()),
            |e| e.what = "site.changed".into(),
            |e| e.on_what = Some("x".into()),
            |e| e.detail_hash = vec![0],
        ];
        for (nth, change) in changes.iter().enumerate() {
            let mut changed = event();
            change(&mut changed);
            assert_ne!(hash_event(&GENESIS, 1, &changed), original, "change {nth}");
        }
        assert_ne!(hash_event(&GENESIS, 2, &event()), original);
        assert_ne!(hash_event(&[1; 32], 1, &event()), original);
    }

    #[test]
    fn text_cannot_move_from_one_field_to_the_next() {
        let mut moved = event();
        (moved.actor, moved.subject) = (None, Some("a".into()));
        assert_ne!(hash_event(&GENESIS, 1, &moved), hash_event(&GENESIS, 1, &event()));
    }

    #[test]
    fn erased_detail_changes_nothing_in_the_chain() {
        let mut erased = event();
        (erased.salt, erased.detail) = (None, None);
        assert_eq!(hash_event(&GENESIS, 1, &erased), hash_event(&GENESIS, 1, &event()));
        assert!(detail_is_original(&erased));
        erased.detail = Some("{\"after\":1}".into());
        assert!(!detail_is_original(&erased));
    }
}
