//! Proofs of possession at sign-in and refresh (RFC 9449): the phone signs a small token with a P-256 key that cannot
//! leave it, and the session belongs to that key from then on.
//!
//! The actors: the phone makes a proof for each request; this server gives it a nonce and checks the proof
//! ([`check_proof`], section 4.3). The nonce is an HMAC of the current five minutes, so no process has to remember it,
//! and it tells when the proof was made: the phone's own clock is not looked at. `jti` counts once (the caller stores
//! it with the effect), for as long as its nonce could be good.

use crate::jose;
use crate::key::{ServerKey, Use};
use crate::problem::Refusal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porchlight_protocol::ProblemCode;
use serde::Deserialize;
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq as _;
use url::Url;

/// A nonce is good in its own slot and in the next: 5 to 10 minutes.
const SLOT: i64 = 5 * super::MINUTE;

/// The header that carries a new nonce.
pub const NONCE_HEADER: &str = "dpop-nonce";

/// A proof that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The installation's public key: an uncompressed P-256 point.
    pub public_key: Vec<u8>,
    /// What must count once: the key and its `jti`, hashed.
    pub once: String,
    /// Until when it must be remembered, milliseconds UTC.
    pub remember_until: i64,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// None, or with no nonce or an old one: try again with the nonce of the answer.
    #[error("the proof needs a nonce of this server")]
    Nonce,
    /// It does not hold; which check failed is for the log.
    #[error("the proof does not hold: {0}")]
    Invalid(&'static str),
}

impl From<ProofFault> for Refusal {
    fn from(fault: ProofFault) -> Self {
        match fault {
            ProofFault::Nonce => ProblemCode::UseDpopNonce.into(),
            ProofFault::Invalid(check) => {
                tracing::info!(check, "a DPoP proof was refused");
                ProblemCode::InvalidDpopProof.into()
            }
        }
    }
}

#[derive(Deserialize)]
struct ProofHeader {
    typ: String,
    alg: String,
    jwk: ProofKey,
    crit: Option<IgnoredAny>,
}

/// RFC 7518, section 6.2.
#[derive(Deserialize)]
struct ProofKey {
    kty: String,
    crv: String,
    x: String,
    y: String,
    d: Option<IgnoredAny>,
}

/// RFC 9449, section 4.2. `iat` must be there; what it says is the phone's opinion.
#[derive(Deserialize)]
struct ProofClaims {
    jti: String,
    htm: String,
    htu: String,
    #[serde(rename = "iat")]
    _iat: f64,
    nonce: Option<String>,
}

/// A nonce for the next proof.
pub fn make_nonce(key: &ServerKey, now: i64) -> String {
    let slot = (now / SLOT).to_be_bytes();
    let mac = key.mac(Use::DpopNonce, &[&slot]);
    URL_SAFE_NO_PAD.encode([slot.as_slice(), &mac[..16]].concat())
}

fn nonce_is_good(key: &ServerKey, nonce: &str, now: i64) -> bool {
    let slot = now / SLOT;
    let are = |slot: i64| make_nonce(key, slot * SLOT).as_bytes().ct_eq(nonce.as_bytes());
    bool::from(are(slot) | are(slot - 1))
}

/// Checks the proof of a POST to `path`. `presented` are all values of the header `DPoP`.
pub fn check_proof<'a>(
    mut presented: impl Iterator<Item = &'a [u8]>,
    link_host: &str,
    path: &str,
    key: &ServerKey,
    now: i64,
) -> Result<Proof, ProofFault> {
    use ProofFault::Invalid;
    let Some(proof) = presented.next() else { return Err(ProofFault::Nonce) };
    // RFC 9449, section 4.3 (1)
    if presented.next().is_some() {
        return Err(Invalid("more than one proof"));
    }
    // (2)
    let proof = std::str::from_utf8(proof).map_err(|_| Invalid("not a JWT"))?;
    let header = read_header(proof).ok_or(Invalid("not a JWT with typ, alg and jwk"))?;
    // (4)
    if header.typ != "dpop+jwt" {
        return Err(Invalid("typ"));
    }
    // (5)
    if header.alg != "ES256" {
        return Err(Invalid("alg"));
    }
    // RFC 7515, section 4.1.11: extensions that must be understood, of which this server knows none
    if header.crit.is_some() {
        return Err(Invalid("crit"));
    }
    // (7)
    if header.jwk.d.is_some() {
        return Err(Invalid("jwk holds a private key"));
    }
    let public_key = public_key(&header.jwk).ok_or(Invalid("jwk is no P-256 key"))?;
    // (6), and (3): the required claims are not optional in `ProofClaims`
    let mut validation = jose::es256_validation();
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = jose::decode_es256::<ProofClaims>(proof, &public_key, &validation)
        .map_err(|_| Invalid("signature or claims"))?
        .claims;
    if claims.jti.is_empty() || claims.jti.len() > 256 {
        return Err(Invalid("jti"));
    }
    // (8)
    if claims.htm != "POST" {
        return Err(Invalid("htm"));
    }
    // (9)
    if !names_the_route(&claims.htu, link_host, path) {
        return Err(Invalid("htu"));
    }
    // (10), and (11): the nonce is the server's own time
    if !claims.nonce.is_some_and(|nonce| nonce_is_good(key, &nonce, now)) {
        return Err(ProofFault::Nonce);
    }
    let once = crate::secret::sha256(&[public_key.as_slice(), claims.jti.as_bytes()].concat());
    let once = format!("dpop:{}", URL_SAFE_NO_PAD.encode(once));
    Ok(Proof { public_key, once, remember_until: now + 2 * SLOT })
}

fn read_header(proof: &str) -> Option<ProofHeader> {
    let (header, _) = proof.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()
}

/// The uncompressed point; that it lies on the curve shows when the signature is checked.
fn public_key(jwk: &ProofKey) -> Option<Vec<u8>> {
    let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
    if jwk.kty != "EC" || jwk.crv != "P-256" {
        return None;
    }
    Some([vec![4], coordinate(&jwk.x)?, coordinate(&jwk.y)?].concat())
}

/// Scheme, host and path; query and fragment do not count.
fn names_the_route(htu: &str, link_host: &str, path: &str) -> bool {
    let Ok(mut htu) = Url::parse(htu) else { return false };
    htu.set_query(None);
    htu.set_fragment(None);
    htu.as_str() == format!("https://{link_host}{path}")
}

#[cfg(test)]
pub(crate) mod tests;
