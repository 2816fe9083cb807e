//! Delegated sessions: what they may do, and how they end.

use super::Scene;
use crate::claims::{Claimant, DEVICE_PASSWORD, connected, options};
use harness::api::{Api, PASSWORD};
use harness::cloud::Cloud;
use harness::firm::{Firm, end, text};
use harness::on_both_engines;
use porchlight_cloud::authority::doors::{DOORS, Door};
use porchlight_cloud::db::Lock;
use porchlight_cloud::{people, session};
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::people::Role;
use porchlight_protocol::{ClaimId, ProblemCode};
use serde_json::{Value, json};
use uuid::Uuid;

const NOBODYS_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn refused(phone: &Api) -> ProblemCode {
    phone.get("/v1/sites").await.problem().code
}

/// Has the grant list just this: less than can be asked for, too.
async fn list(cloud: &Cloud, grant: &Value, permissions: &[&str]) {
    let db = cloud.db().await;
    let mut tx = db.begin().await.unwrap();
    let listed = sqlx::query("UPDATE access_grant SET permissions = $1 WHERE id = $2");
    listed.bind(permissions.join(" ")).bind(text(&grant["id"])).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    /// The allow list: what passes the door is exactly what the table says for what the consent listed.
    async fn every_route_is_open_to_a_delegated_session_as_the_table_says(database: Database) {
        let scene = Scene::new(database).await;
        let everything: Vec<_> = ["site.read", "site.create", "site.change", "device.add", "device.change", "video.watch"].into();
        let subsets: Vec<Vec<&str>> =
            everything.iter().map(|one| vec![*one]).chain([everything.clone(), vec!["site.read", "device.add"]]).collect();
        for permissions in subsets {
            let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
            list(&scene.cloud, &grant, &permissions).await;
            // A page has no bearer (`portal`).
            for (method, path, door) in DOORS.iter().filter(|(_, path, _)| path.starts_with("/v1/")) {
                let phone = scene.firm.act(&scene.cloud, &grant).await;
                let request = phone.request(method.parse().unwrap(), &path.replace("{id}", NOBODYS_ID));
                let response = request.header("idempotency-key", Uuid::new_v4().to_string()).json(&json!({})).send().await.unwrap();
                let is_closed = response.status() == 403;
                let expected = match door {
                    Door::Open | Door::AnySession => false,
                    Door::Own => true,
                    Door::Delegable(permission) => !permissions.contains(&permission.as_str()),
                };
                // What passes the door may still be refused for what it asks; never with 403 here.
                assert_eq!(is_closed, expected, "{method} {path} with {permissions:?}: {}", response.status());
            }
            end(&scene.kim, &grant).await.good();
        }
    }

    async fn delegated_session_refreshes_until_its_grant_ends(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let mut phone = scene.firm.act(&scene.cloud, &grant).await;
        let token = phone.session.as_ref().unwrap().refresh_token.clone();
        let again = phone.refresh(&token).await.good();
        assert!(again["access_expires_in"].as_i64().unwrap() <= 300);
        assert_eq!(phone.get("/v1/account").await.good()["email"], "kim@example.org");
        let token = phone.session.as_ref().unwrap().refresh_token.clone();
        end(&scene.kim, &grant).await.good();
        assert_eq!(refused(&phone).await, ProblemCode::GrantRevoked);
        assert_eq!(phone.refresh(&token).await.problem().code, ProblemCode::GrantRevoked);
    }

    async fn nothing_is_refreshed_while_the_installer_is_being_disabled(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let mut phone = scene.firm.act(&scene.cloud, &grant).await;
        let token = phone.session.as_ref().unwrap().refresh_token.clone();
        let ana = scene.firm.installer.session.as_ref().unwrap().account.id.to_string();
        let mut tx = db.begin().await.unwrap();
        tx.lock("account", &ana, Lock::Update).await.unwrap();
        let disabled = sqlx::query("UPDATE account SET state = 'disabled', epoch = epoch + 1 WHERE id = $1");
        disabled.bind(&ana).execute(&mut *tx).await.unwrap();
        let refreshing = tokio::spawn(async move { phone.refresh(&token).await });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        tx.commit().await.unwrap();
        assert_eq!(refreshing.await.unwrap().problem().code, ProblemCode::ActorDisabled);
    }

    /// Kim's account is the younger one: both rows are held in the order of their ids, whoever asks.
    async fn customer_withdraws_an_installers_claim_and_goes_on_with_none(database: Database) {
        let scene = Scene::new(database).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        let claimant = Claimant { api: phone, site: scene.site.clone() };
        let device = connected(&scene.cloud, options().with_password(DEVICE_PASSWORD)).await;
        let (claim, terms) = (ClaimId::mint_offline(), claimant.terms(&device, Presence::Password));
        claimant.open(claim, 1, terms, DEVICE_PASSWORD).await;
        claimant.wait_past(claim, "requested").await;
        let path = format!("/v1/claims/{claim}");
        let proof = json!({ "attempt": 1, "ke3": "A".repeat(86) });
        let refused = scene.kim.post(&format!("{path}/proof"), &proof).await.problem();
        assert_eq!(refused.code, ProblemCode::ClaimDiffers);
        let withdrawn = scene.kim.post(&format!("{path}/withdraw"), &json!({ "reason": "given_up" })).await.good();
        assert_eq!(withdrawn["state"]["is"], "failed");
    }

    async fn birth_grant_s_session_refreshes_though_the_customer_has_no_account_yet(database: Database) {
        let scene = Scene::new(database).await;
        let added = scene.firm.add("new@example.org").await.good();
        let mut phone = scene.firm.act(&scene.cloud, &json!({ "id": added["grant"] })).await;
        let token = phone.session.as_ref().unwrap().refresh_token.clone();
        phone.refresh(&token).await.good();
        assert_eq!(phone.get("/v1/account").await.good()["email"], "new@example.org");
    }

    async fn installer_who_leaves_the_company_loses_all_of_it_at_once(database: Database) {
        let scene = Scene::new(database).await;
        scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::SuperAdmin).await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let waiting = scene.firm.ask(&scene.customer).await.good();
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        people::leave(&scene.cloud.db().await, scene.firm.organization, "ana@bright.example").await.unwrap();
        assert_eq!(refused(&phone).await, ProblemCode::ActorDisabled);
        let path = format!("/v1/grants/{}", text(&grant["id"]));
        assert_eq!(scene.kim.get(&path).await.good()["ended_why"], "left");
        let path = format!("/v1/authorization-requests/{}", text(&waiting["id"]));
        assert_eq!(scene.kim.get(&path).await.good()["state"], "withdrawn");
        let newest = scene.kim.get("/v1/history?limit=1").await.good()["acts"][0].clone();
        assert_eq!((&newest["what"], &newest["actor"]), (&json!("access.withdrawn"), &Value::Null));
        let mut firm = scene.firm;
        assert_eq!(firm.ask(&scene.customer).await.problem().code, ProblemCode::SessionRevoked, "signed out");
        firm.installer.sign_in("ana@bright.example", PASSWORD).await.good();
        assert_eq!(firm.ask(&scene.customer).await.problem().code, ProblemCode::NotFound);
        people::join(&scene.cloud.db().await, firm.organization, "ana@bright.example", Role::Operator).await.unwrap();
        assert_eq!(refused(&phone).await, ProblemCode::GrantRevoked, "coming back revives nothing");
    }

    async fn whoever_is_disabled_can_be_taken_out_of_the_company_and_comes_back_without_a_role(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let bo = scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::Manager).await;
        let account = bo.installer.session.as_ref().unwrap().account.id;
        session::disable_account(&db, account).await.unwrap();
        people::leave(&db, scene.firm.organization, "bo@bright.example").await.unwrap();
        session::enable_account(&db, account).await.unwrap();
        let mut bo = bo.installer.stranger();
        bo.sign_in("bo@bright.example", PASSWORD).await.good();
        assert_eq!(bo.get("/v1/memberships").await.good()["memberships"], json!([]));
    }

    async fn organization_keeps_a_super_admin(database: Database) {
        let scene = Scene::new(database).await;
        let left = people::leave(&scene.cloud.db().await, scene.firm.organization, "ana@bright.example").await;
        assert_eq!(left.unwrap_err().problem.code, ProblemCode::LastSuperAdmin);
        let ana = scene.firm.installer.session.as_ref().unwrap().account.id;
        let disabled = session::disable_account(&scene.cloud.db().await, ana).await;
        assert_eq!(disabled.unwrap_err().problem.code, ProblemCode::LastSuperAdmin);
        let demoted = people::join(&scene.cloud.db().await, scene.firm.organization, "ana@bright.example", Role::Viewer).await;
        assert_eq!(demoted.unwrap_err().problem.code, ProblemCode::LastSuperAdmin);
        scene.firm.ask(&scene.customer).await.good();
    }

    async fn disabling_either_account_ends_what_is_done_there_and_enabling_revives_nothing(database: Database) {
        let scene = Scene::new(database).await;
        scene.firm.colleague(&scene.cloud, "bo@bright.example", Role::SuperAdmin).await;
        let db = scene.cloud.db().await;
        for (api, code) in [(&scene.kim, ProblemCode::SubjectDisabled), (&scene.firm.installer, ProblemCode::ActorDisabled)] {
            let account = api.session.as_ref().unwrap().account.id;
            let grant = match code {
                ProblemCode::SubjectDisabled => scene.firm.grant(&scene.customer, &scene.kim, json!({})).await,
                _ => {
                    let max = Api::with_account(&scene.cloud, "max@example.org").await;
                    let customer = scene.firm.customer(&max).await;
                    scene.firm.grant(&customer, &max, json!({})).await
                }
            };
            let phone = scene.firm.act(&scene.cloud, &grant).await;
            session::disable_account(&db, account).await.unwrap();
            assert_eq!(refused(&phone).await, code);
            session::enable_account(&db, account).await.unwrap();
            assert_eq!(refused(&phone).await, ProblemCode::GrantRevoked);
        }
    }

    async fn grant_whose_time_is_over_gives_nothing_and_its_screens_are_told(database: Database) {
        let scene = Scene::new(database).await;
        let db = scene.cloud.db().await;
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        let mut tx = db.begin().await.unwrap();
        let over = sqlx::query("UPDATE access_grant SET expires_at = $1").bind(porchlight_cloud::now());
        over.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refused(&phone).await, ProblemCode::GrantExpired, "from its last millisecond on");
        let path = format!("/v1/grants/{}", text(&grant["id"]));
        assert_eq!(scene.kim.get(&path).await.good()["ended_why"], "expired");
        for _ in 0..100 {
            let acts = scene.kim.get("/v1/history?limit=1").await.good();
            if acts["acts"][0]["what"] == "access.ended" {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("nobody was told");
    }

    async fn installer_of_two_companies_acts_for_the_one_that_was_granted(database: Database) {
        let scene = Scene::new(database).await;
        let second = Firm {
            organization: people::add(
                &scene.cloud.db().await,
                porchlight_protocol::people::OrganizationKind::Partner,
                "Night Shift",
                "ana@bright.example",
            )
            .await
            .unwrap(),
            installer: scene.firm.installer.stranger(),
        };
        let grant = scene.firm.grant(&scene.customer, &scene.kim, json!({})).await;
        let phone = scene.firm.act(&scene.cloud, &grant).await;
        phone.make_site("Boat house").await;
        let acts = scene.kim.get("/v1/history?limit=1").await.good();
        assert_eq!(acts["acts"][0]["company"]["name"], "Bright Solar");
        let listed = scene.firm.installer.get(&format!("/v1/organizations/{}/customers", second.organization)).await.good();
        assert_eq!(listed["customers"], json!([]));
        let memberships = scene.firm.installer.get("/v1/memberships").await.good();
        let names: Vec<_> = memberships["memberships"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
        assert_eq!(names, ["Bright Solar", "Night Shift"]);
        assert_eq!(scene.kim.get("/v1/memberships").await.good()["memberships"], Value::Array(vec![]));
    }
}
