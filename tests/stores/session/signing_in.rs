//! Signing in: answers that tell a stranger nothing, proofs that count once, delays that grow.

use super::*;
use harness::on_both_engines;
use porchlight_protocol::AccountId;

on_both_engines! {
    async fn wrong_password_and_unknown_address_read_the_same(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let wrong = service.sign_in(PHONE, EMAIL, "wrong porch lantern").await.unwrap_err();
        let unknown = service.sign_in(PHONE, "ana@example.org", PASSWORD).await.unwrap_err();
        let nonsense = service.sign_in(PHONE, "no address", PASSWORD).await.unwrap_err();
        assert_eq!(wrong.problem.code, ProblemCode::WrongCredentials);
        assert_eq!((&wrong.problem, wrong.retry_after), (&unknown.problem, unknown.retry_after));
        assert_eq!(wrong.problem, nonsense.problem);
        let session = service.sign_in(PHONE, "Kim@Example.org", PASSWORD).await.unwrap();
        assert_eq!((session.account.email.as_str(), session.account.given_name.as_str()), (EMAIL, "Kim"));
        assert!(service.lets_in(&session.access_token).await);
    }

    async fn proof_counts_once(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let proof = proof(PHONE);
        session::sign_in(&service.state, &proof, EMAIL, PASSWORD.into()).await.unwrap();
        let again = session::sign_in(&service.state, &proof, EMAIL, PASSWORD.into()).await;
        assert_eq!(code(again), ProblemCode::InvalidDpopProof);
    }

    async fn disabled_is_said_only_after_the_right_password(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let account = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap().account.id;
        session::disable_account(service.db(), account).await.unwrap();
        let wrong = service.sign_in(PHONE, EMAIL, "wrong porch lantern").await;
        assert_eq!(code(wrong), ProblemCode::WrongCredentials);
        assert_eq!(code(service.sign_in(PHONE, EMAIL, PASSWORD).await), ProblemCode::AccountDisabled);
    }

    async fn sixth_failure_waits_and_then_the_right_password_works(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        for _ in 0..5 {
            assert_eq!(code(service.sign_in(PHONE, EMAIL, "wrong").await), ProblemCode::WrongCredentials);
        }
        let refusal = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap_err();
        assert_eq!(refusal.problem.code, ProblemCode::TooManyRequests);
        assert!((14..=16).contains(&refusal.retry_after.unwrap()));
        assert_eq!(service.sql("UPDATE attempt SET at = at - 16000").await, 6, "one of them counts mails");
        service.sign_in(PHONE, EMAIL, PASSWORD).await.expect("never a lock-out");
        for _ in 0..5 {
            let wrong = service.sign_in(PHONE, EMAIL, "wrong").await;
            assert_eq!(code(wrong), ProblemCode::WrongCredentials, "it counts anew");
        }
    }

    async fn each_failure_after_the_fifth_doubles_the_wait(database: Database) {
        let service = Service::on(&database).await;
        for (failures, seconds) in [(5, 15), (1, 30), (1, 60)] {
            for _ in 0..failures {
                assert_eq!(code(service.sign_in(PHONE, EMAIL, "wrong").await), ProblemCode::WrongCredentials);
            }
            let wait = service.sign_in(PHONE, EMAIL, "wrong").await.unwrap_err().retry_after.unwrap();
            assert!((seconds - 2..=seconds + 1).contains(&wait), "{wait} for {seconds}");
            service.sql("UPDATE attempt SET at = at - 61000").await;
        }
    }

    async fn stranger_s_failures_do_not_make_the_owner_s_phone_wait(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        for _ in 0..5 {
            assert_eq!(code(service.sign_in(OTHER_PHONE, EMAIL, "wrong").await), ProblemCode::WrongCredentials);
        }
        assert_eq!(code(service.sign_in(OTHER_PHONE, EMAIL, PASSWORD).await), ProblemCode::TooManyRequests);
        service.sign_in(PHONE, EMAIL, PASSWORD).await.expect("a phone that was signed in before is no stranger");
    }

    async fn guesses_at_the_same_time_gain_nothing(database: Database) {
        let service = Service::on(&database).await;
        let guesses = (0..12).map(|_| {
            let state = service.state.clone();
            tokio::spawn(async move { session::sign_in(&state, &proof(PHONE), EMAIL, "wrong".into()).await })
        });
        let mut looked_at = 0;
        for guess in guesses.collect::<Vec<_>>() {
            looked_at += i32::from(code(guess.await.unwrap()) == ProblemCode::WrongCredentials);
        }
        assert!((1..=5).contains(&looked_at), "{looked_at} passwords were looked at");
    }

    async fn attempts_hold_no_addresses(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let _wrong = service.sign_in(PHONE, EMAIL, "wrong").await;
        assert_eq!(service.count("SELECT COUNT(*) FROM attempt").await, 2);
        let naming = "SELECT COUNT(*) FROM attempt WHERE id LIKE '%kim%' OR identifier LIKE '%kim%'";
        assert_eq!(service.count(naming).await, 0);
    }

    async fn second_sign_in_of_an_installation_ends_its_first_session(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let first = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        let elsewhere = service.sign_in(OTHER_PHONE, EMAIL, PASSWORD).await.unwrap();
        let second = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        assert!(!service.lets_in(&first.access_token).await);
        assert_eq!(code(service.refresh(PHONE, &first.refresh_token).await), ProblemCode::SessionRevoked);
        assert!(service.lets_in(&second.access_token).await);
        assert!(service.lets_in(&elsewhere.access_token).await);
    }

    async fn account_that_is_only_invited_has_no_password(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        service.sql("UPDATE account SET state = 'invited', password_hash = NULL").await;
        assert_eq!(code(service.sign_in(PHONE, EMAIL, PASSWORD).await), ProblemCode::WrongCredentials);
        let nobody = session::disable_account(service.db(), AccountId::mint()).await;
        assert_eq!(code(nobody), ProblemCode::NotFound);
    }
}
