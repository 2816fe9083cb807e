//! The delegated session on a phone that does anything, against a cloud that says anything.

use super::state::{Event, transition};
use super::*;
use crate::access::AccessEnd;
use crate::ports::Ports;
use crate::session::UnsentActs;
use crate::testing::*;
use crate::{ConflictReason, Error, NotAllowedReason, Porchlight};
use porchlight_protocol::ClaimId;
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

impl DelegatedListener for Seen<DelegatedState> {
    fn on_state(&self, state: DelegatedState) {
        self.0.send_replace(state);
    }
}

fn listen(core: &Porchlight) -> Arc<Seen<DelegatedState>> {
    let seen = Seen::new(DelegatedState::Nobody);
    core.delegated_session().listen(seen.clone()).for_good();
    seen
}

fn ended(state: &DelegatedState) -> Option<AccessEnd> {
    match state {
        DelegatedState::Ended { why, .. } => Some(*why),
        DelegatedState::Nobody | DelegatedState::Active { .. } | DelegatedState::Locked { .. } => None,
    }
}

const OVER: Error = Error::NotAllowed { reason: NotAllowedReason::AccessEnded };
const LOCKED: Error = Error::Conflict { reason: ConflictReason::AccessLocked };

/// A server that redeems, lists one site, and says nothing else.
async fn cloud() -> MockServer {
    let cloud = cloud_with_sign_in().await;
    answer(&cloud, "POST", &format!("/v1/grants/{}/handoffs", id(50)), begun()).await;
    answer(&cloud, "POST", "/v1/handoffs/redeem", redeemed()).await;
    answer_lists(&cloud, json!([site(SITE, "Lake house")]), json!([])).await;
    cloud
}

fn begun() -> ResponseTemplate {
    let begun = json!({ "code": code(1), "expires_in": 60, "grant": grant(&id(50)) });
    ResponseTemplate::new(201).set_body_json(begun)
}

/// A phone that acts for Kim, in the background: nothing comes by itself.
async fn acting(cloud: &MockServer) -> (TestPhone, Porchlight) {
    let (phone, core) = signed_in_phone(cloud).await;
    core.entered_background().await;
    core.work_here(id(50).parse().unwrap()).await.unwrap();
    core.delegated_session().profile().unwrap().sites().refresh().await.unwrap();
    (phone, core)
}

fn left(phone: &TestPhone) -> Vec<String> {
    let mut left = phone.secret_names();
    left.retain(|name| name.starts_with("delegated") || name == OWN_UNSENT);
    left
}

async fn total(core: &Porchlight) -> Result<u32, Error> {
    let profile = core.delegated_session().profile().ok_or(Error::NotFound)?;
    profile.sites().window(0, 10).await.map(|window| window.total)
}

#[tokio::test]
async fn every_way_that_the_cloud_ends_it_destroys_everything_and_says_why() {
    for (code, why) in [
        ("grant_revoked", AccessEnd::Revoked),
        ("grant_expired", AccessEnd::Expired),
        ("actor_disabled", AccessEnd::ActorDisabled),
        ("subject_disabled", AccessEnd::SubjectDisabled),
        ("session_revoked", AccessEnd::SessionEnded),
    ] {
        let cloud = cloud().await;
        answer(&cloud, "POST", "/v1/sites", problem(401, code)).await;
        let (phone, core) = acting(&cloud).await;
        let (seen, profile) = (listen(&core), core.delegated_session().profile().unwrap());
        assert!(!left(&phone).is_empty());
        let refused = profile.sites().make("Barn", "", "Europe/Berlin").await;
        assert_eq!(refused.unwrap_err(), OVER, "{code}");
        let state = seen.until(|state| ended(state).is_some()).await;
        assert_eq!(ended(&state), Some(why), "{code}");
        assert_eq!(profile.sites().window(0, 10).await.unwrap_err(), OVER);
        assert_eq!(left(&phone), [""; 0]);
        assert!(!phone.folder.path().join("profiles/delegated").exists());
        assert!(core.delegated_session().profile().is_none());
        assert!(core.profile().account().is_ok(), "the person's own sign-in is untouched");
        core.delegated_session().dismiss();
        assert_eq!(core.delegated_session().state(), DelegatedState::Nobody);
    }
}

