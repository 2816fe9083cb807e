//! A claim from "Add" to "Added": the phone's core, the cloud on SQLite, a connected device, all in this process, over
//! loopback. The password is stretched by Argon2id as on a phone (19 MiB, two passes, one lane).

use crate::report::{Report, Sample};
use harness::cloud::Cloud;
use harness::field_device::{CloudAddress, FieldDevice, Options, inventory_file};
use harness::phone::{AddingWatch, MAKER, Phone, adding};
use porchlight_core::add_device::{AddDeviceState, DetailsEdit, DevicePassword};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{DeviceId, SiteId};
use std::time::{Duration, Instant};

const RUNS: usize = 200;
const PASSWORD: &str = "gate camera 7";

/// Runs it.
pub fn run() -> std::io::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let durations = runtime.block_on(claim_again_and_again());
    let mut report = Report::new("claim");
    report.row("add to added, Argon2id 19 MiB t=2 p=1 included", &Sample::of(durations).figures());
    report.at_most("p50_ms", 150.0);
    report.at_most("p99_ms", 500.0);
    report.finish()
}

async fn claim_again_and_again() -> Vec<Duration> {
    let cloud = Cloud::start_with(None, |settings| settings.requests_per_minute = 1_000_000).await;
    let name = format!("{MAKER}.LX4-00017").parse().expect("a device name");
    let options = Options::new(name, "LX-4".parse().expect("a model")).with_password(PASSWORD);
    let mut device = FieldDevice::build(options);
    cloud.add_inventory(&inventory_file([&device])).await;
    let link_host = cloud.settings.link_host.clone();
    device.switch_on(&CloudAddress::plain(cloud.http(), cloud.mqtt(), link_host));
    assert!(device.wait_online(Duration::from_secs(5)).await, "the device connects");
    let phone = Phone::with_account(&cloud, "kim@example.org").await;
    let site = phone.profile().sites().make("Lake house", "", "Europe/Berlin").await.expect("a site");
    let mut durations = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let (took, added) = claim(&phone, site.id).await;
        durations.push(took);
        phone.profile().devices().release(added).await.expect("the owner releases");
        let forgot = device.wait_until(Duration::from_secs(5), |device| device.owner_claim().is_none()).await;
        assert!(forgot, "the device forgets its owner");
    }
    durations
}

async fn claim(phone: &Phone, site: SiteId) -> (Duration, DeviceId) {
    let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
    let mut watch = AddingWatch::of(&flow);
    flow.read_text("LX4-00017");
    flow.confirm_serial("LX4-00017").await.expect("it was read");
    flow.edit_details(DetailsEdit::Name("Gate".into()));
    let begun = Instant::now();
    flow.add(DevicePassword::Known(PASSWORD.into())).await.expect("good details");
    match adding::until_end(&mut watch, |_| {}).await {
        AddDeviceState::Added { added, .. } => (begun.elapsed(), added),
        other => panic!("{other:?}"),
    }
}
