//! The examples of DEVICES.md are messages of the protocol, of one and the same claim, and its numbers are ours.

use crate::document::{Bytes, assert_says, block, blocks, inputs};
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::device::*;
use porchlight_protocol::opaque::suite::{STRETCH_LANES, STRETCH_MEMORY_KIB, STRETCH_PASSES};
use porchlight_protocol::opaque::*;
use porchlight_protocol::session::TimeResponse;
use porchlight_protocol::{ClaimId, DeviceName};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads an example, and writes it again without losing anything.
fn example<T: Serialize + DeserializeOwned>(name: &str) -> T {
    let written = block(name);
    let read: T = serde_json::from_value(written.clone()).expect(name);
    assert_eq!(serde_json::to_value(&read).expect("JSON"), written, "{name}: a field that is not ours");
    read
}

#[test]
fn every_example_is_one_that_is_checked_here() {
    let names: Vec<&str> = blocks().into_iter().map(|(name, _)| name).collect();
    let checked = [
        "GET /v1/time",
        "down/claim",
        "up/challenge",
        "up/challenge, button",
        "up/refused",
        "down/proof",
        "down/proof, claim code",
        "up/proven",
        "up/proven, claim code",
        "down/bind",
        "up/bound",
        "down/settings",
        "up/settled",
        "down/release",
        "up/released",
        "vectors",
    ];
    assert_eq!(names.len(), checked.len(), "{names:?}");
    assert!(checked.iter().all(|name| names.contains(name)), "{names:?}");
}

#[test]
fn examples_are_messages_of_the_claim_in_the_vectors() {
    let vectors = inputs();
    let (login, registration) = (&vectors["login"], &vectors["registration"]);
    let claim: ClaimId = vectors["context"]["claim"].as_str().expect("text").parse().expect("a UUID");

    let opening: ClaimOpening = example("down/claim");
    assert_eq!((opening.claim, opening.attempt, opening.presence), (claim, 1, Presence::Password));
    assert_eq!(opening.account.to_string(), vectors["context"]["account"]);
    assert_eq!(opening.site.to_string(), vectors["context"]["site"]);
    assert_eq!(opening.opening.0, login.bytes("ke1"));

    let challenge: DeviceChallenge = example("up/challenge");
    assert_eq!(challenge.ke2.expect("KE2").0, login.bytes("ke2"));
    let pressed: DeviceChallenge = example("up/challenge, button");
    let answer = pressed.registration.expect("a registration answer");
    assert_eq!(answer.response.0, registration.bytes("response"));
    assert_eq!(answer.signature.0, registration.bytes("signature"));

    let proof: ClaimProof = example("down/proof");
    assert_eq!(proof.ke3.0, login.bytes("ke3"));
    let with_request: ClaimProof = example("down/proof, claim code");
    assert_eq!(with_request.registration_request.expect("a request").0, registration.bytes("request"));

    let _: DeviceProven = example("up/proven");
    let answered: DeviceProven = example("up/proven, claim code");
    assert_eq!(answered.registration.expect("an answer").response.0, registration.bytes("response"));

    let binding: ClaimBinding = example("down/bind");
    assert_eq!(binding.first_password.expect("a record").0, vectors["seal"].bytes("sealed"));
    let bound: DeviceBound = example("up/bound");
    let released: DeviceRelease = example("up/released");
    assert_eq!((bound.claim, released.claim), (claim, claim));
    let _: DeviceRelease = example("down/release");
    let _: DeviceRefusal = example("up/refused");
    let settings: DeviceSettings = example("down/settings");
    assert!(settings.revision > binding.settings.revision);
    let settled: DeviceSettled = example("up/settled");
    assert_eq!(settled.revision, settings.revision);
    let _: TimeResponse = example("GET /v1/time");
}

#[test]
fn numbers_of_the_prose_are_the_constants() {
    let device: DeviceName = "acme.CAM-0001".parse().expect("a device name");
    assert_says(&format!("`{}`", down_topic(&device, "claim")));
    assert_says(&format!("`{}`", up_topic(&device, "challenge")));
    assert_says(&format!("`exp` at most {MAX_TOKEN_SECONDS} seconds after `iat`"));
    assert_says(&format!("{STRETCH_MEMORY_KIB} KiB, {STRETCH_PASSES} passes, {STRETCH_LANES} lane"));
    assert_says(&format!("1 to {MAX_SECRET_BYTES} bytes"));
    for (name, bytes) in [
        ("KE1", KE1_BYTES),
        ("KE2", KE2_BYTES),
        ("KE3", KE3_BYTES),
        ("registration request", REGISTRATION_REQUEST_BYTES),
        ("registration response", REGISTRATION_RESPONSE_BYTES),
        ("registration record", RECORD_BYTES),
        ("sealed record", SEALED_RECORD_BYTES),
    ] {
        assert_says(&format!("| {name} | {bytes} |"));
    }
    for credential in [Credential::Password, Credential::ClaimCode] {
        assert_says(&format!("`{}`", String::from_utf8_lossy(credential.identifier())));
    }
}
