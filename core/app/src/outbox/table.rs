//! The table of `outbox.db`: a sealed row a claim, in the order they came.

use super::row::ClaimRow;
use crate::sealed::SealKey;
use crate::store::StoreFault;
use porchlight_protocol::ClaimId;
use rusqlite::{Connection, OptionalExtension as _, params};
use rusqlite_migration::{M, Migrations};
use uuid::Uuid;

/// The name under which rows are sealed.
const TABLE: &str = "claim";

const SCHEMA: &str = "CREATE TABLE claim (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    row BLOB NOT NULL
) STRICT";

pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(SCHEMA)])
}

/// How many rows there are, those that cannot be read included.
pub(super) fn count(table: &Connection) -> Result<u32, StoreFault> {
    Ok(table.query_row("SELECT count(*) FROM claim", [], |row| row.get(0))?)
}

pub(super) fn insert(
    table: &Connection,
    key: &SealKey,
    id: ClaimId,
    row: &ClaimRow,
) -> Result<(), StoreFault> {
    let sealed = key.seal(TABLE, &blob(id), &row.to_bytes());
    table.execute("INSERT INTO claim (id, row) VALUES (?1, ?2)", params![blob(id), sealed])?;
    Ok(())
}

/// One that is not there is deleted already.
pub(super) fn delete(table: &Connection, id: ClaimId) -> Result<(), StoreFault> {
    table.execute("DELETE FROM claim WHERE id = ?1", [blob(id)])?;
    Ok(())
}

fn blob(id: ClaimId) -> [u8; 16] {
    *id.0.as_bytes()
}

fn open_row(key: &SealKey, id: ClaimId, sealed: &[u8]) -> Result<ClaimRow, StoreFault> {
    let bytes = key.open(TABLE, &blob(id), sealed)?;
    Ok(ClaimRow::from_bytes(&bytes)?)
}

/// All rows that can be read, in the order they came. One that cannot stays where it is.
pub(super) fn read_all(table: &Connection, key: &SealKey) -> Result<Vec<(ClaimId, ClaimRow)>, StoreFault> {
    let mut select = table.prepare_cached("SELECT id, row FROM claim ORDER BY position")?;
    let rows = select.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let mut readable = Vec::new();
    for row in rows {
        let (id, sealed) = row?;
        let Ok(id) = Uuid::from_slice(&id).map(ClaimId) else { continue };
        match open_row(key, id, &sealed) {
            Ok(row) => readable.push((id, row)),
            Err(fault) => tracing::warn!(claim = %id, %fault, "a row of the outbox cannot be read"),
        }
    }
    Ok(readable)
}

pub(super) fn read(table: &Connection, key: &SealKey, id: ClaimId) -> Result<Option<ClaimRow>, StoreFault> {
    let select = "SELECT row FROM claim WHERE id = ?1";
    let sealed: Option<Vec<u8>> = table.query_row(select, [blob(id)], |row| row.get(0)).optional()?;
    sealed.map(|sealed| open_row(key, id, &sealed)).transpose()
}

/// Changes a row, possibly its id. Its place in the order stays.
pub(super) fn replace(
    table: &Connection,
    key: &SealKey,
    id: ClaimId,
    under: ClaimId,
    change: impl FnOnce(&mut ClaimRow),
) -> Result<Option<ClaimRow>, StoreFault> {
    let Some(mut row) = read(table, key, id)? else { return Ok(None) };
    change(&mut row);
    let sealed = key.seal(TABLE, &blob(under), &row.to_bytes());
    let update = "UPDATE claim SET id = ?2, row = ?3 WHERE id = ?1";
    table.execute(update, params![blob(id), blob(under), sealed])?;
    Ok(Some(row))
}
