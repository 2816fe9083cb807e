//! The phone's clocks. Rust's `Instant` stops while a phone sleeps, and a person can set the wall clock.

use std::fmt;
use std::time::Duration;

/// What time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Milliseconds since 1970 UTC, as the phone believes. A person can set it: nothing is decided by it alone.
    fn wall_time(&self) -> i64;

    /// Time since the phone started, **including sleep** (`elapsedRealtime`, `mach_continuous_time`). Never runs back.
    fn elapsed(&self) -> Duration;

    /// Another text after each start of the phone: [`Self::elapsed`] compares only under the same one.
    fn boot_id(&self) -> String;
}
