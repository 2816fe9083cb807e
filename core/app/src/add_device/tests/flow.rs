//! The flow from label to list, and everything that a person may read instead.

use super::fake_cloud::{DEVICE, FakeCloud, Fault, MODEL, PASSWORD, SERIAL};
use super::screen::*;
use crate::add_device::*;
use crate::devices::ListedDevice;
use crate::testing::SITE;
use crate::{Error, InputField, InputReason};
use porchlight_protocol::add_device::{ClaimFailure, ClaimState, Presence};
use porchlight_protocol::devices::Section;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

const NEW_PASSWORD: &str = "canary lantern 7";

#[tokio::test]
async fn device_is_added_step_by_step_and_listed_and_nothing_of_it_stays_behind() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    *stage.cloud.slowly.lock().unwrap() = true;
    let core = stage.open().await;
    let profile = core.profile();
    let (flow, screen) = flow(&profile).await;
    fill_in(&flow, &stage.cloud.label(true, false)).await;
    flow.add(known(PASSWORD)).await.unwrap();
    let first = screen.until(|state| matches!(state, AddDeviceState::Label { .. })).await;
    assert!(matches!(
        first,
        AddDeviceState::Label { section: Section::Video, label: LabelProgress::Waiting, .. }
    ));
    let details = screen.until(|state| matches!(state, AddDeviceState::Details { .. })).await;
    let AddDeviceState::Details { clock_changes, form, .. } = details else { unreachable!() };
    assert_eq!((clock_changes.len(), form.time_zone.as_str()), (2, "Europe/Berlin"));
    // Every step was shown, in order, before the end.
    let is_done =
        |state: &AddDeviceState| matches!(state, AddDeviceState::Adding { step: AddingStep::Done, .. });
    while !screen.states().iter().any(is_done) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        screen.steps(),
        [AddingStep::Asking, AddingStep::Proving, AddingStep::SettingUp, AddingStep::Done]
    );
    assert!(is_added(&screen.end().await));
    let window = profile.devices().window(None, None, 0, 10).await.unwrap();
    let [ListedDevice::Added(device)] = &window.items[..] else { panic!("{:?}", window.items) };
    assert_eq!((device.id.to_string().as_str(), device.name.as_str()), (DEVICE, "Gate"));
    assert_eq!(profile.outbox().unwrap().unsent().await.unwrap(), 0);
    flow.add_another().await.unwrap();
    screen.until(|state| matches!(state, AddDeviceState::Label { .. })).await;
}

#[tokio::test]
async fn wrong_password_says_how_many_tries_are_left_and_the_next_one_is_a_new_claim() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    let failed = add(&flow, &screen, "wrong").await;
    let AddDeviceState::Failed { claim, remedies, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(*remedies, [Remedy::RetypePassword]);
    assert_eq!(stage.cloud.state(*claim), ClaimState::Failed { reason: ClaimFailure::WrongPassword });
    assert_eq!(failure(failed), AddDeviceFailure::WrongPassword { tries_left: Some(4) });
    assert!(not_now(&flow.try_again().await), "the same password is no help");
    flow.go_back().await.unwrap();
    flow.add(known(PASSWORD)).await.unwrap();
    assert!(is_added(&screen.end().await));
    assert_eq!(stage.cloud.counts(), (2, 1));
    assert_eq!(core.profile().outbox().unwrap().unsent().await.unwrap(), 0);
}

#[tokio::test]
async fn first_password_by_claim_code_opens_the_device_afterwards() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, &stage.cloud.label(true, false)).await;
    flow.add(new_password(NEW_PASSWORD)).await.unwrap();
    assert!(is_added(&screen.end().await));
    assert!(stage.cloud.opens_with(NEW_PASSWORD) && !stage.cloud.opens_with(PASSWORD));
}

#[tokio::test]
async fn first_password_by_button_opens_the_device_afterwards() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, &stage.cloud.label(false, false)).await;
    flow.add(new_password(NEW_PASSWORD)).await.unwrap();
    assert!(is_added(&screen.end().await));
    assert!(stage.cloud.opens_with(NEW_PASSWORD));
}

