//! The customer's side as an app holds it.

use super::runner::{Asked, Runner};
use super::secrets::Code;
use super::transition::Event;
use crate::access::{Acting, Delegated};
use crate::error::{Error, Fault};
use crate::listening::Subscription;
use crate::profile::Profile;
use porchlight_protocol::access::Grant;
use porchlight_protocol::handoff_link::read_handoff_link;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

/// Where a handoff is: one complete picture for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a screen has one")]
pub enum HandoffState {
    /// No link arrived.
    Idle,
    /// The link is being looked at.
    Reading,
    /// Show who will act in whose account, for which company, on what, until when; one tap.
    Confirm {
        /// What the customer consented to.
        grant: Grant,
        /// When the session ends at the latest: milliseconds UTC by the cloud's clock, never after the grant.
        until: i64,
        /// This phone acts in an account already: that ends. Say so.
        instead_of: Option<Acting>,
    },
    /// The session is on its way.
    Opening {
        /// What the customer consented to.
        grant: Grant,
        /// When the session ends at the latest: milliseconds UTC by the cloud's clock, never after the grant.
        until: i64,
    },
    /// The cloud gave no answer for half a minute: a tap tries again.
    Unreached {
        /// What the customer consented to.
        grant: Grant,
        /// When the session ends at the latest: milliseconds UTC by the cloud's clock, never after the grant.
        until: i64,
    },
    /// The delegated session is there.
    Opened {
        /// What the customer consented to.
        grant: Grant,
    },
    /// Nothing comes of this link.
    Refused {
        /// Why.
        reason: HandoffRefusal,
    },
}

/// Why nothing comes of a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HandoffRefusal {
    /// It is not a link of the partner app.
    NotALink,
    /// The partner app on this phone did not make it.
    NotInitiatedHere,
    /// Its minute is over, or it was used: ask the partner app for a new code.
    TooLate,
    /// The access is over: ask the customer again.
    AccessOver,
    /// The phone was not unlocked since it started: unlock it, and ask the partner app for a new code.
    PhoneLocked,
    /// The app is older than the service accepts.
    UpdateRequired,
    /// Something broke, with the id that support can look up.
    Internal {
        /// Names the entry in [`crate::Porchlight::diagnostics`].
        report_id: String,
    },
}

/// Hears each state of the handoff: the current one first, the last one always.
pub trait HandoffListener: Send + Sync + fmt::Debug {
    /// The complete state.
    fn on_state(&self, state: HandoffState);
}

/// The flow that takes a link of the partner app. There is one for the app, signed in or not, whatever else is open.
#[derive(Clone)]
pub struct HandoffFlow {
    own: Arc<Profile>,
    inbox: mpsc::UnboundedSender<Asked>,
    shown: watch::Receiver<HandoffState>,
    listening: Arc<Mutex<Option<AbortHandle>>>,
}

impl HandoffFlow {
    pub(crate) fn start(own: Arc<Profile>, delegated: Arc<Delegated>) -> Self {
        let (inbox, asked) = mpsc::unbounded_channel();
        let (shown, shown_receiver) = watch::channel(HandoffState::Idle);
        let runner = Runner::new(own.clone(), delegated, shown);
        own.spawn(runner.run(asked));
        Self { own, inbox, shown: shown_receiver, listening: Arc::default() }
    }

    /// The state as it is now.
    pub fn state(&self) -> HandoffState {
        self.shown.borrow().clone()
    }

    /// Sets the flow's one listener, in place of a former one, until the subscription is dropped. Call it within the
    /// tokio runtime.
    pub fn listen(&self, listener: Arc<dyn HandoffListener>) -> Subscription {
        let mut states = self.shown.clone();
        states.mark_changed();
        let telling = self.own.spawn(async move {
            while states.changed().await.is_ok() {
                let state = states.borrow_and_update().clone();
                let listener = listener.clone();
                // On a blocking thread, one after the other: a listener may take its time and may call the core.
                let _panicked = tokio::task::spawn_blocking(move || listener.on_state(state)).await;
            }
        });
        let former = self.listening.lock().unwrap_or_else(PoisonError::into_inner).replace(telling.clone());
        former.inspect(AbortHandle::abort);
        Subscription::new(telling)
    }

    /// A link was opened in the app: hand over any that comes, whole; whatever is not one of ours shows as `Refused`.
    /// Returns when the state says what it is. While another is being opened, that is when it is open, or after half a
    /// minute at most is known not to open; then this one takes its place.
    pub async fn take_link(&self, link: SecretString) -> Result<(), Error> {
        // Exposed to be parsed; the code goes into a secret of its own.
        let code = read_handoff_link(link.expose_secret(), &self.own.configuration.link_host);
        let code = code
            .inspect_err(|why| tracing::debug!(?why, "no link of the partner app"))
            .ok()
            .map(|code| Code(code.into()));
        self.ask(Event::LinkArrived(code)).await
    }

    /// The person's tap at `Confirm`, or again at `Unreached`. Returns when the state says what came of it; nothing is
    /// opened without it.
    pub async fn confirm(&self) -> Result<(), Error> {
        self.ask(Event::Confirmed).await
    }

    /// The person does not want it, or has read what came of it.
    pub async fn dismiss(&self) -> Result<(), Error> {
        self.ask(Event::Dismissed).await
    }

    async fn ask(&self, event: Event) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        let gone = || Fault::Core("the handoff's task is gone");
        let asked = async {
            self.inbox.send((event, answer)).map_err(|_| gone())?;
            answered.await.map_err(|_| gone())?
        };
        self.own.told(asked.await)
    }
}

impl fmt::Debug for HandoffFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandoffFlow")
    }
}
