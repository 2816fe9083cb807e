//! The change feed: nothing is missed, and everybody sees only what is theirs.

use super::AtWork;
use crate::fixture::{change, device, person, revoke, site};
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Db;
use porchlight_cloud::devices::{self, DeviceChange};
use porchlight_cloud::history::feed::{Cursor, FeedReader};
use porchlight_cloud::history::{self, ChangeEntry};
use porchlight_cloud::sites;
use porchlight_protocol::history::Change;
use porchlight_protocol::sites::{ChangeSiteRequest, MakeSiteRequest, Site};
use porchlight_protocol::{DeviceId, SiteId};
use std::collections::BTreeSet;
use std::time::Duration;

async fn open(db: &Db, work: &AtWork, caller: Caller, cursor: Option<i64>) -> FeedReader {
    FeedReader::open(db.clone(), &work.feed, caller, cursor.map(Cursor)).await.unwrap()
}

/// The next change, if one comes soon.
async fn next(reader: &mut FeedReader) -> Option<Change> {
    tokio::time::timeout(Duration::from_secs(2), reader.next()).await.unwrap_or(None)
}

/// Whether nothing comes for a while.
async fn is_quiet(reader: &mut FeedReader) -> bool {
    tokio::time::timeout(Duration::from_millis(600), reader.next()).await.is_err()
}

async fn move_device(db: &Db, owner: &Caller, id: DeviceId, to: SiteId) {
    let wanted = DeviceChange { name: None, site: Some(to) };
    change(db, owner, async |tx| devices::change(tx, owner, id, wanted.clone()).await).await.unwrap();
}

