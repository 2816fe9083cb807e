//! Runs the session's effects.

use super::{AccessToken, SessionListener};
use crate::error::Fault;
use porchlight_protocol::session::Account;
use std::sync::Arc;

/// The session of a profile.
#[derive(Debug)]
pub(crate) struct Session {}

impl Session {
    pub(crate) fn listen(&self, listener: Arc<dyn SessionListener>) {
        drop(listener);
    }

    /// Who is signed in.
    pub(crate) fn account(&self) -> Result<Account, Fault> {
        Err(Fault::SignedOut)
    }

    /// An access token other than the refused one.
    pub(crate) async fn access_token(&self, refused: Option<&AccessToken>) -> Result<AccessToken, Fault> {
        drop(refused.cloned());
        Err(Fault::SignedOut)
    }

    pub(crate) async fn note_refusal(&self, token: &AccessToken, fault: &Fault) {
        drop((token.clone(), fault.clone()));
    }
}
