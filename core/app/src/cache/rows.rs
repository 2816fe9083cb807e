//! How the lists lie in `cache.db`: an id and a sealed row each, and one sealed head.
//!
//! The head holds whose cache it is, the feed's cursor, and a digest over all rows: a row that is missing, or an older
//! one in its old place, opens but does not add up. The digest is the sum (modulo 2^128) of each row's own, so that
//! a change costs one row, not all.

use super::drafts;
use super::kinds::{Item, Table};
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

/// What delegated access brought.
const ACCESS_TABLES: &str = "
CREATE TABLE request (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE access_grant (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE customer (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE offer (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE membership (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
";

pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(TABLES), M::up(drafts::TABLE), M::up(ACCESS_TABLES)])
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
            Write::Clear => {
                Table::ALL.iter().try_for_each(|table| transaction.execute_batch(table.clear()))?;
            }
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

/// A row as it was read: its id, its digest, what it says.
pub(super) type ReadRow = (Uuid, u128, Item);

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
            let digest = digest(*table, id, &sealed);
            sum = sum.wrapping_add(digest);
            rows.push((id, digest, Item::from_row(*table, &opened)?));
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
