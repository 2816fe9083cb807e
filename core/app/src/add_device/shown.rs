//! What of a state a screen sees: all that it needs, and no secret.

use super::label::{LabelProgress, LabelReading, LabelledDevice};
use super::state::{AddDeviceState, DeviceOnLabel};
use super::steps::{Seen, State};
use super::{clocks, details};

impl State {
    /// The complete picture for a screen.
    pub(super) fn shown(&self) -> AddDeviceState {
        match self {
            Self::Label(step) => AddDeviceState::Label {
                section: step.place.section,
                site: step.place.site,
                label: step.seen.shown(),
                typed: step.typed.clone(),
            },
            Self::Details(step) => AddDeviceState::Details {
                device: step.device.shown(),
                form: step.form.clone(),
                clock_changes: clocks::next_changes(
                    &step.form.time_zone,
                    step.form.daylight_saving,
                    step.now,
                ),
                problems: step.problems.clone(),
                first_password_by: details::first_password_by(step.device.claim_code.is_some()),
                new_password: step.new_password,
            },
            Self::Adding { claim, step } | Self::Withdrawing { claim, step, .. } => AddDeviceState::Adding {
                claim: claim.id,
                device: claim.device.shown(),
                name: claim.form.name.clone(),
                step: *step,
            },
            Self::Queued { claim, reason } => AddDeviceState::Queued {
                claim: claim.id,
                device: claim.device.shown(),
                name: claim.form.name.clone(),
                reason: *reason,
            },
            Self::Failed { claim, failure } => AddDeviceState::Failed {
                claim: claim.id,
                device: claim.device.shown(),
                name: claim.form.name.clone(),
                failure: failure.clone(),
                remedies: failure.remedies(claim.presence).to_vec(),
            },
            Self::Added { claim, added } => AddDeviceState::Added {
                added: *added,
                device: claim.device.shown(),
                name: claim.form.name.clone(),
            },
            Self::Ended => AddDeviceState::Ended,
        }
    }
}

impl LabelledDevice {
    fn shown(&self) -> DeviceOnLabel {
        DeviceOnLabel { serial: self.serial.clone(), model: self.model.clone() }
    }
}

impl Seen {
    fn shown(&self) -> LabelProgress {
        match self {
            Self::Nothing => LabelProgress::Waiting,
            Self::BeingRead => LabelProgress::Reading,
            Self::Readings(readings) => {
                LabelProgress::Read { readings: readings.iter().map(LabelReading::of).collect() }
            }
            Self::NoCode(problem) => LabelProgress::NothingRead { problem: *problem },
        }
    }
}
