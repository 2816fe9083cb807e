//! The sealer's row: where numbering and chain stand, and who seals.

use crate::db::DbError;
use crate::history::SHARD;
use crate::history::chain::GENESIS;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// Where numbering and chain stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heads {
    /// Position of the newest change.
    pub change_position: i64,
    /// Cursors before it are too old: changes up to here were trimmed.
    pub oldest_change: i64,
    /// Position of the newest audit event.
    pub audit_position: i64,
    /// Its hash.
    pub chain_hash: Vec<u8>,
}

/// Makes the sealer's row, if it is not there.
pub async fn make_sealer(db: &mut AnyConnection) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO sealer \
           (shard, change_position, oldest_change, audit_position, chain_hash, holder, lease_until) \
         VALUES ($1, 0, 0, 0, $2, NULL, 0) ON CONFLICT DO NOTHING",
    )
    .bind(SHARD)
    .bind(GENESIS.to_vec())
    .execute(db)
    .await?;
    Ok(())
}

/// Writes the sealer's row as it is: whether the database can be written to.
pub async fn touch_sealer(db: &mut AnyConnection) -> Result<(), DbError> {
    make_sealer(&mut *db).await?;
    sqlx::query("UPDATE sealer SET holder = holder WHERE shard = $1").bind(SHARD).execute(db).await?;
    Ok(())
}

/// Where numbering and chain stand; at their beginning when nothing was ever sealed.
pub async fn heads(db: &mut AnyConnection) -> Result<Heads, DbError> {
    let row = sqlx::query(
        "SELECT change_position, oldest_change, audit_position, chain_hash FROM sealer WHERE shard = $1",
    )
    .bind(SHARD)
    .fetch_optional(db)
    .await?;
    match row {
        Some(row) => read_heads(&row),
        None => Ok(Heads {
            change_position: 0,
            oldest_change: 0,
            audit_position: 0,
            chain_hash: GENESIS.to_vec(),
        }),
    }
}

/// Takes or renews the lease, and with it the sealer's row until the transaction ends; none when another process holds
/// it. The row's lock, not the lease, is what keeps two sealers apart: the lease only spares the others the wait.
pub async fn take_lease(
    db: &mut AnyConnection,
    holder: &str,
    now: i64,
    until: i64,
) -> Result<Option<Heads>, DbError> {
    let row = sqlx::query(
        "UPDATE sealer SET holder = $1, lease_until = $2 \
         WHERE shard = $3 AND (holder IS NULL OR holder = $1 OR lease_until < $4) \
         RETURNING change_position, oldest_change, audit_position, chain_hash",
    )
    .bind(holder)
    .bind(until)
    .bind(SHARD)
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read_heads).transpose()
}

/// Moves the sealer on, in the transaction that holds its row.
pub async fn move_heads(db: &mut AnyConnection, heads: &Heads) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE sealer SET change_position = $1, oldest_change = $2, audit_position = $3, chain_hash = $4 \
         WHERE shard = $5",
    )
    .bind(heads.change_position)
    .bind(heads.oldest_change)
    .bind(heads.audit_position)
    .bind(&heads.chain_hash)
    .bind(SHARD)
    .execute(db)
    .await?;
    Ok(())
}

/// Whether committed rows wait for a position.
pub async fn is_unsealed(db: &mut AnyConnection) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM change WHERE position IS NULL) \
         OR EXISTS (SELECT 1 FROM audit_event WHERE position IS NULL)",
    )
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Whether something that was written before this time has no position yet: no sealer is at work.
pub async fn is_behind(db: &mut AnyConnection, before: i64) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM change WHERE position IS NULL AND at < $1) \
         OR EXISTS (SELECT 1 FROM audit_event WHERE position IS NULL AND at < $1)",
    )
    .bind(before)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

fn read_heads(row: &AnyRow) -> Result<Heads, DbError> {
    Ok(Heads {
        change_position: row.try_get(0)?,
        oldest_change: row.try_get(1)?,
        audit_position: row.try_get(2)?,
        chain_hash: row.try_get(3)?,
    })
}
