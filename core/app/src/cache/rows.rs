//! How the lists lie in `cache.db`: an id and a sealed row each, and one sealed head.
//!
//! The head holds whose cache it is, the feed's cursor, and a digest over all rows: a row that is missing, or an older
//! one in its old place, opens but does not add up. The digest is the sum (modulo 2^128) of each row's own, so that
//! a change costs one row, not all.

use super::contents::Step;
use super::drafts;
use crate::sealed::SealKey;
use crate::store::StoreFault;
use porchlight_protocol::{AccountId, SiteId};
use rusqlite::{Connection, Transaction, params};
use rusqlite_migration::{M, Migrations};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const TABLES: &str = "
CREATE TABLE site (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE device (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), sealed BLOB NOT NULL);
";

pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(TABLES), M::up(drafts::TABLE)])
}

/// A table of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Table {
    Site,
    Device,
}

impl Table {
    pub(super) const ALL: [Self; 2] = [Self::Site, Self::Device];

    /// Stands in the seal: the outbox's rows are sealed for other places.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Site => "cache.site",
            Self::Device => "cache.device",
        }
    }

    fn select(self) -> &'static str {
        match self {
            Self::Site => "SELECT id, sealed FROM site",
            Self::Device => "SELECT id, sealed FROM device",
        }
    }

    fn insert(self) -> &'static str {
        match self {
            Self::Site => "INSERT OR REPLACE INTO site (id, sealed) VALUES (?1, ?2)",
            Self::Device => "INSERT OR REPLACE INTO device (id, sealed) VALUES (?1, ?2)",
        }
    }

    fn delete(self) -> &'static str {
        match self {
            Self::Site => "DELETE FROM site WHERE id = ?1",
            Self::Device => "DELETE FROM device WHERE id = ?1",
        }
    }
}

/// The head's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HeadRow {
    pub(super) account: AccountId,
    /// The version of the app that wrote it: another one may understand more of what the cloud says.
    pub(super) written_by: String,
    #[serde(default)]
    pub(super) cursor: Option<String>,
    #[serde(default)]
    pub(super) as_of: Option<i64>,
    /// Where the last device was added.
    #[serde(default)]
    pub(super) last_used: Option<SiteId>,
    /// Hexadecimal: JSON has no integers of 128 bits.
    pub(super) digest: String,
}

const HEAD: &str = "cache.head";

/// One row's part of the digest.
pub(super) fn digest(table: Table, id: Uuid, sealed: &[u8]) -> u128 {
    let mut hash = Sha256::new();
    hash.update(table.place());
    hash.update(id.as_bytes());
    hash.update(sealed);
    let hash = hash.finalize();
    u128::from_be_bytes(hash[..16].try_into().expect("SHA-256 has 32 bytes"))
}

/// What is to be written.
#[derive(Debug)]
pub(super) enum Write {
    Clear,
    Put(Table, Uuid, Vec<u8>),
    Drop(Table, Uuid),
}

/// Writes rows and head in one transaction.
pub(super) fn write(
    transaction: &Transaction<'_>,
    key: &SealKey,
    writes: Vec<Write>,
    head: &HeadRow,
) -> Result<(), StoreFault> {
    for write in writes {
        match write {
            Write::Clear => transaction.execute_batch("DELETE FROM site; DELETE FROM device;")?,
            Write::Put(table, id, sealed) => {
                let mut insert = transaction.prepare_cached(table.insert())?;
                insert.execute(params![id.as_bytes(), sealed])?;
            }
            Write::Drop(table, id) => {
                transaction.prepare_cached(table.delete())?.execute(params![id.as_bytes()])?;
            }
        }
    }
    let sealed = key.seal(HEAD, &[], &serde_json::to_vec(head)?);
    let mut insert =
        transaction.prepare_cached("INSERT OR REPLACE INTO head (one, sealed) VALUES (1, ?1)")?;
    insert.execute(params![sealed])?;
    Ok(())
}

/// A row as it was read: where, its digest, what it says.
pub(super) type ReadRow = (Table, Uuid, u128, Step);

/// Reads everything; a single wrong bit anywhere is `Corrupt`. No head: a new file.
pub(super) fn read(
    connection: &Connection,
    key: &SealKey,
) -> Result<Option<(HeadRow, Vec<ReadRow>)>, StoreFault> {
    let mut rows = Vec::new();
    let mut sum = 0_u128;
    for table in Table::ALL {
        let mut select = connection.prepare(table.select())?;
        let mut found = select.query([])?;
        while let Some(row) = found.next()? {
            let (id, sealed): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let opened = key.open(table.place(), &id, &sealed)?;
            let id = Uuid::from_slice(&id).map_err(|_| StoreFault::Corrupt)?;
            let digest = digest(table, id, &sealed);
            sum = sum.wrapping_add(digest);
            let step = match table {
                Table::Site => Step::PutSite(serde_json::from_slice(&opened)?),
                Table::Device => Step::PutDevice(serde_json::from_slice(&opened)?),
            };
            rows.push((table, id, digest, step));
        }
    }
    let mut heads = connection.prepare("SELECT sealed FROM head")?;
    let sealed: Option<Vec<u8>> = heads.query_map([], |row| row.get(0))?.next().transpose()?;
    match sealed {
        None if rows.is_empty() => Ok(None),
        None => Err(StoreFault::Corrupt),
        Some(sealed) => {
            let head: HeadRow = serde_json::from_slice(&key.open(HEAD, &[], &sealed)?)?;
            if head.digest != format!("{sum:032x}") {
                return Err(StoreFault::Corrupt);
            }
            Ok(Some((head, rows)))
        }
    }
}
