//! The app is killed at each step of a claim, opened again from the same folder, and the claim goes on.

use super::fake_cloud::{DEVICE, FakeCloud, Fault, PASSWORD};
use super::screen::*;
use crate::Error;
use crate::add_device::*;
use std::sync::Arc;

const NEW_PASSWORD: &str = "canary lantern 7";

async fn kill_at(step: &'static str, fault: Fault, password: Option<&str>, claim_code: bool) {
    let stage = Stage::new(FakeCloud::new(password)).await;
    stage.cloud.arm(step, fault);
    let case = format!("killed at {step}, {fault:?}, {password:?}, {claim_code}");
    let claim = {
        let core = stage.open().await;
        let (flow, screen) = flow(&core.profile()).await;
        fill_in(&flow, &stage.cloud.label(claim_code, false)).await;
        let given = password.map_or_else(|| new_password(NEW_PASSWORD), known);
        flow.add(given).await.unwrap();
        let cloud: Arc<FakeCloud> = stage.cloud.clone();
        let reached = tokio::task::spawn_blocking(move || cloud.wait_for_fault());
        assert_eq!(reached.await.unwrap(), fault, "{case}");
        let adding = screen.until(|state| matches!(state, AddDeviceState::Adding { .. })).await;
        core.profile().end();
        let AddDeviceState::Adding { claim, .. } = adding else { unreachable!() };
        claim
    };
    let core = stage.open().await;
    match core.profile().resume_adding_device(claim).await {
        Ok(flow) => {
            let screen = listen(&flow);
            let end = screen.end().await;
            assert!(is_added(&end), "{case}: {end:?}");
        }
        // The outbox had gone on with it before the screen came back: it is in the list.
        Err(Error::NotFound) => {
            let device = core.profile().devices().get(DEVICE.parse().unwrap()).await;
            assert_eq!(device.unwrap().name, "Gate", "{case}");
        }
        Err(error) => panic!("{case}: {error}"),
    }
    assert_eq!(stage.cloud.counts(), (1, 1), "{case}");
    assert!(stage.cloud.opens_with(password.unwrap_or(NEW_PASSWORD)), "{case}");
    assert_eq!(core.profile().outbox().unwrap().unsent().await.unwrap(), 0, "{case}");
}

#[tokio::test]
async fn claim_with_a_password_survives_a_kill_at_each_step() {
    for step in ["put", "proof", "device"] {
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            kill_at(step, fault, Some(PASSWORD), true).await;
        }
    }
}

#[tokio::test]
async fn claim_with_a_claim_code_survives_a_kill_at_each_step() {
    for step in ["put", "proof", "first-password", "device"] {
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            kill_at(step, fault, None, true).await;
        }
    }
}

#[tokio::test]
async fn claim_with_the_button_survives_a_kill_at_each_step() {
    for step in ["put", "first-password", "device"] {
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            kill_at(step, fault, None, false).await;
        }
    }
}

#[tokio::test]
async fn claim_that_expired_while_the_app_was_dead_begins_again_as_its_next_attempt() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    stage.cloud.arm("proof", Fault::HangBefore);
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, &stage.cloud.label(false, false)).await;
    flow.add(known(PASSWORD)).await.unwrap();
    let adding = screen.until(|state| matches!(state, AddDeviceState::Adding { .. })).await;
    let AddDeviceState::Adding { claim, .. } = adding else { unreachable!() };
    let cloud = stage.cloud.clone();
    tokio::task::spawn_blocking(move || cloud.wait_for_fault()).await.unwrap();
    core.profile().end();
    stage.cloud.expire();
    stage.cloud.arm("proof", Fault::LoseAnswer);
    let core = stage.open().await;
    let (_flow, screen) = resumed(&core.profile(), claim).await;
    assert!(is_added(&screen.end().await));
    assert_eq!((stage.cloud.counts(), stage.cloud.attempt(claim)), ((1, 1), 2));
}

#[tokio::test]
async fn files_logs_and_states_hold_no_password() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    stage.cloud.arm("first-password", Fault::HangBefore);
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, &stage.cloud.label(true, false)).await;
    flow.add(new_password(NEW_PASSWORD)).await.unwrap();
    let cloud = stage.cloud.clone();
    tokio::task::spawn_blocking(move || cloud.wait_for_fault()).await.unwrap();
    // The claim waits with all its secrets, as it lies on the disk of a phone that was just taken away.
    assert_eq!(core.profile().outbox().unwrap().unsent().await.unwrap(), 1);
    let label = stage.cloud.label(true, false);
    let claim_code = label.split(':').nth(4).unwrap();
    let mut looked_at = 0;
    let folders = [stage.phone.folder.path().to_owned(), stage.phone.folder.path().join("profiles/own")];
    for file in folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            for secret in ["canary", "lantern 7", "CAM-0001", "Gate", claim_code] {
                assert!(!bytes.contains(secret), "{secret} in {}", path.display());
            }
            looked_at += usize::from(path.file_name().unwrap().to_string_lossy().starts_with("outbox.db"));
        }
    }
    assert!(looked_at >= 2, "the file and its WAL");
    let shown = format!("{flow:?} {:?} {}", screen.states(), core.diagnostics());
    assert!(!shown.contains("canary") && !shown.contains(claim_code));
}
