//! What went wrong, as RFC 9457 has it: `application/problem+json` with a stable `code` that a program can read.
//!
//! The words are the shells': `title` is for a developer who looks at the wire.

use serde::{Deserialize, Serialize};

/// The body of every error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `tag:porchlight.example,2026:<code>`: a name that nobody need resolve (RFC 9457, section 3.1.1; RFC 4151).
    #[serde(rename = "type")]
    pub kind: String,
    /// A short sentence for developers: what to do about it.
    pub title: String,
    /// The HTTP status, once more (RFC 9457, section 3.1.2).
    pub status: u16,
    /// What happened; stable.
    pub code: ProblemCode,
    /// The field of the request that is wrong, for `invalid_input`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The device that the answer is about, for `already_yours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<crate::DeviceId>,
    /// Names the entry in the cloud's log, for `internal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $title:literal;)+) => {
        /// Every way in which the cloud refuses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemCode {
            $($(#[$doc])* $name,)+
            /// A code of a newer cloud; judge by the status.
            #[serde(other)]
            Unknown,
        }

        impl ProblemCode {
            /// The HTTP status this code is sent with.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ Self::Unknown => 500 }
            }

            /// What to do about it, for a developer.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ Self::Unknown => "Update the client." }
            }
        }
    };
}

problem_codes! {
    /// The body is not JSON of the expected shape.
    MalformedRequest = 400, "Send JSON of the documented shape; unknown fields are refused.";
    /// A field's value is not allowed; `field` names it.
    InvalidInput = 422, "Correct the named field and send the request again.";
    /// No such route, or a thing that is not there for this account.
    NotFound = 404, "Nothing here for this account.";
    /// The route exists, with another method.
    MethodNotAllowed = 405, "Use the documented method.";
    /// The body is larger than the route takes.
    BodyTooLarge = 413, "Send a smaller body.";
    /// The body's media type is not JSON.
    UnsupportedMediaType = 415, "Send application/json.";
    /// No or an expired access token.
    SignInRequired = 401, "Refresh the session, or sign in.";
    /// The proof is missing, or carries no or an old nonce; a new one is in `DPoP-Nonce` (RFC 9449, section 8).
    UseDpopNonce = 401, "Repeat the request with a DPoP proof that carries the nonce of the DPoP-Nonce header.";
    /// The proof of possession does not hold (RFC 9449, section 4.3).
    InvalidDpopProof = 401, "Make a new DPoP proof with this installation's key.";
    /// Email and password do not match an account.
    WrongCredentials = 401, "Check email and password.";
    /// The password was right; the account is disabled.
    AccountDisabled = 403, "Contact the service's support.";
    /// The mailed code is not the one, was used, or is too old.
    WrongCode = 422, "Check the code, or ask for a new one.";
    /// The session was ended; its refresh token is of no use any more.
    SessionRevoked = 401, "Sign in again.";
    /// The customer or the partner ended the access that the session rests on.
    GrantRevoked = 401, "Ask the customer for access again.";
    /// The time of the access that the session rests on is over.
    GrantExpired = 401, "Ask the customer for access again.";
    /// The installer's own account was disabled, or they left the company.
    ActorDisabled = 401, "Contact the company's administrator.";
    /// The customer's account was disabled.
    SubjectDisabled = 401, "Contact the service's support.";
    /// The terms are not the ones that were shown.
    TermsDiffer = 409, "Read the request again and show it.";
    /// The request was answered, withdrawn, or is too old.
    RequestOver = 409, "Read the request: it is over.";
    /// The customer has not confirmed that they are one.
    CustomerNotConfirmed = 409, "Wait until the customer has confirmed.";
    /// The customer takes no requests from this company.
    RequestsRefused = 403, "The customer takes no requests from this company.";
    /// The address is a customer of this company already.
    CustomerExists = 409, "The address is on the list already.";
    /// An organization keeps an active super admin.
    LastSuperAdmin = 409, "Make somebody else a super admin first.";
    /// The access is over.
    GrantOver = 409, "Ask the customer for access again.";
    /// The code is not one, was used, or is too old.
    HandoffOver = 410, "Ask the partner app for a new link.";
    /// The code for a new password was used, tried too often, or is too old; or something ended it.
    ResetOver = 410, "Ask for a new code.";
    /// The verifier is not the one that the code was made for.
    HandoffRefused = 403, "The link was not made on this phone.";
    /// The role does not allow it.
    NotAllowed = 403, "Ask an owner of the site.";
    /// The app is older than this service accepts.
    UpdateRequired = 426, "Update the app.";
    /// Too many requests; `Retry-After` says when.
    TooManyRequests = 429, "Wait as long as Retry-After says.";
    /// The idempotency key was used with another body.
    IdempotencyKeyReused = 422, "Use a new Idempotency-Key for another request.";
    /// The route returns secrets and cannot be replayed.
    IdempotencyKeyRefused = 400, "Send this request without Idempotency-Key.";
    /// A changing request without its key.
    IdempotencyKeyRequired = 400, "Send an Idempotency-Key of 16 to 64 characters.";
    /// The claim id stands for another claim (other terms or another account).
    ClaimDiffers = 409, "Use a new claim id for another claim.";
    /// The claim does not take this step now; read it and go on from its state.
    ClaimNotThere = 409, "Read the claim and go on from its state.";
    /// The cursor is older than the feed keeps: read the lists again.
    CursorTooOld = 410, "Read the lists again and go on from the cursor they give.";
    /// The site still holds devices.
    SiteNotEmpty = 409, "Move or release the site's devices first.";
    /// Overloaded, or shutting down; `Retry-After` says when.
    Unavailable = 503, "Try again as Retry-After says.";
    /// A fault of the cloud; `report_id` names it.
    Internal = 500, "Report the report_id to the service's support.";
}

impl Problem {
    /// The problem for a code, without further fields.
    pub fn new(code: ProblemCode) -> Self {
        let name = serde_plain_name(code);
        Self {
            kind: format!("tag:porchlight.example,2026:{name}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            field: None,
            device: None,
            report_id: None,
        }
    }
}

/// The code as it stands on the wire.
fn serde_plain_name(code: ProblemCode) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
