//! Removing what nobody needs any more.

use super::{DAY, HOUR, store};
use crate::db::{Db, DbError};
use crate::limits::store::delete_attempts_before;

/// Removes what has expired: registrations, codes, tokens, proofs, revocations, counted attempts.
pub async fn sweep(db: &Db, now: i64) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    store::delete_expired(&mut tx, now, now - HOUR).await?;
    delete_attempts_before(&mut tx, now - DAY).await?;
    tx.commit().await
}
