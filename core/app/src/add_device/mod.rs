//! The flow that adds a device, from its label to the list.
//!
//! Actors: the person, the phone, the cloud that relays, the device that proves.
//!
//! 1. **Section and site** are chosen when the flow opens ([`Profile::add_device`]).
//! 2. **Label**: scanned, from a picture, or typed. What was read is shown with its findings and repairs; a person
//!    confirms the serial. The model is the label's, or follows from the serial's pattern, never from the cloud.
//! 3. **Details**: name, the device's password (or a first one, twice), time zone, daylight saving, with the next two
//!    changes of the clocks there.
//! 4. **Adding**: the claim becomes a row of the outbox before its first request, with everything needed to finish it;
//!    then it runs (`claim`). Without a signal it is queued. A killed app resumes it ([`Profile::resume_adding_device`]),
//!    and each step before it, too (`draft`).
//! 5. **Added**, or **failed** with a typed reason and what can be done, or **queued**.
//!
//! `transition` decides (pure), [`AddDeviceFlow`] runs its effects, `claim` runs the exchange with the device, also
//! without a flow. The device's password goes from the call into the sealed row and nowhere else. Limits: one claim a
//! device and account at a time; labels are data and never opened.

mod claim;
mod clocks;
mod details;
mod draft;
mod failure;
mod flow;
mod label;
mod label_scanner;
mod runner;
mod shown;
mod state;
mod steps;
#[cfg(test)]
mod tests;
mod transition;

pub(crate) use claim::run_claim;
pub use clocks::find_time_zones;
pub use details::{DetailsEdit, DetailsForm, DetailsProblem, DevicePassword};
pub use failure::{AddDeviceFailure, QueuedReason, Remedy};
pub use flow::AddDeviceFlow;
#[cfg(test)]
pub(crate) use label::LabelledDevice;
pub use label::{LabelProgress, LabelReading, LabelRepair};
pub use label_scanner::{LabelScanner, SeenCode, ViewfinderListener};
pub use state::{AddDeviceListener, AddDeviceState, AddingStep, DeviceOnLabel};
pub(crate) use steps::ClaimPlan;

use crate::error::{Error, Fault, InputField, InputReason};
use crate::profile::Profile;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, SiteId};
use std::sync::Arc;

impl Profile {
    /// Opens the flow for a site that the phone knows. `InvalidInput` for a section that is none, `Conflict` (`SiteGone`)
    /// for a site that is not there any more.
    pub async fn add_device(
        self: &Arc<Self>,
        section: Section,
        site: SiteId,
    ) -> Result<AddDeviceFlow, Error> {
        let opened = match section {
            Section::Unknown => {
                Err(Fault::Input { field: InputField::Section, reason: InputReason::NotAllowed })
            }
            _ => AddDeviceFlow::open(self, section, site).await,
        };
        self.told(opened)
    }

    /// Opens the flow where it was, by [`AddDeviceFlow::id`] or a queued device's claim: after the app was killed, or from
    /// the list of devices. What waits goes on at once. `NotFound` if it was added or given up meanwhile, or nothing was
    /// saved yet and a day is over.
    pub async fn resume_adding_device(self: &Arc<Self>, id: ClaimId) -> Result<AddDeviceFlow, Error> {
        let resumed = AddDeviceFlow::resume(self, id).await;
        self.told(resumed)
    }
}
