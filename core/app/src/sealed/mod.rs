//! Rows as they lie on the phone: sealed, so that a stolen file says nothing and a changed row is noticed.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce for each row:
//! `version (1 byte) || nonce (24) || ciphertext || tag (16)`. Table and id are authenticated with it, so that a row
//! opens in its own place only. Limits: it hides neither how many rows there are nor how long they are, and an old
//! row in its old place opens: `cache` guards against that by a digest over all rows.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretBox, SecretSlice};
use std::fmt;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

/// The key of a profile's files.
pub(crate) struct SealKey(SecretBox<[u8; KEY_BYTES]>);

/// The row is not what was stored under this key, in this table, with this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed row does not open")]
pub(crate) struct SealBroken;

impl SealKey {
    /// A new key.
    pub(crate) fn generate() -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| rand::fill(key)))
    }

    /// A key that was kept, if it is one.
    pub(crate) fn from_secret(secret: &SecretSlice<u8>) -> Option<Self> {
        let bytes = secret.expose_secret(); // exposed: copied into the key's own secret box
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        (bytes.len() == KEY_BYTES).then(|| {
            key.copy_from_slice(bytes);
            Self(SecretBox::init_with_mut(|own: &mut [u8; KEY_BYTES]| own.copy_from_slice(&*key)))
        })
    }

    /// To keep it in the secret store.
    pub(crate) fn to_secret(&self) -> SecretSlice<u8> {
        self.0.expose_secret().to_vec().into() // exposed: goes into the secret store, wrapped again at once
    }

    /// Seals a row for its place.
    pub(crate) fn seal(&self, table: &str, id: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let place = place(table, id);
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &place })
            .expect("a row is far shorter than the cipher's limit of 256 GiB");
        [&[VERSION], nonce.as_slice(), &sealed].concat()
    }

    /// Opens a row in its place.
    pub(crate) fn open(
        &self,
        table: &str,
        id: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (version, rest) = sealed.split_first().ok_or(SealBroken)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(SealBroken)?;
        if *version != VERSION {
            return Err(SealBroken);
        }
        let place = place(table, id);
        let opened = self.cipher().decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &place });
        opened.map(Zeroizing::new).map_err(|_| SealBroken)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into()) // exposed: the cipher is what the key is for
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

/// What is authenticated besides the row: the version, the table (it holds no zero byte) and the id.
fn place(table: &str, id: &[u8]) -> Vec<u8> {
    [&[VERSION], table.as_bytes(), &[0], id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn row_opens_in_its_place_under_its_key_only(plain: Vec<u8>, id: Vec<u8>, at: usize, bit in 0..8u8) {
            let key = SealKey::generate();
            let mut sealed = key.seal("device", &id, &plain);
            prop_assert_eq!(&*key.open("device", &id, &sealed).unwrap(), &plain);
            prop_assert!(key.open("site", &id, &sealed).is_err());
            prop_assert!(key.open("device", &[&id[..], b"x"].concat(), &sealed).is_err());
            prop_assert!(SealKey::generate().open("device", &id, &sealed).is_err());
            prop_assert!(key.open("device", &id, &sealed[..sealed.len() - 1]).is_err());
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert!(key.open("device", &id, &sealed).is_err());
        }
    }

    #[test]
    fn kept_key_opens_what_it_sealed() {
        let key = SealKey::generate();
        let kept = SealKey::from_secret(&key.to_secret()).unwrap();
        assert_eq!(&**kept.open("t", b"1", &key.seal("t", b"1", b"row")).unwrap(), b"row");
        assert!(SealKey::from_secret(&vec![0; 31].into()).is_none());
        assert!(key.open("t", b"1", b"").is_err());
    }
}
