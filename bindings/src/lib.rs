//! Porchlight for Android and iOS: the core behind uniffi. Convert, run, convert; every decision is the core's.
//!
//! 1. [`Porchlight::open`] with a [`Configuration`], a folder and the phone's ports ([`SecretStore`], [`Clock`],
//!    [`Connectivity`], [`Signer`]); then [`Porchlight::profile`].
//! 2. From the [`Profile`] come the flows ([`SessionFlow`], [`AddDeviceFlow`]) and the lists ([`SiteList`],
//!    [`DeviceList`]). Each has one listener; a [`Subscription`] ends it.
//! 3. Every async function runs on the core's own threads: dropping its future or cancelling its coroutine does not
//!    stop it. What can be stopped has a method for it.
//!
//! Limits: no token is a field, an argument or an answer here; secrets come in as arguments of a reviewed few
//! functions (`tests/surface.rs`) and are wrapped at once. An answer of a port is judged by the core.

mod add_device;
mod alive;
mod configuration;
mod devices;
mod error;
mod ids;
mod listening;
#[cfg(test)]
mod mapping_tests;
mod porchlight;
mod ports;
#[cfg(feature = "probes")]
mod probes;
mod profile;
mod runtime;
mod session;
mod sites;

pub use add_device::*;
pub use configuration::Configuration;
pub use devices::{Device, DeviceLine, DeviceList, DeviceSection, DeviceWindow, QueuedDevice};
pub use error::{ConflictReason, InputField, InputReason, NotAllowedReason, PorchlightError};
pub use ids::{ClaimId, DeviceId, SiteId};
pub use listening::{Connection, ListListener, Subscription};
pub use porchlight::Porchlight;
pub use ports::{Clock, Connectivity, PortError, SecretStore, Signer};
#[cfg(feature = "probes")]
pub use probes::*;
pub use profile::Profile;
pub use session::{
    Account, Language, SessionFlow, SessionListener, SessionState, SignedOutReason, UnsentActs,
};
pub use sites::{Site, SiteChoice, SiteList, SiteWindow};

uniffi::setup_scaffolding!();
