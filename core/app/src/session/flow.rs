//! The session as a screen sees it.

use super::Session;
use super::tokens::{Credentials, RegistrationForm};
use super::transition::Event;
use crate::access::Delegated;
use crate::error::{Error, Fault, InputField, InputReason};
use crate::listening::Subscription;
use crate::report::Reports;
use porchlight_protocol::session::{Account, Language};
use secrecy::{ExposeSecret as _, SecretString};
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

/// What a sign-out does when acts of this person were not sent: what the outbox holds, and what is listed of accesses that
/// ended.
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
    /// Where this phone acts for a customer; what the person who signs out does there ends with it.
    delegated: Option<Arc<Delegated>>,
    reports: Arc<Reports>,
}

impl SessionFlow {
    pub(crate) fn new(
        session: Arc<Session>,
        delegated: Option<Arc<Delegated>>,
        reports: Arc<Reports>,
    ) -> Self {
        Self { session, delegated, reports }
    }

    /// Sets the flow's one listener, in place of a former one, until the subscription is dropped. Call it within the
    /// tokio runtime.
    pub fn listen(&self, listener: Arc<dyn SessionListener>) -> Subscription {
        self.session.listen(listener)
    }

    /// Registers an address: a code is mailed to it. Whether it has an account already is not said.
    ///
    /// `InvalidInput` names the field: the password has 8 to 128 characters and is not a common one.
    pub async fn register(
        &self,
        email: &str,
        password: SecretString,
        given_name: &str,
        family_name: &str,
        language: Language,
    ) -> Result<(), Error> {
        let credentials = self.check(email, password)?;
        self.ask(Event::Register(RegistrationForm {
            credentials,
            given_name: given_name.trim().to_owned(),
            family_name: family_name.trim().to_owned(),
            language,
        }))
        .await
    }

    /// Verifies the address with the mailed code of 8 digits; then sign in.
    pub async fn verify(&self, code: SecretString) -> Result<(), Error> {
        self.ask(Event::Verify(code)).await
    }

    /// Asks for a new code by mail; the former one is of no use then.
    pub async fn ask_for_new_code(&self) -> Result<(), Error> {
        self.ask(Event::AskForCode).await
    }

    /// Gives the registration up that waits for its code.
    pub async fn go_back(&self) -> Result<(), Error> {
        self.ask(Event::GoBack).await
    }

    /// Signs in. `NotAllowed { WrongCredentials }` does not say which of the two is wrong.
    pub async fn sign_in(&self, email: &str, password: SecretString) -> Result<(), Error> {
        let credentials = self.check(email, password)?;
        self.ask(Event::SignIn(credentials)).await
    }

    /// Signs out: tells the cloud if it can be reached, and destroys the profile's key, cache and outbox. A customer's
    /// account in which this person works on this phone is left, and the list of what was not sent is forgotten.
    pub async fn sign_out(&self, unsent: UnsentActs) -> Result<(), Error> {
        self.leave(unsent).await.map_err(|fault| self.reports.tell(fault))
    }

    async fn leave(&self, unsent: UnsentActs) -> Result<(), Fault> {
        let account = self.session.account()?.id;
        let Some(delegated) = &self.delegated else { return self.session.sign_out().await };
        if unsent == UnsentActs::Refuse {
            let count = self.session.unsent().await? + delegated.unsent_by(account).await?;
            if count > 0 {
                return Err(Fault::UnsentActs { count });
            }
        }
        let left = delegated.leave_with(account).await;
        // Also when something of it stayed behind: whoever signs out is out.
        self.session.sign_out().await.and(left)
    }

    async fn ask(&self, event: Event) -> Result<(), Error> {
        self.session.ask(event).await.map_err(|fault| self.reports.tell(fault))
    }

    /// What need not go to the cloud to be found wrong.
    fn check(&self, email: &str, password: SecretString) -> Result<Credentials, Error> {
        let email = email.trim().to_owned();
        let is_empty = password.expose_secret().is_empty(); // exposed: only whether there is one
        let empty = |field| Fault::Input { field, reason: InputReason::Empty };
        match (email.is_empty(), is_empty) {
            (true, _) => Err(self.reports.tell(empty(InputField::Email))),
            (_, true) => Err(self.reports.tell(empty(InputField::Password))),
            _ => Ok(Credentials { email, password }),
        }
    }
}
