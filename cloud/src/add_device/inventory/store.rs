//! The rows of the inventory.

use super::InventoryRow;
use crate::db::DbError;
use sqlx::AnyConnection;

/// Lists a device; false when it is listed with another key. Model and password of a listed one are corrected.
pub async fn list(db: &mut AnyConnection, row: &InventoryRow, now: i64) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO inventory (maker, serial, model, public_key, has_password, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (maker, serial) DO UPDATE SET model = excluded.model, \
           has_password = excluded.has_password WHERE inventory.public_key = excluded.public_key",
    )
    .bind(row.device.maker.as_str())
    .bind(row.device.serial.as_str())
    .bind(row.model.as_str())
    .bind(&row.public_key)
    .bind(i64::from(row.has_password))
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The other device that is listed with this key.
pub async fn other_with_key(db: &mut AnyConnection, row: &InventoryRow) -> Result<Option<String>, DbError> {
    let other: Option<String> = sqlx::query_scalar(
        "SELECT maker || '.' || serial FROM inventory WHERE public_key = $1 AND (maker <> $2 OR serial <> $3)",
    )
    .bind(&row.public_key)
    .bind(row.device.maker.as_str())
    .bind(row.device.serial.as_str())
    .fetch_optional(db)
    .await?;
    Ok(other)
}

/// How many devices are listed.
pub async fn count(db: &mut AnyConnection) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM inventory").fetch_one(db).await?)
}
