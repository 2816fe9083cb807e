//! What follows what in a session: pure, no clock, no I/O.

use super::flow::{SessionState, SignedOutReason};
use super::tokens::{
    AccessToken, Credentials, Grant, KeptSession, RefreshToken, Registration, RegistrationForm,
};
use crate::error::Illegal;
use porchlight_protocol::AccountId;
use secrecy::SecretString;

/// Where the session is.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// The secret store was not asked yet, or is locked.
    Locked,
    /// Nobody is signed in.
    Out(Out),
    /// A request of somebody who is not signed in is on its way; if it fails, all is as before.
    Busy { doing: Doing, before: Out },
    /// Somebody is signed in.
    In { kept: KeptSession, access: Access },
    /// The sign-out is on its way.
    Leaving,
}

/// Nobody is signed in.
#[derive(Clone, Debug, Default)]
pub(super) struct Out {
    pub(super) reason: Option<SignedOutReason>,
    /// A registration that waits for its code.
    pub(super) waiting: Option<Registration>,
}

/// What is on its way.
#[derive(Clone, Debug)]
pub(super) enum Doing {
    Registering,
    Verifying,
    MailingCode,
    SigningIn,
    /// Signed in; its session is being stored and not used before that.
    Keeping(Grant),
}

/// What a signed-in session has for its requests.
#[derive(Clone, Debug)]
pub(super) enum Access {
    /// Nothing: refresh first.
    Nothing,
    /// A refresh is on its way.
    Refreshing,
    /// The successor is being stored and not used before that; the predecessor stays until then.
    Keeping(Grant),
    /// A token that the cloud has not refused.
    Usable(AccessToken),
}

/// What happened.
#[derive(Debug)]
pub(super) enum Event {
    // By the secret store and the files.
    SecretsWanted,
    Found(Found),
    StoresWanted,
    Kept,
    NotKept,
    // By the person.
    Register(RegistrationForm),
    Verify(SecretString),
    AskForCode,
    GoBack,
    SignIn(Credentials),
    SignOut,
    /// A handoff was redeemed for this profile.
    Handed(Grant),
    // By the cloud.
    Registered(Registration),
    Verified,
    CodeMailed,
    Granted(Grant),
    Failed,
    /// A request needs an access token other than the refused one.
    RefreshWanted {
        refused: Option<AccessToken>,
    },
    Refreshed(Grant),
    RefreshFailed,
    RefreshRefused(SignedOutReason),
    /// The cloud says of a request with this token that the session is over.
    Ended {
        by: AccessToken,
        reason: SignedOutReason,
    },
    // By the phone.
    Left,
}

/// What the secret store held.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    Locked,
    Lost,
    Registration(Registration),
    Session(KeptSession),
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Effect {
    LoadSecrets,
    SendRegistration(RegistrationForm),
    SendCode {
        registration: Registration,
        code: SecretString,
    },
    SendNewCode(Registration),
    SendSignIn(Credentials),
    SendRefresh(RefreshToken),
    KeepRegistration(Registration),
    ForgetRegistration,
    KeepSession(KeptSession),
    ForgetSession,
    /// End a session in the cloud, if it can be reached.
    EndInCloud {
        refresh: RefreshToken,
        access: Option<AccessToken>,
    },
    /// Open the profile's files for the account.
    OpenStores(AccountId),
    /// The session is over, the outbox waits for the next: only the cache goes.
    DropCache,
    /// Key and files go.
    DestroyStores,
}

/// The next state and what is to be done. A pair that is not listed is an error and changes nothing.
pub(super) fn transition(state: &State, event: Event) -> Result<(State, Vec<Effect>), Illegal> {
    let illegal = Illegal { flow: "session", state: state.name(), event: event.name() };
    match state {
        State::Locked => from_locked(event, illegal),
        State::Out(out) => from_out(out, event, illegal),
        State::Busy { doing, before } => from_busy(doing, before, event, illegal),
        State::In { kept, access } => from_in(kept, access, event, illegal),
        State::Leaving => match event {
            Event::Left => Ok((State::Out(Out::default()), vec![])),
            _ => Err(illegal),
        },
    }
}

type Next = Result<(State, Vec<Effect>), Illegal>;