#[tokio::test]
async fn whoever_hears_of_it_can_act_at_once() {
    let cloud = cloud().await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let seen = listen(&core);
    let hearing = async {
        seen.until(|state| matches!(state, DelegatedState::Active { .. })).await;
        core.delegated_session().profile().expect("it is there").account()
    };
    let (worked, account) = tokio::join!(core.work_here(id(50).parse().unwrap()), hearing);
    worked.unwrap();
    account.unwrap();
}

#[tokio::test]
async fn refresh_that_is_refused_ends_it_too() {
    let cloud = cloud().await;
    let expired = Mock::given(method("POST")).and(path("/v1/sites"));
    expired.respond_with(problem(401, "sign_in_required")).mount(&cloud).await;
    answer(&cloud, "POST", "/v1/sessions/refresh", problem(401, "grant_revoked")).await;
    let (phone, core) = acting(&cloud).await;
    let (seen, profile) = (listen(&core), core.delegated_session().profile().unwrap());
    assert_eq!(profile.sites().make("Barn", "", "Europe/Berlin").await.unwrap_err(), OVER);
    let state = seen.until(|state| ended(state).is_some()).await;
    assert_eq!(ended(&state), Some(AccessEnd::Revoked));
    assert_eq!(left(&phone), [""; 0]);
}

/// As long as it is so, something on the way answers for the cloud.
async fn out_of_reach(cloud: &MockServer) -> Arc<AtomicBool> {
    let so = Arc::new(AtomicBool::new(true));
    let is_so = so.clone();
    let hotel = ResponseTemplate::new(403).set_body_string("log in to the hotel");
    let all = Mock::given(move |_: &wiremock::Request| is_so.load(SeqCst));
    all.respond_with(hotel).with_priority(1).mount(cloud).await;
    so
}

#[tokio::test]
async fn lease_closes_the_lists_and_contact_opens_them_again() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    let seen = listen(&core);
    assert_eq!(total(&core).await, Ok(1));
    phone.clock.pass(lease::LASTS - Duration::from_secs(1));
    assert_eq!(total(&core).await, Ok(1));
    let hotel = out_of_reach(&cloud).await;
    phone.clock.pass(Duration::from_secs(1));
    assert_eq!(total(&core).await, Err(LOCKED));
    let profile = core.delegated_session().profile().unwrap();
    assert_eq!(profile.sites().get(SITE.parse().unwrap()).await, Err(LOCKED));
    assert_eq!(profile.sites().choice(None).await, Err(LOCKED));
    assert_eq!(profile.devices().window(None, None, 0, 10).await, Err(LOCKED));
    seen.until(|state| matches!(state, DelegatedState::Locked { .. })).await;
    // What is added goes on: by its site's id, without showing the list.
    let video = porchlight_protocol::devices::Section::Video;
    drop(profile.add_device(video, SITE.parse().unwrap()).await.unwrap());
    hotel.store(false, SeqCst);
    profile.sites().refresh().await.unwrap();
    assert_eq!(total(&core).await, Ok(1));
    seen.until(|state| matches!(state, DelegatedState::Active { .. })).await;
}

#[tokio::test]
async fn phone_locks_within_a_second_of_the_lease_s_end() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    let seen = listen(&core);
    seen.until(|state| matches!(state, DelegatedState::Active { .. })).await;
    phone.clock.pass(lease::LASTS);
    let locked = seen.until(|state| matches!(state, DelegatedState::Locked { .. }));
    // A second of a timer, and a little for a busy machine.
    tokio::time::timeout(Duration::from_millis(1_500), locked).await.unwrap();
}

