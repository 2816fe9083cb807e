//! The cloud is killed in each state of a claim, and started again: the device is added, once, without anybody's doing.

use crate::stage::{PATIENCE, begin, cloud, connect, phone};
use harness::cloud_process::CloudProcess;
use harness::field_device::{FieldDevice, Stage};
use harness::phone::Phone;
use porchlight_core::add_device::DevicePassword;
use porchlight_core::devices::ListedDevice;
use secrecy::ExposeSecret as _;
use std::time::Duration;

const PASSWORD: &str = "gate camera 7";

/// When the cloud dies.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after "Add".
    After(Duration),
    /// When the device has heard this.
    Heard(Stage),
}

/// Every moment of a claim: before and after each of its states, and whatever lies between.
const MOMENTS: [Moment; 9] = [
    Moment::After(Duration::ZERO),
    Moment::Heard(Stage::Claim),
    Moment::Heard(Stage::Proof),
    Moment::Heard(Stage::Bind),
    Moment::After(Duration::from_millis(3)),
    Moment::After(Duration::from_millis(10)),
    Moment::After(Duration::from_millis(30)),
    Moment::After(Duration::from_millis(60)),
    Moment::After(Duration::from_millis(100)),
];

async fn wait_for(moment: Moment, device: &FieldDevice) {
    match moment {
        Moment::After(time) => tokio::time::sleep(time).await,
        Moment::Heard(stage) => {
            assert!(device.wait_until(PATIENCE, |it| it.received(stage) > 0).await, "{stage:?}");
        }
    }
}

/// Waits until the phone's list holds the device, added.
async fn see(phone: &Phone, moment: Moment, cloud: &CloudProcess) {
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut items = Vec::new();
    while tokio::time::Instant::now() < until {
        items = phone.profile().devices().window(None, None, 0, 50).await.expect("readable").items;
        if matches!(items.as_slice(), [ListedDevice::Added(_)]) {
            return;
        }
        // What a phone's job scheduler does.
        phone.app().work(Duration::from_secs(1)).await.expect("it works");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("killed {moment:?}: {items:?}\n{}", cloud.log());
}

async fn kill_in_each_state(email: &str, prefix: &str, first_password: bool) {
    let mut cloud = cloud().await;
    for (run, moment) in MOMENTS.into_iter().enumerate() {
        let serial = format!("{prefix}-{run:04}");
        let device = connect(&cloud, &serial, |options| {
            if first_password { options.with_new_claim_code() } else { options.with_password(PASSWORD) }
        })
        .await;
        let (phone, site) = phone(&cloud, &format!("{run}{email}")).await;
        let password = if first_password {
            DevicePassword::New { password: PASSWORD.into(), again: PASSWORD.into(), claim_code: None }
        } else {
            DevicePassword::Known(PASSWORD.into())
        };
        // Exposed: it is read off the device.
        let _flow = begin(&phone, site, device.label().expose_secret(), &serial, password).await;
        wait_for(moment, &device).await;
        cloud.kill();
        tokio::time::sleep(Duration::from_millis(50)).await;
        cloud.resume().await;
        see(&phone, moment, &cloud).await;
        let bound = |it: &FieldDevice| it.owner_claim().is_some() && it.has_password();
        assert!(device.wait_until(PATIENCE, bound).await, "killed {moment:?}: the device does not know");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cloud_killed_in_any_state_of_a_claim_adds_the_device_all_the_same() {
    kill_in_each_state("kim@example.org", "LX4", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cloud_killed_while_a_first_password_is_set_adds_the_device_all_the_same() {
    kill_in_each_state("ana@example.org", "DR1", true).await;
}
