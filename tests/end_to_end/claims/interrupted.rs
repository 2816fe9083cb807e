//! A claim goes on after a crash of either side, and what can no longer be finished can be repeated.

use super::*;
use harness::field_device::{Fault, Stage};
use porchlight_protocol::ProblemCode;

/// Goes through a claim with new attempts until it is over; how many it took.
async fn insist(kim: &Claimant, device: &FieldDevice, claim: ClaimId) -> (ClaimState, u32) {
    for attempt in 1..10 {
        let terms = kim.terms(device, Presence::Password);
        let mut exchange = kim.open(claim, attempt, terms, DEVICE_PASSWORD).await;
        let state = kim.wait_past(claim, "requested").await;
        if matches!(state, ClaimState::Challenged { .. }) {
            exchange.prove(None).await.expect("the password is right");
            kim.wait_past(claim, "proven").await;
        }
        let state = kim.read(claim).await.state;
        if !matches!(state, ClaimState::Expired) {
            return (state, attempt);
        }
    }
    panic!("it never ended")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_that_fails_at_any_stage_is_owned_in_the_end() {
    let cloud = Cloud::start_with(None, |settings| {
        settings.claim_window = Duration::from_secs(2);
        // The waiting here asks more often than a phone, which listens to the feed.
        settings.requests_per_minute = 1_000_000;
    })
    .await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    for stage in [Stage::Claim, Stage::Proof, Stage::Bind] {
        for fault in [
            Fault::AnswerTwice,
            Fault::AnswerLate(Duration::from_millis(300)),
            Fault::Vanish(Duration::from_millis(200)),
            Fault::CrashBeforeStore,
            Fault::CrashAfterStore,
            Fault::Garbage,
            Fault::Silence,
        ] {
            let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
            device.plan_fault(stage, fault);
            let claim = ClaimId::mint_offline();
            let (state, attempts) = insist(&kim, &device, claim).await;
            assert!(matches!(state, ClaimState::Owned { .. }), "{stage:?} {fault:?}: {state:?}");
            assert!(attempts <= 2, "{stage:?} {fault:?}: {attempts} attempts");
            assert!(device.wait_until(PATIENCE, |device| device.owner_claim() == Some(claim)).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cloud_that_stops_in_each_state_goes_on_where_it_was() {
    let mut cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    for pause_in in ["requested", "challenged", "proven"] {
        let mut device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
        if pause_in == "requested" {
            device.stop().await;
        }
        if pause_in == "proven" {
            device.plan_fault(Stage::Bind, Fault::Vanish(Duration::from_millis(500)));
        }
        let terms = kim.terms(&device, Presence::Password);
        let claim = ClaimId::mint_offline();
        let mut exchange = kim.open(claim, 1, terms, DEVICE_PASSWORD).await;
        match pause_in {
            "challenged" => drop(kim.wait_past(claim, "requested").await),
            "proven" => drop(exchange.prove(None).await),
            _ => {}
        }
        let phone = exchange.phone.take();
        let opening = exchange.opening.clone();
        cloud.pause().await;
        cloud.resume().await;
        if pause_in == "requested" {
            device.switch_on(&address(&cloud));
        }
        let terms = kim.terms(&device, Presence::Password);
        let secret = SecretSlice::from(DEVICE_PASSWORD.as_bytes().to_vec());
        let mut exchange = Exchange { who: &kim, claim, attempt: 1, terms, secret, opening, phone };
        exchange.put().await.good();
        if pause_in != "proven" {
            exchange.prove(None).await.expect("the password is right");
        }
        let state = kim.wait_past(claim, "proven").await;
        assert!(matches!(state, ClaimState::Owned { .. }), "{pause_in}: {state:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_that_confirms_after_the_claim_expired_is_owned_all_the_same() {
    let cloud =
        Cloud::start_with(None, |settings| settings.claim_window = Duration::from_millis(1_500)).await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    device.plan_fault(Stage::Bind, Fault::AnswerLate(Duration::from_secs(3)));
    let terms = kim.terms(&device, Presence::Password);
    let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms, DEVICE_PASSWORD).await;
    exchange.prove(None).await.unwrap();
    assert_eq!(kim.wait_past(exchange.claim, "proven").await, ClaimState::Expired);
    let state = kim.wait_past(exchange.claim, "expired").await;
    assert!(matches!(state, ClaimState::Owned { .. }), "{state:?}");
    assert_eq!(kim.devices().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_that_stored_a_claim_that_was_given_up_forgets_it() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    device.plan_fault(Stage::Bind, Fault::AnswerLate(Duration::from_millis(500)));
    let terms = kim.terms(&device, Presence::Password);
    let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms, DEVICE_PASSWORD).await;
    exchange.prove(None).await.unwrap();
    kim.withdraw(exchange.claim, "given_up").await;
    assert!(device.wait_until(PATIENCE, |device| device.received(Stage::Release) == 1).await);
    assert!(device.wait_until(PATIENCE, |device| device.owner_claim().is_none()).await);
    assert!(matches!(kim.add(&device, DEVICE_PASSWORD).await, ClaimState::Owned { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn step_of_another_attempt_is_refused_and_the_claim_tells_where_it_is() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let claim = ClaimId::mint_offline();
    let first = kim.open(claim, 1, kim.terms(&device, Presence::Password), DEVICE_PASSWORD).await;
    kim.wait_past(claim, "requested").await;
    // Requests of attempts 2 and 3 were lost.
    let mut fourth = kim.open(claim, 4, kim.terms(&device, Presence::Password), DEVICE_PASSWORD).await;
    let proof = json!({ "attempt": 1, "ke3": Base64Url(vec![1; 64]) });
    assert_eq!(first.post("proof", &proof).await.problem().code, ProblemCode::ClaimNotThere);
    let late: Claim = serde_json::from_value(first.put().await.good()).unwrap();
    assert_eq!(late.attempt, 4, "the phone learns which attempt counts");
    fourth.prove(None).await.expect("the password is right");
    assert!(matches!(kim.wait_past(claim, "proven").await, ClaimState::Owned { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_proof_is_refused_by_the_device() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let exchange =
        kim.open(ClaimId::mint_offline(), 1, kim.terms(&device, Presence::Password), "guess").await;
    kim.wait_past(exchange.claim, "requested").await;
    let proof = json!({ "attempt": 1, "ke3": Base64Url(vec![1; 64]) });
    exchange.post("proof", &proof).await.good();
    let state = kim.wait_past(exchange.claim, "challenged").await;
    assert!(
        matches!(
            state,
            ClaimState::Failed { reason: porchlight_protocol::add_device::ClaimFailure::ProofRefused }
        ),
        "{state:?}"
    );
    assert_eq!(kim.devices().await, []);
}
