//! Refresh tokens, newest and older, and the proofs that counted already.

use super::BegunRow;
use crate::db::{DbError, parse};
use porchlight_protocol::{AccountId, GrantId, SessionId};
use sqlx::{AnyConnection, Row as _};

/// A refresh token that begins to live.
#[derive(Clone, Debug)]
pub struct NewTokenRow {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Its session.
    pub session: SessionId,
    /// Milliseconds UTC; ends when it is not used until then.
    pub idle_expires_at: i64,
}

/// A presented refresh token with all that decides about it.
#[derive(Clone)]
pub struct RefreshRow {
    /// Its session.
    pub session: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Who acts there, and by what right, when it is somebody else.
    pub delegation: Option<(AccountId, GrantId)>,
    /// The installation's key.
    pub public_key: Vec<u8>,
    /// Milliseconds UTC.
    pub idle_expires_at: i64,
    /// Milliseconds UTC.
    pub session_expires_at: i64,
    /// When the session's newest access token ends, milliseconds UTC.
    pub access_expires_at: i64,
    /// What it was replaced by, sealed under a key that only the token gives; none if it is the newest, or if its
    /// successor was used.
    pub successor_sealed: Option<Vec<u8>>,
    /// Whether it was replaced.
    pub replaced: bool,
}

impl RefreshRow {
    /// The session as one that somebody acts in; none if its own person does.
    pub fn delegated(&self) -> Option<BegunRow> {
        let (actor, grant) = self.delegation?;
        Some(BegunRow { id: self.session, subject: self.account, actor, grant })
    }
}

impl std::fmt::Debug for RefreshRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshRow").field("session", &self.session).finish_non_exhaustive()
    }
}

/// Adds a token.
pub async fn insert_token(db: &mut AnyConnection, row: &NewTokenRow, now: i64) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO refresh_token (token_hash, session_id, created_at, idle_expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(&row.token_hash)
    .bind(row.session.to_string())
    .bind(now)
    .bind(row.idle_expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// The token with this hash.
pub async fn refresh_row(db: &mut AnyConnection, token_hash: &[u8]) -> Result<Option<RefreshRow>, DbError> {
    let row = sqlx::query(
        "SELECT session.id, session.account_id, installation.public_key, refresh_token.idle_expires_at, \
           session.expires_at, session.access_expires_at, refresh_token.successor_hash, \
           refresh_token.successor_sealed, \
           session.actor_id, session.grant_id \
         FROM refresh_token JOIN session ON session.id = refresh_token.session_id \
         JOIN installation ON installation.id = session.installation_id \
         WHERE refresh_token.token_hash = $1",
    )
    .bind(token_hash)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let is_delegated = row.try_get::<Option<String>, _>(9)?.is_some();
        let delegation = || Ok::<_, DbError>((parse(&row, 8, "account id")?, parse(&row, 9, "grant id")?));
        Ok(RefreshRow {
            session: parse(&row, 0, "session id")?,
            account: parse(&row, 1, "account id")?,
            public_key: row.try_get(2)?,
            idle_expires_at: row.try_get(3)?,
            session_expires_at: row.try_get(4)?,
            access_expires_at: row.try_get(5)?,
            replaced: row.try_get::<Option<Vec<u8>>, _>(6)?.is_some(),
            successor_sealed: row.try_get(7)?,
            delegation: is_delegated.then(delegation).transpose()?,
        })
    })
    .transpose()
}

/// Replaces a token by its successor; false if another request just did.
pub async fn set_successor(
    db: &mut AnyConnection,
    token_hash: &[u8],
    successor_hash: &[u8],
    successor_sealed: &[u8],
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE refresh_token SET successor_hash = $2, successor_sealed = $3 \
         WHERE token_hash = $1 AND successor_hash IS NULL",
    )
    .bind(token_hash)
    .bind(successor_hash)
    .bind(successor_sealed)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A token is used: what its predecessor sealed is needed no more, and a replay of that one is a replay.
pub async fn forget_successor_of(db: &mut AnyConnection, used_hash: &[u8]) -> Result<(), DbError> {
    sqlx::query("UPDATE refresh_token SET successor_sealed = NULL WHERE successor_hash = $1")
        .bind(used_hash)
        .execute(db)
        .await?;
    Ok(())
}

/// Remembers something that counts once; false if it counted before.
pub async fn remember_once(db: &mut AnyConnection, id: &str, until: i64) -> Result<bool, DbError> {
    let done =
        sqlx::query("INSERT INTO seen_token (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
            .bind(id)
            .bind(until)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}
