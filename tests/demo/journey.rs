//! The journey: two people, four devices, everything that should work, and what a person reads when it does not.

use crate::installer;
use crate::screen;
use crate::telling::Telling;
use harness::cloud::Cloud;
use harness::field_device::{CloudAddress, FieldDevice, Options, inventory_file};
use harness::phone::{AddingWatch, MAKER, Phone};
use harness::pictures::{Shot, photograph};
use porchlight_core::add_device::{
    AddDeviceFailure, AddDeviceFlow, AddDeviceState, DetailsEdit, DevicePassword,
};
use porchlight_core::devices::ListedDevice;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{DeviceName, SiteId};
use secrecy::ExposeSecret as _;
use std::time::Duration;

/// Who signs in; all with the harness's password.
pub const EMAILS: [&str; 2] = ["kim@example.org", "ana@example.org"];

/// How long the demo's cloud waits for a device: people get two minutes.
const CLAIM_WINDOW: Duration = Duration::from_secs(2);

const GATE_PASSWORD: &str = "gate camera 7";
const SHED_PASSWORD: &str = "shed sensor 3";
const BOATHOUSE_PASSWORD: &str = "boathouse camera 5";

/// What is left standing.
pub struct Stage {
    pub cloud: Cloud,
    _devices: Vec<FieldDevice>,
}

struct Home {
    phone: Phone,
    site: SiteId,
}

/// Plays it.
pub async fn play(telling: &mut Telling) -> Stage {
    telling.chapter("The cloud and the devices");
    telling.step("The cloud starts on SQLite in a fresh folder");
    let cloud = Cloud::start_with(None, |settings| settings.claim_window = CLAIM_WINDOW).await;
    telling.expect(true, format!("API at {}, devices at {}", cloud.url(""), cloud.mqtt()));
    telling.step("Four devices get power; a fifth stays in its box");
    let gate = FieldDevice::build(options("LX4-00017", "LX-4").with_password(GATE_PASSWORD));
    let door = FieldDevice::build(options("DR1-00052", "DR-1").with_new_claim_code());
    let shed = FieldDevice::build(options("SN1-00311", "SN-1").with_password(SHED_PASSWORD));
    let boathouse = FieldDevice::build(options("LX4-00023", "LX-4").with_password(BOATHOUSE_PASSWORD));
    let boxed = FieldDevice::build(options("LX4-00099", "LX-4").with_password("in its box"));
    let added = cloud.add_inventory(&inventory_file([&gate, &door, &shed, &boathouse, &boxed])).await;
    let address = CloudAddress::plain(cloud.http(), cloud.mqtt(), cloud.settings.link_host.clone());
    let mut devices = vec![gate, door, shed, boathouse];
    let mut online = true;
    for device in &mut devices {
        device.switch_on(&address);
        online &= device.wait_online(Duration::from_secs(5)).await;
    }
    telling.expect(online && added == 5, "four are connected; the cloud knows of five");

    telling.chapter("Kim sets up a home");
    telling.step("Registers with the code from the mail, and signs in");
    let kim = Phone::with_account(&cloud, EMAILS[0]).await;
    telling.expect(true, format!("signed in as {}", EMAILS[0]));
    telling.step("Makes a site");
    let site = kim.profile().sites().make("Lake house", "Shore road 3", "Europe/Berlin").await;
    telling.expect(site.is_ok(), "Lake house, Europe/Berlin");
    let Ok(site) = site else { return Stage { cloud, _devices: devices } };
    let mut home = Home { phone: kim, site: site.id };
    add_by_picture(telling, &home, &devices[0]).await;
    add_by_serial(telling, &home, &devices[1]).await;
    list(telling, &home, 2).await;
    send_twice(telling, &mut home, &devices[2]).await;

    telling.chapter("What goes wrong, and what Kim or Ana reads");
    let wrong = try_typed(telling, &home, "LX4-00017", "LX-4", "not the password", "A wrong password").await;
    let good =
        matches!(wrong, AddDeviceState::Failed { failure: AddDeviceFailure::WrongPassword { .. }, .. });
    telling.expect(good, screen::words(&wrong));
    let absent =
        try_typed(telling, &home, "LX4-00099", "LX-4", "in its box", "A device that is not connected").await;
    let good = matches!(absent, AddDeviceState::Failed { failure: AddDeviceFailure::NoAnswer, .. });
    telling.expect(good, screen::words(&absent));
    telling.note(format!("(this demo's cloud waits {} s; people get 2 minutes)", CLAIM_WINDOW.as_secs()));
    let again =
        try_typed(telling, &home, "LX4-00017", "LX-4", GATE_PASSWORD, "A device that Kim has already").await;
    let good = matches!(again, AddDeviceState::Failed { failure: AddDeviceFailure::AlreadyYours { .. }, .. });
    telling.expect(good, screen::words(&again));
    let ana = somebody_elses(telling, &cloud).await;
    list(telling, &home, 3).await;
    if let Some(ana) = ana {
        let parts = installer::Parts {
            cloud: &cloud,
            kim: &home.phone,
            kims_email: EMAILS[0],
            ana,
            anas_email: EMAILS[1],
            site: home.site,
            device: (&devices[3], BOATHOUSE_PASSWORD),
        };
        if installer::play(telling, parts).await.is_some() {
            list(telling, &home, 4).await;
        }
    }
    Stage { cloud, _devices: devices }
}

