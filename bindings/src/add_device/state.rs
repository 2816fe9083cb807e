//! The flow as a screen sees it: each state is one complete picture, and holds no secret.

use super::failure::{AddDeviceFailure, QueuedReason, Remedy};
use super::label::LabelProgress;
use crate::devices::DeviceSection;
use crate::error::{InputField, InputReason};
use crate::ids::{ClaimId, DeviceId, SiteId};
use crate::runtime::moment;
use porchlight_core::{add_device, words};
use std::time::SystemTime;

pub type AddingStep = add_device::AddingStep;
pub type PresenceProof = words::Presence;

/// The steps of adding, in their order.
#[uniffi::remote(Enum)]
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

/// How somebody shows that the device is theirs to add.
#[uniffi::remote(Enum)]
pub enum PresenceProof {
    /// They know the device's password.
    Password,
    /// The device has no password yet: they have the claim code on its label.
    ClaimCode,
    /// The device has no password yet: they press its button.
    Button,
    /// A way of a newer side.
    Unknown,
}

/// A device as its label names it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DeviceOnLabel {
    /// What is printed on it.
    pub serial: String,
    /// From the label, or by the serial's pattern; the cloud may know better once it is added.
    pub model: String,
}

impl From<add_device::DeviceOnLabel> for DeviceOnLabel {
    fn from(device: add_device::DeviceOnLabel) -> Self {
        let add_device::DeviceOnLabel { serial, model } = device;
        Self { serial: serial.to_string(), model: model.to_string() }
    }
}

/// What a person fills in, but for the password.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DetailsForm {
    /// What the device will be called: 1 to 64 characters.
    pub name: String,
    /// IANA name; the site's at first.
    pub time_zone: String,
    /// Whether its clock follows daylight saving.
    pub daylight_saving: bool,
}

impl From<add_device::DetailsForm> for DetailsForm {
    fn from(form: add_device::DetailsForm) -> Self {
        let add_device::DetailsForm { name, time_zone, daylight_saving } = form;
        Self { name, time_zone, daylight_saving }
    }
}

/// One field that a person changed; the others stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DetailsEdit {
    /// What the device will be called.
    Name {
        /// 1 to 64 characters.
        name: String,
    },
    /// Where its clock stands.
    TimeZone {
        /// IANA name.
        time_zone: String,
    },
    /// Whether its clock follows daylight saving.
    DaylightSaving {
        /// It does.
        on: bool,
    },
}

impl From<DetailsEdit> for add_device::DetailsEdit {
    fn from(edit: DetailsEdit) -> Self {
        match edit {
            DetailsEdit::Name { name } => Self::Name(name),
            DetailsEdit::TimeZone { time_zone } => Self::TimeZone(time_zone),
            DetailsEdit::DaylightSaving { on } => Self::DaylightSaving(on),
        }
    }
}

/// A field that cannot be taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DetailsProblem {
    /// `Name`, `TimeZone`, `DevicePassword` or `ClaimCode`.
    pub field: InputField,
    /// What is wrong with it.
    pub reason: InputReason,
}

impl From<add_device::DetailsProblem> for DetailsProblem {
    fn from(problem: add_device::DetailsProblem) -> Self {
        let add_device::DetailsProblem { field, reason } = problem;
        Self { field, reason }
    }
}

/// One change of the clocks at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ClockChange {
    /// When.
    pub at: SystemTime,
    /// Seconds east of UTC from then on.
    pub offset: i32,
    /// Whether that is daylight saving time: the clocks go forward.
    pub daylight: bool,
}

impl From<words::ClockChange> for ClockChange {
    fn from(change: words::ClockChange) -> Self {
        let words::ClockChange { at, offset, daylight } = change;
        Self { at: moment(at), offset, daylight }
    }
}

/// Where the flow is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum AddDeviceState {
    /// Scan the label, pick a picture of it, or type.
    Label {
        /// What the device is for.
        section: DeviceSection,
        /// Where it will be.
        site: SiteId,
        /// What was read.
        label: LabelProgress,
        /// The number as it was typed, or is to be compared with the label: show its field, filled in with this once,
        /// when the step begins. None: show the camera.
        typed: Option<String>,
    },
    /// Name, password, time zone, daylight saving.
    Details {
        /// The device whose serial was confirmed.
        device: DeviceOnLabel,
        /// What is filled in.
        form: DetailsForm,
        /// The next two changes of the clocks there, for a person to see that the zone is right; empty if there are
        /// none.
        clock_changes: Vec<ClockChange>,
        /// Fields that were tried and cannot be taken.
        problems: Vec<DetailsProblem>,
        /// How a device without a password is shown to be near: `ClaimCode` of its label, or its `Button`.
        first_password_by: PresenceProof,
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

impl From<add_device::AddDeviceState> for AddDeviceState {
    fn from(state: add_device::AddDeviceState) -> Self {
        use add_device::AddDeviceState as Core;
        match state {
            Core::Label { section, site, label, typed } => {
                Self::Label { section, site, label: label.into(), typed }
            }
            Core::Details { device, form, clock_changes, problems, first_password_by, new_password } => {
                Self::Details {
                    device: device.into(),
                    form: form.into(),
                    clock_changes: clock_changes.into_iter().map(Into::into).collect(),
                    problems: problems.into_iter().map(Into::into).collect(),
                    first_password_by,
                    new_password,
                }
            }
            Core::Adding { claim, device, name, step } => {
                Self::Adding { claim, device: device.into(), name, step }
            }
            Core::Queued { claim, device, name, reason } => {
                Self::Queued { claim, device: device.into(), name, reason }
            }
            Core::Failed { claim, device, name, failure, remedies } => {
                Self::Failed { claim, device: device.into(), name, failure: failure.into(), remedies }
            }
            Core::Added { added, device, name } => Self::Added { added, device: device.into(), name },
            Core::Ended => Self::Ended,
        }
    }
}
