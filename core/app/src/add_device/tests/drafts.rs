//! The app is killed in each step before there is a claim, opened again from the same folder, and goes on there.

use super::fake_cloud::{FakeCloud, Fault, MODEL, PASSWORD, SERIAL};
use super::screen::*;
use crate::add_device::*;
use crate::{Error, Porchlight};
use porchlight_protocol::ClaimId;
use porchlight_protocol::add_device::Presence;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Ends the core where it is, and opens it again.
async fn kill(stage: &Stage, core: Porchlight) -> Porchlight {
    core.profile().end();
    drop(core);
    stage.open().await
}

/// What a screen sees first.
async fn first(screen: &Screen) -> AddDeviceState {
    screen.until(|_| true).await
}

fn read_serials(state: &AddDeviceState) -> Vec<Option<String>> {
    let AddDeviceState::Label { label: LabelProgress::Read { readings }, .. } = state else { return vec![] };
    readings.iter().map(|reading| reading.serial.clone()).collect()
}

#[tokio::test]
async fn killed_before_anything_was_read_it_scans_again_at_the_same_site() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    let (before, id) = (first(&screen).await, flow.id());
    let core = kill(&stage, core).await;
    let (flow, screen) = resumed(&core.profile(), id).await;
    assert_eq!(first(&screen).await, before);
    assert_eq!(flow.id(), id);
    assert!(is_added(&add(&flow, &screen, PASSWORD).await));
    assert_eq!(stage.cloud.counts(), (1, 1));
}

#[tokio::test]
async fn killed_while_typing_it_shows_the_number_as_it_was_typed() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    for text in ["C", "CAM-", "CAM-OO", "CAM-OOO1"] {
        flow.read_text(text);
    }
    let typed = |state: &AddDeviceState| matches!(state, AddDeviceState::Label { typed: Some(text), .. } if text == "CAM-OOO1");
    let before = screen.until(typed).await;
    // It is kept when the next call is answered.
    assert!(not_now(&flow.confirm_serial("CAM-9999").await));
    let core = kill(&stage, core).await;
    let (_flow, screen) = resumed(&core.profile(), flow.id()).await;
    assert_eq!(first(&screen).await, before);
}

#[tokio::test]
async fn killed_after_a_scan_it_confirms_what_was_scanned_and_compares_the_fingerprint() {
    for (another, confirmed_before) in [(false, false), (true, false), (false, true), (true, true)] {
        let stage = Stage::new(FakeCloud::new(None)).await;
        let core = stage.open().await;
        let (flow, screen) = flow(&core.profile()).await;
        scan(&flow, &screen, &stage.cloud.label(true, another)).await;
        if confirmed_before {
            flow.confirm_serial(SERIAL).await.unwrap();
        }
        let id = flow.id();
        let core = kill(&stage, core).await;
        let (flow, screen) = resumed(&core.profile(), id).await;
        if !confirmed_before {
            let label = first(&screen).await;
            assert_eq!(read_serials(&label), [Some(SERIAL.to_owned())]);
            assert!(matches!(label, AddDeviceState::Label { typed: None, .. }));
            flow.confirm_serial(SERIAL).await.unwrap();
        }
        let details = screen.until(|state| matches!(state, AddDeviceState::Details { .. })).await;
        let AddDeviceState::Details { device, first_password_by, .. } = details else { unreachable!() };
        assert_eq!((device.model.as_str(), first_password_by), (MODEL, Presence::ClaimCode));
        flow.edit_details(named("Gate"));
        flow.add(new_password("first of the gate")).await.unwrap();
        let end = screen.end().await;
        match another {
            false => assert!(is_added(&end), "{end:?}"),
            true => assert_eq!(failure(end), AddDeviceFailure::WrongDeviceKey),
        }
    }
}

#[tokio::test]
async fn killed_in_the_details_it_has_them_but_for_the_password() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, SERIAL).await;
    flow.edit_details(DetailsEdit::TimeZone("America/New_York".into()));
    flow.edit_details(DetailsEdit::DaylightSaving(false));
    assert!(flow.add(new_password("short")).await.is_err());
    let core = kill(&stage, core).await;
    let (flow, screen_after) = resumed(&core.profile(), flow.id()).await;
    let AddDeviceState::Details { form, problems, new_password, .. } = first(&screen_after).await else {
        panic!("{:?}", screen.states())
    };
    let (name, time_zone) = ("Gate".to_owned(), "America/New_York".to_owned());
    assert_eq!(form, DetailsForm { name, time_zone, daylight_saving: false });
    assert_eq!((problems, new_password), (vec![], true), "nothing is marked before it is tried");
    flow.add(known(PASSWORD)).await.unwrap();
    assert!(is_added(&screen_after.end().await));
    assert_eq!(stage.cloud.counts(), (1, 1));
}

