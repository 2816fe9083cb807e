//! How often a company asks a customer, and what the customer hears of it.

use super::{confirmed_customer, for_an_hour, partner};
use crate::fixture::person;
use harness::database::Database;
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Db;
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::server::CloudState;
use porchlight_cloud::{Settings, access, mail, session};
use porchlight_protocol::access::{AuthorizationRequest, ConsentRequest, DeclineRequest, RequestState};
use porchlight_protocol::{CustomerId, ProblemCode};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const DAY: i64 = 86_400_000;

/// A server without tasks; a partner of Ana and Bo, and Kim, its customer.
struct Scene {
    state: CloudState,
    customer: CustomerId,
    ana: Caller,
    kim: Caller,
    _folder: TempDir,
}

impl Scene {
    async fn on(database: &Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        std::fs::create_dir_all(&settings.mail_folder).unwrap();
        let key = ServerKey::open(&settings.server_key).unwrap();
        let state = CloudState::new(settings, database.open().await, key);
        let (ana, bo, kim) = (person(&state.db).await, person(&state.db).await, person(&state.db).await);
        let company = partner(&state.db, &[&ana, &bo]).await;
        let customer = confirmed_customer(&state.db, company, &ana, &kim).await;
        Self { state, customer, ana, kim, _folder: folder }
    }

    fn db(&self) -> &Db {
        &self.state.db
    }

    async fn ask(&self) -> Result<AuthorizationRequest, Refusal> {
        let (mut tx, state) = (self.db().begin().await?, &self.state);
        self.ana.confirm(&mut tx).await?;
        let limits = &state.settings.asking;
        let asked =
            access::ask(&mut tx, &state.key, limits, &self.ana, self.customer, &for_an_hour()).await?;
        tx.commit().await?;
        Ok(asked)
    }

