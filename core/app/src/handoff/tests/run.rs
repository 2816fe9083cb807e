//! The customer's side against a cloud that says anything, on a phone that does anything.

use crate::handoff::secrets::{Code, Entry, Verifier};
use crate::handoff::{HandoffRefusal, HandoffState};
use crate::ports::HandoffVault as _;
use crate::testing::*;
use crate::{Error, Porchlight};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const REDEEM: &str = "/v1/handoffs/redeem";

async fn cloud_that_redeems() -> MockServer {
    let cloud = cloud_with_sign_in().await;
    answer(&cloud, "POST", REDEEM, redeemed()).await;
    answer_lists(&cloud, json!([site(SITE, "Lake house")]), json!([])).await;
    cloud
}

/// The partner app on this phone left this a moment ago.
async fn leave(phone: &TestPhone, number: u8) -> Verifier {
    let verifier = Verifier::mint();
    let entry = Entry {
        code: Code(code(number).into()).hash(),
        verifier: verifier.clone(),
        grant: serde_json::from_value(grant(&id(50))).unwrap(),
        made: phone.ports().moment().await.unwrap(),
        until: 9,
    };
    phone.vault.put(&entry.to_secret()).unwrap();
    verifier
}

/// At `Confirm`, with nobody signed in.
async fn asked(cloud: &MockServer) -> (TestPhone, Porchlight, Verifier) {
    let phone = TestPhone::new();
    let core = phone.open(cloud).await;
    let verifier = leave(&phone, 1).await;
    core.handoff().take_link(link(&code(1))).await.unwrap();
    assert!(matches!(core.handoff().state(), HandoffState::Confirm { .. }));
    (phone, core, verifier)
}

fn refused(reason: HandoffRefusal) -> HandoffState {
    HandoffState::Refused { reason }
}

#[tokio::test]
async fn tap_redeems_code_and_verifier_with_a_proof_of_the_phone_s_key() {
    let cloud = cloud_that_redeems().await;
    let (phone, core, verifier) = asked(&cloud).await;
    assert!(requests_to(&cloud, REDEEM).await.is_empty(), "nothing before the tap");
    assert!(phone.vault.entry.lock().unwrap().is_none(), "read once");
    core.handoff().confirm().await.unwrap();
    assert!(matches!(core.handoff().state(), HandoffState::Opened { .. }));
    let sent = requests_to(&cloud, REDEEM).await;
    use secrecy::ExposeSecret as _;
    let expected = json!({ "code": code(1), "verifier": verifier.0.expose_secret() });
    assert_eq!(sent[0].body_json::<Value>().unwrap(), expected);
    let proof = sent[0].headers["dpop"].to_str().unwrap();
    let claims = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["htu"], "https://porchlight.example/v1/handoffs/redeem");
    assert!(!sent[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn link_works_beside_a_signed_in_person_whose_own_profile_stays_as_it_is() {
    let cloud = cloud_that_redeems().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    leave(&phone, 1).await;
    core.handoff().take_link(link(&code(1))).await.unwrap();
    core.handoff().confirm().await.unwrap();
    let profile = core.delegated_session().profile().unwrap();
    profile.sites().refresh().await.unwrap();
    let window = profile.sites().window(0, 10).await.unwrap();
    assert_eq!(window.total, 1);
    let with = |token: &'static str| {
        let matcher = bearer(token);
        move |request: &wiremock::Request| wiremock::Match::matches(&matcher, request)
    };
    let all = cloud.received_requests().await.unwrap();
    let of_access = |request: &&wiremock::Request| request.url.path() == "/v1/grants";
    assert!(
        all.iter().filter(of_access).all(with("pl_at_1")),
        "a delegated profile asks for sites and devices only"
    );
    assert!(core.profile().account().is_ok());
}

#[tokio::test]
async fn answer_that_was_lost_is_asked_for_again() {
    let cloud = cloud_with_sign_in().await;
    let lost = Mock::given(method("POST")).and(path(REDEEM)).respond_with(problem(503, "unavailable"));
    lost.up_to_n_times(2).mount(&cloud).await;
    answer(&cloud, "POST", REDEEM, redeemed()).await;
    let (_phone, core, _) = asked(&cloud).await;
    core.handoff().confirm().await.unwrap();
    assert!(matches!(core.handoff().state(), HandoffState::Opened { .. }));
    let sent = requests_to(&cloud, REDEEM).await;
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|request| request.body == sent[0].body), "the same code and verifier");
    let proofs: std::collections::HashSet<_> = sent.iter().map(|one| one.headers["dpop"].clone()).collect();
    assert_eq!(proofs.len(), 3, "a proof counts once");
}

#[tokio::test]
async fn phone_without_a_network_says_so_at_once_and_a_tap_tries_again() {
    let cloud = cloud_that_redeems().await;
    let phone = TestPhone::new();
    let core = phone.open_at(&nobody_there().await).await;
    phone.network.0.store(false, SeqCst);
    leave(&phone, 1).await;
    core.handoff().take_link(link(&code(1))).await.unwrap();
    let began = std::time::Instant::now();
    core.handoff().confirm().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(matches!(core.handoff().state(), HandoffState::Unreached { .. }));
    core.handoff().confirm().await.unwrap();
    assert!(matches!(core.handoff().state(), HandoffState::Unreached { .. }));
    core.handoff().dismiss().await.unwrap();
    assert_eq!(core.handoff().state(), HandoffState::Idle);
    drop(cloud);
}

