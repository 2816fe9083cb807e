//! What follows what, and what never does: the whole table of legal pairs, and what holds after any sequence.

use super::flow::SignedOutReason;
use super::tokens::{
    AccessToken, Credentials, Grant, KeptSession, RefreshToken, Registration, RegistrationForm,
};
use super::transition::{Access, Doing, Effect, Event, Found, Out, State, transition};
use crate::testing::{ACCOUNT, account};
use porchlight_protocol::session::Language;
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

fn registration() -> Registration {
    Registration { email: "kim@example.org".into(), token: "pl_rg_canary".into() }
}

fn grant(number: u32) -> Grant {
    Grant {
        kept: KeptSession {
            session: ACCOUNT.parse().unwrap(),
            refresh: RefreshToken(format!("pl_rt_canary{number}").into()),
            account: serde_json::from_value(account()).unwrap(),
        },
        access: AccessToken(format!("pl_at_canary{number}").into()),
    }
}

fn credentials() -> Credentials {
    Credentials { email: "kim@example.org".into(), password: "canary-password".into() }
}

fn form() -> RegistrationForm {
    let (given_name, family_name) = ("Kim".into(), "Lee".into());
    RegistrationForm { credentials: credentials(), given_name, family_name, language: Language::English }
}

/// Every state, with its name.
fn states() -> Vec<(&'static str, State)> {
    let before = || Out { reason: None, waiting: Some(registration()) };
    let busy = |doing| State::Busy { doing, before: before() };
    let signed_in = |access| State::In { kept: grant(1).kept, access };
    vec![
        ("locked", State::Locked),
        ("out", State::Out(Out::default())),
        ("waiting", State::Out(before())),
        ("registering", busy(Doing::Registering)),
        ("verifying", busy(Doing::Verifying)),
        ("mailing", busy(Doing::MailingCode)),
        ("signing in", busy(Doing::SigningIn)),
        ("keeping", busy(Doing::Keeping(grant(1)))),
        ("in without token", signed_in(Access::Nothing)),
        ("refreshing", signed_in(Access::Refreshing)),
        ("keeping successor", signed_in(Access::Keeping(grant(2)))),
        ("in", signed_in(Access::Usable(grant(1).access))),
        ("leaving", State::Leaving),
    ]
}

/// Every event, with its name. `token` is the number of the grant that tokens in it are of.
fn events(token: u32) -> Vec<(&'static str, Event)> {
    let reason = SignedOutReason::SessionEnded;
    vec![
        ("secrets wanted", Event::SecretsWanted),
        ("found nothing", Event::Found(Found::Nothing)),
        ("found locked", Event::Found(Found::Locked)),
        ("found lost", Event::Found(Found::Lost)),
        ("found registration", Event::Found(Found::Registration(registration()))),
        ("found session", Event::Found(Found::Session(grant(token).kept))),
        ("stores wanted", Event::StoresWanted),
        ("kept", Event::Kept),
        ("not kept", Event::NotKept),
        ("register", Event::Register(form())),
        ("verify", Event::Verify("12345678".into())),
        ("ask for code", Event::AskForCode),
        ("go back", Event::GoBack),
        ("sign in", Event::SignIn(credentials())),
        ("sign out", Event::SignOut),
        ("registered", Event::Registered(registration())),
        ("verified", Event::Verified),
        ("code mailed", Event::CodeMailed),
        ("granted", Event::Granted(grant(token))),
        ("failed", Event::Failed),
        ("refresh wanted", Event::RefreshWanted { refused: Some(grant(token).access) }),
        ("refreshed", Event::Refreshed(grant(token))),
        ("refresh failed", Event::RefreshFailed),
        ("refresh refused", Event::RefreshRefused(reason)),
        ("ended", Event::Ended { by: grant(token).access, reason }),
        ("left", Event::Left),
    ]
}

/// All that may happen where.
const LEGAL: [(&str, &[&str]); 13] = [
    (
        "locked",
        &[
            "secrets wanted",
            "found nothing",
            "found locked",
            "found lost",
            "found registration",
            "found session",
        ],
    ),
    ("out", &["register", "sign in"]),
    ("waiting", &["register", "verify", "ask for code", "go back", "sign in"]),
    ("registering", &["registered", "failed"]),
    ("verifying", &["verified", "failed"]),
    ("mailing", &["code mailed", "failed"]),
    ("signing in", &["granted", "failed"]),
    ("keeping", &["kept", "not kept"]),
    ("in without token", &["stores wanted", "sign out", "refresh wanted"]),
    ("refreshing", &["stores wanted", "refreshed", "refresh failed", "refresh refused"]),
    ("keeping successor", &["stores wanted", "kept", "not kept"]),
    ("in", &["stores wanted", "sign out", "refresh wanted", "ended"]),
    ("leaving", &["left"]),
];

