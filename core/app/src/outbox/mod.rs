//! What the phone still owes the cloud: claims that wait or run, in `outbox.db`.
//!
//! 1. A claim is a row here before its first request leaves ([`Outbox::add`]), and is erased when it is owned or given
//!    up. Nothing else removes it; it survives the app, a power cut, and the end of the session.
//! 2. One run a claim, whoever asks ([`Outbox::run`]): a flow with a screen, or [`drain()`] without one.
//! 3. A row belongs to its account: it is shown to and sent for no other.
//! 4. What cannot go on by itself `needs_you`: it stays in the list of devices until a person decides.
//!
//! The file is precious (synced at every commit), its rows are sealed. What lists need of them is kept in memory
//! without their secrets.

mod drain;
mod row;
mod runs;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use drain::{drain, put_off};
pub(crate) use row::{ClaimRow, ExchangeRow, LoggedInRow, Secret};
pub(crate) use runs::{Audience, Report, RunHold};

use crate::add_device::{AddDeviceFailure, QueuedReason};
use crate::devices::QueuedDevice;
use crate::error::Fault;
use crate::profile::Profile;
use crate::sealed::SealKey;
use crate::store::{Durability, Store, StoreFault};
use porchlight_protocol::{AccountId, ClaimId, SiteId};
use runs::Runs;
use rusqlite::Transaction;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

const FILE: &str = "outbox.db";
/// What waited longer needs a person: 30 days, in milliseconds.
const MAX_AGE: i64 = 30 * 24 * 3600 * 1000;

/// The outbox of a profile.
#[derive(Debug)]
pub(crate) struct Outbox {
    store: Store,
    key: Arc<SealKey>,
    lines: Arc<Mutex<Vec<Line>>>,
    changed: watch::Sender<u64>,
    runs: Arc<Runs>,
}

/// What is known of a row without opening it: no secrets.
#[derive(Clone, Debug)]
struct Line {
    account: AccountId,
    created_at: i64,
    next_at: i64,
    device: QueuedDevice,
}

impl Outbox {
    /// Opens `outbox.db` in the profile's folder. A file that is not a database any more is set aside, never deleted.
    pub(crate) async fn open(folder: &Path, key: Arc<SealKey>) -> Result<Self, Fault> {
        let path = folder.join(FILE);
        let store = match open_store(path.clone()).await {
            Err(StoreFault::Corrupt) => {
                set_aside(path.clone()).await?;
                open_store(path).await
            }
            opened => opened,
        };
        let outbox = Self {
            store: store.map_err(of_file)?,
            key,
            lines: Arc::default(),
            changed: watch::Sender::new(0),
            runs: Arc::default(),
        };
        outbox.write(|_, _| Ok(())).await?;
        Ok(outbox)
    }

    /// Saves a claim, in place of the one that it corrects. A claim of the same device and account that waits or runs
    /// is not joined by a second one: the answer is its id.
    pub(crate) async fn add(
        &self,
        id: ClaimId,
        row: ClaimRow,
        replaces: Option<ClaimId>,
    ) -> Result<ClaimId, Fault> {
        let (added, gone) = self
            .write(move |table, key| {
                let mut gone = Vec::new();
                for (known, other) in table::read_all(table, key)? {
                    if Some(known) == replaces || (other.is_about_the_same(&row) && other.needs_you.is_some())
                    {
                        table::delete(table, known)?;
                        gone.push(known);
                    } else if other.is_about_the_same(&row) {
                        return Ok((known, gone));
                    }
                }
                table::insert(table, key, id, &row)?;
                Ok((id, gone))
            })
            .await?;
        gone.into_iter().for_each(|gone| self.runs.report(gone, Report::Gone));
        Ok(added)
    }

    /// Reads a claim of this account's.
    pub(crate) async fn read(&self, id: ClaimId, account: AccountId) -> Result<ClaimRow, Fault> {
        let key = self.key.clone();
        let row = self.store.read(move |table| table::read(table, &key, id));
        row.await.map_err(of_file)?.filter(|row| row.account == account).ok_or(Fault::NotFound)
    }

    /// Changes a claim; the row as it is now. `NotFound` if it was given up meanwhile.
    pub(crate) async fn change(
        &self,
        id: ClaimId,
        change: impl FnOnce(&mut ClaimRow) + Send + 'static,
    ) -> Result<ClaimRow, Fault> {
        let changed = self.write(move |table, key| table::replace(table, key, id, id, change)).await?;
        changed.ok_or(Fault::NotFound)
    }

    /// Brings a claim to life again that needed a person: under its own id, or the new one when it had failed for good.
    pub(crate) async fn renew(&self, id: ClaimId, new: ClaimId, now: i64) -> Result<ClaimId, Fault> {
        let renewed = self.write(move |table, key| {
            let Some(mut row) = table::read(table, key, id)? else { return Ok(None) };
            if row.needs_you.is_none() {
                // Somebody else did it already.
                return Ok(Some(id));
            }
            let under = if row.renew(now) { id } else { new };
            table::replace(table, key, id, under, move |kept| *kept = row)?;
            Ok(Some(under))
        });
        let under = renewed.await?.ok_or(Fault::NotFound)?;
        if under != id {
            self.runs.report(id, Report::Gone);
        }
        Ok(under)
    }

