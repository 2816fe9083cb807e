//! This phone acting in a customer's account.

use super::words::{Grant, Permission, Person};
use crate::PorchlightError;
use crate::alive::Alive;
use crate::devices::DeviceSection;
use crate::listening::{Hears, Subscription};
use crate::profile::Profile;
use crate::runtime::{at_once, moment, run};
use porchlight_core::access;
use std::sync::Arc;
use std::time::SystemTime;

pub type AccessEnd = access::AccessEnd;

/// Why a delegated session is over.
#[uniffi::remote(Enum)]
pub enum AccessEnd {
    /// The customer ended the access, or the company gave it back.
    Revoked,
    /// Its time was over.
    Expired,
    /// The installer's own account was disabled, or they left the company.
    ActorDisabled,
    /// The customer's account was disabled.
    SubjectDisabled,
    /// The session alone: it was at its age, its link was copied, or the session that made its link ended.
    SessionEnded,
    /// The installer is done, or works for another customer now.
    Left,
}

/// Who acts for whom on this phone, on what, until when.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Acting {
    /// What the customer consented to: actor, company, subject, scope, permissions.
    pub grant: Grant,
    /// What of it can be used on the grant's scope: screens offer nothing else.
    pub usable: Vec<Permission>,
    /// When the session ends at the latest, never after the grant.
    pub until: SystemTime,
}

impl From<access::Acting> for Acting {
    fn from(acting: access::Acting) -> Self {
        let access::Acting { grant, until } = acting;
        let usable = grant.usable().collect();
        Self { grant: grant.into(), usable, until: moment(until) }
    }
}

/// Something that the phone still owed the cloud when the access ended.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct UnsentAct {
    /// In whose account it was to be done.
    pub subject: Person,
    /// Who made the device that was to be added.
    pub maker: String,
    /// What is printed on it.
    pub serial: String,
    /// What kind it is.
    pub model: String,
    /// What it is for.
    pub section: DeviceSection,
    /// What it was to be called.
    pub name: String,
    /// When the phone learnt that the access had ended.
    pub at: SystemTime,
}

impl From<access::UnsentAct> for UnsentAct {
    fn from(act: access::UnsentAct) -> Self {
        let access::UnsentAct { subject, maker, serial, model, section, name, at } = act;
        Self {
            subject: subject.into(),
            maker: maker.to_string(),
            serial: serial.to_string(),
            model: model.to_string(),
            section,
            name,
            at: moment(at),
        }
    }
}

/// The delegated session: one complete picture for a screen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DelegatedState {
    /// This phone acts for nobody but its own person.
    Nobody,
    /// It acts in a customer's account: say so on every screen, who and until when.
    Active {
        /// Who for whom, until when.
        acting: Acting,
    },
    /// The cloud was out of reach for too long: cover the customer's lists. What is being added goes on.
    Locked {
        /// Who for whom, until when.
        acting: Acting,
    },
    /// The access is over, everything about it on this phone is destroyed: leave its screens, say why.
    Ended {
        /// Who acted for whom.
        acting: Acting,
        /// Why it is over.
        why: AccessEnd,
        /// When the phone learnt of it, by the cloud's clock where it was heard of.
        at: SystemTime,
        /// What was not sent any more.
        unsent: Vec<UnsentAct>,
    },
}

impl From<access::DelegatedState> for DelegatedState {
    fn from(state: access::DelegatedState) -> Self {
        use access::DelegatedState as Core;
        match state {
            Core::Nobody => Self::Nobody,
            Core::Active { acting } => Self::Active { acting: acting.into() },
            Core::Locked { acting } => Self::Locked { acting: acting.into() },
            Core::Ended { acting, why, at, unsent } => Self::Ended {
                acting: acting.into(),
                why,
                at: moment(at),
                unsent: unsent.into_iter().map(Into::into).collect(),
            },
        }
    }
}

/// Hears each state of the delegated session: the current one first, the last one always. Called on a thread of the core.
#[uniffi::export(foreign)]
pub trait DelegatedListener: Send + Sync {
    /// The complete state.
    fn on_state(&self, state: DelegatedState);
}

impl access::DelegatedListener for Hears<dyn DelegatedListener> {
    fn on_state(&self, state: access::DelegatedState) {
        self.0.on_state(state.into());
    }
}

/// This phone acting in a customer's account, or not. It outlives the app: the next process goes on with it.
#[derive(Debug, uniffi::Object)]
pub struct DelegatedSession {
    pub(crate) own: Arc<porchlight_core::Profile>,
    pub(crate) session: access::DelegatedSession,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl DelegatedSession {
    /// Sets the one listener, in place of a former one.
    pub fn listen(&self, listener: Arc<dyn DelegatedListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.own, || Subscription::of(self.session.listen(Arc::new(Hears(listener)))))
    }

    /// The customer's profile, while the state is `Active` or `Locked`: its sites, its devices, the flow that adds one.
    /// What is kept of it past the end refuses everything.
    pub fn profile(&self) -> Option<Arc<Profile>> {
        self.session.profile().map(|profile| Arc::new(Profile(profile)))
    }

    /// The installer is done: ends the session in the cloud if it can be reached, and on this phone in any case. The
    /// access itself stays until it ends.
    pub async fn leave(&self) -> Result<(), PorchlightError> {
        let session = self.session.clone();
        let deed = async move {
            session.leave().await;
            Ok::<_, PorchlightError>(())
        };
        run(&self.own, deed).await
    }

    /// The person has read that it ended.
    pub fn dismiss(&self) -> Result<(), PorchlightError> {
        at_once(&self.own, || self.session.dismiss())
    }

    /// What was not sent when accesses ended, oldest first, until it is forgotten: show it in the person's own profile.
    pub async fn unsent(&self) -> Result<Vec<UnsentAct>, PorchlightError> {
        let session = self.session.clone();
        let deed = async move { Ok::<_, PorchlightError>(session.unsent().await) };
        let unsent = run(&self.own, deed).await?;
        Ok(unsent.into_iter().map(Into::into).collect())
    }

    /// The person has read what was not sent.
    pub async fn forget_unsent(&self) -> Result<(), PorchlightError> {
        let session = self.session.clone();
        run(&self.own, async move { session.forget_unsent().await }).await
    }
}