#[tokio::test]
async fn answer_that_the_device_did_not_sign_sets_no_password() {
    for claim_code in [true, false] {
        let stage = Stage::new(FakeCloud::new(None)).await;
        *stage.cloud.forged.lock().unwrap() = true;
        let core = stage.open().await;
        let (flow, screen) = flow(&core.profile()).await;
        fill_in(&flow, &stage.cloud.label(claim_code, false)).await;
        flow.add(new_password(NEW_PASSWORD)).await.unwrap();
        assert_eq!(failure(screen.end().await), AddDeviceFailure::WrongDeviceKey);
        assert_eq!(stage.cloud.counts(), (1, 0));
    }
}

#[tokio::test]
async fn device_with_another_key_than_its_label_gets_no_proof() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, &stage.cloud.label(false, true)).await;
    flow.add(known(PASSWORD)).await.unwrap();
    let failed = screen.end().await;
    let AddDeviceState::Failed { claim, .. } = failed else { panic!("{failed:?}") };
    assert_eq!(failure(failed), AddDeviceFailure::WrongDeviceKey);
    assert_eq!(stage.cloud.state(claim), ClaimState::Failed { reason: ClaimFailure::WrongDeviceKey });
    assert_eq!(stage.cloud.counts(), (1, 0));
}

#[tokio::test]
async fn silent_device_is_no_answer_and_the_same_claim_goes_on_when_it_is_plugged_in() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    *stage.cloud.connected.lock().unwrap() = false;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, SERIAL).await;
    flow.add(known(PASSWORD)).await.unwrap();
    while stage.cloud.counts().0 == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stage.cloud.expire();
    let failed = screen.end().await;
    let AddDeviceState::Failed { claim, remedies, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(*remedies, [Remedy::CheckNumber, Remedy::TryAgain]);
    let claim = *claim;
    assert_eq!(failure(failed), AddDeviceFailure::NoAnswer);
    *stage.cloud.connected.lock().unwrap() = true;
    flow.try_again().await.unwrap();
    assert!(is_added(&screen.end().await));
    assert_eq!((stage.cloud.counts(), stage.cloud.attempt(claim)), ((1, 1), 2));
}

#[tokio::test]
async fn each_refusal_reads_as_its_own_failure() {
    let device = DEVICE.parse().unwrap();
    let yours = AddDeviceFailure::AlreadyYours { device, name: None, site: None };
    let cases = [
        (ClaimFailure::BelongsToAnother, AddDeviceFailure::BelongsToAnother),
        (ClaimFailure::AlreadyYours { device }, yours),
        (
            ClaimFailure::TooManyTries { retry_after: 840 },
            AddDeviceFailure::TooManyTries { retry_after: 840 },
        ),
        (ClaimFailure::DeviceFault, AddDeviceFailure::DeviceFault),
        (ClaimFailure::NotAllowed, AddDeviceFailure::NotAllowed),
        (ClaimFailure::ProofRefused, AddDeviceFailure::Interrupted),
        (ClaimFailure::Unknown, AddDeviceFailure::Interrupted),
    ];
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, SERIAL).await;
    for (said, expected) in cases {
        *stage.cloud.owned.lock().unwrap() = Some(said);
        flow.add(known(PASSWORD)).await.unwrap();
        assert_eq!(failure(screen.end().await), expected);
        flow.go_back().await.unwrap();
    }
    flow.add(new_password(NEW_PASSWORD)).await.unwrap();
    assert_eq!(failure(screen.end().await), AddDeviceFailure::HasPassword);
}

#[tokio::test]
async fn device_without_a_password_needs_presence() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    let failed = add(&flow, &screen, PASSWORD).await;
    let AddDeviceState::Failed { remedies, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(*remedies, [Remedy::CreatePassword]);
    assert_eq!(failure(failed), AddDeviceFailure::PresenceRequired);
}

