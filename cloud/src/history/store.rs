//! The rows of history: audit events, changes, and where the sealer stands.

use super::SHARD;
use crate::db::DbError;
use porchlight_protocol::add_device::Claim;
use porchlight_protocol::{AccountId, ClaimId, SiteId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

/// What the functions of stores read with.
pub type Connection = AnyConnection;

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

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A site is there, as it is now.
    Site,
    /// A site is gone.
    SiteGone,
    /// A device is there, as it is now.
    Device,
    /// A device is gone.
    DeviceGone,
    /// A claim made a step.
    Claim,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::SiteGone => "site_gone",
            Self::Device => "device",
            Self::DeviceGone => "device_gone",
            Self::Claim => "claim",
        }
    }

    fn from_row(text: &str) -> Result<Self, DbError> {
        match text {
            "site" => Ok(Self::Site),
            "site_gone" => Ok(Self::SiteGone),
            "device" => Ok(Self::Device),
            "device_gone" => Ok(Self::DeviceGone),
            "claim" => Ok(Self::Claim),
            _ => Err(DbError::Corrupt("kind of change")),
        }
    }
}

/// A change to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewChangeRow {
    /// Milliseconds UTC.
    pub at: i64,
    /// What it is about.
    pub kind: ChangeKind,
    /// The site, device or claim.
    pub subject: Uuid,
    /// Seen by whoever sees this site, or
    pub site: Option<SiteId>,
    /// by this account.
    pub account: Option<AccountId>,
}

/// A change in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// From 1, without gaps.
    pub position: i64,
    /// What it is about.
    pub kind: ChangeKind,
    /// The site, device or claim.
    pub subject: Uuid,
    /// Seen by whoever sees this site, or
    pub site: Option<SiteId>,
    /// by this account.
    pub account: Option<AccountId>,
}

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

/// Writes an audit event that has no place yet.
pub async fn insert_audit_event(db: &mut AnyConnection, row: &AuditRow) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO audit_event \
           (id, shard, at, actor_id, subject_id, site_id, what, on_what, salt, detail, detail_hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&row.id)
    .bind(SHARD)
    .bind(row.at)
    .bind(&row.actor)
    .bind(&row.subject)
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

/// Writes a change that has no place yet.
pub async fn insert_change(db: &mut AnyConnection, row: &NewChangeRow) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO change (id, shard, at, site_id, account_id, kind, subject_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(SHARD)
    .bind(row.at)
    .bind(row.site.map(|id| id.to_string()))
    .bind(row.account.map(|id| id.to_string()))
    .bind(row.kind.as_str())
    .bind(row.subject.to_string())
    .execute(db)
    .await?;
    Ok(())
}

/// Makes the sealer's row, if it is not there.
pub async fn make_sealer(db: &mut AnyConnection) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO sealer \
           (shard, change_position, oldest_change, audit_position, chain_hash, holder, lease_until) \
         VALUES ($1, 0, 0, 0, $2, NULL, 0) ON CONFLICT DO NOTHING",
    )
    .bind(SHARD)
    .bind(super::chain::GENESIS.to_vec())
    .execute(db)
    .await?;
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
            chain_hash: super::chain::GENESIS.to_vec(),
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

/// Ids of changes that wait for a position.
pub async fn unsealed_changes(db: &mut AnyConnection, limit: i64) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar("SELECT id FROM change WHERE position IS NULL ORDER BY id LIMIT $1")
        .bind(limit)
        .fetch_all(db)
        .await?)
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

/// Gives a change its position.
pub async fn seal_change(db: &mut AnyConnection, id: &str, position: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE change SET position = $1 WHERE id = $2").bind(position).bind(id).execute(db).await?;
    Ok(())
}

/// Audit events that wait for their place.
pub async fn unsealed_audit_events(db: &mut AnyConnection, limit: i64) -> Result<Vec<AuditRow>, DbError> {
    let rows = sqlx::query(
        "SELECT id, at, actor_id, subject_id, site_id, what, on_what, salt, detail, detail_hash \
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
        "SELECT id, at, actor_id, subject_id, site_id, what, on_what, salt, detail, detail_hash, \
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
                position: row.try_get(10)?,
                chain_hash: row.try_get(11)?,
                row: read_audit_event(row)?,
            })
        })
        .collect()
}

