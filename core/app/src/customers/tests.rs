//! Customers and offers against a server that says anything.

use crate::testing::*;
use crate::{ConflictReason, Error, InputField, InputReason, Porchlight};
use porchlight_protocol::customers::CustomerState;
use porchlight_protocol::session::Language;
use serde_json::{Value, json};
use wiremock::matchers::{header_exists, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn customer(id: &str, family_name: &str) -> Value {
    json!({ "id": id, "organization": self::id(80), "email": "kim@example.org", "given_name": "Kim",
        "family_name": family_name, "state": "waiting" })
}

/// Ana belongs to a partner with two customers, on two pages, and to a business.
async fn cloud() -> MockServer {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let of = |id: String, kind: &str| json!({ "organization": id, "name": "Bright Solar", "kind": kind, "role": "admin" });
    let memberships = json!({ "memberships": [of(id(80), "partner"), of(id(81), "business")] });
    answer(&cloud, "GET", "/v1/memberships", ResponseTemplate::new(200).set_body_json(memberships)).await;
    let customers = || Mock::given(method("GET")).and(path(customers_path()));
    let page = |items: Value, next: Option<String>| {
        ResponseTemplate::new(200).set_body_json(json!({ "customers": items, "next": next, "cursor": "0.1" }))
    };
    let first = page(json!([customer(&id(41), "Young")]), Some(id(41)));
    customers().and(query_param_is_missing("after")).respond_with(first).mount(&cloud).await;
    let second = page(json!([customer(&id(42), "Adams")]), None);
    customers().and(query_param("after", id(41))).respond_with(second).mount(&cloud).await;
    let offer = json!({ "id": id(43), "company": { "id": id(80), "name": "Bright Solar" },
        "devices": [{ "name": "Gate", "section": "video", "site": "Barn" }], "shown": "c2hvd24" });
    let offers = ResponseTemplate::new(200).set_body_json(json!({ "offers": [offer] }));
    answer(&cloud, "GET", "/v1/customer-offers", offers).await;
    cloud
}

fn customers_path() -> String {
    format!("/v1/organizations/{}/customers", id(80))
}

async fn phone(cloud: &MockServer) -> (TestPhone, Porchlight) {
    let (phone, core) = signed_in_phone(cloud).await;
    core.profile().customers().refresh().await.unwrap();
    (phone, core)
}

#[tokio::test]
async fn customers_of_a_partner_are_listed_by_name_and_a_business_has_none() {
    let cloud = cloud().await;
    let (_phone, core) = phone(&cloud).await;
    let profile = core.profile();
    let window = profile.customers().window(None, 0, 10).await.unwrap();
    let names: Vec<_> = window.items.iter().map(|customer| customer.family_name.as_str()).collect();
    assert_eq!(names, ["Adams", "Young"]);
    assert_eq!(profile.customers().window(Some(id(81).parse().unwrap()), 0, 10).await.unwrap().total, 0);
    assert_eq!(profile.memberships().window(0, 10).await.unwrap().total, 2);
    assert!(requests_to(&cloud, &format!("/v1/organizations/{}/customers", id(81))).await.is_empty());
}

#[tokio::test]
async fn added_customer_waits_in_the_list_when_its_call_returns() {
    let cloud = cloud().await;
    let add = Mock::given(method("POST")).and(path(customers_path())).and(header_exists("idempotency-key"));
    let added = ResponseTemplate::new(201).set_body_json(customer(&id(44), "Lee"));
    add.respond_with(added).mount(&cloud).await;
    let (_phone, core) = phone(&cloud).await;
    let (customers, partner) = (core.profile().customers(), id(80).parse().unwrap());
    let added = customers.add(partner, " kim@example.org ", "Kim", "Lee", Language::German).await.unwrap();
    assert_eq!(added.state, CustomerState::Waiting);
    assert_eq!(customers.get(added.id).await.unwrap(), added);
    let sent = requests_to(&cloud, &customers_path()).await;
    let body: Value = sent.last().unwrap().body_json().unwrap();
    let expected =
        json!({ "email": "kim@example.org", "given_name": "Kim", "family_name": "Lee", "language": "de" });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn customer_that_cannot_be_does_not_go_to_the_cloud_and_one_that_is_there_is_said() {
    let cloud = cloud().await;
    answer(&cloud, "POST", &customers_path(), problem(409, "customer_exists")).await;
    let (_phone, core) = phone(&cloud).await;
    let (customers, partner) = (core.profile().customers(), id(80).parse().unwrap());
    let long = "ä".repeat(65);
    for (email, given, family, field, reason) in [
        (" ", "Kim", "Lee", InputField::Email, InputReason::Empty),
        ("k@x", "", "Lee", InputField::GivenName, InputReason::Empty),
        ("k@x", "Kim", "\t", InputField::FamilyName, InputReason::Empty),
        ("k@x", "Kim", long.as_str(), InputField::FamilyName, InputReason::TooLong),
    ] {
        let added = customers.add(partner, email, given, family, Language::English).await;
        assert_eq!(added.unwrap_err(), Error::InvalidInput { field, reason });
    }
    let posts = |all: Vec<wiremock::Request>| all.iter().filter(|one| one.method.as_str() == "POST").count();
    assert_eq!(posts(requests_to(&cloud, &customers_path()).await), 0);
    let exists = customers.add(partner, "k@x", "Kim", "Lee", Language::English).await;
    assert_eq!(exists.unwrap_err(), Error::Conflict { reason: ConflictReason::CustomerExists });
}

#[tokio::test]
async fn answered_offer_leaves_the_list() {
    for keep in [Some(true), Some(false), None] {
        let cloud = cloud().await;
        let answers = if keep.is_some() { "accept" } else { "refuse" };
        let route = format!("/v1/customer-offers/{}/{answers}", id(43));
        answer(&cloud, "POST", &route, ResponseTemplate::new(204)).await;
        let (_phone, core) = phone(&cloud).await;
        let offers = core.profile().offers();
        let offer = offers.window(0, 10).await.unwrap().items.remove(0);
        assert_eq!(offer.devices[0].name, "Gate");
        match keep {
            Some(keep) => offers.accept(offer.id, keep, offer.shown.clone()).await.unwrap(),
            None => offers.refuse(offer.id).await.unwrap(),
        }
        assert_eq!(offers.window(0, 10).await.unwrap().total, 0);
        let sent = requests_to(&cloud, &route).await;
        assert!(sent[0].headers.contains_key("idempotency-key"));
        if let Some(keep) = keep {
            assert_eq!(sent[0].body_json::<Value>().unwrap(), json!({ "keep": keep, "shown": "c2hvd24" }));
        }
    }
}
