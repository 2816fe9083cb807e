//! What survives the app in the secret store: the session's newest refresh token, and a registration that waits.
//!
//! After a reinstall the Keychain still holds the former install's secrets while the folder is new. A marker file in
//! the data folder decides: without it, whatever the secret store and the signer hold is of another install and is
//! removed before anything is read.

use super::tokens::{KeptSession, RefreshToken, Registration};
use super::transition::Found;
use crate::error::Fault;
use crate::ports::{LoadedSecret, PortFault, Ports};
use porchlight_protocol::SessionId;
use porchlight_protocol::session::Account;
use secrecy::{ExposeSecret as _, SecretSlice};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The file that says that this installation has begun.
pub(crate) const MARKER: &str = "installation";

/// The installation's key at the `Signer` port.
pub(super) const INSTALLATION_KEY: &str = "installation";

/// The stored session. Read leniently: a newer version of the app may have written it.
#[derive(Serialize, Deserialize)]
struct SessionRow {
    session: SessionId,
    refresh_token: Zeroizing<String>,
    account: Account,
}

#[derive(Serialize, Deserialize)]
struct RegistrationRow {
    email: String,
    token: Zeroizing<String>,
}

/// The secrets of one profile.
#[derive(Debug)]
pub(super) struct KeptSecrets {
    ports: Ports,
    /// The profile's name: the first part of its secrets' names.
    profile: String,
    marker: PathBuf,
}

impl KeptSecrets {
    pub(super) fn new(ports: Ports, profile: &str, data_folder: PathBuf) -> Self {
        Self { ports, profile: profile.to_owned(), marker: data_folder.join(MARKER) }
    }

    fn name(&self, what: &str) -> String {
        format!("{}.{what}", self.profile)
    }

    /// What this installation kept.
    pub(super) async fn load(&self) -> Result<Found, Fault> {
        match self.remove_leftovers().await {
            Err(Fault::Port { fault: PortFault::Locked, .. }) => return Ok(Found::Locked),
            removed => removed?,
        }
        match self.ports.load_secret(self.name("session")).await {
            LoadedSecret::Locked => return Ok(Found::Locked),
            LoadedSecret::Broken => return Ok(Found::Lost),
            LoadedSecret::Missing => {}
            LoadedSecret::Value(secret) => {
                return Ok(read_session(&secret).map_or(Found::Lost, Found::Session));
            }
        }
        Ok(match self.ports.load_secret(self.name("registration")).await {
            LoadedSecret::Locked => Found::Locked,
            LoadedSecret::Missing | LoadedSecret::Broken => Found::Nothing,
            LoadedSecret::Value(secret) => {
                read_registration(&secret).map_or(Found::Nothing, Found::Registration)
            }
        })
    }

    /// Removes what another install left, once per installation.
    async fn remove_leftovers(&self) -> Result<(), Fault> {
        let marker = self.marker.clone();
        if on_disk(move || marker.try_exists()).await? {
            return Ok(());
        }
        for what in ["session", "registration", "key"] {
            self.ports.remove_secret(self.name(what)).await?;
        }
        for name in crate::access::secrets_of_delegation() {
            self.ports.remove_secret(name).await?;
        }
        self.ports.destroy_key(INSTALLATION_KEY.to_owned()).await?;
        // Last: an app that is killed before this line begins again.
        let marker = self.marker.clone();
        on_disk(move || {
            let file = std::fs::File::create(marker)?;
            file.sync_all()
        })
        .await
    }

    pub(super) async fn keep_session(&self, kept: KeptSession) -> Result<(), Fault> {
        let row = SessionRow {
            session: kept.session,
            refresh_token: Zeroizing::new(kept.refresh.0.expose_secret().to_owned()), // exposed: goes into the secret store
            account: kept.account,
        };
        self.ports.save_secret(self.name("session"), to_secret(&row)).await
    }

    pub(super) async fn forget_session(&self) -> Result<(), Fault> {
        self.ports.remove_secret(self.name("session")).await
    }

    pub(super) async fn keep_registration(&self, registration: Registration) -> Result<(), Fault> {
        let row = RegistrationRow {
            email: registration.email,
            token: Zeroizing::new(registration.token.expose_secret().to_owned()), // exposed: goes into the secret store
        };
        self.ports.save_secret(self.name("registration"), to_secret(&row)).await
    }

    pub(super) async fn forget_registration(&self) -> Result<(), Fault> {
        self.ports.remove_secret(self.name("registration")).await
    }
}

async fn on_disk<T: Send + 'static>(
    deed: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(deed).await.map_err(|_| Fault::Core("the runtime stopped"))?;
    done.map_err(|error| Fault::Store { file: MARKER, fault: crate::store::StoreFault::Io(error.kind()) })
}

fn to_secret(row: &impl Serialize) -> SecretSlice<u8> {
    serde_json::to_vec(row).expect("rows are maps with text keys").into()
}

fn read_session(secret: &SecretSlice<u8>) -> Option<KeptSession> {
    let row: SessionRow = serde_json::from_slice(secret.expose_secret()).ok()?; // exposed: read back into secret types
    Some(KeptSession {
        session: row.session,
        refresh: RefreshToken(row.refresh_token.as_str().into()),
        account: row.account,
    })
}

fn read_registration(secret: &SecretSlice<u8>) -> Option<Registration> {
    let row: RegistrationRow = serde_json::from_slice(secret.expose_secret()).ok()?; // exposed: read back into secret types
    Some(Registration { email: row.email, token: row.token.as_str().into() })
}
