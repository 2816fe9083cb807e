//! The partner's side: a grant becomes a link, and the verifier lies in the vault before anybody can open it. `transition`
//! is pure; [`Making`] runs it.
//!
//! 1. Mint a verifier, ask the cloud for a code with its challenge.
//! 2. Leave the verifier, and what the confirming screen shows, in the vault.
//! 3. Hand the link to the shell, once. If the customer app is not there, take the entry back.

use super::secrets::{Code, Entry, Verifier, end_of_session};
use crate::error::{Fault, Illegal};
use crate::ports::Moment;
use crate::profile::Profile;
use porchlight_protocol::access::Grant;
use porchlight_protocol::handoff::{BeginHandoffRequest, HandoffResponse};
use porchlight_protocol::handoff_link::write_handoff_link;
use porchlight_protocol::{GrantId, LinkHost};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;

/// Why a link was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// The customer app is not on this phone, or it is not signed as ours: send the person to the store.
    #[error("the customer app is missing")]
    AppMissing,
    /// The system did not do it.
    #[error("the system refused")]
    Broken,
}

/// Opens a link in the customer app, and in no other: Android by explicit package after its certificate was checked,
/// iOS with `universalLinksOnly`.
pub trait LinkOpener: Send + Sync + fmt::Debug {
    /// Called once, from a thread that may block. The link is a secret for a minute: open it, keep it nowhere.
    fn open(&self, link: &SecretString) -> Result<(), NotOpened>;
}

/// Where the link is.
#[derive(Debug)]
pub(super) enum State {
    Asking { verifier: Verifier },
    Leaving { link: SecretString },
    Opening,
    TakingBack { why: NotOpened },
    Opened,
    Failed(Fault),
}

/// What happened.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and taken at once")]
pub(super) enum Event {
    Begun(Begun),
    Left,
    Opened(Result<(), NotOpened>),
    TakenBack,
    Failed(Fault),
}

/// A code, and what the confirming screen shows of it.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) code: Code,
    pub(super) grant: Grant,
    /// When it was asked for.
    pub(super) made: Moment,
    /// When the session ends at the latest: milliseconds UTC by the cloud's clock.
    pub(super) until: i64,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Effect {
    Begin { challenge: String },
    Leave(Box<Entry>),
    Open(SecretString),
    TakeBack,
}

/// How it begins.
pub(super) fn begin(verifier: Verifier) -> (State, Vec<Effect>) {
    let challenge = verifier.challenge();
    (State::Asking { verifier }, vec![Effect::Begin { challenge }])
}

/// The next state and what is to be done. A pair that is not listed is an error.
pub(super) fn transition(
    state: State,
    event: Event,
    host: &LinkHost,
) -> Result<(State, Vec<Effect>), Illegal> {
    let illegal = Illegal { flow: "link", state: state.name(), event: event.name() };
    match (state, event) {
        (State::Asking { verifier }, Event::Begun(Begun { code, grant, made, until })) => {
            // Exposed: the link carries it to the customer app.
            let link = SecretString::from(write_handoff_link(host, code.0.expose_secret()));
            let entry = Entry { code: code.hash(), verifier, grant, made, until };
            Ok((State::Leaving { link }, vec![Effect::Leave(Box::new(entry))]))
        }
        (State::Leaving { link }, Event::Left) => Ok((State::Opening, vec![Effect::Open(link)])),
        (State::Opening, Event::Opened(Ok(()))) => Ok((State::Opened, vec![])),
        (State::Opening, Event::Opened(Err(why))) => Ok((State::TakingBack { why }, vec![Effect::TakeBack])),
        (State::TakingBack { why: NotOpened::AppMissing }, Event::TakenBack) => {
            Ok((State::Failed(Fault::CustomerAppMissing), vec![]))
        }
        (State::TakingBack { why: NotOpened::Broken }, Event::TakenBack) => {
            Ok((State::Failed(Fault::Core("the system did not open a link")), vec![]))
        }
        (State::Asking { .. } | State::Leaving { .. }, Event::Failed(fault)) => {
            Ok((State::Failed(fault), vec![]))
        }
        _ => Err(illegal),
    }
}

/// One link on its way.
pub(super) struct Making {
    pub(super) profile: Arc<Profile>,
    pub(super) grant: GrantId,
    pub(super) opener: Arc<dyn LinkOpener>,
}

impl Making {
    pub(super) async fn run(self) -> Result<(), Fault> {
        let (mut state, mut effects) = begin(Verifier::mint());
        while let Some(effect) = effects.pop() {
            let event = self.perform(effect).await;
            (state, effects) = transition(state, event, &self.profile.configuration.link_host)?;
        }
        match state {
            State::Opened => Ok(()),
            State::Failed(fault) => Err(fault),
            _ => Err(Fault::Core("a link without an end")),
        }
    }

    async fn perform(&self, effect: Effect) -> Event {
        match effect {
            Effect::Begin { challenge } => {
                let begun = ask_for_code(&self.profile, self.grant, challenge).await;
                begun.map_or_else(Event::Failed, Event::Begun)
            }
            Effect::Leave(entry) => {
                let left = self.profile.ports.put_into_vault(entry.to_secret()).await;
                left.map_or_else(Event::Failed, |()| Event::Left)
            }
            Effect::Open(link) => {
                let opener = self.opener.clone();
                let opened = tokio::task::spawn_blocking(move || opener.open(&link)).await;
                Event::Opened(opened.unwrap_or(Err(NotOpened::Broken)))
            }
            Effect::TakeBack => {
                // It is of no use in a minute anyway.
                let _wiped = self.profile.ports.take_from_vault().await;
                Event::TakenBack
            }
        }
    }
}

/// Asks for a one-time code. Its minute is counted from before it was asked for.
pub(super) async fn ask_for_code(
    profile: &Profile,
    grant: GrantId,
    challenge: String,
) -> Result<Begun, Fault> {
    profile.account()?;
    let made = profile.ports.moment().await.ok_or(Fault::Core("a phone without a clock"))?;
    let path = format!("/v1/grants/{grant}/handoffs");
    let begun: HandoffResponse = profile.cloud.post_once(&path, &BeginHandoffRequest { challenge }).await?;
    let until = end_of_session(&begun.grant, profile.cloud.http().cloud_time().await);
    Ok(Begun { code: Code(begun.code.into()), grant: begun.grant, made, until })
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Asking { .. } => "asking",
            Self::Leaving { .. } => "leaving",
            Self::Opening => "opening",
            Self::TakingBack { .. } => "taking back",
            Self::Opened => "opened",
            Self::Failed(_) => "failed",
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Begun(_) => "begun",
            Self::Left => "left",
            Self::Opened(_) => "opened",
            Self::TakenBack => "taken back",
            Self::Failed(_) => "failed",
        }
    }
}
