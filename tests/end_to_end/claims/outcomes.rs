//! Every way in which a claim can end.

use super::*;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::add_device::ClaimFailure;
use reqwest::Method;
use std::time::Instant;

fn failed(state: &ClaimState) -> ClaimFailure {
    match state {
        ClaimState::Failed { reason } => *reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_password_makes_the_device_owned_named_and_clocked() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let state = kim.add(&device, DEVICE_PASSWORD).await;
    let ClaimState::Owned { device: id } = state else { panic!("{state:?}") };
    assert_eq!(kim.devices().await, [id]);
    let settings = device.settings().expect("it has settings");
    assert_eq!((settings.name.as_str(), settings.clock.zone.as_str()), ("Gate", "Europe/Berlin"));
    let listed = kim.api.get(&format!("/v1/devices/{id}")).await.good();
    assert_eq!((listed["online"].as_bool(), listed["model"].as_str()), (Some(true), Some("CAM-2")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claim_code_gives_the_first_password() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_claim_code(CLAIM_CODE)).await;
    let terms = kim.terms(&device, Presence::ClaimCode);
    let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms, CLAIM_CODE).await;
    let first = SecretSlice::from(b"a first password".to_vec());
    let (registration, request) = PhoneRegistration::start(&first).unwrap();
    let proof = exchange.prove(Some(&request)).await.expect("the claim code is right");
    let ClaimState::Proven { registration: Some(answer) } = proof.state else { panic!("{:?}", proof.state) };
    let record = registration.finish(&first, &answer.response.0).unwrap();
    let sealed = proof.key.seal_record(&record, &proof.context).unwrap();
    assert!(!device.has_password());
    exchange.give_first_password(sealed.clone()).await.good();
    let state = kim.wait_past(exchange.claim, "proven").await;
    assert!(matches!(state, ClaimState::Owned { .. }), "{state:?}");
    assert!(device.has_password());
    // An answer that was lost: the same request again.
    let again: Claim = serde_json::from_value(exchange.give_first_password(sealed).await.good()).unwrap();
    assert_eq!(again.state, state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn button_gives_the_first_password_only_when_it_was_pressed() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options()).await;
    let terms = kim.terms(&device, Presence::Button);
    let early = kim.open(ClaimId::mint_offline(), 1, terms.clone(), "a first password").await;
    let state = kim.wait_past(early.claim, "requested").await;
    assert_eq!(failed(&state), ClaimFailure::PresenceRequired);
    device.press_button();
    let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms, "a first password").await;
    let state = kim.wait_past(exchange.claim, "requested").await;
    let ClaimState::Challenged { challenge } = state else { panic!("{state:?}") };
    let answer = challenge.registration.expect("a signed answer");
    let Some(Phone::Registration(registration)) = exchange.phone.take() else { panic!() };
    let record = registration.finish(&exchange.secret, &answer.response.0).unwrap();
    exchange.give_first_password(record).await.good();
    kim.wait_past(exchange.claim, "challenged").await;
    let state = kim.wait_past(exchange.claim, "proven").await;
    assert!(matches!(state, ClaimState::Owned { .. }), "{state:?}");
    assert!(device.has_password());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_password_ends_as_the_phone_says_and_a_new_claim_succeeds() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let terms = kim.terms(&device, Presence::Password);
    let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms, "guess").await;
    assert!(exchange.prove(None).await.is_none(), "the phone finds it out");
    let claim = kim.withdraw(exchange.claim, "wrong_password").await;
    assert_eq!(failed(&claim.state), ClaimFailure::WrongPassword);
    assert_eq!(kim.withdraw(exchange.claim, "given_up").await, claim, "an end stays what it is");
    assert!(matches!(kim.add(&device, DEVICE_PASSWORD).await, ClaimState::Owned { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_device_stays_theirs_and_they_hear_of_it() {
    let cloud = Cloud::start().await;
    let (kim, lee) =
        (Claimant::new(&cloud, "kim@example.org").await, Claimant::new(&cloud, "lee@example.org").await);
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let ClaimState::Owned { device: id } = kim.add(&device, DEVICE_PASSWORD).await else { panic!() };
    let mails = cloud.mails().iter().filter(|mail| mail.to.contains("kim@")).count();
    // Without the password it reads as for anybody's device.
    let terms = lee.terms(&device, Presence::Password);
    let mut guess = lee.open(ClaimId::mint_offline(), 1, terms.clone(), "guess").await;
    assert!(guess.prove(None).await.is_none());
    lee.withdraw(guess.claim, "wrong_password").await;
    let mail = cloud.mail_to("kim@example.org", mails).await;
    assert!(mail.text.contains("Gate") && mail.text.contains("did not know"), "{}", mail.text);
    // With it, the stranger is told; the owner was, within this hour.
    assert_eq!(failed(&lee.add(&device, DEVICE_PASSWORD).await), ClaimFailure::BelongsToAnother);
    assert_eq!(kim.devices().await, [id]);
    assert_eq!(lee.devices().await, []);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mails_now = cloud.mails().iter().filter(|mail| mail.to.contains("kim@")).count();
    assert_eq!(mails_now, mails + 1, "one mail an hour");
    let mine = failed(&kim.add(&device, DEVICE_PASSWORD).await);
    assert_eq!(mine, ClaimFailure::AlreadyYours { device: id });
    // Released, it is the next one's.
    kim.api.change(Method::DELETE, &format!("/v1/devices/{id}"), &serde_json::Value::Null).await.good();
    assert!(device.wait_until(PATIENCE, |device| device.owner_claim().is_none()).await);
    assert!(matches!(lee.add(&device, DEVICE_PASSWORD).await, ClaimState::Owned { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_and_unconnected_devices_read_the_same_until_too_many_were_asked_for() {
    let cloud = Cloud::start_with(None, |settings| {
        settings.claim_window = Duration::from_millis(700);
        settings.unanswered_claims_per_hour = 3;
    })
    .await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let (unconnected, unknown) = (
        FieldDevice::build(options().with_password(DEVICE_PASSWORD)),
        FieldDevice::build(options().with_password(DEVICE_PASSWORD)),
    );
    list(&cloud, &unconnected).await;
    for device in [&unconnected, &unknown] {
        let began = Instant::now();
        let terms = kim.terms(device, Presence::Password);
        let exchange = kim.open(ClaimId::mint_offline(), 1, terms, DEVICE_PASSWORD).await;
        assert_eq!(kim.read(exchange.claim).await.state, ClaimState::Requested);
        assert_eq!(kim.wait_past(exchange.claim, "requested").await, ClaimState::Expired);
        assert!(began.elapsed() < Duration::from_millis(1_500), "{:?}", began.elapsed());
    }
    // Giving up early counts too.
    let terms = kim.terms(&unknown, Presence::Password);
    let third = kim.open(ClaimId::mint_offline(), 1, terms.clone(), DEVICE_PASSWORD).await;
    kim.withdraw(third.claim, "given_up").await;
    let path = format!("/v1/claims/{}", ClaimId::mint_offline());
    let opening = Base64Url(third.opening.clone());
    let fourth = kim.api.put(&path, &json!({ "terms": terms, "attempt": 1, "opening": opening })).await;
    assert_eq!(fourth.problem().code, ProblemCode::TooManyRequests);
    let wait: u32 = fourth.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    assert_eq!(third.put().await.status, 200, "what was asked before is still answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn same_request_is_one_claim_and_another_one_is_refused() {
    let cloud = Cloud::start().await;
    let (kim, lee) =
        (Claimant::new(&cloud, "kim@example.org").await, Claimant::new(&cloud, "lee@example.org").await);
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let terms = kim.terms(&device, Presence::Password);
    let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms.clone(), DEVICE_PASSWORD).await;
    let (one, two) = tokio::join!(exchange.put(), exchange.put());
    one.good();
    two.good();
    let path = format!("/v1/claims/{}", exchange.claim);
    let opening = Base64Url(exchange.opening.clone());
    let with = |terms: ClaimTerms| json!({ "terms": terms, "attempt": 1, "opening": opening });
    let renamed = ClaimTerms { name: "Other".to_owned(), ..terms.clone() };
    assert_eq!(kim.api.put(&path, &with(renamed)).await.problem().code, ProblemCode::ClaimDiffers);
    let hers = ClaimTerms { site: lee.site.parse().unwrap(), ..terms.clone() };
    assert_eq!(lee.api.put(&path, &with(hers.clone())).await.problem().code, ProblemCode::ClaimDiffers);
    assert_eq!(lee.api.get(&path).await.problem().code, ProblemCode::NotFound);
    assert_eq!(kim.api.put(&path, &with(hers)).await.problem().code, ProblemCode::NotFound, "not her site");
    exchange.prove(None).await.unwrap();
    let state = kim.wait_past(exchange.claim, "proven").await;
    let again: Claim = serde_json::from_value(exchange.put().await.good()).unwrap();
    assert_eq!(again.state, state);
    assert_eq!(kim.devices().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_that_has_a_password_takes_no_first_one() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device =
        connected(&cloud, options().with_password(DEVICE_PASSWORD).with_claim_code(CLAIM_CODE)).await;
    device.press_button();
    for presence in [Presence::ClaimCode, Presence::Button] {
        let terms = kim.terms(&device, presence);
        let exchange = kim.open(ClaimId::mint_offline(), 1, terms, CLAIM_CODE).await;
        let state = kim.wait_past(exchange.claim, "requested").await;
        assert_eq!(failed(&state), ClaimFailure::HasPassword);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_ends_with_a_rest() {
    let cloud = Cloud::start().await;
    let kim = Claimant::new(&cloud, "kim@example.org").await;
    let device = connected(&cloud, options().with_password(DEVICE_PASSWORD)).await;
    let mut guesses = 0;
    let rest = loop {
        let terms = kim.terms(&device, Presence::Password);
        let mut exchange = kim.open(ClaimId::mint_offline(), 1, terms, "guess").await;
        if let ClaimState::Failed { reason } = kim.wait_past(exchange.claim, "requested").await {
            break reason;
        }
        assert!(exchange.prove(None).await.is_none());
        kim.withdraw(exchange.claim, "wrong_password").await;
        guesses += 1;
        assert!(guesses < 20, "it never rests");
    };
    let ClaimFailure::TooManyTries { retry_after } = rest else { panic!("{rest:?}") };
    assert!((1..=900).contains(&retry_after), "{retry_after}");
}
