//! Registering and verifying.

use super::*;
use harness::on_both_engines;

on_both_engines! {
    async fn mailed_code_makes_the_account_and_again_is_answered_the_same(database: Database) {
        let service = Service::on(&database).await;
        let registration = service.register(" Kim@Example.ORG").await.unwrap();
        let code = service.newest_code().await;
        for _ in 0..2 {
            service.verify(&registration, &code).await.unwrap();
        }
        assert_eq!(service.count("SELECT COUNT(*) FROM account WHERE email = 'kim@example.org'").await, 1);
        let left = "SELECT COUNT(*) FROM registration WHERE password_hash <> ''";
        assert_eq!(service.count(left).await, 0, "the hash lives with the account only");
        service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
    }

    async fn sixth_code_is_wrong_even_if_it_is_the_right_one(database: Database) {
        let service = Service::on(&database).await;
        let registration = service.register(EMAIL).await.unwrap();
        let right = service.newest_code().await;
        let wrong = if right == "00000000" { "00000001" } else { "00000000" };
        for _ in 0..5 {
            assert_eq!(code(service.verify(&registration, wrong).await), ProblemCode::WrongCode);
        }
        assert_eq!(code(service.verify(&registration, &right).await), ProblemCode::WrongCode);
        assert_eq!(service.count("SELECT COUNT(*) FROM account").await, 0);
    }

    async fn tries_at_the_same_time_are_counted_one_by_one(database: Database) {
        let service = Service::on(&database).await;
        let registration = service.register(EMAIL).await.unwrap();
        let right = service.newest_code().await;
        let wrong = if right == "00000000" { "00000001" } else { "00000000" };
        let tries = (0..12).map(|_| {
            let (state, registration) = (service.state.clone(), registration.clone());
            tokio::spawn(async move { session::verify(&state, &registration.into(), &wrong.into()).await })
        });
        for tried in tries.collect::<Vec<_>>() {
            assert_eq!(code(tried.await.unwrap()), ProblemCode::WrongCode);
        }
        assert_eq!(service.count("SELECT code_tries FROM registration").await, 5);
    }

    async fn right_code_many_times_at_once_makes_one_account_and_each_is_told_so(database: Database) {
        let service = Service::on(&database).await;
        for nth in 0..6 {
            let registration = service.register(&format!("kim-{nth}@example.org")).await.unwrap();
            let right = service.newest_code().await;
            let tries = (0..16).map(|_| {
                let (state, registration, right) = (service.state.clone(), registration.clone(), right.clone());
                tokio::spawn(async move { session::verify(&state, &registration.into(), &right.into()).await })
            });
            for tried in tries.collect::<Vec<_>>() {
                tried.await.unwrap().expect("it is the right one");
            }
            assert_eq!(service.count("SELECT COUNT(*) FROM account").await, nth + 1);
            let made = "SELECT COUNT(*) FROM audit_event WHERE what = 'account.made'";
            assert_eq!(service.count(made).await, nth + 1);
        }
    }

    async fn two_registrations_of_one_address_verified_at_once_make_one_account(database: Database) {
        let service = Service::on(&database).await;
        for nth in 0..6 {
            let email = format!("kim-{nth}@example.org");
            let mut tries = Vec::new();
            for _ in 0..2 {
                let registration = service.register(&email).await.unwrap();
                tries.push((registration, service.newest_code().await));
            }
            let tries = (0..16).map(|at| {
                let (state, (registration, right)) = (service.state.clone(), tries[at % 2].clone());
                tokio::spawn(async move { (at % 2, session::verify(&state, &registration.into(), &right.into()).await) })
            });
            let (mut well, mut wrong) = ([0; 2], [0; 2]);
            for tried in tries.collect::<Vec<_>>() {
                match tried.await.unwrap() {
                    (whose, Ok(())) => well[whose] += 1,
                    (whose, refused) => {
                        assert_eq!(code(refused), ProblemCode::WrongCode);
                        wrong[whose] += 1;
                    }
                }
            }
            // One registration makes the account, and all of the other's are told that theirs is wrong.
            assert!(matches!((well, wrong), ([8, 0], [0, 8]) | ([0, 8], [8, 0])), "{well:?} {wrong:?}");
            assert_eq!(service.count("SELECT COUNT(*) FROM account").await, nth + 1);
        }
    }

    async fn code_of_another_registration_verifies_nothing(database: Database) {
        // A stranger registers my address with a password of theirs; the code that I am mailed is for their
        // registration, and my app holds mine.
        let service = Service::on(&database).await;
        let mine = service.register(EMAIL).await.unwrap();
        let my_code = service.newest_code().await;
        let theirs = service.register(EMAIL).await.unwrap();
        let their_code = service.newest_code().await;
        assert_ne!(my_code, their_code, "one in a hundred million runs fails here");
        assert_eq!(code(service.verify(&mine, &their_code).await), ProblemCode::WrongCode);
        assert_eq!(code(service.verify(&theirs, &my_code).await), ProblemCode::WrongCode);
        service.verify(&mine, &my_code).await.unwrap();
        assert_eq!(code(service.verify(&theirs, &their_code).await), ProblemCode::WrongCode);
        assert_eq!(service.count("SELECT COUNT(*) FROM account").await, 1);
    }

    async fn address_with_an_account_gets_a_mail_that_says_so(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let again = service.register(EMAIL).await.expect("the answer is the same");
        assert!(again.starts_with("pl_rg_"));
        let mails = service.mails().await;
        assert!(mails[1].contains("Subject: You already have a Porchlight account"), "{}", mails[1]);
        assert_eq!(code_in(&mails[1]), None);
        session::mail_new_code(&service.state, &again.clone().into()).await.unwrap();
        assert_eq!(code_in(&service.mails().await[2]), None, "nor with a new code");
        assert_eq!(code(service.verify(&again, "00000000").await), ProblemCode::WrongCode);
    }

    async fn old_code_is_wrong_and_a_new_one_works(database: Database) {
        let service = Service::on(&database).await;
        let registration = service.register(EMAIL).await.unwrap();
        let old = service.newest_code().await;
        service.sql("UPDATE registration SET code_expires_at = 1").await;
        assert_eq!(code(service.verify(&registration, &old).await), ProblemCode::WrongCode);
        session::mail_new_code(&service.state, &registration.clone().into()).await.unwrap();
        let new = service.newest_code().await;
        service.verify(&registration, &new).await.unwrap();
    }

    async fn fourth_mail_within_an_hour_has_to_wait(database: Database) {
        let service = Service::on(&database).await;
        let registration = service.register(EMAIL).await.unwrap();
        service.register(EMAIL).await.unwrap();
        session::mail_new_code(&service.state, &registration.clone().into()).await.unwrap();
        let refusal = service.register(EMAIL).await.unwrap_err();
        assert_eq!(refusal.problem.code, ProblemCode::TooManyRequests);
        assert!((3500..=3601).contains(&refusal.retry_after.unwrap()), "{:?}", refusal.retry_after);
        let new_code = session::mail_new_code(&service.state, &registration.clone().into()).await;
        assert_eq!(code(new_code), ProblemCode::TooManyRequests);
        service.register("ana@example.org").await.expect("another address has its own hour");
        assert_eq!(service.sql("UPDATE attempt SET at = at - 3600000").await, 4);
        service.register(EMAIL).await.expect("an hour later");
    }

    async fn registration_of_a_day_ago_is_over(database: Database) {
        let service = Service::on(&database).await;
        let registration = service.register(EMAIL).await.unwrap();
        service.sql("UPDATE registration SET expires_at = 1, code_expires_at = 1").await;
        session::mail_new_code(&service.state, &registration.clone().into()).await.expect("says nothing");
        assert_eq!(service.mails().await.len(), 1);
        session::sweep(service.db(), now()).await.unwrap();
        assert_eq!(service.count("SELECT COUNT(*) FROM registration").await, 0);
    }

    async fn what_registers_is_checked_field_by_field(database: Database) {
        let service = Service::on(&database).await;
        let good = RegisterRequest {
            email: EMAIL.into(),
            password: PASSWORD.into(),
            given_name: "Kim".into(),
            family_name: "Lee".into(),
            language: Language::German,
        };
        for (field, bad) in [
            ("email", RegisterRequest { email: "kim".into(), ..good.clone() }),
            ("password", RegisterRequest { password: "password1".into(), ..good.clone() }),
            ("password", RegisterRequest { password: String::new(), ..good.clone() }),
            ("given_name", RegisterRequest { given_name: "a\u{202E}b".into(), ..good.clone() }),
            ("family_name", RegisterRequest { family_name: String::new(), ..good.clone() }),
        ] {
            let refusal = session::register(&service.state, bad).await.unwrap_err();
            assert_eq!(refusal.problem.field.as_deref(), Some(field));
        }
        assert_eq!(service.count("SELECT COUNT(*) FROM registration").await, 0);
    }
}
