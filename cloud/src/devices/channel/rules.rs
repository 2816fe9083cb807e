//! The numbers of the channel, in one place. DEVICES.md tells them to firmware engineers.

use std::num::NonZeroU32;
use std::time::Duration;

/// The largest packet that is read; v5 devices are told.
pub(super) const MAX_PACKET_BYTES: u32 = 16 * 1024;
/// From the first byte of TCP to a complete CONNECT, and once more for the TLS handshake before it.
pub(super) const ESTABLISH_WITHIN: Duration = Duration::from_secs(10);
/// Messages of QoS 1 in flight, each way.
pub(super) const WINDOW: u16 = 8;
/// Filters that one device may hold; two would do.
pub(super) const MAX_FILTERS: usize = 16;
/// Messages a second from one device, for long.
pub(super) const MESSAGES_PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
/// Messages from one device at once.
pub(super) const MESSAGES_AT_ONCE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// Connections a minute by one device, and at once.
pub(super) const CONNECTIONS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// Commands that wait in memory for one connection; the rest waits in the database.
pub(super) const WAITING_COMMANDS: usize = 16;
/// How often a process looks for what other processes committed.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a process answers for its devices without saying so again.
pub(super) const LEASE: Duration = Duration::from_secs(30);
/// How often it says so.
pub(super) const RENEW_EVERY: Duration = Duration::from_secs(10);

/// The longest silence a device may ask for, in seconds. Without a limit, a device that lost its power would look
/// online for ever.
const MAX_KEEP_ALIVE: u16 = 300;

/// The keep-alive that is in force when a device asks for this one (0: none).
pub(super) fn granted_keep_alive(asked: u16) -> u16 {
    if asked == 0 { MAX_KEEP_ALIVE } else { asked.min(MAX_KEEP_ALIVE) }
}

/// How long a device may be quiet: one and a half times the keep-alive (MQTT 5, section 3.1.2.10).
pub(super) fn patience(asked: u16) -> Duration {
    Duration::from_millis(u64::from(granted_keep_alive(asked)) * 1500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_that_asks_for_no_limit_gets_one() {
        assert_eq!(patience(0), Duration::from_secs(450));
        assert_eq!(patience(u16::MAX), Duration::from_secs(450));
        assert_eq!(patience(2), Duration::from_secs(3));
    }
}
