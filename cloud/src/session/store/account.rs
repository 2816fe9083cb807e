//! Accounts: who there is, and what a sign-in is checked against.

use super::insert_account_revocation;
use crate::db::{DbError, parse};
use porchlight_protocol::AccountId;
use sqlx::{AnyConnection, Row as _};

/// An account, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub id: AccountId,
    /// Lower case; verified.
    pub email: String,
    /// 1 to 64 characters.
    pub given_name: String,
    /// 1 to 64 characters.
    pub family_name: String,
    /// `en` or `de`.
    pub language: String,
}

/// What a sign-in is checked against.
#[derive(Clone)]
pub struct CredentialsRow {
    /// The account.
    pub id: AccountId,
    /// None while the account is only invited.
    pub password_hash: Option<String>,
    /// Whether the account may not be used.
    pub disabled: bool,
    /// Grows when every session must end.
    pub epoch: i64,
    /// As a row keeps it.
    pub language: String,
}

impl std::fmt::Debug for CredentialsRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialsRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes an active account; false if the address has one already.
pub async fn insert_account(
    db: &mut AnyConnection,
    row: &AccountRow,
    password_hash: &str,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO account (id, email, given_name, family_name, language, state, password_hash, epoch, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'active', $6, 1, $7) ON CONFLICT (email) DO NOTHING",
    )
    .bind(row.id.to_string())
    .bind(&row.email)
    .bind(&row.given_name)
    .bind(&row.family_name)
    .bind(&row.language)
    .bind(password_hash)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether somebody can sign in to the account.
pub async fn is_active(db: &mut AnyConnection, account: AccountId) -> Result<bool, DbError> {
    let row =
        sqlx::query("SELECT 1 FROM account WHERE id = $1 AND state = 'active'").bind(account.to_string());
    Ok(row.fetch_optional(db).await?.is_some())
}

/// The account with this id.
pub async fn account_by_id(db: &mut AnyConnection, id: AccountId) -> Result<Option<AccountRow>, DbError> {
    let row = sqlx::query(
        // An invited account has no address of its own: it is known by the one that the partner entered.
        "SELECT COALESCE(email, (SELECT customer.email FROM customer WHERE customer.account_id = account.id), ''), \
           given_name, family_name, language FROM account WHERE id = $1",
    )
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(AccountRow {
            id,
            email: row.try_get(0)?,
            given_name: row.try_get(1)?,
            family_name: row.try_get(2)?,
            language: row.try_get(3)?,
        })
    })
    .transpose()
}

/// Begins a new epoch: no session and no one-time code of before is alive, whether its person acts for themselves or for
/// others.
pub async fn begin_epoch(db: &mut AnyConnection, id: AccountId, now: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE account SET epoch = epoch + 1 WHERE id = $1")
        .bind(id.to_string())
        .execute(&mut *db)
        .await?;
    insert_account_revocation(db, id, now).await
}

/// Whether anybody has an account.
pub async fn has_accounts(db: &mut AnyConnection) -> Result<bool, DbError> {
    Ok(sqlx::query("SELECT 1 FROM account LIMIT 1").fetch_optional(db).await?.is_some())
}

/// Whether the address has an account, of any state.
pub async fn email_has_account(db: &mut AnyConnection, email: &str) -> Result<bool, DbError> {
    Ok(sqlx::query("SELECT 1 FROM account WHERE email = $1").bind(email).fetch_optional(db).await?.is_some())
}

/// The active account with this address.
pub async fn active_account_with_email(
    db: &mut AnyConnection,
    email: &str,
) -> Result<Option<AccountId>, DbError> {
    let id: Option<String> =
        sqlx::query_scalar("SELECT id FROM account WHERE email = $1 AND state = 'active'")
            .bind(email)
            .fetch_optional(db)
            .await?;
    id.map(|id| id.parse().map_err(|_| DbError::Corrupt("account id"))).transpose()
}

/// The account with this address, of any state.
pub async fn account_with_email(db: &mut AnyConnection, email: &str) -> Result<Option<AccountId>, DbError> {
    let row = credentials_by_email(db, email).await?;
    Ok(row.map(|row| row.id))
}

/// What a sign-in with this address is checked against.
pub async fn credentials_by_email(
    db: &mut AnyConnection,
    email: &str,
) -> Result<Option<CredentialsRow>, DbError> {
    let row = sqlx::query("SELECT id, password_hash, state, epoch, language FROM account WHERE email = $1")
        .bind(email)
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(CredentialsRow {
            id: parse(&row, 0, "account id")?,
            password_hash: row.try_get(1)?,
            disabled: row.try_get::<String, _>(2)? == "disabled",
            epoch: row.try_get(3)?,
            language: row.try_get(4)?,
        })
    })
    .transpose()
}

/// Whether the account with this address was ever signed in to from the installation with this key.
pub async fn knows_installation(
    db: &mut AnyConnection,
    email: &str,
    public_key: &[u8],
) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM session JOIN account ON account.id = session.account_id \
         JOIN installation ON installation.id = session.installation_id \
         WHERE account.email = $1 AND installation.public_key = $2 LIMIT 1",
    )
    .bind(email)
    .bind(public_key)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Makes an invited account, which stands in for somebody until they answer: no address, no credential.
pub async fn insert_invited_account(
    db: &mut AnyConnection,
    row: &AccountRow,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO account (id, given_name, family_name, language, state, epoch, created_at) \
         VALUES ($1, $2, $3, $4, 'invited', 1, $5)",
    )
    .bind(row.id.to_string())
    .bind(&row.given_name)
    .bind(&row.family_name)
    .bind(&row.language)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Enables an account that was disabled; false if there is none. No session of before comes alive: their epoch is over.
pub async fn set_enabled(db: &mut AnyConnection, id: AccountId) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE account SET state = 'active' WHERE id = $1 AND state = 'disabled' AND email IS NOT NULL",
    )
    .bind(id.to_string())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Disables an account and begins a new epoch, so that no session of before is alive; false if there is none, or if it is
/// disabled already.
pub async fn set_disabled(db: &mut AnyConnection, id: AccountId) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE account SET state = 'disabled', epoch = epoch + 1 WHERE id = $1 AND state <> 'disabled'",
    )
    .bind(id.to_string())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
