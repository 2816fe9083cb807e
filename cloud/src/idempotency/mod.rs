//! Requests that may be sent twice and count once: `Idempotency-Key`.
//!
//! 1. [`begin`], in the effect's transaction, reserves the key for this account and this request. A second request
//!    with the key waits for the first one's commit (PostgreSQL holds it at the unique index, SQLite at `BEGIN`).
//! 2. The effect happens, and [`Reservation::remember`] notes what the answer was about, not the answer: status and id.
//! 3. The same request again is a [`Beginning::Replay`]. The handler checks authority as for the first, and reads the
//!    thing again.
//!
//! A refused request leaves nothing behind: its transaction does not commit. Limits: a key counts for 24 hours, for
//! one account; the same key with another request is refused.

pub mod api;
pub mod store;

use crate::authority::Caller;
use crate::db::{Db, DbError, Tx};
use crate::problem::Refusal;
use crate::secret;
use porchlight_protocol::{AccountId, ProblemCode};
use serde::Serialize;
use std::fmt::Display;
use std::str::FromStr;

/// How long a key counts, in milliseconds.
const KEEPS: i64 = 24 * 3600 * 1000;

/// How long a key may be: a UUID fits, a guessable number does not.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// The key of a changing request, with the method and path it was sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    request_line: String,
}

impl IdempotencyKey {
    /// Takes the header's value; refuses one that is missing, too short or too long.
    pub fn new(header: Option<&str>, method: &str, path: &str) -> Result<Self, Refusal> {
        let key = header.filter(|key| KEY_LENGTH.contains(&key.len()));
        let key = key.ok_or(ProblemCode::IdempotencyKeyRequired)?.to_owned();
        Ok(Self { key, request_line: format!("{method} {path}") })
    }
}

/// What a key stands for, at the beginning of a request.
#[derive(Debug)]
pub enum Beginning {
    /// The first request with this key: do it, then remember.
    Fresh(Reservation),
    /// It was done: check authority, read it again.
    Replay(DoneBefore),
}

/// A key that waits for its effect.
#[derive(Debug)]
#[must_use = "an effect that is not remembered happens twice"]
pub struct Reservation {
    account: AccountId,
    key: String,
}

/// What an earlier request with the key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneBefore {
    status: u16,
    resource: String,
}

/// Looks the key up and reserves it. `body` is the request as it was understood, so that its spelling does not count.
pub async fn begin<T: Serialize>(
    tx: &mut Tx,
    caller: &Caller,
    key: &IdempotencyKey,
    body: &T,
) -> Result<Beginning, Refusal> {
    let body = serde_json::to_string(body).map_err(|_| DbError::Corrupt("request"))?;
    let hash = secret::sha256(format!("{}\n{body}", key.request_line).as_bytes());
    let now = crate::now();
    store::delete_if_expired(tx, caller.account, &key.key, now).await?;
    if store::reserve(tx, caller.account, &key.key, &hash, now + KEEPS).await? {
        return Ok(Beginning::Fresh(Reservation { account: caller.account, key: key.key.clone() }));
    }
    // The other request rolled back between the two looks: worth another try.
    let row = store::find(tx, caller.account, &key.key).await?.ok_or(DbError::TryAgain)?;
    if row.request_hash != hash {
        return Err(ProblemCode::IdempotencyKeyReused.into());
    }
    let status = u16::try_from(row.status).map_err(|_| DbError::Corrupt("status"))?;
    let resource = row.resource.ok_or(DbError::Corrupt("idempotency key without its effect"))?;
    Ok(Beginning::Replay(DoneBefore { status, resource }))
}

impl Reservation {
    /// Notes what the request came to, in the effect's transaction; gives the status back.
    pub async fn remember(
        self,
        tx: &mut Tx,
        status: u16,
        resource: &(dyn Display + Sync),
    ) -> Result<u16, DbError> {
        store::remember(tx, self.account, &self.key, i64::from(status), &resource.to_string()).await?;
        Ok(status)
    }
}

impl DoneBefore {
    /// The status it was answered with.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The id of what it made or changed.
    pub fn resource<T: FromStr>(&self) -> Result<T, DbError> {
        self.resource.parse().map_err(|_| DbError::Corrupt("resource id"))
    }
}

/// Removes keys that do not count any more.
pub async fn forget_expired(db: &Db) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    store::delete_expired(&mut tx, crate::now()).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_has_16_to_64_characters() {
        let with = |length: usize| IdempotencyKey::new(Some(&"k".repeat(length)), "POST", "/v1/sites");
        assert!(with(16).is_ok() && with(64).is_ok());
        for refused in [with(0), with(15), with(65), IdempotencyKey::new(None, "POST", "/v1/sites")] {
            assert_eq!(refused.unwrap_err().problem.code, ProblemCode::IdempotencyKeyRequired);
        }
    }
}
