//! Counted attempts: rows, so that they count across processes and restarts.
//!
//! An attempt is written before it is made. Its id names the one before it, so two that run at the same time collide
//! there, and the second counts again: nobody gets more attempts by making them at once.

use crate::db::DbError;
use crate::problem::Refusal;
use porchlight_protocol::ProblemCode;
use sqlx::{AnyConnection, Row as _};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptKind {
    /// Failed sign-ins of an identifier.
    SignIn,
    /// Mails with a code to an address.
    Mail,
    /// Claims of an account that no device has answered.
    UnansweredClaim,
    /// Mails to an address about being added as a customer.
    CustomerMail,
    /// Customers that an installer added.
    CustomerAdded,
    /// A company's requests for access to a customer.
    AccessAsked,
    /// Mails to the owner of a device that somebody else tried to add.
    DeviceTried,
}

impl AttemptKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Mail => "mail",
            Self::UnansweredClaim => "unanswered_claim",
            Self::CustomerMail => "customer_mail",
            Self::CustomerAdded => "customer_added",
            Self::AccessAsked => "access_asked",
            Self::DeviceTried => "device_tried",
        }
    }
}

/// The attempts so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many, in the time that was asked for.
    pub count: i64,
    /// When the first of these was, milliseconds UTC; 0 if there was none.
    pub first_at: i64,
    /// When the last of all was, however long ago; 0 if there was none.
    pub last_at: i64,
}

/// The attempts of an identifier since then.
pub async fn attempts(
    db: &mut AnyConnection,
    kind: AttemptKind,
    identifier: &str,
    since: i64,
) -> Result<Attempts, DbError> {
    let row = sqlx::query(
        "SELECT COUNT(CASE WHEN at > $3 THEN 1 END), COALESCE(MIN(CASE WHEN at > $3 THEN at END), 0), \
           COALESCE(MAX(at), 0) FROM attempt WHERE kind = $1 AND identifier = $2",
    )
    .bind(kind.as_str())
    .bind(identifier)
    .bind(since)
    .fetch_one(db)
    .await?;
    Ok(Attempts { count: row.try_get(0)?, first_at: row.try_get(1)?, last_at: row.try_get(2)? })
}

/// Counts one more, after `so_far`. [`DbError::TryAgain`] if another one came between.
pub async fn add_attempt(
    db: &mut AnyConnection,
    kind: AttemptKind,
    identifier: &str,
    so_far: Attempts,
    now: i64,
) -> Result<(), DbError> {
    let id = format!("{}:{identifier}:{}", kind.as_str(), so_far.last_at);
    let added = sqlx::query("INSERT INTO attempt (id, kind, identifier, at) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(kind.as_str())
        .bind(identifier)
        .bind(now.max(so_far.last_at + 1))
        .execute(db)
        .await;
    match added.map_err(DbError::from) {
        Ok(_) => Ok(()),
        Err(DbError::Exists) => Err(DbError::TryAgain),
        Err(error) => Err(error),
    }
}

/// Counts one more, unless there were `most` within the last `window` milliseconds; then it says how long to wait.
pub async fn count_attempt(
    db: &mut AnyConnection,
    kind: AttemptKind,
    identifier: &str,
    (most, window): (u32, i64),
) -> Result<(), Refusal> {
    let now = crate::now();
    let so_far = attempts(db, kind, identifier, now - window).await?;
    if so_far.count >= i64::from(most) {
        let wait = (so_far.first_at + window - now).max(0) / 1000 + 1;
        let seconds = u32::try_from(wait).unwrap_or(u32::MAX);
        return Err(Refusal::new(ProblemCode::TooManyRequests).retry_after(seconds));
    }
    Ok(add_attempt(db, kind, identifier, so_far, now).await?)
}

/// Starts counting anew for an identifier.
pub async fn forget_attempts(
    db: &mut AnyConnection,
    kind: AttemptKind,
    identifier: &str,
) -> Result<(), DbError> {
    sqlx::query("DELETE FROM attempt WHERE kind = $1 AND identifier = $2")
        .bind(kind.as_str())
        .bind(identifier)
        .execute(db)
        .await?;
    Ok(())
}

/// Removes what no count looks at any more.
pub async fn delete_attempts_before(db: &mut AnyConnection, before: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM attempt WHERE at < $1").bind(before).execute(db).await?;
    Ok(())
}
