//! Porchlight for Android and iOS: the core behind uniffi. Convert, run, convert; every decision is the core's.
//!
//! 1. [`Porchlight::open`] with a [`Configuration`], a folder and the phone's ports ([`SecretStore`], [`Clock`],
//!    [`Connectivity`], [`Signer`], [`HandoffVault`]); then [`Porchlight::profile`].
//! 2. From the [`Profile`] come the flows ([`SessionFlow`], [`AddDeviceFlow`]) and the lists ([`SiteList`],
//!    [`DeviceList`], [`CustomerList`], [`OfferList`], [`MembershipList`], [`RequestList`], [`GrantList`],
//!    [`HistoryList`]). From [`Porchlight`] come the [`HandoffFlow`] and the [`DelegatedSession`]. Each has one listener; a [`Subscription`] ends it.
//! 3. Every async function runs on the core's own threads: dropping its future or cancelling its coroutine does not
//!    stop it. What can be stopped has a method for it.
//!
//! Limits: no token is a field, an argument or an answer here; secrets come in as arguments of a reviewed few
//! functions (`tests/surface.rs`) and are wrapped at once. An answer of a port is judged by the core.

mod access;
#[cfg(test)]
mod access_mapping_tests;
mod add_device;
mod alive;
mod configuration;
mod customers;
mod devices;
mod error;
mod handoff;
mod history;
mod ids;
mod listening;
#[cfg(test)]
mod mapping_tests;
mod people;
mod porchlight;
mod ports;
#[cfg(feature = "probes")]
mod probes;
mod profile;
mod runtime;
mod session;
mod sites;

pub use access::*;
pub use add_device::*;
pub use configuration::Configuration;
pub use customers::*;
pub use devices::{Device, DeviceLine, DeviceList, DeviceSection, DeviceWindow, QueuedDevice};
pub use error::{ConflictReason, InputField, InputReason, NotAllowedReason, PorchlightError};
pub use handoff::{HandoffFlow, HandoffListener, HandoffRefusal, HandoffState, LinkError, LinkOpener};
pub use history::{Act, ActAbout, ActPage, HistoryList};
pub use ids::{ActId, ClaimId, CustomerId, DeviceId, GrantId, OrganizationId, RequestId, SiteId};
pub use listening::{Connection, ListListener, Subscription};
pub use people::{Membership, MembershipList, MembershipWindow, OrganizationKind, OrganizationRole};
pub use porchlight::Porchlight;
pub use ports::{Clock, Connectivity, HandoffVault, PortError, SecretStore, Signer};
#[cfg(feature = "probes")]
pub use probes::*;
pub use profile::Profile;
pub use session::{
    Account, Language, SessionFlow, SessionListener, SessionState, SignedOutReason, UnsentActs,
};
pub use sites::{Site, SiteChoice, SiteList, SiteWindow};

uniffi::setup_scaffolding!();
