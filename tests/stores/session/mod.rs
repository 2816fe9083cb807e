//! Accounts and sessions on both engines: the rules with their rows, without HTTP.

mod ended;
mod mail;
mod refreshing;
mod registering;
mod resetting;
mod signing_in;

use harness::database::Database;
use porchlight_cloud::db::Db;
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::server::CloudState;
use porchlight_cloud::session::dpop::Proof;
use porchlight_cloud::{Settings, authority, now, secret, session};
use porchlight_protocol::ProblemCode;
use porchlight_protocol::session::{Language, RegisterRequest, SessionResponse};
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

const EMAIL: &str = "kim@example.org";
const PASSWORD: &str = "correct porch lantern";

/// The state of a server that has no tasks running: tests do what tasks would.
struct Service {
    state: CloudState,
    _folder: TempDir,
}

impl Service {
    async fn on(database: &Database) -> Self {
        Self::with(database, |_| {}).await
    }

    async fn with(database: &Database, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = Settings::in_folder(folder.path());
        settings.database.clone_from(&database.location);
        change(&mut settings);
        std::fs::create_dir_all(&settings.mail_folder).expect("the folder of mails");
        let key = ServerKey::open(&settings.server_key).expect("a server key");
        Self { state: CloudState::new(settings, database.open().await, key), _folder: folder }
    }

    fn db(&self) -> &Db {
        &self.state.db
    }

    async fn register(&self, email: &str) -> Result<String, Refusal> {
        let request = RegisterRequest {
            email: email.into(),
            password: PASSWORD.into(),
            given_name: "Kim".into(),
            family_name: "Lee".into(),
            language: Language::English,
        };
        session::register(&self.state, request).await.map(|answer| answer.registration)
    }

    async fn verify(&self, registration: &str, code: &str) -> Result<(), Refusal> {
        session::verify(&self.state, &registration.into(), &code.into()).await
    }

    /// Sends what waits, and reads every mail so far, oldest first.
    async fn mails(&self) -> Vec<String> {
        porchlight_cloud::mail::sender::send_waiting(&self.state).await.expect("mail is sent");
        read_mails(&self.state.settings.mail_folder)
    }

    async fn newest_code(&self) -> String {
        let mails = self.mails().await;
        code_in(mails.last().expect("a mail")).expect("a code in the newest mail")
    }

    /// An account with this address.
    async fn account(&self, email: &str) {
        let registration = self.register(email).await.expect("registered");
        self.verify(&registration, &self.newest_code().await).await.expect("verified");
    }

    async fn sign_in(&self, phone: &[u8], email: &str, password: &str) -> Result<SessionResponse, Refusal> {
        session::sign_in(&self.state, &proof(phone), email, password.into()).await
    }

    async fn refresh(&self, phone: &[u8], token: &str) -> Result<SessionResponse, Refusal> {
        session::refresh(&self.state, &proof(phone), &token.into()).await
    }

    /// Whether a request with this access token would be let in.
    async fn lets_in(&self, access_token: &str) -> bool {
        let hash = secret::hash_presented(secret::SecretKind::Access, &access_token.into()).expect("a token");
        let mut db = self.db().read().await.expect("a connection");
        let caller =
            authority::store::caller_by_access_token(&mut db, &hash, now()).await.expect("looked up");
        let Some(caller) = caller else { return false };
        authority::store::end_of(&mut db, caller.session, now()).await.expect("looked up").is_none()
    }

    /// Runs a statement, to turn back a clock or to look behind the rules.
    async fn sql(&self, sql: &'static str) -> u64 {
        let mut tx = self.db().begin().await.expect("a transaction");
        let done = sqlx::query(sql).execute(&mut *tx).await.expect(sql);
        tx.commit().await.expect("committed");
        done.rows_affected()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut db = self.db().read().await.expect("a connection");
        sqlx::query_scalar(sql).fetch_one(&mut *db).await.expect(sql)
    }
}

fn read_mails(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the folder").flatten().map(|f| f.path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).expect("a mail")).collect()
}

fn code_in(mail: &str) -> Option<String> {
    let (_, body) = mail.split_once("\r\n\r\n")?;
    body.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 8).map(str::to_owned)
}

/// A proof that holds, by this phone, that was not used yet.
fn proof(phone: &[u8]) -> Proof {
    Proof { public_key: phone.to_vec(), once: Uuid::new_v4().to_string(), remember_until: now() + 600_000 }
}

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> ProblemCode {
    result.expect_err("it must be refused").problem.code
}

const PHONE: &[u8] = &[1; 65];
const OTHER_PHONE: &[u8] = &[2; 65];
