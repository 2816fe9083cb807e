//! The file: what it keeps, for whom, and what it does with rows and files that it cannot read.

use super::drain::due_by_site;
use super::*;
use crate::add_device::{AddDeviceFailure, ClaimPlan, LabelledDevice};
use porchlight_protocol::add_device::{ClaimTerms, Presence};
use porchlight_protocol::devices::Section;
use rusqlite::Connection;
use std::time::Duration;
use tempfile::TempDir;

const NOW: i64 = 1_790_000_000_000;

fn row(account: AccountId, serial: &str, created_at: i64) -> (ClaimId, ClaimRow) {
    row_at(SiteId::mint(), account, serial, created_at)
}

fn row_at(site: SiteId, account: AccountId, serial: &str, created_at: i64) -> (ClaimId, ClaimRow) {
    let id = ClaimId::mint_offline();
    let device = LabelledDevice {
        serial: serial.parse().unwrap(),
        model: "CAM".parse().unwrap(),
        fingerprint: None,
        claim_code: None,
    };
    let terms = ClaimTerms {
        maker: "lumen".parse().unwrap(),
        serial: device.serial.clone(),
        model: device.model.clone(),
        section: Section::Video,
        site,
        name: "Gate".into(),
        time_zone: "Europe/Berlin".into(),
        daylight_saving: true,
        presence: Presence::Password,
    };
    let plan = ClaimPlan { id, terms, device, password: "canary".into() };
    (id, ClaimRow::new(account, created_at, plan))
}

async fn open(folder: &TempDir, key: &Arc<SealKey>) -> Outbox {
    Outbox::open(folder.path(), key.clone()).await.unwrap()
}

fn serials(outbox: &Outbox, account: AccountId) -> Vec<String> {
    outbox.queued_devices(account).into_iter().map(|device| device.serial.to_string()).collect()
}

#[tokio::test]
async fn rows_survive_the_app_in_their_order_and_are_shown_to_their_account_only() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let (kim, lee) = (AccountId::mint(), AccountId::mint());
    let outbox = open(&folder, &key).await;
    let mut ids = Vec::new();
    for (account, serial) in [(kim, "CAM-0003"), (lee, "CAM-0001"), (kim, "CAM-0002")] {
        let (id, row) = row(account, serial, NOW);
        ids.push(outbox.add(id, row, None).await.unwrap());
    }
    outbox.close().await;
    let outbox = open(&folder, &key).await;
    assert_eq!(serials(&outbox, kim), ["CAM-0003", "CAM-0002"]);
    assert_eq!(serials(&outbox, lee), ["CAM-0001"]);
    assert!(matches!(outbox.read(ids[1], kim).await, Err(Fault::NotFound)), "not for another account");
    assert_eq!(outbox.waiting(kim).len(), 2);
    assert_eq!(outbox.unsent().await.unwrap(), 3);
    outbox.erase(ids[0]).await.unwrap();
    outbox.erase(ids[0]).await.unwrap();
    assert_eq!(serials(&outbox, kim), ["CAM-0002"]);
}

#[tokio::test]
async fn same_device_waits_once_for_an_account_and_a_failed_claim_of_it_is_replaced() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let (kim, lee) = (AccountId::mint(), AccountId::mint());
    let outbox = open(&folder, &key).await;
    let add = |account| {
        let (id, row) = row(account, "CAM-0001", NOW);
        let outbox = &outbox;
        async move { (id, outbox.add(id, row, None).await.unwrap()) }
    };
    let (first, added) = add(kim).await;
    assert_eq!(first, added);
    assert_eq!(add(kim).await.1, first, "it is the claim that waits");
    assert_ne!(add(lee).await.1, first, "another account's is its own");
    outbox.change(first, |row| row.fail(AddDeviceFailure::NoAnswer)).await.unwrap();
    let (second, added) = add(kim).await;
    assert_eq!(second, added);
    assert_eq!(outbox.unsent().await.unwrap(), 2);
    assert!(matches!(outbox.change(first, |_| ()).await, Err(Fault::NotFound)));
}

