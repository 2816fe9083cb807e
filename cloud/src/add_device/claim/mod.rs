//! Where a claim can go: a pure state machine. No clock, no I/O; the rules around it read the database, call
//! [`transition`], and do what its effects say in the same transaction.
//!
//! ```text
//! requested -> challenged -> proven -> owned
//!     |            |           |
//!     +------------+-----------+-----> failed, or expired -> requested (attempt + 1), owned (a late `bound`)
//! ```
//!
//! * A message counts only for the attempt it was made in. The one exception is `bound`: it counts for the last
//!   attempt in which we sent `bind`, whatever came after, because the device then holds this claim already.
//! * Who owns the device is asked when the proof is in, and again when the device confirms: the first to confirm has
//!   it. `failed` and `owned` are final.
//! * A pair that is not listed is [`Illegal`] and changes nothing.

use porchlight_protocol::add_device::{
    Challenge, ClaimFailure, ClaimState, Presence, RegistrationAnswer, WithdrawReason,
};
use porchlight_protocol::device::RefusalReason;
use porchlight_protocol::lengths::{KE2_BYTES, REGISTRATION_RESPONSE_BYTES, SIGNATURE_BYTES};
use porchlight_protocol::{Base64Url, DeviceId};

/// How long a device rests that did not say how long.
const REST_SECONDS: u32 = 900;

/// A claim, as far as its next step depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimProgress {
    /// Which exchange.
    pub attempt: u32,
    /// How the person shows that the device is theirs.
    pub presence: Presence,
    /// As the phone sees it.
    pub state: ClaimState,
    /// The last attempt in which the device was told to bind itself.
    pub bind_attempt: Option<u32>,
}

/// Whose the device is, at the moment of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Free.
    Nobody,
    /// This account's already.
    SameAccount(DeviceId),
    /// Somebody else's.
    AnotherAccount,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimEvent {
    /// The phone starts the next exchange.
    Reopened {
        /// Higher than before; by more than one when a request was lost.
        attempt: u32,
    },
    /// The device answered the opening.
    Challenged {
        /// For which exchange.
        attempt: u32,
        /// What it said, with its key as the inventory has it.
        challenge: Challenge,
    },
    /// The phone sent its proof.
    ProofGiven {
        /// For which exchange.
        attempt: u32,
    },
    /// The device accepted the proof.
    Proven {
        /// In which exchange.
        attempt: u32,
        /// With a claim code: its half of the registration.
        registration: Option<RegistrationAnswer>,
        /// Whose the device is now.
        owner: Owner,
    },
    /// The phone sent the record of the first password.
    FirstPasswordGiven {
        /// For which exchange.
        attempt: u32,
        /// Whose the device is now.
        owner: Owner,
    },
    /// The device stored the claim.
    Bound {
        /// In which exchange.
        attempt: u32,
        /// Whose the device is now.
        owner: Owner,
        /// Its id, should it become this account's now.
        device: DeviceId,
    },
    /// The device refused.
    Refused {
        /// In which exchange.
        attempt: u32,
        /// Why.
        reason: RefusalReason,
        /// For how many seconds.
        retry_after: Option<u32>,
    },
    /// The person or the phone ends it.
    Withdrawn {
        /// Why.
        reason: WithdrawReason,
    },
    /// The account may not add devices to the site any more.
    NotAllowed,
    /// Its time is over.
    TimeRanOut,
}

/// What must happen with a step, in its transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimEffect {
    /// Send the opening to the device.
    AskDevice,
    /// Send the phone's proof to the device.
    PassProof,
    /// Send name, clock and, if there is one, the first password's record to the device.
    Bind,
    /// Make the device this account's.
    MakeDevice(DeviceId),
    /// The device holds this claim, although it belongs to another one: its owner's release must name this one.
    NoteHolder,
    /// The device holds a claim that came to nothing: have it forget.
    Release,
    /// Somebody else tried to add the device: its owner, if there is one, is told.
    TellOwner,
    /// The serial was not answered for: it counts against the account.
    CountUnanswered,
}

/// The event is not one for this state; nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Illegal;

