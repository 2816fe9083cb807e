//! Requests, grants, sessions, signing out, disabling and leaving against a model: whatever the order, an act succeeds exactly when
//! the model says so. `SEQUENCES=20000 tests/run stores access::model` is the measure; each has up to 24 steps.

use super::{confirmed_customer, delegated, for_an_hour, house, partner};
use crate::fixture::person;
use harness::database::{self, Database};
use porchlight_cloud::access::{self, expiry};
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Db;
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::{now, people, session, sites};
use porchlight_protocol::access::{ConsentRequest, DeclineRequest};
use porchlight_protocol::people::Role;
use porchlight_protocol::{
    AccountId, CustomerId, GrantId, OrganizationId, ProblemCode, RequestId, SessionId,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::sync::OnceLock;
use tokio::runtime::Runtime;

/// How many sequences run on each engine.
fn sequences() -> u32 {
    std::env::var("SEQUENCES").map_or(64, |count| count.parse().expect("SEQUENCES is a number"))
}

/// What somebody does. Installers are 0 and 1; requests, grants and sessions are counted as they came to be.
#[derive(Clone, Copy, Debug)]
enum Step {
    Ask(usize),
    Consent(usize),
    Decline(usize),
    Withdraw(usize),
    EndByCustomer(usize),
    EndByInstaller(usize),
    LetTimePass(usize),
    Open(usize),
    Act(usize),
    DisableCustomer,
    EnableCustomer,
    Disable(usize),
    Enable(usize),
    Leave(usize),
    Join(usize),
    SignInAnew(usize),
}

/// What the cloud should know.
#[derive(Clone, Debug)]
struct World {
    customer_active: bool,
    active: [bool; 2],
    member: [bool; 2],
    /// Who asked, and whether it waits.
    requests: Vec<(usize, bool)>,
    /// Whose hand it is in, and whether it is in force.
    grants: Vec<(usize, bool)>,
    /// By which grant, and whether the installer's own session that began it still is.
    sessions: Vec<(usize, bool)>,
    declined: u32,
    /// Whether the last step was to succeed.
    succeeds: bool,
}

impl World {
    fn asks(&self, who: usize) -> bool {
        let waiting = self.requests.iter().filter(|(_, waits)| *waits).count();
        self.active[who] && self.member[who] && self.declined < 2 && waiting < 3
    }

    fn waits(&self, nth: usize) -> bool {
        self.requests.get(nth).is_some_and(|(_, waits)| *waits)
    }

    fn in_force(&self, nth: usize) -> bool {
        self.grants.get(nth).is_some_and(|(_, alive)| *alive)
    }

    fn lose(&mut self, who: usize) {
        self.requests.iter_mut().filter(|(by, _)| *by == who).for_each(|(_, waits)| *waits = false);
        self.grants.iter_mut().filter(|(by, _)| *by == who).for_each(|(_, alive)| *alive = false);
    }
}

struct Model;

impl ReferenceStateMachine for Model {
    type State = World;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<World> {
        Just(World {
            customer_active: true,
            active: [true; 2],
            member: [true; 2],
            requests: Vec::new(),
            grants: Vec::new(),
            sessions: Vec::new(),
            declined: 0,
            succeeds: true,
        })
        .boxed()
    }

    fn transitions(world: &World) -> BoxedStrategy<Step> {
        let (who, request) = (0..2_usize, 0..world.requests.len().max(1));
        let (grant, session) = (0..world.grants.len().max(1), 0..world.sessions.len().max(1));
        prop_oneof![
            6 => who.clone().prop_map(Step::Ask),
            8 => request.clone().prop_map(Step::Consent),
            1 => request.clone().prop_map(Step::Decline),
            1 => request.prop_map(Step::Withdraw),
            2 => grant.clone().prop_map(Step::EndByCustomer),
            2 => grant.clone().prop_map(Step::EndByInstaller),
            1 => grant.clone().prop_map(Step::LetTimePass),
            8 => grant.prop_map(Step::Open),
            12 => session.prop_map(Step::Act),
            1 => Just(Step::DisableCustomer),
            2 => Just(Step::EnableCustomer),
            1 => who.clone().prop_map(Step::Disable),
            2 => who.clone().prop_map(Step::Enable),
            1 => who.clone().prop_map(Step::Leave),
            2 => who.clone().prop_map(Step::Join),
            4 => who.prop_map(Step::SignInAnew),
        ]
        .boxed()
    }

    fn preconditions(world: &World, step: &Step) -> bool {
        match *step {
            Step::Consent(nth) | Step::Decline(nth) | Step::Withdraw(nth) => nth < world.requests.len(),
            Step::EndByCustomer(nth)
            | Step::EndByInstaller(nth)
            | Step::LetTimePass(nth)
            | Step::Open(nth) => nth < world.grants.len(),
            Step::Act(nth) => nth < world.sessions.len(),
            Step::DisableCustomer => world.customer_active,
            Step::EnableCustomer => !world.customer_active,
            Step::Disable(who) | Step::SignInAnew(who) => world.active[who],
            Step::Enable(who) => !world.active[who],
            // A third person stays, who is super admin.
            Step::Leave(who) => world.active[who] && world.member[who],
            Step::Join(who) => world.active[who] && !world.member[who],
            Step::Ask(_) => true,
        }
    }

    fn apply(mut world: World, step: &Step) -> World {
        world.succeeds = true;
        match *step {
            Step::Ask(who) => {
                world.succeeds = world.asks(who);
                if world.succeeds {
                    world.requests.push((who, true));
                }
            }
            Step::Consent(nth) => {
                world.succeeds = world.customer_active && world.waits(nth);
                if world.succeeds {
                    world.requests[nth].1 = false;
                    world.grants.push((world.requests[nth].0, true));
                }
            }
            Step::Decline(nth) => {
                world.succeeds = world.customer_active && world.waits(nth);
                if world.succeeds {
                    world.requests[nth].1 = false;
                    world.declined += 1;
                }
            }
            Step::Withdraw(nth) => {
                world.succeeds = world.active[world.requests[nth].0] && world.waits(nth);
                if world.succeeds {
                    world.requests[nth].1 = false;
                }
            }
            // Ending what is over is no error, for whoever is there to do it.
            Step::EndByCustomer(nth) => {
                world.succeeds = world.customer_active;
                world.grants[nth].1 &= !world.succeeds;
            }
            Step::EndByInstaller(nth) => {
                world.succeeds = world.active[world.grants[nth].0];
                world.grants[nth].1 &= !world.succeeds;
            }
            Step::LetTimePass(nth) => world.grants[nth].1 = false,
            Step::Open(nth) => {
                world.succeeds = world.in_force(nth);
                if world.succeeds {
                    world.sessions.push((nth, true));
                }
            }
            Step::Act(nth) => {
                let (grant, begun) = world.sessions[nth];
                world.succeeds = begun && world.in_force(grant);
            }
            Step::DisableCustomer => {
                world.customer_active = false;
                world.grants.iter_mut().for_each(|(_, alive)| *alive = false);
            }
            Step::EnableCustomer => world.customer_active = true,
            Step::Disable(who) => {
                world.active[who] = false;
                world.lose(who);
            }
            Step::Enable(who) => world.active[who] = true,
            Step::Leave(who) => {
                world.member[who] = false;
                world.lose(who);
            }
            Step::Join(who) => world.member[who] = true,
            Step::SignInAnew(who) => {
                let grants = &world.grants;
                let of_theirs = world.sessions.iter_mut().filter(|(grant, _)| grants[*grant].0 == who);
                of_theirs.for_each(|(_, begun)| *begun = false);
            }
        }
        world
    }
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
    sessions: Vec<Caller>,
}

/// A database that all sequences on it share; each has people of its own.
struct Engine {
    runtime: Runtime,
    db: Db,
    key: ServerKey,
    _database: Database,
}

impl Engine {
    fn start(database: impl AsyncFnOnce() -> Database) -> Self {
        let runtime = Runtime::new().unwrap();
        let (db, database) = runtime.block_on(async {
            let database = database().await;
            (database.open().await, database)
        });
        let folder = tempfile::tempdir().unwrap();
        let key = ServerKey::open(&folder.path().join("key")).unwrap();
        Self { runtime, db, key, _database: database }
    }
}

impl Rows {
    fn new(engine: &'static Engine) -> Self {
        engine.runtime.block_on(async {
            let db = &engine.db;
            let (kim, one, other, third) =
                (person(db).await, person(db).await, person(db).await, person(db).await);
            let company = partner(db, &[&one, &other, &third]).await;
            let customer = confirmed_customer(db, company, &one, &kim).await;
            let (requests, grants, sessions) = (Vec::new(), Vec::new(), Vec::new());
            Self { engine, company, customer, kim, installers: [one, other], requests, grants, sessions }
        })
    }

    async fn take(&mut self, step: Step) -> Result<(), Refusal> {
        let db = &self.engine.db;
        match step {
            Step::Ask(who) => {
                let (mut tx, caller) = (db.begin().await?, self.installers[who]);
                caller.confirm(&mut tx).await?;
                let asked =
                    access::ask(&mut tx, &self.engine.key, &caller, self.customer, &for_an_hour()).await?;
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
            Step::Open(nth) => {
                let actor = self.actor_of(nth).await;
                self.sessions.push(open(db, &actor, &self.kim, self.grants[nth]).await?);
            }
            Step::Act(nth) => {
                let (mut tx, caller) = (db.begin().await?, self.sessions[nth]);
                caller.confirm(&mut tx).await?;
                sites::make(&mut tx, &caller, &house()).await?;
                tx.commit().await?;
            }
            Step::DisableCustomer => session::disable_account(db, self.kim.account).await?,
            Step::EnableCustomer => {
                enable(db, self.kim.account).await;
                self.kim = sign_in(db, self.kim.account).await;
            }
            Step::Disable(who) => session::disable_account(db, self.installers[who].account).await?,
            Step::Enable(who) => {
                enable(db, self.installers[who].account).await;
                self.installers[who] = sign_in(db, self.installers[who].account).await;
            }
            Step::Leave(who) => people::leave(db, self.company, &self.address(who)).await?,
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
        let mut tx = self.engine.db.begin().await.unwrap();
        let held = access::read_grant(&mut tx, self.kim.account, self.grants[grant]).await.unwrap();
        self.caller(held.actor.id)
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

/// A session is minted, and lives only if everything that it rests on does.
async fn open(db: &Db, actor: &Caller, subject: &Caller, grant: GrantId) -> Result<Caller, Refusal> {
    let session = delegated(db, actor, subject, grant).await;
    let mut tx = db.begin().await?;
    session.confirm(&mut tx).await?;
    Ok(session)
}

/// Enables the account again, which revives nothing.
async fn enable(db: &Db, account: AccountId) {
    let mut tx = db.begin().await.unwrap();
    let active = sqlx::query("UPDATE account SET state = 'active' WHERE id = $1").bind(account.to_string());
    active.execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
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
            let left = matches!(step, Step::Ask(who) if !world.member[who]) && code == ProblemCode::NotFound;
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
