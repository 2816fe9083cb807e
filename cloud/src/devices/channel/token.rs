//! The password of a device's CONNECT: a JWT (RFC 7519, ES256) that it signed with its own key, at most 10 minutes.
//!
//! What must hold: the key of the inventory, `sub` = the name it connects with, `aud` = the link host (so a token for
//! another service is of no use here), `iat` not in the future, `exp` not in the past and at most 10 minutes after
//! `iat`, `jti` of 16 to 64 characters. That a `jti` counts once is the store's.

use crate::jose;
use porchlight_protocol::device::{DeviceToken, MAX_TOKEN_SECONDS};
use porchlight_protocol::{DeviceName, LinkHost};
use secrecy::{ExposeSecret, SecretString};

/// Seconds that a device's clock may be off. It asked `GET /v1/time` if it has none.
const SKEW_SECONDS: i64 = 30;

/// A point to check the tokens of unknown devices with, so that they take the same time: the generator of P-256
/// (SEC 2, section 2.4.2). Its private key is no secret, so an unknown device is refused whatever the check says.
pub(super) const NOBODYS_KEY: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
    0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
    0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

/// A token that holds, but may have been used before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CheckedToken {
    /// Counts once.
    pub jti: String,
    /// Milliseconds UTC until which a replay must be noticed.
    pub remember_until: i64,
}

/// Checks everything but the replay. `None` says no more than "refused": a device learns nothing about others.
pub(super) fn check_token(
    token: &SecretString,
    public_key: &[u8],
    device: &DeviceName,
    audience: &LinkHost,
    now: i64,
) -> Option<CheckedToken> {
    let mut validation = jose::es256_validation();
    validation.set_required_spec_claims(&["exp", "aud", "sub"]);
    validation.set_audience(&[audience.as_str()]);
    validation.sub = Some(device.to_string());
    // RFC 7519, section 4.1.4; once more below with our own clock
    validation.leeway = SKEW_SECONDS.unsigned_abs();
    // Exposed to be checked: it is the password that the device presents.
    let claims =
        jose::decode_es256::<DeviceToken>(token.expose_secret(), public_key, &validation).ok()?.claims;
    let seconds = now / 1000;
    let lives = claims.exp.checked_sub(claims.iat)?;
    let holds = (1..=MAX_TOKEN_SECONDS).contains(&lives)
        && claims.iat <= seconds + SKEW_SECONDS
        && seconds <= claims.exp + SKEW_SECONDS
        && (16..=64).contains(&claims.jti.len())
        && claims.jti.bytes().all(|b| b.is_ascii_graphic());
    holds.then(|| CheckedToken {
        jti: claims.jti,
        remember_until: (claims.exp + SKEW_SECONDS).saturating_mul(1000).saturating_add(1000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

    struct Signer {
        key: EncodingKey,
        public: Vec<u8>,
    }

    impl Signer {
        fn new() -> Self {
            jose::use_ring();
            let random = ring::rand::SystemRandom::new();
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair =
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
            Self {
                key: EncodingKey::from_ec_der(pkcs8.as_ref()),
                public: pair.public_key().as_ref().to_vec(),
            }
        }

        fn check(&self, claims: &DeviceToken, public: &[u8]) -> Option<CheckedToken> {
            let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &self.key).unwrap();
            let name = "acme.AB-12".parse().unwrap();
            check_token(&token.into(), public, &name, &"porch.example".parse().unwrap(), crate::now())
        }
    }

    fn good() -> DeviceToken {
        let now = crate::now() / 1000;
        DeviceToken {
            sub: "acme.AB-12".to_owned(),
            aud: "porch.example".to_owned(),
            iat: now,
            exp: now + 600,
            jti: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn token_with_every_claim_as_it_must_be_holds() {
        let signer = Signer::new();
        assert_eq!(signer.check(&good(), &signer.public).unwrap().jti, good().jti);
    }

    #[test]
    fn token_with_one_claim_off_is_refused() {
        let signer = Signer::new();
        let now = crate::now() / 1000;
        let wrong: [(&str, DeviceToken); 9] = [
            ("another device", DeviceToken { sub: "acme.AB-13".to_owned(), ..good() }),
            ("another service", DeviceToken { aud: "other.example".to_owned(), ..good() }),
            ("lives too long", DeviceToken { exp: now + 601, ..good() }),
            ("is over", DeviceToken { iat: now - 700, exp: now - 100, ..good() }),
            ("begins later", DeviceToken { iat: now + 60, exp: now + 120, ..good() }),
            ("ends before it begins", DeviceToken { iat: now, exp: now - 1, ..good() }),
            ("short jti", DeviceToken { jti: "0123456789abcde".to_owned(), ..good() }),
            ("long jti", DeviceToken { jti: "x".repeat(65), ..good() }),
            ("times that overflow", DeviceToken { iat: i64::MIN, exp: i64::MAX, ..good() }),
        ];
        for (why, claims) in wrong {
            assert_eq!(signer.check(&claims, &signer.public), None, "{why}");
        }
        assert_eq!(signer.check(&good(), &Signer::new().public), None, "another key");
        assert_eq!(signer.check(&good(), &NOBODYS_KEY), None, "an unknown device");
        assert_eq!(signer.check(&good(), b"no point"), None, "a key that is none");
    }

    #[test]
    fn garbage_is_refused() {
        for text in ["", ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "ä.ö.ü"] {
            let name = "acme.AB-12".parse().unwrap();
            let host = "porch.example".parse().unwrap();
            let token = SecretString::from(text);
            assert_eq!(check_token(&token, &NOBODYS_KEY, &name, &host, crate::now()), None, "{text}");
        }
    }
}