#[tokio::test]
async fn killed_while_a_failure_is_corrected_the_corrected_claim_takes_its_place() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    failure(add(&flow, &screen, "wrong").await);
    let failed = flow.id();
    let core = kill(&stage, core).await;
    let (flow, screen) = resumed(&core.profile(), failed).await;
    assert!(matches!(failure(first(&screen).await), AddDeviceFailure::WrongPassword { .. }));
    flow.go_back().await.unwrap();
    let corrected = flow.id();
    assert_ne!(corrected, failed, "the claim's id is used up");
    let core = kill(&stage, core).await;
    let (flow, screen) = resumed(&core.profile(), corrected).await;
    flow.add(known(PASSWORD)).await.unwrap();
    assert!(is_added(&screen.end().await));
    assert_eq!(stage.cloud.counts(), (2, 1));
    assert_eq!(core.profile().outbox().unwrap().unsent().await.unwrap(), 0);
}

#[tokio::test]
async fn killed_while_adding_the_flows_own_name_leads_to_its_claim() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    stage.cloud.arm("proof", Fault::HangBefore);
    let core = stage.open().await;
    let (flow, _screen) = flow(&core.profile()).await;
    let id = flow.id();
    fill_in(&flow, SERIAL).await;
    flow.add(known(PASSWORD)).await.unwrap();
    let cloud: Arc<FakeCloud> = stage.cloud.clone();
    tokio::task::spawn_blocking(move || cloud.wait_for_fault()).await.unwrap();
    assert_eq!(flow.id(), id);
    let core = kill(&stage, core).await;
    match core.profile().resume_adding_device(id).await {
        Ok(flow) => assert!(is_added(&listen(&flow).end().await)),
        Err(error) => assert_eq!(error, Error::NotFound, "it was added before the screen came back"),
    }
    assert_eq!(stage.cloud.counts(), (1, 1));
}

async fn is_gone(core: &Porchlight, id: ClaimId) -> bool {
    matches!(core.profile().resume_adding_device(id).await, Err(Error::NotFound))
}

#[tokio::test]
async fn draft_is_gone_when_its_flow_ends_when_it_is_added_and_after_a_day() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (ended, _screen) = flow(&core.profile()).await;
    fill_in(&ended, SERIAL).await;
    ended.cancel().await.unwrap();
    assert!(is_gone(&core, ended.id()).await);
    let (added, screen) = flow(&core.profile()).await;
    assert!(is_added(&add(&added, &screen, PASSWORD).await));
    assert!(is_gone(&core, added.id()).await);
    let (left, _screen) = flow(&core.profile()).await;
    left.read_text("CAM-0002");
    assert!(not_now(&left.confirm_serial("CAM-9999").await));
    let id = left.id();
    drop(left);
    let almost = stage.phone.clock.0.fetch_add(DAY - 1000, SeqCst);
    drop(core.profile().resume_adding_device(id).await.unwrap());
    stage.phone.clock.0.store(almost + 2 * DAY + 1, SeqCst);
    assert!(is_gone(&core, id).await);
    // And not only unseen: the file has it no more.
    let core = kill(&stage, core).await;
    stage.phone.clock.0.store(almost, SeqCst);
    assert!(is_gone(&core, id).await);
}

#[tokio::test]
async fn draft_is_nothing_that_a_thief_of_the_file_can_read() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    let label = stage.cloud.label(true, false);
    scan(&flow, &screen, &label).await;
    flow.confirm_serial(SERIAL).await.unwrap();
    flow.edit_details(named("Gate"));
    assert!(flow.add(new_password("canary")).await.is_err(), "too short");
    let claim_code = label.split(':').nth(4).unwrap();
    let folder = stage.phone.folder.path().join("profiles/own");
    let mut looked_at = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for secret in ["canary", SERIAL, "Gate", claim_code] {
            assert!(!bytes.contains(secret), "{secret} in {}", path.display());
        }
        looked_at += usize::from(path.file_name().unwrap().to_string_lossy().starts_with("cache.db"));
    }
    assert!(looked_at >= 2, "the file and its WAL");
    assert!(!format!("{flow:?} {:?}", screen.states()).contains(claim_code));
}
