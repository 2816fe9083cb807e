//! Adding customers: old and new addresses alike, birth grants, keeping and refusing.

use super::requests::next_of;
use super::{Scene, add_device};
use crate::changes::Stream;
use crate::claims::{Claimant, DEVICE_PASSWORD, connected, options};
use harness::api::Api;
use harness::cloud::Cloud;
use harness::firm::{Firm, text};
use harness::on_both_engines;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::add_device::{ClaimFailure, ClaimState};
use reqwest::Method;
use serde_json::{Value, json};

const DAY: i64 = 24 * 3_600_000;

async fn offers(api: &Api) -> Value {
    api.get("/v1/customer-offers").await.good()["offers"].clone()
}

async fn answer(api: &Api, customer: &str, verb: &str, keep: bool) -> harness::api::Answer {
    // As whoever answers sees it.
    let offer = offers(api).await.as_array().unwrap().iter().find(|offer| offer["id"] == *customer).cloned();
    let shown = offer.map_or(Value::Null, |offer| offer["shown"].clone());
    let body = if verb == "accept" { json!({ "keep": keep, "shown": shown }) } else { Value::Null };
    api.change(Method::POST, &format!("/v1/customer-offers/{customer}/{verb}"), &body).await
}

/// Adds somebody, and a site with a device for them; the phone that did it, and the device's id.
async fn prepare(cloud: &Cloud, firm: &Firm, email: &str) -> (String, Api, String) {
    let customer = firm.add(email).await.good();
    let birth = json!({ "id": customer["grant"] });
    let phone = firm.act(cloud, &birth).await;
    let claimant = Claimant { site: phone.make_site("Lake house").await, api: phone };
    let added = add_device(cloud, &claimant).await;
    (text(&customer["id"]), claimant.api, added.to_string())
}

