//! Ownership of devices, what the owner may change, and what the device is told.

use crate::fixture::{change, count, device, name_of, new_device, person, site, site_in};
use harness::on_both_engines;
use porchlight_cloud::db::Db;
use porchlight_cloud::devices::commands::{self, CommandKind};
use porchlight_cloud::devices::store::DeviceFilter;
use porchlight_cloud::devices::{self, BindOutcome, DeviceChange, NewDevice};
use porchlight_protocol::device::{DeviceRelease, DeviceSettings};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, ProblemCode};

async fn bind(db: &Db, new: &NewDevice) -> BindOutcome {
    let mut tx = db.begin().await.unwrap();
    let outcome = devices::bind(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

fn rename(name: &str) -> DeviceChange {
    DeviceChange { name: Some(name.into()), site: None }
}

async fn waiting(db: &Db, device: &NewDevice) -> Vec<(String, String)> {
    let open = commands::open_for(db, &name_of(device)).await.unwrap();
    open.into_iter().map(|row| (row.kind, row.payload)).collect()
}

on_both_engines! {
    async fn owned_device_is_not_bound_again_until_it_is_released(database: Database) {
        let db = database.open().await;
        let (owner, other) = (person(&db).await, person(&db).await);
        let (home, elsewhere) = (site(&db, &owner).await, site(&db, &other).await);
        let mine = device(&db, &owner, &home, "CAM-0001").await;
        assert_eq!(bind(&db, &mine).await, BindOutcome::BoundBefore(mine.id), "the same claim once more");
        let theirs = new_device(&other, &elsewhere, "CAM-0001");
        let BindOutcome::OwnedAlready(ownership) = bind(&db, &theirs).await else { panic!("bound twice") };
        assert_eq!((ownership.device, ownership.owner, ownership.site), (mine.id, owner.account, home.id));
        change(&db, &owner, async |tx| devices::release(tx, &owner, mine.id).await).await.unwrap();
        assert_eq!(bind(&db, &mine).await, BindOutcome::BoundBefore(mine.id), "an old claim binds nothing new");
        assert_eq!(bind(&db, &theirs).await, BindOutcome::Bound(theirs.id));
        assert!(waiting(&db, &theirs).await.is_empty(), "a new binding replaces the old release");
        assert_eq!(count(&db, "device").await, 2, "ownership rows end, they are not deleted");
    }

    async fn device_that_two_claim_at_once_belongs_to_one(database: Database) {
        let db = database.open().await;
        let (one, other) = (person(&db).await, person(&db).await);
        let (home, elsewhere) = (site(&db, &one).await, site(&db, &other).await);
        for round in 0..20 {
            let serial = format!("CAM-{round:04}");
            let (first, second) = (new_device(&one, &home, &serial), new_device(&other, &elsewhere, &serial));
            let (a, b) = tokio::join!(bind(&db, &first), bind(&db, &second));
            let bound = [a, b].iter().filter(|outcome| matches!(outcome, BindOutcome::Bound(_))).count();
            let refused = [a, b].iter().filter(|outcome| matches!(outcome, BindOutcome::OwnedAlready(_))).count();
            assert_eq!((bound, refused), (1, 1), "{a:?} {b:?}");
        }
    }

    async fn list_shows_own_devices_by_site_and_section_page_by_page(database: Database) {
        let db = database.open().await;
        let (owner, stranger) = (person(&db).await, person(&db).await);
        let (home, shed) = (site(&db, &owner).await, site(&db, &owner).await);
        let mut all = Vec::new();
        for number in 0..4 {
            let place = if number % 2 == 0 { &home } else { &shed };
            all.push(device(&db, &owner, place, &format!("CAM-{number:04}")).await.id);
        }
        all.sort();
        let mut reader = db.read().await.unwrap();
        let mut ids = async |account, filter, limit| -> Vec<_> {
            let page = devices::store::visible_devices(&mut reader, account, filter, limit).await.unwrap();
            page.into_iter().map(|device| device.id).collect()
        };
        let everything = DeviceFilter::default();
        assert_eq!(ids(owner.sight(), everything, 10).await, all);
        assert_eq!(ids(owner.sight(), DeviceFilter { after: Some(all[1]), ..everything }, 1).await, [all[2]]);
        assert_eq!(ids(owner.sight(), DeviceFilter { site: Some(home.id), ..everything }, 10).await.len(), 2);
        let section = |section| DeviceFilter { section: Some(section), ..everything };
        assert_eq!(ids(owner.sight(), section(Section::Video), 10).await.len(), 4);
        assert!(ids(owner.sight(), section(Section::Energy), 10).await.is_empty());
        assert!(ids(stranger.sight(), everything, 10).await.is_empty());
        assert!(ids(stranger.sight(), DeviceFilter { site: Some(home.id), ..everything }, 10).await.is_empty());
    }

    async fn stranger_can_neither_see_nor_change_nor_release_a_device(database: Database) {
        let db = database.open().await;
        let (owner, stranger) = (person(&db).await, person(&db).await);
        let (home, theirs) = (site(&db, &owner).await, site(&db, &stranger).await);
        let mine = device(&db, &owner, &home, "CAM-0001").await;
        let mut reader = db.read().await.unwrap();
        let seen = devices::store::visible_device(&mut reader, stranger.sight(), mine.id).await.unwrap();
        assert_eq!(seen, None);
        drop(reader);
        let take = DeviceChange { name: None, site: Some(theirs.id) };
        for wanted in [rename("X"), take] {
            let refused = change(&db, &stranger, async |tx| devices::change(tx, &stranger, mine.id, wanted.clone()).await);
            assert_eq!(refused.await.unwrap_err().problem.code, ProblemCode::NotFound);
        }
        let refused = change(&db, &stranger, async |tx| devices::release(tx, &stranger, mine.id).await).await;
        assert_eq!(refused.unwrap_err().problem.code, ProblemCode::NotFound);
        // Nor can the owner push it onto somebody else's site.
        let give = DeviceChange { name: None, site: Some(theirs.id) };
        let refused = change(&db, &owner, async |tx| devices::change(tx, &owner, mine.id, give.clone()).await).await;
        assert_eq!(refused.unwrap_err().problem.code, ProblemCode::NotFound);
    }

    async fn renamed_device_is_told_its_newest_name_once(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let home = site(&db, &owner).await;
        let mine = device(&db, &owner, &home, "CAM-0001").await;
        for name in ["Gate", "Garage"] {
            change(&db, &owner, async |tx| devices::change(tx, &owner, mine.id, rename(name)).await).await.unwrap();
        }
        let open = waiting(&db, &mine).await;
        assert_eq!(open.len(), 1, "the newer message replaces the older: {open:?}");
        assert_eq!(open[0].0, "settings");
        let settings: DeviceSettings = serde_json::from_str(&open[0].1).unwrap();
        assert_eq!((settings.name.as_str(), settings.revision), ("Garage", devices::FIRST_REVISION + 2));
        assert_eq!((settings.clock.zone.as_str(), settings.clock.changes.len()), ("Europe/Berlin", 4));
        // An answer to the older message leaves the newer one open; its own finishes it.
        for (revision, left) in [(devices::FIRST_REVISION + 1, 1), (devices::FIRST_REVISION + 2, 0)] {
            let mut tx = db.begin().await.unwrap();
            devices::settle(&mut tx, &name_of(&mine), revision).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(waiting(&db, &mine).await.len(), left, "after revision {revision}");
        }
    }

    async fn moved_device_keeps_its_sites_time_unless_it_had_its_own(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let (berlin, tokyo) = (site(&db, &owner).await, site_in(&db, &owner, "Asia/Tokyo").await);
        let follower = device(&db, &owner, &berlin, "CAM-0001").await;
        let own = NewDevice { time_zone: "Asia/Calcutta".into(), ..new_device(&owner, &berlin, "CAM-0002") };
        bind(&db, &own).await;
        for (new, zone) in [(&follower, "Asia/Tokyo"), (&own, "Asia/Calcutta")] {
            let there = DeviceChange { name: None, site: Some(tokyo.id) };
            let moved = change(&db, &owner, async |tx| devices::change(tx, &owner, new.id, there.clone()).await);
            let moved = moved.await.unwrap();
            assert_eq!((moved.site, moved.time_zone.as_str()), (tokyo.id, zone));
        }
        let audited: i64 = sqlx::query_scalar("SELECT COUNT(DISTINCT site_id) FROM audit_event WHERE what = 'device.moved'")
            .fetch_one(&mut *db.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(audited, 2, "the history of both sites tells of it");
    }

    async fn devices_that_change_places_do_not_wait_for_each_other_for_ever(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let (one, other) = (site(&db, &owner).await, site(&db, &owner).await);
        let (a, b) = (device(&db, &owner, &one, "CAM-0001").await, device(&db, &owner, &other, "CAM-0002").await);
        for round in 0..10 {
            let (to_a, to_b) = if round % 2 == 0 { (other.id, one.id) } else { (one.id, other.id) };
            let go = async |id, site| {
                let wanted = DeviceChange { name: None, site: Some(site) };
                change(&db, &owner, async |tx| devices::change(tx, &owner, id, wanted.clone()).await).await.unwrap()
            };
            let (a_now, b_now) = tokio::join!(go(a.id, to_a), go(b.id, to_b));
            assert_eq!((a_now.site, b_now.site), (to_a, to_b));
        }
    }

    async fn released_device_is_told_by_the_claim_that_it_holds(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let home = site(&db, &owner).await;
        let mine = device(&db, &owner, &home, "CAM-0001").await;
        let held = ClaimId::mint_offline();
        let mut tx = db.begin().await.unwrap();
        devices::note_held_claim(&mut tx, &name_of(&mine), held).await.unwrap();
        tx.commit().await.unwrap();
        change(&db, &owner, async |tx| devices::change(tx, &owner, mine.id, rename("Gate")).await).await.unwrap();
        change(&db, &owner, async |tx| devices::release(tx, &owner, mine.id).await).await.unwrap();
        let open = waiting(&db, &mine).await;
        assert_eq!(open.len(), 1, "the release stands alone: {open:?}");
        assert_eq!(open[0].0, "release");
        assert_eq!(serde_json::from_str::<DeviceRelease>(&open[0].1).unwrap().claim, held);
        let again = change(&db, &owner, async |tx| devices::release(tx, &owner, mine.id).await).await;
        assert_eq!(again.unwrap_err().problem.code, ProblemCode::NotFound);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(devices::current_owner(&mut tx, &name_of(&mine)).await.unwrap(), None);
        devices::confirm_release(&mut tx, &name_of(&mine), held).await.unwrap();
        tx.commit().await.unwrap();
        assert!(waiting(&db, &mine).await.is_empty());
    }

    async fn message_that_was_replaced_or_is_too_late_is_not_sent(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let home = site(&db, &owner).await;
        let mine = device(&db, &owner, &home, "CAM-0001").await;
        let name = name_of(&mine);
        let soon = porchlight_cloud::now() + 60;
        let mut tx = db.begin().await.unwrap();
        commands::enqueue(&mut tx, &name, CommandKind::Claim, "a", &1, Some(soon)).await.unwrap();
        commands::enqueue(&mut tx, &name, CommandKind::Claim, "b", &2, None).await.unwrap();
        tx.commit().await.unwrap();
        let open = commands::open_for(&db, &name).await.unwrap();
        assert_eq!(open.iter().map(|row| row.about.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        tokio::time::sleep(std::time::Duration::from_millis(80)).await;
        let mut tx = db.begin().await.unwrap();
        commands::enqueue(&mut tx, &name, CommandKind::Proof, "b", &3, None).await.unwrap();
        for row in &open {
            assert!(!commands::mark_sent(&mut tx, &row.id).await.unwrap(), "{row:?}");
        }
        tx.commit().await.unwrap();
        let open = commands::open_for(&db, &name).await.unwrap();
        assert_eq!(open.len(), 1);
        let mut tx = db.begin().await.unwrap();
        assert!(commands::mark_sent(&mut tx, &open[0].id).await.unwrap());
        tx.commit().await.unwrap();
        let again = commands::open_for(&db, &name).await.unwrap();
        assert!(again.len() == 1 && again[0].sent_at.is_some(), "sent again until it is answered");
        assert_eq!(count(&db, "device_command").await, 2);
        commands::forget_expired(&db).await.unwrap();
        assert_eq!(count(&db, "device_command").await, 1, "only what is too late was removed");
    }

    async fn clock_settings_are_sent_again_with_new_zone_data_and_before_they_run_out(database: Database) {
        let db = database.open().await;
        let owner = person(&db).await;
        let home = site(&db, &owner).await;
        let mine = device(&db, &owner, &home, "CAM-0001").await;
        let gone = device(&db, &owner, &home, "CAM-0002").await;
        change(&db, &owner, async |tx| devices::release(tx, &owner, gone.id).await).await.unwrap();
        let now = porchlight_cloud::now();
        assert_eq!(devices::clocks::renew(&db, now).await.unwrap(), 0, "fresh from the binding");
        let mut tx = db.begin().await.unwrap();
        sqlx::query("UPDATE device SET zone_release = '1970a'").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let both = tokio::join!(devices::clocks::renew(&db, now), devices::clocks::renew(&db, now));
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 1, "two processes that start together tell it once");
        let year = 365 * 24 * 3600 * 1000;
        assert_eq!(devices::clocks::renew(&db, now + year).await.unwrap(), 1);
        let open = waiting(&db, &mine).await;
        assert_eq!(open.len(), 1, "{open:?}");
        let settings: DeviceSettings = serde_json::from_str(&open[0].1).unwrap();
        assert_eq!(settings.revision, devices::FIRST_REVISION + 2);
    }
}
