//! The same channel under TLS.

use super::{Device, VERSIONS, finish, said};
use harness::cloud::Cloud;
use harness::field_device::{Clock, CloudAddress, FieldDevice, Options};
use porchlight_cloud::settings::TlsFiles;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

async fn cloud_with_tls() -> Cloud {
    Cloud::start_with(None, |settings| {
        settings.mqtt_tls =
            Some(TlsFiles { certificates: fixture("localhost.pem"), key: fixture("localhost.key") });
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_connect_over_tls_and_not_without_it() {
    let cloud = cloud_with_tls().await;
    let device = Device::listed(&cloud).await;
    let (authority, topic) = (fixture("authority.pem").display().to_string(), device.topic("up/settled"));
    for version in VERSIONS {
        let more = ["-m", "{}", "-q", "1", "--cafile", authority.as_str()];
        let mut command = device.client("mosquitto_pub", &cloud, version, &device.token());
        // The certificate names the host, not its address.
        let output = finish(command.args(["-t", &topic, "-h", "localhost"]).args(more)).await;
        assert!(output.status.success(), "{version}: {}", said(&output));
        let plain = device.publish(&cloud, version, &topic, &["-m", "{}", "-q", "1"]).await;
        assert!(!plain.status.success(), "{version} without TLS");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn field_device_connects_over_tls() {
    let cloud = cloud_with_tls().await;
    let mut options = Options::new("acme.TLS-0001".parse().unwrap(), "CAM".parse().unwrap());
    options.clock = Clock::Battery;
    let mut device = FieldDevice::build(options);
    super::list(&cloud, &device.inventory_line()).await;
    let mut address = CloudAddress::plain(cloud.http(), cloud.mqtt(), cloud.settings.link_host.clone());
    address.mqtt_host = "localhost".to_owned();
    address.roots = Some(std::fs::read(fixture("authority.pem")).unwrap());
    device.switch_on(&address);
    assert!(device.wait_online(Duration::from_secs(5)).await, "{:?}", device.last_loss());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_instead_of_a_handshake_is_closed_after_ten_seconds() {
    let cloud = cloud_with_tls().await;
    let mut stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
    let began = Instant::now();
    assert!(super::wire::is_closed_within(&mut stream, Duration::from_secs(13)).await);
    assert!(began.elapsed() > Duration::from_secs(9), "{:?}", began.elapsed());
}
