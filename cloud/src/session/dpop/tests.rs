//! Each check of RFC 9449, section 4.3, is failed by one proof that is right in all else.

use super::*;
use jsonwebtoken::EncodingKey;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000_000;
const PATH: &str = "/v1/sessions";

/// A phone and the proof that it is about to sign.
pub(crate) struct Phone {
    key: EncodingKey,
    public: Vec<u8>,
    header: Value,
    pub(crate) claims: Value,
}

fn server_key() -> ServerKey {
    let folder = tempfile::tempdir().unwrap();
    ServerKey::open(&folder.path().join("server.key")).unwrap()
}

/// A phone with a proof that holds, to be spoilt.
pub(crate) fn phone(server: &ServerKey) -> Phone {
    jose::use_ring();
    let random = ring::rand::SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let public = pair.public_key().as_ref().to_vec();
    let coordinate = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&public[range]);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": coordinate(1..33), "y": coordinate(33..65) });
    Phone {
        key: EncodingKey::from_ec_der(pkcs8.as_ref()),
        header: json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk }),
        claims: json!({ "jti": "a", "htm": "POST", "htu": "https://porchlight.example/v1/sessions", "iat": 1,
            "nonce": make_nonce(server, NOW) }),
        public,
    }
}

impl Phone {
    pub(crate) fn sign(&self) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, jsonwebtoken::Algorithm::ES256).unwrap();
        format!("{signed}.{signature}")
    }
}

fn check(server: &ServerKey, proofs: &[&str], now: i64) -> Result<Proof, ProofFault> {
    check_proof(proofs.iter().map(|proof| proof.as_bytes()), "porchlight.example", PATH, server, now)
}

/// What a proof that was spoilt like this is answered with.
fn spoilt(spoil: impl FnOnce(&mut Phone)) -> ProofFault {
    let server = server_key();
    let mut phone = phone(&server);
    spoil(&mut phone);
    check(&server, &[&phone.sign()], NOW).unwrap_err()
}

#[test]
fn proof_that_holds_names_its_key() {
    let server = server_key();
    let phone = phone(&server);
    let proof = check(&server, &[&phone.sign()], NOW).unwrap();
    assert_eq!(proof.public_key, phone.public);
    assert_eq!(proof.once, check(&server, &[&phone.sign()], NOW).unwrap().once, "the same jti is the same");
}

#[test]
fn missing_proof_asks_for_one_with_a_nonce() {
    assert_eq!(check(&server_key(), &[], NOW), Err(ProofFault::Nonce));
}

#[test]
fn check_1_two_proofs_are_refused() {
    let server = server_key();
    let proof = phone(&server).sign();
    assert_eq!(check(&server, &[&proof, &proof], NOW), Err(ProofFault::Invalid("more than one proof")));
}

#[test]
fn check_2_text_that_is_no_jwt_is_refused() {
    let server = server_key();
    let whole = phone(&server).sign();
    let (unsigned, _) = whole.rsplit_once('.').unwrap();
    for text in ["", "x", "a.b.c", unsigned, &format!("{whole}.x"), &"x".repeat(100_000)] {
        assert!(matches!(check(&server, &[text], NOW), Err(ProofFault::Invalid(_))), "{text}");
    }
}

#[test]
fn check_3_proof_without_a_required_claim_is_refused() {
    for claim in ["jti", "htm", "htu", "iat"] {
        let fault = spoilt(|phone| drop(phone.claims.as_object_mut().unwrap().remove(claim)));
        assert_eq!(fault, ProofFault::Invalid("signature or claims"), "{claim}");
    }
    assert_eq!(spoilt(|phone| phone.claims["jti"] = "".into()), ProofFault::Invalid("jti"));
}

#[test]
fn check_4_other_type_of_token_is_refused() {
    assert_eq!(spoilt(|phone| phone.header["typ"] = "JWT".into()), ProofFault::Invalid("typ"));
}

#[test]
fn check_5_other_algorithm_is_refused() {
    for algorithm in ["none", "HS256", "RS256", "ES384"] {
        let fault = spoilt(|phone| phone.header["alg"] = algorithm.into());
        assert_eq!(fault, ProofFault::Invalid("alg"), "{algorithm}");
    }
}

