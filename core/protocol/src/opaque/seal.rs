//! A first password's record on its way from the phone to the device, past the cloud.
//!
//! Who holds the record can guess the password offline, and who replaces it sets the password. So after a log-in with
//! the claim code it travels under that log-in's session key:
//!
//! 1. key = the first 32 bytes of SHA-512(`porchlight/record/1` || session key);
//! 2. ChaCha20-Poly1305 (RFC 8439, section 2.8), 12 random bytes of nonce, the claim's context as associated data;
//! 3. on the wire: nonce || ciphertext || tag.
//!
//! A session key seals one record, so a random nonce cannot repeat in any way that matters.

use super::{ClaimContext, Malformed, exactly};
use crate::lengths::{NONCE_BYTES, RECORD_BYTES, SEALED_RECORD_BYTES};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce};
use opaque_rand::RngCore;
use opaque_rand::rngs::OsRng;
use opaque_sha2::{Digest, Sha512};
use secrecy::{ExposeSecret, SecretSlice};
use std::fmt;
use zeroize::Zeroize;

/// Keeps this key apart from whatever else a session key may once be used for.
const KEY_PREFIX: &[u8] = b"porchlight/record/1";
/// Length of a session key.
const SESSION_KEY_BYTES: usize = 64;

/// The key that a good log-in gives to both sides, 64 bytes.
#[derive(Clone)]
pub struct SessionKey(pub(super) SecretSlice<u8>);

impl SessionKey {
    /// Seals a registration record ([`RECORD_BYTES`]) for the device: [`SEALED_RECORD_BYTES`].
    pub fn seal_record(&self, record: &[u8], context: &ClaimContext) -> Result<Vec<u8>, Malformed> {
        let mut nonce = [0; NONCE_BYTES];
        OsRng.fill_bytes(&mut nonce);
        let payload = Payload { msg: exactly(record, RECORD_BYTES)?, aad: &context.to_bytes() };
        let sealed = self.cipher().encrypt(Nonce::from_slice(&nonce), payload).map_err(|_| Malformed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Self::seal_record`] made; an error if it was sealed under another key, for another context, or was
    /// changed.
    pub fn open_record(&self, sealed: &[u8], context: &ClaimContext) -> Result<Vec<u8>, Malformed> {
        let (nonce, ciphertext) = exactly(sealed, SEALED_RECORD_BYTES)?.split_at(NONCE_BYTES);
        let payload = Payload { msg: ciphertext, aad: &context.to_bytes() };
        self.cipher().decrypt(Nonce::from_slice(nonce), payload).map_err(|_| Malformed)
    }

    /// The key as bytes, for a side that may be restarted between proof and record.
    pub fn to_secret(&self) -> SecretSlice<u8> {
        self.0.clone()
    }

    /// Takes up a key that [`Self::to_secret`] gave.
    pub fn from_secret(key: &SecretSlice<u8>) -> Result<Self, Malformed> {
        exactly(key.expose_secret(), SESSION_KEY_BYTES)?; // exposed: only its length is looked at
        Ok(Self(key.clone()))
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        // Exposed: the hash that derives the record's key reads it, and keeps nothing.
        let mut hash = Sha512::new().chain_update(KEY_PREFIX).chain_update(self.0.expose_secret()).finalize();
        let cipher = ChaCha20Poly1305::new(Key::from_slice(&hash[..32]));
        hash.as_mut_slice().zeroize();
        cipher
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey")
    }
}
