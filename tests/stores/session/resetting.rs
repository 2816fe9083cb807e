//! A new password by a mailed code.

use super::*;
use harness::on_both_engines;
use porchlight_protocol::AccountId;
use secrecy::ExposeSecret as _;
use std::time::Duration;

const NEW: &str = "another porch lantern";

impl Service {
    /// Asks for a code: what binds it, and the code.
    async fn ask(&self, email: &str) -> (String, String) {
        let token = session::ask_reset(&self.state, email).await.expect("asked");
        (token.expose_secret().to_owned(), self.newest_code().await)
    }

    async fn set(&self, token: &str, code: &str, password: &str) -> Result<(), Refusal> {
        session::set_password(&self.state, &token.into(), &code.into(), password.into()).await
    }

    async fn account_id(&self) -> AccountId {
        let mut db = self.db().read().await.expect("a connection");
        session::store::account_with_email(&mut db, EMAIL).await.expect("read").expect("an account")
    }
}

fn wrong(right: &str) -> &'static str {
    if right == "00000000" { "00000001" } else { "00000000" }
}

on_both_engines! {
    async fn mailed_code_sets_a_password_once_and_ends_what_the_old_one_began(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let mut sessions = Vec::new();
        for phone in [PHONE, OTHER_PHONE] {
            sessions.push((phone, service.sign_in(phone, EMAIL, PASSWORD).await.unwrap()));
        }
        let (token, code) = service.ask(" Kim@Example.ORG").await;
        service.set(&token, &code, NEW).await.unwrap();
        for (phone, session) in sessions {
            assert!(!service.lets_in(&session.access_token).await);
            let refreshed = service.refresh(phone, &session.refresh_token).await;
            assert_eq!(super::code(refreshed), ProblemCode::SessionRevoked);
        }
        assert_eq!(super::code(service.sign_in(PHONE, EMAIL, PASSWORD).await), ProblemCode::WrongCredentials);
        service.sign_in(PHONE, EMAIL, NEW).await.unwrap();
        assert_eq!(super::code(service.set(&token, &code, PASSWORD).await), ProblemCode::ResetOver, "once");
        service.sign_in(PHONE, EMAIL, NEW).await.expect("and it changed nothing");
        let mails = service.mails().await;
        assert!(mails.last().unwrap().contains("Subject: Your password was changed"), "{mails:#?}");
        let acts = "SELECT COUNT(*) FROM audit_event WHERE what = 'password.changed'";
        assert_eq!(service.count(acts).await, 1);
    }

    async fn address_without_an_active_account_reads_the_same_and_gets_no_mail(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let disabled = service.account_id().await;
        session::disable_account(service.db(), disabled).await.unwrap();
        let before = service.mails().await.len();
        for email in [EMAIL, "nobody@example.org", "no address", ""] {
            let token = session::ask_reset(&service.state, email).await.expect("the same answer");
            assert!(token.expose_secret().starts_with("pl_pr_"));
            for _ in 0..5 {
                assert_eq!(code(service.set(token.expose_secret(), "00000000", NEW).await), ProblemCode::WrongCode);
            }
            assert_eq!(code(service.set(token.expose_secret(), "00000000", NEW).await), ProblemCode::ResetOver);
        }
        assert_eq!(service.mails().await.len(), before);
    }

    /// What is written tells whoever measures the time nothing: it is the same for each address.
    async fn asking_writes_the_same_whoever_has_the_address(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        for email in [EMAIL, "nobody@example.org"] {
            let rows = || service.count("SELECT (SELECT COUNT(*) FROM password_reset) * 1000 + (SELECT COUNT(*) FROM mail)");
            let before = rows().await;
            session::ask_reset(&service.state, email).await.unwrap();
            assert_eq!(rows().await - before, 1001, "{email}");
        }
    }

    async fn of_two_codes_that_are_used_at_once_one_counts(database: Database) {
        let service = Service::with(&database, |settings| settings.mails_per_hour = 100).await;
        service.account(EMAIL).await;
        let (first, second) = (service.ask(EMAIL).await, service.ask(EMAIL).await);
        let set = [(&first, NEW), (&second, "a third porch lantern")];
        let [one, two] = set.map(|((token, code), password)| service.set(token, code, password));
        let (one, two) = tokio::join!(one, two);
        let set: Vec<_> = [one, two].into_iter().filter_map(Result::err).collect();
        assert_eq!(set.iter().map(|refusal| refusal.problem.code).collect::<Vec<_>>(), [ProblemCode::ResetOver]);
        let changed = "SELECT COUNT(*) FROM audit_event WHERE what = 'password.changed'";
        assert_eq!(service.count(changed).await, 1);
    }

    async fn code_is_bound_to_whoever_asked_for_it(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let (mine, my_code) = service.ask(EMAIL).await;
        let (theirs, their_code) = service.ask(EMAIL).await;
        for (token, other_code) in [(&theirs, &my_code), (&mine, &their_code)] {
            assert_eq!(code(service.set(token, other_code, NEW).await), ProblemCode::WrongCode);
        }
        for token in ["", "pl_pr_", mine.trim_end_matches(|_| true), &mine.replace("pl_pr_", "pl_rg_")] {
            assert_eq!(code(service.set(token, &my_code, NEW).await), ProblemCode::ResetOver, "{token}");
        }
        service.set(&mine, &my_code, NEW).await.unwrap();
    }

    async fn code_has_five_tries_and_ten_minutes(database: Database) {
        let service = Service::with(&database, |settings| settings.mails_per_hour = 10).await;
        service.account(EMAIL).await;
        let (token, right) = service.ask(EMAIL).await;
        for _ in 0..5 {
            assert_eq!(code(service.set(&token, wrong(&right), NEW).await), ProblemCode::WrongCode);
        }
        assert_eq!(code(service.set(&token, &right, NEW).await), ProblemCode::ResetOver, "a sixth");
        let (token, right) = service.ask(EMAIL).await;
        let left = service.count("SELECT MAX(expires_at) FROM password_reset").await - now();
        assert!((590_000..=600_000).contains(&left), "{left} ms");
        service.sql("UPDATE password_reset SET expires_at = 1").await;
        assert_eq!(code(service.set(&token, &right, NEW).await), ProblemCode::ResetOver, "too old");
        session::sweep(service.db(), now()).await.unwrap();
        assert_eq!(service.count("SELECT COUNT(*) FROM password_reset").await, 0);
        service.sign_in(PHONE, EMAIL, PASSWORD).await.expect("nothing changed");
    }

    async fn code_that_is_used_many_times_at_once_sets_one_password(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let (token, right) = service.ask(EMAIL).await;
        let tries = (0..5).map(|n| {
            let (state, token, right) = (service.state.clone(), token.clone(), right.clone());
            let password = format!("{NEW} {n}");
            tokio::spawn(async move {
                session::set_password(&state, &token.into(), &right.into(), password.into()).await
            })
        });
        let mut set = Vec::new();
        for (n, tried) in tries.collect::<Vec<_>>().into_iter().enumerate() {
            match tried.await.unwrap() {
                Ok(()) => set.push(n),
                Err(refusal) => assert!(
                    refusal.try_again || refusal.problem.code == ProblemCode::ResetOver,
                    "{refusal:?}"
                ),
            }
        }
        assert_eq!(set.len(), 1, "{set:?}");
        service.sign_in(PHONE, EMAIL, &format!("{NEW} {}", set[0])).await.unwrap();
    }

    async fn password_that_is_refused_costs_no_try_and_names_its_field(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let (token, right) = service.ask(EMAIL).await;
        for password in ["", "short", "password", "aaaaaaaaaa", &"x".repeat(129)] {
            let refusal = service.set(&token, &right, password).await.unwrap_err();
            assert_eq!(refusal.problem.field.as_deref(), Some("password"), "{password}");
        }
        assert_eq!(service.count("SELECT code_tries FROM password_reset").await, 0);
        service.set(&token, &right, NEW).await.unwrap();
    }

    async fn whoever_has_a_new_password_does_not_wait_for_failures_with_the_old_one(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        for _ in 0..5 {
            assert_eq!(code(service.sign_in(PHONE, EMAIL, "forgotten it").await), ProblemCode::WrongCredentials);
        }
        assert_eq!(code(service.sign_in(PHONE, EMAIL, PASSWORD).await), ProblemCode::TooManyRequests);
        let (token, right) = service.ask(EMAIL).await;
        service.set(&token, &right, NEW).await.unwrap();
        service.sign_in(PHONE, EMAIL, NEW).await.unwrap();
    }

    async fn mails_about_passwords_are_few_an_hour(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        for _ in 0..2 {
            service.ask(EMAIL).await;
        }
        let refusal = session::ask_reset(&service.state, EMAIL).await.unwrap_err();
        assert_eq!(refusal.problem.code, ProblemCode::TooManyRequests, "with the registration's they are three");
        assert!(refusal.retry_after.is_some());
    }

    async fn password_that_was_taken_away_opens_nothing_and_a_new_one_comes_by_mail(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
        let (before, code_before) = service.ask(EMAIL).await;
        session::take_password(service.db(), &service.state.key, session.account.id).await.unwrap();
        assert!(!service.lets_in(&session.access_token).await);
        assert_eq!(code(service.sign_in(PHONE, EMAIL, PASSWORD).await), ProblemCode::WrongCredentials);
        assert!(service.mails().await.last().unwrap().contains("Subject: Choose a new password"));
        assert_eq!(code(service.set(&before, &code_before, NEW).await), ProblemCode::ResetOver, "a code of before");
        let (token, right) = service.ask(EMAIL).await;
        service.set(&token, &right, NEW).await.unwrap();
        service.sign_in(PHONE, EMAIL, NEW).await.unwrap();
        let nobody = session::take_password(service.db(), &service.state.key, AccountId::mint()).await;
        assert_eq!(code(nobody), ProblemCode::NotFound);
        session::disable_account(service.db(), session.account.id).await.unwrap();
        let before = service.mails().await.len();
        session::take_password(service.db(), &service.state.key, session.account.id).await.unwrap();
        assert_eq!(service.mails().await.len(), before, "whoever is disabled is told to choose nothing");
    }

    /// A known failure of other systems: disable during a forced password change.
    async fn account_that_is_disabled_during_a_forced_password_change_stays_shut(database: Database) {
        let service = Service::with(&database, |settings| settings.mails_per_hour = 100).await;
        service.account(EMAIL).await;
        let account = service.account_id().await;
        let (mut before, mut after) = (0, 0);
        for round in 0..8 {
            session::take_password(service.db(), &service.state.key, account).await.unwrap();
            let (token, right) = service.ask(EMAIL).await;
            let state = service.state.clone();
            let (its_token, its_code) = (token.clone(), right.clone());
            let changing = tokio::spawn(async move {
                session::set_password(&state, &its_token.into(), &its_code.into(), NEW.into()).await
            });
            // A hash takes some 40 ms: sometimes before it, sometimes after.
            tokio::time::sleep(Duration::from_millis(round * 20)).await;
            session::disable_account(service.db(), account).await.unwrap();
            match changing.await.unwrap() {
                Ok(()) => before += 1,
                Err(refusal) => {
                    assert_eq!(refusal.problem.code, ProblemCode::ResetOver);
                    after += 1;
                }
            }
            let refused = code(service.sign_in(PHONE, EMAIL, NEW).await);
            assert!([ProblemCode::AccountDisabled, ProblemCode::WrongCredentials].contains(&refused), "{refused:?}");
            session::enable_account(service.db(), account).await.unwrap();
            assert_eq!(code(service.set(&token, &right, PASSWORD).await), ProblemCode::ResetOver, "nor revived");
            service.sql("DELETE FROM attempt WHERE kind = 'sign_in'").await;
        }
        assert!(after > 0, "{before} before, {after} after");
    }

    async fn account_is_enabled_only_if_it_was_disabled(database: Database) {
        let service = Service::on(&database).await;
        service.account(EMAIL).await;
        let account = service.account_id().await;
        assert_eq!(code(session::enable_account(service.db(), account).await), ProblemCode::NotFound);
        session::disable_account(service.db(), account).await.unwrap();
        assert_eq!(code(session::disable_account(service.db(), account).await), ProblemCode::NotFound, "once");
        session::enable_account(service.db(), account).await.unwrap();
        service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
    }
}
