//! Runs what `transition` decides. One task owns the state: events are taken in order, and the effects of one are done
//! before the next is looked at. So a refresh happens once for all who wait for it, and a sign-out cannot be overtaken
//! by a refresh that stores its successor after it.

use super::flow::{SessionListener, SessionState, SignedOutReason};
use super::kept::KeptSecrets;
use super::requests::SessionRequests;
use super::tokens::{AccessToken, Handed};
use super::transition::{Effect, Event, State, transition};
use crate::access::AccessEnd;
use crate::configuration::Configuration;
use crate::error::Fault;
use crate::http::Http;
use crate::listening::Subscription;
use crate::ports::Ports;
use crate::stores::Stores;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::session::Account;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

/// How long a sign-out waits for the cloud.
const GOODBYE: Duration = Duration::from_secs(5);

type Asked = (Event, oneshot::Sender<Result<(), Fault>>);

/// The session of a profile: a handle of the task that owns it. Prints its name only: states are personal.
pub(crate) struct Session {
    inbox: mpsc::UnboundedSender<Asked>,
    shown: watch::Receiver<SessionState>,
    token: watch::Receiver<Option<AccessToken>>,
    listening: Mutex<Option<AbortHandle>>,
    stores: Arc<Stores>,
    /// Why the cloud ended it, for a session that rests on somebody's consent.
    ended: watch::Sender<Option<AccessEnd>>,
}

impl Session {
    /// Starts the task. Nothing is read before [`Self::restore`].
    pub(crate) fn start(
        http: Http,
        ports: Ports,
        configuration: Arc<Configuration>,
        stores: Arc<Stores>,
        data_folder: PathBuf,
        life: CancellationToken,
    ) -> Self {
        let secrets = KeptSecrets::new(ports.clone(), stores.profile(), data_folder);
        let requests = SessionRequests::new(http, ports, configuration);
        let (inbox, mut asked) = mpsc::unbounded_channel::<Asked>();
        let state = State::Locked;
        let (shown, shown_receiver) = watch::channel(state.shown());
        let (token, token_receiver) = watch::channel(None);
        let ended = watch::Sender::new(None);
        let mut runner =
            Runner { state, requests, secrets, stores: stores.clone(), shown, token, ended: ended.clone() };
        let take_all = async move {
            while let Some((event, answer)) = asked.recv().await {
                let outcome = runner.take(event).await;
                let _nobody_waits = answer.send(outcome);
            }
        };
        tokio::spawn(async move { life.run_until_cancelled(take_all).await });
        let listening = Mutex::new(None);
        Self { inbox, shown: shown_receiver, token: token_receiver, listening, stores, ended }
    }

    /// Takes over a session that a handoff gave.
    pub(crate) async fn take_over(&self, handed: Handed) -> Result<(), Fault> {
        self.ask(Event::Handed(handed.0)).await
    }

    /// Why the cloud ended it, once it did.
    pub(crate) fn ended(&self) -> watch::Receiver<Option<AccessEnd>> {
        self.ended.subscribe()
    }

    /// Takes an event and waits until its effects are done. Dropping the future does not stop them.
    pub(super) async fn ask(&self, event: Event) -> Result<(), Fault> {
        let (answer, answered) = oneshot::channel();
        self.inbox.send((event, answer)).map_err(|_| Fault::Core("the session's task is gone"))?;
        answered.await.map_err(|_| Fault::Core("the session's task is gone"))?
    }

    /// Reads what the secret store kept, if that was not possible before; opens the files if they are not open.
    pub(crate) async fn restore(&self) -> Result<(), Fault> {
        let event = match &*self.shown.borrow() {
            SessionState::Locked => Event::SecretsWanted,
            SessionState::SignedIn { .. } if !self.stores.are_open() => Event::StoresWanted,
            _ => return Ok(()),
        };
        match self.ask(event).await {
            // Somebody else restored it meanwhile.
            Err(Fault::Illegal(_)) => Ok(()),
            outcome => outcome,
        }
    }

    /// Ends the session by the person's wish; the caller asked for what is unsent before.
    pub(crate) async fn sign_out(&self) -> Result<(), Fault> {
        self.account()?;
        self.ask(Event::SignOut).await
    }

