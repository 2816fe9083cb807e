//! Handoffs: one code, one session, one phone.

use super::Scene;
use super::requests::next_of;
use crate::changes::Stream;
use harness::api::{Api, PASSWORD};
use harness::firm::{Link, end, text};
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::{Db, Engine, Lock};
use porchlight_cloud::session;
use porchlight_protocol::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Sets the clock of a handoff back: as if so many milliseconds had passed.
pub(super) async fn let_pass(db: &Db, milliseconds: i64) {
    let mut tx = db.begin().await.unwrap();
    sqlx::query("UPDATE handoff SET created_at = created_at - $1, expires_at = expires_at - $1, used_at = used_at - $1")
        .bind(milliseconds)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn living_sessions(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM session WHERE grant_id IS NOT NULL AND revoked_at IS NULL";
    sqlx::query_scalar(sql).fetch_one(&mut *db.read().await.unwrap()).await.unwrap()
}

pub(super) async fn link(scene: &Scene) -> (Value, Link) {
    let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
    let link = scene.firm.link(&grant).await;
    (grant, link)
}

/// The same phone: the same key, another process.
pub(super) fn same(phone: &Api) -> Api {
    let mut again = phone.stranger();
    again.key = phone.key.clone();
    again
}

on_both_engines! {
    async fn link_opens_the_customers_account_and_says_who_acts_until_when(database: Database) {
        let scene = Scene::new(database).await;
        let (grant, link) = link(&scene).await;
        let mut phone = Api::new(&scene.cloud);
        let opened = phone.redeem(&link).await.good();
        assert_eq!(opened["grant"], grant);
        assert_eq!(opened["session"]["account"]["email"], "kim@example.org");
        assert_eq!(opened["expires_at"], grant["expires_at"]);
        assert!(opened["session"]["access_expires_in"].as_i64().unwrap() <= 300);
        assert_eq!(phone.get("/v1/sites").await.good()["sites"][0]["name"], "Lake house");
    }

    async fn link_says_that_it_is_good_for_a_minute(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let path = format!("/v1/grants/{}/handoffs", text(&grant["id"]));
        let answer = scene.firm.installer.post(&path, &json!({ "challenge": "A".repeat(43) })).await.good();
        assert_eq!((&answer["expires_in"], &answer["grant"]), (&json!(60), &grant));
        let kept: i64 = sqlx::query_scalar("SELECT expires_at - created_at FROM handoff")
            .fetch_one(&mut *scene.cloud.db().await.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(kept, 60_000);
    }

    async fn long_grant_gives_a_session_of_eight_hours(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({ "lasts": 86_400 })).await;
        let opened = Api::new(&scene.cloud).redeem(&scene.firm.link(&grant).await).await.good();
        let lasts = opened["expires_at"].as_i64().unwrap() - grant["starts_at"].as_i64().unwrap();
        assert!((8 * 3_600_000..8 * 3_600_000 + 60_000).contains(&lasts), "{lasts} ms");
    }

    async fn answer_that_holds_a_secret_is_kept_under_no_idempotency_key(database: Database) {
        let scene = Scene::new(database).await;
        let (grant, link) = link(&scene).await;
        let begin = format!("/v1/grants/{}/handoffs", text(&grant["id"]));
        for (path, body) in [
            (&*begin, json!({ "challenge": "A".repeat(43) })),
            ("/v1/handoffs/redeem", json!({ "code": link.code, "verifier": link.verifier })),
        ] {
            let refused = scene.firm.installer.change(Method::POST, path, &body).await;
            assert_eq!(refused.problem().code, ProblemCode::IdempotencyKeyRefused, "{path}");
        }
        Api::new(&scene.cloud).redeem(&link).await.good();
    }

    async fn same_phone_is_answered_again_for_thirty_seconds(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let (_, link) = link(&scene).await;
        let mut phone = Api::new(&scene.cloud);
        let first = phone.redeem(&link).await.good();
        let again = same(&phone).redeem(&link).await.good();
        for member in ["access_token", "refresh_token", "session"] {
            assert_eq!(again["session"][member], first["session"][member], "{member}");
        }
        let_pass(&db, 31_000).await;
        assert_eq!(same(&phone).redeem(&link).await.problem().code, ProblemCode::HandoffOver);
        assert_eq!(phone.get("/v1/sites").await.status, 200, "what it opened goes on");
    }

    /// The other customer's row is not waited for: only the installer's is held.
    async fn phone_that_goes_to_another_customer_has_left_the_first_and_both_read_it(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let (grant, first) = link(&scene).await;
        let mut phone = Api::new(&scene.cloud);
        phone.redeem(&first).await.good();
        let left = phone.clone();
        let max = Api::with_account(&scene.cloud, "max@example.org").await;
        let customer = scene.firm.customer(&max).await;
        let second = scene.firm.grant(&customer, &max, json!({})).await;
        let second = scene.firm.link(&second).await;

        // SQLite has one writer, and nothing to wait for in another order.
        let mut held = None;
        if db.engine() == Engine::Postgres {
            let mut tx = db.begin().await.unwrap();
            tx.lock("account", &text(&grant["subject"]["id"]), Lock::Update).await.unwrap();
            held = Some(tx);
        }
        phone.redeem(&second).await.good();
        drop(held);
        assert_eq!(left.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
        let newest = scene.kim.get("/v1/history?limit=1").await.good()["acts"][0].clone();
        assert_eq!((&newest["what"], &newest["grant"]), (&json!("session.ended"), &grant["id"]));
        assert_eq!(newest["actor"], grant["actor"]);
    }

    async fn tokens_that_were_used_are_not_given_again(database: Database) {
        let scene = Scene::new(database).await;
        let (_, link) = link(&scene).await;
        let mut phone = Api::new(&scene.cloud);
        phone.redeem(&link).await.good();
        let token = phone.session.as_ref().unwrap().refresh_token.clone();
        phone.refresh(&token).await.good();
        assert_eq!(same(&phone).redeem(&link).await.problem().code, ProblemCode::HandoffOver);
        assert_eq!(phone.get("/v1/sites").await.status, 200);
    }

    async fn other_phone_with_the_right_verifier_ends_the_session_and_both_are_told(database: Database) {
        let scene = Scene::new(database).await;
        for passed in [0, 31_000] {
            let (grant, link) = link(&scene).await;
            let mut phone = Api::new(&scene.cloud);
            phone.redeem(&link).await.good();
            let_pass(&scene.cloud.db().await, passed).await;
            let mut streams = [
                Stream::open(&scene.kim, "/v1/events").await,
                Stream::open(&scene.firm.installer, "/v1/events").await,
            ];
            let told = |address: &str| {
                scene.cloud.mails().iter().filter(|mail| mail.to.contains(address) && mail.text.contains("second phone")).count()
            };
            let before = told("kim@example.org");
            let copied = Api::new(&scene.cloud).redeem(&link).await;
            assert_eq!(copied.problem().code, ProblemCode::HandoffOver);
            assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
            assert_eq!(same(&phone).redeem(&link).await.status, if passed == 0 { 401 } else { 410 });
            while told("kim@example.org") == before || told("ana@bright.example") == before {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            for stream in &mut streams {
                assert_eq!(next_of(stream, "grant").await["grant"]["id"], grant["id"], "an open screen hears it");
            }
            end(&scene.kim, &grant).await.good();
        }
    }

    async fn copied_link_ends_the_session_also_where_the_customer_has_no_account_yet(database: Database) {
        let scene = Scene::new(database).await;
        let added = scene.firm.add("new@example.org").await.good();
        let link = scene.firm.link(&json!({ "id": added["grant"] })).await;
        let mut phone = Api::new(&scene.cloud);
        phone.redeem(&link).await.good();
        assert_eq!(Api::new(&scene.cloud).redeem(&link).await.problem().code, ProblemCode::HandoffOver);
        assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
        let told = scene.cloud.mail_to("ana@bright.example", 1).await;
        assert!(told.text.contains("second phone"), "{}", told.text);
    }

    async fn copied_tokens_end_the_session_and_both_are_told(database: Database) {
        let scene = Scene::new(database).await;
        let added = scene.firm.add("new@example.org").await.good();
        let birth = json!({ "id": added["grant"] });
        let consented = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        for (told_before, grant) in [(1, &birth), (2, &consented)] {
            let mut phone = scene.firm.act(&scene.cloud, grant).await;
            let old = phone.session.as_ref().unwrap().refresh_token.clone();
            phone.refresh(&old).await.good();
            let newer = phone.session.as_ref().unwrap().refresh_token.clone();
            phone.refresh(&newer).await.good();
            assert_eq!(phone.refresh(&old).await.problem().code, ProblemCode::SessionRevoked);
            assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
            let told = scene.cloud.mail_to("ana@bright.example", told_before).await;
            assert!(told.text.contains("second phone"), "{}", told.text);
        }
        let kims = scene.cloud.mails();
        let kims: Vec<_> = kims.iter().filter(|mail| mail.to.contains("kim@example.org")).collect();
        assert!(kims.iter().any(|mail| mail.text.contains("second phone")));
        assert!(!kims.iter().any(|mail| mail.text.contains("change your password")), "nothing of hers was copied");
        let path = format!("/v1/history?grant={}", text(&consented["id"]));
        for api in [&scene.kim, &scene.firm.installer] {
            let newest = api.get(&path).await.good()["acts"][0].clone();
            assert_eq!((&newest["what"], &newest["actor"]), (&json!("session.ended"), &Value::Null));
            assert_eq!(newest["about"]["company"]["name"], "Bright Solar");
            assert_eq!(newest["about"]["person"], consented["actor"]);
        }
    }

    async fn stolen_link_without_the_verifier_is_only_refused(database: Database) {
        let scene = Scene::new(database).await;
        let (_, link) = link(&scene).await;
        for verifier in ["", "x", &"A".repeat(43), &"A".repeat(129), &"ä".repeat(43), &link.code] {
            let stolen = Link { verifier: verifier.to_owned(), ..link.clone() };
            let refused = Api::new(&scene.cloud).redeem(&stolen).await;
            assert_eq!(refused.problem().code, ProblemCode::HandoffRefused, "{verifier}");
        }
        Api::new(&scene.cloud).redeem(&link).await.good();
    }

    async fn code_is_of_no_use_after_a_minute_and_changed_codes_never_are(database: Database) {
        let scene = Scene::new(database).await;
        let (_, late) = link(&scene).await;
        for code in ["", "pl_ho_", &late.code.to_lowercase(), &late.code[..20], &late.code.replace("pl_ho_", "pl_rt_")] {
            let wrong = Link { code: code.to_owned(), ..late.clone() };
            assert_eq!(Api::new(&scene.cloud).redeem(&wrong).await.problem().code, ProblemCode::HandoffOver, "{code}");
        }
        let_pass(&scene.cloud.db().await, 60_001).await;
        assert_eq!(Api::new(&scene.cloud).redeem(&late).await.problem().code, ProblemCode::HandoffOver);
        assert_eq!(living_sessions(&scene.cloud.db().await).await, 0);
    }

    async fn session_that_made_the_links_takes_them_and_what_they_opened_with_it(database: Database) {
        let mut scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        for from_afar in [true, false] {
            let (phone, unused) = (scene.firm.act(&scene.cloud, &grant).await, scene.firm.link(&grant).await);
            let mut stream = phone.request(Method::GET, "/v1/events").send().await.unwrap();
            assert!(stream.chunk().await.unwrap().is_some(), "it is open");
            if from_afar {
                // The installer's phone is lost.
                let session = scene.firm.installer.session.as_ref().unwrap();
                let elsewhere = Caller::own(session.session, session.account.id);
                session::end_session(&scene.cloud.db().await, &elsewhere, session.session).await.unwrap();
            } else {
                scene.firm.installer.change(Method::DELETE, "/v1/sessions/current", &Value::Null).await.good();
            }
            assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked, "{from_afar}");
            let rest = async { while let Ok(Some(_)) = stream.chunk().await {} };
            tokio::time::timeout(Duration::from_secs(5), rest).await.expect("the stream is over");
            let redeemed = Api::new(&scene.cloud).redeem(&unused).await;
            assert_eq!(redeemed.problem().code, ProblemCode::HandoffOver, "{from_afar}");
            let act = scene.kim.get("/v1/history").await.good()["acts"][0].clone();
            assert_eq!((&act["what"], &act["grant"]), (&json!("session.ended"), &grant["id"]));
            // What the customer consented to holds: another sign-in goes on with it.
            scene.firm.installer.sign_in("ana@bright.example", PASSWORD).await.good();
            assert_eq!(scene.firm.act(&scene.cloud, &grant).await.get("/v1/sites").await.status, 200);
        }
    }

    async fn session_that_was_over_already_is_not_said_to_end_again(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        scene.firm.act(&scene.cloud, &grant).await;
        let (db, before) = (scene.cloud.db().await, scene.kim.get("/v1/history").await.good());
        let mut tx = db.begin().await.unwrap();
        let old = sqlx::query("UPDATE session SET expires_at = $1 WHERE grant_id IS NOT NULL");
        old.bind(porchlight_cloud::now()).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        scene.firm.installer.change(Method::DELETE, "/v1/sessions/current", &Value::Null).await.good();
        assert_eq!(scene.kim.get("/v1/history").await.good(), before);
    }

    async fn revoked_while_the_link_is_open_opens_nothing(database: Database) {
        let scene = Scene::new(database).await;
        let (grant, link) = link(&scene).await;
        end(&scene.kim, &grant).await.good();
        assert_eq!(Api::new(&scene.cloud).redeem(&link).await.problem().code, ProblemCode::GrantRevoked);
        let path = format!("/v1/grants/{}/handoffs", text(&grant["id"]));
        let more = scene.firm.installer.post(&path, &json!({ "challenge": "A".repeat(43) })).await;
        assert_eq!(more.problem().code, ProblemCode::GrantOver);
    }

    async fn only_the_grants_own_installer_makes_links(database: Database) {
        let scene = Scene::new(database).await;
        let (grant, _) = link(&scene).await;
        let path = format!("/v1/grants/{}/handoffs", text(&grant["id"]));
        let body = json!({ "challenge": "A".repeat(43) });
        assert_eq!(scene.kim.post(&path, &body).await.problem().code, ProblemCode::NotFound);
        for challenge in ["", "x", &"A".repeat(44), &"=".repeat(43)] {
            let refused = scene.firm.installer.post(&path, &json!({ "challenge": challenge })).await.problem();
            assert_eq!(refused.field.as_deref(), Some("challenge"));
        }
    }

    async fn phone_acts_in_one_account_at_a_time(database: Database) {
        let scene = Scene::new(database).await;
        let (grant, link) = link(&scene).await;
        let mut phone = Api::new(&scene.cloud);
        phone.redeem(&link).await.good();
        let mut again = same(&phone);
        again.redeem(&scene.firm.link(&grant).await).await.good();
        assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
        assert_eq!(again.get("/v1/sites").await.status, 200);
    }
}
