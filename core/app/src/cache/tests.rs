//! The cache and its file: whatever happens to the file, never a row that was not told.

use super::*;
use crate::testing::{ACCOUNT, SITE, device, id, site};
use proptest::prelude::*;
use serde_json::json;
use std::path::Path;
use tempfile::TempDir;

struct Files {
    folder: TempDir,
    key: Arc<SealKey>,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: Arc::new(SealKey::generate()) }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("cache.db")
    }

    fn reports(&self) -> Arc<Reports> {
        Arc::new(Reports::open(self.folder.path()))
    }

    async fn open_for(&self, account: &str) -> Cache {
        Cache::open(self.path(), self.key.clone(), account.parse().unwrap(), self.reports()).await
    }

    async fn open(&self) -> Cache {
        self.open_for(ACCOUNT).await
    }
}

fn a_site(number: u32, name: &str) -> Site {
    serde_json::from_value(site(&id(number), name)).unwrap()
}

fn a_device(number: u32, name: &str) -> Device {
    serde_json::from_value(device(&id(number), name)).unwrap()
}

fn site_names(cache: &Cache) -> Vec<String> {
    cache.sites(0, 1000).items.into_iter().map(|site| site.name).collect()
}

fn device_names(cache: &Cache) -> Vec<String> {
    cache.devices(0, 1000, |_| true).items.into_iter().map(|device| device.name).collect()
}

/// Three sites and four devices, closed.
async fn filled(files: &Files) {
    let cache = files.open().await;
    let sites = vec![a_site(1, "Lake house"), a_site(2, "attic"), a_site(3, "Zoo")];
    let devices = (1..=4).map(|number| a_device(number, &format!("Gate {number}"))).collect();
    cache.replace(Lists { sites, devices, ..Lists::default() }, "0.5".into(), cache.version(), 10).await;
    cache.apply(vec![Step::put(a_device(2, "Door"))], Some("0.6".into()), 20).await;
    cache.apply(vec![Step::Drop(Table::Device, a_device(3, "").id.0)], None, 30).await;
    cache.close().await;
}

#[tokio::test]
async fn what_was_told_is_there_in_the_next_process() {
    let files = Files::new();
    filled(&files).await;
    let cache = files.open().await;
    assert_eq!(site_names(&cache), ["attic", "Lake house", "Zoo"]);
    assert_eq!(device_names(&cache), ["Door", "Gate 1", "Gate 4"]);
    assert_eq!(cache.cursor().as_deref(), Some("0.6"));
    let part = cache.devices(1, 1, |_| true);
    assert_eq!(
        (part.items[0].name.as_str(), part.total, part.as_of, part.connection),
        ("Gate 1", 3, Some(30), Connection::Connecting)
    );
    assert!(files.reports().export().is_empty());
}

#[tokio::test]
async fn window_counts_only_what_it_shows() {
    let files = Files::new();
    filled(&files).await;
    let cache = files.open().await;
    let part = cache.devices(0, 10, |device| device.name.starts_with("Gate"));
    assert_eq!((part.items.len(), part.total), (2, 2));
    let elsewhere = cache.devices(0, 10, |device| device.site.to_string() != SITE);
    assert_eq!((elsewhere.items.len(), elsewhere.total), (0, 0));
    assert_eq!(cache.sites(3, 10).items.len(), 0);
    assert_eq!(cache.sites(2, u32::MAX).items.len(), 1);
}

#[tokio::test]
async fn another_account_and_another_key_see_nothing_of_it() {
    for (account, key) in [(SITE, None), (ACCOUNT, Some(SealKey::generate()))] {
        let mut files = Files::new();
        filled(&files).await;
        files.key = key.map_or(files.key.clone(), Arc::new);
        let cache = files.open_for(account).await;
        assert_eq!((site_names(&cache).len(), cache.cursor()), (0, None));
        // And it works from now on.
        cache
            .replace(
                Lists { sites: vec![a_site(9, "New")], devices: vec![], ..Lists::default() },
                "0.9".into(),
                cache.version(),
                90,
            )
            .await;
        cache.close().await;
        assert_eq!(site_names(&files.open_for(account).await), ["New"]);
    }
}