    /// How many acts a sign-out would throw away.
    pub(crate) async fn unsent(&self) -> Result<u32, Fault> {
        self.stores.current()?.outbox.unsent().await
    }

    /// Who is signed in.
    pub(crate) fn account(&self) -> Result<Account, Fault> {
        match &*self.shown.borrow() {
            SessionState::SignedIn { account } => Ok(account.clone()),
            SessionState::Locked => Err(Fault::PhoneLocked),
            _ => Err(Fault::SignedOut),
        }
    }

    /// The states as they come.
    pub(crate) fn states(&self) -> watch::Receiver<SessionState> {
        self.shown.clone()
    }

    /// An access token other than the refused one; refreshed if there is none.
    pub(crate) async fn access_token(&self, refused: Option<&AccessToken>) -> Result<AccessToken, Fault> {
        self.account()?;
        if let Some(token) = self.token_but(refused) {
            return Ok(token);
        }
        self.ask(Event::RefreshWanted { refused: refused.cloned() }).await.map_err(|fault| match fault {
            // It ended while this request waited for its turn.
            Fault::Illegal(_) => Fault::SignedOut,
            fault => fault,
        })?;
        self.token_but(refused).ok_or(Fault::SignedOut)
    }

    fn token_but(&self, refused: Option<&AccessToken>) -> Option<AccessToken> {
        self.token.borrow().clone().filter(|token| !refused.is_some_and(|refused| refused.is(token)))
    }

    /// Looks at a refusal of a request with this token: it may say that the session is over.
    pub(crate) async fn note_refusal(&self, token: &AccessToken, fault: &Fault) {
        let Some(code) = fault.code() else { return };
        let reason = match AccessEnd::of(code) {
            Some(_) => SignedOutReason::SessionEnded,
            None if code == ProblemCode::AccountDisabled => SignedOutReason::AccountDisabled,
            None => return,
        };
        note_end(&self.ended, code);
        // Illegal when a newer session is there already: then it was not about that.
        let _newer = self.ask(Event::Ended { by: token.clone(), reason }).await;
    }

