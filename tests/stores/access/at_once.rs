//! What counts once, by many at once: a request's answer, an offer's. One of them wins, and all others are told.

use super::{asked, confirmed_customer, delegated, for_an_hour, house, partner, sites_of};
use crate::fixture::{again_if_lost, change, person};
use crate::process::Process;
use harness::database::Database;
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Tx;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::server::CloudState;
use porchlight_cloud::{access, customers, sites};
use porchlight_protocol::access::{AuthorizationRequest, ConsentRequest, DeclineRequest};
use porchlight_protocol::customers::{AcceptOfferRequest, AddCustomerRequest};
use porchlight_protocol::session::Language;
use porchlight_protocol::{AccountId, CustomerId, OrganizationId, ProblemCode};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// How many at once.
const MANY: usize = 15;
/// How often: a race that is lost once in a while is lost here.
const ROUNDS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verb {
    Consent,
    Decline,
    Withdraw,
}

impl Verb {
    /// How the request stands when this was the answer.
    fn state(self) -> &'static str {
        match self {
            Self::Consent => "consented",
            Self::Decline => "declined",
            Self::Withdraw => "withdrawn",
        }
    }
}

/// One way to answer a request, as its route goes it.
async fn answer(
    state: &CloudState,
    verb: Verb,
    [kim, ana]: [Caller; 2],
    asked: &AuthorizationRequest,
) -> Result<(), Refusal> {
    let mut tx = state.db.begin().await?;
    match verb {
        Verb::Consent => {
            access::confirm_with_request(&mut tx, &kim, asked.id).await?;
            let yes = ConsentRequest { terms: asked.terms.clone(), lasts: None };
            access::consent(&mut tx, &kim, asked.id, &yes).await?;
        }
        Verb::Decline => {
            access::confirm_with_request(&mut tx, &kim, asked.id).await?;
            access::decline(&mut tx, &kim, asked.id, DeclineRequest { block: false }).await?;
        }
        Verb::Withdraw => {
            ana.confirm(&mut tx).await?;
            access::withdraw(&mut tx, &ana, asked.id).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// All of these at once; which one won. All others are told `code`. What lost a race of the database's own is run
/// again, as the layer around the handlers does.
async fn the_one<V, F, T>(tries: impl Iterator<Item = (V, F)>, code: ProblemCode) -> V
where
    V: Copy + std::fmt::Debug + Send + 'static,
    F: Fn() -> T + Send + 'static,
    T: Future<Output = Result<(), Refusal>> + Send + 'static,
{
    let mut all = JoinSet::new();
    for (verb, take) in tries {
        all.spawn(async move {
            loop {
                match take().await {
                    Err(Refusal { try_again: true, .. }) => {}
                    done => return (verb, done),
                }
            }
        });
    }
    let mut won = Vec::new();
    for (verb, answer) in all.join_all().await {
        match answer {
            Ok(()) => won.push(verb),
            Err(refusal) => assert_eq!(refusal.problem.code, code, "{verb:?}"),
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    won[0]
}

async fn texts(cloud: &Process, sql: &'static str, id: String) -> Vec<String> {
    sqlx::query_scalar(sql).bind(id).fetch_all(&mut *cloud.db().read().await.unwrap()).await.unwrap()
}

/// Runs these answers to a fresh request, many times; how often each won.
async fn answer_at_once(database: &Database, verbs: &'static [Verb]) -> BTreeMap<Verb, usize> {
    let cloud = Process::start(database, |_| {}).await;
    let mut won = BTreeMap::new();
    for _ in 0..ROUNDS {
        let parties = [person(cloud.db()).await, person(cloud.db()).await];
        let company = partner(cloud.db(), &[&parties[1]]).await;
        let customer = confirmed_customer(cloud.db(), company, &parties[1], &parties[0]).await;
        let asked = asked(cloud.db(), &cloud.state.key, &parties[1], customer, &for_an_hour()).await;
        let tries = (0..MANY).map(|nth| {
            let (state, asked, verb) = (cloud.state.clone(), asked.clone(), verbs[nth % verbs.len()]);
            let take = move || {
                let (state, asked) = (state.clone(), asked.clone());
                async move { answer(&state, verb, parties, &asked).await }
            };
            (verb, take)
        });
        let verb = the_one(tries, ProblemCode::RequestOver).await;
        let state = "SELECT state FROM authorization_request WHERE id = $1";
        assert_eq!(texts(&cloud, state, asked.id.to_string()).await, [verb.state()]);
        let grants =
            texts(&cloud, "SELECT id FROM access_grant WHERE request_id = $1", asked.id.to_string()).await;
        assert_eq!(grants.len(), usize::from(verb == Verb::Consent), "{verb:?}");
        let told = "SELECT what FROM audit_event WHERE on_what = $1 AND what <> 'access.asked'";
        assert_eq!(texts(&cloud, told, asked.id.to_string()).await.len(), 1, "{verb:?} is told of once");
        *won.entry(verb).or_default() += 1;
    }
    won
}

/// Ana's company added somebody with Kim's address, and made a site in the account that stands in.
async fn offered(
    cloud: &Process,
    [kim, ana]: [Caller; 2],
    company: OrganizationId,
) -> (CustomerId, AccountId) {
    let wanted = AddCustomerRequest {
        email: format!("{}@example.org", kim.account),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        language: Language::English,
    };
    let adding = async || {
        let mut tx = cloud.db().begin().await?;
        ana.confirm(&mut tx).await?;
        let customer = customers::add(&mut tx, &cloud.state, &ana, company, &wanted).await?;
        tx.commit().await?;
        Ok(customer)
    };
    let added = again_if_lost(adding).await.unwrap();
    let mut db = cloud.db().read().await.unwrap();
    let row = customers::store::customer_by_id(&mut db, added.id).await.unwrap().unwrap();
    drop(db);
    let stand_in = Caller { account: row.account, ..ana };
    let acting = delegated(cloud.db(), &ana, &stand_in, added.grant.unwrap()).await;
    change(cloud.db(), &acting, async |tx: &mut Tx| sites::make(tx, &acting, &house()).await).await.unwrap();
    (added.id, row.account)
}

/// Yes with what was added, yes without it, or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    Keep,
    LetGo,
    Refuse,
}

async fn reply(state: &CloudState, reply: Reply, kim: Caller, id: CustomerId) -> Result<(), Refusal> {
    let mut tx = state.db.begin().await?;
    customers::confirm_with_offer(&mut tx, &kim, id).await?;
    let offers = customers::store::offers_to(&mut tx, kim.account).await?;
    let shown = offers.into_iter().find(|offer| offer.id == id).map(|offer| offer.shown);
    match reply {
        Reply::Keep => customers::accept(&mut tx, &kim, id, AcceptOfferRequest { keep: true, shown }).await?,
        Reply::LetGo => {
            customers::accept(&mut tx, &kim, id, AcceptOfferRequest { keep: false, shown }).await?
        }
        Reply::Refuse => customers::refuse(&mut tx, &kim, id).await?,
    }
    Ok(tx.commit().await?)
}

on_both_engines! {
    async fn consents_at_once_make_one_grant(database: Database) {
        answer_at_once(&database, &[Verb::Consent]).await;
    }

    async fn consent_decline_and_withdrawal_at_once_are_one_answer(database: Database) {
        let won = answer_at_once(&database, &[Verb::Consent, Verb::Decline, Verb::Withdraw]).await;
        assert_eq!(won.values().sum::<usize>(), ROUNDS);
    }

    async fn offer_that_is_kept_let_go_and_refused_at_once_is_answered_once(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        for round in 0..ROUNDS {
            let parties = [person(cloud.db()).await, person(cloud.db()).await];
            let company = partner(cloud.db(), &[&parties[1]]).await;
            let (id, stand_in) = offered(&cloud, parties, company).await;
            let tries = (0..MANY).map(|nth| {
                let replies = [Reply::Keep, Reply::LetGo, Reply::Refuse];
                let (state, wanted) = (cloud.state.clone(), replies[(nth + round) % replies.len()]);
                let take = move || {
                    let state = state.clone();
                    async move { reply(&state, wanted, parties[0], id).await }
                };
                (wanted, take)
            });
            let won = the_one(tries, ProblemCode::NotFound).await;
            let state = texts(&cloud, "SELECT state FROM customer WHERE id = $1", id.to_string()).await;
            assert_eq!(state, [if won == Reply::Refuse { "refused" } else { "confirmed" }]);
            assert_eq!(sites_of(cloud.db(), &parties[0]).await, i64::from(won == Reply::Keep), "{won:?}");
            let left = "SELECT role FROM site_user WHERE account_id = $1 AND ended_at IS NULL";
            assert_eq!(texts(&cloud, left, stand_in.to_string()).await, [""; 0], "{won:?}: nobody's");
            let told = "SELECT what FROM audit_event WHERE on_what = $1 AND what <> 'customer.added'";
            assert_eq!(texts(&cloud, told, id.to_string()).await.len(), 1, "{won:?} is told of once");
        }
    }
}
