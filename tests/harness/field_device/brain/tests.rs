//! A device's rules, message by message, without a network. The phone's half is the real OPAQUE.

use super::super::key::DeviceKey;
use super::tries::AFTER_POWER_CYCLE;
use super::*;
use porchlight_protocol::add_device::{Presence, RegistrationAnswer};
use porchlight_protocol::device::*;
use porchlight_protocol::opaque::{
    ClaimContext, Credential, PhoneLogin, PhoneRegistration, SessionKey, register_locally,
};
use porchlight_protocol::{AccountId, Base64Url, ClaimId, SiteId};
use proptest::prelude::*;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use secrecy::SecretSlice;
use std::sync::OnceLock;
use uuid::Uuid;

const NOW: i64 = 1_795_000_000_000;
const MINUTE: i64 = 60_000;
const PASSWORD: &str = "open sesame";
const CODE: &str = "ABCDEFGH23456789";

fn secret(text: &str) -> SecretSlice<u8> {
    SecretSlice::from(text.as_bytes().to_vec())
}

/// A device with a password, and one with a claim code; made once, since Argon2 is slow on purpose.
fn device(has_password: bool) -> Brain {
    static MADE: OnceLock<[Brain; 2]> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let make = |credential, text: &str| {
            let setup = DeviceSetup::create();
            let record = register_locally(&setup, credential, &secret(text)).expect("usable");
            let mut stored = Stored::default();
            match credential {
                Credential::Password => stored.password = Some(record),
                Credential::ClaimCode => stored.claim_code = Some(record),
            }
            Brain {
                name: "acme.CAM-0001".parse().expect("a device name"),
                key: DeviceKey::generate(),
                setup: Arc::new(setup),
                stored,
                volatile: Volatile::default(),
            }
        };
        [make(Credential::ClaimCode, CODE), make(Credential::Password, PASSWORD)]
    });
    made[usize::from(has_password)].clone()
}

/// One message to the device, its store kept, its answer.
fn say(brain: &mut Brain, kind: &str, message: &impl serde::Serialize, now: i64) -> Option<DeviceMessage> {
    let step = brain.receive(kind, &serde_json::to_vec(message).expect("JSON"), now);
    brain.keep(step)
}

fn opening(claim: u128, attempt: u32, presence: Presence, opening: Vec<u8>) -> ClaimOpening {
    ClaimOpening {
        claim: ClaimId(Uuid::from_u128(claim)),
        attempt,
        account: AccountId(Uuid::from_u128(100)),
        site: SiteId(Uuid::from_u128(200)),
        presence,
        opening: Base64Url(opening),
    }
}

fn settings(revision: u32) -> DeviceSettings {
    let clock = ClockSettings {
        zone: "Europe/Berlin".to_owned(),
        daylight_saving: true,
        offset: 3600,
        changes: Vec::new(),
        rule: "CET-1CEST,M3.5.0,M10.5.0/3".to_owned(),
    };
    DeviceSettings { revision, name: format!("Door {revision}"), clock }
}

fn binding(claim: u128, first_password: Option<Vec<u8>>, revision: u32) -> ClaimBinding {
    ClaimBinding {
        claim: ClaimId(Uuid::from_u128(claim)),
        attempt: 1,
        first_password: first_password.map(Base64Url),
        settings: settings(revision),
    }
}

fn context(brain: &Brain, asked: &ClaimOpening) -> ClaimContext {
    brain.context(asked)
}

fn challenge(answer: Option<DeviceMessage>) -> DeviceChallenge {
    match answer {
        Some(DeviceMessage::Challenge(challenge)) => challenge,
        other => panic!("no challenge: {other:?}"),
    }
}

fn refusal(answer: Option<DeviceMessage>) -> (RefusalReason, Option<u32>) {
    match answer {
        Some(DeviceMessage::Refused(refusal)) => (refusal.reason, refusal.retry_after),
        other => panic!("no refusal: {other:?}"),
    }
}

