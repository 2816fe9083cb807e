//! Works the outbox off without a screen.
//!
//! 1. Claims of one site go one after the other, in the order they came; sites go beside each other.
//! 2. A claim that could not reach the cloud holds back those behind it at its site: they would fare the same. One
//!    whose device is silent, or that needs a person, does not.
//! 3. The pause before the next try is drawn from 0 to 1 s, doubling up to 5 minutes ("full jitter"), and never shorter
//!    than the cloud asked for. A claim that waits for a signal is tried as soon as there is one.
//! 4. At the deadline a run that was begun here stops where it is: its row knows how to go on.

use super::runs::Audience;
use super::{ClaimRow, Outbox};
use crate::error::Fault;
use crate::profile::Profile;
use porchlight_protocol::{AccountId, ClaimId, SiteId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The first pause's bound.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The bound of all pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// No try is ever further away: if one seems so, somebody set the phone's clock back.
const FARTHEST: i64 = 25 * 3600 * 1000;

/// Sends what waits, until `until`; when to come again, in milliseconds UTC of the phone's clock.
pub(crate) async fn drain(profile: &Arc<Profile>, until: Instant) -> Result<Option<i64>, Fault> {
    let (outbox, account) = match (profile.outbox(), profile.account()) {
        (Ok(outbox), Ok(account)) => (outbox, account.id),
        (Err(Fault::SignedOut), _) | (_, Err(Fault::SignedOut)) => return Ok(None),
        (Err(fault), _) | (_, Err(fault)) => return Err(fault),
    };
    let now = profile.ports.wall_time().await;
    outbox.mark_old(now).await?;
    if !profile.ports.is_online().await {
        let waits = !outbox.waiting(account).is_empty();
        return Ok(waits.then(|| now.saturating_add(milliseconds(LONGEST_PAUSE))));
    }
    let mut lanes = JoinSet::new();
    for lane in due_by_site(&outbox, account, now).into_values() {
        lanes.spawn(drain_lane(profile.clone(), outbox.clone(), account, lane, until));
    }
    while lanes.join_next().await.is_some() {}
    let waiting = outbox.waiting(account);
    Ok(waiting.into_iter().map(|(_, _, next_at)| next_at).min())
}

pub(super) fn due_by_site(outbox: &Outbox, account: AccountId, now: i64) -> BTreeMap<SiteId, Vec<ClaimId>> {
    let mut lanes: BTreeMap<SiteId, Vec<ClaimId>> = BTreeMap::new();
    for (claim, site, next_at) in outbox.waiting(account) {
        if next_at <= now || next_at > now.saturating_add(FARTHEST) {
            lanes.entry(site).or_default().push(claim);
        }
    }
    lanes
}

async fn drain_lane(
    profile: Arc<Profile>,
    outbox: Arc<Outbox>,
    account: AccountId,
    lane: Vec<ClaimId>,
    until: Instant,
) {
    for claim in lane {
        if Instant::now() >= until {
            return;
        }
        let begun_here = outbox.run(&profile, claim, Audience::Nobody);
        if tokio::time::timeout_at(until, outbox.runs.wait(claim)).await.is_err() {
            // One that somebody looks at goes on for them.
            if begun_here && !outbox.runs.is_observed(claim) {
                outbox.stop(claim).await;
            }
            return;
        }
        match outbox.read(claim, account).await {
            Ok(row) if row.holds_back => return,
            // Added, given up, silent, or in need of a person.
            Ok(_) | Err(_) => {}
        }
    }
}

/// Puts a claim off until the next try; `at_once`: as soon as somebody comes for it.
pub(crate) fn put_off(row: &mut ClaimRow, now: i64, retry_after: Option<Duration>, at_once: bool) {
    row.failures = row.failures.saturating_add(1);
    let pause = if at_once { Duration::ZERO } else { draw_pause(row.failures, rand::random()) };
    row.next_at = now.saturating_add(milliseconds(pause.max(retry_after.unwrap_or_default())));
}

/// The pause after so many failures; `drawn` is any number.
fn draw_pause(failures: u32, drawn: u64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16));
    let bound = u64::try_from(doubled.min(LONGEST_PAUSE).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(drawn % (bound + 1))
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pause_is_between_nothing_and_a_bound_that_doubles_to_five_minutes(failures in 1..1000_u32, drawn: u64) {
            let pause = draw_pause(failures, drawn);
            let bound = Duration::from_secs(1 << (failures - 1).min(20)).min(LONGEST_PAUSE);
            prop_assert!(pause <= bound);
        }
    }

    #[test]
    fn whole_range_of_a_pause_is_drawn() {
        assert_eq!(draw_pause(1, 0), Duration::ZERO);
        assert_eq!(draw_pause(1, 1000), Duration::from_secs(1));
        assert_eq!(draw_pause(5, 16_000), Duration::from_secs(16));
        assert_eq!(draw_pause(40, 300_000), LONGEST_PAUSE);
    }
}