fn options(serial: &str, model: &str) -> Options {
    let device =
        DeviceName { maker: MAKER.parse().expect("a maker"), serial: serial.parse().expect("a serial") };
    Options::new(device, model.parse().expect("a model"))
}

async fn open(telling: &Telling, home: &Home, section: Section) -> (AddDeviceFlow, AddingWatch) {
    telling.screen(format!("{}: +", screen::section_words(section)));
    let flow = home.phone.profile().add_device(section, home.site).await.expect("the site is there");
    let watch = AddingWatch::of(&flow);
    (flow, watch)
}

async fn add_by_picture(telling: &mut Telling, home: &Home, device: &FieldDevice) {
    telling.chapter("Kim adds the gate's camera by its label");
    // Exposed: the label is printed on the device, and photographed.
    let picture = photograph(device.label().expose_secret(), &Shot::by_hand(7));
    let file = tempfile::Builder::new().prefix("label-").suffix(".png").tempfile().expect("a temporary file");
    std::fs::write(&file, &picture).expect("it was just made");
    let place = file.path().display();
    telling.step(format!(
        "Chooses the section, and reads the label from {place}: turned, in perspective, with noise"
    ));
    let (flow, mut watch) = open(telling, home, Section::Video).await;
    let bytes = std::fs::read(&file).expect("it was just written");
    let read = flow.read_picture(bytes).await;
    let confirmed = flow.confirm_serial(device.name().serial.as_str()).await;
    telling.expect(read.is_ok() && confirmed.is_ok(), format!("serial {}, confirmed", device.name().serial));
    finish(telling, &flow, &mut watch, "Gate", DevicePassword::Known(GATE_PASSWORD.into())).await;
}

async fn add_by_serial(telling: &mut Telling, home: &Home, device: &FieldDevice) {
    telling.chapter("Kim adds the door by typing its serial; it has no password yet");
    telling.step("Chooses the section, and types the serial in small letters, with a space");
    let (flow, mut watch) = open(telling, home, Section::Access).await;
    let typed = device.name().serial.as_str().to_lowercase().replace('-', "- ");
    flow.read_text(&typed);
    let confirmed = flow.confirm_serial(device.name().serial.as_str()).await;
    telling.expect(confirmed.is_ok(), format!("serial {}, confirmed", device.name().serial));
    let password = "first of the door".to_owned();
    let password = DevicePassword::New {
        password: password.clone().into(),
        again: password.into(),
        claim_code: device.claim_code().map(|code| code.secret().clone()),
    };
    telling
        .note("gives it a first password, and types the claim code that stands under the code on its label");
    finish(telling, &flow, &mut watch, "Door", password).await;
    telling.step("The device itself");
    let settings = device.settings();
    let good = settings.as_ref().is_some_and(|s| s.name == "Door" && s.clock.rule.starts_with("CET"));
    let told = settings.map_or("has no settings".into(), |s| {
        format!("knows its name and {} clock changes, then {}", s.clock.changes.len(), s.clock.rule)
    });
    telling.expect(good && device.has_password(), told);
}

