//! The exchange as phone and device run it, and everything that must make it fail.

use super::*;
use crate::{AccountId, ClaimId, DeviceName, SiteId};
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretSlice};
use std::sync::OnceLock;
use uuid::Uuid;

fn secret(text: &str) -> SecretSlice<u8> {
    SecretSlice::from(text.as_bytes().to_vec())
}

fn context() -> ClaimContext {
    ClaimContext {
        claim: ClaimId(Uuid::from_u128(1)),
        account: AccountId(Uuid::from_u128(2)),
        site: SiteId(Uuid::from_u128(3)),
        device: "acme.CAM-0001".parse::<DeviceName>().expect("a device name"),
        device_key: vec![4; 65],
    }
}

/// A device with the password `open sesame` and the claim code `ABCDEFGH23456789`, made once: Argon2 is slow on purpose.
fn device() -> &'static (DeviceSetup, PasswordFile, PasswordFile) {
    static DEVICE: OnceLock<(DeviceSetup, PasswordFile, PasswordFile)> = OnceLock::new();
    DEVICE.get_or_init(|| {
        let setup = DeviceSetup::create();
        let password =
            register_locally(&setup, Credential::Password, &secret("open sesame")).expect("usable");
        let code =
            register_locally(&setup, Credential::ClaimCode, &secret("ABCDEFGH23456789")).expect("usable");
        (setup, password, code)
    })
}

/// Runs KE1 and KE2 with the device's password, and opens KE2 with the given one.
fn log_in(password: &str) -> Result<(DeviceLogin, Vec<u8>, SessionKey), LoginError> {
    let (setup, record, _) = device();
    let (phone, ke1) = PhoneLogin::start(&secret(password)).expect("usable");
    let (state, ke2) =
        answer_login(setup, Some(record), Credential::Password, &ke1, &context()).expect("a good KE1");
    let (ke3, key) = phone.finish(&secret(password), &ke2, &context())?;
    Ok((state, ke3, key))
}

#[test]
fn right_password_gives_both_sides_the_same_session_key() {
    let (state, ke3, phone_key) = log_in("open sesame").expect("the right password");
    let device_key = state.finish(&ke3).expect("a good KE3");
    assert_eq!(phone_key.0.expose_secret(), device_key.0.expose_secret());
}

#[test]
fn wrong_password_is_found_by_the_phone() {
    assert_eq!(log_in("open sesame!").err(), Some(LoginError::WrongPassword));
}

#[test]
fn device_without_a_record_looks_like_a_wrong_password() {
    let (setup, ..) = device();
    let (phone, ke1) = PhoneLogin::start(&secret("anything")).expect("usable");
    let (_, ke2) = answer_login(setup, None, Credential::Password, &ke1, &context()).expect("a good KE1");
    assert_eq!(ke2.len(), KE2_BYTES);
    assert_eq!(phone.finish(&secret("anything"), &ke2, &context()).err(), Some(LoginError::WrongPassword));
}

#[test]
fn claim_code_opens_only_the_claim_codes_record() {
    let (setup, _, code) = device();
    for (credential, opens) in [(Credential::ClaimCode, true), (Credential::Password, false)] {
        let (phone, ke1) = PhoneLogin::start(&secret("ABCDEFGH23456789")).expect("usable");
        let (_, ke2) = answer_login(setup, Some(code), credential, &ke1, &context()).expect("a good KE1");
        assert_eq!(phone.finish(&secret("ABCDEFGH23456789"), &ke2, &context()).is_ok(), opens);
    }
}