/// Changes after a position, in order.
pub async fn sealed_changes(
    db: &mut AnyConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<ChangeRow>, DbError> {
    let rows = sqlx::query(
        "SELECT position, kind, subject_id, site_id, account_id FROM change \
         WHERE shard = $1 AND position > $2 ORDER BY position LIMIT $3",
    )
    .bind(SHARD)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_change).collect()
}

/// Changes after a position, and up to another, that the account sees, in order.
pub async fn changes_for(
    db: &mut AnyConnection,
    account: AccountId,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<ChangeRow>, DbError> {
    let rows = sqlx::query(
        "SELECT position, kind, subject_id, site_id, account_id FROM change \
         WHERE shard = $1 AND position > $2 AND position <= $5 AND (account_id = $3 OR EXISTS \
           (SELECT 1 FROM site_user WHERE site_user.site_id = change.site_id \
            AND site_user.account_id = $3 AND site_user.ended_at IS NULL)) \
         ORDER BY position LIMIT $4",
    )
    .bind(SHARD)
    .bind(after)
    .bind(account.to_string())
    .bind(limit)
    .bind(up_to)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_change).collect()
}

/// A claim of the account's, as it is now.
pub async fn claim_of(
    db: &mut AnyConnection,
    account: AccountId,
    id: ClaimId,
) -> Result<Option<Claim>, DbError> {
    let row = sqlx::query("SELECT attempt, detail, expires_at FROM claim WHERE id = $1 AND account_id = $2")
        .bind(id.to_string())
        .bind(account.to_string())
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(Claim {
            id,
            attempt: u32::try_from(row.try_get::<i64, _>(0)?).map_err(|_| DbError::Corrupt("attempt"))?,
            state: serde_json::from_str(&row.try_get::<String, _>(1)?)
                .map_err(|_| DbError::Corrupt("claim"))?,
            expires_at: row.try_get(2)?,
        })
    })
    .transpose()
}

/// The accounts that see the site.
pub async fn accounts_of_site(db: &mut AnyConnection, site: SiteId) -> Result<Vec<AccountId>, DbError> {
    let accounts: Vec<String> =
        sqlx::query_scalar("SELECT account_id FROM site_user WHERE site_id = $1 AND ended_at IS NULL")
            .bind(site.to_string())
            .fetch_all(db)
            .await?;
    accounts.iter().map(|id| id.parse().map_err(|_| DbError::Corrupt("account id"))).collect()
}

/// The first change that was written at this time or later.
pub async fn first_change_since(db: &mut AnyConnection, since: i64) -> Result<Option<i64>, DbError> {
    Ok(sqlx::query_scalar(
        "SELECT position FROM change WHERE shard = $1 AND position IS NOT NULL AND at >= $2 \
         ORDER BY position LIMIT 1",
    )
    .bind(SHARD)
    .bind(since)
    .fetch_optional(db)
    .await?)
}

/// Removes all changes up to a position.
pub async fn delete_changes(db: &mut AnyConnection, up_to: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM change WHERE shard = $1 AND position <= $2")
        .bind(SHARD)
        .bind(up_to)
        .execute(db)
        .await?;
    Ok(())
}

fn read_heads(row: &AnyRow) -> Result<Heads, DbError> {
    Ok(Heads {
        change_position: row.try_get(0)?,
        oldest_change: row.try_get(1)?,
        audit_position: row.try_get(2)?,
        chain_hash: row.try_get(3)?,
    })
}

fn read_audit_event(row: &AnyRow) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        id: row.try_get(0)?,
        at: row.try_get(1)?,
        actor: row.try_get(2)?,
        subject: row.try_get(3)?,
        site: row.try_get(4)?,
        what: row.try_get(5)?,
        on_what: row.try_get(6)?,
        salt: row.try_get(7)?,
        detail: row.try_get(8)?,
        detail_hash: row.try_get(9)?,
    })
}

fn read_change(row: &AnyRow) -> Result<ChangeRow, DbError> {
    let id = |text: String| Uuid::parse_str(&text).map_err(|_| DbError::Corrupt("id of a change"));
    Ok(ChangeRow {
        position: row.try_get(0)?,
        kind: ChangeKind::from_row(&row.try_get::<String, _>(1)?)?,
        subject: id(row.try_get(2)?)?,
        site: row.try_get::<Option<String>, _>(3)?.map(id).transpose()?.map(SiteId),
        account: row.try_get::<Option<String>, _>(4)?.map(id).transpose()?.map(AccountId),
    })
}