fn bound(claim: u128, attempt: u32) -> Option<DeviceMessage> {
    Some(DeviceMessage::Bound(DeviceBound { claim: ClaimId(Uuid::from_u128(claim)), attempt }))
}

/// Opening and challenge of a claim with a secret; the phone's KE3 if the secret was right.
fn exchange(
    brain: &mut Brain,
    asked: (u128, u32, Presence),
    text: &str,
    now: i64,
) -> (ClaimOpening, DeviceChallenge, Option<(Vec<u8>, SessionKey)>) {
    let (phone, ke1) = PhoneLogin::start(&secret(text)).expect("usable");
    let asked = opening(asked.0, asked.1, asked.2, ke1);
    let challenge = challenge(say(brain, "claim", &asked, now));
    let ke2 = challenge.ke2.clone().expect("KE2");
    let finished = phone.finish(&secret(text), &ke2.0, &context(brain, &asked)).ok();
    (asked, challenge, finished)
}

fn proof(asked: &ClaimOpening, ke3: Vec<u8>, request: Option<Vec<u8>>) -> ClaimProof {
    ClaimProof {
        claim: asked.claim,
        attempt: asked.attempt,
        ke3: Base64Url(ke3),
        registration_request: request.map(Base64Url),
    }
}

/// Adds the device with its password, the whole way.
fn add_with_password(brain: &mut Brain, claim: u128, text: &str, now: i64) {
    let (asked, _, finished) = exchange(brain, (claim, 1, Presence::Password), text, now);
    let (ke3, _) = finished.expect("the right password");
    let answer = say(brain, "proof", &proof(&asked, ke3, None), now);
    assert!(matches!(answer, Some(DeviceMessage::Proven(_))), "{answer:?}");
    assert_eq!(say(brain, "bind", &binding(claim, None, 1), now), bound(claim, 1));
}

fn check_signature(brain: &Brain, asked: &ClaimOpening, request: &[u8], answer: &RegistrationAnswer) {
    let signed = context(brain, asked).registration_to_sign(request, &answer.response.0);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, brain.key.public())
        .verify(&signed, &answer.signature.0)
        .expect("the device signed it");
}

#[test]
fn right_password_adds_the_device_and_gives_it_name_and_clock() {
    let mut brain = device(true);
    add_with_password(&mut brain, 1, PASSWORD, NOW);
    let owner = brain.stored.owner.clone().expect("an owner");
    assert_eq!((owner.claim, owner.settings), (ClaimId(Uuid::from_u128(1)), settings(1)));
}

#[test]
fn five_wrong_tries_make_it_rest_for_a_quarter_of_an_hour() {
    let mut brain = device(true);
    for (claim, left) in (1..=5).zip([4, 3, 2, 1, 0]) {
        let (_, challenge, finished) = exchange(&mut brain, (claim, 1, Presence::Password), "wrong", NOW);
        assert!(finished.is_none());
        assert_eq!(challenge.tries_left, Some(left));
    }
    let (_, ke1) = PhoneLogin::start(&secret(PASSWORD)).expect("usable");
    let sixth = opening(6, 1, Presence::Password, ke1);
    assert_eq!(refusal(say(&mut brain, "claim", &sixth, NOW)), (RefusalReason::TooManyTries, Some(900)));
    let later = NOW + 10 * MINUTE;
    assert_eq!(refusal(say(&mut brain, "claim", &sixth, later)), (RefusalReason::TooManyTries, Some(300)));
    add_with_password(&mut brain, 7, PASSWORD, NOW + 15 * MINUTE);
}

#[test]
fn twenty_wrong_tries_make_it_rest_for_a_day() {
    let mut brain = device(true);
    for try_number in 0..20 {
        let now = NOW + try_number * 4 * MINUTE;
        exchange(
            &mut brain,
            (u128::try_from(try_number).expect("small") + 1, 1, Presence::Password),
            "wrong",
            now,
        );
    }
    let (_, ke1) = PhoneLogin::start(&secret(PASSWORD)).expect("usable");
    let asked = opening(99, 1, Presence::Password, ke1);
    let now = NOW + 120 * MINUTE;
    assert_eq!(
        refusal(say(&mut brain, "claim", &asked, now)),
        (RefusalReason::TooManyTries, Some(22 * 3600))
    );
    add_with_password(&mut brain, 100, PASSWORD, NOW + 24 * 60 * MINUTE);
}

