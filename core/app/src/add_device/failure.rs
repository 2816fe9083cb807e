//! Why a device was not added (yet), and what a person can do about it. The shells hold the words.

use porchlight_protocol::DeviceId;
use porchlight_protocol::add_device::{ClaimFailure, Presence};
use serde::{Deserialize, Serialize};

/// Why a device was not added. Stored with what waits in the outbox, so a newer app's reason reads as `Interrupted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum AddDeviceFailure {
    /// The password is not the device's. Reads the same whoever owns the device.
    WrongPassword {
        /// Wrong passwords that the device still takes before it rests, if it said so.
        tries_left: Option<u32>,
    },
    /// The claim code of the label is not the device's: the label is another device's.
    WrongClaimCode {
        /// Tries that the device still takes before it rests, if it said so.
        tries_left: Option<u32>,
    },
    /// Nobody answered. A device that is not known and one that is not connected read the same.
    NoAnswer,
    /// The password was right, and the device is somebody else's.
    BelongsToAnother,
    /// The password was right, and the device is in this account's list already.
    AlreadyYours {
        /// Which it is in the list.
        device: DeviceId,
        /// What it is called, if the phone knows.
        name: Option<String>,
        /// What the site is called where it is, if the phone knows.
        site: Option<String>,
    },
    /// The device takes no tries for a while.
    TooManyTries {
        /// Seconds until it takes one again.
        retry_after: u32,
    },
    /// The device has no password yet, and nobody showed to be near it: by its button, or by its claim code.
    PresenceRequired,
    /// The device has a password already.
    HasPassword,
    /// What the device said makes no sense.
    DeviceFault,
    /// Who answered holds another key than the one that the label names.
    WrongDeviceKey,
    /// The account may not add devices to this site, or the site is gone.
    NotAllowed,
    /// The cloud does not take the name or the time zone.
    NotAccepted,
    /// It waited for 30 days.
    WaitedTooLong,
    /// Something broke on this phone.
    Internal {
        /// Names the entry in [`crate::Porchlight::diagnostics`].
        report_id: String,
    },
    /// The exchange was broken off and can be tried again.
    #[serde(other)]
    Interrupted,
}

/// What a person can do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// The same once more: `try_again`.
    TryAgain,
    /// Press the device's button, then `try_again` within 10 minutes.
    PressButton,
    /// Type the password again: `go_back`.
    RetypePassword,
    /// Give the password that the device has: `go_back`.
    UsePassword,
    /// Make the first password of a device that has none: `go_back`; the details begin there.
    CreatePassword,
    /// Correct name or time zone: `go_back`.
    ChangeDetails,
    /// Compare the number with the label: `check_number`.
    CheckNumber,
    /// Show the device in the list.
    ShowDevice,
}

/// Why a device waits in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueuedReason {
    /// The phone has no network.
    NoSignal,
    /// The phone has a network, the service does not answer.
    CloudUnreachable,
    /// The service asks this account to wait.
    TooOften,
    /// The device did not answer; it is asked again later.
    DeviceSilent,
    /// Nobody is signed in; it goes on when the same account is.
    SignInRequired,
    /// The service wants a newer app.
    UpdateRequired,
}