#[tokio::test]
async fn file_of_a_newer_app_is_made_anew() {
    let files = Files::new();
    filled(&files).await;
    let raw = rusqlite::Connection::open(files.path()).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let cache = files.open().await;
    assert_eq!((site_names(&cache).len(), cache.cursor()), (0, None));
    assert!(files.reports().export().contains("cache.db: of a newer version"));
}

#[tokio::test]
async fn list_is_read_again_after_an_update_of_the_app() {
    let files = Files::new();
    filled(&files).await;
    let raw = rusqlite::Connection::open(files.path()).unwrap();
    let sealed: Vec<u8> = raw.query_row("SELECT sealed FROM head", [], |row| row.get(0)).unwrap();
    let head = files.key.open("cache.head", b"", &sealed).unwrap();
    let mut head: serde_json::Value = serde_json::from_slice(&head).unwrap();
    head["written_by"] = json!("0.0.1");
    head["of_the_future"] = json!(1);
    let sealed = files.key.seal("cache.head", b"", head.to_string().as_bytes());
    raw.execute("UPDATE head SET sealed = ?1", [sealed]).unwrap();
    drop(raw);
    let cache = files.open().await;
    assert_eq!((site_names(&cache).len(), cache.cursor()), (3, None));
}

/// Damages that open as SQLite: the digest must notice what no seal can.
#[tokio::test]
async fn missing_row_and_old_row_are_noticed() {
    let damages: [fn(&rusqlite::Connection, Vec<u8>); 5] = [
        |raw, _| drop(raw.execute("DELETE FROM device WHERE id IN (SELECT id FROM device LIMIT 1)", [])),
        |raw, _| drop(raw.execute("DELETE FROM site", [])),
        |raw, _| drop(raw.execute("DELETE FROM head", [])),
        |raw, old| {
            drop(raw.execute("UPDATE site SET sealed = ?1 WHERE id = (SELECT min(id) FROM site)", [old]))
        },
        |raw, _| drop(raw.execute_batch("DROP TABLE device")),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let files = Files::new();
        let cache = files.open().await;
        cache
            .replace(
                Lists {
                    sites: vec![a_site(1, "Old name")],
                    devices: vec![a_device(1, "Gate")],
                    ..Lists::default()
                },
                "0.1".into(),
                cache.version(),
                1,
            )
            .await;
        let raw = rusqlite::Connection::open(files.path()).unwrap();
        let old = raw.query_row("SELECT sealed FROM site", [], |row| row.get(0)).unwrap();
        cache.apply(vec![Step::put(a_site(1, "New name"))], None, 2).await;
        cache.close().await;
        damage(&raw, old);
        drop(raw);
        let cache = files.open().await;
        assert_eq!(
            (cache.cursor(), site_names(&cache).len(), device_names(&cache).len()),
            (None, 0, 0),
            "{number}"
        );
    }
}

#[tokio::test]
async fn answer_does_not_undo_what_the_feed_brought_meanwhile() {
    let files = Files::new();
    filled(&files).await;
    let cache = files.open().await;
    let since = cache.version();
    cache.apply(vec![Step::put(a_site(1, "By another phone"))], None, 40).await;
    cache.apply(vec![Step::Drop(Table::Site, a_site(2, "").id.0)], None, 41).await;
    cache.answered(Step::put(a_site(1, "By us, earlier")), since).await;
    cache.answered(Step::put(a_site(2, "By us, before it went")), since).await;
    cache.answered(Step::put(a_site(4, "Made by us")), since).await;
    assert_eq!(site_names(&cache), ["By another phone", "Made by us", "Zoo"]);
    cache.answered(Step::put(a_site(1, "By us, later")), cache.version()).await;
    assert_eq!(site_names(&cache), ["By us, later", "Made by us", "Zoo"]);
}

