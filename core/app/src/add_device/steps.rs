//! The flow's states, events and effects.

use super::details::{DetailsEdit, DetailsForm, DetailsProblem, DevicePassword};
use super::failure::{AddDeviceFailure, QueuedReason};
use super::label::LabelledDevice;
use super::state::AddingStep;
use porchlight_label::Reading;
use porchlight_protocol::add_device::{ClaimTerms, Presence};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, DeviceId, Maker, SiteId};
use porchlight_scan::ScanError;
use secrecy::SecretString;

/// What was chosen before the flow, and never changes in it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) maker: Maker,
    pub(super) section: Section,
    pub(super) site: SiteId,
    /// The site's time zone.
    pub(super) time_zone: String,
}

/// Where the flow is.
#[derive(Clone, Debug)]
pub(super) enum State {
    Label(LabelStep),
    Details(DetailsStep),
    Adding {
        claim: AddedClaim,
        step: AddingStep,
    },
    /// The claim is being given up; it may be too late for that.
    Withdrawing {
        claim: AddedClaim,
        step: AddingStep,
        then: Afterwards,
    },
    Queued {
        claim: AddedClaim,
        reason: QueuedReason,
    },
    Failed {
        claim: AddedClaim,
        failure: AddDeviceFailure,
    },
    Added {
        claim: AddedClaim,
        added: DeviceId,
    },
    Ended,
}

/// The label is being read.
#[derive(Clone, Debug)]
pub(super) struct LabelStep {
    /// Names the flow, and then the claim that it leads to.
    pub(super) draft: ClaimId,
    pub(super) place: Place,
    pub(super) seen: Seen,
    /// Counts what was offered, so that a slow picture does not replace what came after it.
    pub(super) turn: u32,
    /// A claim that failed: it is replaced by the next one.
    pub(super) former: Option<ClaimId>,
    /// The number as it was typed, or is to be compared; none while the label is scanned.
    pub(super) typed: Option<String>,
    /// The device that was confirmed before: if its number is confirmed again, what else its label said still holds.
    pub(super) known: Option<LabelledDevice>,
    /// What was filled in before, and at first what a person most likely wants.
    pub(super) form: DetailsForm,
}

/// What was read so far.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Nothing,
    BeingRead,
    Readings(Vec<Reading>),
    NoCode(Option<ScanError>),
}

/// The details are being filled in.
#[derive(Clone, Debug)]
pub(super) struct DetailsStep {
    pub(super) label: LabelStep,
    pub(super) device: LabelledDevice,
    pub(super) form: DetailsForm,
    /// When the clock changes were last looked up.
    pub(super) now: i64,
    pub(super) problems: Vec<DetailsProblem>,
    /// The person said, or the device did, that it has no password yet.
    pub(super) new_password: bool,
}

/// A claim in the outbox, with what a person said about it.
#[derive(Clone, Debug)]
pub(super) struct AddedClaim {
    pub(super) id: ClaimId,
    pub(super) place: Place,
    pub(super) device: LabelledDevice,
    pub(super) form: DetailsForm,
    pub(super) presence: Presence,
    /// Milliseconds UTC.
    pub(super) now: i64,
}

/// Where a claim that is given up leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    Details {
        /// Names the flow from then on: the id of the claim is used up.
        draft: ClaimId,
    },
    End,
}

/// What a step may need that is another each time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fresh {
    /// An id that nothing has yet.
    pub(super) id: ClaimId,
    /// Milliseconds UTC by the phone's clock.
    pub(super) now: i64,
}

/// A claim as it must be saved.
#[derive(Debug)]
pub(crate) struct ClaimPlan {
    pub(crate) id: ClaimId,
    pub(crate) terms: ClaimTerms,
    pub(crate) device: LabelledDevice,
    pub(crate) password: SecretString,
}

