//! What the shells wait for, without a shell: a cold start until the list is there, and a camera's frame until its label
//! is outlined. The latter is one half of a pair: `tests/measure bindings` runs it and the same through Kotlin and JNA in
//! turns, and holds the median of the differences to a limit.

use crate::report::{Report, Sample};
use harness::cloud::Cloud;
use harness::phone::{MAKER, Phone};
use harness::pictures::{Luma, Shot, photograph_luma};
use porchlight_core::add_device::{SeenCode, ViewfinderListener};
use porchlight_core::words::Rotation;
use porchlight_protocol::SiteId;
use porchlight_protocol::devices::Section;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const WARMING_UP: usize = 100;
const FRAMES: usize = 300;
const DEVICES: u32 = 1_000;
const STARTS: usize = 30;
/// As the first device of the stage has, photographed alike; its key is another in each run, so the two sides read
/// frames that are alike, not the same.
const LABEL: &str = "PL1:LX4-00001:LX-4:GRZYKVEXCHRX9YD4:A8AV";

/// Runs it.
pub fn run() -> std::io::Result<()> {
    let starts = tokio::runtime::Runtime::new()?.block_on(async {
        let (cloud, mut phone, site) = signed_in().await;
        own_many(&cloud, site).await;
        start_again_and_again(&mut phone).await
    });
    let mut report = Report::new("bindings");
    report.row("cold open to the first window of 1,000 cached devices", &Sample::of(starts).figures());
    report.finish()
}

/// One half of a pair; the other is the same through Kotlin and JNA.
pub fn run_outlined() -> std::io::Result<()> {
    let frames = tokio::runtime::Runtime::new()?.block_on(async {
        let (_cloud, phone, site) = signed_in().await;
        read_frames(&phone, site).await
    });
    let mut report = Report::new("outlined");
    report.row("frame 1280 x 720 with a label, offered to outlined, Rust", &Sample::of(frames).figures());
    report.finish()
}

async fn signed_in() -> (Cloud, Phone, SiteId) {
    let cloud = Cloud::start_with(None, |settings| settings.requests_per_minute = 1_000_000).await;
    let phone = Phone::with_account(&cloud, "kim@example.org").await;
    let site = phone.profile().sites().make("Lake house", "", "Europe/Berlin").await.expect("a site");
    (cloud, phone, site.id)
}

#[derive(Debug)]
struct Outlined(mpsc::Sender<()>);

impl ViewfinderListener for Outlined {
    fn on_seen(&self, _: Vec<SeenCode>) {
        // The measurement is over.
        let _gone = self.0.send(());
    }
}

async fn read_frames(phone: &Phone, site: SiteId) -> Vec<Duration> {
    let flow = phone.profile().add_device(Section::Video, site).await.expect("the site is there");
    let (outlined, answers) = mpsc::channel();
    let scanner = flow.label_scanner(std::sync::Arc::new(Outlined(outlined)));
    let Luma { width, height, pixels } = photograph_luma(&[LABEL], &Shot::by_hand(7));
    let read = || {
        let begun = Instant::now();
        scanner.offer_frame(&pixels, width, height, width, Rotation::None);
        answers.recv_timeout(Duration::from_secs(5)).expect("the label is seen");
        begun.elapsed()
    };
    let durations = (0..WARMING_UP + FRAMES).map(|_| read());
    durations.skip(WARMING_UP).collect()
}

/// Gives the account devices, as if it had claimed them.
async fn own_many(cloud: &Cloud, site: SiteId) {
    sqlx::any::install_default_drivers();
    let url = cloud.settings.database.url().expect("a UTF-8 path");
    let database = sqlx::AnyPool::connect(&url).await.expect("the cloud's database");
    for number in 1..=DEVICES {
        let id = uuid::Uuid::now_v7().to_string();
        let serial = format!("LX4-{number:05}");
        sqlx::query(
            "INSERT INTO device (id, maker, serial, model, section, site_id, name, time_zone, daylight_saving, claim_id, \
             held_claim_id, settings_revision, settled_revision, zone_release, clock_made_at, started_at) \
             VALUES ($1, $2, $3, 'LX-4', 'video', $4, $5, 'Europe/Berlin', 1, $1, $1, 1, 1, '2026f', 0, 0)",
        )
        .bind(id)
        .bind(MAKER)
        .bind(&serial)
        .bind(site.to_string())
        .bind(format!("Camera {number}"))
        .execute(&database)
        .await
        .expect("a device of this site");
    }
}

async fn start_again_and_again(phone: &mut Phone) -> Vec<Duration> {
    let all = phone.profile().devices();
    all.refresh().await.expect("the cloud answers");
    let total = all.window(None, None, 0, 50).await.expect("it is read").total;
    assert_eq!(total, DEVICES, "the phone has them all");
    phone.connectivity.online.store(false, std::sync::atomic::Ordering::SeqCst);
    let mut durations = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        phone.kill();
        let begun = Instant::now();
        phone.open().await.expect("it opens without a network");
        let window = phone.profile().devices().window(None, None, 0, 50).await.expect("the cache is read");
        assert_eq!(window.items.len(), 50);
        durations.push(begun.elapsed());
    }
    durations
}