#[tokio::test]
async fn what_waited_for_30_days_needs_a_person() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let kim = AccountId::mint();
    let outbox = open(&folder, &key).await;
    let mut changed = outbox.changed();
    let (id, row) = row(kim, "CAM-0001", NOW);
    outbox.add(id, row, None).await.unwrap();
    outbox.mark_old(NOW + MAX_AGE).await.unwrap();
    assert!(!outbox.queued_devices(kim)[0].needs_you);
    changed.mark_unchanged();
    outbox.mark_old(NOW + MAX_AGE + 1).await.unwrap();
    assert!(outbox.queued_devices(kim)[0].needs_you && changed.has_changed().unwrap());
    assert!(outbox.waiting(kim).is_empty());
    let again = outbox.renew(id, ClaimId::mint_offline(), NOW + MAX_AGE + 2).await.unwrap();
    assert_eq!(again, id);
    assert_eq!(outbox.waiting(kim).len(), 1);
}

#[tokio::test]
async fn row_that_cannot_be_read_stays_and_still_counts() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let kim = AccountId::mint();
    let outbox = open(&folder, &key).await;
    for serial in ["CAM-0001", "CAM-0002"] {
        let (id, row) = row(kim, serial, NOW);
        outbox.add(id, row, None).await.unwrap();
    }
    outbox.close().await;
    let file = Connection::open(folder.path().join(FILE)).unwrap();
    file.execute("UPDATE claim SET row = x'00' WHERE position = 1", []).unwrap();
    drop(file);
    let outbox = open(&folder, &key).await;
    assert_eq!(serials(&outbox, kim), ["CAM-0002"]);
    assert_eq!(outbox.unsent().await.unwrap(), 2);
}

#[tokio::test]
async fn file_that_is_no_database_is_set_aside_and_not_deleted() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let rubbish = b"not a database ".repeat(1000);
    std::fs::write(folder.path().join(FILE), &rubbish).unwrap();
    let outbox = open(&folder, &key).await;
    assert_eq!(outbox.unsent().await.unwrap(), 0);
    let kept = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
    let kept = kept.filter(|file| file.file_name().to_string_lossy().starts_with("outbox.broken-"));
    let kept: Vec<_> = kept.map(|file| std::fs::read(file.path()).unwrap()).collect();
    assert_eq!(kept, [rubbish]);
}

#[tokio::test]
async fn erased_row_leaves_nothing_of_itself_in_the_file() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let outbox = open(&folder, &key).await;
    let (id, row) = row(AccountId::mint(), "CAM-0001", NOW);
    outbox.add(id, row, None).await.unwrap();
    outbox.checkpoint().await.unwrap();
    let is_there = || {
        let bytes = std::fs::read(folder.path().join(FILE)).unwrap();
        bytes.windows(16).any(|window| window == id.0.as_bytes())
    };
    assert!(is_there(), "the id is not secret, and tells where the row is");
    outbox.erase(id).await.unwrap();
    outbox.checkpoint().await.unwrap();
    assert!(!is_there());
}

#[tokio::test]
async fn claims_of_a_site_are_due_in_their_order_and_those_put_off_are_not() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(SealKey::generate()));
    let (kim, lake, town) = (AccountId::mint(), SiteId::mint(), SiteId::mint());
    let outbox = open(&folder, &key).await;
    let mut ids = Vec::new();
    for (number, site) in [lake, town, lake, lake, lake].into_iter().enumerate() {
        let (id, row) = row_at(site, kim, &format!("CAM-000{number}"), NOW);
        ids.push(outbox.add(id, row, None).await.unwrap());
    }
    let hour = Duration::from_secs(3600);
    outbox.change(ids[2], move |row| put_off(row, NOW, Some(hour), false)).await.unwrap();
    outbox.change(ids[3], |row| row.fail(AddDeviceFailure::NoAnswer)).await.unwrap();
    outbox.change(ids[4], |row| put_off(row, NOW, None, true)).await.unwrap();
    let due = |now| due_by_site(&outbox, kim, now);
    assert_eq!(due(NOW)[&lake], [ids[0], ids[4]]);
    assert_eq!(due(NOW)[&town], [ids[1]]);
    assert_eq!(due(NOW + 3_600_000)[&lake], [ids[0], ids[2], ids[4]]);
    // Somebody set the clock back by a year: nothing waits for a year.
    assert_eq!(due(NOW - 365 * 24 * 3_600_000)[&lake].len(), 3);
    assert!(due_by_site(&outbox, AccountId::mint(), NOW).is_empty());
}
