//! What the app should do when something did not work, for people who write screens.
//!
//! Two enums (style.md, rule 4): inside, [`Fault`] says what happened; outside, [`Error`] says what the app should do.
//! [`Reports::tell`] is the one place that turns the first into the second. Neither holds personal data, tokens or
//! prose; the shells hold the words.

use crate::ports::PortFault;
use crate::report::Reports;
use crate::store::StoreFault;
use porchlight_protocol::{DeviceId, ProblemCode};
use std::time::Duration;

/// What the app should do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
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
        /// Names the entry in [`crate::Porchlight::diagnostics`].
        report_id: String,
    },
}

/// Why something is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl InputField {
    /// The field that a problem of the cloud names.
    pub(crate) fn of_problem(name: Option<&str>) -> Self {
        match name.unwrap_or_default().rsplit('.').next().unwrap_or_default() {
            "email" => Self::Email,
            "password" => Self::Password,
            "given_name" => Self::GivenName,
            "family_name" => Self::FamilyName,
            "code" => Self::Code,
            "name" => Self::Name,
            "address" => Self::Address,
            "time_zone" => Self::TimeZone,
            "site" => Self::Site,
            "section" => Self::Section,
            "maker" => Self::Maker,
            "serial" => Self::Serial,
            "model" => Self::Model,
            "comment" => Self::Comment,
            "permissions" => Self::Permissions,
            "lasts" => Self::Lasts,
            "device" => Self::Device,
            _ => Self::Unknown,
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// A flow was asked for a step that it does not take now; its state is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{flow}: {event} does not follow {state}")]
pub(crate) struct Illegal {
    pub(crate) flow: &'static str,
    pub(crate) state: &'static str,
    pub(crate) event: &'static str,
}

/// How far a request came that got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// No connection came to be.
    NotConnected,
    /// The connection broke off: the cloud may have done it.
    BrokenOff,
    /// Nothing came in time: the cloud may have done it.
    TimedOut,
}

/// A refusal of the cloud, without its prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: ProblemCode,
    pub(crate) field: InputField,
    pub(crate) device: Option<DeviceId>,
    pub(crate) retry_after: Option<Duration>,
    /// RFC 9449, section 8: the nonce that the next proof must carry.
    pub(crate) dpop_nonce: Option<String>,
    /// The cloud's own report, if it is shaped like one.
    pub(crate) report_id: Option<String>,
}

/// What happened. Displayed in reports: its texts hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the phone was not unlocked since it started")]
    PhoneLocked,
    #[error("the phone has no network")]
    Offline,
    #[error("the cloud gave no answer ({0:?})")]
    Unanswered(Unanswered),
    #[error("the cloud refused with {} {:?} (its report: {:?})", .0.status, .0.code, .0.report_id)]
    Refused(Refusal),
    #[error("the cloud's answer cannot be read: {0}")]
    Unreadable(&'static str),
    #[error("the phone's {port} is {fault}")]
    Port { port: &'static str, fault: PortFault },
    #[error("{file}: {fault}")]
    Store { file: &'static str, fault: StoreFault },
    #[error(transparent)]
    Illegal(#[from] Illegal),
    #[error("{field:?} is {reason:?}")]
    Input { field: InputField, reason: InputReason },
    #[error("{count} acts are unsent")]
    UnsentActs { count: u32 },
    #[error("not there")]
    NotFound,
    #[error("the site is gone")]
    SiteGone,
    #[error("the lease is over")]
    AccessLocked,
    #[error("the customer app is not there")]
    CustomerAppMissing,
    #[error("a fault of the core: {0}")]
    Core(&'static str),
}

impl Fault {
    /// The same request may succeed later without anybody's doing: no signal, no answer, overload.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Offline | Self::PhoneLocked | Self::Unanswered(_) => true,
            Self::Port { fault: PortFault::Locked, .. } => true,
            Self::Refused(refusal) => refusal.status >= 500 || matches!(refusal.status, 408 | 425 | 429),
            _ => false,
        }
    }

    /// How long the cloud asked to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// The code the cloud refused with.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            _ => None,
        }
    }
}

impl Reports {
    /// The one conversion: what happened becomes what the app should do. What nobody can do anything about is written
    /// into the log on the phone first.
    pub(crate) fn tell(&self, fault: Fault) -> Error {
        match fault {
            Fault::SignedOut => Error::SignInRequired,
            Fault::PhoneLocked | Fault::Port { fault: PortFault::Locked, .. } => {
                Error::Conflict { reason: ConflictReason::PhoneLocked }
            }
            Fault::Offline => Error::Offline,
            Fault::Unanswered(_) => Error::ServerUnavailable { retry_after: None },
            Fault::Refused(refusal) => self.tell_refusal(refusal),
            Fault::Illegal(_) => Error::Conflict { reason: ConflictReason::NotNow },
            Fault::Input { field, reason } => Error::InvalidInput { field, reason },
            Fault::UnsentActs { count } => Error::Conflict { reason: ConflictReason::UnsentActs { count } },
            Fault::NotFound => Error::NotFound,
            Fault::SiteGone => Error::Conflict { reason: ConflictReason::SiteGone },
            Fault::AccessLocked => Error::Conflict { reason: ConflictReason::AccessLocked },
            Fault::CustomerAppMissing => Error::Conflict { reason: ConflictReason::CustomerAppMissing },
            Fault::Unreadable(_) | Fault::Port { .. } | Fault::Store { .. } | Fault::Core(_) => {
                Error::Internal { report_id: self.write(&fault) }
            }
        }
    }

