//! The rows of the channel: keys of devices, used tokens, presence, and what waits for the devices of this process.

use crate::db::DbError;
use crate::devices::commands::store::CommandRow;
use porchlight_protocol::DeviceName;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

/// Who holds a device's connection, as the newest row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderRow {
    /// Which device.
    pub device: DeviceName,
    /// Its newest connection; none: offline.
    pub connection: Option<Uuid>,
    /// Milliseconds UTC since when.
    pub changed_at: i64,
}

/// The key that the maker listed for a device.
pub async fn key_of_device(db: &mut AnyConnection, device: &DeviceName) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar("SELECT public_key FROM inventory WHERE maker = $1 AND serial = $2")
        .bind(device.maker.as_str())
        .bind(device.serial.as_str())
        .fetch_optional(db)
        .await?)
}

/// Uses up a token; false when it was used before.
pub async fn use_token(
    db: &mut AnyConnection,
    device: &DeviceName,
    jti: &str,
    remember_until: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query("INSERT INTO seen_token (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(format!("device:{device}:{jti}"))
        .bind(remember_until)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a connection is the device's newest.
pub async fn arrive(
    db: &mut AnyConnection,
    device: &DeviceName,
    connection: Uuid,
    process: Uuid,
    now: i64,
    lease_until: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO presence (maker, serial, connection_id, process_id, lease_until, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (maker, serial) DO UPDATE SET connection_id = excluded.connection_id, \
           process_id = excluded.process_id, lease_until = excluded.lease_until, \
           changed_at = excluded.changed_at",
    )
    .bind(device.maker.as_str())
    .bind(device.serial.as_str())
    .bind(connection.to_string())
    .bind(process.to_string())
    .bind(lease_until)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that a connection ended; false when a newer one holds the device, which is then still there.
pub async fn leave(
    db: &mut AnyConnection,
    device: &DeviceName,
    connection: Uuid,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE presence SET connection_id = NULL, process_id = NULL, changed_at = $4 \
         WHERE maker = $1 AND serial = $2 AND connection_id = $3",
    )
    .bind(device.maker.as_str())
    .bind(device.serial.as_str())
    .bind(connection.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that all connections of this process ended; which devices that were.
pub async fn leave_all(db: &mut AnyConnection, process: Uuid, now: i64) -> Result<Vec<DeviceName>, DbError> {
    let rows = sqlx::query(
        "UPDATE presence SET connection_id = NULL, process_id = NULL, changed_at = $2 \
         WHERE process_id = $1 RETURNING maker, serial",
    )
    .bind(process.to_string())
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_name).collect()
}

/// Says again that this process answers for its devices.
pub async fn renew(db: &mut AnyConnection, process: Uuid, lease_until: i64) -> Result<(), DbError> {
    sqlx::query("UPDATE presence SET lease_until = $2 WHERE process_id = $1")
        .bind(process.to_string())
        .bind(lease_until)
        .execute(db)
        .await?;
    Ok(())
}

/// All devices that this process holds, as the database has it.
pub async fn held_by(db: &mut AnyConnection, process: Uuid) -> Result<Vec<HolderRow>, DbError> {
    let rows =
        sqlx::query("SELECT maker, serial, connection_id, changed_at FROM presence WHERE process_id = $1")
            .bind(process.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(read_holder).collect()
}

/// Devices whose connection changed since then, wherever.
pub async fn changed_since(db: &mut AnyConnection, since: i64) -> Result<Vec<HolderRow>, DbError> {
    let rows =
        sqlx::query("SELECT maker, serial, connection_id, changed_at FROM presence WHERE changed_at >= $1")
            .bind(since)
            .fetch_all(db)
            .await?;
    rows.iter().map(read_holder).collect()
}

/// Connections whose process stopped saying that it is there.
pub async fn lapsed(db: &mut AnyConnection, now: i64, limit: i64) -> Result<Vec<HolderRow>, DbError> {
    let rows = sqlx::query(
        "SELECT maker, serial, connection_id, changed_at FROM presence \
         WHERE connection_id IS NOT NULL AND lease_until <= $1 LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_holder).collect()
}

/// What was never sent to the devices that this process holds, oldest first, after this command (`""`: from the
/// first).
pub async fn unsent(
    db: &mut AnyConnection,
    process: Uuid,
    after: &str,
    now: i64,
    limit: i64,
) -> Result<Vec<(DeviceName, CommandRow)>, DbError> {
    let rows = sqlx::query(
        "SELECT device_command.maker, device_command.serial, device_command.id, kind, about, payload \
         FROM device_command JOIN presence ON presence.maker = device_command.maker \
           AND presence.serial = device_command.serial \
         WHERE device_command.sent_at IS NULL AND presence.process_id = $1 \
           AND (device_command.expires_at IS NULL OR device_command.expires_at > $2) \
           AND device_command.id > $3 \
         ORDER BY device_command.id LIMIT $4",
    )
    .bind(process.to_string())
    .bind(now)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let command = CommandRow {
                id: row.try_get(2)?,
                kind: row.try_get(3)?,
                about: row.try_get(4)?,
                payload: row.try_get(5)?,
                sent_at: None,
            };
            Ok((read_name(row)?, command))
        })
        .collect()
}

fn read_holder(row: &AnyRow) -> Result<HolderRow, DbError> {
    let connection: Option<String> = row.try_get(2)?;
    Ok(HolderRow {
        device: read_name(row)?,
        connection: connection
            .map(|id| id.parse().map_err(|_| DbError::Corrupt("connection id")))
            .transpose()?,
        changed_at: row.try_get(3)?,
    })
}

fn read_name(row: &AnyRow) -> Result<DeviceName, DbError> {
    let part = |column| row.try_get::<String, _>(column);
    Ok(DeviceName {
        maker: part(0)?.parse().map_err(|_| DbError::Corrupt("maker"))?,
        serial: part(1)?.parse().map_err(|_| DbError::Corrupt("serial"))?,
    })
}