#[tokio::test]
async fn own_device_is_named_with_its_site() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    assert!(is_added(&add(&flow, &screen, PASSWORD).await));
    let device = DEVICE.parse().unwrap();
    *stage.cloud.owned.lock().unwrap() = Some(ClaimFailure::AlreadyYours { device });
    flow.add_another().await.unwrap();
    let (name, site) = (Some("Gate".to_owned()), Some("Lake house".to_owned()));
    let failed = failure(add(&flow, &screen, PASSWORD).await);
    assert_eq!(failed, AddDeviceFailure::AlreadyYours { device, name, site });
}

#[tokio::test]
async fn input_that_cannot_be_taken_names_its_field_and_sends_nothing() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, _screen) = flow(&core.profile()).await;
    assert!(not_now(&flow.confirm_serial(SERIAL).await), "nothing was read");
    flow.read_text(SERIAL);
    assert!(not_now(&flow.confirm_serial("CAM-0002").await), "another serial was read");
    flow.confirm_serial(SERIAL).await.unwrap();
    let wrong = |field, reason| Err(Error::InvalidInput { field, reason });
    assert_eq!(flow.add(known(PASSWORD)).await, wrong(InputField::Name, InputReason::Empty));
    flow.edit_details(named("Gate"));
    flow.edit_details(DetailsEdit::TimeZone("Europe/Atlantis".into()));
    assert_eq!(flow.add(known(PASSWORD)).await, wrong(InputField::TimeZone, InputReason::NotAllowed));
    flow.edit_details(DetailsEdit::TimeZone("Europe/Berlin".into()));
    let password = |reason| wrong(InputField::DevicePassword, reason);
    assert_eq!(flow.add(known("")).await, password(InputReason::Empty));
    assert_eq!(flow.add(known(&"x".repeat(4096))).await, password(InputReason::TooLong));
    assert_eq!(flow.add(new_password("1234567")).await, password(InputReason::TooShort));
    let differ =
        DevicePassword::New { password: "12345678".into(), again: "12345679".into(), claim_code: None };
    assert_eq!(flow.add(differ).await, password(InputReason::Differs));
    assert_eq!(stage.cloud.counts(), (0, 0));
    let unknown = core.profile().add_device(Section::Unknown, SITE.parse().unwrap()).await;
    assert!(matches!(unknown, Err(Error::InvalidInput { field: InputField::Section, .. })));
    let no_site = core.profile().add_device(Section::Video, porchlight_protocol::SiteId::mint()).await;
    assert!(matches!(no_site, Err(Error::Conflict { reason: crate::ConflictReason::SiteGone })));
}

#[tokio::test]
async fn double_tap_and_second_flow_add_the_device_once() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    stage.cloud.arm("proof", Fault::LoseAnswer);
    let profile = core.profile();
    let ((first, screen), (second, other_screen)) = (flow(&profile).await, flow(&profile).await);
    fill_in(&first, SERIAL).await;
    fill_in(&second, SERIAL).await;
    let (tap, double_tap, other) =
        tokio::join!(first.add(known(PASSWORD)), first.add(known(PASSWORD)), second.add(known(PASSWORD)));
    assert!(tap.is_ok() && other.is_ok());
    assert!(not_now(&double_tap));
    assert!(is_added(&screen.end().await));
    assert!(is_added(&other_screen.end().await));
    assert_eq!(stage.cloud.counts(), (1, 1));
}

