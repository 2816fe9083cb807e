//! A device's channel: topics, messages, the token it connects with. DEVICES.md tells it to firmware engineers.
//!
//! Messages are JSON objects; both sides ignore fields and messages they do not know. The cloud sends with QoS 1, so a
//! device must take every message twice: claim id and attempt tell.

use crate::add_device::{Presence, RegistrationAnswer};
use crate::{AccountId, Base64Url, ClaimId, DeviceName, SiteId};
use serde::{Deserialize, Serialize};

/// The first part of every topic, with the channel's version.
pub const TOPIC_PREFIX: &str = "porchlight/1";

/// The longest life of a device's token, in seconds.
pub const MAX_TOKEN_SECONDS: i64 = 600;

/// Topic of a message to the device: `porchlight/1/<maker>/<serial>/down/<kind>`.
pub fn down_topic(device: &DeviceName, kind: &str) -> String {
    format!("{TOPIC_PREFIX}/{}/{}/down/{kind}", device.maker, device.serial)
}

/// Topic of a message from the device: `porchlight/1/<maker>/<serial>/up/<kind>`.
pub fn up_topic(device: &DeviceName, kind: &str) -> String {
    format!("{TOPIC_PREFIX}/{}/{}/up/{kind}", device.maker, device.serial)
}

/// The claims of the JWT (ES256, by the device's own key) that is the MQTT password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceToken {
    /// `<maker>.<serial>`.
    pub sub: String,
    /// The service's link host.
    pub aud: String,
    /// Seconds UTC.
    pub iat: i64,
    /// Seconds UTC; at most [`MAX_TOKEN_SECONDS`] after `iat`.
    pub exp: i64,
    /// 16 to 64 characters, never used twice.
    pub jti: String,
}

/// `down/claim`: somebody wants to add this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimOpening {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
    /// Who claims; part of the context.
    pub account: AccountId,
    /// For which site; part of the context.
    pub site: SiteId,
    /// How they show that it is theirs.
    pub presence: Presence,
    /// OPAQUE KE1, or for `button` a registration request.
    pub opening: Base64Url,
}

/// `down/proof`: the phone's proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimProof {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
    /// OPAQUE KE3.
    pub ke3: Base64Url,
    /// With `claim_code`: the registration request for the first password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_request: Option<Base64Url>,
}

/// `down/bind`: the cloud agrees. The device stores the claim's id, then answers `up/bound`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimBinding {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
    /// With a first password: its registration record, sealed after a `claim_code` log-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_password: Option<Base64Url>,
    /// Name and clock.
    pub settings: DeviceSettings,
}

/// `down/settings`: name or clock changed. Answered by `up/settled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSettings {
    /// Grows by one with every change; an older revision is ignored.
    pub revision: u32,
    /// What people call the device.
    pub name: String,
    /// What time it is there.
    pub clock: ClockSettings,
}

/// What a device needs to show local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSettings {
    /// IANA name.
    pub zone: String,
    /// The person's choice; off: `changes` is empty and `rule` has no second part.
    pub daylight_saving: bool,
    /// Seconds east of UTC when this was sent.
    pub offset: i32,
    /// The changes of the next two years, in order.
    pub changes: Vec<ClockChange>,
    /// POSIX TZ rule for the time after the last change (RFC 9636, section 3.3.1).
    pub rule: String,
}

/// One change of the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockChange {
    /// Milliseconds UTC.
    pub at: i64,
    /// Seconds east of UTC from then on.
    pub offset: i32,
    /// Whether that is daylight saving time.
    pub daylight: bool,
}

/// `down/release`: the owner removed the device. It forgets claim, name and site, and answers `up/released`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRelease {
    /// The claim that bound it; a device that holds another one ignores the message.
    pub claim: ClaimId,
}

/// A message from a device, by the last part of its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceMessage {
    /// `up/challenge`.
    Challenge(DeviceChallenge),
    /// `up/proven`.
    Proven(DeviceProven),
    /// `up/bound`.
    Bound(DeviceBound),
    /// `up/refused`.
    Refused(DeviceRefusal),
    /// `up/settled`.
    Settled(DeviceSettled),
    /// `up/released`.
    Released(DeviceRelease),
}

/// `up/challenge`: the device's answer to `down/claim`. With KE2 it has counted a try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceChallenge {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
    /// OPAQUE KE2; none for `button`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ke2: Option<Base64Url>,
    /// For `button`: the answer to the opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationAnswer>,
    /// Tries left before the device rests, this one counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
}

/// `up/proven`: KE3 was good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceProven {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
    /// With `claim_code`: the answer to the registration request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationAnswer>,
}

/// `up/bound`: the claim's id, name, clock and first password are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceBound {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
}

/// `up/refused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRefusal {
    /// The claim.
    pub claim: ClaimId,
    /// The attempt.
    pub attempt: u32,
    /// Why.
    pub reason: RefusalReason,
    /// With `too_many_tries`: seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// Why a device refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// It takes no tries for a while.
    TooManyTries,
    /// KE3 was not good.
    ProofRefused,
    /// It has no password yet, and nobody pressed its button within 10 minutes.
    PresenceRequired,
    /// It has a password already.
    HasPassword,
    /// The message was not understood, or the exchange is not known (any more): start again.
    NotUnderstood,
    /// A reason of a newer device.
    #[serde(other)]
    Unknown,
}

/// `up/settled`: the settings of this revision are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSettled {
    /// Which.
    pub revision: u32,
}
