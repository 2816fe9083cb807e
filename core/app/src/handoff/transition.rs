//! The customer's side: what follows what when a link arrives. Pure, no clock, no I/O.

use super::flow::{HandoffRefusal, HandoffState};
use super::secrets::{Code, Entry};
use crate::access::{Acting, NewDelegation};
use crate::error::Illegal;
use crate::ports::Moment;
use porchlight_protocol::access::Grant;

/// Where the handoff is.
#[derive(Debug)]
pub(super) enum State {
    /// No link.
    Idle,
    /// The vault is being asked for what belongs to it.
    Taking { code: Code },
    /// A person decides.
    Confirm { code: Code, entry: Box<Entry>, instead_of: Option<Acting> },
    /// Code and verifier are on their way; sent again for half a minute.
    Redeeming { code: Code, entry: Box<Entry>, instead_of: Option<Acting> },
    /// No answer came; a person may try again.
    Unreached { code: Code, entry: Box<Entry>, instead_of: Option<Acting> },
    /// The session is being opened.
    Opening { acting: Acting },
    /// The delegated session is there.
    Opened { grant: Grant },
    /// Nothing comes of this link.
    Refused(HandoffRefusal),
}

/// What happened.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and taken at once")]
pub(super) enum Event {
    /// A link, or something else that was opened in the app.
    LinkArrived(Option<Code>),
    /// What the vault held, and now. No moment: the phone does not say what time it is.
    Taken {
        entry: Option<Box<Entry>>,
        now: Option<Moment>,
        instead_of: Option<Acting>,
    },
    NotTaken(HandoffRefusal),
    /// The person's tap.
    Confirmed,
    Redeemed(Box<NewDelegation>),
    Unreached,
    NotRedeemed(HandoffRefusal),
    Opened,
    NotOpened(HandoffRefusal),
    /// The person is done with it, or does not want it.
    Dismissed,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Effect {
    /// Take the vault's entry: whoever reads it deletes it.
    TakeEntry,
    Redeem {
        code: Code,
        entry: Box<Entry>,
    },
    Open(Box<NewDelegation>),
}

type Next = Result<(State, Vec<Effect>), Box<(State, Illegal)>>;

/// The next state and what is to be done. A pair that is not listed is an error and gives the state back.
pub(super) fn transition(state: State, event: Event) -> Next {
    let illegal = Illegal { flow: "handoff", state: state.name(), event: event.name() };
    match (state, event) {
        // A second link takes the place of a first one, but for one that is being opened.
        (
            State::Idle
            | State::Taking { .. }
            | State::Confirm { .. }
            | State::Unreached { .. }
            | State::Opened { .. }
            | State::Refused(_),
            Event::LinkArrived(code),
        ) => Ok(match code {
            Some(code) => (State::Taking { code }, vec![Effect::TakeEntry]),
            None => refused(HandoffRefusal::NotALink),
        }),
        (State::Taking { code }, Event::Taken { entry, now, instead_of }) => {
            Ok(match belongs(&code, entry, now) {
                Ok(entry) => (State::Confirm { code, entry, instead_of }, vec![]),
                Err(refusal) => refused(refusal),
            })
        }
        (State::Taking { .. }, Event::NotTaken(refusal)) => Ok(refused(refusal)),
        (
            State::Confirm { code, entry, instead_of } | State::Unreached { code, entry, instead_of },
            Event::Confirmed,
        ) => {
            let redeem = Effect::Redeem { code: code.clone(), entry: entry.clone() };
            Ok((State::Redeeming { code, entry, instead_of }, vec![redeem]))
        }
        (State::Redeeming { .. }, Event::Redeemed(new)) => {
            Ok((State::Opening { acting: new.acting.clone() }, vec![Effect::Open(new)]))
        }
        (State::Redeeming { code, entry, instead_of }, Event::Unreached) => {
            Ok((State::Unreached { code, entry, instead_of }, vec![]))
        }
        (State::Redeeming { .. }, Event::NotRedeemed(refusal)) => Ok(refused(refusal)),
        (State::Opening { acting }, Event::Opened) => Ok((State::Opened { grant: acting.grant }, vec![])),
        (State::Opening { .. }, Event::NotOpened(refusal)) => Ok(refused(refusal)),
        (
            State::Confirm { .. } | State::Unreached { .. } | State::Opened { .. } | State::Refused(_),
            Event::Dismissed,
        ) => Ok((State::Idle, vec![])),
        (state, _) => Err(Box::new((state, illegal))),
    }
}

fn refused(refusal: HandoffRefusal) -> (State, Vec<Effect>) {
    (State::Refused(refusal), vec![])
}

/// The entry, if the partner app on this very phone left it for this very link a moment ago.
fn belongs(
    code: &Code,
    entry: Option<Box<Entry>>,
    now: Option<Moment>,
) -> Result<Box<Entry>, HandoffRefusal> {
    let entry = entry.filter(|entry| entry.code == code.hash()).ok_or(HandoffRefusal::NotInitiatedHere)?;
    let is_fresh = now.is_some_and(|now| entry.is_fresh(&now));
    if is_fresh { Ok(entry) } else { Err(HandoffRefusal::TooLate) }
}

impl State {
    /// The complete picture for a screen.
    pub(super) fn shown(&self) -> HandoffState {
        match self {
            Self::Idle => HandoffState::Idle,
            Self::Taking { .. } => HandoffState::Reading,
            Self::Confirm { entry, instead_of, .. } => HandoffState::Confirm {
                grant: entry.grant.clone(),
                until: entry.until,
                instead_of: instead_of.clone(),
            },
            Self::Redeeming { entry, .. } => {
                HandoffState::Opening { grant: entry.grant.clone(), until: entry.until }
            }
            Self::Opening { acting } => {
                HandoffState::Opening { grant: acting.grant.clone(), until: acting.until }
            }
            Self::Unreached { entry, .. } => {
                HandoffState::Unreached { grant: entry.grant.clone(), until: entry.until }
            }
            Self::Opened { grant } => HandoffState::Opened { grant: grant.clone() },
            Self::Refused(refusal) => HandoffState::Refused { reason: refusal.clone() },
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Taking { .. } => "taking",
            Self::Confirm { .. } => "confirm",
            Self::Redeeming { .. } => "redeeming",
            Self::Unreached { .. } => "unreached",
            Self::Opening { .. } => "opening",
            Self::Opened { .. } => "opened",
            Self::Refused(_) => "refused",
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::LinkArrived(_) => "link arrived",
            Self::Taken { .. } => "taken",
            Self::NotTaken(_) => "not taken",
            Self::Confirmed => "confirmed",
            Self::Redeemed(_) => "redeemed",
            Self::Unreached => "unreached",
            Self::NotRedeemed(_) => "not redeemed",
            Self::Opened => "opened",
            Self::NotOpened(_) => "not opened",
            Self::Dismissed => "dismissed",
        }
    }
}
