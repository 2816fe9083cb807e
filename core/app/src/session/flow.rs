//! The session as a screen sees it.

use super::Session;
use crate::error::Error;
use crate::report::Reports;
use porchlight_protocol::session::{Account, Language};
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// Where the sign-in is: one complete picture for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The phone was not unlocked since it started: nothing can be known yet.
    Locked,
    /// Nobody is signed in.
    SignedOut {
        /// Why, if there is something to say about it.
        reason: Option<SignedOutReason>,
    },
    /// A registration is on its way.
    Registering,
    /// A code was mailed and is waited for.
    CodeNeeded {
        /// Where it was mailed to.
        email: String,
    },
    /// The code is being checked.
    Verifying {
        /// Where it was mailed to.
        email: String,
    },
    /// A sign-in is on its way.
    SigningIn,
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        account: Account,
    },
    /// A sign-out is on its way.
    SigningOut,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignedOutReason {
    /// The address was verified: sign in with it.
    AddressVerified,
    /// The cloud ended the session: from another phone, for its age, or because its token was seen twice.
    SessionEnded,
    /// The account was disabled.
    AccountDisabled,
    /// The phone's secret store lost the session.
    SecretsLost,
}

/// What a sign-out does when the outbox still holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnsentActs {
    /// Do not sign out: `Conflict { UnsentActs }`.
    Refuse,
    /// The person was told and wants it: they are thrown away.
    Discard,
}

/// Hears each state of the session: the current one first, the last one always.
pub trait SessionListener: Send + Sync + fmt::Debug {
    /// The complete state.
    fn on_state(&self, state: SessionState);
}

/// The flow of register, verify, sign in and sign out. States come by the listener, errors by the call.
#[derive(Clone, Debug)]
pub struct SessionFlow {
    session: Arc<Session>,
    reports: Arc<Reports>,
}

impl SessionFlow {
    pub(crate) fn new(session: Arc<Session>, reports: Arc<Reports>) -> Self {
        Self { session, reports }
    }

    /// Sets the flow's one listener, in place of a former one.
    pub fn listen(&self, listener: Arc<dyn SessionListener>) {
        self.session.listen(listener);
    }

    /// Registers an address. A code is mailed to it, whoever has it.
    pub async fn register(
        &self,
        email: &str,
        password: SecretString,
        given_name: &str,
        family_name: &str,
        language: Language,
    ) -> Result<(), Error> {
        let _ = (email, password, given_name, family_name, language);
        Err(Error::SignInRequired)
    }

    /// Verifies the address with the mailed code; then sign in.
    pub async fn verify(&self, code: SecretString) -> Result<(), Error> {
        let _ = code;
        Err(Error::SignInRequired)
    }

    /// Asks for a new code by mail.
    pub async fn ask_for_new_code(&self) -> Result<(), Error> {
        Err(Error::SignInRequired)
    }

    /// Gives the registration up that waits for its code.
    pub async fn go_back(&self) -> Result<(), Error> {
        Err(Error::SignInRequired)
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: SecretString) -> Result<(), Error> {
        let _ = (email, password);
        Err(Error::SignInRequired)
    }

    /// Signs out: tells the cloud if it can be reached, and destroys the profile's key and files.
    pub async fn sign_out(&self, unsent: UnsentActs) -> Result<(), Error> {
        let _ = (unsent, &self.reports);
        Err(Error::SignInRequired)
    }
}
