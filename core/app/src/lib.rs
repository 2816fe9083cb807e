//! Porchlight's phone core: everything the app decides, and no screen.
//!
//! 1. [`Porchlight`] opens the person's own [`Profile`]: files, key, session.
//! 2. Flows ([`session`], [`add_device`]) are pure state machines with a runner; they show complete states to one
//!    listener.
//! 3. Lists ([`sites`], [`devices`]) show windows of the cache, with the outbox laid over it; the change feed
//!    (`history`) keeps them fresh.
//! 4. What a phone must supply stands in [`ports`]; what can go wrong in [`Error`].
//!
//! Async functions need a tokio runtime with time and I/O.

pub mod add_device;
mod cache;
mod configuration;
pub mod devices;
mod error;
mod history;
mod http;
mod listening;
mod outbox;
mod porchlight;
pub mod ports;
mod profile;
mod report;
mod sealed;
pub mod session;
pub mod sites;
mod store;
mod stores;
#[cfg(test)]
mod testing;
mod window;
mod work;

pub use configuration::Configuration;
pub use error::{ConflictReason, Error, InputField, InputReason, NotAllowedReason};
pub use listening::Subscription;
pub use porchlight::Porchlight;
pub use profile::Profile;
/// What of the protocol and the scanner stands in the signatures here: a shell's facade needs nothing below this crate.
pub mod words {
    pub use porchlight_label::{Family, Field, Finding, Identifier, IdentifierKind, SecretKind};
    pub use porchlight_protocol::add_device::Presence;
    pub use porchlight_protocol::device::ClockChange;
    pub use porchlight_protocol::devices::{Device, Section};
    pub use porchlight_protocol::session::{Account, Language};
    pub use porchlight_protocol::sites::Site;
    pub use porchlight_protocol::{AccountId, ClaimId, DeviceId, LinkHost, Maker, Model, Serial, SiteId};
    pub use porchlight_scan::{Corner, Offer, Rotation, ScanError};
}
pub use window::{Connection, ListListener, Window};
