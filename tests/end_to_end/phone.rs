//! The phone's core against the real cloud and devices: what a person does in a day, with and without a signal.

use harness::cloud::Cloud;
use harness::field_device::{CloudAddress, FieldDevice, Options, inventory_file};
use harness::phone::{AddingWatch, MAKER, Phone, adding};
use porchlight_core::add_device::{
    AddDeviceFailure, AddDeviceFlow, AddDeviceState, DetailsEdit, DevicePassword,
};
use porchlight_core::devices::ListedDevice;
use porchlight_protocol::devices::{Device, Section};
use porchlight_protocol::{ClaimId, SiteId};
use std::time::Duration;

const EMAIL: &str = "kim@example.org";
pub(crate) const PASSWORD: &str = "gate camera 7";
pub(crate) const SERIAL: &str = "LX4-00017";
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn connect(cloud: &Cloud, options: Options) -> FieldDevice {
    let mut device = FieldDevice::build(options);
    assert_eq!(cloud.add_inventory(&inventory_file([&device])).await, 1);
    let link_host = cloud.settings.link_host.clone();
    device.switch_on(&CloudAddress::plain(cloud.http(), cloud.mqtt(), link_host));
    assert!(device.wait_online(PATIENCE).await, "{:?}", device.last_loss());
    device
}

pub(crate) fn camera() -> Options {
    let name = format!("{MAKER}.{SERIAL}").parse().expect("a device name");
    Options::new(name, "LX-4".parse().expect("a model"))
}

async fn make_site(phone: &Phone, name: &str) -> SiteId {
    phone.profile().sites().make(name, "", "Europe/Berlin").await.expect("a site").id
}

/// Fills everything in and taps "Add".
async fn begin(phone: &Phone, site: SiteId, password: DevicePassword) -> (AddDeviceFlow, AddingWatch) {
    let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
    let watch = AddingWatch::of(&flow);
    flow.read_text(SERIAL);
    flow.confirm_serial(SERIAL).await.expect("it was read");
    flow.edit_details(DetailsEdit::Name("Gate".into()));
    flow.add(password).await.expect("good details");
    (flow, watch)
}

async fn add(phone: &Phone, site: SiteId, password: DevicePassword) -> AddDeviceState {
    let (_flow, mut watch) = begin(phone, site, password).await;
    adding::until_end(&mut watch, |_| {}).await
}

fn known() -> DevicePassword {
    DevicePassword::Known(PASSWORD.into())
}

fn new() -> DevicePassword {
    DevicePassword::New { password: PASSWORD.into(), again: PASSWORD.into(), claim_code: None }
}

async fn listed(phone: &Phone) -> Vec<ListedDevice> {
    phone.profile().devices().window(None, None, 0, 50).await.expect("the list is readable").items
}