#[test]
fn good_proof_forgets_its_try_and_no_other() {
    let mut brain = device(true);
    exchange(&mut brain, (1, 1, Presence::Password), "wrong", NOW);
    add_with_password(&mut brain, 2, PASSWORD, NOW + 1);
    assert_eq!(brain.stored.tries.left(NOW + 2), 4);
}

#[test]
fn power_cycle_frees_three_tries_but_a_restart_of_the_firmware_none() {
    let mut brain = device(true);
    for claim in 1..=5 {
        exchange(&mut brain, (claim, 1, Presence::Password), "wrong", NOW);
    }
    let (_, ke1) = PhoneLogin::start(&secret("wrong")).expect("usable");
    brain.restart();
    let asked = opening(6, 1, Presence::Password, ke1);
    assert_eq!(refusal(say(&mut brain, "claim", &asked, NOW)).0, RefusalReason::TooManyTries);
    brain.power_cycle(NOW);
    for (claim, left) in (7..=9).zip((0..AFTER_POWER_CYCLE).rev()) {
        let (_, challenge, _) = exchange(&mut brain, (claim, 1, Presence::Password), "wrong", NOW);
        assert_eq!(challenge.tries_left, Some(left));
    }
    assert_eq!(refusal(say(&mut brain, "claim", &asked, NOW)).0, RefusalReason::TooManyTries);
}

#[test]
fn power_cycle_of_a_device_with_tries_left_gives_no_surplus() {
    let mut brain = device(true);
    brain.power_cycle(NOW);
    let (_, challenge, _) = exchange(&mut brain, (1, 1, Presence::Password), "wrong", NOW);
    assert_eq!(challenge.tries_left, Some(4));
}

#[test]
fn every_message_said_twice_gets_the_same_answer_and_counts_once() {
    let mut brain = device(true);
    let (phone, ke1) = PhoneLogin::start(&secret(PASSWORD)).expect("usable");
    let asked = opening(1, 1, Presence::Password, ke1);
    let first = say(&mut brain, "claim", &asked, NOW);
    brain.restart();
    assert_eq!(say(&mut brain, "claim", &asked, NOW + 1), first);
    assert_eq!(brain.stored.tries.left(NOW), 4);

    let ke2 = challenge(first).ke2.expect("KE2");
    let (ke3, _) =
        phone.finish(&secret(PASSWORD), &ke2.0, &context(&brain, &asked)).expect("the right password");
    let proof = proof(&asked, ke3, None);
    let first = say(&mut brain, "proof", &proof, NOW);
    brain.restart();
    assert_eq!(say(&mut brain, "proof", &proof, NOW), first);

    assert_eq!(say(&mut brain, "bind", &binding(1, None, 1), NOW), bound(1, 1));
    brain.restart();
    assert_eq!(say(&mut brain, "bind", &binding(1, None, 1), NOW), bound(1, 1));

    let release = DeviceRelease { claim: asked.claim };
    let released = Some(DeviceMessage::Released(release.clone()));
    assert_eq!(say(&mut brain, "release", &release, NOW), released);
    assert_eq!(say(&mut brain, "release", &release, NOW), released);
}

#[test]
fn answer_that_was_not_stored_was_never_given() {
    let brain = device(true);
    let (_, ke1) = PhoneLogin::start(&secret(PASSWORD)).expect("usable");
    let asked = opening(1, 1, Presence::Password, ke1);
    let step = brain.receive("claim", &serde_json::to_vec(&asked).expect("JSON"), NOW);
    assert!(step.answer.is_some());
    assert_eq!((step.stored.tries.left(NOW), brain.stored.tries.left(NOW)), (4, 5));
}

