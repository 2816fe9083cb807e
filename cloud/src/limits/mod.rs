//! How much is too much.
//!
//! * Requests a minute, per session and (for signing in and registering) per network address: in memory of this
//!   process, by `governor`'s leaky bucket. Answers carry `RateLimit` and `RateLimit-Policy`.
//! * What is held at once: connections per network address, streams per session ([`Holders`]).
//! * Attempts that count across processes and restarts (sign-in per identifier, mails per address, unanswered serials
//!   per account): rows, in [`store`].

mod holders;
pub mod store;

pub use holders::{Hold, Holders};

use crate::Settings;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use porchlight_protocol::SessionId;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Limits of this process; cheap to clone.
#[derive(Clone)]
pub struct Limits(Arc<Buckets>);

struct Buckets {
    sessions: Bucket<SessionId>,
    addresses: Bucket<IpAddr>,
    streams: Holders<SessionId>,
}

/// Streams that one session may have open: a phone needs one, and may not have noticed that some others broke.
const STREAMS: usize = 8;

struct Bucket<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>,
    a_minute: u32,
}

/// How a request stands to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests a minute.
    pub limit: u32,
    /// How many may follow at once; none: this one is refused.
    pub remaining: Option<u32>,
    /// Seconds until one more is allowed.
    pub more_in: u32,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

impl Limits {
    /// The limits of the settings, nothing used up.
    pub fn new(settings: &Settings) -> Self {
        Self(Arc::new(Buckets {
            sessions: Bucket::new(settings.requests_per_minute),
            addresses: Bucket::new(settings.sign_ins_per_minute),
            streams: Holders::new(STREAMS),
        }))
    }

    /// Counts a request of a session.
    pub fn count_request(&self, session: SessionId) -> Standing {
        self.0.sessions.count(&session)
    }

    /// Counts a sign-in or a registration from a network address.
    pub fn count_sign_in(&self, address: IpAddr) -> Standing {
        self.0.addresses.count(&network(address))
    }

    /// One more stream of a session, until it is dropped; none if it has too many.
    pub fn hold_stream(&self, session: SessionId) -> Option<Hold<SessionId>> {
        self.0.streams.take(session)
    }

    /// Forgets who has been quiet for a while.
    pub fn forget_the_quiet(&self) {
        self.0.sessions.limiter.retain_recent();
        self.0.addresses.limiter.retain_recent();
    }
}

impl<K: Hash + Eq + Clone> Bucket<K> {
    fn new(a_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN));
        Self { limiter: RateLimiter::dashmap(quota).with_middleware(), a_minute }
    }

    fn count(&self, key: &K) -> Standing {
        let (remaining, wait) = match self.limiter.check_key(key) {
            Ok(snapshot) => (Some(snapshot.remaining_burst_capacity()), 60 / u64::from(self.a_minute.max(1))),
            Err(not_until) => (None, not_until.wait_time_from(DefaultClock::default().now()).as_secs()),
        };
        let more_in = u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1);
        Standing { limit: self.a_minute, remaining, more_in }
    }
}

/// What one household or one attacker has: an IPv4 address, or an IPv6 network of 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(requests: u32, sign_ins: u32) -> Limits {
        let mut settings = Settings::in_folder(std::path::Path::new("unused"));
        (settings.requests_per_minute, settings.sign_ins_per_minute) = (requests, sign_ins);
        Limits::new(&settings)
    }

    #[test]
    fn session_has_its_own_minute() {
        let (limits, one, other) = (limits(3, 1), SessionId::mint(), SessionId::mint());
        let remaining: Vec<_> = (0..4).map(|_| limits.count_request(one).remaining).collect();
        assert_eq!(remaining, [Some(2), Some(1), Some(0), None]);
        assert!((1..=21).contains(&limits.count_request(one).more_in));
        assert_eq!(limits.count_request(other).remaining, Some(2));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_their_limit() {
        let limits = limits(1, 1);
        assert_eq!(limits.count_sign_in("2001:db8::1".parse().unwrap()).remaining, Some(0));
        assert_eq!(limits.count_sign_in("2001:db8::ffff".parse().unwrap()).remaining, None);
        assert_eq!(limits.count_sign_in("2001:db8:0:1::1".parse().unwrap()).remaining, Some(0));
        assert_eq!(limits.count_sign_in("192.0.2.1".parse().unwrap()).remaining, Some(0));
        assert_eq!(limits.count_sign_in("::ffff:192.0.2.1".parse().unwrap()).remaining, None);
    }
}
