//! The suite, once for phone and device: RFC 9807 with OPAQUE-3DH over ristretto255 and SHA-512 (RFC 9497,
//! section 4.1), and Argon2id as the key stretching function.
//!
//! The phone alone stretches: a device needs scalar multiplications and SHA-512, no memory. Client and server
//! identities are left out, so they are the two public keys (RFC 9807, section 4); [`super::ClaimContext`] names the
//! parties.

use argon2::{Algorithm, Argon2, Params, Version};
use opaque_ke::generic_array::{ArrayLength, GenericArray};
use opaque_ke::ksf::Ksf;

/// Memory of the key stretching, in KiB: 19 MiB, OWASP's first choice, and 25 ms on a phone of today.
pub const STRETCH_MEMORY_KIB: u32 = 19 * 1024;
/// Passes of the key stretching.
pub const STRETCH_PASSES: u32 = 2;
/// Lanes of the key stretching.
pub const STRETCH_LANES: u32 = 1;
/// The salt of the key stretching. It is fixed since what is stretched is the OPRF's output, which is salted by the
/// device's own key already (RFC 9807, section 7: `S = zeroes(16)`).
pub const STRETCH_SALT: [u8; 16] = [0; 16];

/// The suite as opaque-ke names it.
#[derive(Clone, Copy, Debug)]
pub struct Suite;

impl opaque_ke::CipherSuite for Suite {
    type OprfCs = opaque_ke::Ristretto255;
    type KeyExchange = opaque_ke::TripleDh<opaque_ke::Ristretto255, opaque_sha2::Sha512>;
    type Ksf = Stretch;
}

/// Argon2id, version 0x13, with the constants above; as long as its input (64 bytes).
///
/// Own code because opaque-ke's adapter is for argon2 0.5.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stretch;

impl Ksf for Stretch {
    fn hash<L: ArrayLength<u8>>(
        &self,
        input: GenericArray<u8, L>,
    ) -> Result<GenericArray<u8, L>, opaque_ke::errors::InternalError> {
        let fails = |_| opaque_ke::errors::InternalError::KsfError;
        let parameters = Params::new(STRETCH_MEMORY_KIB, STRETCH_PASSES, STRETCH_LANES, Some(L::to_usize()))
            .map_err(fails)?;
        let mut output = GenericArray::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(&input, &STRETCH_SALT, &mut output)
            .map_err(fails)?;
        Ok(output)
    }
}
