//! What the phone holds of a session: secret types that print their name only.

use porchlight_protocol::SessionId;
use porchlight_protocol::session::{Account, SessionResponse};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;

/// A bearer token for ten minutes. It lives in memory only.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken(pub(crate) SecretString);

impl AccessToken {
    /// Whether it is the same token.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret() // exposed: compared with our own, nobody measures the time
    }
}

/// Used up by the next refresh.
#[derive(Clone, Debug)]
pub(super) struct RefreshToken(pub(super) SecretString);

/// A registration that waits for its mailed code.
#[derive(Clone)]
pub(super) struct Registration {
    pub(super) email: String,
    pub(super) token: SecretString,
}

/// What is kept of a session in the secret store.
#[derive(Clone)]
pub(super) struct KeptSession {
    pub(super) session: SessionId,
    pub(super) refresh: RefreshToken,
    pub(super) account: Account,
}

/// What a sign-in or a refresh gave.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) kept: KeptSession,
    pub(super) access: AccessToken,
}

impl From<SessionResponse> for Grant {
    fn from(response: SessionResponse) -> Self {
        Self {
            kept: KeptSession {
                session: response.session,
                refresh: RefreshToken(response.refresh_token.into()),
                account: response.account,
            },
            access: AccessToken(response.access_token.into()),
        }
    }
}

/// The session that a handoff gave. What is in it only the session's task takes out.
#[derive(Debug)]
pub(crate) struct Handed(pub(super) Grant);

#[cfg(test)]
impl Handed {
    pub(crate) fn of(response: SessionResponse) -> Self {
        Self(response.into())
    }
}

/// What a person types to sign in.
pub(super) struct Credentials {
    pub(super) email: String,
    pub(super) password: SecretString,
}

/// What a person types to register.
pub(super) struct RegistrationForm {
    pub(super) credentials: Credentials,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) language: porchlight_protocol::session::Language,
}

macro_rules! debug_by_name {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )+};
}

// Addresses and names are personal: not even they are printed.
debug_by_name!(Registration, KeptSession, Credentials, RegistrationForm);
