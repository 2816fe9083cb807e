//! Accounts and sessions: register, verify the address, sign in, refresh, sign out.
//!
//! Passwords and tokens are plain strings here, since this is the wire; each side wraps them in `secrecy` types as
//! soon as it holds them. Sign-in and refresh carry a DPoP proof (RFC 9449) by the installation's key.

use crate::{AccountId, SessionId};
use serde::{Deserialize, Serialize};

/// `POST /v1/accounts`. The answer is 202 and the same whether or not the address has an account. The account comes to
/// be when the address is verified.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    /// An address that can receive mail.
    pub email: String,
    /// 8 to 128 characters; common ones are refused.
    pub password: String,
    /// At most 64 characters.
    pub given_name: String,
    /// At most 64 characters.
    pub family_name: String,
    /// For mail.
    pub language: Language,
}

/// Answer to `POST /v1/accounts`: always the same, whoever has the address.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RegisterResponse {
    /// `pl_rg_...`: binds the mailed code to what was registered here, so that a code mailed for somebody else's
    /// registration of the same address (with their password) verifies nothing in this app. Lives for a day.
    pub registration: String,
}

/// `POST /v1/accounts/verify`: 204 and the account exists, or `wrong_code`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// From [`RegisterResponse`].
    pub registration: String,
    /// 8 digits from the mail; 10 minutes, 5 tries.
    pub code: String,
}

/// `POST /v1/accounts/codes`: mails a new code; 202 whether or not the registration waits for one.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCodeRequest {
    /// From [`RegisterResponse`].
    pub registration: String,
}

/// `POST /v1/sessions`, with a DPoP proof.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The account's address.
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// `POST /v1/sessions/refresh`, with a DPoP proof by the key that signed in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The newest refresh token of this session.
    pub refresh_token: String,
}

/// Answer to a sign-in or a refresh.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SessionResponse {
    /// Which session this is.
    pub session: SessionId,
    /// Bearer token, `pl_at_...`.
    pub access_token: String,
    /// Seconds until the access token ends.
    pub access_expires_in: u32,
    /// `pl_rt_...`; used up by the next refresh. Store it before the access token is used.
    pub refresh_token: String,
    /// Who signed in.
    pub account: Account,
}

/// One person's sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// Verified address.
    pub email: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// For mail.
    pub language: Language,
}

/// A language that mail is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// A language of a newer cloud.
    #[serde(other, rename = "unknown")]
    Unknown,
}

/// Answer to `GET /v1/time`, which needs no sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimeResponse {
    /// Milliseconds since 1970, UTC.
    pub now: i64,
}

macro_rules! redacted_debug {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

redacted_debug!(
    RegisterRequest,
    RegisterResponse,
    VerifyRequest,
    NewCodeRequest,
    SignInRequest,
    RefreshRequest,
    SessionResponse
);
