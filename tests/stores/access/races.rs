//! A change made in a delegated session against each way in which the access ends.

use super::ends::{Parties, WAYS};
use super::{delegated, house, sites_of};
use crate::fixture::{change, hesitate, races};
use harness::on_both_engines;
use porchlight_cloud::db::Tx;
use porchlight_cloud::sites;

on_both_engines! {
    async fn nothing_commits_after_an_answered_end_of_access(database: Database) {
        let db = database.open().await;
        let (mut before, mut refused) = (0, 0);
        for round in 0..races() {
            let (way, code) = WAYS[usize::try_from(round).unwrap() % WAYS.len()];
            let parties = Parties::new(&db).await;
            let acting = delegated(&db, &parties.installer, &parties.subject, parties.grant).await;
            let changing = async {
                hesitate(round % 11).await;
                let in_between = async |tx: &mut Tx| {
                    // Between the check and the commit the end must wait.
                    hesitate(round % 5).await;
                    sites::make(tx, &acting, &house()).await
                };
                change(&db, &acting, in_between).await
            };
            let ending = async {
                hesitate(round % 7).await;
                parties.end(&db, way).await;
                sites_of(&db, &parties.subject).await
            };
            let (changed, committed) = tokio::join!(changing, ending);
            match changed {
                Ok(_) => before += 1,
                Err(refusal) => {
                    assert_eq!(refusal.problem.code, code, "{way:?}");
                    refused += 1;
                }
            }
            let there = sites_of(&db, &parties.subject).await;
            assert_eq!(there, committed, "round {round}, {way:?}: it came after the answer");
        }
        let rare = races() / 20;
        assert!(before > rare && refused > rare, "no race: {before} before the end, {refused} refused");
    }
}
