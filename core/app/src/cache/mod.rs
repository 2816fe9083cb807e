//! What the cloud told this phone: sites, devices, requests for access and who has it, customers; readable without a connection, safe to delete.
//!
//! 1. [`Cache::open`] reads the whole file into memory once (`rows`), where lists live (`contents`): names are sealed on
//!    the disk, so no SQL could sort by them.
//! 2. Each change goes into memory and is queued for the file in the same order, with the feed's cursor and the digest
//!    over all rows in the same transaction.
//! 3. A file that is corrupt, of another key, another account or a newer version is deleted and made anew within the
//!    same open; the change feed finds no cursor and fetches the lists. Never is a row shown that was not told.
//! 4. A file that cannot be written (a full disk) is behind: memory is right, and the next write that works writes
//!    everything.
//!
//! Beside the lists lie flows that have no claim yet (`drafts`), and where the last device was added.
//!
//! Limits: a hundred thousand sites take 50 MB of memory, half a second to open and 11 ms a window (release build,
//! measured). Lists sort by the name's lower-case letters, not by a language's collation.

mod contents;
mod drafts;
mod file;
mod kinds;
mod list;
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use contents::Step;
pub(crate) use kinds::{Lists, Table};

use crate::error::Fault;
use crate::report::Reports;
use crate::sealed::SealKey;
use crate::store::StoreFault;
use crate::window::Connection;
use contents::Contents;
use file::CacheFile;
use porchlight_protocol::access::{AuthorizationRequest, Grant};
use porchlight_protocol::customers::{Customer, CustomerOffer};
use porchlight_protocol::devices::Device;
use porchlight_protocol::people::Membership;
use porchlight_protocol::sites::Site;
use porchlight_protocol::{AccountId, CustomerId, DeviceId, GrantId, Maker, RequestId, Serial, SiteId};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The cache of a profile. Prints its name only: sites and devices are personal.
pub(crate) struct Cache {
    inner: Arc<Mutex<Inner>>,
    changed: watch::Sender<u64>,
    reports: Arc<Reports>,
}

struct Inner {
    contents: Contents,
    file: CacheFile,
    connection: Connection,
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

/// A part of a list, before it becomes a window.
#[derive(Debug)]
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: u32,
    pub(crate) as_of: Option<i64>,
    pub(crate) connection: Connection,
}

