//! The delegated session as an app holds it.

use super::opened::Delegated;
use super::state::{DelegatedState, UnsentAct};
use crate::access::AccessEnd;
use crate::error::Error;
use crate::listening::Subscription;
use crate::profile::Profile;
use porchlight_protocol::AccountId;
use std::fmt;
use std::sync::Arc;

/// Hears each state of the delegated session: the current one first, the last one always.
pub trait DelegatedListener: Send + Sync + fmt::Debug {
    /// The complete state.
    fn on_state(&self, state: DelegatedState);
}

/// This phone acting in a customer's account, or not.
#[derive(Clone, Debug)]
pub struct DelegatedSession {
    delegated: Arc<Delegated>,
    own: Arc<Profile>,
}

impl DelegatedSession {
    pub(crate) fn new(delegated: Arc<Delegated>, own: Arc<Profile>) -> Self {
        Self { delegated, own }
    }

    /// The state as it is now.
    pub fn state(&self) -> DelegatedState {
        self.delegated.state()
    }

    /// Sets the one listener, in place of a former one, until the subscription is dropped. Call it within the tokio
    /// runtime.
    pub fn listen(&self, listener: Arc<dyn DelegatedListener>) -> Subscription {
        self.delegated.listen(listener)
    }

    /// The customer's profile, while there is one: its lists and its flow that adds a device. A handle that is kept past
    /// the end refuses everything.
    pub fn profile(&self) -> Option<Arc<Profile>> {
        self.delegated.profile()
    }

    /// The installer is done: the session ends in the cloud if it can be reached, and on this phone in any case. The
    /// access itself stays until it ends.
    pub async fn leave(&self) {
        self.delegated.finish(AccessEnd::Left).await;
    }

    /// The person has read that it ended.
    pub fn dismiss(&self) {
        self.delegated.dismiss();
    }

    /// What was not sent when accesses ended, oldest first, until it is forgotten: what the person did who is signed in
    /// here; everybody's while nobody is.
    pub async fn unsent(&self) -> Vec<UnsentAct> {
        self.delegated.unsent(self.reader()).await
    }

    /// The person has read what was not sent.
    pub async fn forget_unsent(&self) -> Result<(), Error> {
        self.own.told(self.delegated.forget_unsent(self.reader()).await)
    }

    fn reader(&self) -> Option<AccountId> {
        self.own.account().ok().map(|account| account.id)
    }
}
