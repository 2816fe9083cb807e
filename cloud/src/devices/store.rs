//! The rows of devices: one for each ownership, with the presence beside it.

use super::{NewDevice, Ownership};
use crate::authority::Sight;
use crate::authority::store::device_in_scope;
use crate::clock;
use crate::db::{DbError, parse};
use porchlight_protocol::devices::{Device, Section};
use porchlight_protocol::{ClaimId, DeviceId, DeviceName, SiteId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// A device with what only the cloud needs to know.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// As its owner sees it.
    pub device: Device,
    /// The claim that the device itself holds.
    pub held_claim: ClaimId,
    /// The settings it should have.
    pub settings_revision: u32,
    /// Whether the ownership is over.
    pub ended: bool,
}

macro_rules! select_devices {
    ($rest:literal) => {
        concat!(
            "SELECT device.id, device.maker, device.serial, device.model, device.section, device.site_id, \
               device.name, device.time_zone, device.daylight_saving, device.held_claim_id, \
               device.settings_revision, CASE WHEN device.ended_at IS NULL THEN 0 ELSE 1 END, \
               presence.connection_id, presence.lease_until, presence.changed_at \
             FROM device \
             LEFT JOIN presence ON presence.maker = device.maker AND presence.serial = device.serial ",
            $rest
        )
    };
}

/// Whose the device is now.
pub async fn ownership(db: &mut AnyConnection, device: &DeviceName) -> Result<Option<Ownership>, DbError> {
    let row = sqlx::query(
        "SELECT device.id, device.claim_id, device.site_id, site_user.account_id FROM device \
         JOIN site_user ON site_user.site_id = device.site_id AND site_user.role = 'owner' \
           AND site_user.ended_at IS NULL \
         WHERE device.maker = $1 AND device.serial = $2 AND device.ended_at IS NULL \
         ORDER BY site_user.since, site_user.account_id LIMIT 1",
    )
    .bind(device.maker.as_str())
    .bind(device.serial.as_str())
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Ownership {
            device: parse(&row, 0, "device id")?,
            claim: parse(&row, 1, "claim id")?,
            site: parse(&row, 2, "site id")?,
            owner: parse(&row, 3, "account id")?,
        })
    })
    .transpose()
}

/// The ownership that a claim made, over or not.
pub async fn device_of_claim(db: &mut AnyConnection, claim: ClaimId) -> Result<Option<DeviceId>, DbError> {
    let row = sqlx::query("SELECT id FROM device WHERE claim_id = $1")
        .bind(claim.to_string())
        .fetch_optional(db)
        .await?;
    row.map(|row| parse(&row, 0, "device id")).transpose()
}

/// Begins an ownership; false when the device is somebody's, or the claim made one before.
pub async fn insert_device(
    db: &mut AnyConnection,
    new: &NewDevice,
    revision: u32,
    now: i64,
) -> Result<bool, DbError> {
    // A unique violation would end the transaction on PostgreSQL: DO NOTHING tells as well.
    let done = sqlx::query(
        "INSERT INTO device (id, maker, serial, model, section, site_id, name, time_zone, daylight_saving, \
           claim_id, held_claim_id, settings_revision, settled_revision, zone_release, \
           clock_made_at, started_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $11, $12, $13, $13) ON CONFLICT DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(new.maker.as_str())
    .bind(new.serial.as_str())
    .bind(new.model.as_str())
    .bind(new.section.as_str())
    .bind(new.site.to_string())
    .bind(&new.name)
    .bind(&new.time_zone)
    .bind(i64::from(new.daylight_saving))
    .bind(new.claim.to_string())
    .bind(i64::from(revision))
    .bind(clock::zone_release())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes the claim that the device itself holds.
pub async fn note_held_claim(
    db: &mut AnyConnection,
    device: &DeviceName,
    claim: ClaimId,
) -> Result<(), DbError> {
    sqlx::query("UPDATE device SET held_claim_id = $1 WHERE maker = $2 AND serial = $3 AND ended_at IS NULL")
        .bind(claim.to_string())
        .bind(device.maker.as_str())
        .bind(device.serial.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// One device, over or not.
pub async fn device_by_id(db: &mut AnyConnection, id: DeviceId) -> Result<Option<DeviceRow>, DbError> {
    let row =
        sqlx::query(select_devices!("WHERE device.id = $1")).bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(|row| read_device(row, crate::now())).transpose()
}

/// A device that the account can see.
pub async fn visible_device(
    db: &mut AnyConnection,
    sight: Sight,
    id: DeviceId,
) -> Result<Option<Device>, DbError> {
    let row = sqlx::query(concat!(
        select_devices!(
            "JOIN site_user ON site_user.site_id = device.site_id AND site_user.ended_at IS NULL \
             WHERE device.id = $1 AND site_user.account_id = $2 AND device.ended_at IS NULL AND"
        ),
        device_in_scope!(3)
    ))
    .bind(id.to_string())
    .bind(sight.account.to_string())
    .bind(sight.grant.map(|id| id.to_string()))
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok(read_device(&row, crate::now())?.device)).transpose()
}

/// What a list of devices shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceFilter {
    /// Of this site only.
    pub site: Option<SiteId>,
    /// Of this section only.
    pub section: Option<Section>,
    /// Those that come after this one.
    pub after: Option<DeviceId>,
}

/// The devices that the account can see, by their ids.
pub async fn visible_devices(
    db: &mut AnyConnection,
    sight: Sight,
    filter: DeviceFilter,
    limit: i64,
) -> Result<Vec<Device>, DbError> {
    let rows = sqlx::query(concat!(
        select_devices!(
            "JOIN site_user ON site_user.site_id = device.site_id AND site_user.ended_at IS NULL \
             WHERE site_user.account_id = $1 AND device.ended_at IS NULL \
               AND ($2 IS NULL OR device.site_id = $2) AND ($3 IS NULL OR device.section = $3) \
               AND ($4 IS NULL OR device.id > $4) AND"
        ),
        device_in_scope!(6),
        "ORDER BY device.id LIMIT $5"
    ))
    .bind(sight.account.to_string())
    .bind(filter.site.map(|id| id.to_string()))
    .bind(filter.section.map(Section::as_str))
    .bind(filter.after.map(|id| id.to_string()))
    .bind(limit)
    .bind(sight.grant.map(|id| id.to_string()))
    .fetch_all(db)
    .await?;
    let now = crate::now();
    rows.iter().map(|row| Ok(read_device(row, now)?.device)).collect()
}

/// Writes name, site and zone, with the revision of the settings that the device should have from now on.
pub async fn update_device(
    db: &mut AnyConnection,
    device: &Device,
    revision: u32,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE device SET name = $1, site_id = $2, time_zone = $3, settings_revision = $4, \
           zone_release = $5, clock_made_at = $6 WHERE id = $7",
    )
    .bind(&device.name)
    .bind(device.site.to_string())
    .bind(&device.time_zone)
    .bind(i64::from(revision))
    .bind(clock::zone_release())
    .bind(now)
    .bind(device.id.to_string())
    .execute(db)
    .await?;
    Ok(())
}

/// Devices whose clock settings were made from other zone data, or before `oldest`.
pub async fn devices_with_old_clock(
    db: &mut AnyConnection,
    oldest: i64,
    limit: i64,
) -> Result<Vec<DeviceId>, DbError> {
    let rows = sqlx::query(
        "SELECT id FROM device WHERE ended_at IS NULL AND (zone_release <> $1 OR clock_made_at < $2) LIMIT $3",
    )
    .bind(clock::zone_release())
    .bind(oldest)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| parse(row, 0, "device id")).collect()
}

