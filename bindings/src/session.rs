//! Register, verify the address, sign in, sign out.

use crate::PorchlightError;
use crate::alive::Alive;
use crate::listening::{Hears, Subscription};
use crate::runtime::{at_once, run};
use porchlight_core::words;
use std::sync::Arc;

pub type Language = words::Language;
pub type SignedOutReason = porchlight_core::session::SignedOutReason;
pub type UnsentActs = porchlight_core::session::UnsentActs;

/// A language that mail is written in.
#[uniffi::remote(Enum)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
    /// A language of a newer cloud.
    Unknown,
}

/// Why nobody is signed in.
#[uniffi::remote(Enum)]
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
#[uniffi::remote(Enum)]
pub enum UnsentActs {
    /// Do not sign out: `Conflict` with `UnsentActs`.
    Refuse,
    /// The person was told and wants it: they are thrown away.
    Discard,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// The account's id.
    pub id: String,
    /// Verified address.
    pub email: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// For mail.
    pub language: Language,
}

impl From<words::Account> for Account {
    fn from(account: words::Account) -> Self {
        let words::Account { id, email, given_name, family_name, language } = account;
        Self { id: id.to_string(), email, given_name, family_name, language }
    }
}

/// Where the sign-in is: one complete picture for a screen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
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

impl From<porchlight_core::session::SessionState> for SessionState {
    fn from(state: porchlight_core::session::SessionState) -> Self {
        use porchlight_core::session::SessionState as Core;
        match state {
            Core::Locked => Self::Locked,
            Core::SignedOut { reason } => Self::SignedOut { reason },
            Core::Registering => Self::Registering,
            Core::CodeNeeded { email } => Self::CodeNeeded { email },
            Core::Verifying { email } => Self::Verifying { email },
            Core::SigningIn => Self::SigningIn,
            Core::SignedIn { account } => Self::SignedIn { account: account.into() },
            Core::SigningOut => Self::SigningOut,
        }
    }
}

/// Hears each state of the session: the current one first, the last one always. Called on a thread of the core.
#[uniffi::export(foreign)]
pub trait SessionListener: Send + Sync {
    /// The complete state.
    fn on_state(&self, state: SessionState);
}

impl porchlight_core::session::SessionListener for Hears<dyn SessionListener> {
    fn on_state(&self, state: porchlight_core::session::SessionState) {
        self.0.on_state(state.into());
    }
}

/// The flow of register, verify, sign in and sign out. States come by the listener, errors by the call.
#[derive(Debug, uniffi::Object)]
pub struct SessionFlow {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) flow: porchlight_core::session::SessionFlow,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl SessionFlow {
    /// Sets the flow's one listener, in place of a former one.
    pub fn listen(&self, listener: Arc<dyn SessionListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.flow.listen(Arc::new(Hears(listener)))))
    }

    /// Registers an address: a code is mailed to it. Whether it has an account already is not said.
    ///
    /// `InvalidInput` names the field: the password has 8 to 128 characters and is not a common one.
    pub async fn register(
        &self,
        email: String,
        password: String,
        given_name: String,
        family_name: String,
        language: Language,
    ) -> Result<(), PorchlightError> {
        let (flow, password) = (self.flow.clone(), password.into());
        let deed = async move { flow.register(&email, password, &given_name, &family_name, language).await };
        run(&self.profile, deed).await
    }

    /// Verifies the address with the mailed code of 8 digits; then sign in.
    pub async fn verify(&self, code: String) -> Result<(), PorchlightError> {
        let (flow, code) = (self.flow.clone(), code.into());
        run(&self.profile, async move { flow.verify(code).await }).await
    }

    /// Asks for a new code by mail; the former one is of no use then.
    pub async fn ask_for_new_code(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.ask_for_new_code().await }).await
    }

    /// Gives the registration up that waits for its code.
    pub async fn go_back(&self) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.go_back().await }).await
    }

    /// Signs in. `NotAllowed` with `WrongCredentials` does not say which of the two is wrong.
    pub async fn sign_in(&self, email: String, password: String) -> Result<(), PorchlightError> {
        let (flow, password) = (self.flow.clone(), password.into());
        run(&self.profile, async move { flow.sign_in(&email, password).await }).await
    }

    /// Signs out: tells the cloud if it can be reached, and destroys the profile's key, cache and outbox. A customer's
    /// account in which this person works on this phone is left, and the list of what was not sent is forgotten.
    pub async fn sign_out(&self, unsent: UnsentActs) -> Result<(), PorchlightError> {
        let flow = self.flow.clone();
        run(&self.profile, async move { flow.sign_out(unsent).await }).await
    }
}
