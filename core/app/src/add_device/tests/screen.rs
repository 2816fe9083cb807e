//! A screen that remembers every state, and a phone that is signed in and knows its site.

use super::fake_cloud::{FakeCloud, MODEL, SERIAL};
use crate::add_device::*;
use crate::profile::Profile;
use crate::testing::{SITE, TestPhone, answer, cloud_with_sign_in, session_response, site};
use crate::{Error, Porchlight};
use porchlight_protocol::ClaimId;
use porchlight_protocol::devices::Section;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use wiremock::{MockServer, ResponseTemplate};

/// Every state, in order.
#[derive(Debug, Default)]
pub(super) struct Screen {
    states: Mutex<Vec<AddDeviceState>>,
    told: Notify,
}

impl AddDeviceListener for Screen {
    fn on_state(&self, state: AddDeviceState) {
        self.states.lock().unwrap().push(state);
        self.told.notify_one();
    }
}

impl Screen {
    pub(super) fn states(&self) -> Vec<AddDeviceState> {
        self.states.lock().unwrap().clone()
    }

    /// Waits for a state and takes it and all before it off the record.
    pub(super) async fn until(&self, what: impl Fn(&AddDeviceState) -> bool) -> AddDeviceState {
        let found = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                if let Some(found) = self.take(&what) {
                    return found;
                }
                self.told.notified().await;
            }
        });
        found.await.unwrap_or_else(|_| panic!("stayed at {:?}", self.states()))
    }

    fn take(&self, what: impl Fn(&AddDeviceState) -> bool) -> Option<AddDeviceState> {
        let mut states = self.states.lock().unwrap();
        let at = states.iter().position(what)?;
        states.drain(..=at).next_back()
    }

    /// The end of an adding, whatever it is.
    pub(super) async fn end(&self) -> AddDeviceState {
        let is_end = |state: &AddDeviceState| {
            use AddDeviceState::{Added, Ended, Failed, Queued};
            matches!(state, Added { .. } | Failed { .. } | Queued { .. } | Ended)
        };
        self.until(is_end).await
    }

    /// The steps that were shown so far.
    pub(super) fn steps(&self) -> Vec<AddingStep> {
        let step = |state: AddDeviceState| match state {
            AddDeviceState::Adding { step, .. } => Some(step),
            _ => None,
        };
        let mut steps: Vec<_> = self.states().into_iter().filter_map(step).collect();
        steps.dedup();
        steps
    }
}

pub(super) struct Stage {
    pub(super) server: MockServer,
    pub(super) cloud: Arc<FakeCloud>,
    pub(super) phone: TestPhone,
}

impl Stage {
    pub(super) async fn new(cloud: FakeCloud) -> Self {
        let server = cloud_with_sign_in().await;
        answer(&server, "POST", "/v1/sessions/refresh", session_response("pl_at_2", "pl_rt_2")).await;
        let sites = json!({ "sites": [site(SITE, "Lake house")], "cursor": "0.1" });
        answer(&server, "GET", "/v1/sites", ResponseTemplate::new(200).set_body_json(sites)).await;
        let cloud = Arc::new(cloud);
        cloud.mount(&server).await;
        Self { server, cloud, phone: TestPhone::new() }
    }

    /// The app, signed in, with its lists.
    pub(super) async fn open(&self) -> Porchlight {
        let core = self.phone.open(&self.server).await;
        let profile = core.profile();
        if profile.account().is_err() {
            let password = "correct porch lantern".into();
            profile.session().sign_in("kim@example.org", password).await.unwrap();
        }
        let _offline_or_read = profile.sites().refresh().await;
        core
    }
}

pub(super) async fn flow(profile: &Arc<Profile>) -> (AddDeviceFlow, Arc<Screen>) {
    let flow = profile.add_device(Section::Video, SITE.parse().unwrap()).await.unwrap();
    let screen = listen(&flow);
    (flow, screen)
}

pub(super) fn listen(flow: &AddDeviceFlow) -> Arc<Screen> {
    let screen = Arc::new(Screen::default());
    flow.listen(screen.clone()).for_good();
    screen
}

pub(super) async fn resumed(profile: &Arc<Profile>, claim: ClaimId) -> (AddDeviceFlow, Arc<Screen>) {
    let flow = profile.resume_adding_device(claim).await.unwrap();
    let screen = listen(&flow);
    (flow, screen)
}

/// Label and details, up to the password.
pub(super) async fn fill_in(flow: &AddDeviceFlow, label: &str) {
    flow.read_text(label);
    flow.confirm_serial(SERIAL).await.unwrap();
    flow.edit_details(named("Gate"));
}

pub(super) fn named(name: &str) -> DetailsEdit {
    DetailsEdit::Name(name.to_owned())
}

pub(super) fn known(password: &str) -> DevicePassword {
    DevicePassword::Known(password.into())
}

pub(super) fn new_password(password: &str) -> DevicePassword {
    DevicePassword::New { password: password.into(), again: password.into(), claim_code: None }
}

/// Adds the device with its right password, up to the end of it.
pub(super) async fn add(flow: &AddDeviceFlow, screen: &Screen, password: &str) -> AddDeviceState {
    fill_in(flow, SERIAL).await;
    flow.add(known(password)).await.unwrap();
    screen.end().await
}

pub(super) fn failure(state: AddDeviceState) -> AddDeviceFailure {
    match state {
        AddDeviceState::Failed { failure, .. } => failure,
        other => panic!("not failed: {other:?}"),
    }
}

pub(super) fn is_added(state: &AddDeviceState) -> bool {
    matches!(state, AddDeviceState::Added { device, name, .. }
        if device.serial.as_str() == SERIAL && name == "Gate" && (device.model.as_str() == MODEL || device.model.as_str() == "CAM"))
}

pub(super) fn not_now<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Conflict { reason: crate::ConflictReason::NotNow }))
}

/// A label before the camera: its frame, its code's modules on a side, its pixels on a side.
pub(super) fn frame(label: &str) -> (Vec<u8>, usize, usize) {
    let code = qrcode::QrCode::new(label).unwrap();
    // Six pixels a module, four modules of quiet zone.
    let (modules, colors) = (code.width(), code.to_colors());
    let side = (modules + 8) * 6;
    let pixel = |at: usize| {
        let (x, y) = ((at % side / 6).wrapping_sub(4), (at / side / 6).wrapping_sub(4));
        let is_dark = x < modules && y < modules && colors[y * modules + x] == qrcode::Color::Dark;
        if is_dark { 0 } else { 255 }
    };
    ((0..side * side).map(pixel).collect(), modules, side)
}

/// Shows a label to the flow's camera until it is read.
pub(super) async fn scan(flow: &AddDeviceFlow, screen: &Screen, label: &str) {
    let (luma, _, side) = frame(label);
    let scanner = flow.label_scanner(Arc::new(Blind));
    let is_read = |state: &AddDeviceState| {
        matches!(state, AddDeviceState::Label { label: LabelProgress::Read { .. }, .. })
    };
    while !screen.states().iter().any(is_read) {
        scanner.offer_frame(&luma, side, side, side, porchlight_scan::Rotation::None);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[derive(Debug)]
struct Blind;

impl ViewfinderListener for Blind {
    fn on_seen(&self, _: Vec<SeenCode>) {}
}
