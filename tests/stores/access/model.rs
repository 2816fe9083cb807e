//! Requests, grants, codes, sessions, signing out, disabling, leaving and new passwords against a model: whatever the
//! order, each step succeeds exactly when the model says so. Sessions come to be as they do for everybody: by a code and
//! its redemption. `SEQUENCES=20000 tests/run stores access::model` is the measure; each has up to 24 steps.

use super::world::{Model, Step, World};
use super::{confirmed_customer, for_an_hour, house, partner};
use crate::fixture::person;
use crate::process::Process;
use harness::database::{self, Database};
use porchlight_cloud::access::{self, expiry};
use porchlight_cloud::authority::Caller;
use porchlight_cloud::authority::store::caller_by_access_token;
use porchlight_cloud::db::Db;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::secret::{SecretKind, hash_presented, sha256};
use porchlight_cloud::session::dpop::Proof;
use porchlight_cloud::settings::AskLimits;
use porchlight_cloud::{handoff, now, people, session, sites};
use porchlight_protocol::access::{ConsentRequest, DeclineRequest};
use porchlight_protocol::handoff::BeginHandoffRequest;
use porchlight_protocol::people::Role;
use porchlight_protocol::{
    AccountId, Base64Url, CustomerId, GrantId, OrganizationId, ProblemCode, RequestId, SessionId,
};
use proptest::test_runner::Config;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// The model does not count what is asked in a day.
const NO_DAY: AskLimits =
    AskLimits { waiting: 3, a_day: 1_000, refusals: 2, silence: Duration::from_secs(7 * 24 * 3600) };

/// How many sequences run on each engine.
fn sequences() -> u32 {
    std::env::var("SEQUENCES").map_or(64, |count| count.parse().expect("SEQUENCES is a number"))
}

/// The rows that stand for a [`World`].
struct Rows {
    engine: &'static Engine,
    company: OrganizationId,
    customer: CustomerId,
    kim: Caller,
    installers: [Caller; 2],
    requests: Vec<RequestId>,
    grants: Vec<GrantId>,
    codes: Vec<Link>,
    /// By their access tokens: who calls is looked up each time.
    sessions: Vec<SecretString>,
}

/// A code, and the verifier that stays on the installer's phone.
struct Link {
    code: SecretString,
    verifier: SecretString,
}

/// A database that all sequences on it share; each has people of its own.
struct Engine {
    runtime: Runtime,
    process: Process,
    _database: Database,
}

impl Engine {
    fn start(database: impl AsyncFnOnce() -> Database) -> Self {
        let runtime = Runtime::new().unwrap();
        let (process, database) = runtime.block_on(async {
            let database = database().await;
            (Process::start(&database, |_| {}).await, database)
        });
        Self { runtime, process, _database: database }
    }
}

impl Rows {
    fn new(engine: &'static Engine) -> Self {
        engine.runtime.block_on(async {
            let db = engine.process.db();
            let (kim, one, other, third) =
                (person(db).await, person(db).await, person(db).await, person(db).await);
            let company = partner(db, &[&one, &other, &third]).await;
            let customer = confirmed_customer(db, company, &one, &kim).await;
            Self {
                engine,
                company,
                customer,
                kim,
                installers: [one, other],
                requests: Vec::new(),
                grants: Vec::new(),
                codes: Vec::new(),
                sessions: Vec::new(),
            }
        })
    }

