//! A phone: the real core on a folder of its own, with ports made by hand. Its app can be killed and opened again; its
//! Keychain, its keys and its files stay.

mod access;
pub mod adding;
mod ports;

pub use access::{DelegatedWatch, Links};
pub use adding::AddingWatch;
pub use ports::{FakeClock, FakeConnectivity, FakeSecrets, FakeSigner, FakeVault};

use crate::cloud::{Cloud, Mail, mails_to, newest_mail};
use porchlight_core::ports::Ports;
use porchlight_core::{Configuration, Error, Porchlight, Profile};
use porchlight_protocol::LinkHost;
use porchlight_protocol::session::Language;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tempfile::TempDir;

/// The maker whose app it is.
pub const MAKER: &str = "lumen";

/// A phone with our app.
#[derive(Debug)]
pub struct Phone {
    /// How the app is set up.
    pub configuration: Configuration,
    /// Its Keychain.
    pub secrets: Arc<FakeSecrets>,
    /// Its clocks.
    pub clock: Arc<FakeClock>,
    /// Its radio.
    pub connectivity: Arc<FakeConnectivity>,
    /// What passes between its apps.
    pub vault: Arc<FakeVault>,
    signer: Arc<FakeSigner>,
    app: Option<Porchlight>,
    folder: TempDir,
}

impl Phone {
    /// A new phone with the app open, for this cloud.
    pub async fn new(cloud: &Cloud) -> Self {
        Self::for_address(cloud.http(), cloud.settings.link_host.clone()).await
    }

    /// A new phone with the app open, for the cloud at this address.
    pub async fn for_address(http: SocketAddr, link_host: LinkHost) -> Self {
        let configuration = Configuration {
            cloud: format!("http://{http}").parse().expect("an address"),
            link_host,
            client_name: "customer-test".into(),
            client_version: "1.0.0".into(),
            maker: MAKER.parse().expect("a maker"),
            extra_roots: Vec::new(),
        };
        let mut phone = Self {
            configuration,
            secrets: Arc::default(),
            clock: Arc::default(),
            connectivity: Arc::default(),
            vault: Arc::default(),
            signer: Arc::default(),
            app: None,
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        phone.open().await.expect("a new phone opens its app");
        phone
    }

    /// Another app of ours on the same phone: its own folder, Keychain and keys; the clock, the radio and the vault are
    /// the phone's.
    pub async fn second_app(&self, client_name: &str) -> Self {
        let mut configuration = self.configuration.clone();
        configuration.client_name = client_name.to_owned();
        let mut app = Self {
            configuration,
            secrets: Arc::default(),
            clock: self.clock.clone(),
            connectivity: self.connectivity.clone(),
            vault: self.vault.clone(),
            signer: Arc::default(),
            app: None,
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        app.open().await.expect("a new app opens");
        app
    }

    /// A new phone that is signed in to Kim Lee's fresh account with this address.
    pub async fn with_account(cloud: &Cloud, email: &str) -> Self {
        Self::with_account_of(cloud, email, ["Kim", "Lee"]).await
    }

    /// The same for somebody of this given name and family name.
    pub async fn with_account_of(cloud: &Cloud, email: &str, names: [&str; 2]) -> Self {
        let phone = Self::new(cloud).await;
        phone.register_by(email, names, || cloud.mails()).await;
        phone.sign_in(email).await.expect("the account is there");
        phone
    }

    /// Opens the app (again).
    pub async fn open(&mut self) -> Result<(), Error> {
        self.kill();
        let app =
            Porchlight::open(self.configuration.clone(), self.folder().to_owned(), self.ports()).await?;
        self.app = Some(app);
        Ok(())
    }

    /// The app is gone without a word, as when the system takes its memory.
    pub fn kill(&mut self) {
        self.app = None;
    }

    /// The open core.
    pub fn app(&self) -> &Porchlight {
        self.app.as_ref().expect("the app is open")
    }

    /// The person's own profile.
    pub fn profile(&self) -> Arc<Profile> {
        self.app().profile()
    }

    /// Where the app keeps its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether there is a signal; the app is told.
    pub fn set_signal(&self, online: bool) {
        self.connectivity.online.store(online, Ordering::SeqCst);
        self.app().network_changed();
    }

    /// Registers the address and verifies it with the mailed code.
    pub async fn register(&self, cloud: &Cloud, email: &str) {
        self.register_by(email, ["Kim", "Lee"], || cloud.mails()).await;
    }

    /// Registers the address and verifies it with the code in the newest of `mails`.
    pub async fn register_by(&self, email: &str, names: [&str; 2], mails: impl Fn() -> Vec<Mail>) {
        let seen = mails_to(email, &mails).len();
        let session = self.profile().session();
        let password = crate::api::PASSWORD.to_owned().into();
        session.register(email, password, names[0], names[1], Language::English).await.expect("it registers");
        let code = newest_mail(email, seen, &mails).await.code();
        session.verify(code.into()).await.expect("the mailed code is good");
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str) -> Result<(), Error> {
        self.profile().session().sign_in(email, crate::api::PASSWORD.to_owned().into()).await
    }

    fn ports(&self) -> Ports {
        Ports {
            secrets: self.secrets.clone(),
            clock: self.clock.clone(),
            connectivity: self.connectivity.clone(),
            signer: self.signer.clone(),
            vault: self.vault.clone(),
        }
    }
}
