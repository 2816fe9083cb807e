//! How access to a customer's account ends, as the phone learns it.

use porchlight_protocol::ProblemCode;

/// Why a delegated session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessEnd {
    /// The customer ended the access, or the company gave it back.
    Revoked,
    /// Its time was over.
    Expired,
    /// The installer's own account was disabled, or they left the company.
    ActorDisabled,
    /// The customer's account was disabled.
    SubjectDisabled,
    /// The session alone: it was at its age, its link was copied, or the session that made its link ended.
    SessionEnded,
    /// The installer is done, or works for another customer now.
    Left,
}

impl AccessEnd {
    /// What a refusal says about the session that asked; none if it goes on.
    pub(crate) fn of(code: ProblemCode) -> Option<Self> {
        match code {
            ProblemCode::GrantRevoked => Some(Self::Revoked),
            ProblemCode::GrantExpired => Some(Self::Expired),
            ProblemCode::ActorDisabled => Some(Self::ActorDisabled),
            ProblemCode::SubjectDisabled => Some(Self::SubjectDisabled),
            ProblemCode::SessionRevoked => Some(Self::SessionEnded),
            _ => None,
        }
    }
}
