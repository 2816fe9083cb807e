//! Any sequence of events: no panic, no secret shown, one claim at a time.

use super::table::{begin, claim_id, fresh, typed};
use crate::add_device::label::read_typed;
use crate::add_device::steps::{Effect, Event, State};
use crate::add_device::transition::transition;
use crate::add_device::*;
use porchlight_protocol::DeviceId;
use porchlight_scan::ScanError;
use proptest::prelude::*;
use uuid::Uuid;

/// Made anew for each use: events hold secrets, which are not cloned.
fn event(kind: u8, variant: u8, number: u128) -> Event {
    let good = !variant.is_multiple_of(4);
    let serial = if good { "CAM-0001" } else { "2M047C9OAN00005" };
    let password = || if good { "canary-open-sesame".into() } else { "".into() };
    match kind % 18 {
        0 => Event::PictureOffered,
        1 => typed(serial),
        2 => Event::Confirm { serial: serial.into() },
        3 => {
            let name = if good { "Gate" } else { "\u{202e}" };
            let time_zone = if variant.is_multiple_of(3) { "Europe/Atlantis" } else { "Europe/Berlin" };
            Event::Edit(match variant % 7 {
                0 => DetailsEdit::TimeZone(time_zone.into()),
                1 => DetailsEdit::DaylightSaving(good),
                _ => DetailsEdit::Name(name.into()),
            })
        }
        4 if variant.is_multiple_of(2) => {
            let password = DevicePassword::New {
                password: password(),
                again: "canary-open-sesame".into(),
                claim_code: None,
            };
            Event::Add { password }
        }
        4 => Event::Add { password: DevicePassword::Known(password()) },
        5 => Event::TryAgain,
        6 => Event::AddAnother,
        7 => Event::Back,
        8 => Event::Cancel,
        17 => Event::CheckNumber,
        9 if good => {
            Event::PictureRead { turn: u32::from(variant) % 3, outcome: Ok(vec![read_typed(serial)]) }
        }
        9 => Event::PictureRead { turn: u32::from(variant) % 3, outcome: Err(ScanError::DeadlinePassed) },
        10 => Event::FrameRead(if good { vec![read_typed(serial)] } else { vec![] }),
        11 => Event::Saved { claim: claim_id(number) },
        12 => {
            if good {
                Event::Withdrawn
            } else {
                Event::NotSaved
            }
        }
        13 => Event::Progressed(AddingStep::SettingUp),
        14 => {
            if good {
                Event::Queued(QueuedReason::NoSignal)
            } else {
                Event::Gone
            }
        }
        15 if good => Event::Failed(AddDeviceFailure::NoAnswer),
        15 => Event::Failed(AddDeviceFailure::WrongPassword { tries_left: Some(1) }),
        _ => Event::Owned(DeviceId(Uuid::from_u128(number))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_sequence_shows_a_secret_or_runs_two_claims(
        steps in prop::collection::vec((any::<u8>(), any::<u8>()), 0..60),
    ) {
        let mut state = begin();
        let mut open: Option<porchlight_protocol::ClaimId> = None;
        for (number, (kind, variant)) in (1_u128..).zip(steps) {
            let before = state.shown();
            let saved = match &state { State::Adding { claim, .. } => Some(claim.id), _ => None };
            let event = event(kind, variant, number);
            let is_saved = matches!(event, Event::Saved { .. });
            let Ok((next, effects)) = transition(&state, event, fresh(number)) else {
                prop_assert_eq!(before, state.shown());
                continue;
            };
            prop_assert_ne!(state.name(), "ended", "nothing follows the end");
            for effect in effects {
                match effect {
                    Effect::Save { plan, replaces } => {
                        // What it leaves open is replaced, never forgotten.
                        prop_assert_eq!(replaces, open);
                        prop_assert_eq!(plan.terms.name.as_str(), "Gate");
                        open = Some(plan.id);
                    }
                    Effect::Renew { claim, .. } => prop_assert_eq!(Some(claim), open),
                    Effect::Withdraw(claim) | Effect::Discard(claim) => {
                        prop_assert_eq!(Some(claim), open);
                        open = None;
                    }
                }
            }
            if is_saved && saved == open {
                open = next.claim();
            }
            match &next {
                State::Added { .. } | State::Ended => open = None,
                // Left queued for the outbox, or not saved.
                State::Label(step) if step.former.is_none() => open = None,
                State::Details(step) if step.label.former.is_none() => open = None,
                _ => {}
            }
            let shown = format!("{:?} {:?}", next.shown(), next);
            prop_assert!(!shown.contains("canary"), "{}", shown);
            state = next;
        }
    }
}
