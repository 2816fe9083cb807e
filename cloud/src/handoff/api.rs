//! The JSON routes of handoffs. Both answers hold secrets.

use crate::access;
use crate::authority::Caller;
use crate::problem::Refusal;
use crate::server::{ApiJson, ApiPath, CloudState, NoIdempotencyKey};
use crate::session::api::{prove, with_nonce};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use porchlight_protocol::handoff::{
    BeginHandoffRequest, HandoffResponse, RedeemHandoffRequest, RedeemHandoffResponse,
};
use porchlight_protocol::{GrantId, Problem};
use secrecy::SecretString;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// No body here is larger.
const LARGEST_BODY: usize = 1024;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    let small = || DefaultBodyLimit::max(LARGEST_BODY);
    OpenApiRouter::new().routes(routes!(begin).layer(small())).routes(routes!(redeem).layer(small()))
}

/// Makes a one-time code for a grant in the account's hand; 60 seconds.
#[utoipa::path(post, path = "/v1/grants/{id}/handoffs", tag = "handoff", security(("session" = [])),
    params(("id" = GrantId, Path)), request_body = BeginHandoffRequest, responses(
        (status = 201, body = HandoffResponse),
        (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
    ))]
async fn begin(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<GrantId>,
    _: NoIdempotencyKey,
    ApiJson(wanted): ApiJson<BeginHandoffRequest>,
) -> Result<(StatusCode, Json<HandoffResponse>), Refusal> {
    let mut tx = state.db.begin().await?;
    access::confirm_with_grant(&mut tx, &caller, id).await?;
    let answer = super::begin(&mut tx, &caller, id, &wanted).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Opens a delegated session with the code and its verifier, once. The same phone gets the same answer for 30 seconds.
#[utoipa::path(post, path = "/v1/handoffs/redeem", tag = "handoff", request_body = RedeemHandoffRequest,
    params(("DPoP" = String, Header, description = "Proof of possession (RFC 9449); ES256, with the nonce of `DPoP-Nonce`.")),
    responses(
        (status = 201, description = "Signed in as the customer.", body = RedeemHandoffResponse,
         headers(("DPoP-Nonce" = String, description = "For the next proof."))),
        (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
    ))]
async fn redeem(
    State(state): State<CloudState>,
    headers: HeaderMap,
    _: NoIdempotencyKey,
    ApiJson(request): ApiJson<RedeemHandoffRequest>,
) -> Response {
    let RedeemHandoffRequest { code, verifier } = request;
    let (code, verifier) = (SecretString::from(code), SecretString::from(verifier));
    let answer = match prove(&state, &headers, "/v1/handoffs/redeem") {
        Ok(proof) => super::redeem(&state, &proof, &code, &verifier).await,
        Err(refusal) => Err(refusal),
    };
    with_nonce(&state, answer.map(|answer| (StatusCode::CREATED, Json(answer))))
}