    async fn take(&mut self, step: Step) -> Result<(), Refusal> {
        let (state, db) = (&self.engine.process.state, self.engine.process.db());
        match step {
            Step::Ask(who) => {
                let (mut tx, caller) = (db.begin().await?, self.installers[who]);
                caller.confirm(&mut tx).await?;
                let asked =
                    access::ask(&mut tx, &state.key, &NO_DAY, &caller, self.customer, &for_an_hour()).await?;
                tx.commit().await?;
                self.requests.push(asked.id);
            }
            Step::Consent(nth) => {
                let (mut tx, id) = (db.begin().await?, self.requests[nth]);
                access::confirm_with_request(&mut tx, &self.kim, id).await?;
                let shown = access::read_request(&mut tx, self.kim.account, id).await?;
                let yes = ConsentRequest { terms: shown.terms, lasts: None };
                let grant = access::consent(&mut tx, &self.kim, id, &yes).await?;
                tx.commit().await?;
                self.grants.push(grant.id);
            }
            Step::Decline(nth) => {
                let (mut tx, id) = (db.begin().await?, self.requests[nth]);
                access::confirm_with_request(&mut tx, &self.kim, id).await?;
                access::decline(&mut tx, &self.kim, id, DeclineRequest { block: false }).await?;
                tx.commit().await?;
            }
            Step::Withdraw(nth) => {
                let (mut tx, id) = (db.begin().await?, self.requests[nth]);
                let asked = access::read_request(&mut tx, self.kim.account, id).await?;
                let caller = self.caller(asked.actor.id);
                caller.confirm(&mut tx).await?;
                access::withdraw(&mut tx, &caller, id).await?;
                tx.commit().await?;
            }
            Step::EndByCustomer(nth) => end(db, &self.kim, self.grants[nth]).await?,
            Step::EndByInstaller(nth) => {
                let actor = self.actor_of(nth).await;
                end(db, &actor, self.grants[nth]).await?;
            }
            Step::LetTimePass(nth) => {
                let sql = "UPDATE access_grant SET expires_at = $1 WHERE id = $2";
                let mut tx = db.begin().await?;
                let over = sqlx::query(sql).bind(now()).bind(self.grants[nth].to_string());
                over.execute(&mut *tx).await.unwrap();
                tx.commit().await?;
                expiry::end_overdue(db).await?;
            }
            Step::Link(nth) => {
                let (caller, id) = (self.actor_of(nth).await, self.grants[nth]);
                let verifier = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
                let challenge = Base64Url(sha256(verifier.as_bytes())).to_text();
                let mut tx = db.begin().await?;
                access::confirm_with_grant(&mut tx, &caller, id).await?;
                let begun = handoff::begin(&mut tx, &caller, id, &BeginHandoffRequest { challenge }).await?;
                tx.commit().await?;
                self.codes.push(Link { code: begun.code.into(), verifier: verifier.into() });
            }
            Step::Redeem(nth, phone) => {
                let Link { code, verifier } = &self.codes[nth];
                let opened = handoff::redeem(state, &self.proof(phone), code, verifier).await?;
                let token = opened.session.access_token;
                // The same phone is given the same once more.
                if !self.sessions.iter().any(|known| known.expose_secret() == token) {
                    self.sessions.push(token.into());
                }
            }
            Step::Steal(nth, phone) => {
                let wrong = "A".repeat(43).into();
                handoff::redeem(state, &self.proof(phone), &self.codes[nth].code, &wrong).await?;
            }
            Step::Age(nth) => {
                let hash = hash_presented(SecretKind::Handoff, &self.codes[nth].code).unwrap();
                let sql = "UPDATE handoff SET created_at = created_at - 31000, expires_at = expires_at - 31000, \
                    used_at = used_at - 31000 WHERE code_hash = $1";
                let mut tx = db.begin().await?;
                sqlx::query(sql).bind(hash).execute(&mut *tx).await.unwrap();
                tx.commit().await?;
            }
            Step::Act(nth) => {
                let hash = hash_presented(SecretKind::Access, &self.sessions[nth]).unwrap();
                let caller = caller_by_access_token(&mut *db.read().await?, &hash, now()).await?.unwrap();
                let mut tx = db.begin().await?;
                caller.confirm(&mut tx).await?;
                sites::make(&mut tx, &caller, &house()).await?;
                tx.commit().await?;
            }
            Step::TakeCustomersPassword => {
                session::take_password(db, &state.key, self.kim.account).await?;
                self.kim = sign_in(db, self.kim.account).await;
            }
            Step::TakePassword(who) => {
                session::take_password(db, &state.key, self.installers[who].account).await?;
                self.installers[who] = sign_in(db, self.installers[who].account).await;
            }
            Step::DisableCustomer => session::disable_account(db, self.kim.account).await?,
            Step::EnableCustomer => {
                session::enable_account(db, self.kim.account).await?;
                self.kim = sign_in(db, self.kim.account).await;
            }
            Step::Disable(who) => session::disable_account(db, self.installers[who].account).await?,
            Step::Enable(who) => {
                session::enable_account(db, self.installers[who].account).await?;
                self.installers[who] = sign_in(db, self.installers[who].account).await;
            }
            Step::Leave(who) => {
                people::leave(db, self.company, &self.address(who)).await?;
                self.installers[who] = sign_in(db, self.installers[who].account).await;
            }
            Step::Join(who) => people::join(db, self.company, &self.address(who), Role::Operator).await?,
            Step::SignInAnew(who) => {
                session::sign_out(db, &self.installers[who]).await?;
                self.installers[who] = sign_in(db, self.installers[who].account).await;
            }
        }
        Ok(())
    }

