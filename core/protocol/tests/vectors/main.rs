//! DEVICES.md holds: its vectors are what this code computes, its examples are messages of the protocol, and its
//! numbers are the constants. Everything is read out of the document's own text, so it cannot rot.
//!
//! OPAQUE draws its random values in a fixed order; [`Scripted`] hands out the ones that the document names.

mod document;
mod examples;
mod script;

use document::{Bytes as _, Hex, inputs};
use opaque_ke::{
    ClientLogin, ClientRegistration, ClientRegistrationFinishParameters, CredentialRequest,
    RegistrationResponse, ServerLogin, ServerLoginParameters, ServerRegistration, ServerSetup,
};
use porchlight_protocol::opaque::suite::{STRETCH_SALT, Stretch, Suite};
use porchlight_protocol::opaque::{
    ClaimContext, Credential, DeviceLogin, DeviceSetup, PasswordFile, PhoneLogin, PhoneRegistration,
    answer_login, answer_registration,
};
use script::Scripted;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::{Value, json};

fn secret(bytes: Vec<u8>) -> SecretSlice<u8> {
    SecretSlice::from(bytes)
}

fn context(vectors: &Value) -> ClaimContext {
    let of = |name: &str| vectors["context"][name].as_str().expect("text").to_owned();
    ClaimContext {
        claim: of("claim").parse().expect("a UUID"),
        account: of("account").parse().expect("a UUID"),
        site: of("site").parse().expect("a UUID"),
        device: format!("{}.{}", of("maker"), of("serial")).parse().expect("a device name"),
        device_key: vectors["context"].bytes("device_key"),
    }
}

/// A device's set-up with the document's keys. The last part is only used when a device has no record.
fn setup_bytes(keys: &Value) -> Vec<u8> {
    [keys.bytes("oprf_seed"), keys.bytes("server_private_key"), keys.bytes("server_public_key")].concat()
}

#[test]
fn context_is_laid_out_as_documented() {
    let vectors = inputs();
    assert_eq!(context(&vectors).to_bytes(), vectors["context"].bytes("bytes"));
}

#[test]
fn key_stretching_is_argon2id_as_documented() {
    use opaque_ke::ksf::Ksf;
    let vectors = inputs();
    let stretch = &vectors["stretch"];
    let input = opaque_ke::generic_array::GenericArray::clone_from_slice(&stretch.bytes("input"));
    let input: opaque_ke::generic_array::GenericArray<u8, opaque_ke::generic_array::typenum::U64> = input;
    assert_eq!(stretch.bytes("salt"), STRETCH_SALT);
    assert_eq!(Stretch.hash(input).expect("parameters that Argon2 takes").to_vec(), stretch.bytes("output"));
}

#[test]
fn registration_is_as_documented() {
    let vectors = inputs();
    let (keys, wanted) = (&vectors["keys"], &vectors["registration"]);
    let password = wanted.bytes("password");

    let mut random = Scripted::new([wanted.bytes("blind"), vec![0; 32]]);
    let started = ClientRegistration::<Suite>::start(&mut random, &password).expect("usable");
    let request = started.message.serialize().to_vec();

    let setup = DeviceSetup::from_secret(&secret(setup_bytes(keys))).expect("a set-up");
    let response = answer_registration(&setup, Credential::Password, &request).expect("a good request");

    let mut random = Scripted::new([wanted.bytes("envelope_nonce")]);
    let answer = RegistrationResponse::deserialize(&response).expect("a response");
    let parameters = ClientRegistrationFinishParameters::default();
    let finished = started.state.finish(&mut random, &password, answer, parameters).expect("a good response");
    let record = finished.message.serialize().to_vec();

    let computed = json!({"request": Hex(&request), "response": Hex(&response), "record": Hex(&record)});
    document::assert_holds(&computed, wanted);
}

