//! Requests, answers, ends.

use super::Scene;
use crate::changes::Stream;
use harness::api::Api;
use harness::firm::{ALL_BUT_PICTURES, Firm, consent, end, text};
use harness::on_both_engines;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::people::Role;
use reqwest::Method;
use serde_json::{Value, json};

async fn customer_row(firm: &Firm, customer: &str) -> Value {
    firm.installer.get(&format!("/v1/customers/{customer}")).await.good()
}

async fn state_of(api: &Api, request: &Value) -> Value {
    let path = format!("/v1/authorization-requests/{}", text(&request["id"]));
    api.get(&path).await.good()["state"].clone()
}

/// Waits for a change of this kind.
pub(super) async fn next_of(stream: &mut Stream, kind: &str) -> Value {
    loop {
        let (_, change) = stream.next_change().await;
        if change["kind"] == kind {
            return change;
        }
    }
}

/// Waits until the customer's row says this; one that was sealed late may still come before.
async fn customer_that(stream: &mut Stream, field: &str, says: &Value) -> Value {
    loop {
        let row = next_of(stream, "customer").await["customer"].clone();
        if row[field] == *says {
            return row;
        }
    }
}

on_both_engines! {
    async fn both_sides_see_each_step_the_moment_it_is_made(database: Database) {
        let scene = Scene::new(database).await;
        let mut kim = Stream::open(&scene.kim, "/v1/events").await;
        let mut ana = Stream::open(&scene.firm.installer, "/v1/events").await;
        let asked = scene.firm.ask(&scene.customer).await.good();
        assert_eq!(next_of(&mut kim, "request").await["request"], asked);
        customer_that(&mut ana, "pending", &asked["id"]).await;
        let grant = consent(&scene.kim, &asked).await.good();
        assert_eq!(next_of(&mut kim, "grant").await["grant"], grant);
        let row = customer_that(&mut ana, "grant", &grant["id"]).await;
        assert_eq!(row["pending"], Value::Null);
        end(&scene.kim, &grant).await.good();
        let ended = next_of(&mut ana, "grant").await;
        assert!(ended["grant"]["id"] == grant["id"]);
        let other = Firm::new(&scene.cloud, "Dim Solar", "di@dim.example").await;
        let offer = other.add("kim@example.org").await.good();
        assert_eq!(next_of(&mut kim, "offer").await["offer"]["company"]["name"], "Dim Solar");
        let path = format!("/v1/customer-offers/{}/refuse", text(&offer["id"]));
        scene.kim.change(Method::POST, &path, &Value::Null).await.good();
        assert_eq!(next_of(&mut kim, "offer_gone").await["customer"], offer["id"]);
    }

    async fn delegated_session_hears_of_sites_and_devices_and_of_nothing_else(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        let mut stream = Stream::open(&phone, "/v1/events").await;
        let asked = scene.firm.ask(&scene.customer).await.good();
        answer(&scene.kim, &asked, "decline").await.good();
        let other = Firm::new(&scene.cloud, "Dim Solar", "di@dim.example").await;
        other.add("kim@example.org").await.good();
        scene.kim.make_site("Boat house").await;
        let (_, first) = stream.next_change().await;
        assert_eq!((&first["kind"], &first["site"]["name"]), (&json!("site"), &json!("Boat house")));
    }

    async fn customer_sees_who_asks_what_and_why_and_says_yes(database: Database) {
        let scene = Scene::new(database).await;
        assert_eq!(customer_row(&scene.firm, &scene.customer).await["grant"], Value::Null);
        let asked = scene.firm.ask_for(&scene.customer, json!({ "lasts": 4 * 3600 })).await.good();
        let listed = scene.kim.get("/v1/authorization-requests").await.good();
        assert_eq!(listed["requests"], json!([asked]), "both see the same");
        assert_eq!(asked["company"]["name"], "Bright Solar");
        assert_eq!((&asked["comment"], &asked["lasts"]), (&json!("The gate."), &json!(14_400)));
        assert_eq!(customer_row(&scene.firm, &scene.customer).await["pending"], asked["id"]);
        let mail = scene.cloud.mail_to("kim@example.org", 2).await;
        assert!(mail.text.contains("Kim Lee of Bright Solar"), "{}", mail.text);

        let grant = consent(&scene.kim, &asked).await.good();
        let lasts = grant["expires_at"].as_i64().unwrap() - grant["starts_at"].as_i64().unwrap();
        assert_eq!(lasts, 14_400_000);
        assert_eq!(grant["permissions"], json!(ALL_BUT_PICTURES));
        assert_eq!(state_of(&scene.firm.installer, &asked).await, "consented");
        let row = customer_row(&scene.firm, &scene.customer).await;
        assert_eq!((&row["grant"], &row["until"]), (&grant["id"], &grant["expires_at"]));
        assert_eq!(row["pending"], Value::Null);
        assert_eq!(scene.kim.get("/v1/grants").await.good()["grants"], json!([grant]));
    }

    async fn yes_may_be_for_a_shorter_time_never_for_a_longer_one(database: Database) {
        let scene = Scene::new(database).await;
        let asked = scene.firm.ask_for(&scene.customer, json!({ "lasts": 4 * 3600 })).await.good();
        let path = format!("/v1/authorization-requests/{}/consent", text(&asked["id"]));
        for wrong in [0, 1, 3_599, 5_400, 5 * 3600] {
            let body = json!({ "terms": asked["terms"], "lasts": wrong });
            let refused = scene.kim.change(Method::POST, &path, &body).await.problem();
            assert_eq!((refused.code, refused.field.as_deref()), (ProblemCode::InvalidInput, Some("lasts")));
        }
        let body = json!({ "terms": asked["terms"], "lasts": 3600 });
        let grant = scene.kim.change(Method::POST, &path, &body).await.good();
        assert_eq!(grant["expires_at"].as_i64().unwrap() - grant["starts_at"].as_i64().unwrap(), 3_600_000);
    }

    async fn yes_to_other_terms_than_were_shown_grants_nothing(database: Database) {
        let scene = Scene::new(database).await;
        let shown = scene.firm.ask(&scene.customer).await.good();
        let other = scene.firm.ask_for(&scene.customer, json!({ "permissions": ["site.read", "video.watch"] })).await.good();
        let path = format!("/v1/authorization-requests/{}/consent", text(&other["id"]));
        let refused = scene.kim.change(Method::POST, &path, &json!({ "terms": shown["terms"] })).await;
        assert_eq!(refused.problem().code, ProblemCode::TermsDiffer);
        assert_eq!(state_of(&scene.kim, &other).await, "pending");
        assert_eq!(scene.kim.get("/v1/grants").await.good()["grants"], json!([]));
    }

    async fn answered_request_is_over_for_everybody(database: Database) {
        let scene = Scene::new(database).await;
        let mut over = Vec::new();
        for (who, verb, state) in [
            (&scene.firm.installer, "withdraw", "withdrawn"),
            (&scene.kim, "consent", "consented"),
            (&scene.kim, "decline", "declined"),
        ] {
            let asked = scene.firm.ask(&scene.customer).await.good();
            answer(who, &asked, verb).await.good();
            assert_eq!(state_of(&scene.kim, &asked).await, state);
            assert_eq!(customer_row(&scene.firm, &scene.customer).await["asked"], state);
            over.push(asked);
        }
        for asked in &over {
            for (who, verb) in [(&scene.firm.installer, "withdraw"), (&scene.kim, "consent"), (&scene.kim, "decline")] {
                assert_eq!(answer(who, asked, verb).await.problem().code, ProblemCode::RequestOver, "{verb}");
            }
        }
    }

    async fn request_that_nobody_answers_is_over_and_its_installer_sees_that(database: Database) {
        let scene = Scene::new(database).await;
        let mut ana = Stream::open(&scene.firm.installer, "/v1/events").await;
        let asked = scene.firm.ask(&scene.customer).await.good();
        let waits = asked["expires_at"].as_i64().unwrap() - asked["created_at"].as_i64().unwrap();
        assert_eq!(waits, 72 * 3_600_000, "72 hours");
        customer_that(&mut ana, "asked", &json!("pending")).await;
        let over = sqlx::query("UPDATE authorization_request SET expires_at = $1").bind(porchlight_cloud::now());
        let mut tx = scene.cloud.db().await.begin().await.unwrap();
        over.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let row = customer_that(&mut ana, "asked", &json!("expired")).await;
        assert_eq!(row["pending"], Value::Null);
        assert_eq!(state_of(&scene.kim, &asked).await, "expired");
        let newest = scene.kim.get("/v1/history?limit=1").await.good()["acts"][0].clone();
        assert_eq!((&newest["what"], &newest["actor"]), (&json!("access.expired"), &Value::Null));
        assert_eq!(answer(&scene.kim, &asked, "consent").await.problem().code, ProblemCode::RequestOver);
    }

    async fn nobody_answers_for_somebody_else(database: Database) {
        let scene = Scene::new(database).await;
        let asked = scene.firm.ask(&scene.customer).await.good();
        let stranger = Api::with_account(&scene.cloud, "max@example.org").await;
        for verb in ["consent", "decline", "withdraw"] {
            assert_eq!(answer(&stranger, &asked, verb).await.problem().code, ProblemCode::NotFound, "{verb}");
        }
        for verb in ["consent", "decline"] {
            let own = answer(&scene.firm.installer, &asked, verb).await;
            assert_eq!(own.problem().code, ProblemCode::NotFound, "the installer's own {verb}");
        }
        assert_eq!(answer(&scene.kim, &asked, "withdraw").await.problem().code, ProblemCode::NotFound);
        assert_eq!(state_of(&scene.kim, &asked).await, "pending");
    }

    async fn either_side_ends_a_grant_and_nobody_else_does(database: Database) {
        let scene = Scene::new(database).await;
        let colleague = scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::Admin).await;
        for (who, why) in [(&scene.kim, "revoked"), (&scene.firm.installer, "released")] {
            let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
            assert_eq!(end(&colleague.installer, &grant).await.problem().code, ProblemCode::NotFound);
            end(who, &grant).await.good();
            end(who, &grant).await.good();
            let path = format!("/v1/grants/{}", text(&grant["id"]));
            let ended = scene.kim.get(&path).await.good();
            assert_eq!(ended["ended_why"], why);
            assert!(ended["ended_at"].is_i64());
            assert_eq!(scene.firm.installer.get(&path).await.good(), ended);
            assert_eq!(customer_row(&scene.firm, &scene.customer).await["grant"], Value::Null);
        }
    }

    async fn history_says_who_did_what_for_which_company(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        phone.make_site("Boat house").await;
        end(&scene.kim, &grant).await.good();
        let acts = scene.kim.get("/v1/history").await.good()["acts"].clone();
        let whats: Vec<_> = acts.as_array().unwrap().iter().map(|act| text(&act["what"])).collect();
        assert_eq!(
            whats[..5],
            ["access.ended", "site.made", "session.began", "access.granted", "access.asked"],
            "{whats:?}"
        );
        let made = &acts[1];
        assert_eq!((&made["name"], &made["grant"]), (&json!("Boat house"), &grant["id"]));
        assert_eq!((&made["company"]["name"], &made["actor"]), (&json!("Bright Solar"), &grant["actor"]));
        assert_eq!(acts[3]["actor"]["id"], grant["subject"]["id"], "Kim granted it");
        assert_eq!(acts[3]["company"], Value::Null, "Kim works for nobody");
        for whose in [&acts[0], &acts[3], &acts[4]] {
            let about = json!({ "company": grant["company"], "person": grant["actor"] });
            assert_eq!(whose["about"], about, "whose access it is: {whose}");
        }
        assert_eq!(made["about"], Value::Null);
        assert_eq!(acts[4]["company"]["name"], "Bright Solar", "who asks says for whom");
        // The installer reads what they did themselves, by their grant, and nothing else of Kim's.
        let path = format!("/v1/history?grant={}", text(&grant["id"]));
        let own = scene.firm.installer.get(&path).await.good()["acts"].clone();
        assert!(own.as_array().unwrap().iter().all(|act| act["grant"] == grant["id"]));
        assert!(own.as_array().unwrap().contains(made));
        let theirs = scene.firm.installer.get("/v1/history").await.good();
        let joined = theirs["acts"].as_array().unwrap().iter().find(|act| act["what"] == "membership.began").unwrap();
        assert_eq!(joined["about"], json!({ "company": grant["company"] }));
        assert!(!theirs.to_string().contains("Boat house"));
        let stranger = Api::with_account(&scene.cloud, "max@example.org").await;
        assert_eq!(stranger.get(&path).await.problem().code, ProblemCode::NotFound);
    }

    async fn history_is_read_in_pages_newest_first(database: Database) {
        let scene = Scene::new(database).await;
        for name in ["a", "b", "c"] {
            scene.kim.make_site(name).await;
        }
        let whole = scene.kim.get("/v1/history?limit=200").await.good()["acts"].clone();
        let (mut paged, mut path) = (Vec::new(), "/v1/history?limit=2".to_owned());
        loop {
            let page = scene.kim.get(&path).await.good();
            paged.extend(page["acts"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => path = format!("/v1/history?limit=2&before={next}"),
                None => break,
            }
        }
        assert_eq!(json!(paged), whole);
    }
}

/// Answers a request as its terms were shown.
async fn answer(api: &Api, request: &Value, verb: &str) -> harness::api::Answer {
    let path = format!("/v1/authorization-requests/{}/{verb}", text(&request["id"]));
    let body = match verb {
        "consent" => json!({ "terms": request["terms"] }),
        "decline" => json!({}),
        _ => Value::Null,
    };
    api.change(Method::POST, &path, &body).await
}
