//! Secrets that the cloud mints: 32 bytes of the operating system's randomness, base64url behind a typed prefix, with
//! a CRC at the end so that secret scanners find a leaked one without guessing. Stored as SHA-256 only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porchlight_protocol::checksum::{CHECKSUM_LENGTH, checksum};
use porchlight_protocol::handoff_link;
use rand::TryRng as _;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// What a secret is for: its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// Bearer token of an app, 10 minutes.
    Access,
    /// Rotating refresh token of an app.
    Refresh,
    /// One-time code of a handoff, 60 seconds.
    Handoff,
    /// Cookie of a browser.
    Portal,
    /// Binds a mailed code to what was registered.
    Registration,
    /// Binds a mailed code to whoever asked for a new password.
    Reset,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Access => "pl_at_",
            Self::Refresh => "pl_rt_",
            Self::Handoff => handoff_link::CODE_PREFIX,
            Self::Portal => "pl_pc_",
            Self::Registration => "pl_rg_",
            Self::Reset => "pl_pr_",
        }
    }
}

/// A new secret.
pub fn mint(kind: SecretKind) -> SecretString {
    let mut bytes = [0_u8; 32];
    fill_random(&mut bytes);
    let body = format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes));
    let crc = checksum(&body);
    SecretString::from(body + &crc)
}

/// What the database keeps of a secret; `None` if the text is not a secret of this kind (a typing error, or a token
/// of another kind), which saves the look-up.
pub fn hash_presented(kind: SecretKind, presented: &SecretString) -> Option<Vec<u8>> {
    // Exposed to be hashed: the hash is what the database knows.
    let text = presented.expose_secret();
    let split = text.len().checked_sub(CHECKSUM_LENGTH)?;
    let (body, crc) = text.is_char_boundary(split).then(|| text.split_at(split))?;
    (body.starts_with(kind.prefix()) && checksum(body) == crc).then(|| sha256(text.as_bytes()))
}

/// What the database keeps of a secret that was just minted.
pub fn hash_minted(secret: &SecretString) -> Vec<u8> {
    // Exposed to be hashed: the hash is what the database knows.
    sha256(secret.expose_secret().as_bytes())
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Fills with the operating system's randomness.
pub fn fill_random(bytes: &mut [u8]) {
    rand::rngs::SysRng
        .try_fill_bytes(bytes)
        .expect("the operating system has randomness, or nothing here is safe");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minted_secret_is_found_by_its_hash_and_only_as_its_kind() {
        let secret = mint(SecretKind::Access);
        assert_eq!(hash_presented(SecretKind::Access, &secret), Some(hash_minted(&secret)));
        assert_eq!(hash_presented(SecretKind::Refresh, &secret), None);
    }

    #[test]
    fn changed_character_is_noticed_without_a_look_up() {
        let text = mint(SecretKind::Refresh).expose_secret().replace('_', "-");
        assert_eq!(hash_presented(SecretKind::Refresh, &SecretString::from(text)), None);
    }

    #[test]
    fn short_or_foreign_text_is_no_secret() {
        for text in ["", "pl_at_", "ä", "pl_at_ä", "ää€"] {
            assert_eq!(hash_presented(SecretKind::Access, &SecretString::from(text)), None, "{text}");
        }
    }
}
