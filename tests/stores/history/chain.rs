//! The chain over the audit events: erasing what a person may have erased leaves it whole, anything else breaks it.

use super::sealer;
use crate::fixture::{person, site};
use harness::on_both_engines;
use porchlight_cloud::db::Db;
use porchlight_cloud::history::chain::{self, ChainState};

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
}
