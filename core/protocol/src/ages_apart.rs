//! Both sides age apart: what each must do with the other's future.

use crate::add_device::*;
use crate::device::*;
use crate::devices::*;
use crate::history::Change;
use crate::session::*;
use crate::sites::*;
use crate::{Problem, ProblemCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Adds a field that this version does not know to every object in the value.
fn with_future_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(with_future_fields);
            fields.insert("of_the_future".into(), json!({ "x": 1 }));
        }
        Value::Array(items) => items.iter_mut().for_each(with_future_fields),
        _ => {}
    }
}

/// What is read from a newer side is what an older one would have sent.
fn reads_its_future<T: DeserializeOwned + Serialize>(present: Value) {
    let name = std::any::type_name::<T>();
    let today: T = serde_json::from_value(present.clone()).unwrap_or_else(|e| panic!("{name} today: {e}"));
    let mut future = present;
    with_future_fields(&mut future);
    let tomorrow: T = serde_json::from_value(future).unwrap_or_else(|e| panic!("{name} tomorrow: {e}"));
    assert_eq!(serde_json::to_value(today).unwrap(), serde_json::to_value(tomorrow).unwrap(), "{name}");
}

/// A request that this version does not understand whole is refused, not half done.
fn refuses_its_future<T: DeserializeOwned>(present: Value) {
    let name = std::any::type_name::<T>();
    assert!(serde_json::from_value::<T>(present.clone()).is_ok(), "{name} today");
    let mut future = present;
    future["of_the_future"] = json!(1);
    let refusal =
        serde_json::from_value::<T>(future).err().unwrap_or_else(|| panic!("{name} takes anything"));
    assert!(refusal.to_string().contains("unknown field"), "{name}: {refusal}");
}

fn device() -> Value {
    json!({ "id": ID, "maker": "lumen", "serial": "CAM-0001", "model": "LX-4", "section": "video", "site": ID,
        "name": "Gate", "time_zone": "Europe/Berlin", "daylight_saving": true, "online": true,
        "online_changed_at": 1 })
}

fn site() -> Value {
    json!({ "id": ID, "name": "Lake house", "address": "", "time_zone": "Europe/Berlin" })
}

fn terms() -> Value {
    json!({ "maker": "lumen", "serial": "CAM-0001", "model": "LX-4", "section": "video", "site": ID,
        "name": "Gate", "time_zone": "Europe/Berlin", "daylight_saving": true, "presence": "password" })
}

fn claim(state: Value) -> Value {
    json!({ "id": ID, "attempt": 1, "state": state, "expires_at": 1 })
}

fn account() -> Value {
    json!({ "id": ID, "email": "kim@example.org", "given_name": "Kim", "family_name": "Lee", "language": "en" })
}

#[test]
fn app_reads_the_answers_of_a_newer_cloud() {
    reads_its_future::<Account>(account());
    reads_its_future::<RegisterResponse>(json!({ "registration": "r" }));
    reads_its_future::<SessionResponse>(
        json!({ "session": ID, "access_token": "a", "access_expires_in": 600,
        "refresh_token": "r", "account": account() }),
    );
    reads_its_future::<TimeResponse>(json!({ "now": 1 }));
    reads_its_future::<Site>(site());
    reads_its_future::<SiteListResponse>(json!({ "sites": [site()], "next": ID, "cursor": "0.1" }));
    reads_its_future::<Device>(device());
    reads_its_future::<DeviceListResponse>(json!({ "devices": [device()], "next": null, "cursor": "0.1" }));
    reads_its_future::<Problem>(serde_json::to_value(Problem::new(ProblemCode::NotFound)).unwrap());
    let challenge = json!({ "device_key": "AA", "ke2": "AA", "tries_left": 4 });
    let answer = json!({ "response": "AA", "signature": "AA" });
    for state in [
        json!({ "is": "requested" }),
        json!({ "is": "challenged", "challenge": challenge }),
        json!({ "is": "proven", "registration": answer }),
        json!({ "is": "owned", "device": ID }),
        json!({ "is": "failed", "reason": { "why": "too_many_tries", "retry_after": 60 } }),
        json!({ "is": "expired" }),
    ] {
        reads_its_future::<Claim>(claim(state.clone()));
        reads_its_future::<Change>(json!({ "kind": "claim", "claim": claim(state) }));
    }
    reads_its_future::<Change>(json!({ "kind": "device", "device": device() }));
    reads_its_future::<Change>(json!({ "kind": "device_gone", "device": ID }));
}

