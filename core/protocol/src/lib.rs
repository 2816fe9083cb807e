//! What phone, cloud and device say to each other: ids, requests, responses, problems, and the messages on a
//! device's channel.
//!
//! Both sides age apart: an app of last year talks to the cloud of today, and a device of five years ago too. So
//!
//! 1. a **request** refuses fields it does not know (the sender must learn that it was not understood),
//! 2. a **response**, a stored row and a **device message** ignore them,
//! 3. every enum in a response has `Unknown`,
//! 4. paths, topics and contexts carry a version.
//!
//! serde and uuid only: nothing here can do I/O. The feature `schema` adds OpenAPI schemas (for the cloud), the
//! feature `opaque` the claim's OPAQUE suite (for phone and device; the cloud only relays its messages).

pub mod access;
pub mod add_device;
#[cfg(test)]
mod ages_apart;
pub mod base64url;
pub mod checksum;
pub mod customers;
pub mod device;
pub mod devices;
pub mod handoff;
pub mod handoff_link;
pub mod history;
pub mod ids;
pub mod lengths;
pub mod link;
#[cfg(feature = "opaque")]
pub mod opaque;
pub mod people;
pub mod problem;
pub mod session;
pub mod sites;

pub use base64url::Base64Url;
pub use ids::*;
pub use link::LinkHost;
pub use problem::{Problem, ProblemCode};

/// Every request of an app names itself with this header: `Porchlight-Client: customer-android/1.4.0`.
pub const CLIENT_HEADER: &str = "porchlight-client";

/// A changing request carries its idempotency key in this header.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
