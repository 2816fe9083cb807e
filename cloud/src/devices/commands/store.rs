//! The rows of the outbox to devices.

use super::CommandKind;
use crate::db::DbError;
use porchlight_protocol::DeviceName;
use sqlx::{AnyConnection, Row as _};

/// A message that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// UUIDv7.
    pub id: String,
    /// The last part of its topic.
    pub kind: String,
    /// The claim or the device that it is about.
    pub about: String,
    /// The message, as JSON.
    pub payload: String,
    /// Milliseconds UTC; set when it was sent at least once.
    pub sent_at: Option<i64>,
}

/// Queues a message.
pub async fn insert(
    db: &mut AnyConnection,
    device: &DeviceName,
    kind: CommandKind,
    about: &str,
    payload: &str,
    now: i64,
    expires_at: Option<i64>,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO device_command (id, maker, serial, kind, about, payload, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(device.maker.as_str())
    .bind(device.serial.as_str())
    .bind(kind.as_str())
    .bind(about)
    .bind(payload)
    .bind(now)
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// What waits for this device and is not too late.
pub async fn open_for(
    db: &mut AnyConnection,
    device: &DeviceName,
    now: i64,
) -> Result<Vec<CommandRow>, DbError> {
    let rows = sqlx::query(
        "SELECT id, kind, about, payload, sent_at FROM device_command \
         WHERE maker = $1 AND serial = $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY id",
    )
    .bind(device.maker.as_str())
    .bind(device.serial.as_str())
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(CommandRow {
                id: row.try_get(0)?,
                kind: row.try_get(1)?,
                about: row.try_get(2)?,
                payload: row.try_get(3)?,
                sent_at: row.try_get(4)?,
            })
        })
        .collect()
}

/// Notes that a message is sent; whether it still stands.
pub async fn mark_sent(db: &mut AnyConnection, id: &str, now: i64) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE device_command SET sent_at = $1 WHERE id = $2 AND (expires_at IS NULL OR expires_at > $1)",
    )
    .bind(now)
    .bind(id)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes what is open about a claim or device.
pub async fn delete_about(db: &mut AnyConnection, device: &DeviceName, about: &str) -> Result<(), DbError> {
    sqlx::query("DELETE FROM device_command WHERE maker = $1 AND serial = $2 AND about = $3")
        .bind(device.maker.as_str())
        .bind(device.serial.as_str())
        .bind(about)
        .execute(db)
        .await?;
    Ok(())
}

/// Removes what is open of a kind.
pub async fn delete_kind(
    db: &mut AnyConnection,
    device: &DeviceName,
    kind: CommandKind,
) -> Result<(), DbError> {
    sqlx::query("DELETE FROM device_command WHERE maker = $1 AND serial = $2 AND kind = $3")
        .bind(device.maker.as_str())
        .bind(device.serial.as_str())
        .bind(kind.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Removes what is open of a kind about a claim or device.
pub async fn delete_kind_about(
    db: &mut AnyConnection,
    device: &DeviceName,
    kind: CommandKind,
    about: &str,
) -> Result<(), DbError> {
    sqlx::query("DELETE FROM device_command WHERE maker = $1 AND serial = $2 AND kind = $3 AND about = $4")
        .bind(device.maker.as_str())
        .bind(device.serial.as_str())
        .bind(kind.as_str())
        .bind(about)
        .execute(db)
        .await?;
    Ok(())
}

/// Removes what is too late.
pub async fn delete_expired(db: &mut AnyConnection, now: i64) -> Result<(), DbError> {
    sqlx::query("DELETE FROM device_command WHERE expires_at <= $1").bind(now).execute(db).await?;
    Ok(())
}