#[test]
fn same_attempt_with_another_opening_is_not_understood() {
    let mut brain = device(true);
    let (asked, ..) = exchange(&mut brain, (1, 1, Presence::Password), PASSWORD, NOW);
    let (_, ke1) = PhoneLogin::start(&secret(PASSWORD)).expect("usable");
    let other = ClaimOpening { opening: Base64Url(ke1), ..asked };
    assert_eq!(refusal(say(&mut brain, "claim", &other, NOW)).0, RefusalReason::NotUnderstood);
}

#[test]
fn next_attempt_replaces_the_one_before_and_an_older_is_ignored() {
    let mut brain = device(true);
    let (first, _, old) = exchange(&mut brain, (1, 1, Presence::Password), PASSWORD, NOW);
    let (second, _, new) = exchange(&mut brain, (1, 2, Presence::Password), PASSWORD, NOW);
    assert_eq!(say(&mut brain, "claim", &first, NOW), None);
    let late = proof(&first, old.expect("the right password").0, None);
    assert_eq!(refusal(say(&mut brain, "proof", &late, NOW)).0, RefusalReason::NotUnderstood);
    let good = proof(&second, new.expect("the right password").0, None);
    assert!(matches!(say(&mut brain, "proof", &good, NOW), Some(DeviceMessage::Proven(_))));
}

#[test]
fn proof_made_for_another_claim_is_refused_and_ends_the_attempt() {
    let mut brain = device(true);
    let (_, _, elsewhere) = exchange(&mut brain, (1, 1, Presence::Password), PASSWORD, NOW);
    let (asked, _, own) = exchange(&mut brain, (2, 1, Presence::Password), PASSWORD, NOW);
    let foreign = proof(&asked, elsewhere.expect("the right password").0, None);
    assert_eq!(refusal(say(&mut brain, "proof", &foreign, NOW)).0, RefusalReason::ProofRefused);
    let own = proof(&asked, own.expect("the right password").0, None);
    assert_eq!(refusal(say(&mut brain, "proof", &own, NOW)).0, RefusalReason::ProofRefused);
    assert_eq!(refusal(say(&mut brain, "bind", &binding(2, None, 1), NOW)).0, RefusalReason::NotUnderstood);
}

#[test]
fn nothing_is_bound_without_a_proof() {
    let mut brain = device(true);
    assert_eq!(refusal(say(&mut brain, "bind", &binding(1, None, 1), NOW)).0, RefusalReason::NotUnderstood);
    exchange(&mut brain, (1, 1, Presence::Password), PASSWORD, NOW);
    assert_eq!(refusal(say(&mut brain, "bind", &binding(1, None, 1), NOW)).0, RefusalReason::NotUnderstood);
    assert_eq!(brain.stored.owner, None);
}

#[test]
fn claim_with_the_password_never_replaces_the_password() {
    let mut brain = device(true);
    let (asked, _, finished) = exchange(&mut brain, (1, 1, Presence::Password), PASSWORD, NOW);
    say(&mut brain, "proof", &proof(&asked, finished.expect("the right password").0, None), NOW);
    let other = register_locally(&brain.setup, Credential::Password, &secret("other")).expect("usable");
    let record = secrecy::ExposeSecret::expose_secret(&other.to_secret()).to_vec();
    let answer = say(&mut brain, "bind", &binding(1, Some(record), 1), NOW);
    assert_eq!(refusal(answer).0, RefusalReason::NotUnderstood);
    add_with_password(&mut brain, 2, PASSWORD, NOW);
}

