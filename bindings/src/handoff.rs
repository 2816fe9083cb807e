//! The partner app opens the customer app as that customer, on one phone.

use crate::PorchlightError;
use crate::access::{Acting, Grant};
use crate::alive::Alive;
use crate::listening::{Hears, Subscription};
use crate::runtime::{at_once, moment, run};
use porchlight_core::handoff;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::time::SystemTime;

/// Why a link was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LinkError {
    /// The customer app is not on this phone, or it is not signed as ours.
    #[error("the customer app is missing")]
    AppMissing,
    /// The system did not do it.
    #[error("the system refused")]
    Broken,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for LinkError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Broken
    }
}

impl From<LinkError> for handoff::NotOpened {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::AppMissing => Self::AppMissing,
            LinkError::Broken => Self::Broken,
        }
    }
}

/// Opens a link in the customer app, and in no other.
///
/// Android: an explicit package, after its signing certificate was checked. iOS: `universalLinksOnly`.
#[uniffi::export(foreign)]
pub trait LinkOpener: Send + Sync {
    /// Called once, on a thread of the core that may block. The link is a secret for a minute: open it, keep it nowhere,
    /// write it nowhere.
    fn open_link(&self, link: String) -> Result<(), LinkError>;
}

impl handoff::LinkOpener for Hears<dyn LinkOpener> {
    fn open(&self, link: &SecretString) -> Result<(), handoff::NotOpened> {
        // Exposed: the system hands it to the customer app, that is what it is for.
        Ok(self.0.open_link(link.expose_secret().to_owned())?)
    }
}

/// Why nothing comes of a link.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HandoffRefusal {
    /// It is not a link of the partner app.
    NotALink,
    /// The partner app on this phone did not make it.
    NotInitiatedHere,
    /// Its minute is over, or it was used: ask the partner app for a new code.
    TooLate,
    /// The access is over: ask the customer again.
    AccessOver,
    /// The phone was not unlocked since it started.
    PhoneLocked,
    /// The app is older than the service accepts.
    UpdateRequired,
    /// Something broke, with the id that support can look up.
    Internal {
        /// Names the line in [`crate::Porchlight::diagnostics`].
        report_id: String,
    },
}

impl From<handoff::HandoffRefusal> for HandoffRefusal {
    fn from(refusal: handoff::HandoffRefusal) -> Self {
        use handoff::HandoffRefusal as Core;
        match refusal {
            Core::NotALink => Self::NotALink,
            Core::NotInitiatedHere => Self::NotInitiatedHere,
            Core::TooLate => Self::TooLate,
            Core::AccessOver => Self::AccessOver,
            Core::PhoneLocked => Self::PhoneLocked,
            Core::UpdateRequired => Self::UpdateRequired,
            Core::Internal { report_id } => Self::Internal { report_id },
        }
    }
}

/// Where a handoff is: one complete picture for a screen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
#[expect(clippy::large_enum_variant, reason = "a record of the facade has no boxes")]
pub enum HandoffState {
    /// No link arrived: show nothing of it.
    Idle,
    /// The link is being looked at.
    Reading,
    /// Show who will act in whose account, for which company, on what, until when, and one button: `confirm`.
    Confirm {
        /// What the customer consented to.
        grant: Grant,
        /// When the session ends at the latest, never after the grant.
        until: SystemTime,
        /// This phone acts in an account already: that ends. Say so.
        instead_of: Option<Acting>,
    },
    /// The session is on its way.
    Opening {
        /// What the customer consented to.
        grant: Grant,
        /// When the session ends at the latest, never after the grant.
        until: SystemTime,
    },
    /// The cloud gave no answer: `confirm` tries again.
    Unreached {
        /// What the customer consented to.
        grant: Grant,
        /// When the session ends at the latest, never after the grant.
        until: SystemTime,
    },
    /// The delegated session is there: go to its profile.
    Opened {
        /// What the customer consented to.
        grant: Grant,
    },
    /// Nothing comes of this link: say why.
    Refused {
        /// Why.
        reason: HandoffRefusal,
    },
}

impl From<handoff::HandoffState> for HandoffState {
    fn from(state: handoff::HandoffState) -> Self {
        use handoff::HandoffState as Core;
        match state {
            Core::Idle => Self::Idle,
            Core::Reading => Self::Reading,
            Core::Confirm { grant, until, instead_of } => Self::Confirm {
                grant: grant.into(),
                until: moment(until),
                instead_of: instead_of.map(Into::into),
            },
            Core::Opening { grant, until } => Self::Opening { grant: grant.into(), until: moment(until) },
            Core::Unreached { grant, until } => Self::Unreached { grant: grant.into(), until: moment(until) },
            Core::Opened { grant } => Self::Opened { grant: grant.into() },
            Core::Refused { reason } => Self::Refused { reason: reason.into() },
        }
    }
}

/// Hears each state of the handoff: the current one first, the last one always. Called on a thread of the core.
#[uniffi::export(foreign)]
pub trait HandoffListener: Send + Sync {
    /// The complete state.
    fn on_state(&self, state: HandoffState);
}

impl handoff::HandoffListener for Hears<dyn HandoffListener> {
    fn on_state(&self, state: handoff::HandoffState) {
        self.0.on_state(state.into());
    }
}

/// The flow that takes a link of the partner app. There is one for the app, signed in or not, whatever else is open.
#[derive(Debug, uniffi::Object)]
pub struct HandoffFlow {
    pub(crate) own: Arc<porchlight_core::Profile>,
    pub(crate) flow: handoff::HandoffFlow,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl HandoffFlow {
    /// Sets the flow's one listener, in place of a former one.
    pub fn listen(&self, listener: Arc<dyn HandoffListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.own, || Subscription::of(self.flow.listen(Arc::new(Hears(listener)))))
    }

    /// A link was opened in the app: hand over whichever comes, whole, and keep it nowhere. Whatever is not one of ours
    /// shows as `Refused`. While another is being opened it waits for what comes of that, half a minute at most, and then
    /// takes its place.
    pub async fn take_link(&self, link: String) -> Result<(), PorchlightError> {
        let (flow, link) = (self.flow.clone(), link.into());
        run(&self.own, async move { flow.take_link(link).await }).await
    }

    /// The person's tap at `Confirm`, or again at `Unreached`; nothing is opened without it. Returns when the state says
    /// what came of it.
    pub async fn confirm(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.own, async move { flow.confirm().await }).await
    }

    /// The person does not want it, or has read what came of it.
    pub async fn dismiss(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.own, async move { flow.dismiss().await }).await
    }
}
