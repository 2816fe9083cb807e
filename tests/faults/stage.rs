//! A cloud that can be killed, a phone and devices that look for it again.

use harness::cloud_process::CloudProcess;
use harness::field_device::{FieldDevice, Options, inventory_file};
use harness::phone::{MAKER, Phone};
use porchlight_core::add_device::{AddDeviceFlow, DetailsEdit, DevicePassword};
use porchlight_protocol::SiteId;
use porchlight_protocol::devices::Section;
use std::time::Duration;

/// How long anything may take that follows a kill.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Short enough for a test, long enough for a restart.
const CLAIM_WINDOW_SECONDS: u32 = 10;

/// Starts the cloud.
pub async fn cloud() -> CloudProcess {
    CloudProcess::start(env!("CARGO_BIN_EXE_cloud_process"), CLAIM_WINDOW_SECONDS).await
}

/// A device that the cloud knows, connected.
pub async fn connect(
    cloud: &CloudProcess,
    serial: &str,
    change: impl FnOnce(Options) -> Options,
) -> FieldDevice {
    let name = format!("{MAKER}.{serial}").parse().expect("a device name");
    let mut device = FieldDevice::build(change(Options::new(name, "LX-4".parse().expect("a model"))));
    cloud.add_inventory(&inventory_file([&device]));
    device.switch_on(&cloud.address());
    assert!(device.wait_online(PATIENCE).await, "{:?}", device.last_loss());
    device
}

/// A phone that is signed in, and its site.
pub async fn phone(cloud: &CloudProcess, email: &str) -> (Phone, SiteId) {
    let phone = Phone::for_address(cloud.http(), cloud.link_host()).await;
    phone.register_by(email, ["Kim", "Lee"], || cloud.mails()).await;
    phone.sign_in(email).await.expect("the account is there");
    let site = phone.profile().sites().make("House", "", "Europe/Berlin").await.expect("a site");
    (phone, site.id)
}

/// Fills everything in and taps "Add".
pub async fn begin(
    phone: &Phone,
    site: SiteId,
    label: &str,
    serial: &str,
    password: DevicePassword,
) -> AddDeviceFlow {
    let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
    flow.read_text(label);
    flow.confirm_serial(serial).await.expect("it was read");
    flow.edit_details(DetailsEdit::Name("Gate".into()));
    flow.add(password).await.expect("good details");
    flow
}
