//! A profile: one signed-in account on this phone, with its own folder, key, cache and outbox.

use crate::access::{AccessListening, Delegated, Grants, Lease, Requests};
use crate::cache::Part;
use crate::configuration::Configuration;
use crate::customers::{Customers, Offers};
use crate::devices::Devices;
use crate::error::{Error, Fault, NotAllowedReason};
use crate::history::{Feed, History};
use crate::http::{CloudClient, Http};
use crate::listening::Listening;
use crate::outbox::Outbox;
use crate::people::Memberships;
use crate::ports::Ports;
use crate::report::Reports;
use crate::session::{MARKER, Session, SessionFlow};
use crate::sites::Sites;
use crate::stores::{OpenStores, Stores};
use crate::window::{Connection, Window, check_count};
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
    pub(crate) access_listening: AccessListening,
    /// Of a delegated profile: how long its lists may be read.
    pub(crate) lease: Option<Arc<Lease>>,
    /// Of the person's own profile: where this phone acts for a customer.
    delegated: Option<Arc<Delegated>>,
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
        lease: Option<Arc<Lease>>,
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
        let cloud = CloudClient::new(http, session.clone(), lease.clone());
        let feed = Feed::start(cloud.clone(), &session, &stores, ports.clone(), lease.clone(), life.clone());
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
            access_listening: AccessListening::default(),
            lease,
            delegated: None,
            life,
        })
    }

    /// The person's own profile, beside the place where this phone acts for a customer.
    pub(crate) fn beside(self, delegated: Arc<Delegated>) -> Self {
        Self { delegated: Some(delegated), ..self }
    }

    /// The flow of register, sign in and sign out.
    pub fn session(&self) -> SessionFlow {
        SessionFlow::new(self.session.clone(), self.delegated.clone(), self.reports.clone())
    }

    /// The sites.
    pub fn sites(self: &Arc<Self>) -> Sites {
        Sites::new(self.clone())
    }

    /// The devices.
    pub fn devices(self: &Arc<Self>) -> Devices {
        Devices::new(self.clone())
    }

    /// A partner's customers.
    pub fn customers(self: &Arc<Self>) -> Customers {
        Customers::new(self.clone())
    }

    /// Partners that ask whether the account is their customer.
    pub fn offers(self: &Arc<Self>) -> Offers {
        Offers::new(self.clone())
    }

    /// The organizations that the account belongs to.
    pub fn memberships(self: &Arc<Self>) -> Memberships {
        Memberships::new(self.clone())
    }

    /// Requests for access.
    pub fn requests(self: &Arc<Self>) -> Requests {
        Requests::new(self.clone())
    }

    /// Who may act for whom.
    pub fn grants(self: &Arc<Self>) -> Grants {
        Grants::new(self.clone())
    }

    /// Who did what.
    pub fn history(self: &Arc<Self>) -> History {
        History::new(self.clone())
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

    /// The profile's files, for a list that is shown. `AccessLocked` when a customer's lists are closed.
    pub(crate) async fn readable(&self) -> Result<OpenStores, Fault> {
        let open = self.files()?;
        match &self.lease {
            Some(lease) if !lease.holds().await => Err(Fault::AccessLocked),
            _ => Ok(open),
        }
    }

    /// A window of a list of the cache.
    pub(crate) async fn window<T>(
        &self,
        offset: u32,
        count: u32,
        read: impl FnOnce(&OpenStores) -> Part<T>,
    ) -> Result<Window<T>, Fault> {
        check_count(count)?;
        let part = read(&self.readable().await?);
        // What comes here as it changes is as old as this moment.
        let as_of = match part.connection {
            Connection::Live => Some(self.ports.wall_time().await),
            Connection::Connecting | Connection::Unreachable => part.as_of,
        };
        Ok(Window { offset, items: part.items, total: part.total, as_of, connection: part.connection })
    }

    /// What this profile still owes the cloud.
    pub(crate) fn outbox(&self) -> Result<Arc<Outbox>, Fault> {
        self.files().map(|open| open.outbox)
    }

    /// What happened, as what the app should do.
    pub(crate) fn told<T>(&self, outcome: Result<T, Fault>) -> Result<T, Error> {
        outcome.map_err(|fault| match self.reports.tell(fault) {
            // Nobody can sign in here.
            Error::SignInRequired if self.lease.is_some() => {
                Error::NotAllowed { reason: NotAllowedReason::AccessEnded }
            }
            error => error,
        })
    }
}