/// Gives a device's clock settings the next revision, if they are still old.
pub async fn renew_clock(
    db: &mut AnyConnection,
    id: DeviceId,
    oldest: i64,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE device SET settings_revision = settings_revision + 1, zone_release = $1, clock_made_at = $2 \
         WHERE id = $3 AND ended_at IS NULL AND (zone_release <> $1 OR clock_made_at < $4)",
    )
    .bind(clock::zone_release())
    .bind(now)
    .bind(id.to_string())
    .bind(oldest)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends an ownership.
pub async fn end_device(db: &mut AnyConnection, id: DeviceId, now: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE device SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL")
        .bind(now)
        .bind(id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes which settings a device has; whether they are the newest.
pub async fn settle_device(db: &mut AnyConnection, id: DeviceId, revision: u32) -> Result<bool, DbError> {
    let row = sqlx::query(
        "UPDATE device SET settled_revision = $1 \
         WHERE id = $2 AND settled_revision <= $1 AND settings_revision >= $1 RETURNING settings_revision",
    )
    .bind(i64::from(revision))
    .bind(id.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| row.try_get::<i64, _>(0)).transpose()? == Some(i64::from(revision)))
}

/// The zone of a site that is known to exist.
pub async fn site_time_zone(db: &mut AnyConnection, site: SiteId) -> Result<String, DbError> {
    Ok(sqlx::query_scalar("SELECT time_zone FROM site WHERE id = $1")
        .bind(site.to_string())
        .fetch_one(db)
        .await?)
}

fn read_device(row: &AnyRow, now: i64) -> Result<DeviceRow, DbError> {
    let connection: Option<String> = row.try_get(12)?;
    let lease_until: Option<i64> = row.try_get(13)?;
    let changed_at: Option<i64> = row.try_get(14)?;
    // A process that died leaves its connections behind: they ended with their lease.
    let lapsed = lease_until.filter(|until| connection.is_some() && *until <= now);
    let device = Device {
        id: parse(row, 0, "device id")?,
        maker: parse(row, 1, "maker")?,
        serial: parse(row, 2, "serial")?,
        model: parse(row, 3, "model")?,
        section: Section::from_text(&row.try_get::<String, _>(4)?),
        site: parse(row, 5, "site id")?,
        name: row.try_get(6)?,
        time_zone: row.try_get(7)?,
        daylight_saving: row.try_get::<i64, _>(8)? != 0,
        online: connection.is_some() && lapsed.is_none(),
        online_changed_at: lapsed.or(changed_at),
    };
    Ok(DeviceRow {
        device,
        held_claim: parse(row, 9, "claim id")?,
        settings_revision: u32::try_from(row.try_get::<i64, _>(10)?)
            .map_err(|_| DbError::Corrupt("revision"))?,
        ended: row.try_get::<i64, _>(11)? != 0,
    })
}
