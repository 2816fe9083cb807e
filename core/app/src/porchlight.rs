//! The core as an app opens it: once, with its configuration, a folder and the phone's ports.

use crate::configuration::Configuration;
use crate::error::{Error, Fault};
use crate::history::FeedHold;
use crate::ports::Ports;
use crate::profile::Profile;
use crate::report::Reports;
use crate::store::StoreFault;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The name of the person's own profile: its folder, and the first part of its secrets' names.
const OWN: &str = "own";

/// The open core.
#[derive(Clone, Debug)]
pub struct Porchlight {
    own: Arc<Profile>,
    reports: Arc<Reports>,
    /// The feed is open for the foreground while this is some.
    foreground: Arc<Mutex<Option<FeedHold>>>,
    /// Work is done by one at a time.
    working: Arc<Semaphore>,
}

impl Porchlight {
    /// Opens the core on a folder of its own (made if it is not there) and restores the session that it held. The app
    /// counts as in the foreground until [`Self::entered_background`].
    ///
    /// Open it once at a time. It does not fail for what a phone is short of (an unlock, a network, space on the disk):
    /// its states and lists say so. `InvalidInput` names a field of the configuration.
    pub async fn open(
        configuration: Configuration,
        data_folder: PathBuf,
        ports: Ports,
    ) -> Result<Self, Error> {
        let folder = data_folder.clone();
        let made = tokio::task::spawn_blocking(move || std::fs::create_dir_all(folder)).await;
        let reports = Arc::new(Reports::open(&data_folder));
        let own = match made.unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into())) {
            Err(error) => Err(Fault::Store { file: "data folder", fault: StoreFault::Io(error.kind()) }),
            Ok(()) => match configuration.check() {
                Err(fault) => Err(fault),
                Ok(()) => {
                    let configuration = Arc::new(configuration);
                    Profile::open(OWN, &data_folder, configuration, ports, reports.clone()).await
                }
            },
        };
        let own = Arc::new(own.map_err(|fault| reports.tell(fault))?);
        let foreground = Arc::new(Mutex::new(Some(own.feed.hold())));
        Ok(Self { own, reports, foreground, working: Arc::new(Semaphore::new(1)) })
    }

    /// The person's own profile.
    pub fn profile(&self) -> Arc<Profile> {
        self.own.clone()
    }

    /// Works without a screen, for the platform's job scheduler: sends what the outbox holds, for at most `deadline`.
    /// When to call again: milliseconds UTC by the phone's clock; none if nothing waits.
    pub async fn work(&self, deadline: Duration) -> Result<Option<i64>, Error> {
        let until = Instant::now() + deadline;
        self.own.told(self.work_until(until).await)
    }

    async fn work_until(&self, until: Instant) -> Result<Option<i64>, Fault> {
        let turn = tokio::time::timeout_at(until, self.working.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            // Somebody else works all the time there is: come again after it.
            return Ok(Some(self.own.ports.wall_time().await));
        };
        self.own.session.restore().await?;
        let Ok(outbox) = self.own.outbox() else { return Ok(None) };
        if outbox.unsent().await? == 0 {
            return Ok(None);
        }
        // Claims come by the feed, which is closed without a screen.
        let _open = self.own.feed.hold();
        crate::outbox::drain(&self.own, until).await
    }

    /// The app left the screen: streams close, files are written back. Call it before the platform suspends the app.
    pub async fn entered_background(&self) {
        self.set_foreground(None);
        if let Err(fault) = self.own.stores.checkpoint().await {
            self.reports.write(&fault);
        }
    }

    /// The app is on the screen (again), or the phone was unlocked: what waited for it goes on.
    pub async fn entered_foreground(&self) {
        if let Err(fault) = self.own.session.restore().await {
            tracing::debug!(%fault, "not restored yet");
        }
        self.set_foreground(Some(self.own.feed.hold()));
        self.network_changed();
    }

    fn set_foreground(&self, hold: Option<FeedHold>) {
        let former =
            std::mem::replace(&mut *self.foreground.lock().unwrap_or_else(PoisonError::into_inner), hold);
        drop(former);
    }

    /// The phone's network is another: what waited for a connection tries again at once.
    pub fn network_changed(&self) {
        self.own.feed.nudge();
        let this = self.clone();
        tokio::spawn(async move {
            // What goes wrong here goes wrong again when the scheduler calls.
            let _later = this.work(Duration::from_secs(60)).await;
        });
    }

    /// The log of what nobody could do anything about, for support. Holds no personal data and no secrets.
    pub fn diagnostics(&self) -> String {
        self.reports.export()
    }
}