fn from_locked(event: Event, illegal: Illegal) -> Next {
    let out = |reason, waiting| (State::Out(Out { reason, waiting }), vec![]);
    match event {
        Event::SecretsWanted => Ok((State::Locked, vec![Effect::LoadSecrets])),
        Event::Found(Found::Locked) => Ok((State::Locked, vec![])),
        Event::Found(Found::Nothing) => Ok(out(None, None)),
        Event::Found(Found::Lost) => Ok(out(Some(SignedOutReason::SecretsLost), None)),
        Event::Found(Found::Registration(registration)) => Ok(out(None, Some(registration))),
        Event::Found(Found::Session(kept)) => {
            let effects = vec![Effect::OpenStores(kept.account.id)];
            Ok((State::In { kept, access: Access::Nothing }, effects))
        }
        _ => Err(illegal),
    }
}

fn from_out(out: &Out, event: Event, illegal: Illegal) -> Next {
    let busy = |doing, effect| Ok((State::Busy { doing, before: out.clone() }, vec![effect]));
    match (event, out.waiting.clone()) {
        (Event::Register(form), _) => busy(Doing::Registering, Effect::SendRegistration(form)),
        (Event::SignIn(credentials), _) => busy(Doing::SigningIn, Effect::SendSignIn(credentials)),
        (Event::Verify(code), Some(registration)) => {
            busy(Doing::Verifying, Effect::SendCode { registration, code })
        }
        (Event::AskForCode, Some(registration)) => {
            busy(Doing::MailingCode, Effect::SendNewCode(registration))
        }
        (Event::Handed(grant), _) => {
            let keep = Effect::KeepSession(grant.kept.clone());
            busy(Doing::Keeping(grant), keep)
        }
        (Event::GoBack, Some(_)) => Ok((State::Out(Out::default()), vec![Effect::ForgetRegistration])),
        _ => Err(illegal),
    }
}

fn from_busy(doing: &Doing, before: &Out, event: Event, illegal: Illegal) -> Next {
    match (doing, event) {
        (Doing::Keeping(grant), Event::Kept) => {
            let effects = vec![Effect::ForgetRegistration, Effect::OpenStores(grant.kept.account.id)];
            let access = Access::Usable(grant.access.clone());
            Ok((State::In { kept: grant.kept.clone(), access }, effects))
        }
        (Doing::Keeping(grant), Event::NotKept) => {
            // Nobody may use a session that this phone cannot keep.
            let (refresh, access) = (grant.kept.refresh.clone(), Some(grant.access.clone()));
            Ok((State::Out(before.clone()), vec![Effect::EndInCloud { refresh, access }]))
        }
        (Doing::Keeping(_), _) => Err(illegal),
        (_, Event::Failed) => Ok((State::Out(before.clone()), vec![])),
        (Doing::Registering, Event::Registered(registration)) => {
            let out = Out { reason: None, waiting: Some(registration.clone()) };
            Ok((State::Out(out), vec![Effect::KeepRegistration(registration)]))
        }
        (Doing::Verifying, Event::Verified) => {
            let out = Out { reason: Some(SignedOutReason::AddressVerified), waiting: None };
            Ok((State::Out(out), vec![Effect::ForgetRegistration]))
        }
        (Doing::MailingCode, Event::CodeMailed) => Ok((State::Out(before.clone()), vec![])),
        (Doing::SigningIn, Event::Granted(grant)) => {
            let effects = vec![Effect::KeepSession(grant.kept.clone())];
            Ok((State::Busy { doing: Doing::Keeping(grant), before: before.clone() }, effects))
        }
        _ => Err(illegal),
    }
}

