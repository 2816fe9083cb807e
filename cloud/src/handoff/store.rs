//! The rows of handoffs.

use crate::db::{DbError, parse};
use crate::session::store::epoch_of;
use porchlight_protocol::access::Grant;
use porchlight_protocol::handoff::CODE_LASTS;
use porchlight_protocol::{AccountId, GrantId, SessionId};
use sqlx::{AnyConnection, Row as _};

/// A code, and what became of it.
#[derive(Clone)]
pub struct HandoffRow {
    /// Which grant it is for.
    pub grant: GrantId,
    /// In whose account.
    pub subject: AccountId,
    /// Who acts.
    pub actor: AccountId,
    /// base64url of SHA-256 of the verifier.
    pub challenge: String,
    /// The installer's own session that made it.
    pub begun_by: SessionId,
    /// Whether that session, or all of the subject's, have ended since.
    pub outlived: bool,
    /// None until it is used.
    pub used: Option<UsedRow>,
}

/// How a code was used.
#[derive(Clone)]
pub struct UsedRow {
    /// When, milliseconds UTC.
    pub at: i64,
    /// By which phone.
    pub public_key: Vec<u8>,
    /// The session that came of it.
    pub session: SessionId,
    /// Its first tokens, sealed under the verifier.
    pub tokens: Vec<u8>,
}

impl std::fmt::Debug for HandoffRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandoffRow").field("grant", &self.grant).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for UsedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UsedRow").field("session", &self.session).finish_non_exhaustive()
    }
}

/// Writes a code that can be used until then, or until the session that makes it or all of the subject's end.
pub async fn insert_handoff(
    db: &mut AnyConnection,
    code_hash: &[u8],
    grant: &Grant,
    begun_by: SessionId,
    challenge: &str,
    now: i64,
) -> Result<(), DbError> {
    let subject_epoch = epoch_of(db, grant.subject.id).await?;
    sqlx::query(
        "INSERT INTO handoff (code_hash, grant_id, challenge, created_at, expires_at, begun_by, \
           subject_epoch) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(code_hash)
    .bind(grant.id.to_string())
    .bind(challenge)
    .bind(now)
    .bind(now + CODE_LASTS)
    .bind(begun_by.to_string())
    .bind(subject_epoch)
    .execute(db)
    .await?;
    Ok(())
}

/// The code with this hash, used or not, too old or not.
pub async fn handoff(db: &mut AnyConnection, code_hash: &[u8]) -> Result<Option<HandoffRow>, DbError> {
    let row = sqlx::query(
        "SELECT handoff.grant_id, access_grant.subject_id, access_grant.actor_id, handoff.challenge, \
           handoff.used_at, handoff.public_key, handoff.session_id, handoff.tokens_sealed, \
           handoff.begun_by, CASE WHEN handoff.subject_epoch = subject.epoch AND beginner.revoked_at IS NULL \
             AND beginner.account_epoch = actor.epoch THEN 0 ELSE 1 END \
         FROM handoff JOIN access_grant ON access_grant.id = handoff.grant_id \
         JOIN account AS subject ON subject.id = access_grant.subject_id \
         JOIN account AS actor ON actor.id = access_grant.actor_id \
         JOIN session AS beginner ON beginner.id = handoff.begun_by WHERE handoff.code_hash = $1",
    )
    .bind(code_hash)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let mut used = None;
        if let Some(at) = row.try_get::<Option<i64>, _>(4)? {
            used = Some(UsedRow {
                at,
                public_key: row.try_get(5)?,
                session: parse(&row, 6, "session id")?,
                tokens: row.try_get(7)?,
            });
        }
        Ok(HandoffRow {
            grant: parse(&row, 0, "grant id")?,
            subject: parse(&row, 1, "account id")?,
            actor: parse(&row, 2, "account id")?,
            challenge: row.try_get(3)?,
            begun_by: parse(&row, 8, "session id")?,
            outlived: row.try_get::<i64, _>(9)? == 1,
            used,
        })
    })
    .transpose()
}

/// Uses a code up; false if it was used, or is too old.
pub async fn use_up(
    db: &mut AnyConnection,
    code_hash: &[u8],
    public_key: &[u8],
    session: SessionId,
    tokens_sealed: &[u8],
    now: i64,
) -> Result<bool, DbError> {
    let row = sqlx::query(
        "UPDATE handoff SET used_at = $2, public_key = $3, session_id = $4, tokens_sealed = $5 \
         WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING grant_id",
    )
    .bind(code_hash)
    .bind(now)
    .bind(public_key)
    .bind(session.to_string())
    .bind(tokens_sealed)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// When the first access token and the session end, milliseconds UTC; none once its first refresh token was used.
pub async fn unused_session(
    db: &mut AnyConnection,
    session: SessionId,
    now: i64,
) -> Result<Option<(i64, i64)>, DbError> {
    let row = sqlx::query(
        "SELECT session.access_expires_at, session.expires_at FROM session \
         WHERE session.id = $1 AND session.expires_at > $2 AND NOT EXISTS (SELECT 1 FROM refresh_token \
           WHERE refresh_token.session_id = session.id AND refresh_token.successor_hash IS NOT NULL)",
    )
    .bind(session.to_string())
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

/// Removes codes that are of no use to anybody any more: unused or not, a day old.
pub async fn delete_expired(db: &mut AnyConnection, before: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM handoff WHERE expires_at < $1").bind(before).execute(db).await?;
    Ok(())
}