    /// Sets the one listener: it gets the current state first, then each newer one, the last one always.
    pub(super) fn listen(&self, listener: Arc<dyn SessionListener>) -> Subscription {
        let mut states = self.shown.clone();
        states.mark_changed();
        let task = tokio::spawn(async move {
            while states.changed().await.is_ok() {
                let state = states.borrow_and_update().clone();
                let listener = listener.clone();
                // On a blocking thread, one after the other: a listener may take its time and may call the core.
                let _panicked = tokio::task::spawn_blocking(move || listener.on_state(state)).await;
            }
        });
        let task = task.abort_handle();
        let former = self.listening.lock().unwrap_or_else(PoisonError::into_inner).replace(task.clone());
        former.inspect(AbortHandle::abort);
        Subscription::new(task)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

/// The task's side.
struct Runner {
    state: State,
    requests: SessionRequests,
    secrets: KeptSecrets,
    stores: Arc<Stores>,
    shown: watch::Sender<SessionState>,
    token: watch::Sender<Option<AccessToken>>,
    ended: watch::Sender<Option<AccessEnd>>,
}

impl Runner {
    /// Takes an event and all that follows from it. The first fault is the answer; the state is right in any case.
    async fn take(&mut self, event: Event) -> Result<(), Fault> {
        let mut outcome = Ok(());
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let (state, effects) = transition(&self.state, event)?;
            self.state = state;
            // A token is taken away before anything else happens, and given out only when it may be used.
            self.token.send_replace(self.state.usable_token().cloned());
            // What is on its way shows at once; where it ended, when it can be used: with its files open.
            if matches!(self.state, State::Busy { .. } | State::Leaving) {
                self.show();
            }
            for effect in effects {
                let (event, done) = self.perform(effect).await;
                outcome = outcome.and(done);
                next = next.or(event);
            }
            self.show();
        }
        outcome
    }

    /// Does one thing: what follows from it, and whether it went well for whoever asked.
    async fn perform(&self, effect: Effect) -> (Option<Event>, Result<(), Fault>) {
        let requests = &self.requests;
        match effect {
            Effect::LoadSecrets => match self.secrets.load().await {
                Ok(found) => (Some(Event::Found(found)), Ok(())),
                Err(fault) => (None, Err(fault)),
            },
            Effect::SendRegistration(form) => {
                follows(requests.register(form).await, Event::Registered, |_| Event::Failed)
            }
            Effect::SendCode { registration, code } => {
                follows(requests.verify(&registration, &code).await, |()| Event::Verified, |_| Event::Failed)
            }
            Effect::SendNewCode(registration) => {
                follows(requests.ask_for_code(&registration).await, |()| Event::CodeMailed, |_| Event::Failed)
            }
            Effect::SendSignIn(credentials) => {
                follows(requests.sign_in(&credentials).await, Event::Granted, |_| Event::Failed)
            }
            Effect::SendRefresh(refresh) => {
                let refreshed = requests.refresh(&refresh).await;
                if let Some(code) = refreshed.as_ref().err().and_then(Fault::code) {
                    note_end(&self.ended, code);
                }
                follows(refreshed, Event::Refreshed, after_refused_refresh)
            }
            Effect::KeepSession(kept) => {
                follows(self.secrets.keep_session(kept).await, |()| Event::Kept, |_| Event::NotKept)
            }
            // Only an app that is killed now would miss it: it registers again.
            Effect::KeepRegistration(registration) => {
                (None, self.secrets.keep_registration(registration).await.or(Ok(())))
            }
            // What stays behind is of no use to anybody: the code was used.
            Effect::ForgetRegistration => (None, self.secrets.forget_registration().await.or(Ok(()))),
            Effect::ForgetSession => (None, self.secrets.forget_session().await),
            Effect::EndInCloud { refresh, access } => {
                let ended = tokio::time::timeout(GOODBYE, requests.end(&refresh, access)).await;
                tracing::debug!(told = matches!(ended, Ok(Ok(()))), "session ended");
                (None, Ok(()))
            }
            Effect::OpenStores(account) => (None, self.stores.open(account).await),
            Effect::DropCache => (None, self.stores.drop_cache().await),
            Effect::DestroyStores => (Some(Event::Left), self.stores.destroy().await),
        }
    }

    fn show(&self) {
        let state = self.state.shown();
        self.shown.send_if_modified(|shown| {
            let differs = *shown != state;
            *shown = state;
            differs
        });
    }
}

/// The first reason stands.
fn note_end(ended: &watch::Sender<Option<AccessEnd>>, code: ProblemCode) {
    ended.send_if_modified(|ended| {
        let is_news = ended.is_none() && AccessEnd::of(code).is_some();
        *ended = ended.or(AccessEnd::of(code));
        is_news
    });
}

/// Turns the outcome of a deed into what follows, and keeps the fault for whoever asked.
fn follows<T>(
    outcome: Result<T, Fault>,
    good: impl FnOnce(T) -> Event,
    bad: impl FnOnce(&Fault) -> Event,
) -> (Option<Event>, Result<(), Fault>) {
    match outcome {
        Ok(done) => (Some(good(done)), Ok(())),
        Err(fault) => (Some(bad(&fault)), Err(fault)),
    }
}

/// What a refresh that did not work says about the session.
fn after_refused_refresh(fault: &Fault) -> Event {
    match fault.code() {
        // `InvalidDpopProof`: the phone lost the key that signed in; no refresh will ever work.
        Some(
            ProblemCode::SessionRevoked
            | ProblemCode::GrantRevoked
            | ProblemCode::GrantExpired
            | ProblemCode::ActorDisabled
            | ProblemCode::SubjectDisabled
            | ProblemCode::SignInRequired
            | ProblemCode::WrongCredentials
            | ProblemCode::InvalidDpopProof,
        ) => Event::RefreshRefused(SignedOutReason::SessionEnded),
        Some(ProblemCode::AccountDisabled) => Event::RefreshRefused(SignedOutReason::AccountDisabled),
        _ => Event::RefreshFailed,
    }
}
