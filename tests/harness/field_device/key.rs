//! The device's own key: made at the factory, never leaves the device. It signs the token that the device connects
//! with, and what it answers to a registration.

use porchlight_protocol::device::{DeviceToken, MAX_TOKEN_SECONDS};
use porchlight_protocol::{Base64Url, DeviceName};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// An ES256 key pair (P-256, SHA-256).
#[derive(Clone)]
pub struct DeviceKey(Arc<EcdsaKeyPair>);

impl DeviceKey {
    /// A new key.
    pub fn generate() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .expect("the system has random");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
            .expect("ring reads what ring wrote");
        Self(Arc::new(pair))
    }

    /// The public key: an uncompressed point, 65 bytes.
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// What the label carries of it: the first 80 bits of its SHA-256.
    pub fn fingerprint(&self) -> [u8; 10] {
        let hash = Sha256::digest(self.public());
        std::array::from_fn(|at| hash[at])
    }

    /// ES256: 64 bytes, `r || s`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(&SystemRandom::new(), message).expect("the system has random").as_ref().to_vec()
    }

    /// The MQTT password for one connection (RFC 7515, section 3.1: compact serialization).
    pub fn token(&self, device: &DeviceName, audience: &str, now_ms: i64) -> String {
        let issued = now_ms / 1000;
        let claims = DeviceToken {
            sub: device.to_string(),
            aud: audience.to_owned(),
            iat: issued,
            exp: issued + MAX_TOKEN_SECONDS / 2,
            jti: uuid::Uuid::new_v4().simple().to_string(),
        };
        let part = |json: Vec<u8>| Base64Url(json).to_text();
        let header = part(br#"{"alg":"ES256","typ":"JWT"}"#.to_vec());
        let claims = part(serde_json::to_vec(&claims).expect("plain fields"));
        let signature = part(self.sign(format!("{header}.{claims}").as_bytes()));
        format!("{header}.{claims}.{signature}")
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey")
    }
}