#[tokio::test]
async fn phone_that_slept_asks_for_itself_whether_the_account_is_still_open() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    let seen = listen(&core);
    seen.until(|state| matches!(state, DelegatedState::Active { .. })).await;
    phone.clock.pass(lease::LASTS);
    seen.until(|state| matches!(state, DelegatedState::Locked { .. })).await;
    seen.until(|state| matches!(state, DelegatedState::Active { .. })).await;
    assert_eq!(total(&core).await, Ok(1));
}

/// What is not sent when this phone works for Kim, who is a name on a grant of Ana's.
async fn add_offline(core: &Porchlight) {
    let acting = core.delegated_session().profile().unwrap();
    let account = acting.account().unwrap().id;
    let row = claim_row(account);
    acting.outbox().unwrap().add(ClaimId::mint_offline(), row, None).await.unwrap();
}

/// A phone whose own account is the one that acts.
async fn acting_by_own(cloud: &MockServer) -> (TestPhone, Porchlight) {
    let mut own = grant(&id(50));
    own["actor"]["id"] = json!(ACCOUNT);
    let session = json!({ "session": id(60), "access_token": "pl_at_d", "access_expires_in": 300,
        "refresh_token": "pl_rt_d", "account": account() });
    let redeemed = json!({ "session": session, "grant": own, "expires_at": 9 });
    let redeemed = ResponseTemplate::new(201).set_body_json(redeemed);
    let redeem = Mock::given(method("POST")).and(path("/v1/handoffs/redeem"));
    redeem.respond_with(redeemed).with_priority(1).mount(cloud).await;
    acting(cloud).await
}

#[tokio::test]
async fn installer_who_signs_out_leaves_the_customer_s_account_and_no_list_behind() {
    let cloud = cloud().await;
    let (phone, core) = acting_by_own(&cloud).await;
    add_offline(&core).await;
    let flow = core.profile().session();
    let unsent = Error::Conflict { reason: ConflictReason::UnsentActs { count: 1 } };
    assert_eq!(flow.sign_out(UnsentActs::Refuse).await, Err(unsent.clone()));
    assert!(core.delegated_session().profile().is_some(), "a refusal ends nothing");
    core.delegated_session().leave().await;
    assert_eq!(
        flow.sign_out(UnsentActs::Refuse).await,
        Err(unsent),
        "nor is what is listed dropped silently"
    );
    core.delegated_session().dismiss();
    core.work_here(id(50).parse().unwrap()).await.unwrap();
    flow.sign_out(UnsentActs::Discard).await.unwrap();
    assert_eq!(ended(&core.delegated_session().state()), Some(AccessEnd::Left));
    assert_eq!(left(&phone), [""; 0]);
    assert_eq!(phone.secret_names(), [""; 0]);
    assert!(!phone.folder.path().join("profiles/delegated").exists());
}

#[tokio::test]
async fn secret_store_that_fails_keeps_nothing_of_the_customer_s_on_the_phone() {
    for is_locked in [false, true] {
        let cloud = cloud().await;
        let (phone, core) = acting(&cloud).await;
        add_offline(&core).await;
        let profile = core.delegated_session().profile().unwrap();
        let fails = if is_locked { &phone.secrets.locked } else { &phone.secrets.full };
        fails.store(true, SeqCst);
        core.delegated_session().leave().await;
        match core.delegated_session().state() {
            DelegatedState::Ended { unsent, .. } => assert_eq!(unsent.len(), 1, "it is said at least"),
            state => panic!("{state}"),
        }
        assert!(!phone.folder.path().join("profiles/delegated").exists());
        assert!(core.delegated_session().profile().is_none());
        assert_eq!(profile.sites().window(0, 10).await.unwrap_err(), OVER);
        assert!(core.diagnostics().contains("secret store"), "{}", core.diagnostics());
        fails.store(false, SeqCst);
        answer(&cloud, "POST", "/v1/sessions/refresh", problem(401, "session_revoked")).await;
        drop((profile, core));
        let core = phone.open(&cloud).await;
        core.entered_foreground().await;
        let gone = async {
            while !left(&phone).is_empty() {
                tokio::task::yield_now().await
            }
        };
        tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
    }
}