/// What follows from an event.
pub fn transition(
    claim: &ClaimProgress,
    event: ClaimEvent,
) -> Result<(ClaimProgress, Vec<ClaimEffect>), Illegal> {
    let attempt_counts = |attempt: u32| attempt == claim.attempt;
    match (&claim.state, event) {
        // A new exchange. A challenge that nobody proved is a try that its owner hears of.
        (
            ClaimState::Requested
            | ClaimState::Challenged { .. }
            | ClaimState::Proven { .. }
            | ClaimState::Expired,
            ClaimEvent::Reopened { attempt },
        ) if attempt > claim.attempt => {
            let mut effects = effects_of_leaving(claim, &ClaimState::Requested);
            effects.push(ClaimEffect::AskDevice);
            Ok((ClaimProgress { attempt, state: ClaimState::Requested, ..claim.clone() }, effects))
        }

        (ClaimState::Requested, ClaimEvent::Challenged { attempt, challenge }) if attempt_counts(attempt) => {
            if challenge_fits(claim.presence, &challenge) {
                Ok(go(claim, ClaimState::Challenged { challenge }, &[]))
            } else {
                Ok(fail(claim, ClaimFailure::DeviceFault))
            }
        }

        (ClaimState::Challenged { .. }, ClaimEvent::ProofGiven { attempt })
            if attempt_counts(attempt) && claim.presence != Presence::Button =>
        {
            Ok((claim.clone(), vec![ClaimEffect::PassProof]))
        }
        (ClaimState::Challenged { .. }, ClaimEvent::Proven { attempt, registration, owner })
            if attempt_counts(attempt) && claim.presence != Presence::Button =>
        {
            match (owner, claim.presence, registration) {
                (Owner::AnotherAccount | Owner::SameAccount(_), _, _) => Ok(fail_as_owned(claim, owner)),
                (Owner::Nobody, Presence::ClaimCode, registration) => match registration {
                    Some(answer) if answer_fits(&answer) => {
                        Ok(go(claim, ClaimState::Proven { registration: Some(answer) }, &[]))
                    }
                    _ => Ok(fail(claim, ClaimFailure::DeviceFault)),
                },
                (Owner::Nobody, _, _) => Ok(bind(claim, ClaimState::Proven { registration: None })),
            }
        }
        // With the button there is no log-in: whoever pressed it is there, and the record is the next step.
        (ClaimState::Challenged { .. }, ClaimEvent::FirstPasswordGiven { attempt, owner })
            if attempt_counts(attempt) && claim.presence == Presence::Button =>
        {
            match owner {
                Owner::Nobody => Ok(bind(claim, ClaimState::Proven { registration: None })),
                _ => Ok(fail_as_owned(claim, owner)),
            }
        }

        (ClaimState::Proven { .. }, ClaimEvent::FirstPasswordGiven { attempt, owner })
            if attempt_counts(attempt)
                && claim.presence == Presence::ClaimCode
                && claim.bind_attempt != Some(attempt) =>
        {
            match owner {
                Owner::Nobody => Ok(bind(claim, claim.state.clone())),
                _ => Ok(fail_as_owned(claim, owner)),
            }
        }

        // The device holds the claim.
        (
            ClaimState::Requested
            | ClaimState::Challenged { .. }
            | ClaimState::Proven { .. }
            | ClaimState::Expired,
            ClaimEvent::Bound { attempt, owner, device },
        ) if claim.bind_attempt == Some(attempt) => match owner {
            Owner::Nobody => Ok(go(claim, ClaimState::Owned { device }, &[ClaimEffect::MakeDevice(device)])),
            _ => {
                let (claim, mut effects) = fail_as_owned(claim, owner);
                effects.push(ClaimEffect::NoteHolder);
                Ok((claim, effects))
            }
        },
        (ClaimState::Failed { .. }, ClaimEvent::Bound { attempt, owner, .. })
            if claim.bind_attempt == Some(attempt) =>
        {
            let effect = if owner == Owner::Nobody { ClaimEffect::Release } else { ClaimEffect::NoteHolder };
            Ok((claim.clone(), vec![effect]))
        }

        (
            ClaimState::Requested | ClaimState::Challenged { .. } | ClaimState::Proven { .. },
            ClaimEvent::Refused { attempt, reason, retry_after },
        ) if attempt_counts(attempt) => Ok(refuse(claim, reason, retry_after)),

        (
            ClaimState::Requested
            | ClaimState::Challenged { .. }
            | ClaimState::Proven { .. }
            | ClaimState::Expired,
            ClaimEvent::Withdrawn { reason },
        ) => Ok(fail(
            claim,
            match reason {
                WithdrawReason::WrongPassword => ClaimFailure::WrongPassword,
                WithdrawReason::WrongDeviceKey => ClaimFailure::WrongDeviceKey,
                WithdrawReason::GivenUp => ClaimFailure::GivenUp,
            },
        )),
        (
            ClaimState::Requested
            | ClaimState::Challenged { .. }
            | ClaimState::Proven { .. }
            | ClaimState::Expired,
            ClaimEvent::NotAllowed,
        ) => Ok(fail(claim, ClaimFailure::NotAllowed)),

        (
            ClaimState::Requested | ClaimState::Challenged { .. } | ClaimState::Proven { .. },
            ClaimEvent::TimeRanOut,
        ) => Ok(leave(claim, ClaimState::Expired)),

        _ => Err(Illegal),
    }
}

