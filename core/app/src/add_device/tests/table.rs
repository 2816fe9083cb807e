//! Every state against every event: what is listed leads where it says, everything else is illegal.

use crate::add_device::label::read_typed;
use crate::add_device::steps::{AddedClaim, Effect, Event, Place, State};
use crate::add_device::transition::transition;
use crate::add_device::*;
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, DeviceId, SiteId};
use porchlight_scan::ScanError;
use uuid::Uuid;

const SERIAL: &str = "CAM-0001";
const NOW: i64 = 1_795_392_000_000;

pub(super) fn claim_id(number: u128) -> ClaimId {
    ClaimId(Uuid::from_u128(number))
}

pub(super) fn begin() -> State {
    State::begin(Place {
        maker: "lumen".parse().unwrap(),
        section: Section::Video,
        site: SiteId(Uuid::from_u128(9)),
        time_zone: "Europe/Berlin".into(),
    })
}

/// Goes on from a state; the events must be legal.
pub(super) fn after(state: &State, events: Vec<Event>) -> State {
    events.into_iter().fold(state.clone(), |state, event| transition(&state, event).unwrap().0)
}

fn form(name: &str) -> DetailsForm {
    DetailsForm { name: name.into(), time_zone: "Europe/Berlin".into(), daylight_saving: true }
}

fn known() -> DevicePassword {
    DevicePassword::Known("open sesame".into())
}

/// All states, by name. `failed` may be tried again, `failed for good` may not.
pub(super) fn states() -> Vec<(&'static str, State)> {
    let label = begin();
    let reading = after(&label, vec![Event::PictureOffered]);
    let read = after(&label, vec![Event::TextRead(read_typed(SERIAL))]);
    let details = after(&read, vec![Event::Confirm { serial: SERIAL.into(), now: NOW }]);
    let filled = after(&details, vec![Event::Edit { form: form("Gate"), now: NOW }]);
    let adding = after(&filled, vec![Event::Add { claim: claim_id(1), password: known() }]);
    let from_adding = |event| after(&adding, vec![event]);
    let wrong = AddDeviceFailure::WrongPassword { tries_left: Some(3) };
    vec![
        ("label", label),
        ("label being read", reading),
        ("label read", read),
        ("details", details),
        ("details filled", filled),
        ("queued", from_adding(Event::Queued(QueuedReason::NoSignal))),
        ("failed", from_adding(Event::Failed(AddDeviceFailure::NoAnswer))),
        ("failed for good", from_adding(Event::Failed(wrong))),
        ("added", from_adding(Event::Owned(DeviceId(Uuid::from_u128(2))))),
        ("withdrawing to details", from_adding(Event::Back)),
        ("withdrawing to end", from_adding(Event::Cancel)),
        ("ended", after(&begin(), vec![Event::Back])),
        ("adding", adding),
    ]
}

/// All events, by name.
fn events() -> Vec<(&'static str, Event)> {
    let readings = || vec![read_typed(SERIAL)];
    vec![
        ("picture offered", Event::PictureOffered),
        ("picture read", Event::PictureRead { turn: 1, outcome: Ok(readings()) }),
        ("old picture read", Event::PictureRead { turn: 0, outcome: Ok(readings()) }),
        ("picture not read", Event::PictureRead { turn: 1, outcome: Err(ScanError::NotAPicture) }),
        ("frame read", Event::FrameRead(readings())),
        ("empty frame", Event::FrameRead(vec![])),
        ("text read", Event::TextRead(read_typed("LX4-0000123"))),
        ("confirm", Event::Confirm { serial: SERIAL.into(), now: NOW }),
        ("confirm another", Event::Confirm { serial: "CAM-0002".into(), now: NOW }),
        ("edit", Event::Edit { form: form("Door"), now: NOW }),
        ("add", Event::Add { claim: claim_id(3), password: known() }),
        ("try again", Event::TryAgain { claim: claim_id(4) }),
        ("add another", Event::AddAnother),
        ("back", Event::Back),
        ("cancel", Event::Cancel),
        ("saved", Event::Saved { claim: claim_id(5) }),
        ("not saved", Event::NotSaved),
        ("withdrawn", Event::Withdrawn),
        ("progressed", Event::Progressed(AddingStep::Proving)),
        ("queued", Event::Queued(QueuedReason::CloudUnreachable)),
        ("failed", Event::Failed(AddDeviceFailure::DeviceFault)),
        ("owned", Event::Owned(DeviceId(Uuid::from_u128(2)))),
        ("gone", Event::Gone),
    ]
}

