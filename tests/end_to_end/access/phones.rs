//! The whole of it on phones: the customer's, and the installer's with both apps. Real cores, real cloud.

use crate::phone::{PASSWORD, SERIAL, camera, connect};
use harness::cloud::Cloud;
use harness::phone::{AddingWatch, DelegatedWatch, Phone, adding};
use porchlight_cloud::people;
use porchlight_core::access::{AccessEnd, DelegatedState, GrantSide};
use porchlight_core::add_device::{AddDeviceState, DetailsEdit, DevicePassword};
use porchlight_core::handoff::{HandoffRefusal, HandoffState};
use porchlight_core::words::{Customer, CustomerState, Grant, Section};
use porchlight_core::{ConflictReason, Error, NotAllowedReason};
use porchlight_protocol::SiteId;
use porchlight_protocol::people::{OrganizationKind, Role};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

const YEARS: i64 = 10 * 365 * 86_400_000;
/// A little longer than the lease.
const TOO_LONG: Duration = Duration::from_secs(15 * 60 + 1);

/// Ana installs for Bright Solar, with both apps on her phone; Kim is her customer.
struct Phones {
    cloud: Cloud,
    kim: Phone,
    partner: Phone,
    customer_app: Phone,
    customer: Customer,
}

impl Phones {
    async fn new() -> Self {
        let cloud = Cloud::start_with(None, |settings| settings.sign_ins_per_minute = 10_000).await;
        let kim = Phone::with_account(&cloud, "kim@example.org").await;
        kim.profile().sites().make("Lake house", "", "Europe/Berlin").await.unwrap();
        let partner = Phone::with_account(&cloud, "ana@bright.example").await;
        let db = cloud.db().await;
        people::add(&db, OrganizationKind::Partner, "Bright Solar", "ana@bright.example").await.unwrap();
        let customer_app = partner.second_app("customer-test").await;
        let customer = partner.add_customer("kim@example.org").await.unwrap();
        assert_eq!(customer.state, CustomerState::Waiting);
        kim.accept_offer().await.unwrap();
        Self { cloud, kim, partner, customer_app, customer }
    }

    async fn grant(&self) -> Grant {
        self.partner.ask_for_access(self.customer.id).await.unwrap();
        self.kim.consent().await.unwrap()
    }

    /// Ana's phone acts for Kim.
    async fn act(&self) -> Grant {
        let grant = self.grant().await;
        let link = self.partner.link(grant.id).await.unwrap();
        let opened = self.customer_app.open_link(link).await;
        assert!(matches!(opened, HandoffState::Opened { .. }), "{opened:?}");
        self.customer_app.customers_profile().sites().refresh().await.unwrap();
        grant
    }

    /// Ana adds a device at Kim's site; the last state.
    async fn add(&self) -> AddDeviceState {
        let site = self.customer_app.customers_profile().sites().window(0, 1).await.unwrap().items[0].id;
        self.add_at(site).await
    }

    async fn add_at(&self, site: SiteId) -> AddDeviceState {
        let flow = self.customer_app.customers_profile().add_device(Section::Video, site).await.unwrap();
        let mut watch = AddingWatch::of(&flow);
        flow.read_text(SERIAL);
        flow.confirm_serial(SERIAL).await.unwrap();
        flow.edit_details(DetailsEdit::Name("Gate".into()));
        flow.add(DevicePassword::Known(PASSWORD.into())).await.unwrap();
        adding::until_end(&mut watch, |_| {}).await
    }

    /// Nothing of the customer's is left on Ana's phone.
    fn assert_destroyed(&self) {
        assert!(!self.customer_app.folder().join("profiles/delegated").exists());
        let names = self.customer_app.secrets.names();
        assert!(!names.iter().any(|name| name.starts_with("delegated")), "{names:?}");
    }
}