#[test]
fn claim_code_brings_the_first_password_sealed() {
    let mut brain = device(false);
    let (asked, _, finished) = exchange(&mut brain, (1, 1, Presence::ClaimCode), CODE, NOW);
    let (ke3, key) = finished.expect("the right claim code");
    let (registration, request) = PhoneRegistration::start(&secret("brand new")).expect("usable");
    let Some(DeviceMessage::Proven(proven)) =
        say(&mut brain, "proof", &proof(&asked, ke3, Some(request.clone())), NOW)
    else {
        panic!("not proven");
    };
    let answer = proven.registration.expect("a registration answer");
    check_signature(&brain, &asked, &request, &answer);
    let record = registration.finish(&secret("brand new"), &answer.response.0).expect("a good response");

    let plain = binding(1, Some(record.clone()), 1);
    assert_eq!(refusal(say(&mut brain, "bind", &plain, NOW)).0, RefusalReason::NotUnderstood);
    assert!(brain.stored.password.is_none());

    brain.restart();
    let sealed = key.seal_record(&record, &context(&brain, &asked)).expect("a record");
    assert_eq!(say(&mut brain, "bind", &binding(1, Some(sealed), 1), NOW), bound(1, 1));

    // The cloud missed the answer and the phone tried again: bound is bound, in the attempt that bound it.
    let (_, ke1) = PhoneLogin::start(&secret(CODE)).expect("usable");
    assert_eq!(say(&mut brain, "claim", &opening(1, 2, Presence::ClaimCode, ke1.clone()), NOW), bound(1, 1));
    // To everybody else the claim code is of no use any more.
    let stranger = opening(2, 1, Presence::ClaimCode, ke1);
    assert_eq!(refusal(say(&mut brain, "claim", &stranger, NOW)).0, RefusalReason::HasPassword);
    // After a release the new password adds it again.
    say(&mut brain, "release", &DeviceRelease { claim: asked.claim }, NOW);
    assert_eq!(brain.stored.owner, None);
    add_with_password(&mut brain, 3, "brand new", NOW);
}

#[test]
fn wrong_claim_code_counts_like_a_wrong_password() {
    let mut brain = device(false);
    let (_, challenge, finished) = exchange(&mut brain, (1, 1, Presence::ClaimCode), "ABCDEFGH23456788", NOW);
    assert!(finished.is_none());
    assert_eq!(challenge.tries_left, Some(4));
}

#[test]
fn claim_code_without_a_registration_request_is_not_understood_and_may_be_repeated() {
    let mut brain = device(false);
    let (asked, _, finished) = exchange(&mut brain, (1, 1, Presence::ClaimCode), CODE, NOW);
    let (ke3, _) = finished.expect("the right claim code");
    let bare = proof(&asked, ke3.clone(), None);
    assert_eq!(refusal(say(&mut brain, "proof", &bare, NOW)).0, RefusalReason::NotUnderstood);
    let (_, request) = PhoneRegistration::start(&secret("brand new")).expect("usable");
    let answer = say(&mut brain, "proof", &proof(&asked, ke3, Some(request)), NOW);
    assert!(matches!(answer, Some(DeviceMessage::Proven(_))));
}

#[test]
fn button_allows_a_first_password_for_ten_minutes() {
    let mut brain = device(false);
    let (registration, request) = PhoneRegistration::start(&secret("brand new")).expect("usable");
    let asked = opening(1, 1, Presence::Button, request.clone());
    assert_eq!(refusal(say(&mut brain, "claim", &asked, NOW)).0, RefusalReason::PresenceRequired);
    brain.press_button(NOW);
    let too_late = NOW + 10 * MINUTE + 1;
    assert_eq!(refusal(say(&mut brain, "claim", &asked, too_late)).0, RefusalReason::PresenceRequired);

    let challenge = challenge(say(&mut brain, "claim", &asked, NOW + 10 * MINUTE));
    assert_eq!((challenge.ke2, challenge.tries_left), (None, None));
    let answer = challenge.registration.expect("a registration answer");
    check_signature(&brain, &asked, &request, &answer);
    let record = registration.finish(&secret("brand new"), &answer.response.0).expect("a good response");
    let late = brain.receive(
        "bind",
        &serde_json::to_vec(&binding(1, Some(record.clone()), 1)).expect("JSON"),
        NOW + 21 * MINUTE,
    );
    assert_eq!(refusal(late.answer).0, RefusalReason::NotUnderstood);
    assert_eq!(say(&mut brain, "bind", &binding(1, Some(record), 1), NOW + 11 * MINUTE), bound(1, 1));
    assert_eq!(brain.volatile.pressed_at, None, "a press serves one claim");
    say(&mut brain, "release", &DeviceRelease { claim: asked.claim }, NOW);
    add_with_password(&mut brain, 2, "brand new", NOW);
}

