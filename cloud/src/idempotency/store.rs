//! The rows of idempotency keys.

use crate::db::DbError;
use porchlight_protocol::AccountId;
use sqlx::{AnyConnection, Row as _};

/// What a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// SHA-256 of method, path and body.
    pub request_hash: Vec<u8>,
    /// HTTP status of the answer.
    pub status: i64,
    /// What it was about; none only inside the transaction that reserved it.
    pub resource: Option<String>,
}

/// Removes the key if its time is over.
pub async fn delete_if_expired(
    db: &mut AnyConnection,
    account: AccountId,
    key: &str,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query("DELETE FROM idempotency WHERE account_id = $1 AND key = $2 AND expires_at <= $3")
        .bind(account.to_string())
        .bind(key)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Reserves the key; false when it stands for something already.
pub async fn reserve(
    db: &mut AnyConnection,
    account: AccountId,
    key: &str,
    request_hash: &[u8],
    expires_at: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO idempotency (account_id, key, request_hash, status, expires_at) \
         VALUES ($1, $2, $3, 0, $4) ON CONFLICT DO NOTHING",
    )
    .bind(account.to_string())
    .bind(key)
    .bind(request_hash)
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the key stands for.
pub async fn find(
    db: &mut AnyConnection,
    account: AccountId,
    key: &str,
) -> Result<Option<IdempotencyRow>, DbError> {
    let row = sqlx::query(
        "SELECT request_hash, status, resource_id FROM idempotency WHERE account_id = $1 AND key = $2",
    )
    .bind(account.to_string())
    .bind(key)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(IdempotencyRow {
            request_hash: row.try_get(0)?,
            status: row.try_get(1)?,
            resource: row.try_get(2)?,
        })
    })
    .transpose()
}

/// Notes what a reserved key came to.
pub async fn remember(
    db: &mut AnyConnection,
    account: AccountId,
    key: &str,
    status: i64,
    resource: &str,
) -> Result<(), DbError> {
    sqlx::query("UPDATE idempotency SET status = $1, resource_id = $2 WHERE account_id = $3 AND key = $4")
        .bind(status)
        .bind(resource)
        .bind(account.to_string())
        .bind(key)
        .execute(db)
        .await?;
    Ok(())
}

/// Removes all keys whose time is over.
pub async fn delete_expired(db: &mut AnyConnection, now: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM idempotency WHERE expires_at <= $1").bind(now).execute(db).await?;
    Ok(())
}
