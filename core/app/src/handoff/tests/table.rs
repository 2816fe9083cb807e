//! The customer's side as a table: every pair of state and event.

use crate::access::{Acting, NewDelegation};
use crate::handoff::secrets::{Code, Entry, Verifier};
use crate::handoff::transition::{Effect, Event, State, transition};
use crate::handoff::{HandoffRefusal, HandoffState};
use crate::ports::Moment;
use crate::session::Handed;
use crate::testing::{account, code, grant, id};
use serde_json::json;

fn moment(seconds: u64, boot: &str) -> Moment {
    serde_json::from_value(json!({ "elapsed": { "secs": seconds, "nanos": 0 }, "boot_id": boot })).unwrap()
}

fn code_of(number: u8) -> Code {
    Code(code(number).into())
}

fn entry(number: u8) -> Box<Entry> {
    let grant = serde_json::from_value(grant(&id(50))).unwrap();
    let verifier = Verifier("v".repeat(43).into());
    Box::new(Entry { code: code_of(number).hash(), verifier, grant, made: moment(100, "boot 1"), until: 8 })
}

fn new() -> Box<NewDelegation> {
    let session = json!({ "session": id(60), "access_token": "pl_at_d", "access_expires_in": 300,
        "refresh_token": "pl_rt_d", "account": account() });
    let session = Handed::of(serde_json::from_value(session).unwrap());
    let acting = Acting { grant: entry(1).grant, until: 9 };
    Box::new(NewDelegation { session, acting })
}

fn states() -> Vec<State> {
    let (code, instead_of) = (|| code_of(1), None::<Acting>);
    vec![
        State::Idle,
        State::Taking { code: code() },
        State::Confirm { code: code(), entry: entry(1), instead_of: instead_of.clone() },
        State::Redeeming { code: code(), entry: entry(1), instead_of: instead_of.clone() },
        State::Unreached { code: code(), entry: entry(1), instead_of },
        State::Opening { acting: new().acting },
        State::Opened { grant: entry(1).grant },
        State::Refused(HandoffRefusal::TooLate),
    ]
}

fn events() -> Vec<Event> {
    let refusal = || HandoffRefusal::TooLate;
    vec![
        Event::LinkArrived(Some(code_of(1))),
        Event::Taken { entry: Some(entry(1)), now: Some(moment(110, "boot 1")), instead_of: None },
        Event::NotTaken(refusal()),
        Event::Confirmed,
        Event::Redeemed(new()),
        Event::Unreached,
        Event::NotRedeemed(refusal()),
        Event::Opened,
        Event::NotOpened(refusal()),
        Event::Dismissed,
    ]
}

/// A row a state, a column an event; `-`: illegal, and the state is as it was.
const TABLE: &str = "
idle:       taking    -       -       -         -       -         -       -      -       -
taking:     taking    confirm refused -         -       -         -       -      -       -
confirm:    taking    -       -       redeeming -       -         -       -      -       idle
redeeming:  -         -       -       -         opening unreached refused -      -       -
unreached:  taking    -       -       redeeming -       -         -       -      -       idle
opening:    -         -       -       -         -       -         -       opened refused -
opened:     taking    -       -       -         -       -         -       -      -       idle
refused:    taking    -       -       -         -       -         -       -      -       idle
";

#[test]
fn every_pair_of_state_and_event_leads_where_the_table_says() {
    let rows: Vec<_> = TABLE.lines().filter_map(|line| line.split_once(':')).collect();
    assert_eq!(rows.len(), states().len());
    for (at, (name, columns)) in rows.into_iter().enumerate() {
        let columns: Vec<_> = columns.split_whitespace().collect();
        assert_eq!(columns.len(), events().len(), "{name}");
        for (event, expected) in events().into_iter().zip(columns) {
            let state = states().remove(at);
            assert_eq!(state.name(), name);
            match transition(state, event) {
                Ok((next, _)) => assert_eq!(next.name(), expected, "from {name}"),
                Err(refused) => {
                    assert_eq!((expected, refused.0.name()), ("-", name), "{:?}", refused.1);
                    assert_eq!(refused.1.state, name);
                }
            }
        }
    }
}

fn taken(entry: Option<Box<Entry>>, now: Option<Moment>) -> State {
    let event = Event::Taken { entry, now, instead_of: None };
    transition(State::Taking { code: code_of(1) }, event).unwrap().0
}

#[test]
fn without_the_vault_s_entry_for_this_very_link_nothing_is_asked() {
    let now = || Some(moment(110, "boot 1"));
    for entry in [None, Some(entry(2))] {
        let state = taken(entry, now());
        assert!(matches!(state, State::Refused(HandoffRefusal::NotInitiatedHere)), "{state:?}");
    }
    assert!(matches!(taken(Some(entry(1)), now()), State::Confirm { .. }));
}

#[test]
fn link_is_too_late_after_a_minute_of_the_phone_being_on_and_after_a_restart() {
    for (now, in_time) in [
        (Some(moment(100, "boot 1")), true),
        (Some(moment(159, "boot 1")), true),
        (Some(moment(160, "boot 1")), false),
        (Some(moment(99, "boot 1")), false),
        (Some(moment(110, "boot 2")), false),
        (None, false),
    ] {
        let state = taken(Some(entry(1)), now.clone());
        let is_too_late = matches!(state, State::Refused(HandoffRefusal::TooLate));
        assert_eq!(is_too_late, !in_time, "{now:?}: {state:?}");
    }
}

#[test]
fn nothing_is_sent_before_the_tap() {
    for state in states() {
        for event in events() {
            let is_tap = matches!(event, Event::Confirmed);
            let name = state.name();
            let again = states().into_iter().find(|other| other.name() == name).unwrap();
            if let Ok((_, effects)) = transition(again, event) {
                let sends = effects.iter().any(|effect| matches!(effect, Effect::Redeem { .. }));
                assert_eq!(sends, is_tap, "{name}");
            }
        }
    }
}

/// Of the same screen: what it says does not change while the session is on its way.
#[test]
fn end_is_shown_until_the_account_is_open() {
    let ends = states().into_iter().filter_map(|state| match state.shown() {
        HandoffState::Confirm { until, .. }
        | HandoffState::Unreached { until, .. }
        | HandoffState::Opening { until, .. } => Some(until),
        HandoffState::Idle
        | HandoffState::Reading
        | HandoffState::Opened { .. }
        | HandoffState::Refused { .. } => None,
    });
    let (before, as_the_cloud_says) = (8, 9);
    assert_eq!(ends.collect::<Vec<_>>(), [before, before, before, as_the_cloud_says]);
}

#[test]
fn neither_code_nor_verifier_is_printed() {
    let printed = format!("{:?} {:?}", states(), events());
    assert!(!printed.contains(&code(1)) && !printed.contains(&"v".repeat(43)), "{printed}");
    let shown: Vec<_> = states().iter().map(State::shown).collect();
    let shown = format!("{shown:?}");
    assert!(!shown.contains(&code(1)) && !shown.contains(&"v".repeat(43)), "{shown}");
}