#[test]
fn device_without_a_password_says_that_presence_is_required() {
    let mut brain = device(false);
    let (_, ke1) = PhoneLogin::start(&secret("guess")).expect("usable");
    let asked = opening(1, 1, Presence::Password, ke1);
    assert_eq!(refusal(say(&mut brain, "claim", &asked, NOW)).0, RefusalReason::PresenceRequired);
    assert_eq!(brain.stored.tries.left(NOW), 5, "nothing was there to guess");
}

#[test]
fn two_buyers_at_once_do_not_disturb_each_other_until_one_has_it() {
    let mut brain = device(true);
    let (one, _, first) = exchange(&mut brain, (1, 1, Presence::Password), PASSWORD, NOW);
    let (two, _, second) = exchange(&mut brain, (2, 1, Presence::Password), PASSWORD, NOW);
    let first = proof(&one, first.expect("the right password").0, None);
    let second = proof(&two, second.expect("the right password").0, None);
    assert!(matches!(say(&mut brain, "proof", &first, NOW), Some(DeviceMessage::Proven(_))));
    assert!(matches!(say(&mut brain, "proof", &second, NOW), Some(DeviceMessage::Proven(_))));
    assert_eq!(say(&mut brain, "bind", &binding(1, None, 1), NOW), bound(1, 1));
    assert_eq!(refusal(say(&mut brain, "bind", &binding(2, None, 1), NOW)).0, RefusalReason::NotUnderstood);
}

#[test]
fn settings_go_forward_only() {
    let mut brain = device(true);
    assert_eq!(say(&mut brain, "settings", &settings(5), NOW), None, "it belongs to nobody yet");
    add_with_password(&mut brain, 1, PASSWORD, NOW);
    let settled = |revision| Some(DeviceMessage::Settled(DeviceSettled { revision }));
    assert_eq!(say(&mut brain, "settings", &settings(3), NOW), settled(3));
    assert_eq!(say(&mut brain, "settings", &settings(3), NOW), settled(3));
    assert_eq!(say(&mut brain, "settings", &settings(2), NOW), None);
    assert_eq!(say(&mut brain, "bind", &binding(1, None, 1), NOW), bound(1, 1), "a late duplicate");
    assert_eq!(brain.stored.owner.expect("an owner").settings, settings(3));
}

#[test]
fn release_of_another_claim_is_ignored() {
    let mut brain = device(true);
    add_with_password(&mut brain, 1, PASSWORD, NOW);
    let other = DeviceRelease { claim: ClaimId(Uuid::from_u128(2)) };
    assert_eq!(say(&mut brain, "release", &other, NOW), None);
    assert!(brain.stored.owner.is_some());
}

#[test]
fn opening_of_the_wrong_length_is_not_understood_and_counts_nothing() {
    let mut brain = device(true);
    for length in [0, 32, 95, 97, 4096] {
        let asked = opening(1, 1, Presence::Password, vec![1; length]);
        assert_eq!(refusal(say(&mut brain, "claim", &asked, NOW)).0, RefusalReason::NotUnderstood);
    }
    assert_eq!(brain.stored.tries.left(NOW), 5);
}

proptest! {
    #[test]
    fn garbage_is_ignored(kind in "claim|proof|bind|settings|release|other", payload in prop::collection::vec(any::<u8>(), 0..200)) {
        let step = device(true).receive(&kind, &payload, NOW);
        prop_assert_eq!(step.answer, None);
        prop_assert!(step.stored.exchanges.is_empty() && step.stored.owner.is_none());
    }
}
