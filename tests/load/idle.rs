//! A thousand connected devices that do nothing: memory of the cloud, which runs as a process of its own on SQLite.

use crate::report::Report;
use harness::cloud_process::CloudProcess;
use harness::field_device::{Clock, FieldDevice, Options, inventory_file};
use harness::phone::MAKER;
use std::time::{Duration, Instant};

const DEVICES: usize = 1_000;
const SETTLING: Duration = Duration::from_secs(5);

/// Runs it.
pub fn run() -> std::io::Result<()> {
    let program = std::env::current_exe()?.with_file_name("cloud_process");
    tokio::runtime::Runtime::new()?.block_on(measure(&program.to_string_lossy()))
}

async fn measure(program: &str) -> std::io::Result<()> {
    let cloud = CloudProcess::start(program, 120).await;
    let mut devices: Vec<FieldDevice> = (0..DEVICES).map(build).collect();
    cloud.add_inventory(&inventory_file(&devices));
    tokio::time::sleep(SETTLING).await;
    let before = cloud.resident_kilobytes();
    let begun = Instant::now();
    for device in &mut devices {
        device.switch_on(&cloud.address());
    }
    let mut online = 0;
    for device in &devices {
        online += usize::from(device.wait_online(Duration::from_secs(60)).await);
    }
    let took = begun.elapsed();
    tokio::time::sleep(SETTLING).await;
    let after = cloud.resident_kilobytes();
    let mut report = Report::new("idle");
    let figures = [
        ("devices", DEVICES.into()),
        ("online", online.into()),
        ("connecting_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX).into()),
        ("cloud_without_kib", before.into()),
        ("cloud_with_kib", after.into()),
        ("kib_a_device", (after.saturating_sub(before) as f64 / DEVICES as f64).into()),
    ];
    report.row("resident memory of the cloud", &figures);
    report.at_least("online", DEVICES as f64);
    report.finish()
}

fn build(number: usize) -> FieldDevice {
    let name = format!("{MAKER}.IDLE-{number:04}").parse().expect("a device name");
    let mut options = Options::new(name, "LX-4".parse().expect("a model"));
    options.clock = Clock::Battery;
    options.keep_alive_seconds = 60;
    FieldDevice::build(options)
}
