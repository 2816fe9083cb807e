//! What a list of devices shows: those that are added, and those that the outbox still has to add.

use porchlight_protocol::devices::{Device, Section};
use porchlight_protocol::{ClaimId, Maker, Model, Serial, SiteId};

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedDevice {
    /// Added: the cloud knows it.
    Added(Device),
    /// Queued: the phone still owes the cloud its claim.
    Queued(QueuedDevice),
}

/// A device whose claim waits in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedDevice {
    /// Its claim: `resume` the flow with it.
    pub claim: ClaimId,
    /// Who made it.
    pub maker: Maker,
    /// What is printed on it.
    pub serial: Serial,
    /// What kind it is.
    pub model: Model,
    /// What it is for.
    pub section: Section,
    /// Where it will be.
    pub site: SiteId,
    /// What it will be called.
    pub name: String,
    /// It does not go on by itself: open the flow, it says why.
    pub needs_you: bool,
}
