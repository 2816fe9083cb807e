//! What a phone must supply: the traits between the core and Keychain, Keystore, clock and network.
//!
//! Shells implement them in Kotlin and Swift (through the bindings), tests by hand. They may block: the core calls
//! them on blocking threads only, and never while it holds a lock, so that a port may call back into the core.

mod clock;
mod connectivity;
mod handoff_vault;
mod secret_store;
mod signer;

pub use clock::Clock;
pub use connectivity::Connectivity;
pub use handoff_vault::HandoffVault;
pub use secret_store::{LoadedSecret, SecretStore};
pub use signer::Signer;

use crate::error::Fault;
use secrecy::SecretSlice;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a port did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortFault {
    /// There is no such secret or key.
    #[error("missing")]
    Missing,
    /// The phone was not unlocked since it started: try again later, delete nothing.
    #[error("locked")]
    Locked,
    /// It does not work, and will not by trying again.
    #[error("broken")]
    Broken,
}

/// All ports of one phone. Prints its name only: what a port prints is not ours to decide.
#[derive(Clone)]
pub struct Ports {
    /// Keychain or Keystore.
    pub secrets: Arc<dyn SecretStore>,
    /// The phone's clocks.
    pub clock: Arc<dyn Clock>,
    /// Whether there is a network.
    pub connectivity: Arc<dyn Connectivity>,
    /// Keys that never leave the phone.
    pub signer: Arc<dyn Signer>,
    /// What passes between our two apps.
    pub vault: Arc<dyn HandoffVault>,
}

/// A moment that nobody can set: how long the phone has been on, and since which start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    elapsed: Duration,
    boot_id: String,
}

impl Moment {
    /// How long ago `earlier` was; none if the phone was started anew meanwhile, or its clock ran back.
    pub(crate) fn since(&self, earlier: &Self) -> Option<Duration> {
        if self.boot_id == earlier.boot_id { self.elapsed.checked_sub(earlier.elapsed) } else { None }
    }
}

impl Ports {
    /// Calls a port on a blocking thread. A port that panics is broken.
    async fn call<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, PortFault> {
        let ports = self.clone();
        tokio::task::spawn_blocking(move || deed(&ports)).await.map_err(|_| PortFault::Broken)
    }

    pub(crate) async fn load_secret(&self, name: String) -> LoadedSecret {
        self.call(move |ports| ports.secrets.load(&name)).await.unwrap_or(LoadedSecret::Broken)
    }

    pub(crate) async fn save_secret(&self, name: String, value: SecretSlice<u8>) -> Result<(), Fault> {
        let saved = self.call(move |ports| ports.secrets.save(&name, &value)).await;
        saved.flatten().map_err(|fault| Fault::Port { port: "secret store", fault })
    }

    /// Removes a secret; one that is not there is removed already.
    pub(crate) async fn remove_secret(&self, name: String) -> Result<(), Fault> {
        match self.call(move |ports| ports.secrets.remove(&name)).await.flatten() {
            Ok(()) | Err(PortFault::Missing) => Ok(()),
            Err(fault) => Err(Fault::Port { port: "secret store", fault }),
        }
    }

    /// Milliseconds since 1970 UTC, as the phone believes; 0 if it does not say.
    pub(crate) async fn wall_time(&self) -> i64 {
        self.call(|ports| ports.clock.wall_time()).await.unwrap_or(0)
    }

    /// Now, by the clock that nobody can set; none if the port does not say.
    pub(crate) async fn moment(&self) -> Option<Moment> {
        let said =
            self.call(|ports| Moment { elapsed: ports.clock.elapsed(), boot_id: ports.clock.boot_id() });
        said.await.ok()
    }

    /// Leaves an entry for the other app.
    pub(crate) async fn put_into_vault(&self, entry: SecretSlice<u8>) -> Result<(), Fault> {
        let put = self.call(move |ports| ports.vault.put(&entry)).await;
        put.flatten().map_err(|fault| Fault::Port { port: "handoff vault", fault })
    }

    /// Takes what the other app left.
    pub(crate) async fn take_from_vault(&self) -> Result<Option<SecretSlice<u8>>, Fault> {
        match self.call(|ports| ports.vault.take()).await.flatten() {
            Err(PortFault::Missing) => Ok(None),
            taken => taken.map_err(|fault| Fault::Port { port: "handoff vault", fault }),
        }
    }

    pub(crate) async fn is_online(&self) -> bool {
        self.call(|ports| ports.connectivity.is_online()).await.unwrap_or(true)
    }

    /// The key's public half; the key is made if there is none.
    pub(crate) async fn public_key(&self, name: String) -> Result<Vec<u8>, Fault> {
        let found = self.call(move |ports| match ports.signer.public_key(&name) {
            Err(PortFault::Missing) => ports.signer.create(&name),
            found => found,
        });
        let key = found.await.flatten().map_err(|fault| Fault::Port { port: "signer", fault })?;
        // SEC 1, section 2.3.3: an uncompressed P-256 point.
        match key.as_slice() {
            [0x04, rest @ ..] if rest.len() == 64 => Ok(key),
            _ => Err(Fault::Port { port: "signer", fault: PortFault::Broken }),
        }
    }

    /// ES256 over `bytes`: r and s, 64 bytes.
    pub(crate) async fn sign(&self, name: String, bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let signed = self.call(move |ports| ports.signer.sign(&name, &bytes)).await.flatten();
        let signature = signed.map_err(|fault| Fault::Port { port: "signer", fault })?;
        match signature.len() {
            64 => Ok(signature),
            _ => Err(Fault::Port { port: "signer", fault: PortFault::Broken }),
        }
    }

    pub(crate) async fn destroy_key(&self, name: String) -> Result<(), Fault> {
        match self.call(move |ports| ports.signer.destroy(&name)).await.flatten() {
            Ok(()) | Err(PortFault::Missing) => Ok(()),
            Err(fault) => Err(Fault::Port { port: "signer", fault }),
        }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports")
    }
}

impl fmt::Debug for LoadedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "Value",
            Self::Missing => "Missing",
            Self::Locked => "Locked",
            Self::Broken => "Broken",
        })
    }
}
