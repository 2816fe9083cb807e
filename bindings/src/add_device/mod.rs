//! The flow that adds a device, from its label to the list.

mod failure;
mod flow;
mod label;
mod label_scanner;
mod state;

pub use failure::{AddDeviceFailure, QueuedReason, Remedy};
pub use flow::{AddDeviceFlow, AddDeviceListener};
pub use label::{
    LabelFamily, LabelField, LabelFinding, LabelIdentifier, LabelIdentifierKind, LabelProgress, LabelReading,
    LabelRepair, LabelSecretKind, ScanProblem,
};
pub use label_scanner::{CodeCorner, FrameOffer, FrameRotation, LabelScanner, SeenCode, ViewfinderListener};
pub use state::{
    AddDeviceState, AddingStep, ClockChange, DetailsForm, DetailsProblem, DeviceOnLabel, PresenceProof,
};
