//! The flow as a screen sees it: each state is one complete picture.

use super::details::{DetailsForm, DetailsProblem};
use super::failure::{AddDeviceFailure, QueuedReason, Remedy};
use super::label::LabelProgress;
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::device::ClockChange;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, DeviceId, Model, Serial, SiteId};
use std::fmt;

/// Where the flow is. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddDeviceState {
    /// Scan the label, pick a picture of it, or type.
    Label {
        /// What the device is for.
        section: Section,
        /// Where it will be.
        site: SiteId,
        /// What was read.
        label: LabelProgress,
        /// The number as it was typed, or is to be compared with the label: show its field, filled in with this when the
        /// step begins. None: show the camera.
        typed: Option<String>,
    },
    /// Name, password, time zone, daylight saving.
    Details {
        /// The device whose serial was confirmed.
        device: DeviceOnLabel,
        /// What is filled in.
        form: DetailsForm,
        /// The next two changes of the clocks there, for a person to see that the zone is right; empty if there are none.
        clock_changes: Vec<ClockChange>,
        /// Fields that were tried and cannot be taken.
        problems: Vec<DetailsProblem>,
        /// How a device without a password is shown to be near: `ClaimCode` of its label, or its `Button`.
        first_password_by: Presence,
        /// The choice to begin with: the device has no password yet.
        new_password: bool,
    },
    /// The device is being added.
    Adding {
        /// The claim.
        claim: ClaimId,
        /// The device.
        device: DeviceOnLabel,
        /// What it will be called.
        name: String,
        /// The step that is being done; those before it are done.
        step: AddingStep,
    },
    /// Saved on this phone: it is added when the phone can.
    Queued {
        /// The claim.
        claim: ClaimId,
        /// The device.
        device: DeviceOnLabel,
        /// What it will be called.
        name: String,
        /// What it waits for.
        reason: QueuedReason,
    },
    /// It was not added. It stays in the list of devices, marked, until it is added, corrected or given up.
    Failed {
        /// The claim.
        claim: ClaimId,
        /// The device.
        device: DeviceOnLabel,
        /// What it would have been called.
        name: String,
        /// Why.
        failure: AddDeviceFailure,
        /// What a person can do about it.
        remedies: Vec<Remedy>,
    },
    /// It is in the list, on every phone that sees the site.
    Added {
        /// Which it is in the list.
        added: DeviceId,
        /// The device.
        device: DeviceOnLabel,
        /// What it is called.
        name: String,
    },
    /// The flow is over: leave its screen. Nothing comes after this.
    Ended,
}

/// A device as its label names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceOnLabel {
    /// What is printed on it.
    pub serial: Serial,
    /// From the label, or by the serial's pattern; the cloud may know better once it is added.
    pub model: Model,
}

/// The steps of adding, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddingStep {
    /// The device is asked whether it is there.
    Asking,
    /// Phone and device prove to each other that they know the same.
    Proving,
    /// The device gets its name, its clock and, if it had none, its password.
    SettingUp,
    /// The device confirmed; the list is being brought up to date.
    Done,
}

/// Hears each state of the flow: the current one first, then every one in order.
pub trait AddDeviceListener: Send + Sync + fmt::Debug {
    /// The complete state.
    fn on_state(&self, state: AddDeviceState);
}