impl Cache {
    /// Opens the file, or makes it anew. Never fails: without a file it works in memory, and says so in the reports.
    pub(crate) async fn open(
        path: PathBuf,
        key: Arc<SealKey>,
        account: AccountId,
        reports: Arc<Reports>,
    ) -> Self {
        let mut file = CacheFile::new(path, key, account);
        let contents = match file.load().await {
            Ok(contents) => contents,
            Err(fault) => {
                reports.write(&Fault::Store { file: "cache.db", fault });
                let can_be_made_anew = matches!(fault, StoreFault::Corrupt | StoreFault::TooNew);
                if can_be_made_anew && let Err(fault) = file.make_anew().await {
                    reports.write(&Fault::Store { file: "cache.db", fault });
                }
                Contents::default()
            }
        };
        let inner = Inner { contents, file, connection: Connection::Connecting };
        Self { inner: Arc::new(Mutex::new(inner)), changed: watch::Sender::new(0), reports }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A poisoned lock: a thread panicked between two whole steps; each step is whole in memory.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the change feed goes on; none if the lists must be read first.
    pub(crate) fn cursor(&self) -> Option<String> {
        self.lock().contents.cursor.clone()
    }

    /// The cursor is too old: the lists must be read again.
    pub(crate) fn forget_cursor(&self) {
        self.lock().contents.cursor = None;
    }

    /// Names the present: what [`Self::answered`] compares with.
    pub(crate) fn version(&self) -> u64 {
        self.lock().contents.version()
    }

    /// Takes what the change feed brought, up to `cursor`.
    pub(crate) async fn apply(&self, steps: Vec<Step>, cursor: Option<String>, as_of: i64) {
        let written = {
            let Inner { contents, file, .. } = &mut *self.lock();
            if cursor.is_some() {
                contents.cursor = cursor;
            }
            contents.as_of = Some(as_of);
            let steps = steps.into_iter().map(|step| contents.take(step)).collect();
            file.write(contents, steps)
        };
        self.settle(written.await).await;
    }

    /// Takes the whole lists, which were asked for at `asked`.
    pub(crate) async fn replace(&self, lists: Lists, cursor: String, asked: u64, as_of: i64) {
        let inner = self.inner.clone();
        // Sealing a hundred thousand rows takes a moment: not on the runtime's threads.
        let queued = tokio::task::spawn_blocking(move || {
            let Inner { contents, file, .. } = &mut *inner.lock().unwrap_or_else(PoisonError::into_inner);
            contents.replace(lists, asked);
            contents.cursor = Some(cursor);
            contents.as_of = Some(as_of);
            file.write_all(contents)
        });
        if let Ok(written) = queued.await {
            self.settle(written.await).await;
        }
    }

    /// Takes the answer to a change of our own that was sent at `since`, unless the feed brought something newer about
    /// the same thing meanwhile.
    pub(crate) async fn answered(&self, step: Step, since: u64) {
        let written = {
            let Inner { contents, file, .. } = &mut *self.lock();
            if contents.knows_newer(&step, since) {
                return;
            }
            let step = contents.take(step);
            file.write(contents, vec![step])
        };
        self.settle(written.await).await;
    }

    /// After a write, good or not: lists are told, a broken file is made anew.
    async fn settle(&self, written: Result<(), StoreFault>) {
        self.tell();
        let Err(fault) = written else { return };
        if fault == StoreFault::Closed {
            return;
        }
        self.reports.write(&Fault::Store { file: "cache.db", fault });
        let mut file = {
            let mut inner = self.lock();
            inner.file.fell_behind();
            if fault != StoreFault::Corrupt {
                return;
            }
            inner.file.clone()
        };
        // Made anew here; the next change writes everything into it.
        if file.make_anew().await.is_ok() {
            self.lock().file.adopt(file);
        }
    }

    /// How it is with the feed now.
    pub(crate) fn set_connection(&self, connection: Connection) {
        let was = std::mem::replace(&mut self.lock().connection, connection);
        if was != connection {
            self.tell();
        }
    }

    pub(crate) fn connection(&self) -> Connection {
        self.lock().connection
    }

    /// The feed said at this time that it is there. In memory only: the file gets it with the next change.
    pub(crate) fn heard(&self, at: i64, cursor: Option<String>) {
        let contents = &mut self.lock().contents;
        contents.as_of = Some(at);
        if cursor.is_some() {
            contents.cursor = cursor;
        }
    }

    /// Tells the lists, also when something outside changed what they show.
    pub(crate) fn tell(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Counts up when a list, its age or its liveness changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(crate) fn sites(&self, offset: u32, count: u32) -> Part<Site> {
        self.part(|kept| kept.sites.part(offset, count, |_| true))
    }

    pub(crate) fn devices(&self, offset: u32, count: u32, shown: impl Fn(&Device) -> bool) -> Part<Device> {
        self.part(|kept| kept.devices.part(offset, count, shown))
    }

    pub(crate) fn requests(
        &self,
        offset: u32,
        count: u32,
        shown: impl Fn(&AuthorizationRequest) -> bool,
    ) -> Part<AuthorizationRequest> {
        self.part(|kept| kept.requests.part(offset, count, shown))
    }

    pub(crate) fn grants(&self, offset: u32, count: u32, shown: impl Fn(&Grant) -> bool) -> Part<Grant> {
        self.part(|kept| kept.grants.part(offset, count, shown))
    }

    pub(crate) fn customers(
        &self,
        offset: u32,
        count: u32,
        shown: impl Fn(&Customer) -> bool,
    ) -> Part<Customer> {
        self.part(|kept| kept.customers.part(offset, count, shown))
    }

    pub(crate) fn offers(&self, offset: u32, count: u32) -> Part<CustomerOffer> {
        self.part(|kept| kept.offers.part(offset, count, |_| true))
    }

    pub(crate) fn memberships(&self, offset: u32, count: u32) -> Part<Membership> {
        self.part(|kept| kept.memberships.part(offset, count, |_| true))
    }

    pub(crate) fn request(&self, id: RequestId) -> Option<AuthorizationRequest> {
        self.lock().contents.kept.requests.get(id.0)
    }

    pub(crate) fn grant(&self, id: GrantId) -> Option<Grant> {
        self.lock().contents.kept.grants.get(id.0)
    }

    pub(crate) fn customer(&self, id: CustomerId) -> Option<Customer> {
        self.lock().contents.kept.customers.get(id.0)
    }

    fn part<T>(&self, read: impl FnOnce(&kinds::Kept) -> (Vec<T>, u32)) -> Part<T> {
        let inner = self.lock();
        let (items, total) = read(&inner.contents.kept);
        Part { items, total, as_of: inner.contents.as_of, connection: inner.connection }
    }

    pub(crate) fn site(&self, site: SiteId) -> Option<Site> {
        self.lock().contents.kept.sites.get(site.0)
    }

    /// The site where the last device was added, or was to be.
    pub(crate) fn last_used(&self) -> Option<Site> {
        let inner = self.lock();
        inner.contents.last_used.and_then(|site| inner.contents.kept.sites.get(site.0))
    }

    /// A device is added at this site.
    pub(crate) async fn use_site(&self, site: SiteId) {
        let written = {
            let Inner { contents, file, .. } = &mut *self.lock();
            if contents.last_used == Some(site) {
                return;
            }
            contents.last_used = Some(site);
            file.write(contents, Vec::new())
        };
        self.settle(written.await).await;
    }

    pub(crate) fn device(&self, device: DeviceId) -> Option<Device> {
        self.lock().contents.kept.devices.get(device.0)
    }

    /// Whether the equipment is in the list, under whatever id.
    pub(crate) fn has_device(&self, maker: &Maker, serial: &Serial) -> bool {
        self.lock()
            .contents
            .kept
            .devices
            .all()
            .any(|device| device.maker == *maker && device.serial == *serial)
    }

    pub(crate) async fn checkpoint(&self) {
        let store = self.lock().file.store();
        if let Some(store) = store {
            // Not written back: the next open reads the WAL.
            let _later = store.checkpoint().await;
        }
    }

    pub(crate) async fn close(&self) {
        let store = self.lock().file.store();
        if let Some(store) = store {
            store.close().await;
        }
    }
}