fn is_ended(state: &DelegatedState) -> bool {
    matches!(state, DelegatedState::Ended { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn installer_adds_a_device_in_a_customer_s_account_and_is_out_within_a_second_of_the_end() {
    let phones = Phones::new().await;
    let _device = connect(&phones.cloud, camera().with_password(PASSWORD)).await;
    let grant = phones.act().await;
    assert!(phones.customer_app.vault.is_empty(), "read once");
    assert!(matches!(phones.add().await, AddDeviceState::Added { .. }));

    // The customer sees who did it, and who may.
    let acts = phones.kim.profile().history().page(None, None, 50).await.unwrap().acts;
    let added = acts.iter().find(|act| act.what == "device.added").expect("it is in the history");
    assert_eq!(added.company.as_ref().unwrap().name, "Bright Solar");
    assert_eq!((added.grant, added.name.as_deref()), (Some(grant.id), Some("Gate")));
    let grants = phones.kim.profile().grants();
    assert_eq!(grants.window(GrantSide::Given, false, 0, 10).await.unwrap().items[0].id, grant.id);

    let mut watch = DelegatedWatch::of(&phones.customer_app);
    watch
        .until(|state| matches!(state, DelegatedState::Active { acting } if acting.grant.id == grant.id))
        .await;
    let profile = phones.customer_app.customers_profile();
    grants.end(grant.id).await.unwrap();
    let answered = Instant::now();
    let ended = watch.until(is_ended).await;
    assert!(answered.elapsed() < Duration::from_secs(1), "{:?}", answered.elapsed());
    let DelegatedState::Ended { why, unsent, .. } = ended else { unreachable!() };
    assert_eq!((why, unsent.len()), (AccessEnd::Revoked, 0));
    let over = Error::NotAllowed { reason: NotAllowedReason::AccessEnded };
    assert_eq!(profile.sites().window(0, 10).await.unwrap_err(), over);
    assert_eq!(profile.sites().make("X", "", "Europe/Berlin").await.unwrap_err(), over);
    assert_eq!(
        phones.partner.link(grant.id).await.unwrap_err(),
        Error::Conflict { reason: ConflictReason::AccessOver }
    );
    phones.assert_destroyed();
}

#[tokio::test(flavor = "multi_thread")]
async fn link_on_a_phone_that_did_not_make_it_signs_nobody_in() {
    let phones = Phones::new().await;
    let grant = phones.grant().await;
    let thief = Phone::new(&phones.cloud).await;
    let link = phones.partner.link(grant.id).await.unwrap();
    let refused = HandoffState::Refused { reason: HandoffRefusal::NotInitiatedHere };
    assert_eq!(thief.open_link(link.clone()).await, refused);
    assert_eq!(thief.app().delegated_session().state(), DelegatedState::Nobody);
    // The code is still good where it was made, once.
    assert!(matches!(phones.customer_app.open_link(link.clone()).await, HandoffState::Opened { .. }));
    assert_eq!(phones.customer_app.open_link(link).await, refused, "a link is opened once");
    assert!(phones.customer_app.app().delegated_session().profile().is_some(), "the first goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn link_that_is_older_than_a_minute_asks_for_a_new_one() {
    let phones = Phones::new().await;
    let grant = phones.grant().await;
    let link = phones.partner.link(grant.id).await.unwrap();
    phones.customer_app.clock.sleep(Duration::from_secs(61));
    let late = phones.customer_app.open_link(link).await;
    assert_eq!(late, HandoffState::Refused { reason: HandoffRefusal::TooLate });
    let link = phones.partner.link(grant.id).await.unwrap();
    assert!(matches!(phones.customer_app.open_link(link).await, HandoffState::Opened { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_that_is_wrong_by_years_changes_nothing() {
    for wrong_by in [YEARS, -YEARS] {
        let phones = Phones::new().await;
        phones.customer_app.clock.wrong_by.store(wrong_by, SeqCst);
        let grant = phones.act().await;
        let mut watch = DelegatedWatch::of(&phones.customer_app);
        watch.until(|state| matches!(state, DelegatedState::Active { .. })).await;
        let profile = phones.customer_app.customers_profile();
        assert_eq!(profile.sites().window(0, 10).await.unwrap().total, 1);
        phones.customer_app.clock.wrong_by.store(-wrong_by, SeqCst);
        assert_eq!(profile.sites().window(0, 10).await.unwrap().total, 1);
        profile.sites().make("Boat house", "", "Europe/Berlin").await.unwrap();
        phones.kim.profile().grants().end(grant.id).await.unwrap();
        watch.until(is_ended).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn phone_out_of_reach_closes_its_lists_queues_what_is_added_and_lists_it_when_the_access_ended() {
    let mut phones = Phones::new().await;
    let grant = phones.act().await;
    let mut watch = DelegatedWatch::of(&phones.customer_app);
    let profile = phones.customer_app.customers_profile();
    let site = profile.sites().window(0, 1).await.unwrap().items[0].id;
    phones.cloud.pause().await;
    phones.customer_app.clock.sleep(TOO_LONG);
    let locked = Error::Conflict { reason: ConflictReason::AccessLocked };
    assert_eq!(profile.sites().window(0, 10).await.unwrap_err(), locked);
    assert_eq!(profile.devices().window(None, None, 0, 10).await.unwrap_err(), locked);
    watch.until(|state| matches!(state, DelegatedState::Locked { .. })).await;
    let queued = phones.add_at(site).await;
    assert!(matches!(queued, AddDeviceState::Queued { .. }), "{queued:?}");

    // The access ends while the phone is off.
    phones.customer_app.kill();
    drop((profile, watch));
    phones.cloud.resume().await;
    phones.kim.profile().grants().end(grant.id).await.unwrap();
    phones.customer_app.open().await.unwrap();
    let ended = DelegatedWatch::of(&phones.customer_app).until(is_ended).await;
    let DelegatedState::Ended { why, unsent, .. } = ended else { unreachable!() };
    assert_eq!(why, AccessEnd::Revoked);
    assert_eq!((unsent.len(), unsent[0].name.as_str(), unsent[0].serial.as_str()), (1, "Gate", SERIAL));
    phones.assert_destroyed();
    // Until somebody has read it, in the next process too.
    phones.customer_app.open().await.unwrap();
    let session = phones.customer_app.app().delegated_session();
    assert_eq!(session.state(), DelegatedState::Nobody);
    assert_eq!(session.unsent().await, unsent);
    session.forget_unsent().await.unwrap();
    assert_eq!(session.unsent().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn next_process_goes_on_with_the_lease_and_a_restarted_phone_asks_the_cloud_first() {
    let mut phones = Phones::new().await;
    phones.act().await;
    phones.customer_app.kill();
    phones.cloud.pause().await;
    phones.customer_app.open().await.unwrap();
    let profile = phones.customer_app.customers_profile();
    assert_eq!(profile.sites().window(0, 10).await.unwrap().total, 1);
    phones.customer_app.kill();
    phones.customer_app.clock.starts.fetch_add(1, SeqCst);
    phones.customer_app.open().await.unwrap();
    let profile = phones.customer_app.customers_profile();
    let locked = Error::Conflict { reason: ConflictReason::AccessLocked };
    assert_eq!(profile.sites().window(0, 10).await.unwrap_err(), locked);
    let mut watch = DelegatedWatch::of(&phones.customer_app);
    watch.until(|state| matches!(state, DelegatedState::Locked { .. })).await;
    phones.cloud.resume().await;
    watch.until(|state| matches!(state, DelegatedState::Active { .. })).await;
    assert_eq!(profile.sites().window(0, 10).await.unwrap().total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn second_link_asks_first_and_ends_the_first_session() {
    let phones = Phones::new().await;
    let first = phones.act().await;
    let max = Phone::with_account(&phones.cloud, "max@example.org").await;
    let customer = phones.partner.add_customer("max@example.org").await.unwrap();
    max.accept_offer().await.unwrap();
    phones.partner.ask_for_access(customer.id).await.unwrap();
    let second = max.consent().await.unwrap();
    let former = phones.customer_app.customers_profile();

    let handoff = phones.customer_app.app().handoff();
    handoff.take_link(phones.partner.link(second.id).await.unwrap()).await.unwrap();
    let HandoffState::Confirm { grant, instead_of, until } = handoff.state() else {
        panic!("{:?}", handoff.state())
    };
    assert_eq!(until, grant.expires_at, "it ends before eight hours are over");
    assert_eq!((grant.id, instead_of.unwrap().grant.id), (second.id, first.id));
    assert_eq!(former.sites().window(0, 10).await.unwrap().total, 1, "nothing ends before the tap");
    handoff.confirm().await.unwrap();
    let state = phones.customer_app.app().delegated_session().state();
    assert!(matches!(&state, DelegatedState::Active { acting } if acting.grant.id == second.id), "{state:?}");
    let over = Error::NotAllowed { reason: NotAllowedReason::AccessEnded };
    assert_eq!(former.sites().window(0, 10).await.unwrap_err(), over);
}

#[tokio::test(flavor = "multi_thread")]
async fn installer_who_is_done_leaves_nothing_behind_and_may_come_back() {
    let phones = Phones::new().await;
    let grant = phones.act().await;
    let session = phones.customer_app.app().delegated_session();
    session.leave().await;
    assert!(matches!(session.state(), DelegatedState::Ended { why: AccessEnd::Left, .. }));
    phones.assert_destroyed();
    session.dismiss();
    assert_eq!(session.state(), DelegatedState::Nobody);
    let link = phones.partner.link(grant.id).await.unwrap();
    assert!(matches!(phones.customer_app.open_link(link).await, HandoffState::Opened { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn partner_app_works_by_itself_for_a_customer_who_has_not_answered() {
    let phones = Phones::new().await;
    let customer = phones.partner.add_customer("new@example.org").await.unwrap();
    phones.partner.app().work_here(customer.grant.unwrap()).await.unwrap();
    let profile = phones.partner.customers_profile();
    profile.sites().make("Barn", "", "Europe/Berlin").await.unwrap();
    assert_eq!(profile.sites().window(0, 10).await.unwrap().total, 1);
    assert_eq!(
        phones.partner.profile().sites().window(0, 10).await.unwrap().total,
        0,
        "the own one is another"
    );
}

/// Waits until the phone has so many companies and customers.
async fn until_works_for(phone: &Phone, companies: u32, customers: u32) {
    let profile = phone.profile();
    let (memberships, list) = (profile.memberships(), profile.customers());
    let reached = async {
        loop {
            let companies_now = memberships.window(0, 10).await.unwrap().total;
            let customers_now = list.window(None, 0, 10).await.unwrap().total;
            if (companies_now, customers_now) == (companies, customers) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reached).await.expect("the phone hears of it by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_a_company_sees_its_customers_without_asking_and_who_leaves_is_signed_out() {
    let phones = Phones::new().await;
    let ben = Phone::with_account(&phones.cloud, "ben@bright.example").await;
    until_works_for(&ben, 0, 0).await;
    let (db, company) = (phones.cloud.db().await, phones.customer.organization);
    people::join(&db, company, "ben@bright.example", Role::Operator).await.unwrap();
    until_works_for(&ben, 1, 1).await;
    people::leave(&db, company, "ben@bright.example").await.unwrap();
    let over = async {
        while ben.profile().memberships().window(0, 10).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), over).await.expect("the phone hears of it by itself");
}
