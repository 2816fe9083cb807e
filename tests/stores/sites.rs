//! Sites: who sees them, what a change leaves in the history, and that nothing changes after a revoke.

use crate::fixture::{change, count, person, revoke, site};
use harness::on_both_engines;
use porchlight_cloud::db::Db;
use porchlight_cloud::sites;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::sites::{ChangeSiteRequest, MakeSiteRequest};

fn rename(name: &str) -> ChangeSiteRequest {
    ChangeSiteRequest { name: Some(name.into()), address: None }
}

async fn audited(db: &Db, what: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit_event WHERE what = $1")
        .bind(what)
        .fetch_one(&mut *db.read().await.unwrap())
        .await
        .unwrap()
}

on_both_engines! {
    async fn site_is_seen_by_its_owner_and_by_nobody_else(database: Database) {
        let db = database.open().await;
        let (owner, stranger) = (person(&db).await, person(&db).await);
        let made = site(&db, &owner).await;
        let mut reader = db.read().await.unwrap();
        let seen = sites::store::visible_site(&mut reader, owner.sight(), made.id).await.unwrap();
        assert_eq!(seen.as_ref(), Some(&made));
        let unseen = sites::store::visible_site(&mut reader, stranger.sight(), made.id).await.unwrap();
        assert_eq!(unseen, None);
        assert!(sites::store::visible_sites(&mut reader, stranger.sight(), None, 10).await.unwrap().is_empty());
        drop(reader);
        let refused = change(&db, &stranger, async |tx| sites::change(tx, &stranger, made.id, &rename("X")).await);
        assert_eq!(refused.await.unwrap_err().problem.code, ProblemCode::NotFound);
    }

    async fn list_goes_on_where_the_page_before_ended(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(site(&db, &owner).await.id);
        }
        made.sort();
        let mut reader = db.read().await.unwrap();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = sites::store::visible_sites(&mut reader, owner.sight(), after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.iter().map(|site| site.id));
        }
        assert_eq!(seen, made);
    }

    async fn change_leaves_one_line_of_history_and_one_change_for_screens(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let made = site(&db, &owner).await;
        let before = (count(&db, "audit_event").await, count(&db, "change").await);
        let changed = change(&db, &owner, async |tx| sites::change(tx, &owner, made.id, &rename(" Mu\u{308}hle ")).await);
        assert_eq!(changed.await.unwrap().name, "Mühle");
        assert_eq!((count(&db, "audit_event").await, count(&db, "change").await), (before.0 + 1, before.1 + 1));
        let detail: String = sqlx::query_scalar("SELECT detail FROM audit_event WHERE what = 'site.changed'")
            .fetch_one(&mut *db.read().await.unwrap())
            .await
            .unwrap();
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap();
        assert_eq!((&detail["before"]["name"], &detail["after"]["name"]), (&"Home".into(), &"Mühle".into()));
        // The same once more changes nothing, and says nothing.
        change(&db, &owner, async |tx| sites::change(tx, &owner, made.id, &rename("Mühle")).await).await.unwrap();
        assert_eq!(count(&db, "audit_event").await, before.0 + 1);
    }

    async fn wrong_value_is_named_and_makes_nothing(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let good = MakeSiteRequest { name: "Home".into(), address: String::new(), time_zone: "UTC".into() };
        for (field, wanted) in [
            ("name", MakeSiteRequest { name: "  ".into(), ..good.clone() }),
            ("name", MakeSiteRequest { name: "a\u{202E}b".into(), ..good.clone() }),
            ("address", MakeSiteRequest { address: "x".repeat(501), ..good.clone() }),
            ("time_zone", MakeSiteRequest { time_zone: "Europe/Atlantis".into(), ..good.clone() }),
            ("time_zone", MakeSiteRequest { time_zone: "europe/berlin".into(), ..good.clone() }),
        ] {
            let refused = change(&db, &owner, async |tx| sites::make(tx, &owner, &wanted).await).await.unwrap_err();
            assert_eq!(refused.problem.code, ProblemCode::InvalidInput);
            assert_eq!(refused.problem.field.as_deref(), Some(field), "{wanted:?}");
        }
        assert_eq!((count(&db, "site").await, count(&db, "audit_event").await), (0, 0));
    }

    async fn no_change_commits_after_an_answered_revoke(database: Database) {
        let db = database.open().await;
        let mut committed_before = 0;
        for round in 0..120_u64 {
            // Sometimes the one is first, sometimes the other, mostly both at once.
            let (first, second) = (round % 4, round / 4 % 4);
            let wait = |milliseconds| tokio::time::sleep(std::time::Duration::from_millis(milliseconds));
            let owner = person(&db).await;
            let made = site(&db, &owner).await;
            let before = audited(&db, "site.changed").await;
            let renaming = async {
                wait(first).await;
                change(&db, &owner, async |tx| sites::change(tx, &owner, made.id, &rename("New")).await).await
            };
            let revoking = async {
                wait(second).await;
                revoke(&db, &owner).await;
                audited(&db, "site.changed").await - before
            };
            let (outcome, at_the_answer) = tokio::join!(renaming, revoking);
            let in_the_end = audited(&db, "site.changed").await - before;
            assert_eq!(in_the_end, at_the_answer, "round {round}: committed after the revoke was answered");
            match outcome {
                Ok(_) => committed_before += at_the_answer,
                Err(refusal) => assert_eq!(refusal.problem.code, ProblemCode::SessionRevoked),
            }
        }
        assert!((1..120).contains(&committed_before), "{committed_before} of 120: that was no race");
    }
}
