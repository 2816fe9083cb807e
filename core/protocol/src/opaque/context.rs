//! What an exchange is about, as bytes that both sides compute and nobody sends.
//!
//! Layout: the ASCII text `porchlight/claim/1`, then claim, account, site, maker, serial, device key, each as two
//! bytes of length (big endian) and the bytes. Ids are the 16 bytes of the UUID, names their ASCII, the key the 65
//! bytes of the uncompressed point. The lengths keep (`ab`, `c`) and (`a`, `bc`) apart.

use crate::{AccountId, ClaimId, DeviceName, SiteId};

/// The first bytes of every context: what for, and its version.
const CONTEXT_PREFIX: &[u8] = b"porchlight/claim/1";

/// What an exchange is about. It goes into OPAQUE's context (RFC 9807, section 6.4), into the device's signature and
/// into the seal of a first password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimContext {
    /// The claim.
    pub claim: ClaimId,
    /// Who claims.
    pub account: AccountId,
    /// For which site.
    pub site: SiteId,
    /// Which device.
    pub device: DeviceName,
    /// The device's public key: an uncompressed P-256 point, 65 bytes. The phone takes it from the challenge and
    /// compares it with the label's fingerprint; the device knows its own.
    pub device_key: Vec<u8>,
}

impl ClaimContext {
    /// The context as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = CONTEXT_PREFIX.to_vec();
        for part in [
            self.claim.0.as_bytes().as_slice(),
            self.account.0.as_bytes(),
            self.site.0.as_bytes(),
            self.device.maker.as_str().as_bytes(),
            self.device.serial.as_str().as_bytes(),
            &self.device_key,
        ] {
            // Names are at most 32 bytes. A key comes from the network: a longer one than any curve's has its length
            // written wrong, and the exchange fails, as it should.
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// What the device signs (ES256, 64 bytes `r || s`) when it answers a registration: context, request, response.
    /// The phone checks it with the device's key.
    pub fn registration_to_sign(&self, request: &[u8], response: &[u8]) -> Vec<u8> {
        [self.to_bytes().as_slice(), request, response].concat()
    }
}