    async fn withdraw(&self, request: &AuthorizationRequest) {
        let mut tx = self.db().begin().await.unwrap();
        self.ana.confirm(&mut tx).await.unwrap();
        access::withdraw(&mut tx, &self.ana, request.id).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn consent(&self, request: &AuthorizationRequest) {
        let mut tx = self.db().begin().await.unwrap();
        access::confirm_with_request(&mut tx, &self.kim, request.id).await.unwrap();
        let yes = ConsentRequest { terms: request.terms.clone(), lasts: None };
        access::consent(&mut tx, &self.kim, request.id, &yes).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn decline(&self, request: &AuthorizationRequest, block: bool) -> Result<(), Refusal> {
        let mut tx = self.db().begin().await?;
        access::confirm_with_request(&mut tx, &self.kim, request.id).await?;
        access::decline(&mut tx, &self.kim, request.id, DeclineRequest { block }).await?;
        Ok(tx.commit().await?)
    }

    async fn is_refused(&self) {
        let asked = self.ask().await.unwrap();
        self.decline(&asked, false).await.unwrap();
    }

    /// As if so many days had passed.
    async fn let_pass(&self, days: i64) {
        let mut tx = self.db().begin().await.unwrap();
        for aged in [
            "UPDATE authorization_request SET answered_at = answered_at - $1",
            "UPDATE attempt SET at = at - $1",
        ] {
            sqlx::query(aged).bind(days * DAY).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Days until the company may ask again, rounded up; none when it just did.
    async fn silence(&self) -> Option<u32> {
        match self.ask().await {
            Ok(asked) => {
                self.withdraw(&asked).await;
                None
            }
            Err(refusal) => {
                assert_eq!(refusal.problem.code, ProblemCode::TooManyRequests);
                Some(refusal.retry_after.unwrap().div_ceil(86_400))
            }
        }
    }

    /// Sends what waits; how many mails left so far.
    async fn mails(&self) -> usize {
        mail::sender::send_waiting(&self.state).await.unwrap();
        std::fs::read_dir(&self.state.settings.mail_folder).unwrap().count()
    }
}

on_both_engines! {
    async fn disabled_customer_is_not_asked_and_what_waited_for_them_is_over(database: Database) {
        let scene = Scene::on(&database).await;
        let asked = scene.ask().await.unwrap();
        session::disable_account(scene.db(), scene.kim.account).await.unwrap();
        assert_eq!(scene.mails().await, 0);
        let refused = scene.ask().await.expect_err("nobody is there to answer");
        assert_eq!(refused.problem.code, ProblemCode::RequestsRefused);
        session::enable_account(scene.db(), scene.kim.account).await.unwrap();
        let mut tx = scene.db().begin().await.unwrap();
        let over = access::read_request(&mut tx, scene.kim.account, asked.id).await.unwrap();
        assert_eq!(over.state, RequestState::Withdrawn, "enabling revives nothing");
        drop(tx);
        scene.ask().await.unwrap();
    }

    async fn nobody_asks_past_a_block_that_is_being_answered(database: Database) {
        let scene = Arc::new(Scene::on(&database).await);
        let asked = scene.ask().await.unwrap();
        let mut tx = scene.db().begin().await.unwrap();
        access::confirm_with_request(&mut tx, &scene.kim, asked.id).await.unwrap();
        access::decline(&mut tx, &scene.kim, asked.id, DeclineRequest { block: true }).await.unwrap();
        let asking = tokio::spawn({
            let scene = scene.clone();
            async move { scene.ask().await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        tx.commit().await.unwrap();
        let refused = asking.await.unwrap().expect_err("the company is blocked");
        assert_eq!(refused.problem.code, ProblemCode::RequestsRefused);
    }

    async fn no_to_several_holds_though_one_is_taken_back_meanwhile(database: Database) {
        let scene = Arc::new(Scene::on(&database).await);
        let [first, second] = [scene.ask().await.unwrap(), scene.ask().await.unwrap()];
        let mut tx = scene.db().begin().await.unwrap();
        scene.ana.confirm(&mut tx).await.unwrap();
        access::withdraw(&mut tx, &scene.ana, second.id).await.unwrap();
        let declining = tokio::spawn({
            let scene = scene.clone();
            async move { scene.decline(&first, true).await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        tx.commit().await.unwrap();
        declining.await.unwrap().expect("it is the first that was answered");
        let mut tx = scene.db().begin().await.unwrap();
        let taken_back = access::read_request(&mut tx, scene.kim.account, second.id).await.unwrap();
        assert_eq!(taken_back.state, RequestState::Withdrawn);
    }

    async fn silence_is_a_week_from_the_newest_refusal(database: Database) {
        let scene = Scene::on(&database).await;
        scene.is_refused().await;
        assert_eq!(scene.silence().await, None, "one no is not two");
        scene.let_pass(6).await;
        scene.is_refused().await;
        assert_eq!(scene.silence().await, Some(7));
        scene.let_pass(6).await;
        assert_eq!(scene.silence().await, Some(1));
        scene.let_pass(1).await;
        assert_eq!(scene.silence().await, None);
    }

    async fn two_refusals_with_no_yes_between_count_however_far_apart(database: Database) {
        let scene = Scene::on(&database).await;
        scene.is_refused().await;
        scene.let_pass(8).await;
        scene.is_refused().await;
        assert_eq!(scene.silence().await, Some(7));
        scene.let_pass(8).await;
        let asked = scene.ask().await.unwrap();
        scene.consent(&asked).await;
        scene.let_pass(1).await;
        scene.is_refused().await;
        assert_eq!(scene.silence().await, None, "they said yes since");
    }

    async fn mail_about_a_request_leaves_only_while_it_waits(database: Database) {
        let scene = Scene::on(&database).await;
        let asked = scene.ask().await.unwrap();
        scene.withdraw(&asked).await;
        assert_eq!(scene.mails().await, 0, "it was taken back before");
        scene.ask().await.unwrap();
        assert_eq!(scene.mails().await, 1);
        assert_eq!(scene.mails().await, 1, "once");
    }
}