#[test]
fn only_the_listed_pairs_are_legal() {
    assert_eq!(states().len(), LEGAL.len());
    for ((state_name, state), (listed, legal)) in states().into_iter().zip(LEGAL) {
        assert_eq!(state_name, listed);
        for (event_name, event) in events(1) {
            let outcome = transition(&state, event);
            assert_eq!(
                outcome.is_ok(),
                legal.contains(&event_name),
                "{state_name}: {event_name}: {outcome:?}"
            );
        }
    }
}

#[test]
fn end_that_is_about_an_older_token_ends_nothing() {
    let state = State::In { kept: grant(2).kept, access: Access::Usable(grant(2).access) };
    let ended = |token| Event::Ended { by: grant(token).access, reason: SignedOutReason::AccountDisabled };
    assert!(transition(&state, ended(1)).is_err());
    let (state, effects) = transition(&state, ended(2)).unwrap();
    assert!(matches!(state, State::Out(Out { reason: Some(SignedOutReason::AccountDisabled), .. })));
    // Key and outbox stay: the same person may come back.
    assert!(matches!(effects[..], [Effect::ForgetSession, Effect::DropCache]), "{effects:?}");
}

#[test]
fn refresh_that_another_request_did_is_not_done_again() {
    let state = State::In { kept: grant(2).kept, access: Access::Usable(grant(2).access) };
    let wanted = |refused| Event::RefreshWanted { refused };
    let (_, effects) = transition(&state, wanted(Some(grant(1).access))).unwrap();
    assert!(effects.is_empty());
    let (_, effects) = transition(&state, wanted(Some(grant(2).access))).unwrap();
    assert!(matches!(effects[..], [Effect::SendRefresh(_)]));
}

#[test]
fn failed_request_leaves_everything_as_it_was_before() {
    for doing in [Doing::Registering, Doing::Verifying, Doing::MailingCode, Doing::SigningIn] {
        let before = Out { reason: Some(SignedOutReason::SessionEnded), waiting: Some(registration()) };
        let shown = State::Out(before.clone()).shown();
        let (state, effects) = transition(&State::Busy { doing, before }, Event::Failed).unwrap();
        assert_eq!(state.shown(), shown);
        assert!(effects.is_empty());
    }
}

#[test]
fn nothing_prints_a_secret_or_an_address() {
    for (_, state) in states() {
        for (_, event) in events(2) {
            let printed = format!("{state:?} {event:?}");
            for secret in ["canary", "kim@", "12345678"] {
                assert!(!printed.contains(secret), "{printed}");
            }
            let outcome = format!("{:?}", transition(&state, event).map(|(_, effects)| effects));
            assert!(!outcome.contains("canary") && !outcome.contains("kim@"), "{outcome}");
        }
    }
}

/// What a secret store and a screen saw of a sequence of events.
#[derive(Default)]
struct Watcher {
    /// The refresh token that was last asked to be stored, and whether it was.
    keeping: Option<String>,
    stored: Option<String>,
}

proptest! {
    #[test]
    fn token_is_usable_only_when_its_session_is_stored(choices in prop::collection::vec((0..26_usize, 0..4_u32), 0..60)) {
        let mut state = State::Locked;
        let mut watcher = Watcher::default();
        for (choice, token) in choices {
            let (name, event) = events(token).swap_remove(choice);
            let before = format!("{state:?}");
            if let ("found session", true) = (name, matches!(state, State::Locked)) {
                watcher.stored = Some(format!("pl_rt_canary{token}"));
            }
            match (name, transition(&state, event)) {
                (_, Err(_)) => prop_assert_eq!(format!("{state:?}"), before),
                (name, Ok((next, effects))) => {
                    if name == "kept" {
                        watcher.stored = watcher.keeping.take();
                    }
                    for effect in effects {
                        match effect {
                            Effect::KeepSession(kept) => {
                                watcher.keeping = Some(kept.refresh.0.expose_secret().to_owned());
                            }
                            Effect::ForgetSession => watcher.stored = None,
                            _ => {}
                        }
                    }
                    state = next;
                }
            }
            if let Some(usable) = state.usable_token() {
                let its_refresh = usable.0.expose_secret().replace("_at_", "_rt_");
                prop_assert_eq!(watcher.stored.as_deref(), Some(its_refresh.as_str()));
            }
        }
    }
}