#[tokio::test]
async fn somebody_else_who_signs_out_ends_nobody_s_work() {
    let cloud = cloud().await;
    let (_phone, core) = acting(&cloud).await;
    core.profile().session().sign_out(UnsentActs::Refuse).await.unwrap();
    assert!(core.delegated_session().state().acting().is_some());
    assert_eq!(total(&core).await, Ok(1));
}

#[tokio::test]
async fn somebody_else_who_signs_out_leaves_the_installer_s_list() {
    let cloud = cloud().await;
    let (_phone, core) = acting(&cloud).await;
    add_offline(&core).await;
    core.delegated_session().leave().await;
    let session = core.delegated_session();
    assert_eq!(session.unsent().await, [], "it is not theirs to read");
    session.forget_unsent().await.unwrap();
    core.profile().session().sign_out(UnsentActs::Discard).await.unwrap();
    assert_eq!(session.unsent().await.len(), 1, "nor to forget");
    session.forget_unsent().await.unwrap();
    assert_eq!(session.unsent().await, []);
}

#[tokio::test]
async fn refusal_that_comes_from_somewhere_on_the_way_is_no_contact() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    out_of_reach(&cloud).await;
    phone.clock.pass(lease::LASTS);
    let profile = core.delegated_session().profile().unwrap();
    assert!(profile.sites().make("Barn", "", "Europe/Berlin").await.is_err());
    assert_eq!(total(&core).await, Err(LOCKED));
}

#[tokio::test]
async fn next_process_finds_it_and_a_restart_of_the_phone_voids_the_lease() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    drop(core);
    phone.network.0.store(false, SeqCst);
    let core = phone.open_at(&nobody_there().await).await;
    assert_eq!(total(&core).await, Ok(1));
    let state = core.delegated_session().state();
    assert!(state.acting().is_some_and(|acting| acting.grant.company.name == "Bright Solar"), "{state:?}");
    drop(core);
    phone.clock.start_anew();
    let core = phone.open_at(&nobody_there().await).await;
    assert_eq!(total(&core).await, Err(LOCKED));
}

#[tokio::test]
async fn locked_phone_finds_it_after_its_unlock() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    drop(core);
    phone.secrets.locked.store(true, SeqCst);
    let core = phone.open(&cloud).await;
    assert_eq!(core.delegated_session().state(), DelegatedState::Nobody);
    phone.secrets.locked.store(false, SeqCst);
    core.entered_foreground().await;
    assert_eq!(total(&core).await, Ok(1));
}

#[tokio::test]
async fn end_that_was_cut_off_is_brought_to_its_end_by_the_next_process() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    drop(core);
    // Killed after the session was forgotten, before anything else.
    phone.secrets.entries.lock().unwrap().remove("delegated.session").unwrap();
    let core = phone.open(&cloud).await;
    let state = listen(&core).until(|state| ended(state).is_some()).await;
    assert_eq!(ended(&state), Some(AccessEnd::SessionEnded));
    assert_eq!(left(&phone), [""; 0]);
    assert!(!phone.folder.path().join("profiles/delegated").exists());
}

#[tokio::test]
async fn new_install_acts_for_nobody_whatever_the_keychain_kept() {
    let cloud = cloud().await;
    let (mut phone, core) = acting(&cloud).await;
    drop(core);
    phone.folder = tempfile::tempdir().unwrap();
    let core = phone.open(&cloud).await;
    assert_eq!(core.delegated_session().state(), DelegatedState::Nobody);
    assert_eq!(left(&phone), [""; 0]);
}

