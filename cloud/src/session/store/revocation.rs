//! The list of what ended.

use crate::db::DbError;
use crate::session::revocations::Ended;
use porchlight_protocol::AccountId;
use sqlx::{AnyConnection, Row as _};

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRow {
    /// UUIDv7.
    pub id: String,
    /// What ended.
    pub ended: Ended,
    /// Milliseconds UTC.
    pub at: i64,
}

/// Everything that ended since then.
pub async fn revocations_since(db: &mut AnyConnection, since: i64) -> Result<Vec<RevocationRow>, DbError> {
    let rows = sqlx::query("SELECT id, session_id, account_id, at FROM revocation WHERE at >= $1")
        .bind(since)
        .fetch_all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let session: Option<String> = row.try_get(1)?;
            let account: Option<String> = row.try_get(2)?;
            let ended = match (session, account) {
                (Some(session), _) => {
                    Ended::Session(session.parse().map_err(|_| DbError::Corrupt("session id"))?)
                }
                (None, Some(account)) => {
                    Ended::Account(account.parse().map_err(|_| DbError::Corrupt("account id"))?)
                }
                (None, None) => return Err(DbError::Corrupt("revocation")),
            };
            Ok(RevocationRow { id: row.try_get(0)?, ended, at: row.try_get(3)? })
        })
        .collect()
}

/// Notes that all sessions of an account ended.
pub async fn insert_account_revocation(
    db: &mut AnyConnection,
    account: AccountId,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query("INSERT INTO revocation (id, account_id, at) VALUES ($1, $2, $3)")
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(account.to_string())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}