#[test]
fn check_6_signature_by_another_key_is_refused() {
    let fault = spoilt(|phone| phone.key = self::phone(&server_key()).key);
    assert_eq!(fault, ProofFault::Invalid("signature or claims"));
}

#[test]
fn check_6_point_that_is_not_on_the_curve_is_refused() {
    let fault = spoilt(|phone| phone.header["jwk"]["y"] = phone.header["jwk"]["x"].clone());
    assert_eq!(fault, ProofFault::Invalid("signature or claims"));
}

#[test]
fn check_7_private_key_in_the_header_is_refused() {
    let fault = spoilt(|phone| phone.header["jwk"]["d"] = "AAAA".into());
    assert_eq!(fault, ProofFault::Invalid("jwk holds a private key"));
}

#[test]
fn check_7_key_of_another_curve_is_refused() {
    let fault = spoilt(|phone| phone.header["jwk"]["crv"] = "P-384".into());
    assert_eq!(fault, ProofFault::Invalid("jwk is no P-256 key"));
}

#[test]
fn check_8_proof_for_another_method_is_refused() {
    assert_eq!(spoilt(|phone| phone.claims["htm"] = "GET".into()), ProofFault::Invalid("htm"));
}

#[test]
fn check_9_proof_for_another_route_is_refused() {
    for htu in [
        "https://porchlight.example/v1/sessions/refresh",
        "https://porchlight.example:8443/v1/sessions",
        "https://user@porchlight.example/v1/sessions",
        "http://porchlight.example/v1/sessions",
        "https://evil.example/v1/sessions",
        "/v1/sessions",
    ] {
        assert_eq!(spoilt(|phone| phone.claims["htu"] = htu.into()), ProofFault::Invalid("htu"), "{htu}");
    }
}

#[test]
fn check_9_query_and_fragment_do_not_count() {
    let server = server_key();
    let mut phone = phone(&server);
    phone.claims["htu"] = "HTTPS://Porchlight.example:443/v1/sessions?a=b#c".into();
    assert!(check(&server, &[&phone.sign()], NOW).is_ok());
}

#[test]
fn check_10_proof_without_this_server_s_nonce_gets_one() {
    let other = make_nonce(&server_key(), NOW);
    for nonce in [Value::Null, json!(""), json!("x"), json!(other)] {
        assert_eq!(spoilt(|phone| phone.claims["nonce"] = nonce.clone()), ProofFault::Nonce, "{nonce}");
    }
}

#[test]
fn check_11_nonce_is_good_for_five_to_ten_minutes() {
    let server = server_key();
    let proof = phone(&server).sign();
    let slot_began = NOW / SLOT * SLOT;
    assert!(check(&server, &[&proof], slot_began + 2 * SLOT - 1).is_ok());
    assert_eq!(check(&server, &[&proof], slot_began + 2 * SLOT), Err(ProofFault::Nonce));
    assert_eq!(check(&server, &[&proof], slot_began - 1), Err(ProofFault::Nonce), "nor before its time");
}

#[test]
fn check_11_clock_of_the_phone_is_not_looked_at() {
    let server = server_key();
    let mut phone = phone(&server);
    phone.claims["iat"] = json!(0);
    assert!(check(&server, &[&phone.sign()], NOW).is_ok());
}

#[test]
fn extension_that_must_be_understood_is_refused() {
    let fault = spoilt(|phone| phone.header["crit"] = json!(["exp"]));
    assert_eq!(fault, ProofFault::Invalid("crit"));
}

proptest::proptest! {
    #[test]
    fn proof_of_any_bytes_is_refused_without_a_panic(bytes: Vec<u8>, flip in 0_usize..400, bit in 0_u8..8) {
        let server = server_key();
        let any = check_proof([bytes.as_slice()].into_iter(), "porchlight.example", PATH, &server, NOW);
        assert!(any.is_err());
        let mut proof = phone(&server).sign().into_bytes();
        let at = flip % proof.len();
        proof[at] ^= 1 << bit;
        let flipped = check_proof([proof.as_slice()].into_iter(), "porchlight.example", PATH, &server, NOW);
        assert!(flipped.is_err(), "bit {bit} of byte {at}");
    }
}
