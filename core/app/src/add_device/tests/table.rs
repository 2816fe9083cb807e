//! Every state against every event: what is listed leads where it says, everything else is illegal.

use crate::add_device::label::read_typed;
use crate::add_device::steps::{AddedClaim, Effect, Event, Fresh, Place, State};
use crate::add_device::transition::transition;
use crate::add_device::*;
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, DeviceId, SiteId};
use porchlight_scan::ScanError;
use secrecy::ExposeSecret;
use uuid::Uuid;

const SERIAL: &str = "CAM-0001";
const NOW: i64 = 1_795_392_000_000;

pub(super) fn claim_id(number: u128) -> ClaimId {
    ClaimId(Uuid::from_u128(number))
}

pub(super) fn begin() -> State {
    State::begin(
        Place {
            maker: "lumen".parse().unwrap(),
            section: Section::Video,
            site: SiteId(Uuid::from_u128(9)),
            time_zone: "Europe/Berlin".into(),
        },
        claim_id(1),
    )
}

/// An id that nothing has yet, and a moment.
pub(super) fn fresh(number: u128) -> Fresh {
    Fresh { id: claim_id(number), now: NOW }
}

pub(super) fn typed(text: &str) -> Event {
    Event::TextRead { reading: read_typed(text), typed: text.into() }
}

fn named(name: &str) -> Event {
    Event::Edit(DetailsEdit::Name(name.into()))
}

/// Goes on from a state; the events must be legal.
pub(super) fn after(state: &State, events: Vec<Event>) -> State {
    events.into_iter().fold(state.clone(), |state, event| transition(&state, event, fresh(100)).unwrap().0)
}

fn known() -> DevicePassword {
    DevicePassword::Known("open sesame".into())
}

