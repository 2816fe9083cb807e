//! P-256 keys that never leave the phone: Secure Enclave, StrongBox or TEE.

use super::PortFault;
use std::fmt;

/// Signs with keys that cannot be taken out. Names are ASCII letters, digits, `.` and `-`.
pub trait Signer: Send + Sync + fmt::Debug {
    /// Makes a key in place of a former one of this name. Its public half: an uncompressed point, 65 bytes
    /// (SEC 1, section 2.3.3).
    fn create(&self, name: &str) -> Result<Vec<u8>, PortFault>;

    /// The public half of the key of this name, as [`Self::create`] gave it.
    fn public_key(&self, name: &str) -> Result<Vec<u8>, PortFault>;

    /// ES256 over `bytes` (RFC 7518, section 3.4): r and s, 64 bytes. Both platforms sign in DER: the shell unpacks it.
    fn sign(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, PortFault>;

    /// Destroys the key of this name for good. `Missing` counts as destroyed.
    fn destroy(&self, name: &str) -> Result<(), PortFault>;
}
