//! The rows of sites and of who sees them.

use crate::authority::store::site_in_scope;
use crate::authority::{Sight, SiteRole};
use crate::db::{DbError, parse};
use porchlight_protocol::sites::Site;
use porchlight_protocol::{AccountId, SiteId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// Writes a new site.
pub async fn insert_site(db: &mut AnyConnection, site: &Site, now: i64) -> Result<(), DbError> {
    sqlx::query("INSERT INTO site (id, name, address, time_zone, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(site.id.to_string())
        .bind(&site.name)
        .bind(&site.address)
        .bind(&site.time_zone)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Gives an account a role on a site.
pub async fn insert_site_user(
    db: &mut AnyConnection,
    site: SiteId,
    account: AccountId,
    role: SiteRole,
    since: i64,
) -> Result<(), DbError> {
    sqlx::query("INSERT INTO site_user (site_id, account_id, role, since) VALUES ($1, $2, $3, $4)")
        .bind(site.to_string())
        .bind(account.to_string())
        .bind(role.as_str())
        .bind(since)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends what an account is to a site.
pub async fn end_site_user(
    db: &mut AnyConnection,
    site: SiteId,
    account: AccountId,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE site_user SET ended_at = $3 WHERE site_id = $1 AND account_id = $2 AND ended_at IS NULL",
    )
    .bind(site.to_string())
    .bind(account.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// A site that the account sees.
pub async fn visible_site(db: &mut AnyConnection, sight: Sight, id: SiteId) -> Result<Option<Site>, DbError> {
    let row = sqlx::query(concat!(
        "SELECT site.id, site.name, site.address, site.time_zone FROM site \
         JOIN site_user ON site_user.site_id = site.id AND site_user.ended_at IS NULL \
         WHERE site.id = $1 AND site_user.account_id = $2 AND",
        site_in_scope!(3, "site.id")
    ))
    .bind(id.to_string())
    .bind(sight.account.to_string())
    .bind(sight.grant.map(|id| id.to_string()))
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read_site).transpose()
}

/// The sites that the account sees, by their ids.
pub async fn visible_sites(
    db: &mut AnyConnection,
    sight: Sight,
    after: Option<SiteId>,
    limit: i64,
) -> Result<Vec<Site>, DbError> {
    let rows = sqlx::query(concat!(
        "SELECT site.id, site.name, site.address, site.time_zone FROM site \
         JOIN site_user ON site_user.site_id = site.id AND site_user.ended_at IS NULL \
         WHERE site_user.account_id = $1 AND ($2 IS NULL OR site_user.site_id > $2) AND",
        site_in_scope!(4, "site.id"),
        "ORDER BY site_user.site_id LIMIT $3"
    ))
    .bind(sight.account.to_string())
    .bind(after.map(|id| id.to_string()))
    .bind(limit)
    .bind(sight.grant.map(|id| id.to_string()))
    .fetch_all(db)
    .await?;
    rows.iter().map(read_site).collect()
}

/// Writes name and address.
pub async fn update_site(db: &mut AnyConnection, site: &Site) -> Result<(), DbError> {
    sqlx::query("UPDATE site SET name = $1, address = $2 WHERE id = $3")
        .bind(&site.name)
        .bind(&site.address)
        .bind(site.id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

fn read_site(row: &AnyRow) -> Result<Site, DbError> {
    Ok(Site {
        id: parse(row, 0, "site id")?,
        name: row.try_get(1)?,
        address: row.try_get(2)?,
        time_zone: row.try_get(3)?,
    })
}
