//! What a device may publish and subscribe to: its own topics, nothing else.
//!
//! Up: `porchlight/1/<maker>/<serial>/up/<kind>`. Down: `porchlight/1/<maker>/<serial>/down/#`, or one kind of it.
//! A wildcard above its own name would show it the traffic of others, so filters are compared whole, never matched.

use porchlight_protocol::DeviceName;
use porchlight_protocol::device::TOPIC_PREFIX;

/// The longest kind that is read; longer ones are no topic of ours.
const MAX_KIND_BYTES: usize = 32;

/// The kind of message, if the topic is one that this device may publish to.
pub(super) fn kind_of_up_topic<'t>(device: &DeviceName, topic: &'t str) -> Option<&'t str> {
    strip_own(device, topic)?.strip_prefix("up/").filter(|kind| is_kind(kind))
}

/// Whether this device may subscribe to the filter.
pub(super) fn may_subscribe(device: &DeviceName, filter: &str) -> bool {
    let kind = strip_own(device, filter).and_then(|rest| rest.strip_prefix("down/"));
    kind.is_some_and(|kind| kind == "#" || kind == "+" || is_kind(kind))
}

/// Whether a filter that [`may_subscribe`] allowed covers messages of this kind.
pub(super) fn filter_covers(filter: &str, kind: &str) -> bool {
    filter.rsplit('/').next().is_some_and(|last| last == "#" || last == "+" || last == kind)
}

fn strip_own<'t>(device: &DeviceName, topic: &'t str) -> Option<&'t str> {
    topic
        .strip_prefix(TOPIC_PREFIX)?
        .strip_prefix('/')?
        .strip_prefix(device.maker.as_str())?
        .strip_prefix('/')?
        .strip_prefix(device.serial.as_str())?
        .strip_prefix('/')
}

/// A kind that does not exist yet is fine (a newer device may know it); a wildcard or another level is not.
fn is_kind(kind: &str) -> bool {
    (1..=MAX_KIND_BYTES).contains(&kind.len())
        && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use porchlight_protocol::device::{down_topic, up_topic};

    fn device() -> DeviceName {
        "acme.AB-12".parse().unwrap()
    }

    #[test]
    fn device_publishes_up_as_itself_only() {
        assert_eq!(kind_of_up_topic(&device(), &up_topic(&device(), "bound")), Some("bound"));
        for foreign in [
            "porchlight/1/acme/AB-13/up/bound",
            "porchlight/1/acme/AB-12/down/bind",
            "porchlight/1/acme/AB-12/up/",
            "porchlight/1/acme/AB-12/up/a/b",
            "porchlight/1/acme/AB-123/up/bound",
            "porchlight/2/acme/AB-12/up/bound",
            "porchlight/1/other/AB-12/up/bound",
            "porchlight/1/acme/AB-12/up/BOUND",
            "up/bound",
            "",
        ] {
            assert_eq!(kind_of_up_topic(&device(), foreign), None, "{foreign}");
        }
    }

    #[test]
    fn device_subscribes_down_to_itself_only() {
        let all = down_topic(&device(), "#");
        assert!(may_subscribe(&device(), &all));
        assert!(may_subscribe(&device(), &down_topic(&device(), "claim")));
        for foreign in [
            "#",
            "porchlight/#",
            "porchlight/1/+/+/down/#",
            "porchlight/1/acme/+/down/claim",
            "porchlight/1/acme/AB-12/#",
            "porchlight/1/acme/AB-12/up/#",
            "porchlight/1/acme/AB-12/down/claim/#",
            "porchlight/1/acme/AB-13/down/#",
            "$share/g/porchlight/1/acme/AB-12/down/#",
            "$SYS/#",
        ] {
            assert!(!may_subscribe(&device(), foreign), "{foreign}");
        }
        assert!(filter_covers(&all, "bind"));
        assert!(!filter_covers(&down_topic(&device(), "claim"), "bind"));
    }
}