on_both_engines! {
    async fn old_and_new_addresses_look_alike_to_the_partner(database: Database) {
        let scene = Scene::new(database).await;
        Api::with_account(&scene.cloud, "old@example.org").await;
        let [old, new] = [scene.firm.add("old@example.org").await, scene.firm.add("new@example.org").await];
        assert_eq!(old.status, new.status);
        let blind = |answer: harness::api::Answer| {
            let mut body = answer.good();
            for changes in ["id", "email", "grant", "until"] {
                assert!(!body[changes].is_null(), "{changes}");
                body[changes] = Value::Null;
            }
            body
        };
        assert_eq!(blind(old), blind(new));
        for address in ["old@example.org", "new@example.org"] {
            let mail = scene.cloud.mail_to(address, usize::from(address.starts_with("old"))).await;
            assert!(mail.text.contains("Bright Solar") && !mail.text.contains("Ana"), "{}", mail.text);
        }
        assert_eq!(scene.firm.add("new@example.org").await.problem().code, ProblemCode::CustomerExists);
    }

    async fn whoever_has_an_account_is_written_to_in_its_language(database: Database) {
        let scene = Scene::new(database).await;
        Api::with_account(&scene.cloud, "old@example.org").await;
        let db = scene.cloud.db().await;
        let mut tx = db.begin().await.unwrap();
        let german = "UPDATE account SET language = 'de' WHERE email = 'old@example.org'";
        sqlx::query(german).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        scene.firm.add("old@example.org").await.good();
        let mail = scene.cloud.mail_to("old@example.org", 1).await;
        assert!(mail.text.contains("Wenn du die Firma nicht kennst"), "{}", mail.text);
    }

    async fn company_waits_for_few_answers_at_a_time(database: Database) {
        let scene = Scene::with(database, |settings| settings.customers_waiting = 2).await;
        for email in ["one@example.org", "two@example.org"] {
            scene.firm.add(email).await.good();
        }
        let third = scene.firm.add("three@example.org").await.problem();
        assert_eq!(third.code, ProblemCode::TooManyRequests);
        let one = Api::with_account(&scene.cloud, "one@example.org").await;
        let offer = text(&offers(&one).await[0]["id"]);
        answer(&one, &offer, "refuse", false).await.good();
        scene.firm.add("three@example.org").await.good();
    }

    async fn address_hears_of_few_companies_an_hour(database: Database) {
        let scene = Scene::new(database).await;
        for (name, email) in [("Night Shift", "di@night.example"), ("Grey Roof", "gus@grey.example")] {
            Firm::new(&scene.cloud, name, email).await.add("new@example.org").await.good();
        }
        scene.firm.add("new@example.org").await.good();
        let fourth = Firm::new(&scene.cloud, "Cold Attic", "cy@attic.example").await;
        assert_eq!(fourth.add("new@example.org").await.problem().code, ProblemCode::TooManyRequests);
        let path = format!("/v1/organizations/{}/customers", fourth.organization);
        assert_eq!(fourth.installer.get(&path).await.good()["customers"], json!([]), "nothing of it stays");
    }

    async fn customer_is_asked_for_nothing_before_they_said_yes(database: Database) {
        let scene = Scene::new(database).await;
        let added = scene.firm.add("new@example.org").await.good();
        let asked = scene.firm.ask(&text(&added["id"])).await;
        assert_eq!(asked.problem().code, ProblemCode::CustomerNotConfirmed);
    }

    async fn device_that_was_prepared_is_somebody_elses_until_the_customer_answers(database: Database) {
        let scene = Scene::new(database).await;
        let added = scene.firm.add("new@example.org").await.good();
        let phone = scene.firm.act(&scene.cloud, &json!({ "id": added["grant"] })).await;
        let preparing = Claimant { site: phone.make_site("Lake house").await, api: phone };
        let device = connected(&scene.cloud, options().with_password(DEVICE_PASSWORD)).await;
        assert!(matches!(preparing.add(&device, DEVICE_PASSWORD).await, ClaimState::Owned { .. }));
        let owner = Api::with_account(&scene.cloud, "new@example.org").await;
        let owner = Claimant { site: owner.make_site("Home").await, api: owner };
        let reason = ClaimFailure::BelongsToAnother;
        assert_eq!(owner.add(&device, DEVICE_PASSWORD).await, ClaimState::Failed { reason });
    }

    async fn what_was_added_before_is_the_customers_when_they_keep_it(database: Database) {
        let scene = Scene::new(database).await;
        let (customer, phone, device) = prepare(&scene.cloud, &scene.firm, "new@example.org").await;
        let owner = Api::with_account(&scene.cloud, "new@example.org").await;
        let offered = offers(&owner).await;
        assert_eq!(offered[0]["company"]["name"], "Bright Solar");
        assert_eq!(offered[0]["sites"], json!(["Lake house"]));
        assert_eq!(offered[0]["devices"], json!([{ "name": "Gate", "section": "video", "site": "Lake house" }]));
        assert_eq!(owner.get("/v1/devices").await.good()["devices"], json!([]), "not before they say so");

        answer(&owner, &customer, "accept", true).await.good();
        assert_eq!(owner.get("/v1/devices").await.good()["devices"][0]["id"], device);
        assert_eq!(owner.get("/v1/sites").await.good()["sites"][0]["name"], "Lake house");
        let refused = phone.get("/v1/sites").await.problem();
        assert_eq!(refused.code, ProblemCode::GrantRevoked, "every credential made before has ended");
        assert_eq!(offers(&owner).await, json!([]));
        assert_eq!(answer(&owner, &customer, "accept", true).await.problem().code, ProblemCode::NotFound);
        let history = owner.get("/v1/history").await.good()["acts"].to_string();
        assert!(history.contains("device.added") && history.contains("customer.confirmed"), "{history}");
        let row = scene.firm.installer.get(&format!("/v1/customers/{customer}")).await.good();
        assert_eq!((&row["state"], &row["grant"]), (&json!("confirmed"), &Value::Null));
        let places = scene.firm.installer.get(&format!("/v1/customers/{customer}/places")).await.good();
        assert_eq!((&places["sites"][0]["name"], &places["devices"][0]["id"]), (&json!("Lake house"), &json!(device)));
        scene.firm.ask_for(&customer, json!({ "device": device })).await.good();
    }

    async fn whoever_is_asked_sees_what_is_added_the_moment_it_is(database: Database) {
        let scene = Scene::new(database).await;
        let owner = Api::with_account(&scene.cloud, "new@example.org").await;
        let mut stream = Stream::open(&owner, "/v1/events").await;
        let (customer, _phone, _device) = prepare(&scene.cloud, &scene.firm, "new@example.org").await;
        let seen = |offer: &Value| {
            let count = |what: &str| offer[what].as_array().unwrap().len();
            (text(&offer["id"]), count("sites"), count("devices"))
        };
        // Each is read when it is told: the first may tell of what came after it already.
        loop {
            let told = next_of(&mut stream, "offer").await;
            if seen(&told["offer"]) == (customer.clone(), 1, 1) {
                break;
            }
        }
    }

    async fn yes_keeps_what_was_shown_and_nothing_that_was_added_since(database: Database) {
        let scene = Scene::new(database).await;
        let (customer, phone, _) = prepare(&scene.cloud, &scene.firm, "new@example.org").await;
        let owner = Api::with_account(&scene.cloud, "new@example.org").await;
        let shown = offers(&owner).await[0]["shown"].clone();
        phone.make_site("Trap house").await;
        let path = format!("/v1/customer-offers/{customer}/accept");
        for body in [json!({ "keep": true, "shown": shown }), json!({ "keep": true })] {
            let refused = owner.change(Method::POST, &path, &body).await;
            assert_eq!(refused.problem().code, ProblemCode::TermsDiffer, "{body}");
        }
        assert_eq!(owner.get("/v1/sites").await.good()["sites"], json!([]), "nothing happened");
        answer(&owner, &customer, "accept", true).await.good();
        assert_eq!(owner.get("/v1/sites").await.good()["sites"].as_array().unwrap().len(), 2, "both were shown now");
    }

    async fn what_was_added_before_is_let_go_of_when_they_refuse_it(database: Database) {
        let scene = Scene::new(database).await;
        for (verb, email) in [("accept", "one@example.org"), ("refuse", "two@example.org")] {
            let (customer, phone, device) = prepare(&scene.cloud, &scene.firm, email).await;
            let owner = Api::with_account(&scene.cloud, email).await;
            answer(&owner, &customer, verb, false).await.good();
            assert_eq!(owner.get("/v1/devices").await.good()["devices"], json!([]), "{verb}");
            assert_eq!(owner.get("/v1/sites").await.good()["sites"], json!([]), "{verb}");
            let over = phone.get("/v1/sites").await.problem();
            assert_eq!(over.code, ProblemCode::GrantRevoked, "{verb}: nobody disabled the customer");
            let said = owner.get("/v1/history").await.good().to_string();
            assert_eq!(said.contains("device.released"), verb == "accept", "{verb}: {said}");
            let row = scene.firm.installer.get(&format!("/v1/customers/{customer}")).await.good();
            assert_eq!(row["state"], if verb == "accept" { "confirmed" } else { "refused" });
            let stays = owner.get(&format!("/v1/devices/{device}")).await;
            assert_eq!(stays.problem().code, ProblemCode::NotFound);
        }
        let again = scene.firm.add("two@example.org").await;
        assert_eq!(again.problem().code, ProblemCode::RequestsRefused, "for a week");
    }

    async fn only_whoever_verified_the_address_answers(database: Database) {
        let scene = Scene::new(database).await;
        let added = scene.firm.add("new@example.org").await.good();
        for verb in ["accept", "refuse"] {
            let refused = answer(&scene.kim, &text(&added["id"]), verb, true).await;
            assert_eq!(refused.problem().code, ProblemCode::NotFound);
        }
        assert_eq!(offers(&scene.kim).await, json!([]));
    }

    async fn birth_grant_makes_sites_and_adds_devices_and_nothing_more(database: Database) {
        let scene = Scene::new(database).await;
        let (_, phone, device) = prepare(&scene.cloud, &scene.firm, "new@example.org").await;
        let renamed = phone.change(Method::PATCH, &format!("/v1/devices/{device}"), &json!({ "name": "x" })).await;
        assert_eq!(renamed.problem().code, ProblemCode::NotAllowed);
        let released = phone.change(Method::DELETE, &format!("/v1/devices/{device}"), &Value::Null).await;
        assert_eq!(released.problem().code, ProblemCode::NotAllowed);
    }

    async fn birth_grant_ends_after_a_day_and_the_customer_still_sees_what_was_added(database: Database) {
        let scene = Scene::new(database).await;
        let (customer, phone, device) = prepare(&scene.cloud, &scene.firm, "new@example.org").await;
        let path = format!("/v1/customers/{customer}");
        let row = scene.firm.installer.get(&path).await.good();
        let left = row["until"].as_i64().unwrap() - porchlight_cloud::now();
        assert!((DAY - 60_000..=DAY).contains(&left), "{left} ms");

        let db = scene.cloud.db().await;
        let mut tx = db.begin().await.unwrap();
        let a_day_later = sqlx::query("UPDATE access_grant SET starts_at = starts_at - $1, expires_at = expires_at - $1");
        a_day_later.bind(DAY).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::GrantExpired);
        let again = format!("/v1/grants/{}/handoffs", text(&row["grant"]));
        let refused = scene.firm.installer.post(&again, &json!({ "challenge": "A".repeat(43) })).await;
        assert_eq!(refused.problem().code, ProblemCode::GrantOver, "nor does it open another session");
        assert_eq!(scene.firm.installer.get(&path).await.good()["grant"], Value::Null);

        let owner = Api::with_account(&scene.cloud, "new@example.org").await;
        assert_eq!(offers(&owner).await[0]["devices"][0]["name"], "Gate");
        answer(&owner, &customer, "accept", true).await.good();
        assert_eq!(owner.get("/v1/devices").await.good()["devices"][0]["id"], device);
    }

    async fn installer_adds_twenty_customers_a_day(database: Database) {
        let scene = Scene::new(database).await;
        for nth in 1..20 {
            scene.firm.add(&format!("c{nth}@example.org")).await.good();
        }
        let refused = scene.firm.add("c20@example.org").await;
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(refused.problem().code, ProblemCode::TooManyRequests);
    }
}
