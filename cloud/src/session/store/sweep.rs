//! What nobody needs any more.

use crate::db::DbError;
use sqlx::AnyConnection;

/// Removes rows whose time is over: registrations, codes, refresh tokens and proofs at their end, revocations an hour old.
pub async fn delete_expired(db: &mut AnyConnection, now: i64, revoked_before: i64) -> Result<(), DbError> {
    for (delete, before) in [
        ("DELETE FROM registration WHERE expires_at < $1", now),
        ("DELETE FROM password_reset WHERE expires_at < $1", now),
        ("DELETE FROM refresh_token WHERE idle_expires_at < $1", now),
        ("DELETE FROM seen_token WHERE expires_at < $1", now),
        ("DELETE FROM revocation WHERE at < $1", revoked_before),
    ] {
        sqlx::query(delete).bind(before).execute(&mut *db).await?;
    }
    Ok(())
}
