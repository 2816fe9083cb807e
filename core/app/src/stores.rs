//! The files of a profile: `cache.db` and `outbox.db` in a folder of its own, under one key from the secret store.
//!
//! They open when somebody is signed in and the phone was unlocked, and only the session's task opens, drops and
//! destroys them, one at a time. A key that is lost for good makes both files unreadable: the cache is made anew, the
//! outbox is set aside under another name and reported, never overwritten.

use crate::cache::Cache;
use crate::error::Fault;
use crate::outbox::Outbox;
use crate::ports::{LoadedSecret, Ports};
use crate::report::Reports;
use crate::sealed::SealKey;
use crate::store::{StoreFault, delete_database};
use porchlight_protocol::AccountId;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Both files, open.
#[derive(Clone, Debug)]
pub(crate) struct OpenStores {
    pub(crate) cache: Arc<Cache>,
    pub(crate) outbox: Arc<Outbox>,
}

/// The files of one profile, open or not.
#[derive(Debug)]
pub(crate) struct Stores {
    profile: String,
    folder: PathBuf,
    ports: Ports,
    reports: Arc<Reports>,
    open: watch::Sender<Option<OpenStores>>,
    /// Why they are not open although somebody is signed in.
    failed: Mutex<Option<Fault>>,
}

impl Stores {
    pub(crate) fn new(profile: &str, data_folder: &Path, ports: Ports, reports: Arc<Reports>) -> Self {
        let folder = data_folder.join("profiles").join(profile);
        Self {
            profile: profile.to_owned(),
            folder,
            ports,
            reports,
            open: watch::Sender::new(None),
            failed: Mutex::new(None),
        }
    }

    /// The profile's name.
    pub(crate) fn profile(&self) -> &str {
        &self.profile
    }

    /// Both files, if they are open.
    pub(crate) fn current(&self) -> Result<OpenStores, Fault> {
        let failed = || self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.open.borrow().clone().ok_or_else(|| failed().unwrap_or(Fault::SignedOut))
    }

    pub(crate) fn are_open(&self) -> bool {
        self.open.borrow().is_some()
    }

    /// Tells when they open and close.
    pub(crate) fn changes(&self) -> watch::Receiver<Option<OpenStores>> {
        self.open.subscribe()
    }

    /// Opens both files for the account.
    pub(crate) async fn open(&self, account: AccountId) -> Result<(), Fault> {
        let opened = if self.are_open() { Ok(()) } else { self.open_both(account).await };
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = opened.clone().err();
        opened
    }

    async fn open_both(&self, account: AccountId) -> Result<(), Fault> {
        self.on_disk(|folder| std::fs::create_dir_all(folder)).await?;
        let key = Arc::new(self.key().await?);
        let cache =
            Cache::open(self.folder.join("cache.db"), key.clone(), account, self.reports.clone()).await;
        cache.drop_old_drafts(self.ports.wall_time().await).await;
        let outbox = Outbox::open(&self.folder, key).await?;
        self.open.send_replace(Some(OpenStores { cache: Arc::new(cache), outbox: Arc::new(outbox) }));
        Ok(())
    }

    fn key_name(&self) -> String {
        format!("{}.key", self.profile)
    }

    async fn key(&self) -> Result<SealKey, Fault> {
        match self.ports.load_secret(self.key_name()).await {
            LoadedSecret::Locked => return Err(Fault::PhoneLocked),
            LoadedSecret::Missing | LoadedSecret::Broken => {}
            LoadedSecret::Value(secret) => {
                if let Some(key) = SealKey::from_secret(&secret) {
                    return Ok(key);
                }
            }
        }
        self.set_unreadable_outbox_aside().await?;
        let key = SealKey::generate();
        self.ports.save_secret(self.key_name(), key.to_secret()).await?;
        Ok(key)
    }

    async fn set_unreadable_outbox_aside(&self) -> Result<(), Fault> {
        let aside = format!("outbox.unreadable-{}", uuid::Uuid::new_v4().simple());
        let was_there = self
            .on_disk(move |folder| {
                let is_there = folder.join("outbox.db").try_exists()?;
                // Its WAL goes with it: the last commits may be in there.
                for suffix in ["", "-wal", "-shm"] {
                    let (from, to) = (format!("outbox.db{suffix}"), format!("{aside}{suffix}"));
                    if folder.join(&from).try_exists()? {
                        std::fs::rename(folder.join(from), folder.join(to))?;
                    }
                }
                Ok(is_there)
            })
            .await?;
        if was_there {
            self.reports.write(&Fault::Core("the profile's key is lost, its outbox is set aside"));
        }
        Ok(())
    }

    /// The session is over: what the cloud told goes, what the phone owes stays for the next sign-in.
    pub(crate) async fn drop_cache(&self) -> Result<(), Fault> {
        self.shut().await;
        self.delete("cache.db").await
    }

    /// The profile is over: first the key, so that whatever stays behind can be read by nobody.
    pub(crate) async fn destroy(&self) -> Result<(), Fault> {
        self.shut().await;
        let key = self.ports.remove_secret(self.key_name()).await;
        let removed = self.on_disk(|folder| match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        });
        removed.await.and(key)
    }

    /// Writes what is in the WALs into the files, before the app is suspended.
    pub(crate) async fn checkpoint(&self) -> Result<(), Fault> {
        let Ok(open) = self.current() else { return Ok(()) };
        open.cache.checkpoint().await;
        open.outbox.checkpoint().await
    }

    async fn shut(&self) {
        if let Some(open) = self.open.send_replace(None) {
            open.cache.close().await;
            open.outbox.close().await;
        }
    }

    async fn delete(&self, file: &'static str) -> Result<(), Fault> {
        delete_database(self.folder.join(file)).await.map_err(|fault| Fault::Store { file, fault })
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let folder = self.folder.clone();
        let done = tokio::task::spawn_blocking(move || deed(&folder)).await;
        done.map_err(|_| Fault::Core("the runtime stopped"))?.map_err(|error| Fault::Store {
            file: "the profile's folder",
            fault: StoreFault::Io(error.kind()),
        })
    }
}