/// Whether the state is one that the device or the phone may still move.
pub fn is_open(state: &ClaimState) -> bool {
    matches!(state, ClaimState::Requested | ClaimState::Challenged { .. } | ClaimState::Proven { .. })
}

fn go(
    claim: &ClaimProgress,
    state: ClaimState,
    effects: &[ClaimEffect],
) -> (ClaimProgress, Vec<ClaimEffect>) {
    (ClaimProgress { state, ..claim.clone() }, effects.to_vec())
}

/// Goes to a state that is no progress.
fn leave(claim: &ClaimProgress, state: ClaimState) -> (ClaimProgress, Vec<ClaimEffect>) {
    let effects = effects_of_leaving(claim, &state);
    go(claim, state, &effects)
}

fn fail(claim: &ClaimProgress, reason: ClaimFailure) -> (ClaimProgress, Vec<ClaimEffect>) {
    leave(claim, ClaimState::Failed { reason })
}

fn fail_as_owned(claim: &ClaimProgress, owner: Owner) -> (ClaimProgress, Vec<ClaimEffect>) {
    let reason = match owner {
        Owner::SameAccount(device) => ClaimFailure::AlreadyYours { device },
        Owner::AnotherAccount | Owner::Nobody => ClaimFailure::BelongsToAnother,
    };
    let effects: &[_] = if owner == Owner::AnotherAccount { &[ClaimEffect::TellOwner] } else { &[] };
    go(claim, ClaimState::Failed { reason }, effects)
}

fn bind(claim: &ClaimProgress, state: ClaimState) -> (ClaimProgress, Vec<ClaimEffect>) {
    let bound = ClaimProgress { state, bind_attempt: Some(claim.attempt), ..claim.clone() };
    (bound, vec![ClaimEffect::Bind])
}

fn refuse(
    claim: &ClaimProgress,
    reason: RefusalReason,
    retry_after: Option<u32>,
) -> (ClaimProgress, Vec<ClaimEffect>) {
    match (reason, &claim.state) {
        (RefusalReason::TooManyTries, _) => {
            fail(claim, ClaimFailure::TooManyTries { retry_after: retry_after.unwrap_or(REST_SECONDS) })
        }
        (RefusalReason::ProofRefused, _) => fail(claim, ClaimFailure::ProofRefused),
        (RefusalReason::PresenceRequired, _) => fail(claim, ClaimFailure::PresenceRequired),
        (RefusalReason::HasPassword, _) => fail(claim, ClaimFailure::HasPassword),
        // An opening that is not understood will not be next time. Later, it is the exchange that the device does not
        // know any more (it restarted): the phone may start the next one.
        (RefusalReason::NotUnderstood, ClaimState::Requested) | (RefusalReason::Unknown, _) => {
            fail(claim, ClaimFailure::DeviceFault)
        }
        (RefusalReason::NotUnderstood, _) => leave(claim, ClaimState::Expired),
    }
}

fn effects_of_leaving(claim: &ClaimProgress, next: &ClaimState) -> Vec<ClaimEffect> {
    match (&claim.state, next) {
        (ClaimState::Challenged { .. }, _) => vec![ClaimEffect::TellOwner],
        // Only the device's own refusals are answers; a phone that gives up early does not get around the count.
        (
            ClaimState::Requested,
            ClaimState::Expired
            | ClaimState::Failed {
                reason:
                    ClaimFailure::GivenUp
                    | ClaimFailure::WrongPassword
                    | ClaimFailure::WrongDeviceKey
                    | ClaimFailure::NotAllowed,
            },
        ) => vec![ClaimEffect::CountUnanswered],
        _ => Vec::new(),
    }
}

fn challenge_fits(presence: Presence, challenge: &Challenge) -> bool {
    match presence {
        Presence::Password | Presence::ClaimCode => {
            challenge.ke2.as_ref().is_some_and(|ke2| ke2.0.len() == KE2_BYTES)
                && challenge.registration.is_none()
        }
        Presence::Button => {
            challenge.ke2.is_none() && challenge.registration.as_ref().is_some_and(answer_fits)
        }
        Presence::Unknown => false,
    }
}

fn answer_fits(answer: &RegistrationAnswer) -> bool {
    let has = |bytes: &Base64Url, length| bytes.0.len() == length;
    has(&answer.response, REGISTRATION_RESPONSE_BYTES) && has(&answer.signature, SIGNATURE_BYTES)
}

#[cfg(test)]
mod tests;