    /// Erases a claim with its secrets. One that is not there is erased already.
    pub(crate) async fn erase(&self, id: ClaimId) -> Result<(), Fault> {
        self.write(move |table, _| table::delete(table, id)).await
    }

    /// Erases a claim that is given up; its run was stopped.
    pub(crate) async fn discard(&self, id: ClaimId) -> Result<(), Fault> {
        self.erase(id).await?;
        self.runs.report(id, Report::Gone);
        Ok(())
    }

    /// The devices whose claims wait here, for this account; a list shows them on top.
    pub(crate) fn queued_devices(&self, account: AccountId) -> Vec<QueuedDevice> {
        let lines = self.lines();
        lines.iter().filter(|line| line.account == account).map(|line| line.device.clone()).collect()
    }

    /// How many acts are not sent yet, of whatever account: a sign-out would throw them away.
    pub(crate) async fn unsent(&self) -> Result<u32, Fault> {
        // Counted in the file: a row that this version cannot read is owed, too.
        self.store.read(table::count).await.map_err(of_file)
    }

    /// Counts up when [`Self::queued_devices`] changed.
    pub(crate) fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Marks what waited for too long, by the phone's clock.
    pub(crate) async fn mark_old(&self, now: i64) -> Result<(), Fault> {
        let is_old = |line: &&Line| !line.device.needs_you && now - line.created_at > MAX_AGE;
        let old: Vec<_> = self.lines().iter().filter(is_old).map(|line| line.device.claim).collect();
        for id in old {
            let fail = |row: &mut ClaimRow| row.fail(AddDeviceFailure::WaitedTooLong);
            self.change(id, fail).await?;
        }
        Ok(())
    }

    /// The account's claims that go on by themselves, in their order.
    fn waiting(&self, account: AccountId) -> Vec<(ClaimId, SiteId, i64)> {
        let lines = self.lines();
        let waiting = lines.iter().filter(|line| line.account == account && !line.device.needs_you);
        waiting.map(|line| (line.device.claim, line.device.site, line.next_at)).collect()
    }

    /// Runs a claim, unless it runs already; whether it was begun here.
    pub(crate) fn run(self: &Arc<Self>, profile: &Arc<Profile>, id: ClaimId, audience: Audience) -> bool {
        let Some(hold) = Runs::begin(&self.runs, id) else { return false };
        profile.spawn(crate::add_device::run_claim(profile.clone(), self.clone(), id, hold, audience));
        true
    }

    /// What the claim's run reports from now on.
    pub(crate) fn observe(&self, id: ClaimId) -> broadcast::Receiver<Report> {
        self.runs.observe(id)
    }

    /// Stops a claim's run where it is, and waits until it has stopped. Its row stays.
    pub(crate) async fn stop(&self, id: ClaimId) {
        self.runs.stop(id).await;
    }

    /// Writes the WAL back, before the app is suspended.
    pub(crate) async fn checkpoint(&self) -> Result<(), Fault> {
        self.store.checkpoint().await.map_err(of_file)
    }

    /// Stops all runs and closes the file.
    pub(crate) async fn close(&self) {
        self.runs.stop_all(&Report::Queued(QueuedReason::SignInRequired)).await;
        self.store.close().await;
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one transaction, and takes over what it left.
    async fn write<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Transaction<'_>, &SealKey) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (key, lines) = (self.key.clone(), self.lines.clone());
        let written = self.store.write(move |table| {
            let done = deed(table, &key)?;
            let left =
                table::read_all(table, &key)?.into_iter().map(|(id, row)| Line::of(id, &row)).collect();
            // On the writer's thread, so that two writes cannot overtake each other here.
            *lines.lock().unwrap_or_else(PoisonError::into_inner) = left;
            Ok(done)
        });
        let done = written.await.map_err(of_file)?;
        self.changed.send_modify(|count| *count += 1);
        Ok(done)
    }
}

impl Line {
    fn of(id: ClaimId, row: &ClaimRow) -> Self {
        let terms = &row.terms;
        Self {
            account: row.account,
            created_at: row.created_at,
            next_at: row.next_at,
            device: QueuedDevice {
                claim: id,
                maker: terms.maker.clone(),
                serial: terms.serial.clone(),
                model: terms.model.clone(),
                section: terms.section,
                site: terms.site,
                name: terms.name.clone(),
                needs_you: row.needs_you.is_some(),
            },
        }
    }
}

async fn open_store(path: PathBuf) -> Result<Store, StoreFault> {
    Store::open(path, Durability::Precious, table::migrations()).await
}

/// Keeps a broken file, under a name that nothing overwrites, for whoever can still read something in it.
async fn set_aside(path: PathBuf) -> Result<(), Fault> {
    tracing::warn!("outbox.db is not a database any more: set aside");
    let name = format!("outbox.broken-{}", Uuid::new_v4().simple());
    let moved = tokio::task::spawn_blocking(move || std::fs::rename(&path, path.with_file_name(name)));
    let moved = moved.await.map_err(|_| Fault::Core("the runtime stopped"))?;
    moved.map_err(|error| of_file(StoreFault::Io(error.kind())))
}

fn of_file(fault: StoreFault) -> Fault {
    Fault::Store { file: FILE, fault }
}
