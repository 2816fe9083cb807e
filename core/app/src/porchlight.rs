//! The core as an app opens it: once, with its configuration, a folder and the phone's ports.

use crate::configuration::Configuration;
use crate::error::Error;
use crate::http::{CloudClient, Http};
use crate::ports::Ports;
use crate::profile::Profile;
use crate::report::Reports;
use crate::session::Session;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// The open core.
#[derive(Clone, Debug)]
pub struct Porchlight {
    own: Arc<Profile>,
    reports: Arc<Reports>,
}

impl Porchlight {
    /// Opens the core on a folder of its own (made if it is not there) and restores the session that it held.
    pub async fn open(
        configuration: Configuration,
        data_folder: PathBuf,
        ports: Ports,
    ) -> Result<Self, Error> {
        let reports = Arc::new(Reports::open(&data_folder));
        configuration.check().map_err(|fault| reports.tell(fault))?;
        let configuration = Arc::new(configuration);
        let http = Http::new(&configuration, ports.clone()).map_err(|fault| reports.tell(fault))?;
        let session = Arc::new(Session {});
        let own = Arc::new(Profile {
            configuration,
            ports,
            reports: reports.clone(),
            cloud: CloudClient::new(http, session.clone()),
            session,
            claims: broadcast::Sender::new(256),
        });
        Ok(Self { own, reports })
    }

    /// The person's own profile.
    pub fn profile(&self) -> Arc<Profile> {
        self.own.clone()
    }

    /// Works without a screen, for the platform's job scheduler: sends what the outbox holds, for at most `deadline`.
    /// When to call again: milliseconds UTC by the phone's clock; none if nothing waits.
    pub async fn work(&self, deadline: Duration) -> Result<Option<i64>, Error> {
        let until = tokio::time::Instant::now() + deadline;
        crate::outbox::drain(&self.own, until).await.map_err(|fault| self.reports.tell(fault))
    }

    /// The app left the screen: streams close, files are checkpointed.
    pub async fn entered_background(&self) {}

    /// The app is on the screen (again): streams open, a locked session is tried again.
    pub async fn entered_foreground(&self) {}

    /// The phone's network is another: what waited for a connection tries again at once.
    pub fn network_changed(&self) {}

    /// The log of what nobody could do anything about, for support. Holds no personal data and no secrets.
    pub fn diagnostics(&self) -> String {
        self.reports.export()
    }
}
