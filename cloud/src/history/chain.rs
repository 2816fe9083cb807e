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

/// A place in the chain as somebody kept it outside the database: `<position>:<hash in hexadecimal>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many events there were.
    pub position: i64,
    /// The hash of the last one.
    pub hash: Vec<u8>,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:", self.position)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = "a head is what an earlier verification printed: <position>:<64 hexadecimal digits>";
        let (position, hash) = text.split_once(':').ok_or(refused)?;
        let digits = hash.len() == 2 * GENESIS.len() && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = (0..hash.len()).step_by(2).filter(|_| digits);
        Ok(Self {
            position: position.parse().ok().filter(|position| *position > 0).ok_or(refused)?,
            hash: match bytes.map(|at| u8::from_str_radix(&hash[at..at + 2], 16)).collect() {
                Ok(hash) if digits => hash,
                _ => return Err(refused),
            },
        })
    }
}

/// Follows the chain from its beginning to the sealer's head; it goes through every head that was kept.
pub async fn verify(db: &Db, kept: &[Head]) -> Result<ChainState, DbError> {
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
            let differs = kept.iter().any(|head| head.position == position && head.hash != hash);
            if differs
                || sealed.position != position
                || sealed.chain_hash != hash
                || !detail_is_original(&sealed.row)
            {
                return Ok(ChainState::Broken { position });
            }
        }
    }
    if kept.iter().any(|head| head.position > position) {
        return Ok(ChainState::Broken { position: position + 1 });
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
    fn head_is_read_as_it_was_written_and_no_other_way() {
        let head = Head { position: 12, hash: (0..32).collect() };
        assert_eq!(head.to_string().parse(), Ok(head));
        for text in ["", "12", "12:", "12:zz", "0:00", &format!("0:{}", "00".repeat(32)), "12:äöü"] {
            assert!(text.parse::<Head>().is_err(), "{text}");
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
