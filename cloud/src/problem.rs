//! How a handler refuses: a [`Refusal`] becomes an RFC 9457 problem.
//!
//! Faults of ours carry a report id, which names the log entry; the answer says nothing else about them.

use crate::db::DbError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use porchlight_protocol::{Problem, ProblemCode};

/// When it is worth trying again on a full disk, in seconds: somebody has to make room first.
const NO_ROOM_REST: u32 = 30;

/// A request that is answered with a problem.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The body; boxed, since every handler's `Result` has room for it.
    pub problem: Box<Problem>,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u32>,
    /// A transaction lost a race: the same request may succeed when it is tried again.
    pub try_again: bool,
}

impl Refusal {
    /// Refuses with a code.
    pub fn new(code: ProblemCode) -> Self {
        Self { problem: Box::new(Problem::new(code)), retry_after: None, try_again: false }
    }

    /// Refuses the value of one field.
    pub fn field(field: &str) -> Self {
        let mut refusal = Self::new(ProblemCode::InvalidInput);
        refusal.problem.field = Some(field.to_owned());
        refusal
    }

    /// Says after how many seconds it is worth coming back.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// A fault of ours: logged here, under an id that the answer names.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let report_id = uuid::Uuid::new_v4().simple().to_string();
        tracing::error!(report_id, %error, "internal fault");
        let mut refusal = Self::new(ProblemCode::Internal);
        refusal.problem.report_id = Some(report_id);
        refusal
    }
}

impl From<ProblemCode> for Refusal {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        match error {
            DbError::TryAgain => {
                Self { try_again: true, ..Self::new(ProblemCode::Unavailable).retry_after(1) }
            }
            DbError::Unreachable(_) => {
                tracing::warn!(%error, "the database cannot be reached");
                Self::new(ProblemCode::Unavailable).retry_after(2)
            }
            DbError::NoRoom(_) => {
                tracing::error!(%error, "the disk is full, or broken");
                Self::new(ProblemCode::Unavailable).retry_after(NO_ROOM_REST)
            }
            other => Self::internal(&other),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self.problem)).into_response();
        let headers = response.headers_mut();
        // RFC 9457, section 3
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = challenge(&self.problem) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.try_again {
            response.extensions_mut().insert(LostRace);
        }
        // A page says it in its reader's words (`portal::layer`).
        response.extensions_mut().insert(*self.problem);
        response
    }
}

/// What a 401 asks for (RFC 9110, section 15.5.2): a token (RFC 6750, section 3), or a proof (RFC 9449, section 7.1).
fn challenge(problem: &Problem) -> Option<&'static str> {
    match problem.code {
        ProblemCode::UseDpopNonce => Some("DPoP algs=\"ES256\", error=\"use_dpop_nonce\""),
        ProblemCode::InvalidDpopProof => Some("DPoP algs=\"ES256\", error=\"invalid_dpop_proof\""),
        ProblemCode::SessionRevoked => Some("Bearer error=\"invalid_token\""),
        _ => (problem.status == 401).then_some("Bearer"),
    }
}

/// Marks an answer whose transaction lost a race: the layer around all handlers runs the request again.
#[derive(Clone, Copy, Debug)]
pub struct LostRace;

/// How a reading route can refuse, for its description.
#[derive(Debug, utoipa::IntoResponses)]
pub enum ReadProblems {
    /// The query or the header that names the app does not fit.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Refresh the session, or sign in.
    #[response(status = 401, content_type = "application/problem+json")]
    SignIn(Problem),
    /// Nothing here for this account.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// A value is not allowed; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Update the app.
    #[response(status = 426, content_type = "application/problem+json")]
    Update(Problem),
    /// Wait as long as `Retry-After` says.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// A fault of the cloud; `report_id` names it.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Try again as `Retry-After` says.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// How a changing route with an `Idempotency-Key` can refuse, for its description.
#[derive(Debug, utoipa::IntoResponses)]
pub enum ChangeProblems {
    /// The body, the `Idempotency-Key` or the header that names the app does not fit.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Refresh the session, or sign in.
    #[response(status = 401, content_type = "application/problem+json")]
    SignIn(Problem),
    /// The role does not allow it.
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(Problem),
    /// Nothing here for this account.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// The body is larger than the route takes.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Send application/json.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(Problem),
    /// A value is not allowed (`field` names it), or the key was used with another request.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Update the app.
    #[response(status = 426, content_type = "application/problem+json")]
    Update(Problem),
    /// Wait as long as `Retry-After` says.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// A fault of the cloud; `report_id` names it.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Try again as `Retry-After` says.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}