/// Shares a site, as a later part will.
async fn share(db: &Db, site: &Site, with: &Caller) {
    let mut tx = db.begin().await.unwrap();
    sites::store::insert_site_user(
        &mut tx,
        site.id,
        with.account,
        porchlight_cloud::authority::SiteRole::Owner,
        porchlight_cloud::now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn feed_misses_no_late_commit(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let work = AtWork::begin(&db);
        let mut readers = vec![open(&db, &work, owner, Some(0)).await];
        let writers: Vec<_> = (0..6_u64)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut made = Vec::new();
                    for nth in 0..12_u64 {
                        let wanted = MakeSiteRequest { name: "Home".into(), address: String::new(), time_zone: "UTC".into() };
                        let mut tx = db.begin().await.unwrap();
                        made.push(sites::make(&mut tx, &owner, &wanted).await.unwrap().id);
                        // The row is written, with an id of this moment; it is committed some time later.
                        tokio::time::sleep(Duration::from_millis((writer * 7 + nth * 5) % 23)).await;
                        tx.commit().await.unwrap();
                    }
                    made
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(40)).await;
        // One that begins in the middle, from the beginning.
        readers.push(open(&db, &work, owner, Some(0)).await);
        let mut made = BTreeSet::new();
        for writer in writers {
            made.extend(writer.await.unwrap());
        }
        for mut reader in readers {
            let (mut seen, mut last) = (BTreeSet::new(), Cursor(0));
            while seen.len() < made.len() {
                let Some(Change::Site { site }) = next(&mut reader).await else {
                    panic!("{} of {} came", seen.len(), made.len())
                };
                assert!(reader.cursor().0 > last.0, "cursors grow");
                last = reader.cursor();
                assert!(seen.insert(site.id), "came twice");
            }
            assert_eq!(seen, made);
        }
    }

    async fn stream_goes_on_where_its_cursor_says(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let work = AtWork::begin(&db);
        let mut reader = open(&db, &work, owner, None).await;
        let first = site(&db, &owner).await;
        assert_eq!(next(&mut reader).await, Some(Change::Site { site: first }));
        let cursor = reader.cursor();
        drop(reader);
        let second = site(&db, &owner).await;
        let mut reader = open(&db, &work, owner, Some(cursor.0)).await;
        assert_eq!(next(&mut reader).await, Some(Change::Site { site: second.clone() }));
        let mut from_now = open(&db, &work, owner, None).await;
        assert!(is_quiet(&mut from_now).await);
        // The body is the present: two changes, then one look.
        let rename = |name: &str| ChangeSiteRequest { name: Some(name.into()), address: None };
        for name in ["A", "B"] {
            change(&db, &owner, async |tx| sites::change(tx, &owner, second.id, &rename(name)).await).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        for _ in 0..2 {
            let Some(Change::Site { site }) = next(&mut from_now).await else { panic!("no change") };
            assert_eq!(site.name, "B");
        }
    }

    async fn changes_of_others_are_not_seen(database: Database) {
        let db = database.open().await;
        let (owner, stranger) = (person(&db).await, person(&db).await);
        let work = AtWork::begin(&db);
        let (mut live, mut mine) = (open(&db, &work, stranger, None).await, open(&db, &work, owner, None).await);
        let home = site(&db, &owner).await;
        let camera = device(&db, &owner, &home, "CAM-0001").await;
        assert!(matches!(next(&mut mine).await, Some(Change::Site { .. })));
        assert!(matches!(next(&mut mine).await, Some(Change::Device { device }) if device.id == camera.id));
        let mut later = open(&db, &work, stranger, Some(0)).await;
        assert!(is_quiet(&mut live).await && is_quiet(&mut later).await);
        assert_eq!(live.cursor(), mine.cursor(), "what is not for it moves its cursor on all the same");
    }

    async fn moved_device_is_gone_only_for_those_who_do_not_see_its_new_site(database: Database) {
        let db = database.open().await;
        let (owner, guest) = (person(&db).await, person(&db).await);
        let (home, cabin) = (site(&db, &owner).await, site(&db, &owner).await);
        share(&db, &home, &guest).await;
        let camera = device(&db, &owner, &home, "CAM-0001").await;
        let work = AtWork::begin(&db);
        tokio::time::sleep(Duration::from_millis(400)).await;
        let (mut owners, mut guests) = (open(&db, &work, owner, None).await, open(&db, &work, guest, None).await);
        move_device(&db, &owner, camera.id, cabin.id).await;
        assert_eq!(next(&mut guests).await, Some(Change::DeviceGone { device: camera.id }));
        // The owner sees both sites: told twice, and both times where it is.
        for _ in 0..2 {
            let seen = next(&mut owners).await;
            assert!(matches!(&seen, Some(Change::Device { device }) if device.site == cabin.id), "{seen:?}");
        }
        change(&db, &owner, async |tx| devices::release(tx, &owner, camera.id).await).await.unwrap();
        assert_eq!(next(&mut owners).await, Some(Change::DeviceGone { device: camera.id }));
        assert!(is_quiet(&mut guests).await, "the guest does not hear of the cabin");
    }

    async fn change_is_not_sent_to_a_session_that_ended(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let home = site(&db, &owner).await;
        let work = AtWork::begin(&db);
        let (mut live, mut behind) = (open(&db, &work, owner, None).await, open(&db, &work, owner, Some(0)).await);
        revoke(&db, &owner).await;
        let mut tx = db.begin().await.unwrap();
        history::announce(&mut tx, ChangeEntry::Site(home.id)).await.unwrap();
        tx.commit().await.unwrap();
        for reader in [&mut live, &mut behind] {
            let end = tokio::time::timeout(Duration::from_secs(2), reader.next()).await;
            assert_eq!(end.expect("the stream ends, it does not wait"), None);
        }
        FeedReader::open(db.clone(), &work.feed, owner, None).await.expect_err("an ended session opens no stream");
    }

    async fn stream_that_fell_behind_still_gets_everything(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let home = site(&db, &owner).await;
        let work = AtWork::begin(&db);
        tokio::time::sleep(Duration::from_millis(400)).await;
        let mut reader = open(&db, &work, owner, None).await;
        // Caught up, it lives on what is published; then more comes than is kept for it.
        assert!(is_quiet(&mut reader).await);
        const MANY: usize = 2500;
        let mut tx = db.begin().await.unwrap();
        for _ in 0..MANY {
            history::announce(&mut tx, ChangeEntry::Site(home.id)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let start = reader.cursor();
        tokio::time::sleep(Duration::from_secs(2)).await;
        for nth in 1..=MANY as i64 {
            assert!(next(&mut reader).await.is_some(), "{nth} did not come");
            assert_eq!(reader.cursor().0, start.0 + nth);
        }
    }

    async fn reader_that_is_dropped_and_asked_again_loses_nothing(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let work = AtWork::begin(&db);
        let mut reader = open(&db, &work, owner, Some(0)).await;
        let writer = tokio::spawn({
            let db = db.clone();
            async move {
                for _ in 0..40 {
                    site(&db, &owner).await;
                }
            }
        });
        let mut seen = BTreeSet::new();
        let began = std::time::Instant::now();
        while seen.len() < 40 {
            assert!(began.elapsed() < Duration::from_secs(20), "{} of 40 came", seen.len());
            // Given up at every stage of the reading.
            let patience = Duration::from_micros(began.elapsed().as_micros() as u64 % 1900);
            if let Ok(Some(Change::Site { site })) = tokio::time::timeout(patience, reader.next()).await {
                assert!(seen.insert(site.id), "came twice");
            }
        }
        writer.await.unwrap();
    }
}