    fn tell_refusal(&self, refusal: Refusal) -> Error {
        let retry_after = refusal.retry_after;
        match refusal.code {
            ProblemCode::NotFound => Error::NotFound,
            ProblemCode::InvalidInput => {
                Error::InvalidInput { field: refusal.field, reason: InputReason::NotAllowed }
            }
            ProblemCode::WrongCode => {
                Error::InvalidInput { field: InputField::Code, reason: InputReason::WrongCode }
            }
            ProblemCode::SignInRequired | ProblemCode::SessionRevoked => Error::SignInRequired,
            ProblemCode::WrongCredentials => Error::NotAllowed { reason: NotAllowedReason::WrongCredentials },
            ProblemCode::AccountDisabled => Error::NotAllowed { reason: NotAllowedReason::AccountDisabled },
            ProblemCode::NotAllowed => Error::NotAllowed { reason: NotAllowedReason::Role },
            ProblemCode::TooManyRequests => {
                Error::NotAllowed { reason: NotAllowedReason::TooOften { retry_after } }
            }
            ProblemCode::UpdateRequired => Error::UpdateRequired,
            ProblemCode::ClaimDiffers => Error::Conflict { reason: ConflictReason::ClaimDiffers },
            ProblemCode::ClaimNotThere => Error::Conflict { reason: ConflictReason::ClaimMoved },
            ProblemCode::SiteNotEmpty => Error::Conflict { reason: ConflictReason::SiteNotEmpty },
            ProblemCode::Unavailable => Error::ServerUnavailable { retry_after },
            // Nothing a person did: this app spoke wrongly, or the cloud broke.
            ProblemCode::MalformedRequest
            | ProblemCode::MethodNotAllowed
            | ProblemCode::BodyTooLarge
            | ProblemCode::UnsupportedMediaType
            | ProblemCode::UseDpopNonce
            | ProblemCode::InvalidDpopProof
            | ProblemCode::IdempotencyKeyReused
            | ProblemCode::IdempotencyKeyRefused
            | ProblemCode::IdempotencyKeyRequired
            | ProblemCode::CursorTooOld
            | ProblemCode::Internal => Error::Internal { report_id: self.write(&Fault::Refused(refusal)) },
            ProblemCode::GrantRevoked
            | ProblemCode::GrantExpired
            | ProblemCode::ActorDisabled
            | ProblemCode::SubjectDisabled => Error::NotAllowed { reason: NotAllowedReason::AccessEnded },
            ProblemCode::RequestsRefused => Error::NotAllowed { reason: NotAllowedReason::RequestsRefused },
            ProblemCode::HandoffRefused => Error::NotAllowed { reason: NotAllowedReason::NotMadeHere },
            ProblemCode::HandoffOver | ProblemCode::ResetOver => {
                Error::Conflict { reason: ConflictReason::CodeOver }
            }
            ProblemCode::GrantOver => Error::Conflict { reason: ConflictReason::AccessOver },
            ProblemCode::TermsDiffer => Error::Conflict { reason: ConflictReason::TermsDiffer },
            ProblemCode::RequestOver => Error::Conflict { reason: ConflictReason::RequestOver },
            ProblemCode::CustomerExists => Error::Conflict { reason: ConflictReason::CustomerExists },
            ProblemCode::CustomerNotConfirmed => {
                Error::Conflict { reason: ConflictReason::CustomerNotConfirmed }
            }
            // A code of a newer cloud, or no problem at all (a proxy on the way): judge by the status. Organizations
            // are looked after in the portal.
            ProblemCode::LastSuperAdmin | ProblemCode::Unknown => match refusal.status {
                401 => Error::SignInRequired,
                403 => Error::NotAllowed { reason: NotAllowedReason::Role },
                404 | 410 => Error::NotFound,
                409 => Error::Conflict { reason: ConflictReason::NotNow },
                422 => Error::InvalidInput { field: refusal.field, reason: InputReason::NotAllowed },
                426 => Error::UpdateRequired,
                429 => Error::NotAllowed { reason: NotAllowedReason::TooOften { retry_after } },
                502..=504 => Error::ServerUnavailable { retry_after },
                _ => Error::Internal { report_id: self.write(&Fault::Refused(refusal)) },
            },
        }
    }
}