#[test]
fn every_part_of_the_context_binds() {
    let here = context();
    let others = [
        ClaimContext { claim: ClaimId(Uuid::from_u128(9)), ..here.clone() },
        ClaimContext { account: AccountId(Uuid::from_u128(9)), ..here.clone() },
        ClaimContext { site: SiteId(Uuid::from_u128(9)), ..here.clone() },
        ClaimContext { device: "acne.CAM-0001".parse().expect("a device name"), ..here.clone() },
        ClaimContext { device: "acme.CAM-0002".parse().expect("a device name"), ..here.clone() },
        ClaimContext { device_key: vec![5; 65], ..here.clone() },
    ];
    let (setup, record, _) = device();
    for other in others {
        let (phone, ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
        let (_, ke2) =
            answer_login(setup, Some(record), Credential::Password, &ke1, &other).expect("a good KE1");
        assert_eq!(phone.finish(&secret("open sesame"), &ke2, &here).err(), Some(LoginError::WrongPassword));
    }
}

#[test]
fn context_keeps_neighbouring_parts_apart() {
    let one = ClaimContext { device: "acme.12345".parse().expect("a device name"), ..context() };
    let other = ClaimContext { device: "acme1.2345".parse().expect("a device name"), ..context() };
    assert_eq!(one.to_bytes().len(), 18 + 6 * 2 + 3 * 16 + 9 + 65);
    assert_ne!(one.to_bytes(), other.to_bytes());
}

#[test]
fn messages_have_the_sizes_that_the_wire_documents() {
    let (setup, record, _) = device();
    let (phone, ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
    let (_, ke2) =
        answer_login(setup, Some(record), Credential::Password, &ke1, &context()).expect("a good KE1");
    let (ke3, key) = phone.finish(&secret("open sesame"), &ke2, &context()).expect("the right password");
    let (registration, request) = PhoneRegistration::start(&secret("new")).expect("usable");
    let response = answer_registration(setup, Credential::Password, &request).expect("a good request");
    let record = registration.finish(&secret("new"), &response).expect("a good response");
    let sealed = key.seal_record(&record, &context()).expect("a record");
    let sizes = [&ke1, &ke2, &ke3, &request, &response, &record, &sealed].map(|message| message.len());
    assert_eq!(sizes, [96, 320, 64, 32, 64, 192, 12 + 192 + 16]);
    let constants = [
        KE1_BYTES,
        KE2_BYTES,
        KE3_BYTES,
        REGISTRATION_REQUEST_BYTES,
        REGISTRATION_RESPONSE_BYTES,
        RECORD_BYTES,
        SEALED_RECORD_BYTES,
    ];
    assert_eq!(sizes, constants);
}

#[test]
fn states_survive_their_process() {
    let (setup, record, _) = device();
    let setup = DeviceSetup::from_secret(&setup.to_secret()).expect("own bytes");
    let record = PasswordFile::from_record(record.to_secret().expose_secret()).expect("own bytes");
    let (phone, ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
    let phone = PhoneLogin::from_secret(&phone.to_secret()).expect("own bytes");
    let (state, ke2) =
        answer_login(&setup, Some(&record), Credential::Password, &ke1, &context()).expect("a good KE1");
    let state = DeviceLogin::from_secret(&state.to_secret()).expect("own bytes");
    let (ke3, phone_key) =
        phone.finish(&secret("open sesame"), &ke2, &context()).expect("the right password");
    let device_key = state.finish(&ke3).expect("a good KE3");
    let device_key = SessionKey::from_secret(&device_key.to_secret()).expect("own bytes");

    let (registration, request) = PhoneRegistration::start(&secret("new")).expect("usable");
    let registration = PhoneRegistration::from_secret(&registration.to_secret()).expect("own bytes");
    let response = answer_registration(&setup, Credential::Password, &request).expect("a good request");
    let record = registration.finish(&secret("new"), &response).expect("a good response");
    let sealed = phone_key.seal_record(&record, &context()).expect("a record");
    assert_eq!(device_key.open_record(&sealed, &context()), Ok(record));
}

#[test]
fn first_password_logs_in_afterwards() {
    let (setup, ..) = device();
    let (registration, request) = PhoneRegistration::start(&secret("pässwörd ✓")).expect("usable");
    let response = answer_registration(setup, Credential::Password, &request).expect("a good request");
    let record = registration.finish(&secret("pässwörd ✓"), &response).expect("a good response");
    let file = PasswordFile::from_record(&record).expect("a good record");
    let (phone, ke1) = PhoneLogin::start(&secret("pässwörd ✓")).expect("usable");
    let (state, ke2) =
        answer_login(setup, Some(&file), Credential::Password, &ke1, &context()).expect("a good KE1");
    let (ke3, _) = phone.finish(&secret("pässwörd ✓"), &ke2, &context()).expect("the right password");
    assert!(state.finish(&ke3).is_ok());
}

#[test]
fn password_is_1_to_128_bytes() {
    for (length, usable) in [(0, false), (1, true), (128, true), (129, false), (4096, false)] {
        let password = secret(&"x".repeat(length));
        assert_eq!(PhoneLogin::start(&password).is_ok(), usable, "{length} bytes");
        assert_eq!(PhoneRegistration::start(&password).is_ok(), usable, "{length} bytes");
    }
}

#[test]
fn reflected_opening_is_refused() {
    let (phone, ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
    let (setup, record, _) = device();
    let (_, mut ke2) =
        answer_login(setup, Some(record), Credential::Password, &ke1, &context()).expect("a good KE1");
    ke2[..32].copy_from_slice(&ke1[..32]);
    assert_eq!(phone.finish(&secret("open sesame"), &ke2, &context()).err(), Some(LoginError::Malformed));
}

#[test]
fn sealed_record_opens_only_whole_and_where_it_belongs() {
    let (_, _, key) = log_in("open sesame").expect("the right password");
    let (_, _, other_key) = log_in("open sesame").expect("the right password");
    let record = vec![7; RECORD_BYTES];
    let sealed = key.seal_record(&record, &context()).expect("a record");
    assert_eq!(key.open_record(&sealed, &context()), Ok(record));
    assert_eq!(other_key.open_record(&sealed, &context()), Err(Malformed));
    let elsewhere = ClaimContext { site: SiteId(Uuid::from_u128(9)), ..context() };
    assert_eq!(key.open_record(&sealed, &elsewhere), Err(Malformed));
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(key.open_record(&changed, &context()), Err(Malformed), "byte {at}");
    }
    assert_eq!(key.open_record(&sealed[1..], &context()), Err(Malformed));
}

#[test]
fn nothing_secret_is_printed() {
    let (setup, record, _) = device();
    let (state, _, key) = log_in("open sesame").expect("the right password");
    let (phone, _) = PhoneLogin::start(&secret("open sesame")).expect("usable");
    let (registration, _) = PhoneRegistration::start(&secret("open sesame")).expect("usable");
    assert_eq!(
        format!("{setup:?} {record:?} {state:?} {key:?} {phone:?} {registration:?}"),
        "DeviceSetup PasswordFile DeviceLogin SessionKey PhoneLogin PhoneRegistration"
    );
}

/// A good message with some bytes changed, or any bytes at all.
fn tampered(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = good.len();
    let changed = (0..length, 1_u8..=255).prop_map(move |(at, with)| {
        let mut message = good.clone();
        message[at] ^= with;
        message
    });
    let same_length = prop::collection::vec(any::<u8>(), length);
    let any_length = prop::collection::vec(any::<u8>(), 0..400)
        .prop_filter("another length", move |bytes| bytes.len() != length);
    prop_oneof![changed, same_length, any_length]
}

proptest! {
    // Each case that reaches Argon2 costs about 25 ms.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn tampered_ke2_is_refused((phone, ke2) in Just(()).prop_flat_map(|()| {
        let (setup, record, _) = device();
        let (phone, ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
        let (_, ke2) = answer_login(setup, Some(record), Credential::Password, &ke1, &context()).expect("a good KE1");
        let phone = phone.to_secret();
        (Just(phone.expose_secret().to_vec()), tampered(ke2))
    })) {
        let phone = PhoneLogin::from_secret(&SecretSlice::from(phone)).expect("own bytes");
        prop_assert!(phone.finish(&secret("open sesame"), &ke2, &context()).is_err());
    }

    #[test]
    fn tampered_ke3_is_refused(ke3_bytes in Just(()).prop_flat_map(|()| tampered(vec![0; KE3_BYTES]))) {
        let (setup, record, _) = device();
        let (_, ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
        let (state, _) = answer_login(setup, Some(record), Credential::Password, &ke1, &context()).expect("a good KE1");
        prop_assert!(state.finish(&ke3_bytes).is_err());
    }

    #[test]
    fn any_bytes_give_an_answer_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (setup, record, _) = device();
        let hidden = SecretSlice::from(bytes.clone());
        let _ = answer_login(setup, Some(record), Credential::Password, &bytes, &context());
        let _ = answer_registration(setup, Credential::Password, &bytes);
        let _ = PasswordFile::from_record(&bytes);
        let _ = (PhoneLogin::from_secret(&hidden), PhoneRegistration::from_secret(&hidden));
        let _ = (DeviceSetup::from_secret(&hidden), DeviceLogin::from_secret(&hidden));
        let (registration, _) = PhoneRegistration::start(&secret("new")).expect("usable");
        let is_response = bytes.len() == REGISTRATION_RESPONSE_BYTES;
        prop_assert!(registration.finish(&secret("new"), &bytes).is_err() || is_response);
    }

    #[test]
    fn bytes_of_the_right_length_never_panic(ke1 in prop::collection::vec(any::<u8>(), KE1_BYTES),
                                             record in prop::collection::vec(any::<u8>(), RECORD_BYTES),
                                             setup_bytes in prop::collection::vec(any::<u8>(), 128)) {
        let (setup, file, _) = device();
        let _ = answer_login(setup, Some(file), Credential::Password, &ke1, &context());
        let _ = answer_registration(setup, Credential::Password, &ke1[..32]);
        let (_, good_ke1) = PhoneLogin::start(&secret("open sesame")).expect("usable");
        if let Ok(strange) = PasswordFile::from_record(&record) {
            let _ = answer_login(setup, Some(&strange), Credential::Password, &good_ke1, &context());
        }
        if let Ok(strange) = DeviceSetup::from_secret(&SecretSlice::from(setup_bytes)) {
            let _ = answer_login(&strange, Some(file), Credential::Password, &good_ke1, &context());
        }
    }
}
