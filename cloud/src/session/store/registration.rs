//! Registrations that wait for their code.

use crate::db::DbError;
use porchlight_protocol::AccountId;
use sqlx::{AnyConnection, Row as _};

/// Wrong codes that a mailed code takes.
const MOST_TRIES: i64 = 5;

/// One attempt to register.
#[derive(Clone)]
pub struct RegistrationRow {
    /// SHA-256 of what binds the code to this registration.
    pub token_hash: Vec<u8>,
    /// Lower case; not verified yet.
    pub email: String,
    /// 1 to 64 characters.
    pub given_name: String,
    /// 1 to 64 characters.
    pub family_name: String,
    /// `en` or `de`.
    pub language: String,
    /// Argon2id.
    pub password_hash: String,
    /// HMAC of the mailed code.
    pub code_mac: Vec<u8>,
    /// Milliseconds UTC.
    pub code_expires_at: i64,
    /// Milliseconds UTC; until then a new code can be mailed.
    pub expires_at: i64,
}

impl std::fmt::Debug for RegistrationRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistrationRow").finish_non_exhaustive()
    }
}

/// Adds a registration.
pub async fn insert_registration(
    db: &mut AnyConnection,
    row: &RegistrationRow,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO registration (token_hash, email, given_name, family_name, language, password_hash, code_mac, \
           code_tries, code_expires_at, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)",
    )
    .bind(&row.token_hash)
    .bind(&row.email)
    .bind(&row.given_name)
    .bind(&row.family_name)
    .bind(&row.language)
    .bind(&row.password_hash)
    .bind(&row.code_mac)
    .bind(row.code_expires_at)
    .bind(now)
    .bind(row.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Counts one try of a code and says what the right one's MAC is; none if there is nothing to try any more. The row
/// stays locked, so that tries at the same time are counted one after the other.
pub async fn count_try(
    db: &mut AnyConnection,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar(
        "UPDATE registration SET code_tries = code_tries + 1 \
         WHERE token_hash = $1 AND used_at IS NULL AND code_expires_at > $2 AND code_tries < $3 RETURNING code_mac",
    )
    .bind(token_hash)
    .bind(now)
    .bind(MOST_TRIES)
    .fetch_optional(db)
    .await?)
}

/// Uses the registration up. None if somebody else just did.
pub async fn open_registration(
    db: &mut AnyConnection,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<RegistrationRow>, DbError> {
    let row = sqlx::query(
        "UPDATE registration SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL \
         RETURNING email, given_name, family_name, language, password_hash, code_mac, code_expires_at, expires_at",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(RegistrationRow {
            token_hash: token_hash.to_vec(),
            email: row.try_get(0)?,
            given_name: row.try_get(1)?,
            family_name: row.try_get(2)?,
            language: row.try_get(3)?,
            password_hash: row.try_get(4)?,
            code_mac: row.try_get(5)?,
            code_expires_at: row.try_get(6)?,
            expires_at: row.try_get(7)?,
        })
    })
    .transpose()
}

/// Notes which account came of it, if one did; the password's hash lives with the account from now on.
pub async fn finish_registration(
    db: &mut AnyConnection,
    token_hash: &[u8],
    account: Option<AccountId>,
) -> Result<(), DbError> {
    sqlx::query("UPDATE registration SET account_id = $2, password_hash = '' WHERE token_hash = $1")
        .bind(token_hash)
        .bind(account.map(|id| id.to_string()))
        .execute(db)
        .await?;
    Ok(())
}

/// The MAC of the code that made an account of this registration, while that code lives.
pub async fn was_finished_with(
    db: &mut AnyConnection,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar(
        "SELECT code_mac FROM registration \
         WHERE token_hash = $1 AND account_id IS NOT NULL AND code_expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Address and language of a registration that can still get a new code.
pub async fn waits_for_code(
    db: &mut AnyConnection,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<(String, String)>, DbError> {
    let row = sqlx::query(
        "SELECT email, language FROM registration WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

/// Gives the registration another code, with tries of its own.
pub async fn set_code(
    db: &mut AnyConnection,
    token_hash: &[u8],
    code_mac: &[u8],
    code_expires_at: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE registration SET code_mac = $2, code_expires_at = $3, code_tries = 0 \
         WHERE token_hash = $1 AND used_at IS NULL",
    )
    .bind(token_hash)
    .bind(code_mac)
    .bind(code_expires_at)
    .execute(db)
    .await?;
    Ok(())
}
