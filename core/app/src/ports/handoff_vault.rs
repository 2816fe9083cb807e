//! What passes between our two apps on one phone, and where nobody else can read it.

use super::PortFault;
use secrecy::SecretSlice;
use std::fmt;

/// A place for one entry that only apps of the same signer on the same phone reach.
///
/// Android: a provider behind a `signature` permission; iOS: an item of a shared keychain access group, this device
/// only. The entry is opaque, at most 8 KiB, and lives for a minute; it survives neither a reinstall nor another phone.
pub trait HandoffVault: Send + Sync + fmt::Debug {
    /// Leaves an entry in place of a former one.
    fn put(&self, entry: &SecretSlice<u8>) -> Result<(), PortFault>;

    /// Takes the entry out: whoever reads it deletes it, in one step. None if there is none.
    fn take(&self) -> Result<Option<SecretSlice<u8>>, PortFault>;
}
