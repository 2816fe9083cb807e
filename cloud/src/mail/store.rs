//! The outbox of mail.

use crate::db::{Db, DbError};
use porchlight_protocol::AccountId;
use sqlx::{AnyConnection, Row as _};

/// How often a mail is tried.
const MOST_TRIES: i64 = 10;

/// A mail that waits.
#[derive(Clone, PartialEq, Eq)]
pub struct MailRow {
    /// UUIDv7.
    pub id: String,
    /// An address.
    pub recipient: String,
    /// `en` or `de`.
    pub language: String,
    /// The letter, sealed.
    pub detail_sealed: Vec<u8>,
    /// Milliseconds UTC.
    pub created_at: i64,
}

impl std::fmt::Debug for MailRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Adds a mail.
pub async fn insert(db: &mut AnyConnection, row: &MailRow, kind: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO mail (id, recipient, language, kind, detail_sealed, created_at, tries) \
         VALUES ($1, $2, $3, $4, $5, $6, 0)",
    )
    .bind(&row.id)
    .bind(&row.recipient)
    .bind(&row.language)
    .bind(kind)
    .bind(&row.detail_sealed)
    .bind(row.created_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the oldest mail that nobody else is sending, for so long; each try waits longer for the next.
pub async fn claim_next(db: &Db, now: i64, lease: i64) -> Result<Option<MailRow>, DbError> {
    if !is_waiting(db, now).await? {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    // Both conditions twice: another process may have claimed the row that the inner query found.
    let row = sqlx::query(
        "UPDATE mail SET claimed_until = $1 + $2 * (tries + 1), tries = tries + 1 \
         WHERE id = (SELECT id FROM mail WHERE sent_at IS NULL AND tries < $3 \
                       AND (claimed_until IS NULL OR claimed_until <= $1) ORDER BY created_at, id LIMIT 1) \
           AND sent_at IS NULL AND (claimed_until IS NULL OR claimed_until <= $1) \
         RETURNING id, recipient, language, detail_sealed, created_at",
    )
    .bind(now)
    .bind(lease)
    .bind(MOST_TRIES)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    tx.commit().await?;
    Ok(Some(MailRow {
        id: row.try_get(0)?,
        recipient: row.try_get(1)?,
        language: row.try_get(2)?,
        detail_sealed: row.try_get(3)?,
        created_at: row.try_get(4)?,
    }))
}

async fn is_waiting(db: &Db, now: i64) -> Result<bool, DbError> {
    let waiting = sqlx::query(
        "SELECT 1 FROM mail WHERE sent_at IS NULL AND tries < $2 \
           AND (claimed_until IS NULL OR claimed_until <= $1) LIMIT 1",
    )
    .bind(now)
    .bind(MOST_TRIES)
    .fetch_optional(&mut *db.read().await?)
    .await?;
    Ok(waiting.is_some())
}

/// Done with a mail: what was sealed goes.
pub async fn finish(db: &Db, id: &str, now: i64) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    sqlx::query("UPDATE mail SET sent_at = $2, detail_sealed = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(Vec::<u8>::new())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// Where an account's mail goes, and in which language; none for an invited account, which has no address of its own.
pub async fn address_of(
    db: &mut AnyConnection,
    account: AccountId,
) -> Result<Option<(String, String)>, DbError> {
    let row = sqlx::query("SELECT email, language FROM account WHERE id = $1")
        .bind(account.to_string())
        .fetch_optional(db)
        .await?
        .ok_or(DbError::Corrupt("account of a mail"))?;
    let (email, language): (Option<String>, _) = (row.try_get(0)?, row.try_get(1)?);
    Ok(email.map(|email| (email, language)))
}

/// Removes mail that was made before then, sent or given up.
pub async fn delete_before(db: &mut AnyConnection, before: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM mail WHERE created_at < $1").bind(before).execute(db).await?;
    Ok(())
}