/// What happened.
#[derive(Debug)]
pub(super) enum Event {
    // By the person.
    PictureOffered,
    TextRead {
        reading: Reading,
        /// What was typed, as far as it is no secret.
        typed: String,
    },
    Confirm {
        serial: String,
    },
    Edit(DetailsEdit),
    Add {
        password: DevicePassword,
    },
    TryAgain,
    AddAnother,
    CheckNumber,
    Back,
    Cancel,
    // By the scanner.
    PictureRead {
        turn: u32,
        outcome: Result<Vec<Reading>, ScanError>,
    },
    FrameRead(Vec<Reading>),
    // By the outbox: the claim is durable, under this id or that of a claim of the same device that waited already.
    Saved {
        claim: ClaimId,
    },
    NotSaved,
    Withdrawn,
    // By the claim's run.
    Progressed(AddingStep),
    Queued(QueuedReason),
    Failed(AddDeviceFailure),
    Owned(DeviceId),
    /// Somebody else gave it up.
    Gone,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Effect {
    /// Write the claim into the outbox, in place of a former one; then run it.
    Save { plan: Box<ClaimPlan>, replaces: Option<ClaimId> },
    /// Bring a claim that failed to life again, under its own id if that is still open, else under the new one.
    Renew { claim: ClaimId, new: ClaimId },
    /// End the claim in the cloud, if it can be reached, and erase it here.
    Withdraw(ClaimId),
    /// Erase a claim that is over.
    Discard(ClaimId),
}

impl AddedClaim {
    pub(super) fn terms(&self) -> ClaimTerms {
        ClaimTerms {
            maker: self.place.maker.clone(),
            serial: self.device.serial.clone(),
            model: self.device.model.clone(),
            section: self.place.section,
            site: self.place.site,
            name: self.form.name.clone(),
            time_zone: self.form.time_zone.clone(),
            daylight_saving: self.form.daylight_saving,
            presence: self.presence,
        }
    }
}

impl State {
    /// The first step.
    pub(super) fn begin(place: Place, draft: ClaimId) -> Self {
        let form =
            DetailsForm { name: String::new(), time_zone: place.time_zone.clone(), daylight_saving: true };
        let seen = Seen::Nothing;
        Self::Label(LabelStep { draft, place, seen, turn: 0, former: None, typed: None, known: None, form })
    }

    /// What names the flow where it is now; none once it is over.
    pub(super) fn id(&self) -> Option<ClaimId> {
        match self {
            Self::Label(step) => Some(step.draft),
            Self::Details(step) => Some(step.label.draft),
            Self::Added { claim, .. } => Some(claim.id),
            _ => self.claim(),
        }
    }

    /// The claim that the state is about.
    pub(super) fn claim(&self) -> Option<ClaimId> {
        match self {
            Self::Adding { claim, .. }
            | Self::Withdrawing { claim, .. }
            | Self::Queued { claim, .. }
            | Self::Failed { claim, .. } => Some(claim.id),
            Self::Label(_) | Self::Details(_) | Self::Added { .. } | Self::Ended => None,
        }
    }

    /// What is wrong with what was filled in.
    pub(super) fn first_problem(&self) -> Option<DetailsProblem> {
        match self {
            Self::Details(step) => step.problems.first().copied(),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Label(_) => "label",
            Self::Details(_) => "details",
            Self::Adding { .. } => "adding",
            Self::Withdrawing { .. } => "withdrawing",
            Self::Queued { .. } => "queued",
            Self::Failed { .. } => "failed",
            Self::Added { .. } => "added",
            Self::Ended => "ended",
        }
    }
}

impl Event {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::PictureOffered => "picture offered",
            Self::TextRead { .. } => "text read",
            Self::Confirm { .. } => "confirm",
            Self::Edit(_) => "edit",
            Self::Add { .. } => "add",
            Self::TryAgain => "try again",
            Self::AddAnother => "add another",
            Self::CheckNumber => "check number",
            Self::Back => "back",
            Self::Cancel => "cancel",
            Self::PictureRead { .. } => "picture read",
            Self::FrameRead(_) => "frame read",
            Self::Saved { .. } => "saved",
            Self::NotSaved => "not saved",
            Self::Withdrawn => "withdrawn",
            Self::Progressed(_) => "progressed",
            Self::Queued(_) => "queued",
            Self::Failed(_) => "failed",
            Self::Owned(_) => "owned",
            Self::Gone => "gone",
        }
    }
}
