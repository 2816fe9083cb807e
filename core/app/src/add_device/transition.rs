//! What follows what when a device is added: pure, no clock, no I/O.
//!
//! Back works everywhere: it leads one step back, from the first step out of the flow. Once a claim is saved in the
//! outbox it stays there until it is added, replaced by a corrected one ([`Event::Add`] after a failure) or given up.
//! The device's password passes through ([`Effect::Save`]) and is never kept in a state.

use super::details::{self, DetailsForm};
use super::failure::AddDeviceFailure;
use super::label;
use super::state::AddingStep;
use super::steps::{
    AddedClaim, Afterwards, ClaimPlan, DetailsStep, Effect, Event, Fresh, LabelStep, Seen, State,
};
use crate::error::Illegal;
use porchlight_protocol::ClaimId;
use porchlight_protocol::add_device::Presence;

type Next = Result<(State, Vec<Effect>), Illegal>;

/// The next state and what is to be done. A pair that is not listed is an error and changes nothing.
pub(super) fn transition(state: &State, event: Event, fresh: Fresh) -> Next {
    let illegal = Illegal { flow: "add_device", state: state.name(), event: event.name() };
    match state {
        State::Label(step) => from_label(step, event, fresh, illegal),
        State::Details(step) => from_details(step, event, fresh, illegal),
        State::Adding { claim, step } => from_adding(claim, *step, event, fresh, illegal),
        State::Withdrawing { claim, then, .. } => from_withdrawing(claim, *then, event, illegal),
        State::Queued { claim, .. } => from_queued(claim, event, fresh, illegal),
        State::Failed { claim, failure } => from_failed(claim, failure, event, fresh, illegal),
        State::Added { claim, .. } => match event {
            Event::AddAnother => Ok((State::begin(claim.place.clone(), fresh.id), vec![])),
            Event::Back | Event::Cancel => Ok((State::Ended, vec![])),
            _ => Err(illegal),
        },
        State::Ended => Err(illegal),
    }
}

fn from_label(step: &LabelStep, event: Event, fresh: Fresh, illegal: Illegal) -> Next {
    let see = |seen, turn| Ok((State::Label(LabelStep { seen, turn, typed: None, ..step.clone() }), vec![]));
    match event {
        Event::PictureOffered => see(Seen::BeingRead, step.turn.wrapping_add(1)),
        Event::PictureRead { turn, outcome } if turn == step.turn && matches!(step.seen, Seen::BeingRead) => {
            match outcome {
                Ok(readings) if readings.is_empty() => see(Seen::NoCode(None), turn),
                Ok(readings) => see(Seen::Readings(readings), turn),
                Err(problem) => see(Seen::NoCode(Some(problem)), turn),
            }
        }
        // A frame with a code counts; one without is what a camera sees most of the time.
        Event::FrameRead(readings) if !readings.is_empty() => {
            see(Seen::Readings(readings), step.turn.wrapping_add(1))
        }
        Event::TextRead { reading, typed } => {
            let (seen, turn) = (Seen::Readings(vec![reading]), step.turn.wrapping_add(1));
            Ok((State::Label(LabelStep { seen, turn, typed: Some(typed), ..step.clone() }), vec![]))
        }
        Event::Confirm { serial } => {
            let Seen::Readings(readings) = &step.seen else { return Err(illegal) };
            let read = label::confirmed(readings, &serial).ok_or(illegal)?;
            let next = DetailsStep {
                label: step.clone(),
                device: label::with_what_is_known(read, step.known.as_ref()),
                form: step.form.clone(),
                now: fresh.now,
                problems: vec![],
                new_password: false,
            };
            Ok((State::Details(next), vec![]))
        }
        // Back to the camera from what it read; what was typed is left with its field.
        Event::Back if step.typed.is_none() && matches!(step.seen, Seen::Readings(_)) => {
            see(Seen::Nothing, step.turn.wrapping_add(1))
        }
        Event::Back | Event::Cancel => end(step.former),
        _ => Err(illegal),
    }
}

fn from_details(step: &DetailsStep, event: Event, fresh: Fresh, illegal: Illegal) -> Next {
    match event {
        Event::Edit(edit) => {
            let mut form = step.form.clone();
            form.edit(edit);
            // What was wrong and still is stays marked; nothing is marked before it was tried.
            let wrong = details::check_form(&form);
            let mut problems = step.problems.clone();
            problems.retain(|problem| wrong.contains(problem));
            Ok((State::Details(DetailsStep { form, now: fresh.now, problems, ..step.clone() }), vec![]))
        }
        Event::Add { password } => {
            let claim = step.label.draft;
            let mut problems = details::check_form(&step.form);
            problems.extend(password.check());
            if !problems.is_empty() {
                let new_password = password.is_new();
                return Ok((State::Details(DetailsStep { problems, new_password, ..step.clone() }), vec![]));
            }
            let mut device = step.device.clone();
            device.claim_code = password.claim_code().or(device.claim_code);
            let presence = password.presence(device.claim_code.is_some());
            let added = AddedClaim {
                id: claim,
                place: step.label.place.clone(),
                device: device.clone(),
                form: DetailsForm { name: step.form.name.trim().to_owned(), ..step.form.clone() },
                presence,
                now: step.now,
            };
            let plan =
                ClaimPlan { id: claim, terms: added.terms(), device, password: password.into_secret() };
            let save = Effect::Save { plan: Box::new(plan), replaces: step.label.former };
            Ok((State::Adding { claim: added, step: AddingStep::Asking }, vec![save]))
        }
        Event::Back => Ok((State::Label(back_to_label(step)), vec![])),
        Event::CheckNumber => Ok((State::Label(compare_number(step)), vec![])),
        Event::Cancel => end(step.label.former),
        _ => Err(illegal),
    }
}

