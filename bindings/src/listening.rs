//! Listeners of lists, and the handle that ends any listener.

use crate::alive::Alive;
use std::fmt;
use std::sync::Arc;

/// A listener that is set. Drop the handle (`destroy()` in Kotlin, `nil` in Swift) and the listener hears nothing more
/// and is let go; a call that it is in comes to its end first.
#[derive(Debug, uniffi::Object)]
pub struct Subscription(
    #[expect(dead_code, reason = "both are held to be dropped")] (porchlight_core::Subscription, Alive),
);

impl Subscription {
    pub(crate) fn of(subscription: porchlight_core::Subscription) -> Arc<Self> {
        Arc::new(Self((subscription, Alive::new())))
    }
}

pub type Connection = porchlight_core::Connection;

/// Whether what the cloud knows comes to this phone.
#[uniffi::remote(Enum)]
pub enum Connection {
    /// It is here within a second.
    Live,
    /// The phone is about to ask, or has asked for the first time, a moment ago: nothing to worry about yet.
    Connecting,
    /// The cloud was asked, and did not answer, or not in time; the phone goes on asking.
    Unreachable,
}

/// Hears that a list changed.
#[uniffi::export(foreign)]
pub trait ListListener: Send + Sync {
    /// Something in the list, its age or its liveness is different: ask for the window again. Many changes may become
    /// one call; the latest always comes. Called on a thread of the core.
    fn on_change(&self);
}

/// A foreign listener as the core knows it.
pub(crate) struct Hears<L: ?Sized>(pub(crate) Arc<L>);

impl<L: ?Sized> fmt::Debug for Hears<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hears")
    }
}

impl porchlight_core::ListListener for Hears<dyn ListListener> {
    fn on_change(&self) {
        self.0.on_change();
    }
}