/// All states, by name. `failed` may be tried again, `failed for good` may not.
pub(super) fn states() -> Vec<(&'static str, State)> {
    let label = begin();
    let reading = after(&label, vec![Event::PictureOffered]);
    let read = after(&label, vec![typed(SERIAL)]);
    let details = after(&read, vec![Event::Confirm { serial: SERIAL.into() }]);
    let filled = after(&details, vec![named("Gate")]);
    let adding = after(&filled, vec![Event::Add { password: known() }]);
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
        ("text read", typed("LX4-0000123")),
        ("confirm", Event::Confirm { serial: SERIAL.into() }),
        ("confirm another", Event::Confirm { serial: "CAM-0002".into() }),
        ("edit", named("Door")),
        ("add", Event::Add { password: known() }),
        ("try again", Event::TryAgain),
        ("add another", Event::AddAnother),
        ("check number", Event::CheckNumber),
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
    ("details", "check number", "label", ""),
    ("details", "back", "label", ""),
    ("details", "cancel", "ended", ""),
    ("details filled", "edit", "details", ""),
    ("details filled", "add", "adding", "save"),
    ("details filled", "check number", "label", ""),
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
    ("failed", "check number", "label", ""),
    ("failed", "back", "details", ""),
    ("failed", "cancel", "ended", "discard"),
    ("failed for good", "progressed", "adding", ""),
    ("failed for good", "gone", "ended", ""),
    ("failed for good", "check number", "label", ""),
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
            match (transition(&state, event, fresh(4)), expected) {
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
    let add = Event::Add { password: known() };
    let (_, effects) = transition(&details, add, fresh(7)).unwrap();
    let [Effect::Save { replaces, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*replaces, Some(claim_id(1)), "the corrected claim takes the place of the failed one");
    let (ended, effects) = transition(&after(&details, vec![Event::Back]), Event::Back, fresh(8)).unwrap();
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
    let tried = after(&details, vec![Event::Add { password: empty }]);
    assert_eq!(problems(&tried).len(), 2);
    let named = after(&tried, vec![named("Gate")]);
    assert_eq!(problems(&named), []);
}

#[test]
fn presence_follows_from_label_and_password() {
    let presence_of = |state: State| match state {
        State::Adding { claim: AddedClaim { presence, .. }, .. } => presence,
        other => panic!("{other:?}"),
    };
    let filled = states().into_iter().find(|(name, _)| *name == "details filled").unwrap().1;
    let add = |password| vec![Event::Add { password }];
    let new =
        DevicePassword::New { password: "open sesame".into(), again: "open sesame".into(), claim_code: None };
    assert_eq!(presence_of(after(&filled, add(known()))), Presence::Password);
    assert_eq!(presence_of(after(&filled, add(new))), Presence::Button, "the typed label has no claim code");
}

#[test]
fn number_that_was_confirmed_is_there_to_be_compared_and_what_the_label_said_still_holds() {
    let printed = porchlight_label::PrintedLabel {
        serial: SERIAL.into(),
        model: "CAM".into(),
        fingerprint: porchlight_label::Fingerprint::of_public_key(&[4; 65]),
        claim_code: Some(porchlight_label::ClaimCode::from_bytes([7; 10])),
    };
    let scanned = Event::FrameRead(vec![read_typed(ExposeSecret::expose_secret(&printed.to_text()))]);
    let confirm = || Event::Confirm { serial: SERIAL.into() };
    let add = Event::Add { password: known() };
    let wrong_key = Event::Failed(AddDeviceFailure::WrongDeviceKey);
    let failed = after(&begin(), vec![scanned, confirm(), named("Gate"), add, wrong_key]);
    let label = after(&failed, vec![Event::CheckNumber]);
    let AddDeviceState::Label { typed: Some(number), label: LabelProgress::Read { readings }, .. } =
        label.shown()
    else {
        panic!("{label:?}")
    };
    assert_eq!((number.as_str(), readings[0].is_complete), (SERIAL, true));
    // The same number, typed: the fingerprint is compared all the same.
    let State::Details(details) = after(&label, vec![typed(SERIAL), confirm()]) else { unreachable!() };
    assert!(details.device.fingerprint.is_some() && details.device.claim_code.is_some());
    assert_eq!(details.form.name, "Gate");
    // Another number is another device.
    let other = Event::Confirm { serial: "CAM-0002".into() };
    let State::Details(details) = after(&label, vec![typed("CAM-0002"), other]) else { unreachable!() };
    assert!(details.device.fingerprint.is_none() && details.device.claim_code.is_none());
}

#[test]
fn details_begin_where_the_remedy_leads() {
    let adding = states().into_iter().find(|(name, _)| *name == "adding").unwrap().1;
    let is_new = |failure| match after(&adding, vec![Event::Failed(failure), Event::Back]).shown() {
        AddDeviceState::Details { new_password, .. } => new_password,
        other => panic!("{other:?}"),
    };
    assert!(is_new(AddDeviceFailure::PresenceRequired), "create a password");
    assert!(!is_new(AddDeviceFailure::HasPassword), "use the password");
    assert!(!is_new(AddDeviceFailure::WrongPassword { tries_left: None }), "type it again");
}

#[test]
fn flow_gets_another_name_when_its_claim_is_used_up() {
    let named = |name: &str| states().into_iter().find(|(at, _)| *at == name).unwrap().1.id();
    assert_eq!(named("label"), named("adding"), "the claim has the flow's name");
    let failed = states().into_iter().find(|(name, _)| *name == "failed").unwrap().1;
    assert_eq!(after(&failed, vec![Event::Back]).id(), Some(claim_id(100)));
    assert_eq!(named("ended"), None);
}

#[test]
fn back_from_what_the_camera_read_leads_to_the_camera_and_then_out() {
    let read = after(&begin(), vec![Event::FrameRead(vec![read_typed(SERIAL)])]);
    let looking = after(&read, vec![Event::Back]);
    assert_eq!(looking.shown(), begin().shown());
    assert!(matches!(after(&looking, vec![Event::Back]), State::Ended));
}
