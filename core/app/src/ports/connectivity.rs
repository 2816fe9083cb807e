//! Whether the phone has a network at all: what tells "no signal" from "the service does not answer".

use std::fmt;

/// The phone's view of its network.
pub trait Connectivity: Send + Sync + fmt::Debug {
    /// Whether the phone believes that it can reach anything. When in doubt: true.
    ///
    /// Tell the core of changes with [`crate::Porchlight::network_changed`].
    fn is_online(&self) -> bool;
}
