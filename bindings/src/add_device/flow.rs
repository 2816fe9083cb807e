//! The flow as an app holds it: calls in, states out.

use super::label_scanner::{LabelScanner, ViewfinderListener};
use super::state::{AddDeviceState, DetailsEdit};
use crate::PorchlightError;
use crate::alive::Alive;
use crate::ids::ClaimId;
use crate::listening::{Hears, Subscription};
use crate::runtime::{at_once, run};
use porchlight_core::add_device::{self, DevicePassword};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Hears each state of the flow: the current one first, then every one in order. Called on a thread of the core.
#[uniffi::export(foreign)]
pub trait AddDeviceListener: Send + Sync {
    /// The complete state.
    fn on_state(&self, state: AddDeviceState);
}

impl add_device::AddDeviceListener for Hears<dyn AddDeviceListener> {
    fn on_state(&self, state: add_device::AddDeviceState) {
        self.0.on_state(state.into());
    }
}

/// A flow that adds a device. Let go, its screen is gone and its claim goes on; [`Self::cancel`] gives the claim up.
#[derive(Debug, uniffi::Object)]
pub struct AddDeviceFlow {
    profile: Arc<porchlight_core::Profile>,
    flow: Arc<add_device::AddDeviceFlow>,
    #[expect(dead_code, reason = "it is held to be counted")]
    alive: Alive,
}

impl AddDeviceFlow {
    pub(crate) fn of(profile: &Arc<porchlight_core::Profile>, flow: add_device::AddDeviceFlow) -> Arc<Self> {
        Arc::new(Self { profile: profile.clone(), flow: Arc::new(flow), alive: Alive::new() })
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl AddDeviceFlow {
    /// Sets the flow's one listener, in place of a former one.
    pub fn listen(&self, listener: Arc<dyn AddDeviceListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.flow.listen(Arc::new(Hears(listener)))))
    }

    /// Names the flow where it is now, from its first step on: keep it, and [`crate::Profile::resume_adding_device`] with
    /// it after the app was killed. It is another one after some steps, so ask whenever the system wants to keep it.
    pub fn id(&self) -> ClaimId {
        self.flow.id()
    }

    /// Opens a scanner for a camera. Labels that it sees show in the state, and outlined to `viewfinder`.
    pub fn label_scanner(
        &self,
        viewfinder: Arc<dyn ViewfinderListener>,
    ) -> Result<Arc<LabelScanner>, PorchlightError> {
        let scanner = at_once(&self.profile, || self.flow.label_scanner(Arc::new(Hears(viewfinder))))?;
        Ok(LabelScanner::of(&self.profile, scanner))
    }

    /// Reads the label in a PNG or JPEG; returns when the state shows what was read. Hand over at most 4096 pixels on the
    /// long side.
    pub async fn read_picture(&self, bytes: Vec<u8>) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.read_picture(bytes).await }).await
    }

    /// Reads what a person typed: a serial, or the text of a whole label. Call it while they type; the state shows what
    /// was read, with findings and repairs. Calls are taken in their order.
    pub fn read_text(&self, text: String) -> Result<(), PorchlightError> {
        let text = Zeroizing::new(text);
        at_once(&self.profile, || self.flow.read_text(&text))
    }

    /// The person is done typing: exactly this text's serial is confirmed, whatever was read before. `InvalidInput` if it
    /// is no serial; the state shows its findings.
    pub async fn confirm_text(&self, text: String) -> Result<(), PorchlightError> {
        let (flow, text) = (self.flow.clone(), Zeroizing::new(text));
        run(&self.profile, async move { flow.confirm_text(&text).await }).await
    }

    /// The person compared the serial with the label: one of those read, or of the repairs that were offered.
    pub async fn confirm_serial(&self, serial: String) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.confirm_serial(&serial).await }).await
    }

    /// Takes the one field that a person changed; the clock changes follow it. Calls are taken in their order.
    pub fn edit_details(&self, edit: DetailsEdit) -> Result<(), PorchlightError> {
        at_once(&self.profile, || self.flow.edit_details(edit.into()))
    }

    /// Adds a device by the password that it has, exactly as typed; returns when the claim is saved. `InvalidInput`
    /// names the first problem, the state shows them all.
    pub async fn add_with_password(&self, password: String) -> Result<(), PorchlightError> {
        self.add(DevicePassword::Known(password.into())).await
    }

    /// Adds a device that has no password yet: this will be its first, at least 8 characters, typed twice. `claim_code`
    /// is the code under the label's code as the person typed it; none if the label was scanned, or has none.
    pub async fn add_with_new_password(
        &self,
        password: String,
        again: String,
        claim_code: Option<String>,
    ) -> Result<(), PorchlightError> {
        let claim_code = claim_code.map(Into::into);
        self.add(DevicePassword::New { password: password.into(), again: again.into(), claim_code }).await
    }

    /// Tries a failed claim again with the same details and password, where its remedies say so.
    pub async fn try_again(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.try_again().await }).await
    }

    /// Begins again with the next device at the same site.
    pub async fn add_another(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.add_another().await }).await
    }

    /// The number that was confirmed, to be compared with the label once more: from the details, or from a failure whose
    /// remedy it is. The state shows the label again, with the number typed.
    pub async fn check_number(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.check_number().await }).await
    }

    /// One step back. While the device is being added this gives the claim up; if that is too late, the state says so.
    pub async fn go_back(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.go_back().await }).await
    }

    /// Ends the flow, and gives up what it has not added: queued and failed claims are erased.
    pub async fn cancel(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.cancel().await }).await
    }
}

impl AddDeviceFlow {
    async fn add(&self, password: DevicePassword) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.add(password).await }).await
    }
}
