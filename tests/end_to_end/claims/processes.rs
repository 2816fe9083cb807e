//! Two processes of one service on one PostgreSQL: any of them serves any request, one of them holds a device.

use super::*;
use harness::database;

/// Two processes; the first holds the database's folder.
async fn two_processes() -> (Cloud, Cloud) {
    let database = database::postgres().await;
    let location = database.location.clone();
    let first = Cloud::start_with(Some(database), |_| {}).await;
    let key = first.settings.server_key.clone();
    let second = Cloud::start_with(None, |settings| {
        settings.database = location;
        settings.server_key = key;
    })
    .await;
    (first, second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claim_at_one_process_reaches_the_device_at_the_other() {
    let (here, there) = two_processes().await;
    let kim = Claimant::new(&here, "kim@example.org").await;
    let device = connected(&there, options().with_password(DEVICE_PASSWORD)).await;
    assert!(matches!(kim.add(&device, DEVICE_PASSWORD).await, ClaimState::Owned { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_connection_at_another_process_closes_the_first_within_a_second() {
    let (here, there) = two_processes().await;
    let mut options = options();
    options.key = harness::field_device::DeviceKey::generate();
    let first = connected(&here, options.clone()).await;
    // The same device once more: a copied key, or a socket that the device has forgotten.
    let mut second = FieldDevice::build(options);
    second.switch_on(&address(&there));
    assert!(second.wait_online(PATIENCE).await, "{:?}", second.last_loss());
    let began = std::time::Instant::now();
    while first.last_loss().is_none() {
        assert!(began.elapsed() < Duration::from_millis(1_500), "the first stayed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screens_see_a_device_go_and_come_back() {
    let (here, mut there) = two_processes().await;
    let kim = Claimant::new(&here, "kim@example.org").await;
    let mut device = connected(&there, options().with_password(DEVICE_PASSWORD)).await;
    let ClaimState::Owned { device: id } = kim.add(&device, DEVICE_PASSWORD).await else { panic!() };
    let path = format!("/v1/devices/{id}");
    let online = async |expected: bool| {
        for _ in 0..200 {
            if kim.api.get(&path).await.good()["online"] == expected {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    };
    device.switch_off();
    assert!(online(false).await);
    device.switch_on(&address(&there));
    assert!(online(true).await);
    there.pause().await;
    assert!(online(false).await, "its process stopped");
    device.switch_on(&address(&here));
    assert!(online(true).await);
}