fn from_adding(claim: &AddedClaim, step: AddingStep, event: Event, fresh: Fresh, illegal: Illegal) -> Next {
    let withdraw = |then| {
        let next = State::Withdrawing { claim: claim.clone(), step, then };
        Ok((next, vec![Effect::Withdraw(claim.id)]))
    };
    match event {
        Event::Saved { claim: id } => {
            Ok((State::Adding { claim: AddedClaim { id, ..claim.clone() }, step }, vec![]))
        }
        Event::NotSaved => Ok((State::Details(back_to_details(claim, None, claim.id)), vec![])),
        Event::Progressed(step) => Ok((State::Adding { claim: claim.clone(), step }, vec![])),
        Event::Queued(reason) => Ok((State::Queued { claim: claim.clone(), reason }, vec![])),
        Event::Failed(failure) => Ok((State::Failed { claim: claim.clone(), failure }, vec![])),
        Event::Owned(added) => Ok((State::Added { claim: claim.clone(), added }, vec![])),
        Event::Back => withdraw(Afterwards::Details { draft: fresh.id }),
        Event::Cancel => withdraw(Afterwards::End),
        Event::Gone => Ok((State::Ended, vec![])),
        _ => Err(illegal),
    }
}

fn from_withdrawing(claim: &AddedClaim, then: Afterwards, event: Event, illegal: Illegal) -> Next {
    match event {
        Event::Withdrawn => match then {
            Afterwards::Details { draft } => {
                Ok((State::Details(back_to_details(claim, None, draft)), vec![]))
            }
            Afterwards::End => Ok((State::Ended, vec![])),
        },
        // Too late: the device had confirmed.
        Event::Owned(added) => Ok((State::Added { claim: claim.clone(), added }, vec![])),
        _ => Err(illegal),
    }
}

fn from_queued(claim: &AddedClaim, event: Event, fresh: Fresh, illegal: Illegal) -> Next {
    match event {
        // It stays queued: the screen may go.
        Event::Back => Ok((State::Ended, vec![])),
        Event::AddAnother => Ok((State::begin(claim.place.clone(), fresh.id), vec![])),
        Event::Cancel => {
            let step = AddingStep::Asking;
            let next = State::Withdrawing { claim: claim.clone(), step, then: Afterwards::End };
            Ok((next, vec![Effect::Withdraw(claim.id)]))
        }
        // The outbox went on with it.
        Event::Progressed(step) => Ok((State::Adding { claim: claim.clone(), step }, vec![])),
        Event::Queued(reason) => Ok((State::Queued { claim: claim.clone(), reason }, vec![])),
        Event::Failed(failure) => Ok((State::Failed { claim: claim.clone(), failure }, vec![])),
        Event::Owned(added) => Ok((State::Added { claim: claim.clone(), added }, vec![])),
        Event::Gone => Ok((State::Ended, vec![])),
        _ => Err(illegal),
    }
}

fn from_failed(
    claim: &AddedClaim,
    failure: &AddDeviceFailure,
    event: Event,
    fresh: Fresh,
    illegal: Illegal,
) -> Next {
    let corrected = || {
        let new_password = failure.asks_for_new_password(claim.presence);
        DetailsStep { new_password, ..back_to_details(claim, Some(claim.id), fresh.id) }
    };
    match event {
        Event::TryAgain if failure.may_try_again(claim.presence) => {
            let next = State::Adding { claim: claim.clone(), step: AddingStep::Asking };
            Ok((next, vec![Effect::Renew { claim: claim.id, new: fresh.id }]))
        }
        Event::Back => Ok((State::Details(corrected()), vec![])),
        Event::CheckNumber => Ok((State::Label(compare_number(&corrected())), vec![])),
        Event::Cancel => end(Some(claim.id)),
        // Another screen tried it again.
        Event::Progressed(step) => Ok((State::Adding { claim: claim.clone(), step }, vec![])),
        Event::Gone => Ok((State::Ended, vec![])),
        _ => Err(illegal),
    }
}

/// The details as they were filled in, but for the password.
fn back_to_details(claim: &AddedClaim, former: Option<ClaimId>, draft: ClaimId) -> DetailsStep {
    let label = LabelStep {
        draft,
        place: claim.place.clone(),
        seen: Seen::Nothing,
        turn: 0,
        former,
        typed: None,
        known: None,
        form: claim.form.clone(),
    };
    DetailsStep {
        label,
        device: claim.device.clone(),
        form: claim.form.clone(),
        now: claim.now,
        problems: vec![],
        new_password: claim.presence != Presence::Password,
    }
}

/// The label as it was read; if that is not known any more, its number, to be compared.
fn back_to_label(step: &DetailsStep) -> LabelStep {
    match step.label.seen {
        Seen::Readings(_) => {
            LabelStep { known: Some(step.device.clone()), form: step.form.clone(), ..step.label.clone() }
        }
        _ => compare_number(step),
    }
}

/// The number that was confirmed, for a person to compare with the label.
fn compare_number(step: &DetailsStep) -> LabelStep {
    let serial = step.device.serial.to_string();
    LabelStep {
        seen: Seen::Readings(vec![label::read_typed(&serial)]),
        typed: Some(serial),
        known: Some(step.device.clone()),
        form: step.form.clone(),
        ..step.label.clone()
    }
}

/// Leaves the flow, and a claim that failed in it.
fn end(former: Option<ClaimId>) -> Next {
    Ok((State::Ended, former.map(Effect::Discard).into_iter().collect()))
}