fn from_in(kept: &KeptSession, access: &Access, event: Event, illegal: Illegal) -> Next {
    let stay = |access, effects| Ok((State::In { kept: kept.clone(), access }, effects));
    let over = |reason| {
        let out = Out { reason: Some(reason), waiting: None };
        Ok((State::Out(out), vec![Effect::ForgetSession, Effect::DropCache]))
    };
    match (access, event) {
        (_, Event::StoresWanted) => stay(access.clone(), vec![Effect::OpenStores(kept.account.id)]),
        // Another request refreshed it meanwhile.
        (Access::Usable(token), Event::RefreshWanted { refused })
            if !refused.as_ref().is_some_and(|refused| refused.is(token)) =>
        {
            stay(access.clone(), vec![])
        }
        (Access::Usable(_) | Access::Nothing, Event::RefreshWanted { .. }) => {
            stay(Access::Refreshing, vec![Effect::SendRefresh(kept.refresh.clone())])
        }
        (Access::Refreshing, Event::Refreshed(grant)) => {
            let effects = vec![Effect::KeepSession(grant.kept.clone())];
            stay(Access::Keeping(grant), effects)
        }
        (Access::Refreshing, Event::RefreshFailed) => stay(Access::Nothing, vec![]),
        (Access::Refreshing, Event::RefreshRefused(reason)) => over(reason),
        (Access::Keeping(grant), Event::Kept) => {
            let access = Access::Usable(grant.access.clone());
            Ok((State::In { kept: grant.kept.clone(), access }, vec![]))
        }
        // The predecessor is still in the store, and will get the same successor again.
        (Access::Keeping(_), Event::NotKept) => stay(Access::Nothing, vec![]),
        (Access::Usable(token), Event::Ended { by, reason }) if by.is(token) => over(reason),
        (Access::Usable(_) | Access::Nothing, Event::SignOut) => {
            let access = match access {
                Access::Usable(token) => Some(token.clone()),
                _ => None,
            };
            let end = Effect::EndInCloud { refresh: kept.refresh.clone(), access };
            Ok((State::Leaving, vec![end, Effect::ForgetSession, Effect::DestroyStores]))
        }
        _ => Err(illegal),
    }
}

impl State {
    /// The token that requests may use.
    pub(super) fn usable_token(&self) -> Option<&AccessToken> {
        match self {
            Self::In { access: Access::Usable(token), .. } => Some(token),
            _ => None,
        }
    }

    /// The complete picture for a screen.
    pub(super) fn shown(&self) -> SessionState {
        let out = |out: &Out| match &out.waiting {
            Some(registration) => SessionState::CodeNeeded { email: registration.email.clone() },
            None => SessionState::SignedOut { reason: out.reason },
        };
        match self {
            Self::Locked => SessionState::Locked,
            Self::Out(now) => out(now),
            Self::Busy { doing: Doing::Registering, .. } => SessionState::Registering,
            Self::Busy { doing: Doing::MailingCode, before } => out(before),
            Self::Busy { doing: Doing::Verifying, before } => match &before.waiting {
                Some(registration) => SessionState::Verifying { email: registration.email.clone() },
                None => out(before),
            },
            Self::Busy { doing: Doing::SigningIn | Doing::Keeping(_), .. } => SessionState::SigningIn,
            Self::In { kept, .. } => SessionState::SignedIn { account: kept.account.clone() },
            Self::Leaving => SessionState::SigningOut,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Out(Out { waiting: None, .. }) => "signed out",
            Self::Out(Out { waiting: Some(_), .. }) => "waiting for a code",
            Self::Busy { doing, .. } => match doing {
                Doing::Registering => "registering",
                Doing::Verifying => "verifying",
                Doing::MailingCode => "mailing a code",
                Doing::SigningIn => "signing in",
                Doing::Keeping(_) => "keeping the session",
            },
            Self::In { access, .. } => match access {
                Access::Nothing => "signed in without a token",
                Access::Refreshing => "refreshing",
                Access::Keeping(_) => "keeping the successor",
                Access::Usable(_) => "signed in",
            },
            Self::Leaving => "signing out",
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::SecretsWanted => "secrets wanted",
            Self::StoresWanted => "stores wanted",
            Self::Found(_) => "found",
            Self::Kept => "kept",
            Self::NotKept => "not kept",
            Self::Register(_) => "register",
            Self::Verify(_) => "verify",
            Self::AskForCode => "ask for a code",
            Self::GoBack => "go back",
            Self::SignIn(_) => "sign in",
            Self::SignOut => "sign out",
            Self::Handed(_) => "handed",
            Self::Registered(_) => "registered",
            Self::Verified => "verified",
            Self::CodeMailed => "code mailed",
            Self::Granted(_) => "granted",
            Self::Failed => "failed",
            Self::RefreshWanted { .. } => "refresh wanted",
            Self::Refreshed(_) => "refreshed",
            Self::RefreshFailed => "refresh failed",
            Self::RefreshRefused(_) => "refresh refused",
            Self::Ended { .. } => "ended",
            Self::Left => "left",
        }
    }
}
