//! A device that an installer adds for a customer, against the end of the access that it is added by. Whoever ends
//! only sessions (signs out, has a new password) ends no claim: what the customer consented to holds, and the phone's part is done.

use super::ends::{Parties, WAYS, Way};
use super::{delegated, grant_on};
use crate::fixture::{self, hesitate, races};
use crate::process::{Process, bound, challenge, proof, request_for};
use harness::on_both_engines;
use porchlight_cloud::add_device;
use porchlight_cloud::authority::Caller;
use porchlight_protocol::add_device::{ClaimFailure, ClaimState};
use porchlight_protocol::sites::Site;
use porchlight_protocol::{ClaimId, DeviceName, ProblemCode};

const NOT_ALLOWED: ClaimState = ClaimState::Failed { reason: ClaimFailure::NotAllowed };

fn device(nth: u64) -> DeviceName {
    format!("acme.AB-{nth:05}").parse().unwrap()
}

/// All that end the grant, and not only sessions.
fn ways() -> impl Iterator<Item = Way> {
    let of_sessions = |way: &Way| matches!(way, Way::SignedOut | Way::SubjectsPassword | Way::ActorsPassword);
    WAYS.into_iter().map(|(way, _)| way).filter(move |way| !of_sessions(way))
}

/// An installer acts in a customer's account, whose site this is.
async fn acting(cloud: &Process) -> (Parties, Caller, Site) {
    let parties = Parties::new(cloud.db()).await;
    let site = fixture::site(cloud.db(), &parties.subject).await;
    let acting = delegated(cloud.db(), &parties.installer, &parties.subject, parties.grant).await;
    (parties, acting, site)
}

/// Where the claim is, for nobody's eyes in particular: its account may be disabled.
async fn state_of(cloud: &Process, id: ClaimId) -> ClaimState {
    let mut db = cloud.db().read().await.unwrap();
    add_device::store::claim_by_id(&mut db, id).await.unwrap().unwrap().progress.state
}

async fn kinds(cloud: &Process, device: &DeviceName) -> Vec<String> {
    cloud.waiting_for(device).await.into_iter().map(|command| command.kind).collect()
}

on_both_engines! {
    async fn nothing_is_bound_after_an_answered_end_of_access(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let (mut before, mut refused) = (0, 0);
        let ways: Vec<_> = ways().collect();
        for round in 0..races() {
            let way = ways[usize::try_from(round).unwrap() % ways.len()];
            let (parties, acting, site) = acting(&cloud).await;
            let device = device(round);
            let id = cloud.proven_as(&device, &acting, &site).await;
            let binding = async {
                hesitate(round % 11).await;
                cloud.say_as(&device, bound(id)).await;
            };
            let ending = async {
                hesitate(round % 7).await;
                parties.end(cloud.db(), way).await;
                state_of(&cloud, id).await
            };
            let ((), answered) = tokio::join!(binding, ending);
            let then = state_of(&cloud, id).await;
            if matches!(then, ClaimState::Owned { .. }) {
                assert_eq!(then, answered, "round {round}, {way:?}: it was bound after the answer");
                before += 1;
            } else {
                assert_eq!(then, NOT_ALLOWED, "round {round}, {way:?}");
                assert_eq!(kinds(&cloud, &device).await, ["release"], "round {round}, {way:?}");
                refused += 1;
            }
        }
        let rare = races() / 20;
        assert!(before > rare && refused > rare, "no race: {before} before the end, {refused} refused");
        assert_eq!(fixture::count(cloud.db(), "device").await.unsigned_abs(), before);
    }

    async fn device_that_bound_itself_for_access_that_ended_is_told_to_let_go(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        for (nth, way) in (0..).zip(ways()) {
            let (parties, acting, site) = acting(&cloud).await;
            let device = device(nth);
            let id = cloud.proven_as(&device, &acting, &site).await;
            parties.end(cloud.db(), way).await;
            cloud.say_as(&device, bound(id)).await;
            assert_eq!(state_of(&cloud, id).await, NOT_ALLOWED, "{way:?}");
            assert_eq!(kinds(&cloud, &device).await, ["release"], "{way:?}");
        }
        assert_eq!(fixture::count(cloud.db(), "device").await, 0);
    }

    async fn no_message_of_a_claim_leaves_for_a_device_once_its_access_has_ended(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        for (nth, way) in (0..).zip(ways()) {
            let (parties, acting, site) = acting(&cloud).await;
            let device = device(nth);
            let id = cloud.proven_as(&device, &acting, &site).await;
            let bind = cloud.waiting_for(&device).await;
            assert!(add_device::still_stands(&cloud.state, &bind[0]).await.unwrap(), "{way:?}");
            parties.end(cloud.db(), way).await;
            assert!(!add_device::still_stands(&cloud.state, &bind[0]).await.unwrap(), "{way:?}");
            assert_eq!(state_of(&cloud, id).await, NOT_ALLOWED, "{way:?}");
            assert_eq!(kinds(&cloud, &device).await, [""; 0], "{way:?}");
        }
    }

    async fn phone_takes_no_step_of_a_claim_whose_access_has_ended(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        for (nth, (way, code)) in (0..).zip(WAYS) {
            let (parties, acting, site) = acting(&cloud).await;
            let (device, id) = (device(nth), ClaimId::mint_offline());
            cloud.open(&acting, id, &request_for(&device, &site)).await.unwrap();
            cloud.say_as(&device, challenge(id)).await;
            parties.end(cloud.db(), way).await;
            let refused = add_device::give_proof(&cloud.state, &acting, id, &proof()).await.unwrap_err();
            assert_eq!(refused.problem.code, code, "{way:?}");
            let another = cloud.open(&acting, ClaimId::mint_offline(), &request_for(&device, &site)).await;
            assert_eq!(another.unwrap_err().problem.code, code, "{way:?}");
        }
    }

    async fn site_outside_of_the_grant_is_not_there_for_a_claim(database: Database) {
        let cloud = Process::start(&database, |_| {}).await;
        let parties = Parties::new(cloud.db()).await;
        let (granted, other) =
            (fixture::site(cloud.db(), &parties.subject).await, fixture::site(cloud.db(), &parties.subject).await);
        let foreign = fixture::site(cloud.db(), &parties.installer).await;
        let grant = grant_on(cloud.db(), &cloud.state.key, &parties, &granted).await;
        let acting = delegated(cloud.db(), &parties.installer, &parties.subject, grant).await;
        for site in [&other, &foreign] {
            let id = ClaimId::mint_offline();
            let refused = cloud.open(&acting, id, &request_for(&device(1), site)).await.unwrap_err();
            assert_eq!(refused.problem.code, ProblemCode::NotFound);
            assert_eq!(cloud.waiting_for(&device(1)).await.len(), 0);
        }
        assert_eq!(fixture::count(cloud.db(), "claim").await, 0);
        let id = cloud.proven_as(&device(1), &acting, &granted).await;
        cloud.say_as(&device(1), bound(id)).await;
        assert!(matches!(state_of(&cloud, id).await, ClaimState::Owned { .. }));
    }
}