#[tokio::test]
async fn lost_requests_and_answers_are_sent_again_and_count_once() {
    for password in [Some(PASSWORD), None] {
        for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
            let stage = Stage::new(FakeCloud::new(password)).await;
            let core = stage.open().await;
            let steps = ["put", "proof", "first-password", "get", "device"];
            for step in steps.into_iter().filter(|step| password.is_none() || *step != "first-password") {
                stage.cloud.arm(step, fault);
            }
            let (flow, screen) = flow(&core.profile()).await;
            fill_in(&flow, &stage.cloud.label(true, false)).await;
            let given = password.map_or_else(|| new_password(NEW_PASSWORD), known);
            flow.add(given).await.unwrap();
            assert!(is_added(&screen.end().await), "{password:?} {fault:?}");
            assert_eq!(stage.cloud.counts(), (1, 1), "{password:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn exchange_that_the_device_forgot_begins_again_under_the_same_claim() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    stage.cloud.arm("proof", Fault::LoseRequest);
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, SERIAL).await;
    flow.add(known(PASSWORD)).await.unwrap();
    let adding =
        screen.until(|s| matches!(s, AddDeviceState::Adding { step: AddingStep::Proving, .. })).await;
    let AddDeviceState::Adding { claim, .. } = adding else { unreachable!() };
    stage.cloud.expire();
    assert!(is_added(&screen.end().await));
    assert_eq!(stage.cloud.counts(), (1, 1));
    assert!(stage.cloud.attempt(claim) <= 2);
}

#[tokio::test]
async fn device_added_without_a_signal_is_queued_shown_and_drained_later() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let profile = core.profile();
    stage.phone.network.0.store(false, SeqCst);
    let (flow, screen) = flow(&profile).await;
    let queued = add(&flow, &screen, PASSWORD).await;
    assert!(matches!(queued, AddDeviceState::Queued { reason: QueuedReason::NoSignal, .. }), "{queued:?}");
    let window = profile.devices().window(Some(Section::Video), None, 0, 10).await.unwrap();
    let [ListedDevice::Queued(device)] = &window.items[..] else { panic!("{:?}", window.items) };
    assert_eq!((device.serial.as_str(), device.name.as_str(), device.needs_you), (SERIAL, "Gate", false));
    assert_eq!(stage.cloud.counts(), (0, 0));
    assert!(core.work(Duration::from_secs(5)).await.unwrap().is_some(), "there is still no signal");
    stage.phone.network.0.store(true, SeqCst);
    assert_eq!(core.work(Duration::from_secs(20)).await.unwrap(), None);
    assert!(is_added(&screen.end().await), "the screen that stayed open sees it");
    assert_eq!(stage.cloud.counts(), (1, 1));
}

#[tokio::test]
async fn queued_claim_with_a_wrong_password_needs_a_person_and_is_not_dropped() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let profile = core.profile();
    stage.phone.network.0.store(false, SeqCst);
    let (flow, screen) = flow(&profile).await;
    add(&flow, &screen, "wrong").await;
    flow.go_back().await.unwrap();
    drop(flow);
    stage.phone.network.0.store(true, SeqCst);
    assert_eq!(core.work(Duration::from_secs(20)).await.unwrap(), None);
    let account = profile.account().unwrap().id;
    let queued = profile.outbox().unwrap().queued_devices(account);
    assert!(queued[0].needs_you);
    let (flow, screen) = resumed(&profile, queued[0].claim).await;
    assert_eq!(failure(screen.end().await), AddDeviceFailure::WrongPassword { tries_left: Some(4) });
    flow.go_back().await.unwrap();
    flow.add(known(PASSWORD)).await.unwrap();
    assert!(is_added(&screen.end().await));
    assert_eq!(profile.outbox().unwrap().unsent().await.unwrap(), 0);
}

#[tokio::test]
async fn cancelled_claim_is_withdrawn_and_erased() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    *stage.cloud.connected.lock().unwrap() = false;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    fill_in(&flow, SERIAL).await;
    flow.add(known(PASSWORD)).await.unwrap();
    let adding = screen.until(|state| matches!(state, AddDeviceState::Adding { .. })).await;
    let AddDeviceState::Adding { claim, .. } = adding else { unreachable!() };
    while stage.cloud.counts().0 == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    flow.cancel().await.unwrap();
    assert_eq!(screen.end().await, AddDeviceState::Ended);
    assert_eq!(stage.cloud.state(claim), ClaimState::Failed { reason: ClaimFailure::GivenUp });
    let profile = core.profile();
    assert_eq!(profile.outbox().unwrap().unsent().await.unwrap(), 0);
    assert!(not_now(&flow.go_back().await), "it is over");
    assert!(matches!(profile.resume_adding_device(claim).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn picture_that_holds_no_label_says_why() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    flow.read_picture(b"this is no picture".to_vec()).await.unwrap();
    let nothing = |state: &AddDeviceState| {
        matches!(state, AddDeviceState::Label { label: LabelProgress::NothingRead { problem: Some(_) }, .. })
    };
    screen.until(nothing).await;
    flow.read_text("CAM-OOO1");
    screen.until(is_read).await;
}

#[tokio::test]
async fn cloud_that_asks_to_wait_is_asked_again_no_sooner() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    stage.cloud.arm("put", Fault::TooOften);
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    let queued = add(&flow, &screen, PASSWORD).await;
    assert!(matches!(queued, AddDeviceState::Queued { reason: QueuedReason::TooOften, .. }), "{queued:?}");
    let now = stage.phone.clock.0.load(SeqCst);
    let next_at = core.work(Duration::from_secs(5)).await.unwrap().unwrap();
    assert!(next_at >= now + 3_600_000, "{}", next_at - now);
    assert_eq!(stage.cloud.counts(), (0, 0));
    stage.phone.clock.0.store(next_at, SeqCst);
    assert_eq!(core.work(Duration::from_secs(20)).await.unwrap(), None);
    assert!(is_added(&screen.end().await));
}

