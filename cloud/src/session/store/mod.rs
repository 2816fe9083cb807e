//! The rows of accounts, sessions and installations: the only SQL of this feature.

mod revocation;

pub use revocation::{RevocationRow, revocations_since};

use crate::db::{Db, DbError};
use porchlight_protocol::SessionId;
use std::collections::HashMap;

/// Writes when sessions were last used, milliseconds UTC.
pub async fn write_activity(db: &Db, notes: &HashMap<SessionId, i64>) -> Result<(), DbError> {
    if notes.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for (session, seen_at) in notes {
        sqlx::query(
            "INSERT INTO session_activity (session_id, seen_at) VALUES ($1, $2) \
             ON CONFLICT (session_id) DO UPDATE SET seen_at = excluded.seen_at",
        )
        .bind(session.to_string())
        .bind(*seen_at)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}
