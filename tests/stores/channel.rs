//! The rows of the devices' channel: tokens count once, the newest connection holds the device, each process sends to
//! its own.

use harness::on_both_engines;
use porchlight_cloud::db::Db;
use porchlight_cloud::devices::channel::store;
use porchlight_cloud::devices::commands::{self, CommandKind};
use porchlight_protocol::DeviceName;
use serde_json::json;
use uuid::Uuid;

fn device(serial: &str) -> DeviceName {
    format!("acme.{serial}").parse().unwrap()
}

async fn arrive(db: &Db, device: &DeviceName, connection: Uuid, process: Uuid, now: i64) {
    let mut tx = db.begin().await.unwrap();
    store::arrive(&mut tx, device, connection, process, now, now + 1_000).await.unwrap();
    tx.commit().await.unwrap();
}

async fn leave(db: &Db, device: &DeviceName, connection: Uuid, now: i64) -> bool {
    let mut tx = db.begin().await.unwrap();
    let left = store::leave(&mut tx, device, connection, now).await.unwrap();
    tx.commit().await.unwrap();
    left
}

async fn queue(db: &Db, device: &DeviceName, about: &str, expires_at: Option<i64>) {
    let mut tx = db.begin().await.unwrap();
    commands::enqueue(&mut tx, device, CommandKind::Settings, about, &json!({}), expires_at).await.unwrap();
    tx.commit().await.unwrap();
}

async fn unsent(db: &Db, process: Uuid, now: i64) -> Vec<String> {
    let rows = store::unsent(&mut db.read().await.unwrap(), process, "", now, 100).await.unwrap();
    rows.into_iter().map(|(device, row)| format!("{} {}", device.serial, row.about)).collect()
}

on_both_engines! {
    async fn token_counts_once_however_many_present_it_at_once(database: Database) {
        let db = database.open().await;
        let tries = (0..12).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let fresh = store::use_token(&mut tx, &device("AB-1"), "jti-0123456789abc", 9).await.unwrap();
                tx.commit().await.unwrap();
                fresh
            })
        });
        let mut fresh = 0;
        for tried in tries.collect::<Vec<_>>() {
            fresh += usize::from(tried.await.unwrap());
        }
        assert_eq!(fresh, 1);
        let mut tx = db.begin().await.unwrap();
        assert!(store::use_token(&mut tx, &device("AB-2"), "jti-0123456789abc", 9).await.unwrap(), "another's");
    }

    async fn newest_connection_holds_the_device_in_whichever_process(database: Database) {
        let db = database.open().await;
        let (first, second, here, there) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
        let camera = device("AB-1");
        arrive(&db, &camera, first, here, 100).await;
        arrive(&db, &camera, second, there, 200).await;
        let mut reader = db.read().await.unwrap();
        assert_eq!(store::held_by(&mut reader, here).await.unwrap(), []);
        let held = store::held_by(&mut reader, there).await.unwrap();
        assert_eq!((held[0].connection, held[0].changed_at), (Some(second), 200));
        assert_eq!(store::changed_since(&mut reader, 200).await.unwrap(), held);
        assert_eq!(store::changed_since(&mut reader, 201).await.unwrap(), []);
        drop(reader);
        assert!(!leave(&db, &camera, first, 300).await, "the second one is there");
        assert!(leave(&db, &camera, second, 300).await);
        assert!(!leave(&db, &camera, second, 300).await, "it left before");
    }

    async fn process_that_died_leaves_its_devices_to_be_cleared(database: Database) {
        let db = database.open().await;
        let (dead, alive) = (Uuid::new_v4(), Uuid::new_v4());
        arrive(&db, &device("AB-1"), Uuid::new_v4(), dead, 100).await;
        arrive(&db, &device("AB-2"), Uuid::new_v4(), alive, 100).await;
        let mut tx = db.begin().await.unwrap();
        store::renew(&mut tx, alive, 5_000).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(store::lapsed(&mut reader, 1_099, 10).await.unwrap(), []);
        let lapsed = store::lapsed(&mut reader, 1_100, 10).await.unwrap();
        assert_eq!(lapsed.iter().map(|row| row.device.clone()).collect::<Vec<_>>(), [device("AB-1")]);
        drop(reader);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(store::leave_all(&mut tx, alive, 200).await.unwrap(), [device("AB-2")]);
        assert_eq!(store::leave_all(&mut tx, alive, 200).await.unwrap(), []);
    }

    async fn process_sends_to_its_own_devices_what_is_new_and_not_too_late(database: Database) {
        let db = database.open().await;
        let (here, there) = (Uuid::new_v4(), Uuid::new_v4());
        let now = porchlight_cloud::now();
        arrive(&db, &device("AB-1"), Uuid::new_v4(), here, now).await;
        arrive(&db, &device("AB-2"), Uuid::new_v4(), there, now).await;
        queue(&db, &device("AB-1"), "one", None).await;
        queue(&db, &device("AB-2"), "two", None).await;
        queue(&db, &device("AB-3"), "three", None).await;
        queue(&db, &device("AB-1"), "four", Some(now + 60_000)).await;
        assert_eq!(unsent(&db, here, now).await, ["AB-1 one", "AB-1 four"]);
        assert_eq!(unsent(&db, here, now + 60_000).await, ["AB-1 one"], "too late for the other");
        assert_eq!(unsent(&db, there, now).await, ["AB-2 two"]);
        let rows = store::unsent(&mut db.read().await.unwrap(), here, "", now, 1).await.unwrap();
        let next = store::unsent(&mut db.read().await.unwrap(), here, &rows[0].1.id, now, 1).await.unwrap();
        assert_eq!(next[0].1.about, "four", "pages follow each other");
        let mut tx = db.begin().await.unwrap();
        assert!(commands::mark_sent(&mut tx, &rows[0].1.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(unsent(&db, here, now).await, ["AB-1 four"]);
        // The device went to another process: what it has not answered is found again there, by the device.
        arrive(&db, &device("AB-1"), Uuid::new_v4(), there, now).await;
        assert_eq!(unsent(&db, there, now).await, ["AB-2 two", "AB-1 four"]);
        assert_eq!(commands::open_for(&db, &device("AB-1")).await.unwrap().len(), 2);
    }
}
