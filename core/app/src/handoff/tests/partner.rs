//! The partner's side: in this order, or not at all.

use crate::handoff::secrets::{Code, Verifier};
use crate::handoff::{HandoffState, LinkOpener, NotOpened, link};
use crate::ports::PortFault;
use crate::testing::*;
use crate::{ConflictReason, Error};
use link::{Begun, Effect, Event, State, transition};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use wiremock::{MockServer, ResponseTemplate};

/// Opens links, or does not.
#[derive(Debug, Default)]
struct Opener {
    opened: Mutex<Vec<String>>,
    fails: Option<NotOpened>,
}

impl LinkOpener for Opener {
    fn open(&self, link: &SecretString) -> Result<(), NotOpened> {
        self.opened.lock().unwrap().push(link.expose_secret().to_owned());
        self.fails.map_or(Ok(()), Err)
    }
}

async fn cloud_that_begins() -> MockServer {
    let cloud = cloud_with_sign_in().await;
    let begun = json!({ "code": code(1), "expires_in": 60, "grant": grant(&id(50)) });
    let route = format!("/v1/grants/{}/handoffs", id(50));
    answer(&cloud, "POST", &route, ResponseTemplate::new(201).set_body_json(begun)).await;
    cloud
}

#[tokio::test]
async fn verifier_is_in_the_vault_before_the_link_is_opened_and_its_challenge_in_the_cloud() {
    let cloud = cloud_that_begins().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    let opener = Arc::new(Opener::default());
    core.profile().open_customer_app(id(50).parse().unwrap(), opener.clone()).await.unwrap();
    assert_eq!(*opener.opened.lock().unwrap(), [link(&code(1)).expose_secret()]);
    let left: Value = serde_json::from_slice(phone.vault.entry.lock().unwrap().as_ref().unwrap()).unwrap();
    let verifier = Verifier(left["verifier"].as_str().unwrap().into());
    let sent = requests_to(&cloud, &format!("/v1/grants/{}/handoffs", id(50))).await;
    assert_eq!(sent[0].body_json::<Value>().unwrap(), json!({ "challenge": verifier.challenge() }));
    assert!(!sent[0].headers.contains_key("idempotency-key"), "the answer is a secret");
    assert_eq!(left["grant"]["company"]["name"], "Bright Solar");
    assert!(!left.to_string().contains(&code(1)), "only its hash");
}

/// What the confirming screen would say, of a code that the cloud gave at 8:49:37 on 6 November 1994.
async fn until_of_a_link_for(expires_at: i64) -> i64 {
    let cloud = cloud_with_sign_in().await;
    let mut begun = json!({ "code": code(1), "expires_in": 60, "grant": grant(&id(50)) });
    begun["grant"]["expires_at"] = json!(expires_at);
    let begun = ResponseTemplate::new(201).set_body_json(begun);
    let begun = begun.insert_header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    answer(&cloud, "POST", &format!("/v1/grants/{}/handoffs", id(50)), begun).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    core.profile().open_customer_app(id(50).parse().unwrap(), Arc::new(Opener::default())).await.unwrap();
    core.handoff().take_link(link(&code(1))).await.unwrap();
    drop(phone);
    match core.handoff().state() {
        HandoffState::Confirm { until, .. } => until,
        state => panic!("{state:?}"),
    }
}

#[tokio::test]
async fn link_is_for_eight_hours_by_the_cloud_s_clock_and_never_longer_than_the_grant() {
    const NOW: i64 = 784_111_777_000;
    const HOUR: i64 = 3_600_000;
    assert_eq!(until_of_a_link_for(NOW + 30 * 24 * HOUR).await, NOW + 8 * HOUR);
    assert_eq!(until_of_a_link_for(NOW + HOUR).await, NOW + HOUR);
}

#[tokio::test]
async fn missing_customer_app_is_said_and_the_entry_is_taken_back() {
    let cloud = cloud_that_begins().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    let opener = Arc::new(Opener { fails: Some(NotOpened::AppMissing), ..Opener::default() });
    let failed = core.profile().open_customer_app(id(50).parse().unwrap(), opener).await;
    assert_eq!(failed, Err(Error::Conflict { reason: ConflictReason::CustomerAppMissing }));
    assert!(phone.vault.entry.lock().unwrap().is_none());
}

#[tokio::test]
async fn link_is_not_opened_when_the_cloud_refuses_or_the_vault_takes_nothing() {
    let opener = Arc::new(Opener::default());
    let open = async |core: &crate::Porchlight| {
        core.profile().open_customer_app(id(50).parse().unwrap(), opener.clone()).await
    };
    let cloud = cloud_with_sign_in().await;
    answer(&cloud, "POST", &format!("/v1/grants/{}/handoffs", id(50)), problem(409, "grant_over")).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    assert_eq!(open(&core).await, Err(Error::Conflict { reason: ConflictReason::AccessOver }));
    let cloud = cloud_that_begins().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    phone.vault.locked.store(true, SeqCst);
    assert_eq!(open(&core).await, Err(Error::Conflict { reason: ConflictReason::PhoneLocked }));
    phone.vault.locked.store(false, SeqCst);
    phone.vault.broken.store(true, SeqCst);
    assert!(matches!(open(&core).await, Err(Error::Internal { .. })));
    assert!(opener.opened.lock().unwrap().is_empty());
    assert!(!core.diagnostics().contains("pl_ho_"));
}

#[test]
fn events_out_of_their_order_are_illegal() {
    let host = "porchlight.example".parse().unwrap();
    let fault = || crate::error::Fault::Port { port: "handoff vault", fault: PortFault::Broken };
    for state in [
        || State::Asking { verifier: Verifier::mint() },
        || State::Leaving { link: "x".into() },
        || State::Opening,
        || State::TakingBack { why: NotOpened::Broken },
        || State::Opened,
        || State::Failed(crate::error::Fault::Offline),
    ] as [fn() -> State; 6]
    {
        let made = serde_json::from_value(json!({ "elapsed": { "secs": 1, "nanos": 0 }, "boot_id": "b" }));
        let grant = serde_json::from_value(grant(&id(50))).unwrap();
        let begun = Event::Begun(Begun { code: Code(code(1).into()), grant, made: made.unwrap(), until: 9 });
        for event in [begun, Event::Left, Event::Opened(Ok(())), Event::TakenBack, Event::Failed(fault())] {
            let fits = matches!(
                (state(), &event),
                (State::Asking { .. }, Event::Begun(_) | Event::Failed(_))
                    | (State::Leaving { .. }, Event::Left | Event::Failed(_))
                    | (State::Opening, Event::Opened(_))
                    | (State::TakingBack { .. }, Event::TakenBack)
            );
            let next = transition(state(), event, &host);
            assert_eq!(next.is_ok(), fits, "{next:?}");
            let opens = |effect: &Effect| matches!(effect, Effect::Open(_));
            let left_before = matches!(state(), State::Leaving { .. });
            assert!(left_before || !next.is_ok_and(|(_, effects)| effects.iter().any(opens)));
        }
    }
}
