//! Counting tries, so that nobody guesses a device's password through the cloud: 5 in 15 minutes and 20 in a day.
//!
//! A try counts when KE2 is sent (whoever has KE2 can test one guess) and is forgotten when a good KE3 comes back. A
//! power cycle gives three more, since a stranger far away could otherwise keep the buyer out by wasting all tries.

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// How many tries in how many milliseconds.
const LIMITS: [(u32, i64); 2] = [(5, 15 * MINUTE_MS), (20, DAY_MS)];
/// Tries that are free after a power cycle, whatever was counted.
pub(super) const AFTER_POWER_CYCLE: u32 = 3;

/// When tries were counted, in milliseconds UTC, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries(Vec<i64>);

impl Tries {
    /// How many more the limits allow.
    pub fn left(&self, now: i64) -> u32 {
        LIMITS
            .iter()
            .map(|&(limit, window)| limit.saturating_sub(self.within(window, now)))
            .min()
            .unwrap_or(0)
    }

    /// Seconds until the limits allow one again.
    pub fn retry_after(&self, now: i64) -> u32 {
        let free_at = LIMITS.iter().filter_map(|&(limit, window)| {
            let over = self.within(window, now).checked_sub(limit)?;
            let counted: Vec<i64> = self.counting(window, now).collect();
            counted.get(over as usize).map(|at| at.min(&now) + window)
        });
        let wait_ms = free_at.max().map_or(0, |at| (at - now).max(0));
        u32::try_from((wait_ms + 999) / 1000).unwrap_or(u32::MAX)
    }

    /// Counts one.
    pub fn count(&mut self, now: i64) {
        self.0.retain(|at| now - at < DAY_MS);
        self.0.push(now);
    }

    /// Forgets the one that was counted then.
    pub fn forget(&mut self, counted_at: i64) {
        if let Some(index) = self.0.iter().position(|&at| at == counted_at) {
            self.0.remove(index);
        }
    }

    fn within(&self, window: i64, now: i64) -> u32 {
        u32::try_from(self.counting(window, now).count()).unwrap_or(u32::MAX)
    }

    /// Tries in the window. One that seems to lie ahead (the clock was set back) counts too.
    fn counting(&self, window: i64, now: i64) -> impl Iterator<Item = i64> {
        self.0.iter().copied().filter(move |at| now - at < window)
    }
}
