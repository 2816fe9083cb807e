//! What other systems that lend accounts are known to have got wrong, each by its name. That streams outlive the revoke is in
//! `streams`; disable during a forced password change in `stores/session/resetting`.

use super::Scene;
use harness::api::{Api, PASSWORD};
use harness::browser::Browser;
use harness::cloud::Cloud;
use harness::firm::{end, text};
use harness::on_both_engines;
use porchlight_cloud::session;
use porchlight_protocol::people::Role;
use porchlight_protocol::{AccountId, ProblemCode};
use reqwest::Method;
use serde_json::{Value, json};

fn account_of(api: &Api) -> AccountId {
    api.session.as_ref().unwrap().account.id
}

async fn count(cloud: &Cloud, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut *cloud.db().await.read().await.unwrap()).await.unwrap()
}

on_both_engines! {
    /// A token minted for a disabled account by another path.
    async fn disabled_account_is_minted_no_token_by_another_path(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let link = scene.firm.link(&grant).await;
        scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::SuperAdmin).await;
        let mut installer = scene.firm.installer.stranger();
        installer.key = scene.firm.installer.key.clone();
        session::disable_account(&db, account_of(&scene.firm.installer)).await.unwrap();
        let before = count(&scene.cloud, "SELECT COUNT(*) FROM session").await;

        let mut phone = Api::new(&scene.cloud);
        assert_eq!(phone.redeem(&link).await.problem().code, ProblemCode::ActorDisabled, "a code of before");
        let kept = scene.firm.installer.session.as_ref().unwrap().refresh_token.clone();
        assert_eq!(installer.refresh(&kept).await.problem().code, ProblemCode::SessionRevoked, "a refresh");
        let again = installer.sign_in("ana@bright.example", PASSWORD).await;
        assert_eq!(again.problem().code, ProblemCode::AccountDisabled, "the password");
        let path = format!("/v1/grants/{}/handoffs", text(&grant["id"]));
        let code = scene.firm.installer.post(&path, &json!({ "challenge": "A".repeat(43) })).await;
        assert_eq!(code.problem().code, ProblemCode::SessionRevoked, "another code");
        assert_eq!(count(&scene.cloud, "SELECT COUNT(*) FROM session").await, before);
    }

    /// Enable after disable revives a session.
    async fn enable_after_disable_revives_no_session(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        let unused = scene.firm.link(&grant).await;
        session::disable_account(&db, account_of(&scene.kim)).await.unwrap();
        session::enable_account(&db, account_of(&scene.kim)).await.unwrap();
        assert_eq!(scene.kim.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
        assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::GrantRevoked);
        assert_eq!(Api::new(&scene.cloud).redeem(&unused).await.problem().code, ProblemCode::GrantRevoked);
    }

    /// A password reset leaves sessions alive.
    async fn password_reset_leaves_no_session_and_no_code_alive(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({ "lasts": 86_400 })).await;
        for (of_actor, email) in [(false, "kim@example.org"), (true, "ana@bright.example")] {
            let phone = scene.firm.act(&scene.cloud, &grant).await;
            let unused = scene.firm.link(&grant).await;
            let whose = if of_actor { &scene.firm.installer } else { &scene.kim };
            let browser = Browser::new(&scene.cloud);
            let (token, code) = browser.ask_reset(&scene.cloud, email).await;
            let set = browser.set_password(&token, &code, "another porch lantern").await;
            assert_eq!(set.location(), "/sign-in?said=password");
            assert_eq!(whose.get("/v1/account").await.problem().code, ProblemCode::SessionRevoked);
            assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked, "{of_actor}");
            let redeemed = Api::new(&scene.cloud).redeem(&unused).await;
            assert_eq!(redeemed.problem().code, ProblemCode::HandoffOver, "{of_actor}");
        }
    }

    /// Introspection says active after a revoke.
    async fn introspection_says_over_as_soon_as_the_revoke_was_answered(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let mut phone = scene.firm.act(&scene.cloud, &grant).await;
        end(&scene.kim, &grant).await.good();
        let path = format!("/v1/grants/{}", text(&grant["id"]));
        for side in [&scene.kim, &scene.firm.installer] {
            assert_eq!(side.get(&path).await.good()["ended_why"], "revoked");
        }
        let row = scene.firm.installer.get(&format!("/v1/customers/{}", scene.customer)).await.good();
        assert_eq!((&row["grant"], &row["until"]), (&Value::Null, &Value::Null));
        assert_eq!(phone.get("/v1/account").await.problem().code, ProblemCode::GrantRevoked);
        let token = phone.session.as_ref().unwrap().refresh_token.clone();
        assert_eq!(phone.refresh(&token).await.problem().code, ProblemCode::GrantRevoked);
        let left = phone.change(Method::DELETE, "/v1/sessions/current", &Value::Null).await;
        assert_eq!(left.problem().code, ProblemCode::GrantRevoked);
    }
}