#[tokio::test]
async fn refusals_of_the_cloud_say_what_a_person_can_do() {
    for (status, code, reason) in [
        (410, "handoff_over", HandoffRefusal::TooLate),
        (403, "handoff_refused", HandoffRefusal::NotInitiatedHere),
        (401, "invalid_dpop_proof", HandoffRefusal::NotInitiatedHere),
        (401, "grant_revoked", HandoffRefusal::AccessOver),
        (401, "grant_expired", HandoffRefusal::AccessOver),
        (401, "subject_disabled", HandoffRefusal::AccessOver),
        (426, "update_required", HandoffRefusal::UpdateRequired),
    ] {
        let cloud = cloud_with_sign_in().await;
        answer(&cloud, "POST", REDEEM, problem(status, code)).await;
        let (_phone, core, _) = asked(&cloud).await;
        core.handoff().confirm().await.unwrap();
        assert_eq!(core.handoff().state(), refused(reason), "{code}");
        assert!(core.delegated_session().profile().is_none());
    }
}

#[tokio::test]
async fn whatever_is_no_link_of_ours_is_refused_and_leaves_the_vault_alone() {
    let cloud = cloud_that_redeems().await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    leave(&phone, 1).await;
    for text in ["", "https://evil.example/h#c=x", "https://porchlight.example/h", &"x".repeat(10 * 1024)] {
        core.handoff().take_link(text.into()).await.unwrap();
        assert_eq!(core.handoff().state(), refused(HandoffRefusal::NotALink), "{text}");
    }
    assert!(phone.vault.entry.lock().unwrap().is_some());
    core.handoff().take_link(link(&code(1))).await.unwrap();
    assert!(matches!(core.handoff().state(), HandoffState::Confirm { .. }));
}

#[tokio::test]
async fn link_from_a_web_page_is_refused_without_a_request() {
    let cloud = cloud_that_redeems().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    core.handoff().take_link(link(&code(7))).await.unwrap();
    assert_eq!(core.handoff().state(), refused(HandoffRefusal::NotInitiatedHere));
    // A stranger's link while ours is on its way: ours is gone with it, nothing is opened.
    leave(&phone, 1).await;
    core.handoff().take_link(link(&code(7))).await.unwrap();
    assert_eq!(core.handoff().state(), refused(HandoffRefusal::NotInitiatedHere));
    assert_eq!(core.handoff().confirm().await, Err(not_now()));
    assert!(requests_to(&cloud, REDEEM).await.is_empty());
}

#[tokio::test]
async fn link_that_comes_while_another_is_opened_waits_for_it_and_takes_its_place() {
    let cloud = cloud_with_sign_in().await;
    answer(&cloud, "POST", REDEEM, redeemed().set_delay(Duration::from_millis(500))).await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let (phone, core, _) = asked(&cloud).await;
    leave(&phone, 2).await;
    let handoff = core.handoff();
    let (opened, taken) = tokio::join!(handoff.confirm(), handoff.take_link(link(&code(2))));
    assert_eq!((opened, taken), (Ok(()), Ok(())));
    assert!(core.delegated_session().profile().is_some(), "the first is open");
    match handoff.state() {
        HandoffState::Confirm { instead_of, .. } => {
            assert!(instead_of.is_some(), "and the second would end it")
        }
        state => panic!("{state:?}"),
    }
}

fn not_now() -> Error {
    Error::Conflict { reason: crate::ConflictReason::NotNow }
}

#[tokio::test]
async fn vault_that_is_locked_broken_or_holds_rubbish_opens_nothing() {
    let cloud = cloud_that_redeems().await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    phone.vault.locked.store(true, SeqCst);
    core.handoff().take_link(link(&code(1))).await.unwrap();
    assert_eq!(core.handoff().state(), refused(HandoffRefusal::PhoneLocked));
    phone.vault.locked.store(false, SeqCst);
    phone.vault.broken.store(true, SeqCst);
    core.handoff().take_link(link(&code(1))).await.unwrap();
    assert!(matches!(
        core.handoff().state(),
        HandoffState::Refused { reason: HandoffRefusal::Internal { .. } }
    ));
    phone.vault.broken.store(false, SeqCst);
    for rubbish in [&b""[..], b"{}", b"\xff\xfe", &[b'['; 100_000]] {
        *phone.vault.entry.lock().unwrap() = Some(rubbish.to_vec());
        core.handoff().take_link(link(&code(1))).await.unwrap();
        assert_eq!(core.handoff().state(), refused(HandoffRefusal::NotInitiatedHere));
    }
}

#[tokio::test]
async fn session_that_the_phone_cannot_keep_is_ended_in_the_cloud_and_opens_nothing() {
    let cloud = cloud_that_redeems().await;
    answer(&cloud, "DELETE", "/v1/sessions/current", ResponseTemplate::new(204)).await;
    let (phone, core, _) = asked(&cloud).await;
    phone.secrets.full.store(true, SeqCst);
    core.handoff().confirm().await.unwrap();
    assert!(matches!(
        core.handoff().state(),
        HandoffState::Refused { reason: HandoffRefusal::Internal { .. } }
    ));
    assert_eq!(requests_to(&cloud, "/v1/sessions/current").await.len(), 1);
    assert!(core.delegated_session().profile().is_none());
    assert_eq!(core.delegated_session().state(), crate::access::DelegatedState::Nobody);
    assert!(!phone.folder.path().join("profiles/delegated").exists());
}
