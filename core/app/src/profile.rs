//! A profile: one signed-in account on this phone, with its own folder, key, cache and outbox.

use crate::configuration::Configuration;
use crate::devices::Devices;
use crate::error::{Error, Fault};
use crate::history::Feed;
use crate::http::{CloudClient, Http};
use crate::listening::Listening;
use crate::outbox::Outbox;
use crate::ports::Ports;
use crate::report::Reports;
use crate::session::{MARKER, Session, SessionFlow};
use crate::sites::Sites;
use crate::stores::{OpenStores, Stores};
use porchlight_protocol::add_device::Claim;
use porchlight_protocol::session::Account;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

/// One signed-in account on this phone. Every list and every flow comes from a profile.
#[derive(Debug)]
pub struct Profile {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) ports: Ports,
    pub(crate) reports: Arc<Reports>,
    pub(crate) session: Arc<Session>,
    pub(crate) cloud: CloudClient,
    pub(crate) stores: Arc<Stores>,
    pub(crate) feed: Feed,
    pub(crate) sites_listening: Listening,
    pub(crate) devices_listening: Listening,
    /// Ends what runs for this profile.
    life: CancellationToken,
}

impl Profile {
    /// Opens a profile, whatever its folder holds, and restores its session if the phone allows it by now.
    pub(crate) async fn open(
        name: &str,
        data_folder: &Path,
        configuration: Arc<Configuration>,
        ports: Ports,
        reports: Arc<Reports>,
    ) -> Result<Self, Fault> {
        let http = Http::new(&configuration, ports.clone())?;
        let stores = Arc::new(Stores::new(name, data_folder, ports.clone(), reports.clone()));
        let life = CancellationToken::new();
        let session = Arc::new(Session::start(
            http.clone(),
            ports.clone(),
            configuration.clone(),
            stores.clone(),
            data_folder.to_owned(),
            life.clone(),
        ));
        let cloud = CloudClient::new(http, session.clone());
        let feed = Feed::start(cloud.clone(), &session, &stores, ports.clone(), life.clone());
        match session.restore().await {
            // The state says so, and waits.
            Ok(()) | Err(Fault::PhoneLocked) => {}
            // A folder that takes not even this: nobody could sign in, nothing could be kept.
            Err(fault @ Fault::Store { file: MARKER, .. }) => return Err(fault),
            // Screens say so when they need it; the app opens.
            Err(fault) => drop(reports.write(&fault)),
        }
        Ok(Self {
            configuration,
            ports,
            reports,
            session,
            cloud,
            stores,
            feed,
            sites_listening: Listening::default(),
            devices_listening: Listening::default(),
            life,
        })
    }

    /// The flow of register, sign in and sign out.
    pub fn session(&self) -> SessionFlow {
        SessionFlow::new(self.session.clone(), self.reports.clone())
    }

    /// The sites.
    pub fn sites(self: &Arc<Self>) -> Sites {
        Sites::new(self.clone())
    }

    /// The devices.
    pub fn devices(self: &Arc<Self>) -> Devices {
        Devices::new(self.clone())
    }

    /// A panic that the facade caught, as what the app should do: the report is written, the app goes on.
    pub fn crashed(&self) -> Error {
        self.reports.tell(Fault::Core("a panic"))
    }

    /// Spawns something that ends with the app: where it is, at its next await.
    pub(crate) fn spawn(&self, deed: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let life = self.life.clone();
        let task = tokio::spawn(async move {
            let _ended = life.run_until_cancelled(deed).await;
        });
        task.abort_handle()
    }

    /// Ends everything that runs for this profile, as if the app were killed.
    pub(crate) fn end(&self) {
        self.life.cancel();
    }

    /// Who is signed in.
    pub(crate) fn account(&self) -> Result<Account, Fault> {
        self.session.account()
    }

    /// The claims of this account as the change feed brings them. Subscribe before the first request of a claim. The
    /// feed is closed in the background and without a connection: read the claim, too, when it is silent.
    pub(crate) fn claims(&self) -> broadcast::Receiver<Claim> {
        self.feed.claims()
    }

    /// The profile's files. `SignedOut` when nobody is signed in, `PhoneLocked` before the unlock.
    pub(crate) fn files(&self) -> Result<OpenStores, Fault> {
        self.account()?;
        self.stores.current()
    }

    /// What this profile still owes the cloud.
    pub(crate) fn outbox(&self) -> Result<Arc<Outbox>, Fault> {
        self.files().map(|open| open.outbox)
    }

    /// What happened, as what the app should do.
    pub(crate) fn told<T>(&self, outcome: Result<T, Fault>) -> Result<T, Error> {
        outcome.map_err(|fault| self.reports.tell(fault))
    }
}
