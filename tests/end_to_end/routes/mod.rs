//! Every route of the API and who may use it. The table of doors is the decision; the description of the API, which is
//! made from the code, says what there is to decide about: a route that is in one and not in the other fails.
//!
//! 1. Without a session a route answers 401, unless the table opens it to anybody.
//! 2. With a session, a thing of somebody else's is not there: 404, and the database is as before. So it is for whoever
//!    acts in another account by a grant ([`delegated`]), and whatever role they have in a company ([`roles`]).
//! 3. Reading changes nothing, and a change that is asked for again, as after a lost answer, is made once.

pub(crate) mod content;
mod delegated;
mod owner;
mod roles;

use content::settled;
use harness::api::Api;
use harness::cloud::Cloud;
use harness::on_both_engines;
use owner::{ADD_CUSTOMER, ASK, Access, CONSENT, NOBODYS_ID, Owner, Thing, ask, ask_with_key, routes};
use porchlight_protocol::{Base64Url, ClaimId, ProblemCode};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use Access::{Anybody, Of};

/// Changes whose repetition is no business of this walk, and where it is tested or why it is another change.
const REPEATED_ELSEWHERE: [(&str, &str, &str); 10] = [
    ("post", "/v1/accounts", "a second registration: a mail and a code of its own"),
    ("post", "/v1/accounts/codes", "a second mail, within the limit of mails"),
    ("post", "/v1/accounts/verify", "mailed_code_makes_the_account_and_again_is_answered_the_same"),
    ("post", "/v1/claims/{id}/first-password", "claim_code_gives_the_first_password"),
    ("post", "/v1/claims/{id}/proof", "every proof in `claims` is given twice"),
    ("post", "/v1/grants/{id}/handoffs", "a second code: both work once"),
    ("post", "/v1/handoffs/redeem", "same_phone_is_answered_again_for_thirty_seconds"),
    ("post", "/v1/sessions", "a second session, which ends the installation's first"),
    ("delete", "/v1/sessions/current", "signing_out_ends_this_session_and_no_other"),
    ("post", "/v1/sessions/refresh", "retry_with_the_predecessor_gets_the_same_successor"),
];

#[test]
fn every_route_has_been_decided_about() {
    let description: Value = serde_json::from_str(&porchlight_cloud::server::openapi_json()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let there: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (&**method, &**path)))
        .collect();
    let probes = [("get", "/healthz"), ("get", "/readyz")];
    let routes = routes();
    let decided: BTreeSet<_> =
        routes.iter().map(|(method, path, _)| (*method, *path)).chain(probes).collect();
    assert_eq!(there, decided, "say in the table of doors who may use it");
    for (method, path, access) in routes {
        assert_eq!(matches!(access, Of(_)), path.contains('{'), "{method} {path} names a thing, or none");
        let is_guarded = paths[path][method].get("security").is_some();
        assert_eq!(is_guarded, access != Anybody, "{method} {path}: its description says otherwise");
    }
}