#[test]
fn app_keeps_working_with_values_that_only_a_newer_cloud_knows() {
    let read = |text: &str| text.to_owned();
    assert_eq!(serde_json::from_str::<ProblemCode>("\"solar_flare\"").unwrap(), ProblemCode::Unknown);
    assert_eq!(serde_json::from_str::<Section>(&read("\"garden\"")).unwrap(), Section::Unknown);
    assert_eq!(serde_json::from_str::<Language>("\"fr\"").unwrap(), Language::Unknown);
    assert_eq!(serde_json::from_str::<Presence>("\"nfc\"").unwrap(), Presence::Unknown);
    let change: Change = serde_json::from_value(json!({ "kind": "weather", "rain": true })).unwrap();
    assert_eq!(change, Change::Unknown);
    let state: ClaimState = serde_json::from_value(json!({ "is": "queued", "place": 3 })).unwrap();
    assert_eq!(state, ClaimState::Unknown);
    let reason: ClaimFailure = serde_json::from_value(json!({ "why": "moonlight", "phase": 1 })).unwrap();
    assert_eq!(reason, ClaimFailure::Unknown);
}

#[test]
fn cloud_refuses_requests_that_it_does_not_understand_whole() {
    refuses_its_future::<RegisterRequest>(json!({ "email": "e", "password": "p", "given_name": "g",
        "family_name": "f", "language": "en" }));
    refuses_its_future::<VerifyRequest>(json!({ "registration": "r", "code": "12345678" }));
    refuses_its_future::<NewCodeRequest>(json!({ "registration": "r" }));
    refuses_its_future::<SignInRequest>(json!({ "email": "e", "password": "p" }));
    refuses_its_future::<RefreshRequest>(json!({ "refresh_token": "r" }));
    refuses_its_future::<MakeSiteRequest>(json!({ "name": "n", "address": "", "time_zone": "UTC" }));
    refuses_its_future::<ChangeSiteRequest>(json!({ "name": "n" }));
    refuses_its_future::<ChangeDeviceRequest>(json!({ "name": "n" }));
    refuses_its_future::<ClaimTerms>(terms());
    refuses_its_future::<ClaimRequest>(json!({ "terms": terms(), "attempt": 1, "opening": "AA" }));
    refuses_its_future::<ProofRequest>(json!({ "attempt": 1, "ke3": "AA" }));
    refuses_its_future::<FirstPasswordRequest>(json!({ "attempt": 1, "record": "AA" }));
    refuses_its_future::<WithdrawRequest>(json!({ "reason": "given_up" }));
}

#[test]
fn cloud_and_device_read_each_others_newer_messages() {
    let clock = json!({ "zone": "UTC", "daylight_saving": false, "offset": 0,
        "changes": [{ "at": 1, "offset": 0, "daylight": false }], "rule": "UTC0" });
    let settings = json!({ "revision": 1, "name": "Gate", "clock": clock });
    reads_its_future::<ClaimOpening>(json!({ "claim": ID, "attempt": 1, "account": ID, "site": ID,
        "presence": "password", "opening": "AA" }));
    reads_its_future::<ClaimProof>(json!({ "claim": ID, "attempt": 1, "ke3": "AA" }));
    reads_its_future::<ClaimBinding>(json!({ "claim": ID, "attempt": 1, "settings": settings }));
    reads_its_future::<DeviceSettings>(settings);
    reads_its_future::<DeviceRelease>(json!({ "claim": ID }));
    reads_its_future::<DeviceChallenge>(json!({ "claim": ID, "attempt": 1, "ke2": "AA" }));
    reads_its_future::<DeviceProven>(json!({ "claim": ID, "attempt": 1 }));
    reads_its_future::<DeviceBound>(json!({ "claim": ID, "attempt": 1 }));
    reads_its_future::<DeviceRefusal>(json!({ "claim": ID, "attempt": 1, "reason": "too_many_tries" }));
    reads_its_future::<DeviceSettled>(json!({ "revision": 1 }));
    assert_eq!(serde_json::from_str::<RefusalReason>("\"asleep\"").unwrap(), RefusalReason::Unknown);
}

#[test]
fn problem_says_its_code_in_type_and_status() {
    let problem = Problem::new(ProblemCode::CursorTooOld);
    assert_eq!(problem.kind, "tag:porchlight.example,2026:cursor_too_old");
    assert_eq!(problem.status, 410);
    assert_eq!(serde_json::to_value(problem.code).unwrap(), json!("cursor_too_old"));
}
