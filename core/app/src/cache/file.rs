//! `cache.db` beside the lists in memory: what of them it holds, and the digest over it.

use super::contents::{Contents, Step};
use super::kinds::{Item, Table};
use super::rows::{self, HeadRow, ReadRow, Write};
use crate::sealed::SealKey;
use crate::store::{Durability, Store, StoreFault, delete_database};
use futures_util::future::BoxFuture;
use porchlight_protocol::AccountId;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// The file, if it is open, and what it holds.
#[derive(Clone, Debug)]
pub(super) struct CacheFile {
    path: PathBuf,
    key: Arc<SealKey>,
    account: AccountId,
    store: Option<Store>,
    /// Each row's part of the digest.
    digests: HashMap<(Table, Uuid), u128>,
    sum: u128,
    /// It lacks something that memory has: write everything.
    behind: bool,
}

impl CacheFile {
    pub(super) fn new(path: PathBuf, key: Arc<SealKey>, account: AccountId) -> Self {
        Self { path, key, account, store: None, digests: HashMap::new(), sum: 0, behind: true }
    }

    /// Opens the file and reads it whole. Another account's is `Corrupt`: it is nothing that this one may see.
    pub(super) async fn load(&mut self) -> Result<Contents, StoreFault> {
        let store = Store::open(self.path.clone(), Durability::Disposable, rows::migrations()).await?;
        let key = self.key.clone();
        let read = store.read(move |connection| rows::read(connection, &key)).await;
        match read.and_then(|read| self.take_in(read)) {
            Ok(contents) => {
                self.behind = false;
                self.store = Some(store);
                Ok(contents)
            }
            Err(fault) => {
                store.close().await;
                Err(fault)
            }
        }
    }

    fn take_in(&mut self, read: Option<(HeadRow, Vec<ReadRow>)>) -> Result<Contents, StoreFault> {
        let mut contents = Contents::default();
        let Some((head, rows)) = read else { return Ok(contents) };
        if head.account != self.account {
            return Err(StoreFault::Corrupt);
        }
        // After an update of the app the lists are read again: rows may lack what the former version skipped.
        contents.cursor = head.cursor.filter(|_| head.written_by == env!("CARGO_PKG_VERSION"));
        contents.as_of = head.as_of;
        contents.last_used = head.last_used;
        for (id, digest, item) in rows {
            self.note(item.table(), id, digest);
            contents.take(Step::Put(item));
        }
        Ok(contents)
    }

    /// Deletes the file and opens an empty one.
    pub(super) async fn make_anew(&mut self) -> Result<(), StoreFault> {
        if let Some(store) = self.store.take() {
            store.close().await;
        }
        delete_database(self.path.clone()).await?;
        (self.digests, self.sum, self.behind) = (HashMap::new(), 0, true);
        let store = Store::open(self.path.clone(), Durability::Disposable, rows::migrations()).await?;
        self.store = Some(store);
        Ok(())
    }

    /// Takes over the open file that [`Self::make_anew`] made on a clone.
    pub(super) fn adopt(&mut self, made: Self) {
        *self = made;
    }

    pub(super) fn store(&self) -> Option<Store> {
        self.store.clone()
    }

    pub(super) fn key(&self) -> Arc<SealKey> {
        self.key.clone()
    }

    pub(super) fn fell_behind(&mut self) {
        self.behind = true;
    }

    /// Queues the steps, which memory has taken, for the file.
    pub(super) fn write(
        &mut self,
        contents: &Contents,
        steps: Vec<Step>,
    ) -> BoxFuture<'static, Result<(), StoreFault>> {
        if self.behind {
            return self.write_all(contents);
        }
        let writes = steps
            .into_iter()
            .map(|step| match step {
                Step::Put(item) => self.put(&item),
                Step::Drop(table, id) => self.drop_row(table, id),
            })
            .collect();
        self.queue(contents, writes)
    }

    /// Queues everything.
    pub(super) fn write_all(&mut self, contents: &Contents) -> BoxFuture<'static, Result<(), StoreFault>> {
        (self.digests, self.sum, self.behind) = (HashMap::new(), 0, false);
        let mut writes = vec![Write::Clear];
        contents.kept.each(|item| writes.push(self.put(&item)));
        self.queue(contents, writes)
    }

    fn queue(&self, contents: &Contents, writes: Vec<Write>) -> BoxFuture<'static, Result<(), StoreFault>> {
        let Some(store) = &self.store else { return Box::pin(async { Err(StoreFault::Closed) }) };
        let head = HeadRow {
            account: self.account,
            written_by: env!("CARGO_PKG_VERSION").to_owned(),
            cursor: contents.cursor.clone(),
            as_of: contents.as_of,
            last_used: contents.last_used,
            digest: format!("{:032x}", self.sum),
        };
        let key = self.key.clone();
        store.write(move |transaction| rows::write(transaction, &key, writes, &head))
    }

    fn put(&mut self, item: &Item) -> Write {
        let (table, id) = (item.table(), item.id());
        let sealed = self.key.seal(table.place(), id.as_bytes(), &item.to_row());
        self.note(table, id, rows::digest(table, id, &sealed));
        Write::Put(table, id, sealed)
    }

    fn note(&mut self, table: Table, id: Uuid, digest: u128) {
        let former = self.digests.insert((table, id), digest).unwrap_or(0);
        self.sum = self.sum.wrapping_sub(former).wrapping_add(digest);
    }

    fn drop_row(&mut self, table: Table, id: Uuid) -> Write {
        let former = self.digests.remove(&(table, id)).unwrap_or(0);
        self.sum = self.sum.wrapping_sub(former);
        Write::Drop(table, id)
    }
}
