//! How long a reading may still go on. Decoders ask often, and give back what they have.

use std::time::{Duration, Instant};

/// A point in time after which nobody waits any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    begun: Instant,
    end: Instant,
}

impl Deadline {
    /// So long from now.
    pub(crate) fn after(time: Duration) -> Self {
        let begun = Instant::now();
        Self { begun, end: begun + time }
    }

    pub(crate) fn has_passed(&self) -> bool {
        Instant::now() >= self.end
    }

    /// What is left until the end.
    pub(crate) fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// The point at which a decoder stops by itself, so that its answer is out before the end.
    pub(crate) fn for_decoders(&self) -> Self {
        Self { begun: self.begun, end: self.begun + (self.end - self.begun).mul_f32(0.8) }
    }

    /// Time since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}
