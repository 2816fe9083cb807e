//! The device's own key: made at the factory, never leaves the device. It signs the token that the device connects
//! with, and what it answers to a registration.

use crate::key::SoftKey;
use porchlight_protocol::DeviceName;
use porchlight_protocol::device::{DeviceToken, MAX_TOKEN_SECONDS};

/// An ES256 key pair (P-256, SHA-256).
#[derive(Clone, Debug)]
pub struct DeviceKey(SoftKey);

impl DeviceKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(SoftKey::generate())
    }

    /// The public key: an uncompressed point, 65 bytes.
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key()
    }

    /// ES256: 64 bytes, `r || s`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message)
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
        let claims = serde_json::to_value(&claims).expect("plain fields");
        self.0.sign_token(&serde_json::json!({ "alg": "ES256", "typ": "JWT" }), &claims)
    }
}
