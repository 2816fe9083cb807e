//! What a phone supplies, as traits that Kotlin and Swift implement.
//!
//! The core calls them on its own threads, several at once, never under a lock; they may block and may call the core.
//! They are synchronous (settled.md: an async foreign trait crashes a Swift compiler). Whatever else they throw counts
//! as `Broken`.

use secrecy::{ExposeSecret as _, SecretSlice};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use porchlight_core::ports::{self, LoadedSecret, PortFault};

/// Why a port did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PortError {
    /// There is no such secret or key.
    #[error("missing")]
    Missing,
    /// The phone was not unlocked since it started: the core tries again later and deletes nothing.
    #[error("locked")]
    Locked,
    /// It does not work, and will not by trying again.
    #[error("broken")]
    Broken,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PortError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Broken
    }
}

impl From<PortError> for PortFault {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Missing => Self::Missing,
            PortError::Locked => Self::Locked,
            PortError::Broken => Self::Broken,
        }
    }
}

/// A place for secrets that survive the app, but neither a reinstall nor another phone. Names are ASCII letters,
/// digits, `.` and `-`.
///
/// Android: files wrapped by a Keystore key. iOS: `kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly`.
#[uniffi::export(foreign)]
pub trait SecretStore: Send + Sync {
    /// Reads the secret of this name. `Missing`, `Locked` and `Broken` are three different things: after `Missing` the
    /// core begins anew, after `Locked` it waits.
    fn load(&self, name: String) -> Result<Vec<u8>, PortError>;

    /// Stores a secret in place of the former one, durably before it returns and in one step: after a crash there is
    /// either the former or the new one.
    fn save(&self, name: String, value: Vec<u8>) -> Result<(), PortError>;

    /// Removes a secret for good. `Missing` counts as removed.
    fn remove(&self, name: String) -> Result<(), PortError>;
}

/// The phone's clocks.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// The time of day as the phone believes. A person can set it: nothing is decided by it alone.
    fn wall_time(&self) -> SystemTime;

    /// Time since the phone started, **including sleep** (`elapsedRealtime`, `mach_continuous_time`). Never runs back.
    fn elapsed(&self) -> Duration;

    /// Another text after each start of the phone: [`Clock::elapsed`] compares only under the same one.
    fn boot_id(&self) -> String;
}

/// The phone's view of its network. Tell the core of changes by [`crate::Porchlight::network_changed`].
#[uniffi::export(foreign)]
pub trait Connectivity: Send + Sync {
    /// Whether the phone believes that it can reach anything. When in doubt: true.
    fn is_online(&self) -> bool;
}

/// P-256 keys that never leave the phone: Secure Enclave, StrongBox or TEE. Names as those of secrets.
#[uniffi::export(foreign)]
pub trait Signer: Send + Sync {
    /// Makes a key in place of a former one of this name. Its public half: an uncompressed point, 65 bytes
    /// (SEC 1, section 2.3.3).
    fn create(&self, name: String) -> Result<Vec<u8>, PortError>;

    /// The public half of the key of this name, as [`Signer::create`] gave it.
    fn public_key(&self, name: String) -> Result<Vec<u8>, PortError>;

    /// ES256 over `bytes` (RFC 7518, section 3.4): r and s, 64 bytes. Both platforms sign in DER: unpack it.
    fn sign(&self, name: String, bytes: Vec<u8>) -> Result<Vec<u8>, PortError>;

    /// Removes the key of this name for good. `Missing` counts as removed.
    fn remove(&self, name: String) -> Result<(), PortError>;
}

/// A place for one entry that only our apps on the same phone reach. What is in it is opaque, at most 8 KiB, and of use
/// for a minute.
///
/// Android: a provider behind a `signature` permission (`knownSigner` from API 31). iOS: an item of the shared keychain
/// access group, this device only.
#[uniffi::export(foreign)]
pub trait HandoffVault: Send + Sync {
    /// Leaves an entry in place of a former one.
    fn put(&self, entry: Vec<u8>) -> Result<(), PortError>;

    /// Takes the entry out: whoever reads it deletes it, in one step. Nothing, or `Missing`, if there is none.
    fn take(&self) -> Result<Option<Vec<u8>>, PortError>;
}

/// A foreign port as the core knows it.
struct Port<P: ?Sized>(Arc<P>);

impl<P: ?Sized> fmt::Debug for Port<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Port")
    }
}

/// All ports of the phone, for the core.
pub(crate) fn ports_of(
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    connectivity: Arc<dyn Connectivity>,
    signer: Arc<dyn Signer>,
    vault: Arc<dyn HandoffVault>,
) -> ports::Ports {
    ports::Ports {
        secrets: Arc::new(Port(secrets)),
        clock: Arc::new(Port(clock)),
        connectivity: Arc::new(Port(connectivity)),
        signer: Arc::new(Port(signer)),
        vault: Arc::new(Port(vault)),
    }
}

impl ports::SecretStore for Port<dyn SecretStore> {
    fn load(&self, name: &str) -> LoadedSecret {
        match self.0.load(name.to_owned()) {
            Ok(value) => LoadedSecret::Value(value.into()),
            Err(PortError::Missing) => LoadedSecret::Missing,
            Err(PortError::Locked) => LoadedSecret::Locked,
            Err(PortError::Broken) => LoadedSecret::Broken,
        }
    }

    fn save(&self, name: &str, value: &SecretSlice<u8>) -> Result<(), PortFault> {
        // Exposed: the platform's store keeps it, that is what it is for.
        Ok(self.0.save(name.to_owned(), value.expose_secret().to_vec())?)
    }

    fn remove(&self, name: &str) -> Result<(), PortFault> {
        Ok(self.0.remove(name.to_owned())?)
    }
}

impl ports::HandoffVault for Port<dyn HandoffVault> {
    fn put(&self, entry: &SecretSlice<u8>) -> Result<(), PortFault> {
        // Exposed: it passes to the other app, that is what it is for.
        Ok(self.0.put(entry.expose_secret().to_vec())?)
    }

    fn take(&self) -> Result<Option<SecretSlice<u8>>, PortFault> {
        Ok(self.0.take()?.map(Into::into))
    }
}

impl ports::Clock for Port<dyn Clock> {
    fn wall_time(&self) -> i64 {
        let since = self.0.wall_time().duration_since(SystemTime::UNIX_EPOCH);
        // Before 1970 the phone has no clock worth the name.
        i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn boot_id(&self) -> String {
        self.0.boot_id()
    }
}

impl ports::Connectivity for Port<dyn Connectivity> {
    fn is_online(&self) -> bool {
        self.0.is_online()
    }
}

impl ports::Signer for Port<dyn Signer> {
    fn create(&self, name: &str) -> Result<Vec<u8>, PortFault> {
        Ok(self.0.create(name.to_owned())?)
    }

    fn public_key(&self, name: &str) -> Result<Vec<u8>, PortFault> {
        Ok(self.0.public_key(name.to_owned())?)
    }

    fn sign(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, PortFault> {
        Ok(self.0.sign(name.to_owned(), bytes.to_vec())?)
    }

    fn destroy(&self, name: &str) -> Result<(), PortFault> {
        Ok(self.0.remove(name.to_owned())?)
    }
}
