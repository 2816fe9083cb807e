//! The server's own key: 32 bytes in a file that only the server reads.
//!
//! Every use has a key of its own, derived by HMAC-SHA-256 over the use's name ([`Use`]), so that a value made for one
//! purpose is worth nothing for another. Sealing is XChaCha20-Poly1305 with a random nonce in front.

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;

/// What a derived key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// MAC of mailed codes.
    MailedCode,
    /// MAC of DPoP nonces.
    DpopNonce,
    /// MAC of what attempts are counted by, so that the table holds no addresses.
    AttemptIdentifier,
    /// Seals what a mail will say.
    MailDetail,
}

impl Use {
    fn name(self) -> &'static [u8] {
        match self {
            Self::MailedCode => b"porchlight/mailed-code/1",
            Self::DpopNonce => b"porchlight/dpop-nonce/1",
            Self::AttemptIdentifier => b"porchlight/attempt-identifier/1",
            Self::MailDetail => b"porchlight/mail-detail/1",
        }
    }
}

/// The key; cheap to clone.
#[derive(Clone, Debug)]
pub struct ServerKey(Arc<SecretSlice<u8>>);

impl ServerKey {
    /// Reads the key file, or makes it (mode 0600) when there is none.
    pub fn open(path: &Path) -> io::Result<Self> {
        match File::open(path) {
            Ok(file) => Self::read(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match Self::make(path) {
                // Another process of the same service was first.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::read(File::open(path)?),
                made => made,
            },
            Err(error) => Err(error),
        }
    }

    fn read(mut file: File) -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_LENGTH + 1]);
        let mut length = 0;
        while length < bytes.len() {
            match file.read(&mut bytes[length..])? {
                0 => break,
                read => length += read,
            }
        }
        if length != KEY_LENGTH {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the key file must hold exactly 32 bytes",
            ));
        }
        Ok(Self::from_bytes(&bytes[..KEY_LENGTH]))
    }

    fn make(path: &Path) -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_LENGTH]);
        crate::secret::fill_random(bytes.as_mut_slice());
        // Written beside and then linked: a crash leaves no half key, and two processes agree on one.
        let draft = path.with_extension(format!("{}.draft", uuid::Uuid::new_v4().simple()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let linked = file
            .write_all(bytes.as_slice())
            .and_then(|()| file.sync_all())
            .and_then(|()| std::fs::hard_link(&draft, path));
        std::fs::remove_file(&draft)?;
        linked?;
        Ok(Self::from_bytes(bytes.as_slice()))
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Arc::new(SecretSlice::from(bytes.to_vec())))
    }

    /// HMAC-SHA-256 of the parts under the key of this use. Parts are told apart by their lengths.
    pub fn mac(&self, purpose: Use, parts: &[&[u8]]) -> Vec<u8> {
        let mut mac = hmac(self.derive(purpose).as_slice());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }

    /// Seals under the key of this use.
    pub fn seal(&self, purpose: Use, plain: &[u8]) -> Vec<u8> {
        seal(self.derive(purpose).as_slice(), plain)
    }

    /// Opens what [`Self::seal`] made; `None` if it was made under another key or changed.
    pub fn open_sealed(&self, purpose: Use, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_sealed(self.derive(purpose).as_slice(), sealed)
    }

    fn derive(&self, purpose: Use) -> Zeroizing<Vec<u8>> {
        // Exposed to derive from: only derived keys are ever used.
        derive(self.0.expose_secret(), purpose.name())
    }
}

/// A key for one purpose from a secret of at least 32 bytes of entropy (HMAC as a PRF: RFC 5869, section 2.3).
pub fn derive(secret: &[u8], purpose: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut mac = hmac(secret);
    mac.update(purpose);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

/// XChaCha20-Poly1305 under a key of 32 bytes: nonce, then ciphertext.
pub fn seal(key: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut sealed = vec![0_u8; NONCE_LENGTH];
    crate::secret::fill_random(&mut sealed);
    let body = cipher(key)
        .encrypt(XNonce::from_slice(&sealed), plain)
        .expect("only a text of 256 GiB cannot be encrypted");
    sealed.extend(body);
    sealed
}

/// Opens what [`seal`] made.
pub fn open_sealed(key: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LENGTH)?;
    cipher(key).decrypt(XNonce::from_slice(nonce), body).ok().map(Zeroizing::new)
}

fn cipher(key: &[u8]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new_from_slice(key).expect("derived keys have 32 bytes")
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn key_file_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.key");
        let first = ServerKey::open(&path).unwrap();
        let again = ServerKey::open(&path).unwrap();
        assert_eq!(first.mac(Use::DpopNonce, &[b"x"]), again.mac(Use::DpopNonce, &[b"x"]));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays behind");
    }

    #[test]
    fn key_file_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for length in [0, 31, 33] {
            let path = folder.path().join(format!("{length}.key"));
            std::fs::write(&path, vec![7; length]).unwrap();
            assert_eq!(ServerKey::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn uses_are_strangers_to_each_other() {
        let key = ServerKey::from_bytes(&[7; 32]);
        assert_ne!(key.mac(Use::DpopNonce, &[b"x"]), key.mac(Use::MailedCode, &[b"x"]));
        assert_ne!(key.mac(Use::DpopNonce, &[b"ab", b"c"]), key.mac(Use::DpopNonce, &[b"a", b"bc"]));
        let sealed = key.seal(Use::MailDetail, b"12345678");
        assert_eq!(key.open_sealed(Use::MailDetail, &sealed).unwrap().as_slice(), b"12345678");
        assert!(key.open_sealed(Use::MailedCode, &sealed).is_none());
    }

    #[test]
    fn changed_or_short_text_does_not_open() {
        let key = ServerKey::from_bytes(&[7; 32]);
        let mut sealed = key.seal(Use::MailDetail, b"12345678");
        assert!(key.open_sealed(Use::MailDetail, &sealed[..10]).is_none());
        sealed[30] ^= 1;
        assert!(key.open_sealed(Use::MailDetail, &sealed).is_none());
    }
}
