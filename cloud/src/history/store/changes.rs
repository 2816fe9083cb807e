//! The rows of changes.

use crate::db::{DbError, parse, parse_all};
use crate::history::SHARD;
use porchlight_protocol::{AccountId, CustomerId, SiteId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

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
    /// A request for access was made or answered.
    Request,
    /// Access was granted, or ended.
    Grant,
    /// A customer was added, or answered.
    Customer,
    /// A partner asks whether somebody is their customer, or was answered.
    Offer,
    /// Somebody joined an organization, left it, or has another role.
    Membership,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::SiteGone => "site_gone",
            Self::Device => "device",
            Self::DeviceGone => "device_gone",
            Self::Claim => "claim",
            Self::Request => "request",
            Self::Grant => "grant",
            Self::Customer => "customer",
            Self::Offer => "offer",
            Self::Membership => "membership",
        }
    }

    fn from_row(text: &str) -> Result<Self, DbError> {
        match text {
            "site" => Ok(Self::Site),
            "site_gone" => Ok(Self::SiteGone),
            "device" => Ok(Self::Device),
            "device_gone" => Ok(Self::DeviceGone),
            "claim" => Ok(Self::Claim),
            "request" => Ok(Self::Request),
            "grant" => Ok(Self::Grant),
            "customer" => Ok(Self::Customer),
            "offer" => Ok(Self::Offer),
            "membership" => Ok(Self::Membership),
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

/// Ids of changes that wait for a position.
pub async fn unsealed_changes(db: &mut AnyConnection, limit: i64) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar("SELECT id FROM change WHERE position IS NULL ORDER BY id LIMIT $1")
        .bind(limit)
        .fetch_all(db)
        .await?)
}

/// Gives a change its position.
pub async fn seal_change(db: &mut AnyConnection, id: &str, position: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE change SET position = $1 WHERE id = $2").bind(position).bind(id).execute(db).await?;
    Ok(())
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

/// The customers for whom this account stands in and who have not answered, each with who can.
pub async fn who_is_asked(
    db: &mut AnyConnection,
    stand_in: AccountId,
) -> Result<Vec<(CustomerId, AccountId)>, DbError> {
    let rows = sqlx::query(
        "SELECT customer.id, account.id FROM customer JOIN account ON account.email = customer.email \
         WHERE customer.account_id = $1 AND customer.state = 'waiting'",
    )
    .bind(stand_in.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((parse(row, 0, "customer id")?, parse(row, 1, "account id")?))).collect()
}

/// The accounts that see the site.
pub async fn accounts_of_site(db: &mut AnyConnection, site: SiteId) -> Result<Vec<AccountId>, DbError> {
    let accounts: Vec<String> =
        sqlx::query_scalar("SELECT account_id FROM site_user WHERE site_id = $1 AND ended_at IS NULL")
            .bind(site.to_string())
            .fetch_all(db)
            .await?;
    parse_all(&accounts, "account id")
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