/// The claim leaves twice: the app is gone right after it was sent, and sends it again when it comes back. Its id is its
/// idempotency key, so that it counts once.
async fn send_twice(telling: &mut Telling, home: &mut Home, device: &FieldDevice) {
    telling.chapter("Kim adds the shed's sensor, taps \"Add\" twice, and the app is killed while it waits");
    telling.step(format!("Types {}, and taps twice", device.name().serial));
    let (flow, mut watch) = open(telling, home, Section::Sensor).await;
    flow.read_text(device.name().serial.as_str());
    if let Err(error) = flow.confirm_serial(device.name().serial.as_str()).await {
        telling.expect(false, format!("{error:?}"));
        return;
    }
    flow.edit_details(DetailsEdit::Name("Shed".into()));
    let tap = || flow.add(DevicePassword::Known(SHED_PASSWORD.into()));
    let (first, second) = tokio::join!(tap(), tap());
    let once = first.is_ok() != second.is_ok();
    telling.expect(once, "the first tap counts, the second finds a screen that has moved on");
    telling.step("The app is killed, opens again, and sends the claim once more");
    let adding = watch.until(|state| matches!(state, AddDeviceState::Adding { .. })).await;
    let AddDeviceState::Adding { claim, .. } = adding else { return telling.expect(false, "no claim") };
    drop((flow, watch));
    if let Err(error) = home.phone.open().await {
        return telling.expect(false, format!("{error:?}"));
    }
    let end = match home.phone.profile().resume_adding_device(claim).await {
        Ok(flow) => screen::watch(telling, &mut AddingWatch::of(&flow)).await,
        Err(error) => return telling.expect(false, format!("{error:?}")),
    };
    let added = matches!(end, AddDeviceState::Added { .. }) && device.owner_claim() == Some(claim);
    telling.expect(added, format!("{} By one claim.", screen::words(&end)));
}

pub async fn finish(
    telling: &mut Telling,
    flow: &AddDeviceFlow,
    watch: &mut AddingWatch,
    name: &str,
    password: DevicePassword,
) {
    telling.step(format!("Calls it {name}, time zone Europe/Berlin with daylight saving, and adds it"));
    flow.edit_details(DetailsEdit::Name(name.into()));
    let filled_in =
        |state: &AddDeviceState| matches!(state, AddDeviceState::Details { form, .. } if form.name == name);
    if let AddDeviceState::Details { form, clock_changes, .. } = watch.until(filled_in).await {
        telling.screen(screen::clock_words(&form.time_zone, &clock_changes));
    }
    let asked = flow.add(password).await;
    if let Err(error) = asked {
        telling.expect(false, format!("{error:?}"));
        return;
    }
    let end = screen::watch(telling, watch).await;
    telling.expect(matches!(end, AddDeviceState::Added { .. }), screen::words(&end));
}

async fn try_typed(
    telling: &mut Telling,
    home: &Home,
    serial: &str,
    model: &str,
    password: &str,
    what: &str,
) -> AddDeviceState {
    telling.step(format!("{what}: {serial} ({model})"));
    let (flow, mut watch) = open(telling, home, Section::Video).await;
    let steps = async {
        flow.read_text(serial);
        flow.confirm_serial(serial).await?;
        flow.edit_details(DetailsEdit::Name("Another".into()));
        flow.add(DevicePassword::Known(password.into())).await
    };
    if let Err(error) = steps.await {
        telling.note(format!("{error:?}"));
        return AddDeviceState::Ended;
    }
    let end = screen::watch(telling, &mut watch).await;
    // The person leaves the screen; what failed is not kept. A flow that ended already has nothing to give up.
    let _left = flow.cancel().await;
    end
}

/// The other person's phone, for what follows.
async fn somebody_elses(telling: &mut Telling, cloud: &Cloud) -> Option<Phone> {
    telling.step("Ana registers, makes a site");
    let ana = Phone::with_account_of(cloud, EMAILS[1], ["Ana", "Ruiz"]).await;
    let site = ana.profile().sites().make("Office", "", "Europe/Vienna").await;
    telling.expect(site.is_ok(), format!("signed in as {}", EMAILS[1]));
    let site = site.ok()?;
    let office = Home { phone: ana, site: site.id };
    let theirs =
        try_typed(telling, &office, "LX4-00017", "LX-4", GATE_PASSWORD, "Somebody else's device").await;
    let good = matches!(theirs, AddDeviceState::Failed { failure: AddDeviceFailure::BelongsToAnother, .. });
    telling.expect(good, screen::words(&theirs));
    telling.step("Kim is told by mail that somebody tried");
    let mail = cloud.mail_to(EMAILS[0], 1).await;
    telling.expect(!mail.subject.is_empty(), format!("\"{}\"", mail.subject));
    Some(office.phone)
}

async fn list(telling: &mut Telling, home: &Home, expected: usize) {
    telling.step("The list of devices");
    let window = home.phone.profile().devices().window(None, Some(home.site), 0, 50).await;
    let items = window.map(|window| window.items).unwrap_or_default();
    for item in &items {
        match item {
            ListedDevice::Added(device) => {
                let online = if device.online { "online" } else { "offline" };
                telling.screen(format!("{}  {}  {}  {online}", device.name, device.model, device.serial));
            }
            ListedDevice::Queued(device) => telling.screen(format!("{}  queued", device.name)),
        }
    }
    telling.expect(items.len() == expected, format!("{} devices", items.len()));
}
