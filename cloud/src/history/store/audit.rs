//! The rows of audit events.

use crate::db::DbError;
use crate::history::SHARD;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// An audit event without its place.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// UUIDv7.
    pub id: String,
    /// Milliseconds UTC.
    pub at: i64,
    /// Account that acted.
    pub actor: Option<String>,
    /// Account it was done in.
    pub subject: Option<String>,
    /// Grant it was done by.
    pub grant: Option<String>,
    /// Site it was done at.
    pub site: Option<String>,
    /// What was done.
    pub what: String,
    /// To what.
    pub on_what: Option<String>,
    /// None when it was erased.
    pub salt: Option<Vec<u8>>,
    /// JSON; none when it was erased.
    pub detail: Option<String>,
    /// SHA-256 of both.
    pub detail_hash: Vec<u8>,
}

/// An audit event in its place.
#[derive(Clone, Debug)]
pub struct SealedAuditRow {
    /// From 1, without gaps.
    pub position: i64,
    /// The hash up to here.
    pub chain_hash: Vec<u8>,
    /// The event.
    pub row: AuditRow,
}

/// Writes an audit event that has no place yet.
pub async fn insert_audit_event(db: &mut AnyConnection, row: &AuditRow) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO audit_event \
           (id, shard, at, actor_id, subject_id, grant_id, site_id, what, on_what, salt, detail, detail_hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&row.id)
    .bind(SHARD)
    .bind(row.at)
    .bind(&row.actor)
    .bind(&row.subject)
    .bind(&row.grant)
    .bind(&row.site)
    .bind(&row.what)
    .bind(&row.on_what)
    .bind(&row.salt)
    .bind(&row.detail)
    .bind(&row.detail_hash)
    .execute(db)
    .await?;
    Ok(())
}

/// Audit events that wait for their place.
pub async fn unsealed_audit_events(db: &mut AnyConnection, limit: i64) -> Result<Vec<AuditRow>, DbError> {
    let rows = sqlx::query(
        "SELECT id, at, actor_id, subject_id, grant_id, site_id, what, on_what, salt, detail, detail_hash \
         FROM audit_event WHERE position IS NULL ORDER BY id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_audit_event).collect()
}

/// Gives an audit event its place in the chain.
pub async fn seal_audit_event(
    db: &mut AnyConnection,
    id: &str,
    position: i64,
    chain_hash: &[u8],
) -> Result<(), DbError> {
    sqlx::query("UPDATE audit_event SET position = $1, chain_hash = $2 WHERE id = $3")
        .bind(position)
        .bind(chain_hash)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Audit events after a position, in order.
pub async fn sealed_audit_events(
    db: &mut AnyConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<SealedAuditRow>, DbError> {
    let rows = sqlx::query(
        "SELECT id, at, actor_id, subject_id, grant_id, site_id, what, on_what, salt, detail, detail_hash, \
           position, chain_hash \
         FROM audit_event WHERE shard = $1 AND position > $2 ORDER BY position LIMIT $3",
    )
    .bind(SHARD)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SealedAuditRow {
                position: row.try_get(11)?,
                chain_hash: row.try_get(12)?,
                row: read_audit_event(row)?,
            })
        })
        .collect()
}

fn read_audit_event(row: &AnyRow) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        id: row.try_get(0)?,
        at: row.try_get(1)?,
        actor: row.try_get(2)?,
        subject: row.try_get(3)?,
        grant: row.try_get(4)?,
        site: row.try_get(5)?,
        what: row.try_get(6)?,
        on_what: row.try_get(7)?,
        salt: row.try_get(8)?,
        detail: row.try_get(9)?,
        detail_hash: row.try_get(10)?,
    })
}