impl AddDeviceFailure {
    /// What a person can do; `presence` is how they showed that the device is theirs to add.
    pub fn remedies(&self, presence: Presence) -> &'static [Remedy] {
        match (self, presence) {
            (Self::WrongPassword { .. }, _) => &[Remedy::RetypePassword],
            (Self::WrongClaimCode { .. }, _) => &[Remedy::CheckNumber, Remedy::UsePassword],
            (Self::NoAnswer, _) => &[Remedy::CheckNumber, Remedy::TryAgain],
            (Self::AlreadyYours { .. }, _) => &[Remedy::ShowDevice],
            (Self::PresenceRequired, Presence::Button) => &[Remedy::PressButton],
            (Self::PresenceRequired, _) => &[Remedy::CreatePassword],
            (Self::HasPassword, _) => &[Remedy::UsePassword],
            (Self::WrongDeviceKey, _) => &[Remedy::CheckNumber],
            (Self::NotAccepted, _) => &[Remedy::ChangeDetails],
            (Self::BelongsToAnother | Self::NotAllowed, _) => &[],
            (
                Self::TooManyTries { .. }
                | Self::DeviceFault
                | Self::WaitedTooLong
                | Self::Internal { .. }
                | Self::Interrupted,
                _,
            ) => &[Remedy::TryAgain],
        }
    }

    /// Each failure once for each way to show presence that changes its remedies: for whoever shows them all.
    pub fn every() -> Vec<(Self, Presence)> {
        let wrong = Some(3);
        let device = DeviceId(uuid::Uuid::nil());
        let by_password = [
            Self::WrongPassword { tries_left: wrong },
            Self::NoAnswer,
            Self::BelongsToAnother,
            Self::AlreadyYours { device, name: None, site: None },
            Self::TooManyTries { retry_after: 900 },
            Self::PresenceRequired,
            Self::HasPassword,
            Self::DeviceFault,
            Self::WrongDeviceKey,
            Self::NotAllowed,
            Self::NotAccepted,
            Self::WaitedTooLong,
            Self::Internal { report_id: "0123456789ab".to_owned() },
            Self::Interrupted,
        ];
        let by_password = by_password.into_iter().map(|failure| (failure, Presence::Password));
        let near = [
            (Self::WrongClaimCode { tries_left: wrong }, Presence::ClaimCode),
            (Self::PresenceRequired, Presence::Button),
        ];
        by_password.chain(near).collect()
    }

    /// Whether the details begin at "it has no password yet" when a person goes back to them.
    pub(crate) fn asks_for_new_password(&self, presence: Presence) -> bool {
        let remedies = self.remedies(presence);
        let had_none = presence != Presence::Password && !remedies.contains(&Remedy::UsePassword);
        had_none || remedies.contains(&Remedy::CreatePassword)
    }

    /// Whether the same claim, with the same secrets, may be tried again.
    pub(crate) fn may_try_again(&self, presence: Presence) -> bool {
        let remedies = self.remedies(presence);
        remedies.contains(&Remedy::TryAgain) || remedies.contains(&Remedy::PressButton)
    }

    /// What the cloud says about a claim that ended.
    pub(crate) fn of_claim(reason: ClaimFailure, presence: Presence, tries_left: Option<u32>) -> Self {
        match reason {
            ClaimFailure::WrongPassword if presence == Presence::ClaimCode => {
                Self::WrongClaimCode { tries_left }
            }
            ClaimFailure::WrongPassword => Self::WrongPassword { tries_left },
            ClaimFailure::WrongDeviceKey => Self::WrongDeviceKey,
            ClaimFailure::TooManyTries { retry_after } => Self::TooManyTries { retry_after },
            ClaimFailure::PresenceRequired => Self::PresenceRequired,
            ClaimFailure::HasPassword => Self::HasPassword,
            ClaimFailure::BelongsToAnother => Self::BelongsToAnother,
            ClaimFailure::AlreadyYours { device } => Self::AlreadyYours { device, name: None, site: None },
            ClaimFailure::DeviceFault => Self::DeviceFault,
            ClaimFailure::NotAllowed => Self::NotAllowed,
            ClaimFailure::ProofRefused | ClaimFailure::GivenUp | ClaimFailure::Unknown => Self::Interrupted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_of_a_newer_app_reads_as_interrupted() {
        let read = |text: &str| serde_json::from_str::<AddDeviceFailure>(text).unwrap();
        assert_eq!(read(r#"{"why":"struck_by_lightning","volts":7}"#), AddDeviceFailure::Interrupted);
        let kept = AddDeviceFailure::TooManyTries { retry_after: 900 };
        assert_eq!(read(&serde_json::to_string(&kept).unwrap()), kept);
    }

    #[test]
    fn only_what_can_change_by_itself_or_at_the_device_is_tried_again_with_the_same_password() {
        let wrong = AddDeviceFailure::WrongPassword { tries_left: Some(3) };
        assert!(!wrong.may_try_again(Presence::Password));
        assert!(AddDeviceFailure::NoAnswer.may_try_again(Presence::Password));
        assert!(AddDeviceFailure::PresenceRequired.may_try_again(Presence::Button));
        assert!(!AddDeviceFailure::PresenceRequired.may_try_again(Presence::Password));
    }
}
