//! The claim: the run that proves that a device is here and binds it to a site.
//!
//! The phone mints the claim's id, which is also its idempotency key, and drives it:
//!
//! 1. `PUT /v1/claims/{id}` with the terms and the first message. The cloud asks the device.
//! 2. The device answers: the claim is `challenged`, and carries what the device said.
//! 3. `POST /v1/claims/{id}/proof`: the phone's last OPAQUE message (and, for a first password, its registration
//!    request). The device checks it: `proven`.
//! 4. Only for a first password: `POST /v1/claims/{id}/first-password` with the registration's record.
//! 5. The cloud sends name and clock, the device confirms, the claim is `owned`.
//!
//! `POST /v1/claims/{id}/withdraw` ends a claim that the person gave up. `GET /v1/claims/{id}` reads it; every step is
//! also on the change feed. An exchange that was interrupted starts again by `PUT` with `attempt` + 1.
//! A device that is not known and one that is not connected look the same: `requested` until it is `expired`.

use crate::devices::Section;
use crate::{Base64Url, ClaimId, DeviceId, Maker, Model, Serial, SiteId};
use serde::{Deserialize, Serialize};

/// How the person shows that the device is theirs to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// They know the device's password: OPAQUE log-in with it.
    Password,
    /// The device has no password yet; OPAQUE log-in with the claim code of its label, then the first password.
    ClaimCode,
    /// The device has no password yet; its button was pressed within 10 minutes, then the first password.
    Button,
    /// A way of a newer side.
    #[serde(other)]
    Unknown,
}

/// What stays the same through all attempts of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimTerms {
    /// Who made the device.
    pub maker: Maker,
    /// What is printed on it.
    pub serial: Serial,
    /// From the label or the serial's pattern; the inventory's stands when they differ.
    pub model: Model,
    /// What it is for.
    pub section: Section,
    /// Where it will be.
    pub site: SiteId,
    /// 1 to 64 characters.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Whether its clock follows daylight saving.
    pub daylight_saving: bool,
    /// How the person shows that it is theirs to add.
    pub presence: Presence,
}

/// `PUT /v1/claims/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimRequest {
    /// What is claimed, and how.
    pub terms: ClaimTerms,
    /// 1 for the first exchange, one more for each that follows.
    pub attempt: u32,
    /// `password`, `claim_code`: OPAQUE KE1 (96 bytes). `button`: an OPAQUE registration request (32 bytes).
    pub opening: Base64Url,
}

/// `POST /v1/claims/{id}/proof`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProofRequest {
    /// The attempt it belongs to.
    pub attempt: u32,
    /// OPAQUE KE3 (64 bytes).
    pub ke3: Base64Url,
    /// With `claim_code`: the OPAQUE registration request (32 bytes) for the first password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_request: Option<Base64Url>,
}

/// `POST /v1/claims/{id}/first-password`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FirstPasswordRequest {
    /// The attempt it belongs to.
    pub attempt: u32,
    /// The OPAQUE registration record (192 bytes); with `claim_code` sealed under the log-in's session key
    /// (12 + 192 + 16 bytes).
    pub record: Base64Url,
}

/// `POST /v1/claims/{id}/withdraw`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithdrawRequest {
    /// Why.
    pub reason: WithdrawReason,
}

/// Why a phone ends a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WithdrawReason {
    /// OPAQUE says that the password is not the device's: only the phone can know.
    WrongPassword,
    /// The device's key is not the one on its label.
    WrongDeviceKey,
    /// The person went back.
    GivenUp,
}

/// A claim as its account sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Claim {
    /// The claim.
    pub id: ClaimId,
    /// The attempt that the state belongs to.
    pub attempt: u32,
    /// Where it is.
    pub state: ClaimState,
    /// Milliseconds UTC; a claim that is not done by then expires.
    pub expires_at: i64,
}

/// Where a claim is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ClaimState {
    /// The device was asked, or will be when it connects.
    Requested,
    /// The device answered; the phone's turn.
    Challenged {
        /// What the device said.
        challenge: Challenge,
    },
    /// The device accepted the proof.
    Proven {
        /// With `claim_code`: the answer to the registration request of the proof; the phone's turn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registration: Option<RegistrationAnswer>,
    },
    /// The device confirmed; it is in the list.
    Owned {
        /// The new device.
        device: DeviceId,
    },
    /// It ended without a device.
    Failed {
        /// Why.
        reason: ClaimFailure,
    },
    /// Nobody answered in time. `PUT` with `attempt` + 1 opens it again.
    Expired,
    /// A state of a newer cloud.
    #[serde(other)]
    Unknown,
}

/// What a device says to an opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Challenge {
    /// The device's public key: an uncompressed P-256 point (SEC 1, section 2.3.3), 65 bytes.
    pub device_key: Base64Url,
    /// `password`, `claim_code`: OPAQUE KE2 (320 bytes). None for `button`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ke2: Option<Base64Url>,
    /// `button`: the answer to the opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationAnswer>,
    /// Wrong passwords that the device still takes before it rests, this one counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
}

/// A device's half of an OPAQUE registration, signed by the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RegistrationAnswer {
    /// OPAQUE registration response (64 bytes).
    pub response: Base64Url,
    /// ES256 over the claim's context, the request and the response (see DEVICES.md), 64 bytes.
    pub signature: Base64Url,
}

/// Why a claim ended without a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum ClaimFailure {
    /// The phone found that the password is not the device's.
    WrongPassword,
    /// The phone found that the device's key is not the one on its label.
    WrongDeviceKey,
    /// The device takes no tries for a while.
    TooManyTries {
        /// Seconds until it takes one again.
        retry_after: u32,
    },
    /// The device refused the proof: it was not made for this claim.
    ProofRefused,
    /// The device has no password yet, and nobody showed to be near it.
    PresenceRequired,
    /// The device has a password already; use it.
    HasPassword,
    /// It belongs to another account; said only after a good proof.
    BelongsToAnother,
    /// It is this account's already; said only after a good proof.
    AlreadyYours {
        /// The device.
        device: DeviceId,
    },
    /// The person went back.
    GivenUp,
    /// The device's answer made no sense.
    DeviceFault,
    /// The account may not add devices to the site any more.
    NotAllowed,
    /// A reason of a newer cloud.
    #[serde(other)]
    Unknown,
}
