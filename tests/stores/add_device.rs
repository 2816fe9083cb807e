//! Claims on both engines: what must hold when several people, processes and devices act at once.

use crate::fixture;
use crate::process::{Process, bound, challenge, device, proof, request};
use harness::key::SoftKey;
use harness::on_both_engines;
use porchlight_cloud::Settings;
use porchlight_cloud::add_device::inventory::{self, InventoryError};
use porchlight_cloud::add_device::{self, expiry};
use porchlight_cloud::db::Db;
use porchlight_cloud::devices::commands;
use porchlight_cloud::history;
use porchlight_protocol::add_device::{ClaimFailure, ClaimState, WithdrawReason, WithdrawRequest};
use porchlight_protocol::{Base64Url, ClaimId, ProblemCode};
use std::time::Duration;

async fn number(db: &Db, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut *db.read().await.unwrap()).await.unwrap()
}

async fn execute(db: &Db, sql: &'static str, id: String) {
    let mut tx = db.begin().await.unwrap();
    sqlx::query(sql).bind(id).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn same_opening_many_times_at_once_is_one_claim(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let kim = fixture::person(cloud.db()).await;
        let site = fixture::site(cloud.db(), &kim).await;
        let (id, request) = (ClaimId::mint_offline(), request(&site));
        let open = || cloud.open(&kim, id, &request);
        let (one, two, three, four) = tokio::join!(open(), open(), open(), open());
        for opened in [one, two, three, four] {
            assert_eq!(opened.unwrap().state, ClaimState::Requested);
        }
        assert_eq!(fixture::count(cloud.db(), "claim").await, 1);
        assert_eq!(cloud.kinds_waiting().await, ["claim"]);
        assert_eq!(number(cloud.db(), "SELECT COUNT(*) FROM change WHERE kind = 'claim'").await, 1);
    }

    async fn first_confirmation_has_the_device_and_the_other_is_told_whose_it_is(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let other = Process::start(&database, |_| {}).await;
        let (kim, lee) = (fixture::person(cloud.db()).await, fixture::person(cloud.db()).await);
        let sites = (fixture::site(cloud.db(), &kim).await, fixture::site(cloud.db(), &lee).await);
        for _ in 0..10 {
            let claims = (cloud.proven(&kim, &sites.0).await, other.proven(&lee, &sites.1).await);
            tokio::join!(cloud.say(bound(claims.0)), other.say(bound(claims.1)));
            let states =
                [cloud.state_of(&kim, claims.0).await, cloud.state_of(&lee, claims.1).await];
            let owned = states.iter().filter(|state| matches!(state, ClaimState::Owned { .. })).count();
            let lost = ClaimState::Failed { reason: ClaimFailure::BelongsToAnother };
            assert!(owned == 1 && states.contains(&lost), "{states:?}");
            let devices = "SELECT COUNT(*) FROM device WHERE ended_at IS NULL";
            assert_eq!(number(cloud.db(), devices).await, 1);
            // Said again, nothing changes.
            cloud.say(bound(claims.0)).await;
            other.say(bound(claims.1)).await;
            assert_eq!(cloud.state_of(&kim, claims.0).await, states[0]);
            execute(cloud.db(), "UPDATE device SET ended_at = 1 WHERE ended_at IS NULL AND id <> $1", String::new())
                .await;
        }
    }

    async fn claim_expires_exactly_once_whichever_process_looks(database: Database) {
        let at_once = |settings: &mut Settings| settings.claim_window = Duration::ZERO;
        let (one, two) = (Process::start(&database, at_once).await, Process::start(&database, at_once).await);
        let kim = fixture::person(one.db()).await;
        let site = fixture::site(one.db(), &kim).await;
        let mut claims = Vec::new();
        for _ in 0..5 {
            let id = ClaimId::mint_offline();
            one.open(&kim, id, &request(&site)).await.unwrap();
            claims.push(id);
        }
        let (mut ended, mut turns) = (0, 0);
        while ended < claims.len() && turns < 50 {
            let looks = tokio::join!(expiry::expire_overdue(&one.state), expiry::expire_overdue(&two.state));
            ended += looks.0.unwrap() + looks.1.unwrap();
            turns += 1;
        }
        assert_eq!(ended, claims.len());
        assert_eq!(expiry::expire_overdue(&one.state).await.unwrap(), 0);
        for id in claims {
            assert_eq!(one.state_of(&kim, id).await, ClaimState::Expired);
        }
        let counted = "SELECT COUNT(*) FROM attempt WHERE kind = 'unanswered_claim'";
        assert_eq!(number(one.db(), counted).await, 5);
        assert_eq!(number(one.db(), "SELECT COUNT(*) FROM change WHERE kind = 'claim'").await, 10);
        assert_eq!(one.kinds_waiting().await, [""; 0]);
    }

    async fn account_that_lost_the_site_gets_no_device_and_the_device_forgets(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let kim = fixture::person(cloud.db()).await;
        let site = fixture::site(cloud.db(), &kim).await;
        let id = cloud.proven(&kim, &site).await;
        execute(cloud.db(), "UPDATE site_user SET ended_at = 1 WHERE site_id = $1", site.id.to_string()).await;
        let bind = commands::open_for(cloud.db(), &device()).await.unwrap();
        assert!(!add_device::still_stands(&cloud.state, &bind[0]).await.unwrap());
        assert_eq!(
            cloud.state_of(&kim, id).await,
            ClaimState::Failed { reason: ClaimFailure::NotAllowed }
        );
        assert_eq!(cloud.kinds_waiting().await, [""; 0], "the binding does not leave");
        // It had left before: the device holds the claim, and is told to forget it.
        cloud.say(bound(id)).await;
        assert_eq!(cloud.kinds_waiting().await, ["release"]);
        assert_eq!(fixture::count(cloud.db(), "device").await, 0);
    }

    async fn disabled_account_binds_nothing(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let kim = fixture::person(cloud.db()).await;
        let site = fixture::site(cloud.db(), &kim).await;
        let id = cloud.proven(&kim, &site).await;
        execute(cloud.db(), "UPDATE account SET state = 'disabled', epoch = 2 WHERE id = $1", kim.account.to_string())
            .await;
        cloud.say(bound(id)).await;
        assert_eq!(
            cloud.state_of(&kim, id).await,
            ClaimState::Failed { reason: ClaimFailure::NotAllowed }
        );
        assert_eq!(fixture::count(cloud.db(), "device").await, 0);
        let refused = cloud.open(&kim, ClaimId::mint_offline(), &request(&site)).await.unwrap_err();
        assert_eq!(refused.problem.code, ProblemCode::SessionRevoked);
    }

    async fn owner_hears_of_each_try_and_gets_one_mail_an_hour(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let (kim, lee) = (fixture::person(cloud.db()).await, fixture::person(cloud.db()).await);
        let site = fixture::site(cloud.db(), &kim).await;
        let hers = fixture::site(cloud.db(), &lee).await;
        let mine = cloud.proven(&kim, &site).await;
        cloud.say(bound(mine)).await;
        for _ in 0..3 {
            let id = ClaimId::mint_offline();
            cloud.open(&lee, id, &request(&hers)).await.unwrap();
            cloud.say(challenge(id)).await;
            let wrong = WithdrawRequest { reason: WithdrawReason::WrongPassword };
            add_device::withdraw(&cloud.state, &lee, id, &wrong).await.unwrap();
        }
        let tried = "SELECT COUNT(*) FROM audit_event WHERE what = 'device.claim_tried' AND actor_id IS NULL";
        assert_eq!(number(cloud.db(), tried).await, 3);
        assert_eq!(number(cloud.db(), "SELECT COUNT(*) FROM mail WHERE kind = 'device_tried'").await, 1);
        let mut reader = cloud.db().read().await.unwrap();
        let acts = history::store::acts_on(&mut reader, kim.account, None, None, 1).await.unwrap();
        assert_eq!(acts[0].name.as_deref(), Some("Gate"), "which device it was about");
        drop(reader);
        // One's own wrong password is nobody else's business.
        let id = ClaimId::mint_offline();
        cloud.open(&kim, id, &request(&site)).await.unwrap();
        cloud.say(challenge(id)).await;
        let wrong = WithdrawRequest { reason: WithdrawReason::WrongPassword };
        add_device::withdraw(&cloud.state, &kim, id, &wrong).await.unwrap();
        assert_eq!(number(cloud.db(), tried).await, 3);
    }

    async fn another_device_has_no_say_in_a_claim(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let kim = fixture::person(cloud.db()).await;
        let site = fixture::site(cloud.db(), &kim).await;
        let id = cloud.proven(&kim, &site).await;
        let mut tx = cloud.db().begin().await.unwrap();
        let impostor = "acme.AB-13".parse().unwrap();
        add_device::take_message(&cloud.state, &mut tx, &impostor, &bound(id)).await.unwrap();
        add_device::take_message(&cloud.state, &mut tx, &device(), &bound(ClaimId::mint_offline())).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(cloud.state_of(&kim, id).await, ClaimState::Proven { .. }));
    }

    async fn ended_session_takes_no_step(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let kim = fixture::person(cloud.db()).await;
        let site = fixture::site(cloud.db(), &kim).await;
        let id = ClaimId::mint_offline();
        cloud.open(&kim, id, &request(&site)).await.unwrap();
        cloud.say(challenge(id)).await;
        fixture::revoke(cloud.db(), &kim).await;
        let refused = add_device::give_proof(&cloud.state, &kim, id, &proof()).await.unwrap_err();
        assert_eq!(refused.problem.code, ProblemCode::SessionRevoked);
        assert!(matches!(cloud.state_of(&kim, id).await, ClaimState::Challenged { .. }), "the claim lives on");
    }

    async fn inventory_is_added_whole_or_not_at_all(database: Database) {
        let db = database.open().await;
        let row = |serial: &str, key: &SoftKey, model: &str| {
            format!("acme,{serial},{model},{},yes", Base64Url(key.public_key()).to_text())
        };
        let file = |rows: &[String]| format!("{}\n{}\n", inventory::HEADER.join(","), rows.join("\n"));
        let (one, two) = (SoftKey::generate(), SoftKey::generate());
        let first = file(&[row("AB-1", &one, "CAM"), row("AB-2", &two, "CAM")]);
        let added = inventory::add(&db, first.as_bytes()).await.unwrap();
        assert_eq!((added.rows, added.new), (2, 2));
        let added = inventory::add(&db, first.as_bytes()).await.unwrap();
        assert_eq!((added.rows, added.new), (2, 0), "again is fine");
        let swapped = file(&[row("AB-3", &one, "CAM"), row("AB-1", &two, "CAM")]);
        match inventory::add(&db, swapped.as_bytes()).await {
            Err(InventoryError::Rows(errors)) => {
                assert_eq!(errors.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3]);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(fixture::count(&db, "inventory").await, 2);
        match inventory::add(&db, file(&[row("AB-9", &one, "CAM-1")]).as_bytes()).await {
            Err(InventoryError::Rows(errors)) => {
                assert!(errors[0].what.contains(".AB-1, which is listed"), "{errors:?}");
            }
            other => panic!("one key, two devices: {other:?}"),
        }
        inventory::add(&db, file(&[row("AB-1", &one, "CAM-2")]).as_bytes()).await.unwrap();
        let corrected = "SELECT COUNT(*) FROM inventory WHERE model = 'CAM-2'";
        assert_eq!(number(&db, corrected).await, 1);
    }
}
