//! The chain over the audit events: erasing what a person may have erased leaves it whole, anything else breaks it.

use super::sealer;
use crate::fixture::{person, site};
use harness::on_both_engines;
use porchlight_cloud::db::Db;
use porchlight_cloud::history::chain::{self, ChainState, Head};

/// Five sealed events.
async fn history_of_five(db: &Db) {
    let owner = person(db).await;
    for _ in 0..5 {
        site(db, &owner).await;
    }
    sealer(db, "one").seal().await.unwrap();
}

async fn tamper(db: &Db, sql: &'static str) {
    let mut tx = db.begin().await.unwrap();
    let done = sqlx::query(sql).execute(&mut *tx).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
    tx.commit().await.unwrap();
}

/// Where the chain is, as somebody keeps it elsewhere.
async fn head(db: &Db) -> Head {
    match chain::verify(db, &[]).await.unwrap() {
        ChainState::Whole { events, head } => Head { position: events, hash: head },
        broken => panic!("{broken:?}"),
    }
}

/// Somebody with the database changes an event, and computes every hash anew: by itself the chain is whole.
async fn rewrite_from_the_start(db: &Db) {
    tamper(db, "UPDATE audit_event SET actor_id = 'somebody else' WHERE position = 2").await;
    tamper(db, "UPDATE audit_event SET position = NULL, chain_hash = NULL").await;
    tamper(db, "UPDATE sealer SET audit_position = 0, lease_until = 0").await;
    let mut tx = db.begin().await.unwrap();
    let genesis = sqlx::query("UPDATE sealer SET chain_hash = $1").bind(chain::GENESIS.to_vec());
    genesis.execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    sealer(db, "another").seal().await.unwrap();
}

on_both_engines! {
    async fn untouched_chain_is_whole_up_to_its_head(database: Database) {
        let db = database.open().await;
        let empty = ChainState::Whole { events: 0, head: chain::GENESIS.to_vec() };
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), empty);
        history_of_five(&db).await;
        let ChainState::Whole { events: 5, head } = chain::verify(&db, &[]).await.unwrap() else { panic!("broken") };
        assert_ne!(head, chain::GENESIS);
    }

    async fn erased_detail_leaves_the_chain_whole(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        let before = chain::verify(&db, &[]).await.unwrap();
        tamper(&db, "UPDATE audit_event SET salt = NULL, detail = NULL WHERE position IN (1, 3)").await;
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), before);
    }

    async fn changed_detail_is_found(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        tamper(&db, "UPDATE audit_event SET detail = '{}' WHERE position = 4").await;
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), ChainState::Broken { position: 4 });
    }

    async fn changed_actor_is_found(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        tamper(&db, "UPDATE audit_event SET actor_id = 'somebody else' WHERE position = 2").await;
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), ChainState::Broken { position: 2 });
    }

    async fn removed_event_is_found(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        tamper(&db, "DELETE FROM audit_event WHERE position = 3").await;
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), ChainState::Broken { position: 3 });
    }

    async fn removed_end_is_found(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        tamper(&db, "DELETE FROM audit_event WHERE position > 3").await;
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), ChainState::Broken { position: 4 });
    }

    async fn exchanged_events_are_found(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        tamper(&db, "UPDATE audit_event SET position = position + 100 WHERE position = 2").await;
        tamper(&db, "UPDATE audit_event SET position = 2 WHERE position = 3").await;
        tamper(&db, "UPDATE audit_event SET position = 3 WHERE position = 102").await;
        assert_eq!(chain::verify(&db, &[]).await.unwrap(), ChainState::Broken { position: 2 });
    }
    async fn chain_goes_through_every_head_that_was_kept(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        let five = head(&db).await;
        site(&db, &person(&db).await).await;
        sealer(&db, "one").seal().await.unwrap();
        let six = head(&db).await;
        assert_eq!((five.position, six.position), (5, 6));
        let whole = ChainState::Whole { events: 6, head: six.hash.clone() };
        assert_eq!(chain::verify(&db, &[five.clone(), six.clone()]).await.unwrap(), whole);
        // One that stands at its place and is another's.
        let other = Head { position: 5, hash: six.hash.clone() };
        assert_eq!(chain::verify(&db, &[six, other]).await.unwrap(), ChainState::Broken { position: 5 });
        let later = Head { position: 7, ..five };
        assert_eq!(chain::verify(&db, &[later]).await.unwrap(), ChainState::Broken { position: 7 });
    }

    async fn chain_that_was_rewritten_from_the_start_is_found_by_a_kept_head_alone(database: Database) {
        let db = database.open().await;
        history_of_five(&db).await;
        let kept = head(&db).await;
        rewrite_from_the_start(&db).await;
        let rewritten = head(&db).await;
        assert_eq!(rewritten.position, kept.position, "by itself it is whole");
        assert_ne!(rewritten.hash, kept.hash);
        assert_eq!(chain::verify(&db, &[kept]).await.unwrap(), ChainState::Broken { position: 5 });
    }
}
