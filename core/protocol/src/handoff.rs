//! The partner app opens the customer app as that customer: a one-time code in a verified link.
//!
//! 1. The partner app makes a verifier (RFC 7636, section 4.1), leaves it where only an app of the same signer reads it,
//!    and asks for a code with the verifier's challenge ([`BeginHandoffRequest`]).
//! 2. It opens `https://<link host>/h#c=<code>`: the code stands in the fragment, which a browser sends nowhere.
//! 3. The customer app has the link and the verifier, or it refuses; it redeems both with a proof of its own key
//!    ([`RedeemHandoffRequest`], RFC 9449), once, within 60 seconds.

use crate::access::Grant;
use crate::session::SessionResponse;
use serde::{Deserialize, Serialize};

/// How long a code works, in milliseconds.
pub const CODE_LASTS: i64 = 60_000;

/// How long a delegated session lasts at most, in milliseconds; its grant may end before.
pub const DELEGATED_LASTS: i64 = 8 * 3_600_000;

/// The longest link that is read, in bytes.
pub const LONGEST_LINK: usize = 256;

/// `POST /v1/grants/{id}/handoffs`: 201 and the [`HandoffResponse`]. Returns a secret: no `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BeginHandoffRequest {
    /// base64url of SHA-256 of the verifier: 43 characters (RFC 7636, section 4.2, `S256`).
    pub challenge: String,
}

/// Answer to [`BeginHandoffRequest`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HandoffResponse {
    /// `pl_ho_...`
    pub code: String,
    /// Seconds until the code is of no use.
    pub expires_in: u32,
    /// What the confirming screen shows, so that it needs no request.
    pub grant: Grant,
}

/// `POST /v1/handoffs/redeem`, with a DPoP proof: 201 and the [`RedeemHandoffResponse`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemHandoffRequest {
    /// From the link's fragment.
    pub code: String,
    /// 43 to 128 unreserved characters (RFC 7636, section 4.1).
    pub verifier: String,
}

/// A delegated session: its account is the customer's.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RedeemHandoffResponse {
    /// Tokens and the subject's account.
    pub session: SessionResponse,
    /// Who acts, for which company, on what, until when.
    pub grant: Grant,
    /// When the session ends at the latest; milliseconds UTC.
    pub expires_at: i64,
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

redacted_debug!(HandoffResponse, RedeemHandoffRequest, RedeemHandoffResponse);
