//! Where the phone keeps small secrets: Keychain items, or files wrapped by a key of the Keystore.

use super::PortFault;
use secrecy::SecretSlice;
use std::fmt;

/// What a [`SecretStore`] found under a name.
pub enum LoadedSecret {
    /// The secret.
    Value(SecretSlice<u8>),
    /// Nothing is stored under the name.
    Missing,
    /// The phone was not unlocked since it started. Try again later and delete nothing.
    Locked,
    /// Something is there and can never be read again.
    Broken,
}

/// A place for secrets that survive the app, but neither a reinstall nor another phone.
///
/// iOS: `kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly`. Names are ASCII letters, digits, `.` and `-`.
pub trait SecretStore: Send + Sync + fmt::Debug {
    /// Reads the secret of this name.
    fn load(&self, name: &str) -> LoadedSecret;

    /// Stores a secret in place of the former one, durably before it returns and in one step: after a crash there is
    /// either the former or the new one.
    fn save(&self, name: &str, value: &SecretSlice<u8>) -> Result<(), PortFault>;

    /// Removes a secret for good. `Missing` counts as removed.
    fn remove(&self, name: &str) -> Result<(), PortFault>;
}