#[test]
fn log_in_is_as_documented() {
    let vectors = inputs();
    let (keys, wanted) = (&vectors["keys"], &vectors["login"]);
    let password = vectors["registration"].bytes("password");
    let context = context(&vectors);
    let context_bytes = context.to_bytes();

    let seeds = [
        wanted.bytes("blind"),
        vec![0; 32],
        wanted.bytes("client_keyshare_seed"),
        wanted.bytes("client_nonce"),
    ];
    let started = ClientLogin::<Suite>::start(&mut Scripted::new(seeds), &password).expect("usable");
    let ke1 = started.message.serialize().to_vec();

    // A device that has a record draws a masking key for the one it does not need all the same.
    let unused_masking_key = vec![0; 64];
    let seeds = [
        unused_masking_key,
        wanted.bytes("masking_nonce"),
        wanted.bytes("server_keyshare_seed"),
        wanted.bytes("server_nonce"),
    ];
    let answered = ServerLogin::<Suite>::start(
        &mut Scripted::new(seeds),
        &ServerSetup::deserialize(&setup_bytes(keys)).expect("a set-up"),
        Some(ServerRegistration::deserialize(&vectors["registration"].bytes("record")).expect("a record")),
        CredentialRequest::deserialize(&ke1).expect("KE1"),
        Credential::Password.identifier(),
        ServerLoginParameters { context: Some(&context_bytes), ..Default::default() },
    )
    .expect("a good KE1");
    let ke2 = answered.message.serialize().to_vec();

    // From here on nothing is random: our own functions, on the states that were stored.
    let phone =
        PhoneLogin::from_secret(&secret(started.state.serialize().to_vec())).expect("a phone's state");
    let (ke3, key) = phone.finish(&secret(password), &ke2, &context).expect("the right password");
    let device =
        DeviceLogin::from_secret(&secret(answered.state.serialize().to_vec())).expect("a device's state");
    let device_key = device.finish(&ke3).expect("a good KE3");
    assert_eq!(key.to_secret().expose_secret(), device_key.to_secret().expose_secret());

    let key = key.to_secret();
    let computed = json!({
        "ke1": Hex(&ke1), "ke2": Hex(&ke2), "ke3": Hex(&ke3), "session_key": Hex(key.expose_secret()),
    });
    document::assert_holds(&computed, wanted);
}

#[test]
fn record_of_the_document_logs_in() {
    let vectors = inputs();
    let setup = DeviceSetup::from_secret(&secret(setup_bytes(&vectors["keys"]))).expect("a set-up");
    let record = PasswordFile::from_record(&vectors["registration"].bytes("record")).expect("a record");
    let password = secret(vectors["registration"].bytes("password"));
    let (phone, ke1) = PhoneLogin::start(&password).expect("usable");
    let (device, ke2) = answer_login(&setup, Some(&record), Credential::Password, &ke1, &context(&vectors))
        .expect("a good KE1");
    let (ke3, _) = phone.finish(&password, &ke2, &context(&vectors)).expect("the right password");
    assert!(device.finish(&ke3).is_ok());
    let (_, request) = PhoneRegistration::start(&password).expect("usable");
    assert!(answer_registration(&setup, Credential::ClaimCode, &request).is_ok());
}

#[test]
fn sealed_record_opens_as_documented() {
    use opaque_sha2::{Digest, Sha512};
    let vectors = inputs();
    let sealed = &vectors["seal"];
    let session_key = vectors["login"].bytes("session_key");
    let hash = Sha512::digest([b"porchlight/record/1".as_slice(), &session_key].concat());
    assert_eq!(hash[..32].to_vec(), sealed.bytes("key"));

    let key = porchlight_protocol::opaque::SessionKey::from_secret(&secret(session_key)).expect("64 bytes");
    let opened = key.open_record(&sealed.bytes("sealed"), &context(&vectors));
    assert_eq!(opened, Ok(vectors["registration"].bytes("record")));
    assert!(sealed.bytes("sealed").starts_with(&sealed.bytes("nonce")));
}

#[test]
fn device_key_signed_what_the_document_says() {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    let vectors = inputs();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, vectors["context"].bytes("device_key"));

    let registration = &vectors["registration"];
    let signed = context(&vectors)
        .registration_to_sign(&registration.bytes("request"), &registration.bytes("response"));
    key.verify(&signed, &registration.bytes("signature")).expect("the device signed the registration");

    let own = ring::signature::EcdsaKeyPair::from_private_key_and_public_key(
        &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        &vectors["context"].bytes("device_private_key"),
        &vectors["context"].bytes("device_key"),
        &ring::rand::SystemRandom::new(),
    );
    assert!(own.is_ok(), "the private key is the public key's");

    let token = vectors["token"]["token"].as_str().expect("text");
    let (signing_input, signature) = token.rsplit_once('.').expect("three parts");
    let decode = |text| porchlight_protocol::Base64Url::from_text(text).expect("base64url").0;
    key.verify(signing_input.as_bytes(), &decode(signature)).expect("the device signed the token");
    let (header, claims) = signing_input.split_once('.').expect("three parts");
    let part = |text| serde_json::from_slice::<Value>(&decode(text)).expect("JSON");
    assert_eq!(
        (part(header), part(claims)),
        (vectors["token"]["header"].clone(), vectors["token"]["claims"].clone())
    );
    let claims: porchlight_protocol::device::DeviceToken =
        serde_json::from_value(part(claims)).expect("the token's claims");
    assert_eq!(claims.sub, context(&vectors).device.to_string());
    assert!(claims.exp - claims.iat <= porchlight_protocol::device::MAX_TOKEN_SECONDS);

    let hash = ring::digest::digest(&ring::digest::SHA256, &vectors["context"].bytes("device_key"));
    assert_eq!(vectors["context"].bytes("fingerprint"), hash.as_ref()[..10]);
}