#[tokio::test]
async fn full_disk_is_readable_and_caught_up_with_later() {
    let files = Files::new();
    filled(&files).await;
    let cache = files.open().await;
    let store = cache.lock().file.store().unwrap();
    let limit = |pages: u32| {
        let store = store.clone();
        async move {
            let set = store.write(move |transaction| {
                let pragma = format!("PRAGMA max_page_count = {pages}");
                Ok(transaction.query_row(&pragma, [], |_| Ok(()))?)
            });
            set.await.unwrap();
        }
    };
    limit(1).await;
    let many = |from: u32| (from..from + 200).map(|number| Step::put(a_site(number, "Many"))).collect();
    cache.apply(many(100), Some("0.7".into()), 50).await;
    assert!(files.reports().export().contains("cache.db: the disk is full"), "{}", files.reports().export());
    assert_eq!(cache.sites(0, 1).total, 203);
    limit(1_000_000).await;
    cache.apply(vec![Step::Drop(Table::Site, a_site(3, "").id.0)], Some("0.8".into()), 60).await;
    cache.close().await;
    let cache = files.open().await;
    assert_eq!((cache.sites(0, 1).total, cache.cursor().as_deref()), (202, Some("0.8")));
}

/// Everything the file may say after a damage: all that was told, or nothing and no cursor.
async fn says_all_or_nothing(files: &Files) -> bool {
    let cache = files.open().await;
    let said = (site_names(&cache), device_names(&cache), cache.cursor());
    cache.close().await;
    match said {
        (sites, devices, Some(cursor)) => {
            sites == ["attic", "Lake house", "Zoo"]
                && devices == ["Door", "Gate 1", "Gate 4"]
                && cursor == "0.6"
        }
        (sites, devices, None) => sites.is_empty() && devices.is_empty(),
    }
}

#[tokio::test]
async fn lists_that_were_asked_for_before_a_change_of_ours_do_not_undo_it() {
    let files = Files::new();
    let cache = files.open().await;
    cache
        .replace(
            Lists { sites: vec![a_site(1, "House")], devices: vec![a_device(1, "Gate")], ..Lists::default() },
            "0.1".into(),
            cache.version(),
            1,
        )
        .await;
    let asked = cache.version();
    cache.answered(Step::put(a_site(2, "Shed")), asked).await;
    cache.answered(Step::put(a_site(1, "Lake house")), asked).await;
    cache.answered(Step::Drop(Table::Device, a_device(1, "Gate").id.0), asked).await;
    cache
        .replace(
            Lists { sites: vec![a_site(1, "House")], devices: vec![a_device(1, "Gate")], ..Lists::default() },
            "0.2".into(),
            asked,
            2,
        )
        .await;
    assert_eq!(site_names(&cache), ["Lake house", "Shed"]);
    assert!(device_names(&cache).is_empty(), "what was released stays so");
    cache
        .replace(
            Lists { sites: vec![], devices: vec![], ..Lists::default() },
            "0.3".into(),
            cache.version(),
            3,
        )
        .await;
    assert!(site_names(&cache).is_empty(), "what is asked for afterwards stands");
}

fn copy_of(bytes: &[u8], key: &Arc<SealKey>) -> Files {
    let files = Files { folder: tempfile::tempdir().unwrap(), key: key.clone() };
    std::fs::write(files.path(), bytes).unwrap();
    files
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn whole_file() -> (Vec<u8>, Arc<SealKey>) {
    runtime().block_on(async {
        let files = Files::new();
        filled(&files).await;
        assert!(!Path::new(&format!("{}-wal", files.path().display())).exists());
        (std::fs::read(files.path()).unwrap(), files.key.clone())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn flipped_bits_show_all_or_nothing(flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..4)) {
        static WHOLE: std::sync::LazyLock<(Vec<u8>, Arc<SealKey>)> = std::sync::LazyLock::new(whole_file);
        let (mut bytes, key) = (WHOLE.0.clone(), &WHOLE.1);
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        prop_assert!(runtime().block_on(says_all_or_nothing(&copy_of(&bytes, key))));
    }

    #[test]
    fn truncated_or_zeroed_file_shows_all_or_nothing(at: prop::sample::Index, zero: bool) {
        static WHOLE: std::sync::LazyLock<(Vec<u8>, Arc<SealKey>)> = std::sync::LazyLock::new(whole_file);
        let (mut bytes, key) = (WHOLE.0.clone(), &WHOLE.1);
        let at = at.index(bytes.len());
        if zero {
            let page = at / 4096 * 4096;
            bytes[page..page + 4096].fill(0);
        } else {
            bytes.truncate(at);
        }
        prop_assert!(runtime().block_on(says_all_or_nothing(&copy_of(&bytes, key))));
    }
}