/// Waits until the list shows one added device for which something holds.
async fn see(phone: &Phone, holds: impl Fn(&Device) -> bool) -> Device {
    let mut seen = Vec::new();
    for _ in 0..1_000 {
        seen = listed(phone).await;
        if let [ListedDevice::Added(device)] = seen.as_slice()
            && holds(device)
        {
            return device.clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the list shows {seen:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn device_added_on_one_phone_lives_in_the_list_of_another() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, camera().with_password(PASSWORD)).await;
    let hall = Phone::with_account(&cloud, EMAIL).await;
    let garden = Phone::new(&cloud).await;
    garden.sign_in(EMAIL).await.expect("the account is there");
    let (house, shed) = (make_site(&hall, "House").await, make_site(&hall, "Shed").await);
    assert!(matches!(add(&hall, house, known()).await, AddDeviceState::Added { .. }));
    let id = see(&garden, |device| device.name == "Gate" && device.online).await.id;

    hall.profile().devices().rename(id, "Back gate").await.expect("the owner renames");
    see(&garden, |device| device.name == "Back gate").await;
    let told = |it: &FieldDevice| it.settings().is_some_and(|settings| settings.name == "Back gate");
    assert!(device.wait_until(PATIENCE, told).await, "the device learns its name");
    hall.profile().devices().move_to(id, shed).await.expect("the owner moves");
    see(&garden, |device| device.site == shed).await;
    hall.profile().devices().release(id).await.expect("the owner releases");
    for _ in 0..500 {
        if listed(&garden).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(listed(&garden).await.is_empty(), "it is gone from every phone");
    assert!(
        device.wait_until(PATIENCE, |it| it.owner_claim().is_none()).await,
        "the device forgets its owner"
    );
    assert!(
        matches!(add(&garden, shed, known()).await, AddDeviceState::Added { .. }),
        "and can be added again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn device_added_without_a_signal_is_queued_and_added_with_one() {
    let cloud = Cloud::start().await;
    let _device = connect(&cloud, camera().with_password(PASSWORD)).await;
    let mut phone = Phone::with_account(&cloud, EMAIL).await;
    let site = make_site(&phone, "House").await;
    phone.set_signal(false);
    let queued = add(&phone, site, known()).await;
    assert!(matches!(queued, AddDeviceState::Queued { .. }), "{queued:?}");
    assert!(matches!(listed(&phone).await.as_slice(), [ListedDevice::Queued(queued)] if !queued.needs_you));
    // The app is gone and comes back: lists are readable, what is owed is still owed.
    phone.open().await.expect("it opens without a signal");
    assert!(matches!(listed(&phone).await.as_slice(), [ListedDevice::Queued(_)]));
    assert_eq!(phone.profile().sites().window(0, 10).await.expect("readable").items.len(), 1);
    phone.set_signal(true);
    phone.app().work(PATIENCE).await.expect("it works");
    see(&phone, |device| device.name == "Gate").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn device_without_daylight_saving_keeps_winter_time_also_when_it_is_renamed() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, camera().with_password(PASSWORD)).await;
    let phone = Phone::with_account(&cloud, EMAIL).await;
    let site = make_site(&phone, "House").await;
    let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
    let mut watch = AddingWatch::of(&flow);
    flow.read_text(SERIAL);
    flow.confirm_serial(SERIAL).await.expect("it was read");
    flow.edit_details(DetailsEdit::Name("Gate".into()));
    flow.edit_details(DetailsEdit::TimeZone("Europe/Berlin".into()));
    flow.edit_details(DetailsEdit::DaylightSaving(false));
    flow.add(known()).await.expect("good details");
    let added = adding::until_end(&mut watch, |_| {}).await;
    let AddDeviceState::Added { added: id, .. } = added else { panic!("{added:?}") };
    for name in ["Gate", "Front gate"] {
        phone.profile().devices().rename(id, name).await.expect("it is ours");
        assert!(device.wait_until(PATIENCE, |it| it.settings().is_some_and(|it| it.name == name)).await);
        let clock = device.settings().expect("it has some").clock;
        assert_eq!(
            (clock.zone.as_str(), clock.daylight_saving, clock.offset),
            ("Europe/Berlin", false, 3600)
        );
        assert_eq!((clock.changes.len(), clock.rule.as_str()), (0, "CET-1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn app_that_is_killed_while_adding_goes_on_with_the_same_claim() {
    let cloud = Cloud::start().await;
    for (run, delay) in [0_u64, 5, 20, 40, 60, 90, 120].into_iter().enumerate() {
        let email = format!("kim{run}@example.org");
        let name = format!("{MAKER}.LX4-0001{run}").parse().expect("a device name");
        let device =
            connect(&cloud, Options::new(name, "LX-4".parse().expect("a model")).with_password(PASSWORD))
                .await;
        let mut phone = Phone::with_account(&cloud, &email).await;
        let site = make_site(&phone, "House").await;
        let serial = device.name().serial.to_string();
        let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
        let mut watch = AddingWatch::of(&flow);
        flow.read_text(&serial);
        flow.confirm_serial(&serial).await.expect("it was read");
        flow.add(known()).await.expect_err("it has no name yet");
        flow.edit_details(DetailsEdit::Name("Gate".into()));
        flow.edit_details(DetailsEdit::TimeZone("UTC".into()));
        flow.edit_details(DetailsEdit::DaylightSaving(false));
        flow.add(known()).await.expect("good details");
        let adding = watch.until(|state| matches!(state, AddDeviceState::Adding { .. })).await;
        let AddDeviceState::Adding { claim, .. } = adding else { unreachable!() };
        tokio::time::sleep(Duration::from_millis(delay)).await;
        drop((flow, watch));
        phone.open().await.expect("it opens again");
        resume(&phone, claim).await;
        see(&phone, |device| device.name == "Gate" && !device.daylight_saving).await;
        assert_eq!(device.owner_claim(), Some(claim), "killed after {delay} ms");
    }
}

/// Goes on with a claim as a shell does that kept its id; one that is done already is not found.
async fn resume(phone: &Phone, claim: ClaimId) {
    if let Ok(flow) = phone.profile().resume_adding_device(claim).await {
        let end = adding::until_end(&mut AddingWatch::of(&flow), |_| {}).await;
        assert!(matches!(end, AddDeviceState::Added { .. }), "{end:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn first_password_by_the_button_needs_the_button() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, camera()).await;
    let phone = Phone::with_account(&cloud, EMAIL).await;
    let site = make_site(&phone, "House").await;
    let (flow, mut watch) = begin(&phone, site, new()).await;
    let refused = adding::until_end(&mut watch, |_| {}).await;
    let presence = AddDeviceFailure::PresenceRequired;
    assert!(
        matches!(&refused, AddDeviceState::Failed { failure, .. } if *failure == presence),
        "{refused:?}"
    );
    device.press_button();
    flow.try_again().await.expect("its remedy");
    let end = watch
        .until(|state| matches!(state, AddDeviceState::Added { .. } | AddDeviceState::Failed { .. }))
        .await;
    assert!(matches!(end, AddDeviceState::Added { .. }), "{end:?}");
    assert!(device.has_password());
}

#[tokio::test(flavor = "multi_thread")]
async fn label_of_another_device_is_noticed_by_its_fingerprint() {
    let cloud = Cloud::start().await;
    let _device = connect(&cloud, camera().with_password(PASSWORD)).await;
    let phone = Phone::with_account(&cloud, EMAIL).await;
    let site = make_site(&phone, "House").await;
    // A label with this serial, printed for another key: the cloud could not swap the device unnoticed.
    let forged = FieldDevice::build(camera());
    let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
    let mut watch = AddingWatch::of(&flow);
    // Exposed: it is the text of a label.
    flow.read_text(secrecy::ExposeSecret::expose_secret(&forged.label()));
    flow.confirm_serial(SERIAL).await.expect("it was read");
    flow.edit_details(DetailsEdit::Name("Gate".into()));
    flow.edit_details(DetailsEdit::TimeZone("UTC".into()));
    flow.add(known()).await.expect("good details");
    let end = adding::until_end(&mut watch, |_| {}).await;
    let wrong = AddDeviceFailure::WrongDeviceKey;
    assert!(matches!(&end, AddDeviceState::Failed { failure, .. } if *failure == wrong), "{end:?}");
}
