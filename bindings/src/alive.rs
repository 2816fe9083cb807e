//! How many flows, lists, scanners and subscriptions are alive: tests of the shells see by it that they let go of each
//! (feature `probes`). A release counts nothing.

#[cfg(feature = "probes")]
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[cfg(feature = "probes")]
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Lies in an object that is counted.
#[derive(Debug)]
pub(crate) struct Alive(());

impl Alive {
    pub(crate) fn new() -> Self {
        #[cfg(feature = "probes")]
        COUNT.fetch_add(1, Relaxed);
        Self(())
    }
}

#[cfg(feature = "probes")]
impl Drop for Alive {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Relaxed);
    }
}

#[cfg(feature = "probes")]
pub(crate) fn count() -> u64 {
    COUNT.load(Relaxed)
}
