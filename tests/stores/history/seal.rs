//! The sealer: every committed row gets one number, whoever seals, and old changes go.

use super::{AtWork, KEEPS, sealer};
use crate::fixture::{count, person, site};
use harness::on_both_engines;
use porchlight_cloud::db::Db;
use porchlight_cloud::history::chain::{self, ChainState};
use porchlight_cloud::history::feed::{Cursor, Feed, FeedReader};
use porchlight_cloud::history::{self, ChangeEntry};
use porchlight_protocol::{ClaimId, ProblemCode};
use std::time::{Duration, Instant};

async fn positions(db: &Db, table: &'static str) -> Vec<i64> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT position FROM {table} WHERE position IS NOT NULL ORDER BY position"
    ));
    sqlx::query_scalar(sql).fetch_all(&mut *db.read().await.unwrap()).await.unwrap()
}

async fn announce(db: &Db, account: porchlight_protocol::AccountId) {
    let mut tx = db.begin().await.unwrap();
    history::announce(&mut tx, ChangeEntry::Claim(ClaimId::mint_offline(), account)).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn two_sealers_at_once_number_each_row_once(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..15 {
                        site(&db, &owner).await;
                    }
                })
            })
            .collect();
        let done = tokio_util::sync::CancellationToken::new();
        let sealers: Vec<_> = ["one", "other"]
            .map(|holder| {
                let (db, done, sealer) = (db.clone(), done.clone(), sealer(&db, holder));
                tokio::spawn(async move {
                    while !done.is_cancelled() {
                        sealer.seal().await.unwrap();
                        // As if each had found the other dead: only the row's lock is between them.
                        let mut tx = db.begin().await.unwrap();
                        sqlx::query("UPDATE sealer SET lease_until = 0").execute(&mut *tx).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                })
            })
            .into();
        for writer in writers {
            writer.await.unwrap();
        }
        done.cancel();
        for sealer in sealers {
            sealer.await.unwrap();
        }
        sealer(&db, "one").seal().await.unwrap();
        let all: Vec<i64> = (1..=60).collect();
        assert_eq!(positions(&db, "change").await, all);
        assert_eq!(positions(&db, "audit_event").await, all);
        assert!(matches!(chain::verify(&db, &[]).await.unwrap(), ChainState::Whole { events: 60, .. }));
    }

    async fn sealer_that_died_is_replaced_within_a_second(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        announce(&db, owner.account).await;
        sealer(&db, "dead").seal().await.unwrap();
        announce(&db, owner.account).await;
        assert_eq!(sealer(&db, "other").seal().await.unwrap(), 0, "the lease is the dead one's, still");
        let _work = AtWork::begin(&db);
        let began = Instant::now();
        while positions(&db, "change").await.len() < 2 {
            assert!(began.elapsed() < Duration::from_secs(1), "still without a number");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn row_is_numbered_at_once_when_its_process_seals(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let _work = AtWork::begin(&db);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let began = Instant::now();
        for already in 0..5 {
            announce(&db, owner.account).await;
            while positions(&db, "change").await.len() == already {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        // Without the nudge by the commit, each would wait for the next quarter of a second.
        assert!(began.elapsed() < Duration::from_millis(1000), "{:?}", began.elapsed());
    }

    async fn old_changes_go_and_their_cursors_are_too_old(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let (feed, sealer) = (Feed::default(), sealer(&db, "one"));
        for _ in 0..3 {
            announce(&db, owner.account).await;
        }
        sealer.seal().await.unwrap();
        sealer.trim(porchlight_cloud::now()).await.unwrap();
        assert_eq!(count(&db, "change").await, 3, "nothing is old yet");
        let week = i64::try_from(KEEPS.as_millis()).unwrap();
        let mut tx = db.begin().await.unwrap();
        sqlx::query("UPDATE change SET at = at - $1 WHERE position <= 2").bind(week + 1).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        sealer.trim(porchlight_cloud::now()).await.unwrap();
        assert_eq!(positions(&db, "change").await, [3]);
        let open = |cursor| FeedReader::open(db.clone(), &feed, owner, Some(Cursor(cursor)));
        for good in [2, 3] {
            open(good).await.unwrap();
        }
        // The last one was never given out: a database that was put back from a copy does not know it.
        for bad in [0, 1, 4] {
            assert_eq!(open(bad).await.unwrap_err().problem.code, ProblemCode::CursorTooOld, "{bad}");
        }
        sealer.trim(porchlight_cloud::now() + week + 1000).await.unwrap();
        assert_eq!(count(&db, "change").await, 0);
        assert_eq!(open(2).await.unwrap_err().problem.code, ProblemCode::CursorTooOld);
        open(3).await.unwrap();
        announce(&db, owner.account).await;
        sealer.seal().await.unwrap();
        assert_eq!(positions(&db, "change").await, [4], "numbers go on after everything was trimmed");
    }
}
