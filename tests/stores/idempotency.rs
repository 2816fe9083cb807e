//! Idempotency keys: a request that is sent twice counts once, also when both arrive at the same time.

use crate::fixture::{change, count, person};
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Db;
use porchlight_cloud::idempotency::{self, Beginning, IdempotencyKey};
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::sites;
use porchlight_protocol::sites::{MakeSiteRequest, Site};
use porchlight_protocol::{ProblemCode, SiteId};

fn key() -> IdempotencyKey {
    IdempotencyKey::new(Some("0123456789abcdef"), "POST", "/v1/sites").unwrap()
}

fn wanted(name: &str) -> MakeSiteRequest {
    MakeSiteRequest { name: name.into(), address: String::new(), time_zone: "UTC".into() }
}

/// What the handler of `POST /v1/sites` does; whether it was a replay.
async fn make(db: &Db, caller: &Caller, key: &IdempotencyKey, name: &str) -> Result<(Site, bool), Refusal> {
    let request = wanted(name);
    change(db, caller, async |tx| match idempotency::begin(tx, caller, key, &request).await? {
        Beginning::Replay(before) => {
            assert_eq!(before.status(), 201);
            Ok((sites::read(tx, caller, before.resource::<SiteId>()?).await?, true))
        }
        Beginning::Fresh(reservation) => {
            let site = sites::make(tx, caller, &request).await?;
            reservation.remember(tx, 201, &site.id).await?;
            Ok((site, false))
        }
    })
    .await
}

on_both_engines! {
    async fn same_request_with_the_same_key_counts_once(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let (first, _) = make(&db, &owner, &key(), "Home").await.unwrap();
        assert_eq!(make(&db, &owner, &key(), "Home").await.unwrap(), (first, true));
        assert_eq!(count(&db, "site").await, 1);
    }

    async fn same_key_with_another_request_is_refused(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        make(&db, &owner, &key(), "Home").await.unwrap();
        let refused = make(&db, &owner, &key(), "Other").await.unwrap_err();
        assert_eq!(refused.problem.code, ProblemCode::IdempotencyKeyReused);
        let elsewhere = IdempotencyKey::new(Some("0123456789abcdef"), "POST", "/v1/other").unwrap();
        let refused = make(&db, &owner, &elsewhere, "Home").await.unwrap_err();
        assert_eq!(refused.problem.code, ProblemCode::IdempotencyKeyReused);
    }

    async fn key_of_one_account_means_nothing_for_another(database: Database) {
        let db = database.open().await;
        let (one, other) = (person(&db).await, person(&db).await);
        let (first, _) = make(&db, &one, &key(), "Home").await.unwrap();
        let (second, replayed) = make(&db, &other, &key(), "Home").await.unwrap();
        assert!(first.id != second.id && !replayed);
    }

    async fn refused_request_leaves_its_key_free(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        make(&db, &owner, &key(), "").await.unwrap_err();
        let (_, replayed) = make(&db, &owner, &key(), "Home").await.unwrap();
        assert!(!replayed);
    }

    async fn requests_at_the_same_time_count_once(database: Database) {
        let db = database.open().await;
        for round in 0..10_i64 {
            let owner = person(&db).await;
            let same = key();
            let one = || make(&db, &owner, &same, "Home");
            let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
            let mut fresh = 0;
            let mut sites = std::collections::BTreeSet::new();
            for (site, replayed) in [a, b, c, d].map(Result::unwrap) {
                fresh += i32::from(!replayed);
                sites.insert(site.id);
            }
            assert_eq!((fresh, sites.len()), (1, 1));
            assert_eq!(count(&db, "site").await, round + 1);
        }
    }

    async fn key_counts_for_a_day(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        make(&db, &owner, &key(), "Home").await.unwrap();
        idempotency::forget_expired(&db).await.unwrap();
        assert_eq!(count(&db, "idempotency").await, 1);
        let mut tx = db.begin().await.unwrap();
        let late = porchlight_cloud::now() + 25 * 3600 * 1000;
        idempotency::store::delete_if_expired(&mut tx, owner.account, "0123456789abcdef", late).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&db, "idempotency").await, 0);
    }

    async fn replay_needs_the_authority_that_the_first_had(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let (made, _) = make(&db, &owner, &key(), "Home").await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sqlx::query("UPDATE site_user SET ended_at = 1 WHERE site_id = $1")
            .bind(made.id.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let refused = make(&db, &owner, &key(), "Home").await.unwrap_err();
        assert_eq!(refused.problem.code, ProblemCode::NotFound);
    }
}
