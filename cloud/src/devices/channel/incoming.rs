//! What devices say, read leniently: fields that we do not know are ignored, kinds that we do not know are counted.
//! A device may be years older or newer than we are, and must not be sent into a loop by what it cannot mend:
//! whatever cannot be read is noted and acknowledged.

use super::Channel;
use crate::add_device;
use crate::db::DbError;
use crate::devices;
use porchlight_protocol::DeviceName;
use porchlight_protocol::device::DeviceMessage;
use serde::de::DeserializeOwned;
use std::sync::atomic::Ordering;

/// How often a transaction that lost a race is tried again.
const TRIES: u32 = 4;

/// Reads and applies a message; when this returns, it is committed or was nothing to us.
pub(super) async fn take(
    channel: &Channel,
    device: &DeviceName,
    kind: &str,
    payload: &[u8],
) -> Result<(), DbError> {
    let message = match read(kind, payload) {
        Reading::Message(message) => message,
        Reading::Garbage => {
            tracing::warn!(%device, kind, bytes = payload.len(), "a device's message could not be read");
            return Ok(());
        }
        Reading::UnknownKind => {
            let count = channel.unknown_kinds.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::info!(%device, kind, count, "a device's message is of a kind that we do not know");
            return Ok(());
        }
    };
    let mut tries = 0;
    loop {
        tries += 1;
        match apply(channel, device, &message).await {
            Err(DbError::TryAgain) if tries < TRIES => {}
            done => return done,
        }
    }
}

async fn apply(channel: &Channel, device: &DeviceName, message: &DeviceMessage) -> Result<(), DbError> {
    let mut tx = channel.state.db.begin().await?;
    match message {
        DeviceMessage::Settled(settled) => devices::settle(&mut tx, device, settled.revision).await?,
        DeviceMessage::Released(released) => {
            devices::confirm_release(&mut tx, device, released.claim).await?;
        }
        about_a_claim => add_device::take_message(&channel.state, &mut tx, device, about_a_claim).await?,
    }
    tx.commit().await
}

#[derive(Debug, PartialEq, Eq)]
enum Reading {
    Message(DeviceMessage),
    Garbage,
    UnknownKind,
}

fn read(kind: &str, payload: &[u8]) -> Reading {
    fn parse<T: DeserializeOwned>(payload: &[u8], wrap: fn(T) -> DeviceMessage) -> Reading {
        serde_json::from_slice(payload).map_or(Reading::Garbage, |message| Reading::Message(wrap(message)))
    }
    match kind {
        "challenge" => parse(payload, DeviceMessage::Challenge),
        "proven" => parse(payload, DeviceMessage::Proven),
        "bound" => parse(payload, DeviceMessage::Bound),
        "refused" => parse(payload, DeviceMessage::Refused),
        "settled" => parse(payload, DeviceMessage::Settled),
        "released" => parse(payload, DeviceMessage::Released),
        _ => Reading::UnknownKind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_of_a_newer_device_is_read_as_far_as_we_know_it() {
        let newer = br#"{"revision": 3, "battery": {"percent": 80}}"#;
        assert!(
            matches!(read("settled", newer), Reading::Message(DeviceMessage::Settled(s)) if s.revision == 3)
        );
        assert_eq!(read("battery", b"{}"), Reading::UnknownKind);
    }

    #[test]
    fn garbage_is_told_from_messages() {
        let deep = "[".repeat(10_000);
        for garbage in [b"".as_slice(), b"{", b"[]", b"\xff\xfe", br#"{"revision":-1}"#, deep.as_bytes()] {
            assert_eq!(read("settled", garbage), Reading::Garbage);
        }
    }
}