/// The legal pairs: state, event, where it leads, what is to be done.
const LEGAL: &[(&str, &str, &str, &str)] = &[
    ("label", "picture offered", "label", ""),
    ("label", "frame read", "label", ""),
    ("label", "text read", "label", ""),
    ("label", "back", "ended", ""),
    ("label", "cancel", "ended", ""),
    ("label being read", "picture offered", "label", ""),
    ("label being read", "picture read", "label", ""),
    ("label being read", "picture not read", "label", ""),
    ("label being read", "frame read", "label", ""),
    ("label being read", "text read", "label", ""),
    ("label being read", "back", "ended", ""),
    ("label being read", "cancel", "ended", ""),
    ("label read", "picture offered", "label", ""),
    ("label read", "frame read", "label", ""),
    ("label read", "text read", "label", ""),
    ("label read", "confirm", "details", ""),
    ("label read", "back", "ended", ""),
    ("label read", "cancel", "ended", ""),
    ("details", "edit", "details", ""),
    ("details", "add", "details", ""), // the name is missing
    ("details", "back", "label", ""),
    ("details", "cancel", "ended", ""),
    ("details filled", "edit", "details", ""),
    ("details filled", "add", "adding", "save"),
    ("details filled", "back", "label", ""),
    ("details filled", "cancel", "ended", ""),
    ("adding", "saved", "adding", ""),
    ("adding", "not saved", "details", ""),
    ("adding", "progressed", "adding", ""),
    ("adding", "queued", "queued", ""),
    ("adding", "failed", "failed", ""),
    ("adding", "owned", "added", ""),
    ("adding", "gone", "ended", ""),
    ("adding", "back", "withdrawing", "withdraw"),
    ("adding", "cancel", "withdrawing", "withdraw"),
    ("withdrawing to details", "withdrawn", "details", ""),
    ("withdrawing to details", "owned", "added", ""),
    ("withdrawing to end", "withdrawn", "ended", ""),
    ("withdrawing to end", "owned", "added", ""),
    ("queued", "progressed", "adding", ""),
    ("queued", "queued", "queued", ""),
    ("queued", "failed", "failed", ""),
    ("queued", "owned", "added", ""),
    ("queued", "gone", "ended", ""),
    ("queued", "add another", "label", ""),
    ("queued", "back", "ended", ""),
    ("queued", "cancel", "withdrawing", "withdraw"),
    ("failed", "try again", "adding", "renew"),
    ("failed", "progressed", "adding", ""),
    ("failed", "gone", "ended", ""),
    ("failed", "back", "details", ""),
    ("failed", "cancel", "ended", "discard"),
    ("failed for good", "progressed", "adding", ""),
    ("failed for good", "gone", "ended", ""),
    ("failed for good", "back", "details", ""),
    ("failed for good", "cancel", "ended", "discard"),
    ("added", "add another", "label", ""),
    ("added", "back", "ended", ""),
    ("added", "cancel", "ended", ""),
];

fn effect_name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Save { .. } => "save",
        Effect::Renew { .. } => "renew",
        Effect::Withdraw(_) => "withdraw",
        Effect::Discard(_) => "discard",
    }
}

#[test]
fn every_event_in_every_state_leads_where_the_table_says_or_is_illegal() {
    let mut legal = 0;
    for (state_name, state) in states() {
        for (event_name, event) in events() {
            let pair = format!("{state_name} + {event_name}");
            let expected = LEGAL.iter().find(|row| (row.0, row.1) == (state_name, event_name));
            match (transition(&state, event), expected) {
                (Ok((next, effects)), Some((_, _, leads_to, effect))) => {
                    assert_eq!(next.name(), *leads_to, "{pair}");
                    let effects: Vec<_> = effects.iter().map(effect_name).collect();
                    assert_eq!(effects.join(" "), *effect, "{pair}");
                    legal += 1;
                }
                (Err(illegal), None) => {
                    assert_eq!((illegal.flow, illegal.state), ("add_device", state.name()), "{pair}");
                }
                (outcome, expected) => panic!("{pair}: {outcome:?}, expected {expected:?}"),
            }
        }
    }
    assert_eq!(legal, LEGAL.len(), "each line of the table was met");
}

#[test]
fn back_leads_through_all_steps_and_keeps_what_was_filled_in() {
    let failed = states().into_iter().find(|(name, _)| *name == "failed for good").unwrap().1;
    let details = after(&failed, vec![Event::Back]);
    let AddDeviceState::Details { form, .. } = details.shown() else { panic!("{details:?}") };
    assert_eq!(form.name, "Gate");
    let add = Event::Add { claim: claim_id(7), password: known() };
    let (_, effects) = transition(&details, add).unwrap();
    let [Effect::Save { replaces, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*replaces, Some(claim_id(1)), "the corrected claim takes the place of the failed one");
    let (ended, effects) = transition(&after(&details, vec![Event::Back]), Event::Back).unwrap();
    assert_eq!(ended.shown(), AddDeviceState::Ended);
    assert!(matches!(effects[..], [Effect::Discard(claim)] if claim == claim_id(1)));
}

#[test]
fn what_is_wrong_is_marked_when_it_was_tried_and_until_it_is_right() {
    let details = states().into_iter().find(|(name, _)| *name == "details").unwrap().1;
    let problems = |state: &State| match state.shown() {
        AddDeviceState::Details { problems, .. } => problems,
        other => panic!("{other:?}"),
    };
    assert!(problems(&details).is_empty());
    let empty = DevicePassword::Known("".into());
    let tried = after(&details, vec![Event::Add { claim: claim_id(1), password: empty }]);
    assert_eq!(problems(&tried).len(), 2);
    let named = after(&tried, vec![Event::Edit { form: form("Gate"), now: NOW }]);
    assert_eq!(problems(&named), []);
}

#[test]
fn presence_follows_from_label_and_password() {
    let presence_of = |state: State| match state {
        State::Adding { claim: AddedClaim { presence, .. }, .. } => presence,
        other => panic!("{other:?}"),
    };
    let filled = states().into_iter().find(|(name, _)| *name == "details filled").unwrap().1;
    let add = |password| vec![Event::Add { claim: claim_id(1), password }];
    let new =
        DevicePassword::New { password: "open sesame".into(), again: "open sesame".into(), claim_code: None };
    assert_eq!(presence_of(after(&filled, add(known()))), Presence::Password);
    assert_eq!(presence_of(after(&filled, add(new))), Presence::Button, "the typed label has no claim code");
}
