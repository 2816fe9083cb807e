//! The core as an app opens it: once, with its configuration, a folder and the phone's ports.

use crate::access::{Context, Delegated, DelegatedSession};
use crate::configuration::Configuration;
use crate::error::{Error, Fault};
use crate::handoff::{self, HandoffFlow};
use crate::history::FeedHold;
use crate::ports::Ports;
use crate::profile::Profile;
use crate::report::Reports;
use crate::store::StoreFault;
use crate::work::Work;
use porchlight_protocol::GrantId;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The name of the person's own profile: its folder, and the first part of its secrets' names.
const OWN: &str = "own";

/// The open core. When its last clone is dropped, everything that it does ends where it is; files say how to go on.
#[derive(Clone, Debug)]
pub struct Porchlight(Arc<Opened>);

#[derive(Debug)]
struct Opened {
    own: Arc<Profile>,
    delegated: Arc<Delegated>,
    handoff: HandoffFlow,
    reports: Arc<Reports>,
    work: Arc<Work>,
    /// The feed is open for the foreground while this is some.
    foreground: Mutex<Option<FeedHold>>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.own.end();
        self.delegated.end();
    }
}

impl Porchlight {
    /// Opens the core on a folder of its own (made if it is not there) and restores the session that it held. The app
    /// counts as in the foreground until [`Self::entered_background`].
    ///
    /// Open it once at a time. It does not fail for what a phone is short of (an unlock, a network, space on the disk once
    /// it has been opened there): its states and lists say so. `InvalidInput` names a field of the configuration,
    /// `Internal` a folder that cannot be written to at first: try again when that may have changed.
    pub async fn open(
        configuration: Configuration,
        data_folder: PathBuf,
        ports: Ports,
    ) -> Result<Self, Error> {
        let folder = data_folder.clone();
        let made = tokio::task::spawn_blocking(move || std::fs::create_dir_all(folder)).await;
        let reports = Arc::new(Reports::open(&data_folder));
        let configuration = Arc::new(configuration);
        let own = match made.unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into())) {
            Err(error) => Err(Fault::Store { file: "data folder", fault: StoreFault::Io(error.kind()) }),
            Ok(()) => match configuration.check() {
                Err(fault) => Err(fault),
                Ok(()) => {
                    let (configuration, ports) = (configuration.clone(), ports.clone());
                    Profile::open(OWN, &data_folder, configuration, ports, reports.clone(), None).await
                }
            },
        };
        let own = own.map_err(|fault| reports.tell(fault))?;
        let context = Context { configuration, data_folder, ports, reports: reports.clone() };
        let delegated = Delegated::new(context);
        let own = Arc::new(own.beside(delegated.clone()));
        // After the own profile: it removes what another install left.
        delegated.restore().await;
        let handoff = HandoffFlow::start(own.clone(), delegated.clone());
        let work = Work::new(own.clone());
        let foreground = Mutex::new(Some(own.feed.hold()));
        work.go_on();
        Ok(Self(Arc::new(Opened { own, delegated, handoff, reports, work, foreground })))
    }

    /// A panic that the facade caught while it opened the core: the report is written into the folder's log, which the
    /// next [`Self::diagnostics`] holds.
    pub fn crashed_opening(data_folder: &Path) -> Error {
        Reports::open(data_folder).tell(Fault::Core("a panic"))
    }

    /// The person's own profile.
    pub fn profile(&self) -> Arc<Profile> {
        self.0.own.clone()
    }

    /// This phone acting in a customer's account, or not.
    pub fn delegated_session(&self) -> DelegatedSession {
        DelegatedSession::new(self.0.delegated.clone(), self.0.own.clone())
    }

    /// The flow that takes a link of the partner app.
    pub fn handoff(&self) -> HandoffFlow {
        self.0.handoff.clone()
    }

    /// Works in a customer's account in this very app, by a grant in the account's hand: what a partner app does while a
    /// customer has not answered yet. The delegated session is there when this returns; one that was there ends.
    pub async fn work_here(&self, grant: GrantId) -> Result<(), Error> {
        let worked = handoff::work_here(&self.0.own, &self.0.delegated, grant).await;
        self.0.own.told(worked)
    }

    /// Works without a screen, for the platform's job scheduler: sends what the outbox holds, for at most `deadline`.
    /// When to call again: milliseconds UTC by the phone's clock; none if nothing waits.
    pub async fn work(&self, deadline: Duration) -> Result<Option<i64>, Error> {
        let until = Instant::now() + deadline;
        let (own, delegated) =
            tokio::join!(self.0.work.work_until(until), self.0.delegated.work_until(until));
        let worked = own.and_then(|own| Ok(own.into_iter().chain(delegated?).min()));
        self.0.own.told(worked)
    }

    /// The app left the screen: streams close, files are written back. Call it before the platform suspends the app.
    pub async fn entered_background(&self) {
        self.0.work.stop();
        self.set_foreground(None);
        self.0.delegated.set_foreground(false);
        for written in [self.0.own.stores.checkpoint().await, self.0.delegated.checkpoint().await] {
            if let Err(fault) = written {
                self.0.reports.write(&fault);
            }
        }
    }

    /// The app is on the screen (again), or the phone was unlocked: what waited for it goes on.
    pub async fn entered_foreground(&self) {
        if let Err(fault) = self.0.own.session.restore().await {
            tracing::debug!(%fault, "not restored yet");
        }
        self.0.delegated.restore().await;
        self.set_foreground(Some(self.0.own.feed.hold()));
        self.0.delegated.set_foreground(true);
        self.network_changed();
    }

    fn set_foreground(&self, hold: Option<FeedHold>) {
        let mut foreground = self.0.foreground.lock().unwrap_or_else(PoisonError::into_inner);
        *foreground = hold;
    }

    fn is_in_foreground(&self) -> bool {
        self.0.foreground.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The phone's network is another: what waited for a connection tries again at once, if the app is on the screen.
    /// Call it within the tokio runtime.
    pub fn network_changed(&self) {
        self.0.own.feed.nudge();
        self.0.delegated.network_changed();
        if self.is_in_foreground() {
            self.0.work.go_on();
        }
    }

    /// The log of what nobody could do anything about, for support. Holds no personal data and no secrets.
    pub fn diagnostics(&self) -> String {
        self.0.reports.export()
    }
}
