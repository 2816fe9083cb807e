//! What is refused: bad requests, floods, blocks, roles.

use super::{Scene, add_device};
use crate::claims::Claimant;
use harness::api::Api;
use harness::firm::{Firm, text};
use harness::on_both_engines;
use porchlight_cloud::people;
use porchlight_protocol::people::{OrganizationKind, Role};
use porchlight_protocol::{DeviceId, ProblemCode};
use reqwest::Method;
use serde_json::{Value, json};

async fn decline(api: &Api, request: &Value, block: bool) {
    let path = format!("/v1/authorization-requests/{}/decline", text(&request["id"]));
    api.change(Method::POST, &path, &json!({ "block": block })).await.good();
}

on_both_engines! {
    async fn what_nobody_could_grant_cannot_be_asked_for(database: Database) {
        let scene = Scene::new(database).await;
        let stranger = Api::with_account(&scene.cloud, "max@example.org").await;
        let claimant = Claimant { site: stranger.make_site("Max's").await, api: stranger };
        let (foreign, of_another) = (&claimant.site, add_device(&scene.cloud, &claimant).await);
        for (but, field) in [
            (json!({ "lasts": 0 }), "lasts"),
            (json!({ "lasts": 31 * 86_400 }), "lasts"),
            (json!({ "lasts": 5_000 }), "lasts"),
            (json!({ "permissions": [] }), "permissions"),
            (json!({ "permissions": ["site.read", "site.read"] }), "permissions"),
            (json!({ "permissions": ["device.release"] }), "permissions"),
            (json!({ "permissions": ["account.manage"] }), "permissions"),
            (json!({ "permissions": ["everything"] }), "permissions"),
            (json!({ "comment": "x".repeat(10 * 1024) }), "comment"),
            (json!({ "comment": "a\u{7}b" }), "comment"),
            (json!({ "comment": "\u{202e}daed" }), "comment"),
            (json!({ "site": foreign }), "site"),
            (json!({ "device": of_another }), "device"),
            (json!({ "device": DeviceId::mint() }), "device"),
            (json!({ "site": scene.site, "device": DeviceId::mint() }), "device"),
        ] {
            let refused = scene.firm.ask_for(&scene.customer, but.clone()).await.problem();
            assert_eq!((refused.code, refused.field.as_deref()), (ProblemCode::InvalidInput, Some(field)), "{but}");
        }
        assert_eq!(scene.kim.get("/v1/authorization-requests").await.good()["requests"], json!([]));
        scene.firm.ask_for(&scene.customer, json!({ "site": scene.site })).await.good();
    }

    async fn three_requests_wait_at_most_whichever_colleague_asks(database: Database) {
        let scene = Scene::new(database).await;
        let colleague = scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::Operator).await;
        for firm in [&scene.firm, &colleague, &scene.firm] {
            firm.ask(&scene.customer).await.good();
        }
        for firm in [&scene.firm, &colleague] {
            let refused = firm.ask(&scene.customer).await;
            assert!(refused.headers.contains_key("retry-after"));
            assert_eq!(refused.problem().code, ProblemCode::TooManyRequests);
        }
        let other = Firm::new(&scene.cloud, "Dim Solar", "di@dim.example").await;
        let customer = other.customer(&scene.kim).await;
        other.ask(&customer).await.good();
    }

    /// Runs on the defaults: each of the ten is a mail to the customer.
    async fn what_is_asked_and_taken_back_again_counts(database: Database) {
        let scene = Scene::new(database).await;
        for _ in 0..10 {
            let asked = scene.firm.ask(&scene.customer).await.good();
            let path = format!("/v1/authorization-requests/{}/withdraw", text(&asked["id"]));
            scene.firm.installer.change(Method::POST, &path, &Value::Null).await.good();
        }
        let colleague = scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::Operator).await;
        let refused = colleague.ask(&scene.customer).await;
        let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((23 * 3_600..=24 * 3_600).contains(&wait), "{wait} s");
        assert_eq!(refused.problem().code, ProblemCode::TooManyRequests);
        let max = Api::with_account(&scene.cloud, "max@example.org").await;
        let other = scene.firm.customer(&max).await;
        scene.firm.ask(&other).await.good();
    }

    async fn two_refusals_are_followed_by_a_week_of_silence(database: Database) {
        let scene = Scene::new(database).await;
        for _ in 0..2 {
            let asked = scene.firm.ask(&scene.customer).await.good();
            decline(&scene.kim, &asked, false).await;
        }
        let refused = scene.firm.ask(&scene.customer).await;
        let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((6 * 86_400..=7 * 86_400).contains(&wait), "{wait} s");
        assert_eq!(refused.problem().code, ProblemCode::TooManyRequests);
    }

    async fn blocked_company_asks_no_more_and_what_waited_is_declined(database: Database) {
        let scene = Scene::new(database).await;
        let [first, second] = [scene.firm.ask(&scene.customer).await.good(), scene.firm.ask(&scene.customer).await.good()];
        decline(&scene.kim, &first, true).await;
        let path = format!("/v1/authorization-requests/{}", text(&second["id"]));
        assert_eq!(scene.kim.get(&path).await.good()["state"], "declined");
        assert_eq!(scene.firm.ask(&scene.customer).await.problem().code, ProblemCode::RequestsRefused);
    }

    async fn only_a_partner_has_customers(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        for kind in [OrganizationKind::Business, OrganizationKind::Operator] {
            let organization = people::add(&db, kind, "Bright Cafe", "ana@bright.example").await.unwrap();
            let firm = Firm { organization, installer: scene.firm.installer.clone() };
            assert_eq!(firm.add("max@example.org").await.problem().code, ProblemCode::NotFound, "{kind:?}");
            let path = format!("/v1/organizations/{organization}/customers");
            assert_eq!(firm.installer.get(&path).await.problem().code, ProblemCode::NotFound, "{kind:?}");
        }
        scene.firm.ask(&scene.customer).await.good();
        let changed = sqlx::query("UPDATE organization SET kind = 'business'");
        let mut tx = db.begin().await.unwrap();
        changed.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(scene.firm.ask(&scene.customer).await.problem().code, ProblemCode::NotFound);
    }

    async fn other_company_finds_none_of_it(database: Database) {
        let scene = Scene::new(database).await;
        let other = Firm::new(&scene.cloud, "Dim Solar", "di@dim.example").await;
        assert_eq!(other.ask(&scene.customer).await.problem().code, ProblemCode::NotFound);
        for path in [
            format!("/v1/customers/{}", scene.customer),
            format!("/v1/customers/{}/places", scene.customer),
            format!("/v1/organizations/{}/customers", scene.firm.organization),
        ] {
            assert_eq!(other.installer.get(&path).await.problem().code, ProblemCode::NotFound, "{path}");
            assert_eq!(scene.kim.get(&path).await.problem().code, ProblemCode::NotFound, "{path}");
        }
    }
}
