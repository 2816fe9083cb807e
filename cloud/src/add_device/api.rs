//! The JSON routes of claims. They need no `Idempotency-Key`: the claim's id, with the attempt, is one.

use crate::add_device;
use crate::authority::Caller;
use crate::problem::{ReadProblems, Refusal};
use crate::server::{ApiJson, ApiPath, CloudState};
use axum::Json;
use axum::extract::State;
use porchlight_protocol::add_device::{
    Claim, ClaimRequest, FirstPasswordRequest, ProofRequest, WithdrawRequest,
};
use porchlight_protocol::{ClaimId, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new()
        .routes(routes!(open_claim, read_claim))
        .routes(routes!(give_proof))
        .routes(routes!(give_first_password))
        .routes(routes!(withdraw_claim))
}

/// How a step of a claim can refuse, for its description.
#[derive(Debug, utoipa::IntoResponses)]
pub enum ClaimProblems {
    /// The body or the header that names the app does not fit.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Refresh the session, or sign in.
    #[response(status = 401, content_type = "application/problem+json")]
    SignIn(Problem),
    /// The role does not allow it.
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(Problem),
    /// No such site or claim for this account.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// The id stands for another claim, or the claim does not take this step now.
    #[response(status = 409, content_type = "application/problem+json")]
    NotNow(Problem),
    /// The body is larger than the route takes.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Send application/json.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(Problem),
    /// A value is not allowed; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Update the app.
    #[response(status = 426, content_type = "application/problem+json")]
    Update(Problem),
    /// Too many requests, or too many serials that nobody answered for: `Retry-After` says when.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// A fault of the cloud; `report_id` names it.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Try again as `Retry-After` says.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Opens a claim, or its next attempt. The same request again answers the same and does nothing.
#[utoipa::path(put, path = "/v1/claims/{id}", tag = "add_device", security(("session" = [])),
    params(("id" = ClaimId, Path, description = "Minted by the phone; UUIDv4.")),
    request_body = ClaimRequest, responses((status = 200, body = Claim), ClaimProblems))]
async fn open_claim(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<ClaimId>,
    ApiJson(request): ApiJson<ClaimRequest>,
) -> Result<Json<Claim>, Refusal> {
    add_device::open(&state, &caller, id, &request).await.map(Json)
}

/// Where a claim is.
#[utoipa::path(get, path = "/v1/claims/{id}", tag = "add_device", security(("session" = [])),
    params(("id" = ClaimId, Path)), responses((status = 200, body = Claim), ReadProblems))]
async fn read_claim(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<ClaimId>,
) -> Result<Json<Claim>, Refusal> {
    add_device::read(&state, &caller, id).await.map(Json)
}

/// Passes the phone's proof to the device.
#[utoipa::path(post, path = "/v1/claims/{id}/proof", tag = "add_device", security(("session" = [])),
    params(("id" = ClaimId, Path)), request_body = ProofRequest,
    responses((status = 200, body = Claim), ClaimProblems))]
async fn give_proof(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<ClaimId>,
    ApiJson(request): ApiJson<ProofRequest>,
) -> Result<Json<Claim>, Refusal> {
    add_device::give_proof(&state, &caller, id, &request).await.map(Json)
}

/// Passes the record of a first password to the device.
#[utoipa::path(post, path = "/v1/claims/{id}/first-password", tag = "add_device", security(("session" = [])),
    params(("id" = ClaimId, Path)), request_body = FirstPasswordRequest,
    responses((status = 200, body = Claim), ClaimProblems))]
async fn give_first_password(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<ClaimId>,
    ApiJson(request): ApiJson<FirstPasswordRequest>,
) -> Result<Json<Claim>, Refusal> {
    add_device::give_first_password(&state, &caller, id, &request).await.map(Json)
}

/// Ends a claim. One that is over already is answered as it is.
#[utoipa::path(post, path = "/v1/claims/{id}/withdraw", tag = "add_device", security(("session" = [])),
    params(("id" = ClaimId, Path)), request_body = WithdrawRequest,
    responses((status = 200, body = Claim), ClaimProblems))]
async fn withdraw_claim(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<ClaimId>,
    ApiJson(request): ApiJson<WithdrawRequest>,
) -> Result<Json<Claim>, Refusal> {
    add_device::withdraw(&state, &caller, id, &request).await.map(Json)
}