#[tokio::test]
async fn label_before_the_camera_is_read_from_a_frame() {
    let stage = Stage::new(FakeCloud::new(None)).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    let (luma, modules, side) = frame(&stage.cloud.label(true, false));
    let seen = Arc::new(SeenCodes::default());
    let scanner = flow.label_scanner(seen.clone());
    while !screen.states().iter().any(is_read) {
        let mut camera = luma.clone();
        scanner.offer_frame(&camera, side, side, side, porchlight_scan::Rotation::None);
        // The camera has its buffer back, and uses it: the worker reads its own copy.
        camera.fill(0);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let outlined = seen.0.lock().unwrap().clone();
    assert!(outlined[0].is_label);
    // The quiet zone is four modules wide, on each side.
    let quiet = 4.0 / (modules + 8) as f32;
    let near = |a: f32, b: f32| (a - b).abs() < 0.02;
    let [top_left, _, bottom_right, _] = outlined[0].corners;
    assert!(near(top_left.x, quiet) && near(top_left.y, quiet), "{top_left:?}");
    assert!(near(bottom_right.x, 1.0 - quiet) && near(bottom_right.y, 1.0 - quiet), "{bottom_right:?}");
    flow.confirm_serial(SERIAL).await.unwrap();
    let details = screen.until(|state| matches!(state, AddDeviceState::Details { .. })).await;
    let AddDeviceState::Details { device, first_password_by, .. } = details else { unreachable!() };
    assert_eq!((device.model.as_str(), first_password_by), (MODEL, Presence::ClaimCode));
}

#[tokio::test]
async fn text_that_is_confirmed_is_the_text_that_was_given_not_the_one_read_before() {
    let stage = Stage::new(FakeCloud::new(Some(PASSWORD))).await;
    let core = stage.open().await;
    let (flow, screen) = flow(&core.profile()).await;
    flow.read_text("2M047C9OAN00005");
    let wrong = flow.confirm_text("no serial!").await.unwrap_err();
    assert_eq!(wrong, Error::InvalidInput { field: InputField::Label, reason: InputReason::NotAllowed });
    flow.confirm_text(&SERIAL.to_lowercase()).await.unwrap();
    let details = screen.until(|state| matches!(state, AddDeviceState::Details { .. })).await;
    let AddDeviceState::Details { device, .. } = details else { unreachable!() };
    assert_eq!(device.serial.as_str(), SERIAL);
    // The call for the last letter, late.
    flow.read_text(SERIAL);
    let past = flow.confirm_serial(SERIAL).await;
    assert_eq!(past, Err(Error::Conflict { reason: crate::ConflictReason::NotNow }));
}

/// What the viewfinder showed last.
#[derive(Debug, Default)]
struct SeenCodes(std::sync::Mutex<Vec<SeenCode>>);

impl ViewfinderListener for SeenCodes {
    fn on_seen(&self, codes: Vec<SeenCode>) {
        *self.0.lock().unwrap() = codes;
    }
}

fn is_read(state: &AddDeviceState) -> bool {
    matches!(state, AddDeviceState::Label { label: LabelProgress::Read { .. }, .. })
}
