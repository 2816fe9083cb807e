//! Codes for a new password.

use super::insert_account_revocation;
use crate::db::{DbError, parse};
use porchlight_protocol::AccountId;
use sqlx::{AnyConnection, Row as _};

/// Wrong codes that a mailed code takes.
const MOST_TRIES: i64 = 5;

/// A code for a new password.
#[derive(Clone)]
pub struct ResetRow {
    /// SHA-256 of what binds the code to whoever asked.
    pub token_hash: Vec<u8>,
    /// HMAC of the mailed code.
    pub code_mac: Vec<u8>,
    /// Whose, and its epoch then; none if nobody has the address.
    pub account: Option<(AccountId, i64)>,
    /// Milliseconds UTC.
    pub expires_at: i64,
}

impl std::fmt::Debug for ResetRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetRow").finish_non_exhaustive()
    }
}

/// What a try is compared with.
pub struct TriedReset {
    /// HMAC of the mailed code.
    pub code_mac: Vec<u8>,
    /// None if nobody has the address: no code is right.
    pub account: Option<AccountId>,
}

impl std::fmt::Debug for TriedReset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TriedReset").finish_non_exhaustive()
    }
}

/// Adds a code.
pub async fn insert_reset(db: &mut AnyConnection, row: &ResetRow) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO password_reset (token_hash, account_id, account_epoch, code_mac, code_tries, expires_at) \
         VALUES ($1, $2, $3, $4, 0, $5)",
    )
    .bind(&row.token_hash)
    .bind(row.account.map(|(id, _)| id.to_string()))
    .bind(row.account.map(|(_, epoch)| epoch))
    .bind(&row.code_mac)
    .bind(row.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Counts one try of a code; none if there is nothing to try any more. Tries at the same time are counted one after the
/// other.
pub async fn count_reset_try(
    db: &mut AnyConnection,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<TriedReset>, DbError> {
    let row = sqlx::query(
        "UPDATE password_reset SET code_tries = code_tries + 1 \
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND code_tries < $3 \
         RETURNING code_mac, account_id",
    )
    .bind(token_hash)
    .bind(now)
    .bind(MOST_TRIES)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let account: Option<String> = row.try_get(1)?;
        let account = account.map(|id| id.parse().map_err(|_| DbError::Corrupt("account id"))).transpose()?;
        Ok(TriedReset { code_mac: row.try_get(0)?, account })
    })
    .transpose()
}

/// Uses a code up: whose it was, and the account's epoch when it was asked for. None if somebody else just did.
pub async fn use_reset(
    db: &mut AnyConnection,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<(AccountId, i64)>, DbError> {
    let row = sqlx::query(
        "UPDATE password_reset SET used_at = $2 \
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND account_id IS NOT NULL \
         RETURNING account_id, account_epoch",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((parse(&row, 0, "account id")?, row.try_get(1)?))).transpose()
}

/// Gives an account another password, or none, and begins a new epoch, so that no session of before is alive; false if
/// there is no such account, or it never had a password.
pub async fn set_password(
    db: &mut AnyConnection,
    account: AccountId,
    password_hash: Option<&str>,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE account SET password_hash = $2, epoch = epoch + 1 WHERE id = $1 AND state <> 'invited'",
    )
    .bind(account.to_string())
    .bind(password_hash)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 1 {
        insert_account_revocation(db, account, now).await?;
    }
    Ok(done.rows_affected() == 1)
}