    fn caller(&self, account: AccountId) -> Caller {
        *self.installers.iter().find(|caller| caller.account == account).unwrap()
    }

    async fn actor_of(&self, grant: usize) -> Caller {
        let mut tx = self.engine.process.db().begin().await.unwrap();
        let held = access::read_grant(&mut tx, self.kim.account, self.grants[grant]).await.unwrap();
        self.caller(held.actor.id)
    }

    /// A fresh proof by one of the two phones that codes come to.
    fn proof(&self, phone: usize) -> Proof {
        let public_key = format!("{} {phone}", self.company).into_bytes();
        Proof { public_key, once: Uuid::new_v4().to_string(), remember_until: now() + 600_000 }
    }

    fn address(&self, who: usize) -> String {
        format!("{}@example.org", self.installers[who].account)
    }
}

async fn end(db: &Db, caller: &Caller, grant: GrantId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    access::confirm_with_grant(&mut tx, caller, grant).await?;
    access::end(&mut tx, caller, grant).await?;
    Ok(tx.commit().await?)
}

/// A new session of the account's own person.
async fn sign_in(db: &Db, account: AccountId) -> Caller {
    let caller = Caller::own(SessionId::mint(), account);
    let (id, mut tx) = (caller.session.to_string(), db.begin().await.unwrap());
    let began = sqlx::query(
        "INSERT INTO session (id, account_id, installation_id, account_epoch, access_hash, access_expires_at, \
           created_at, expires_at) SELECT $2, $1, MIN(session.installation_id), MIN(account.epoch), $3, $4, 1, $4 \
         FROM session JOIN account ON account.id = session.account_id WHERE account.id = $1",
    );
    let began =
        began.bind(account.to_string()).bind(id.clone()).bind(id.into_bytes()).bind(now() + super::HOUR);
    began.execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    caller
}

/// What may be said when something is refused: never a fault of ours.
fn is_a_refusal(code: ProblemCode) -> bool {
    !matches!(code, ProblemCode::Internal | ProblemCode::Unavailable | ProblemCode::NotFound)
}

fn check(mut rows: Rows, world: &World, step: Step) -> Rows {
    let taken = rows.engine.runtime.block_on(rows.take(step));
    match taken {
        Ok(()) => assert!(world.succeeds, "{step:?} went through, and must not: {world:?}"),
        Err(refusal) => {
            let code = refusal.problem.code;
            // Whoever left finds nothing of the company.
            let left = match step {
                Step::Ask(who) => !world.member[who],
                Step::Link(grant) => !world.member[world.grants[grant].0],
                _ => false,
            } && code == ProblemCode::NotFound;
            assert!(!world.succeeds && (is_a_refusal(code) || left), "{step:?}: {code:?}, {world:?}");
        }
    }
    rows
}

macro_rules! on {
    ($engine:ident, $database:expr) => {
        struct $engine;

        impl StateMachineTest for $engine {
            type SystemUnderTest = Rows;
            type Reference = Model;

            fn init_test(_: &World) -> Rows {
                static ENGINE: OnceLock<Engine> = OnceLock::new();
                Rows::new(ENGINE.get_or_init(|| Engine::start($database)))
            }

            fn apply(rows: Rows, world: &World, step: Step) -> Rows {
                check(rows, world, step)
            }
        }
    };
}

on!(Sqlite, database::sqlite);
on!(Postgres, database::postgres);

prop_state_machine! {
    #![proptest_config(Config {
        cases: sequences(),
        failure_persistence: None,
        // A step that does not follow is drawn again.
        max_local_rejects: u32::MAX,
        ..Config::default()
    })]

    #[test]
    fn acts_succeed_exactly_when_the_model_says_so_on_sqlite(sequential 1..24 => Sqlite);

    #[test]
    fn acts_succeed_exactly_when_the_model_says_so_on_postgres(sequential 1..24 => Postgres);
}
