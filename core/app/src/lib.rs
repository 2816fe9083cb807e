//! Porchlight's phone core: everything the app decides, and no screen.
//!
//! 1. [`Porchlight`] opens the person's own [`Profile`]: files, key, session.
//! 2. Flows ([`session`], [`add_device`], [`handoff`]) are pure state machines with a runner; they show complete states to one
//!    listener.
//! 3. Lists ([`sites`], [`devices`], [`customers`], [`people`], [`access`]) show windows of the cache, with the outbox
//!    laid over it; the change feed ([`history`]) keeps them fresh.
//! 4. What a phone must supply stands in [`ports`]; what can go wrong in [`Error`].
//!
//! Async functions need a tokio runtime with time and I/O.

pub mod access;
pub mod add_device;
mod cache;
mod configuration;
pub mod customers;
pub mod devices;
mod error;
pub mod handoff;
pub mod history;
mod http;
mod listening;
mod outbox;
pub mod people;
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
    pub use porchlight_protocol::Base64Url;
    pub use porchlight_protocol::access::{
        AuthorizationRequest, Company, Grant, GrantEnd, Permission, Person, RequestState, Scope,
    };
    pub use porchlight_protocol::add_device::Presence;
    pub use porchlight_protocol::customers::{
        Customer, CustomerOffer, CustomerPlaces, CustomerState, OfferedDevice, PlaceDevice, PlaceSite,
    };
    pub use porchlight_protocol::device::ClockChange;
    pub use porchlight_protocol::devices::{Device, Section};
    pub use porchlight_protocol::history::{About, Act, HistoryResponse};
    pub use porchlight_protocol::people::{Membership, OrganizationKind, Role};
    pub use porchlight_protocol::session::{Account, Language};
    pub use porchlight_protocol::sites::Site;
    pub use porchlight_protocol::{
        AccountId, AuditEventId, ClaimId, CustomerId, DeviceId, GrantId, LinkHost, Maker, Model,
        OrganizationId, RequestId, Serial, SiteId,
    };
    pub use porchlight_scan::{Corner, Offer, Rotation, ScanError};
}
pub use window::{Connection, ListListener, Window};
