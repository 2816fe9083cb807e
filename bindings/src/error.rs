//! What the app should do when something did not work. The shells hold the words.

use porchlight_core::Error;
use std::time::Duration;

pub type InputField = porchlight_core::InputField;
pub type InputReason = porchlight_core::InputReason;

/// What the app should do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PorchlightError {
    /// Show the sign-in.
    #[error("sign in")]
    SignInRequired,
    /// Say that it is not allowed, and why.
    #[error("not allowed: {reason:?}")]
    NotAllowed {
        /// Why.
        reason: NotAllowedReason,
    },
    /// Say that it is not there any more.
    #[error("not found")]
    NotFound,
    /// Say what stands in the way.
    #[error("conflict: {reason:?}")]
    Conflict {
        /// What stands in the way.
        reason: ConflictReason,
    },
    /// Mark the field and say what is wrong with it.
    #[error("{field:?}: {reason:?}")]
    InvalidInput {
        /// Which field.
        field: InputField,
        /// What is wrong with it.
        reason: InputReason,
    },
    /// Say that there is no connection.
    #[error("no connection")]
    Offline,
    /// Say that the service does not answer, and when to try again.
    #[error("the service does not answer")]
    ServerUnavailable {
        /// When to try again, if the service said so.
        retry_after: Option<Duration>,
    },
    /// Send the person to the store.
    #[error("update the app")]
    UpdateRequired,
    /// Say that something broke, with the id that support can look up.
    #[error("internal: report {report_id}")]
    Internal {
        /// Names the line in [`crate::Porchlight::diagnostics`].
        report_id: String,
    },
}

/// Why something is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum NotAllowedReason {
    /// Email and password do not match an account.
    WrongCredentials,
    /// The account is disabled; support can tell why.
    AccountDisabled,
    /// The person's role does not allow it.
    Role,
    /// Too often; wait.
    TooOften {
        /// How long, if the service said so.
        retry_after: Option<Duration>,
    },
    /// The access to this customer's account is over; the delegated session's state says why.
    AccessEnded,
    /// The customer takes no requests from this company.
    RequestsRefused,
    /// The link was not made on this phone.
    NotMadeHere,
}

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ConflictReason {
    /// The flow is at another step; its listener shows which.
    NotNow,
    /// The phone still owes the cloud something that signing out would throw away.
    UnsentActs {
        /// How many things.
        count: u32,
    },
    /// The phone was not unlocked since it started.
    PhoneLocked,
    /// The site still holds devices.
    SiteNotEmpty,
    /// The site is not there any more: choose another.
    SiteGone,
    /// The claim id stands for another claim.
    ClaimDiffers,
    /// Another step of the same claim came first; read it again.
    ClaimMoved,
    /// The customer's lists are closed until the cloud was reached again.
    AccessLocked,
    /// The access is over: ask for it again.
    AccessOver,
    /// The request is not the one that was shown: show it again.
    TermsDiffer,
    /// The request was answered, withdrawn, or is too old.
    RequestOver,
    /// The customer has not confirmed yet that they are one.
    CustomerNotConfirmed,
    /// The address is on the list already.
    CustomerExists,
    /// The code was used, or is too old: ask for a new one.
    CodeOver,
    /// The customer app is not on this phone.
    CustomerAppMissing,
}

/// A field that a person or the app's maker fills in.
#[uniffi::remote(Enum)]
pub enum InputField {
    /// An email address.
    Email,
    /// The account's password.
    Password,
    /// A person's given name.
    GivenName,
    /// A person's family name.
    FamilyName,
    /// A mailed code.
    Code,
    /// The name of a site or a device.
    Name,
    /// A site's address.
    Address,
    /// A time zone.
    TimeZone,
    /// A site.
    Site,
    /// A section.
    Section,
    /// A device's maker.
    Maker,
    /// A device's serial number.
    Serial,
    /// A device's model.
    Model,
    /// A device's own password.
    DevicePassword,
    /// The claim code on a label.
    ClaimCode,
    /// A label's text.
    Label,
    /// The configured address of the cloud.
    Cloud,
    /// The configured host of links and proofs.
    LinkHost,
    /// The configured name of the app.
    ClientName,
    /// The configured version of the app.
    ClientVersion,
    /// A configured root of trust.
    ExtraRoots,
    /// The folder for the core's files.
    DataFolder,
    /// How much of a list was asked for.
    WindowCount,
    /// Why access is asked for.
    Comment,
    /// What access is asked for.
    Permissions,
    /// How long access is asked for, or given.
    Lasts,
    /// A device.
    Device,
    /// A field this version of the app has no name for.
    Unknown,
}

/// What is wrong with a field.
#[uniffi::remote(Enum)]
pub enum InputReason {
    /// Nothing was given.
    Empty,
    /// Longer than it may be.
    TooLong,
    /// Shorter than it may be.
    TooShort,
    /// The second time something else was typed.
    Differs,
    /// Not of the shape this field has, or a value that is refused.
    NotAllowed,
    /// The code is wrong, used up or too old.
    WrongCode,
}

impl From<Error> for PorchlightError {
    fn from(error: Error) -> Self {
        match error {
            Error::SignInRequired => Self::SignInRequired,
            Error::NotAllowed { reason } => Self::NotAllowed { reason: reason.into() },
            Error::NotFound => Self::NotFound,
            Error::Conflict { reason } => Self::Conflict { reason: reason.into() },
            Error::InvalidInput { field, reason } => Self::InvalidInput { field, reason },
            Error::Offline => Self::Offline,
            Error::ServerUnavailable { retry_after } => Self::ServerUnavailable { retry_after },
            Error::UpdateRequired => Self::UpdateRequired,
            Error::Internal { report_id } => Self::Internal { report_id },
        }
    }
}

impl From<porchlight_core::NotAllowedReason> for NotAllowedReason {
    fn from(reason: porchlight_core::NotAllowedReason) -> Self {
        use porchlight_core::NotAllowedReason as Core;
        match reason {
            Core::WrongCredentials => Self::WrongCredentials,
            Core::AccountDisabled => Self::AccountDisabled,
            Core::Role => Self::Role,
            Core::TooOften { retry_after } => Self::TooOften { retry_after },
            Core::AccessEnded => Self::AccessEnded,
            Core::RequestsRefused => Self::RequestsRefused,
            Core::NotMadeHere => Self::NotMadeHere,
        }
    }
}

impl From<porchlight_core::ConflictReason> for ConflictReason {
    fn from(reason: porchlight_core::ConflictReason) -> Self {
        use porchlight_core::ConflictReason as Core;
        match reason {
            Core::NotNow => Self::NotNow,
            Core::UnsentActs { count } => Self::UnsentActs { count },
            Core::PhoneLocked => Self::PhoneLocked,
            Core::SiteNotEmpty => Self::SiteNotEmpty,
            Core::SiteGone => Self::SiteGone,
            Core::ClaimDiffers => Self::ClaimDiffers,
            Core::ClaimMoved => Self::ClaimMoved,
            Core::AccessLocked => Self::AccessLocked,
            Core::AccessOver => Self::AccessOver,
            Core::TermsDiffer => Self::TermsDiffer,
            Core::RequestOver => Self::RequestOver,
            Core::CustomerNotConfirmed => Self::CustomerNotConfirmed,
            Core::CustomerExists => Self::CustomerExists,
            Core::CodeOver => Self::CodeOver,
            Core::CustomerAppMissing => Self::CustomerAppMissing,
        }
    }
}