on_both_engines! {
    async fn without_a_session_only_what_is_open_to_anybody_answers(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 1_000).await;
        let kim = Owner::new(&cloud, "kim@example.org").await;
        let ended = Api::with_account(&cloud, "ana@example.org").await;
        let live = ended.session.clone().unwrap();
        ended.change(Method::DELETE, "/v1/sessions/current", &Value::Null).await.good();
        let mut forged = Api::new(&cloud);
        forged.session = Some(live);
        forged.session.as_mut().unwrap().access_token = format!("pl_at_{}", "A".repeat(49));
        let before = settled(&db).await;
        for (api, refused_as) in [
            (&Api::new(&cloud), ProblemCode::SignInRequired),
            (&forged, ProblemCode::SignInRequired),
            (&ended, ProblemCode::SessionRevoked),
        ] {
            for (method, path, access) in routes() {
                let ids = if let Of(thing) = access { kim.ids(thing) } else { vec![String::new()] };
                for id in ids {
                    let answer = ask(api, method, &path.replace("{id}", &id), &kim.body(method, path)).await;
                    let is_refused = answer.status == StatusCode::UNAUTHORIZED
                        && answer.body["code"] == json!(refused_as);
                    assert_eq!(is_refused, access != Anybody, "{method} {path}: {answer:?}");
                }
            }
        }
        assert_eq!(settled(&db).await, before);
    }

    async fn thing_of_somebody_else_is_not_there_and_stays_as_it_was(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 1_000).await;
        let [kim, ana] = Owner::two(&cloud).await;
        let before = settled(&db).await;
        let mut asked = 0;
        for (method, path, access) in routes() {
            let Of(thing) = access else { continue };
            for id in kim.ids(thing) {
                let path_of = path.replace("{id}", &id);
                // Ana's own site in the body: what is refused is the id in the path.
                let answer = ask(&ana.who.api, method, &path_of, &ana.body(method, path)).await;
                // A phone mints its claims' ids: one that is taken is refused alike, whoever took it.
                let expected =
                    if method == "put" { ProblemCode::ClaimDiffers } else { ProblemCode::NotFound };
                assert_eq!(answer.problem().code, expected, "{method} {path}");
                asked += 1;
            }
        }
        assert!(asked >= 15, "only {asked} requests");
        assert_eq!(settled(&db).await, before);
    }

    async fn thing_of_somebody_else_cannot_be_named_in_a_body_or_a_question(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 1_000).await;
        let [kim, ana] = Owner::two(&cloud).await;
        let before = settled(&db).await;
        let own_device = format!("/v1/devices/{}", ana.device);
        let moved = ask(&ana.who.api, "patch", &own_device, &json!({ "site": kim.who.site })).await;
        assert_eq!(moved.problem().code, ProblemCode::NotFound);
        let fresh = format!("/v1/claims/{}", ClaimId::mint_offline());
        let body = json!({ "terms": kim.terms, "attempt": 1, "opening": Base64Url(vec![7; 96]) });
        assert_eq!(ask(&ana.who.api, "put", &fresh, &body).await.problem().code, ProblemCode::NotFound);
        let listed = ana.who.api.get(&format!("/v1/devices?site={}", kim.who.site)).await;
        assert_eq!(listed.good()["devices"], json!([]));
        assert_eq!(ana.who.devices().await.len(), 1, "only her own");
        assert_eq!(ana.who.api.get("/v1/sites").await.good()["sites"].as_array().unwrap().len(), 1);
        assert_eq!(settled(&db).await, before);
    }

    async fn body_that_is_no_object_or_too_large_is_refused_by_every_route(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 1_000).await;
        let kim = Owner::new(&cloud, "kim@example.org").await;
        let before = settled(&db).await;
        // Just too large: what the sockets hold is sent before the refusal closes the connection.
        let large = json!({ "name": "x".repeat(64 * 1024) });
        let description: Value = serde_json::from_str(&porchlight_cloud::server::openapi_json()).unwrap();
        let takes_a_body = |method: &str, path: &str| description["paths"][path][method].get("requestBody").is_some();
        for (method, path, access) in routes().into_iter().filter(|(method, path, _)| takes_a_body(method, path)) {
            let ids = if let Of(thing) = access { kim.ids(thing) } else { vec![String::new()] };
            let path = path.replace("{id}", &ids[0]);
            for (body, code) in [
                (json!([]), ProblemCode::MalformedRequest),
                (json!(["a", "", "UTC"]), ProblemCode::MalformedRequest),
                (json!("text"), ProblemCode::MalformedRequest),
                (large.clone(), ProblemCode::BodyTooLarge),
            ] {
                let answer = ask(&kim.who.api, method, &path, &body).await;
                assert_eq!(answer.problem().code, code, "{method} {path}");
            }
        }
        assert_eq!(settled(&db).await, before);
    }

    async fn reading_changes_nothing(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 1_000).await;
        let kim = Owner::new(&cloud, "kim@example.org").await;
        let before = settled(&db).await;
        for table in ["site", "device", "claim", "change", "audit_event", "device_command", "access_grant", "customer"] {
            assert!(!before[table].is_empty(), "there is a {table} that reading could change");
        }
        for (method, path, access) in routes().into_iter().filter(|(method, _, _)| *method == "get") {
            let mut ids = if let Of(thing) = access { kim.ids(thing) } else { vec![String::new()] };
            let own = ids.len();
            ids.push(NOBODYS_ID.to_owned());
            for (at, id) in ids.iter().enumerate() {
                // Not read to its end: a stream has none.
                let response = kim.who.api.request(Method::GET, &path.replace("{id}", id)).send().await.unwrap();
                let is_there = at < own || !path.contains("{id}");
                assert_eq!(response.status().is_success(), is_there, "{method} {path}: {response:?}");
            }
        }
        assert_eq!(settled(&db).await, before);
    }

    async fn answer_that_was_lost_is_had_again_by_the_same_request_and_nothing_is_done_twice(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 1_000).await;
        let kim = Owner::new(&cloud, "kim@example.org").await;
        let house = json!({ "name": "Lake house", "address": "", "time_zone": "Europe/Berlin" });
        let claim = json!({ "terms": kim.terms, "attempt": 1, "opening": Base64Url(vec![7; 96]) });
        let (fresh, waiting) = (ClaimId::mint_offline().to_string(), kim.waiting.to_string());
        let bodies = |method: &str, path: &str| kim.body(method, path);
        let requests = kim.ids(Thing::Request);
        let changes = [
            ("post", "/v1/sites", "", house),
            ("patch", "/v1/sites/{id}", kim.who.site.as_str(), json!({ "name": "Barn" })),
            ("patch", "/v1/devices/{id}", kim.device.as_str(), json!({ "name": "Door" })),
            ("put", "/v1/claims/{id}", fresh.as_str(), claim),
            ("post", "/v1/claims/{id}/withdraw", waiting.as_str(), json!({ "reason": "given_up" })),
            ("delete", "/v1/devices/{id}", kim.device.as_str(), Value::Null),
            ("post", ADD_CUSTOMER, kim.organization.as_str(), bodies("post", ADD_CUSTOMER)),
            ("post", ASK, kim.customer.as_str(), bodies("post", ASK)),
            ("post", "/v1/authorization-requests/{id}/withdraw", requests[0].as_str(), Value::Null),
            ("post", CONSENT, requests[1].as_str(), bodies("post", CONSENT)),
            ("post", "/v1/authorization-requests/{id}/decline", requests[2].as_str(), json!({})),
            ("delete", "/v1/grants/{id}", kim.grant.as_str(), Value::Null),
            ("post", "/v1/customer-offers/{id}/accept", kim.offers[0].as_str(), json!({ "keep": true })),
            ("post", "/v1/customer-offers/{id}/refuse", kim.offers[1].as_str(), Value::Null),
        ];
        let walked: BTreeSet<_> = changes.iter().map(|(method, path, ..)| (*method, *path)).collect();
        let elsewhere = REPEATED_ELSEWHERE.iter().map(|(method, path, _)| (*method, *path));
        let all = routes().into_iter().map(|(method, path, _)| (method, path)).filter(|(method, _)| *method != "get");
        assert_eq!(walked.into_iter().chain(elsewhere).collect::<BTreeSet<_>>(), all.collect());
        let mut before = settled(&db).await;
        for (method, path, id, body) in changes {
            let (path, key) = (path.replace("{id}", id), Uuid::new_v4().to_string());
            let lost = ask_with_key(&kim.who.api, method, &path, &body, &key).await;
            assert!(lost.status.is_success(), "{method} {path}: {lost:?}");
            let after = settled(&db).await;
            assert_ne!(after, before, "{method} {path} does something");
            let again = ask_with_key(&kim.who.api, method, &path, &body, &key).await;
            assert_eq!((again.status, again.body), (lost.status, lost.body), "{method} {path}");
            before = settled(&db).await;
            assert_eq!(before, after, "{method} {path} was done twice");
        }
    }
}