#[tokio::test]
async fn wall_clock_has_no_say() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    for years in [-30_i64, 30] {
        phone.clock.0.store(1_790_000_000_000 + years * 365 * 86_400_000, SeqCst);
        assert_eq!(total(&core).await, Ok(1), "{years}");
        assert!(core.delegated_session().state().acting().is_some());
    }
    out_of_reach(&cloud).await;
    phone.clock.pass(lease::LASTS);
    phone.clock.0.store(0, SeqCst);
    assert_eq!(total(&core).await, Err(LOCKED), "and a clock set back gives no time");
}

#[tokio::test]
async fn phone_out_of_reach_can_leave_and_its_tokens_go_nowhere() {
    let cloud = cloud().await;
    let (phone, core) = acting(&cloud).await;
    phone.network.0.store(false, SeqCst);
    cloud.reset().await;
    core.delegated_session().leave().await;
    assert_eq!(ended(&core.delegated_session().state()), Some(AccessEnd::Left));
    assert_eq!(left(&phone), [""; 0]);
    assert!(!core.diagnostics().contains("pl_"));
}

#[test]
fn pair_that_is_not_listed_changes_nothing() {
    let acting = || Acting { grant: serde_json::from_value(grant(&id(50))).unwrap(), until: 9 };
    let ended = || DelegatedState::Ended { acting: acting(), why: AccessEnd::Left, at: 1, unsent: vec![] };
    let states = [
        DelegatedState::Nobody,
        DelegatedState::Active { acting: acting() },
        DelegatedState::Locked { acting: acting() },
        ended(),
    ];
    let over = || Event::Over { why: AccessEnd::Left, at: 1, unsent: vec![] };
    let events =
        || [Event::Opened(acting()), Event::LeaseOver, Event::CloudReached, over(), Event::Dismissed];
    let (active, locked) = (Some(1), Some(2));
    let table = [
        [active, None, None, None, None],
        [None, locked, None, Some(3), None],
        [None, None, active, Some(3), None],
        [active, None, None, None, Some(0)],
    ];
    for (state, row) in states.iter().zip(table) {
        for (event, expected) in events().into_iter().zip(row) {
            let next = transition(state, event).ok();
            assert_eq!(next.as_ref(), expected.map(|at: usize| &states[at]), "{state}");
        }
    }
}

async fn lease_of(phone: &TestPhone) -> Lease {
    let ports: Ports = phone.ports();
    Lease::load(ports, "delegated").await
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in whatever order: it holds within 15 minutes of the newest question that was answered under
    /// this start of the phone, and never after.
    #[test]
    fn lease_holds_for_fifteen_minutes_of_the_newest_answered_question(
        steps in prop::collection::vec((0..4_u8, 0..1_200_u64), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let phone = TestPhone::new();
            let mut lease = lease_of(&phone).await;
            let (mut now, mut newest) = (0_u64, None::<u64>);
            let mut slack = 0;
            for (what, seconds) in steps {
                match what {
                    0 => {
                        phone.clock.pass(Duration::from_secs(seconds));
                        now += seconds;
                    }
                    // A question whose answer takes a while, asleep or not.
                    1 => {
                        let asked = lease.moment().await;
                        phone.clock.pass(Duration::from_secs(seconds));
                        lease.renew(asked).await;
                        newest = Some(now);
                        now += seconds;
                        slack = 0;
                    }
                    // The next process: it may find a lease that is up to a minute shorter, never longer.
                    2 => {
                        lease = lease_of(&phone).await;
                        slack = 60;
                    }
                    _ => {
                        phone.clock.start_anew();
                        newest = None;
                    }
                }
                let age = newest.map(|newest| now - newest);
                let holds = lease.holds().await;
                let lasts = lease::LASTS.as_secs();
                if age.is_none_or(|age| age >= lasts) {
                    assert!(!holds, "{age:?}");
                } else if age.is_some_and(|age| age + slack < lasts) {
                    assert!(holds, "{age:?}");
                }
            }
        });
    }
}
