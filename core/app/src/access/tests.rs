//! Requests and grants against a server that says anything.

use crate::access::{AccessWish, GrantSide, RequestSide};
use crate::testing::*;
use crate::{ConflictReason, Error, NotAllowedReason, Porchlight};
use porchlight_protocol::access::{GrantEnd, Permission, RequestState};
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// Kim was asked by Ana, and asked somebody; Ana may act for Kim.
async fn cloud() -> MockServer {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let mut made = request(&id(31));
    made["actor"]["id"] = json!(ACCOUNT);
    made["subject"] = json!(id(71));
    let requests = json!({ "requests": [made, request(&id(30))], "cursor": "0.1" });
    answer(&cloud, "GET", "/v1/authorization-requests", ok(requests)).await;
    let mut over = grant(&id(51));
    (over["ended_at"], over["ended_why"]) = (json!(5), json!("released"));
    answer(&cloud, "GET", "/v1/grants", ok(json!({ "grants": [over, grant(&id(50))], "cursor": "0.1" })))
        .await;
    cloud
}

async fn phone(cloud: &MockServer) -> (TestPhone, Porchlight) {
    let (phone, core) = signed_in_phone(cloud).await;
    core.profile().requests().refresh().await.unwrap();
    (phone, core)
}

#[tokio::test]
async fn lists_show_their_side_and_are_readable_without_a_connection() {
    let cloud = cloud().await;
    let (phone, core) = phone(&cloud).await;
    drop(core);
    let core = phone.open_at(&nobody_there().await).await;
    let profile = core.profile();
    let ids = async |side| {
        let window = profile.requests().window(side, 0, 10).await.unwrap();
        window.items.iter().map(|request| request.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((ids(RequestSide::Asked).await, ids(RequestSide::Made).await), (vec![id(30)], vec![id(31)]));
    assert_eq!(profile.requests().waiting().await.unwrap().len(), 1);
    let given = async |ended| {
        let window = profile.grants().window(GrantSide::Given, ended, 0, 10).await.unwrap();
        window.items.iter().map(|grant| grant.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((given(false).await, given(true).await), (vec![id(50)], vec![id(51)]));
    assert_eq!(profile.grants().window(GrantSide::Held, false, 0, 10).await.unwrap().total, 0);
}

#[tokio::test]
async fn consent_sends_the_terms_that_were_shown_and_shows_at_once() {
    let cloud = cloud().await;
    let route = format!("/v1/authorization-requests/{}/consent", id(30));
    let consent = Mock::given(method("POST")).and(path(&route)).and(header_exists("idempotency-key"));
    consent.respond_with(ok(grant(&id(52)))).mount(&cloud).await;
    let (_phone, core) = phone(&cloud).await;
    let requests = core.profile().requests();
    let shown = requests.waiting().await.unwrap().remove(0);
    let granted = requests.consent(shown.id, shown.terms, Some(3_600)).await.unwrap();
    let body: Value = requests_to(&cloud, &route).await[0].body_json().unwrap();
    assert_eq!(body, json!({ "terms": "dGVybXM", "lasts": 3_600 }));
    let answered = requests.get(shown.id).await.unwrap();
    assert_eq!((answered.state, answered.grant), (RequestState::Consented, Some(granted.id)));
    assert!(requests.waiting().await.unwrap().is_empty());
    assert!(core.profile().grants().get(granted.id).await.is_ok());
}

#[tokio::test]
async fn consent_and_end_without_a_connection_are_refused_and_never_sent_later() {
    let cloud = cloud().await;
    let (phone, core) = phone(&cloud).await;
    let shown = core.profile().requests().waiting().await.unwrap().remove(0);
    drop(core);
    phone.network.0.store(false, SeqCst);
    let core = phone.open_at(&nobody_there().await).await;
    let (requests, grants) = (core.profile().requests(), core.profile().grants());
    assert_eq!(requests.consent(shown.id, shown.terms.clone(), None).await.unwrap_err(), Error::Offline);
    assert_eq!(requests.decline(shown.id, true).await, Err(Error::Offline));
    assert_eq!(grants.end(id(50).parse().unwrap()).await, Err(Error::Offline));
    assert_eq!(requests.get(shown.id).await.unwrap().state, RequestState::Pending);
    drop(core);
    phone.network.0.store(true, SeqCst);
    let core = phone.open(&cloud).await;
    core.work(std::time::Duration::from_secs(5)).await.unwrap();
    let all = cloud.received_requests().await.unwrap();
    assert!(!all.iter().any(|one| one.url.path().contains("consent") || one.method.as_str() == "DELETE"));
}

#[tokio::test]
async fn refusals_say_what_stands_in_the_way() {
    let conflict = |reason| Error::Conflict { reason };
    for (status, code, expected) in [
        (409, "terms_differ", conflict(ConflictReason::TermsDiffer)),
        (409, "request_over", conflict(ConflictReason::RequestOver)),
        (404, "not_found", Error::NotFound),
    ] {
        let cloud = cloud().await;
        let route = format!("/v1/authorization-requests/{}/consent", id(30));
        answer(&cloud, "POST", &route, problem(status, code)).await;
        let (_phone, core) = phone(&cloud).await;
        let requests = core.profile().requests();
        let shown = requests.waiting().await.unwrap().remove(0);
        assert_eq!(requests.consent(shown.id, shown.terms, None).await.unwrap_err(), expected);
        assert_eq!(requests.get(shown.id).await.unwrap().state, RequestState::Pending, "{code}");
    }
    for (status, code, expected) in [
        (409, "customer_not_confirmed", conflict(ConflictReason::CustomerNotConfirmed)),
        (403, "requests_refused", Error::NotAllowed { reason: NotAllowedReason::RequestsRefused }),
    ] {
        let cloud = cloud().await;
        let route = format!("/v1/customers/{}/authorization-requests", id(40));
        answer(&cloud, "POST", &route, problem(status, code)).await;
        let (_phone, core) = phone(&cloud).await;
        let asked = core.profile().requests().ask(id(40).parse().unwrap(), wish()).await;
        assert_eq!(asked.unwrap_err(), expected);
    }
}

fn wish() -> AccessWish {
    let permissions = vec![Permission::DeviceAdd];
    AccessWish { site: None, device: None, permissions, lasts: 14_400, comment: "New panel".into() }
}

#[tokio::test]
async fn asked_withdrawn_and_declined_requests_show_when_their_calls_return() {
    let cloud = cloud().await;
    let mut asked = request(&id(32));
    asked["actor"]["id"] = json!(ACCOUNT);
    let route = format!("/v1/customers/{}/authorization-requests", id(40));
    answer(&cloud, "POST", &route, ResponseTemplate::new(201).set_body_json(&asked)).await;
    asked["state"] = json!("withdrawn");
    answer(&cloud, "POST", &format!("/v1/authorization-requests/{}/withdraw", id(32)), ok(asked)).await;
    let decline = format!("/v1/authorization-requests/{}/decline", id(30));
    answer(&cloud, "POST", &decline, ResponseTemplate::new(204)).await;
    let (_phone, core) = phone(&cloud).await;
    let requests = core.profile().requests();
    let made = requests.ask(id(40).parse().unwrap(), wish()).await.unwrap();
    let body: Value = requests_to(&cloud, &route).await[0].body_json().unwrap();
    assert_eq!(body["permissions"], json!(["site.read", "device.add"]));
    assert_eq!(
        requests.window(RequestSide::Made, 0, 1).await.unwrap().items,
        std::slice::from_ref(&made),
        "newest first"
    );
    requests.withdraw(made.id).await.unwrap();
    assert_eq!(requests.get(made.id).await.unwrap().state, RequestState::Withdrawn);
    requests.decline(id(30).parse().unwrap(), true).await.unwrap();
    let body: Value = requests_to(&cloud, &decline).await[0].body_json().unwrap();
    assert_eq!(body, json!({ "block": true }));
    assert!(requests.waiting().await.unwrap().is_empty());
}

#[tokio::test]
async fn grant_that_was_ended_here_is_over_in_the_list_at_once() {
    let cloud = cloud().await;
    let route = format!("/v1/grants/{}", id(50));
    let end = Mock::given(method("DELETE")).and(path(&route)).and(header_exists("idempotency-key"));
    end.respond_with(ResponseTemplate::new(204)).mount(&cloud).await;
    let (_phone, core) = phone(&cloud).await;
    let grants = core.profile().grants();
    grants.end(id(50).parse().unwrap()).await.unwrap();
    assert_eq!(grants.window(GrantSide::Given, false, 0, 10).await.unwrap().total, 0);
    assert_eq!(grants.get(id(50).parse().unwrap()).await.unwrap().ended_why, Some(GrantEnd::Revoked));
}

#[tokio::test]
async fn request_is_on_the_screen_the_moment_the_feed_brings_it() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let change = json!({ "kind": "request", "request": request(&id(33)) });
    let event = format!("id: 0.9\ndata: {change}\n\n");
    let stream = ResponseTemplate::new(200).set_body_raw(event, "text/event-stream");
    answer(&cloud, "GET", "/v1/events", stream).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let seen = Seen::new(0);
    core.profile().requests().listen(seen.clone()).for_good();
    let mut counted = 0;
    while core.profile().requests().waiting().await.unwrap().is_empty() {
        counted = seen.until(|count| *count > counted).await;
    }
}
