//! Signed JSON tokens (RFC 7519) by keys of others: devices at their connection, phones with a DPoP proof.
//!
//! Only ES256 (RFC 7518, section 3.4), over ring: `jsonwebtoken` takes its cryptography from a provider, and this one
//! knows nothing else, so that a token can choose nothing. Public keys are uncompressed P-256 points of 65 bytes.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, TokenData, Validation};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};
use serde::de::DeserializeOwned;

/// Checks the signature with this key, then the claims as `validation` says.
pub fn decode_es256<T: DeserializeOwned>(
    token: &str,
    public_key: &[u8],
    validation: &Validation,
) -> Result<TokenData<T>, Error> {
    use_ring();
    jsonwebtoken::decode(token, &DecodingKey::from_ec_der(public_key), validation)
}

/// A validation that takes ES256 only; the caller adds what else must hold.
pub fn es256_validation() -> Validation {
    Validation::new(Algorithm::ES256)
}

/// Makes ring the process's provider. Safe to call again.
pub fn use_ring() {
    // Fails when there is one already: this one, or that of a phone or a device in the same test process.
    let _already_there = CryptoProvider::install_default(&RING);
}

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::ES256 => Ok(Box::new(Es256Signer::new(key)?)),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::ES256 => Ok(Box::new(Es256Verifier(key.try_get_as_bytes()?.to_vec()))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Es256Verifier(Vec<u8>);

impl Verifier<Vec<u8>> for Es256Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signature)
            .map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Es256Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

/// The cloud signs nothing; phones and devices of the tests share the process's provider and do.
struct Es256Signer(EcdsaKeyPair);

impl Es256Signer {
    fn new(key: &EncodingKey) -> Result<Self, Error> {
        let random = ring::rand::SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_bytes(), &random)
            .map(Self)
            .map_err(|_| ErrorKind::InvalidEcdsaKey.into())
    }
}

impl Signer<Vec<u8>> for Es256Signer {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        self.0
            .sign(&ring::rand::SystemRandom::new(), message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Es256Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::Header;
    use ring::signature::KeyPair as _;

    fn key_pair() -> (EncodingKey, Vec<u8>) {
        use_ring();
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        (EncodingKey::from_ec_der(pkcs8.as_ref()), pair.public_key().as_ref().to_vec())
    }

    fn sign(key: &EncodingKey) -> String {
        let claims = serde_json::json!({ "sub": "acme.X-1", "exp": crate::now() / 1000 + 60 });
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, key).unwrap()
    }

    #[test]
    fn token_holds_under_its_own_key_only() {
        let ((key, public), (_, other)) = (key_pair(), key_pair());
        let token = sign(&key);
        assert_eq!(public.len(), 65);
        let decoded = decode_es256::<serde_json::Value>(&token, &public, &es256_validation()).unwrap();
        assert_eq!(decoded.claims["sub"], "acme.X-1");
        assert!(decode_es256::<serde_json::Value>(&token, &other, &es256_validation()).is_err());
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        let nothing = format!("{unsigned}.");
        assert!(decode_es256::<serde_json::Value>(&nothing, &public, &es256_validation()).is_err());
    }

    #[test]
    fn public_key_is_no_hmac_secret() {
        // The old attack: a token of another algorithm, checked with the public key as its secret.
        let (key, public) = key_pair();
        let token = sign(&key).replacen(&jsonwebtoken_header("ES256"), &jsonwebtoken_header("HS256"), 1);
        assert!(decode_es256::<serde_json::Value>(&token, &public, &es256_validation()).is_err());
    }

    fn jsonwebtoken_header(algorithm: &str) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(format!(r#"{{"typ":"JWT","alg":"{algorithm}"}}"#))
    }
}
