//! Why a device was not added (yet), and what a person can do about it.

use crate::ids::DeviceId;
use porchlight_core::add_device;

pub type Remedy = add_device::Remedy;
pub type QueuedReason = add_device::QueuedReason;

/// Why a device was not added.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
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
        /// Names the line in [`crate::Porchlight::diagnostics`].
        report_id: String,
    },
    /// The exchange was broken off and can be tried again.
    Interrupted,
}

impl From<add_device::AddDeviceFailure> for AddDeviceFailure {
    fn from(failure: add_device::AddDeviceFailure) -> Self {
        use add_device::AddDeviceFailure as Core;
        match failure {
            Core::WrongPassword { tries_left } => Self::WrongPassword { tries_left },
            Core::WrongClaimCode { tries_left } => Self::WrongClaimCode { tries_left },
            Core::NoAnswer => Self::NoAnswer,
            Core::BelongsToAnother => Self::BelongsToAnother,
            Core::AlreadyYours { device, name, site } => Self::AlreadyYours { device, name, site },
            Core::TooManyTries { retry_after } => Self::TooManyTries { retry_after },
            Core::PresenceRequired => Self::PresenceRequired,
            Core::HasPassword => Self::HasPassword,
            Core::DeviceFault => Self::DeviceFault,
            Core::WrongDeviceKey => Self::WrongDeviceKey,
            Core::NotAllowed => Self::NotAllowed,
            Core::NotAccepted => Self::NotAccepted,
            Core::WaitedTooLong => Self::WaitedTooLong,
            Core::Internal { report_id } => Self::Internal { report_id },
            Core::Interrupted => Self::Interrupted,
        }
    }
}

/// What a person can do about a failure.
#[uniffi::remote(Enum)]
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

/// Why a device waits on this phone.
#[uniffi::remote(Enum)]
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
