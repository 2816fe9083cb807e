//! Where a delegated session is: pure, no clock, no I/O.

use crate::access::AccessEnd;
use crate::error::Illegal;
use porchlight_protocol::access::{Grant, Person};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{Maker, Model, Serial};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who acts for whom on this phone, on what, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// What the customer consented to: actor, company, subject, scope, permissions.
    pub grant: Grant,
    /// When the session ends at the latest: milliseconds UTC by the cloud's clock, never after the grant.
    pub until: i64,
}

/// Something that the phone still owed the cloud when the access ended. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentAct {
    /// In whose account it was to be done.
    pub subject: Person,
    /// Who made the device that was to be added.
    pub maker: Maker,
    /// What is printed on it.
    pub serial: Serial,
    /// What kind it is.
    pub model: Model,
    /// What it is for.
    pub section: Section,
    /// What it was to be called.
    pub name: String,
    /// When the phone learnt that the access had ended: milliseconds UTC by the cloud's clock, or by the phone's where
    /// the cloud was not heard of.
    pub at: i64,
}

/// The delegated session: one complete picture for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DelegatedState {
    /// This phone acts for nobody but its own person.
    Nobody,
    /// It acts in a customer's account: say so on every screen.
    Active {
        /// Who for whom, until when.
        acting: Acting,
    },
    /// The cloud was out of reach for too long: the customer's lists are closed, what is being added goes on.
    Locked {
        /// Who for whom, until when.
        acting: Acting,
    },
    /// The access is over, everything about it on this phone is destroyed.
    Ended {
        /// Who acted for whom.
        acting: Acting,
        /// Why it is over.
        why: AccessEnd,
        /// When the phone learnt of it: milliseconds UTC by the cloud's clock, or by the phone's where the cloud was not
        /// heard of.
        at: i64,
        /// What was not sent any more.
        unsent: Vec<UnsentAct>,
    },
}

/// What happened.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and taken at once")]
pub(super) enum Event {
    Opened(Acting),
    LeaseOver,
    CloudReached,
    Over { why: AccessEnd, at: i64, unsent: Vec<UnsentAct> },
    Dismissed,
}

/// The next state. A pair that is not listed is an error and changes nothing.
pub(super) fn transition(state: &DelegatedState, event: Event) -> Result<DelegatedState, Illegal> {
    use DelegatedState::{Active, Ended, Locked, Nobody};
    let illegal = Illegal { flow: "delegated session", state: state.name(), event: event.name() };
    match (state, event) {
        (Nobody | Ended { .. }, Event::Opened(acting)) => Ok(Active { acting }),
        (Active { acting }, Event::LeaseOver) => Ok(Locked { acting: acting.clone() }),
        (Locked { acting }, Event::CloudReached) => Ok(Active { acting: acting.clone() }),
        (Active { acting } | Locked { acting }, Event::Over { why, at, unsent }) => {
            Ok(Ended { acting: acting.clone(), why, at, unsent })
        }
        (Ended { .. }, Event::Dismissed) => Ok(Nobody),
        _ => Err(illegal),
    }
}

impl DelegatedState {
    fn name(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Active { .. } => "active",
            Self::Locked { .. } => "locked",
            Self::Ended { .. } => "ended",
        }
    }

    /// Who acts for whom now.
    pub(crate) fn acting(&self) -> Option<&Acting> {
        match self {
            Self::Active { acting } | Self::Locked { acting } => Some(acting),
            Self::Nobody | Self::Ended { .. } => None,
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::LeaseOver => "lease over",
            Self::CloudReached => "cloud reached",
            Self::Over { .. } => "over",
            Self::Dismissed => "dismissed",
        }
    }
}

impl fmt::Display for DelegatedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
