//! Flows that have no claim yet: a sealed row each, for a day at most. They are the phone's own and nobody else has them;
//! they lie here because losing them costs a person a minute, not a device.

use super::Cache;
use crate::error::Fault;
use crate::sealed::SealKey;
use crate::store::{Store, StoreFault};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long one is kept after its last change, in milliseconds.
const LONGEST: i64 = 24 * 60 * 60 * 1000;
/// The most that are kept; each screen that was left without an end leaves one.
const MOST: u32 = 8;

pub(super) const TABLE: &str =
    "CREATE TABLE draft (id BLOB PRIMARY KEY, at INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;";

impl Cache {
    /// Keeps a draft as it is now, at `now` (milliseconds UTC).
    pub(crate) async fn keep_draft(&self, id: Uuid, now: i64, draft: &[u8]) {
        let Some((store, key)) = self.drafts() else { return };
        let sealed = key.seal("cache.draft", &place(id, now), draft);
        self.note(store.write(move |table| put(table, id, now, &sealed)).await);
    }

    /// A draft that was kept, unless it is too old.
    pub(crate) async fn draft(&self, id: Uuid, now: i64) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let (store, key) = self.drafts().ok_or(Fault::NotFound)?;
        let read = store.read(move |table| read(table, &key, id, now)).await;
        read.map_err(|fault| Fault::Store { file: "cache.db", fault })?.ok_or(Fault::NotFound)
    }

    /// Forgets a draft.
    pub(crate) async fn drop_draft(&self, id: Uuid) {
        let Some((store, _)) = self.drafts() else { return };
        let dropped = store.write(move |table| {
            table.execute("DELETE FROM draft WHERE id = ?1", params![id.as_bytes()])?;
            Ok(())
        });
        self.note(dropped.await);
    }

    /// Forgets those whose time is over.
    pub(crate) async fn drop_old_drafts(&self, now: i64) {
        let Some((store, _)) = self.drafts() else { return };
        self.note(store.write(move |table| drop_old(table, now)).await);
    }

    fn drafts(&self) -> Option<(Store, Arc<SealKey>)> {
        let inner = self.lock();
        inner.file.store().map(|store| (store, inner.file.key()))
    }

    /// A draft that cannot be written is a flow that begins anew after a kill; a full disk is said by the lists.
    fn note(&self, written: Result<(), StoreFault>) {
        if let Err(fault) = written
            && fault != StoreFault::Closed
        {
            tracing::warn!(%fault, "a draft is not kept");
        }
    }
}

/// The time is authenticated with the row: a file that was tampered with keeps nothing alive.
fn place(id: Uuid, at: i64) -> Vec<u8> {
    [id.as_bytes().as_slice(), &at.to_be_bytes()].concat()
}

fn put(table: &Transaction<'_>, id: Uuid, now: i64, sealed: &[u8]) -> Result<(), StoreFault> {
    let mut insert =
        table.prepare_cached("INSERT OR REPLACE INTO draft (id, at, sealed) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![id.as_bytes(), now, sealed])?;
    let newest = "DELETE FROM draft WHERE id NOT IN (SELECT id FROM draft ORDER BY at DESC LIMIT ?1)";
    table.prepare_cached(newest)?.execute(params![MOST])?;
    drop_old(table, now)
}

fn drop_old(table: &Transaction<'_>, now: i64) -> Result<(), StoreFault> {
    // One of the future: the clock was set back, and its day would never end.
    let mut delete = table.prepare_cached("DELETE FROM draft WHERE at <= ?1 OR at > ?2")?;
    delete.execute(params![now.saturating_sub(LONGEST), now.saturating_add(LONGEST)])?;
    Ok(())
}

fn read(
    table: &Connection,
    key: &SealKey,
    id: Uuid,
    now: i64,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreFault> {
    let mut select = table.prepare_cached("SELECT at, sealed FROM draft WHERE id = ?1")?;
    let found: Option<(i64, Vec<u8>)> =
        select.query_row(params![id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((at, sealed)) = found.filter(|(at, _)| now.saturating_sub(*at).abs() < LONGEST) else {
        return Ok(None);
    };
    Ok(Some(key.open("cache.draft", &place(id, at), &sealed)?))
}
