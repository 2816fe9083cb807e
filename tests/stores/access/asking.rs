//! How often a company asks a customer, and what the customer hears of it.

use super::model::{confirmed_customer, for_an_hour};
use super::partner;
use crate::fixture::person;
use harness::database::Database;
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Db;
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::server::CloudState;
use porchlight_cloud::{Settings, access, mail};
use porchlight_protocol::access::AuthorizationRequest;
use porchlight_protocol::{CustomerId, OrganizationId};
use tempfile::TempDir;

/// A server without tasks; a partner of Ana and Bo, and Kim, its customer.
struct Scene {
    state: CloudState,
    company: OrganizationId,
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
        Self { state, company, customer, ana, kim, _folder: folder }
    }

    fn db(&self) -> &Db {
        &self.state.db
    }

    async fn ask(&self) -> Result<AuthorizationRequest, Refusal> {
        let (mut tx, state) = (self.db().begin().await?, &self.state);
        self.ana.confirm(&mut tx).await?;
        let limits = &state.settings.asking;
        let asked = access::ask(&mut tx, &state.key, limits, &self.ana, self.customer, &for_an_hour()).await?;
        tx.commit().await?;
        Ok(asked)
    }

    async fn withdraw(&self, request: &AuthorizationRequest) {
        let mut tx = self.db().begin().await.unwrap();
        self.ana.confirm(&mut tx).await.unwrap();
        access::withdraw(&mut tx, &self.ana, request.id).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Sends what waits; how many mails left so far.
    async fn mails(&self) -> usize {
        mail::sender::send_waiting(&self.state).await.unwrap();
        std::fs::read_dir(&self.state.settings.mail_folder).unwrap().count()
    }
}

on_both_engines! {
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
