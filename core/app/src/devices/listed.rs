//! What a list of devices shows: those that are added, and those that the outbox still has to add.

use crate::cache::Part;
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

/// What is queued, then what is added, as one list: a part of it.
pub(super) fn lay_over(
    queued: Vec<QueuedDevice>,
    offset: u32,
    count: u32,
    added: impl FnOnce(u32, u32) -> Part<Device>,
) -> Part<ListedDevice> {
    let on_top = u32::try_from(queued.len()).unwrap_or(u32::MAX);
    let shown: Vec<_> = queued.into_iter().skip(offset as usize).take(count as usize).collect();
    let room = count - u32::try_from(shown.len()).unwrap_or(count);
    let added = added(offset.saturating_sub(on_top), room);
    let queued = shown.into_iter().map(ListedDevice::Queued);
    Part {
        items: queued.chain(added.items.into_iter().map(ListedDevice::Added)).collect(),
        total: added.total.saturating_add(on_top),
        as_of: added.as_of,
        connection: added.connection,
    }
}
