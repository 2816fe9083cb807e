//! The end of sessions: in force when it is answered, and open streams learn it.

use super::*;
use crate::fixture::{change, hesitate, person, races};
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Tx;
use porchlight_cloud::sites;
use porchlight_protocol::AccountId;
use porchlight_protocol::sites::MakeSiteRequest;
use std::time::{Duration, Instant};

fn caller(session: &SessionResponse) -> Caller {
    Caller::own(session.session, session.account.id)
}

fn house() -> MakeSiteRequest {
    MakeSiteRequest { name: "House".into(), address: String::new(), time_zone: "Europe/Berlin".into() }
}

async fn sites_of(db: &Db, caller: &Caller) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM site_user WHERE account_id = $1")
        .bind(caller.account.to_string())
        .fetch_one(&mut *db.read().await.unwrap())
        .await
        .unwrap()
}

on_both_engines! {
    async fn signing_out_ends_this_session_and_no_other(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        let other = service.sign_in(OTHER_PHONE, EMAIL, PASSWORD).await.unwrap();
        session::sign_out(service.db(), &caller(&session)).await.unwrap();
        assert!(!service.lets_in(&session.access_token).await);
        assert_eq!(code(service.refresh(PHONE, &session.refresh_token).await), ProblemCode::SessionRevoked);
        assert!(service.lets_in(&other.access_token).await);
        let again = session::sign_out(service.db(), &caller(&session)).await;
        assert_eq!(code(again), ProblemCode::SessionRevoked);
    }

    async fn disabling_an_account_ends_all_its_sessions_and_enabling_revives_none(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        session::disable_account(service.db(), session.account.id).await.unwrap();
        for state in ["disabled", "active"] {
            assert!(!service.lets_in(&session.access_token).await, "{state}");
            let refreshed = service.refresh(PHONE, &session.refresh_token).await;
            assert_eq!(code(refreshed), ProblemCode::SessionRevoked, "{state}");
            service.sql("UPDATE account SET state = 'active'").await;
        }
    }

    /// A known failure of other systems: disabling while a password is being checked or changed.
    async fn sign_in_that_runs_while_the_account_is_disabled_opens_nothing(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        for _ in 0..5 {
            service.sql("UPDATE account SET state = 'active'").await;
            let id = service.sign_in(OTHER_PHONE, EMAIL, PASSWORD).await.unwrap().account.id;
            let state = service.state.clone();
            let signing_in =
                tokio::spawn(async move { session::sign_in(&state, &proof(PHONE), EMAIL, PASSWORD.into()).await });
            tokio::time::sleep(Duration::from_millis(3)).await;
            session::disable_account(service.db(), id).await.unwrap();
            if let Ok(session) = signing_in.await.unwrap() {
                assert!(!service.lets_in(&session.access_token).await, "it began before, and ended with the rest");
            }
        }
    }

    async fn sign_in_that_runs_while_the_password_changes_opens_nothing(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        for _ in 0..20 {
            let before = service.count("SELECT COUNT(*) FROM session").await;
            let state = service.state.clone();
            let signing_in =
                tokio::spawn(async move { session::sign_in(&state, &proof(PHONE), EMAIL, PASSWORD.into()).await });
            // Counted: now the old password is being checked.
            while service.count("SELECT COUNT(*) FROM attempt WHERE kind = 'sign_in'").await == 0
                && !signing_in.is_finished()
            {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let mut tx = service.db().begin().await.unwrap();
            sqlx::query("UPDATE account SET password_hash = 'another'").execute(&mut *tx).await.unwrap();
            tokio::time::sleep(Duration::from_millis(500)).await;
            if signing_in.is_finished() {
                // This machine was busy, and the sign-in came first: once more.
                continue;
            }
            tx.commit().await.unwrap();
            assert_eq!(code(signing_in.await.unwrap()), ProblemCode::WrongCredentials);
            assert_eq!(service.count("SELECT COUNT(*) FROM session").await, before);
            return;
        }
        panic!("the password never changed while it was being checked");
    }

    async fn nothing_commits_after_an_answered_revoke(database: Database) {
        let db = database.open().await;
        let (mut before, mut refused) = (0, 0);
        for round in 0..races() {
            let caller = person(&db).await;
            let change = async {
                hesitate(round % 11).await;
                let in_between = async |tx: &mut Tx| {
                    // Between the check and the commit a revoke must wait.
                    hesitate(round % 5).await;
                    sites::make(tx, &caller, &house()).await
                };
                change(&db, &caller, in_between).await
            };
            let revoke = async {
                hesitate(round % 7).await;
                session::disable_account(&db, caller.account).await.unwrap();
                sites_of(&db, &caller).await
            };
            let (changed, committed) = tokio::join!(change, revoke);
            match changed {
                Ok(_) => before += 1,
                Err(refusal) => {
                    assert_eq!(refusal.problem.code, ProblemCode::SessionRevoked);
                    refused += 1;
                }
            }
            assert_eq!(sites_of(&db, &caller).await, committed, "round {round}: it came after the answer");
        }
        let rare = races() / 20;
        assert!(before > rare && refused > rare, "no race: {before} before the revoke, {refused} refused");
    }

    async fn stream_of_an_ended_session_closes_within_a_second(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        let other = service.sign_in(OTHER_PHONE, EMAIL, PASSWORD).await.unwrap();
        let revocations = service.state.revocations.clone();
        // Another process: its own pool, so no commit of this one wakes it.
        let follower = database.open().await;
        tokio::spawn(revocations.follow(follower, service.state.stopping.clone()));
        let mut end = service.state.revocations.subscribe();
        let mut other_end = service.state.revocations.subscribe();
        session::sign_out(service.db(), &caller(&session)).await.unwrap();
        let began = Instant::now();
        tokio::time::timeout(Duration::from_secs(1), end.reached(&caller(&session))).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(1));
        let others = tokio::time::timeout(Duration::from_millis(300), other_end.reached(&caller(&other))).await;
        assert!(others.is_err(), "the other session's stream stays open");
        session::disable_account(service.db(), other.account.id).await.unwrap();
        tokio::time::timeout(Duration::from_secs(1), other_end.reached(&caller(&other))).await.unwrap();
    }

    async fn streams_close_when_the_database_cannot_be_read_for_a_second(database: Database) {
        let service = Service::on(&database).await;
        let caller = Caller::own(porchlight_protocol::SessionId::mint(), AccountId::mint());
        let mut end = service.state.revocations.subscribe();
        let follower = database.open().await;
        tokio::spawn(service.state.revocations.clone().follow(follower.clone(), service.state.stopping.clone()));
        tokio::time::sleep(Duration::from_millis(100)).await;
        follower.close().await;
        let began = Instant::now();
        tokio::time::timeout(Duration::from_secs(3), end.reached(&caller)).await.unwrap();
        assert!(began.elapsed() >= Duration::from_millis(400), "a hiccup closes nothing");
    }

    async fn what_has_expired_is_swept_and_the_rest_stays(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        session::sweep(service.db(), now()).await.unwrap();
        service.refresh(PHONE, &session.refresh_token).await.expect("the living stay");
        session::sweep(service.db(), now() + 31 * 24 * 3600 * 1000).await.unwrap();
        for table in [
            "SELECT COUNT(*) FROM registration",
            "SELECT COUNT(*) FROM refresh_token",
            "SELECT COUNT(*) FROM seen_token",
            "SELECT COUNT(*) FROM attempt",
        ] {
            assert_eq!(service.count(table).await, 0, "{table}");
        }
    }

    async fn last_use_is_written_apart(database: Database) {
        let service = Service::on(&database).await;
        let session = porchlight_protocol::SessionId::mint();
        for at in [5, 7] {
            session::store::write_activity(service.db(), &[(session, at)].into()).await.unwrap();
        }
        assert_eq!(service.count("SELECT seen_at FROM session_activity").await, 7);
    }
}
