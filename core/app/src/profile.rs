//! A profile: one signed-in account on this phone, with its own folder, key, cache and outbox.

use crate::configuration::Configuration;
use crate::devices::Devices;
use crate::error::Fault;
use crate::http::CloudClient;
use crate::outbox::Outbox;
use crate::ports::Ports;
use crate::report::Reports;
use crate::session::{Session, SessionFlow};
use crate::sites::Sites;
use porchlight_protocol::add_device::Claim;
use porchlight_protocol::session::Account;
use std::sync::Arc;
use tokio::sync::broadcast;

/// One signed-in account on this phone. Every list and every flow comes from a profile.
#[derive(Debug)]
pub struct Profile {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) ports: Ports,
    pub(crate) reports: Arc<Reports>,
    pub(crate) session: Arc<Session>,
    pub(crate) cloud: CloudClient,
    pub(crate) claims: broadcast::Sender<Claim>,
}

impl Profile {
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

    /// Who is signed in.
    pub(crate) fn account(&self) -> Result<Account, Fault> {
        self.session.account()
    }

    /// The claims of this account as the change feed brings them. Subscribe before the first request of a claim. The
    /// feed is closed in the background and without a connection: read the claim, too, when it is silent.
    pub(crate) fn claims(&self) -> broadcast::Receiver<Claim> {
        self.claims.subscribe()
    }

    /// What this profile still owes the cloud. `SignedOut` when nobody is signed in, `PhoneLocked` before the unlock.
    pub(crate) fn outbox(&self) -> Result<Arc<Outbox>, Fault> {
        Err(Fault::SignedOut)
    }
}
