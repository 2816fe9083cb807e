//! The JSON routes of accounts and sessions.

use super::dpop::{self, Proof};
use super::{store, tokens};
use crate::authority::Caller;
use crate::problem::Refusal;
use crate::server::{ApiJson, CloudState, NoIdempotencyKey};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use porchlight_protocol::session::{
    Account, NewCodeRequest, RefreshRequest, RegisterRequest, RegisterResponse, SessionResponse,
    SignInRequest, VerifyRequest,
};
use porchlight_protocol::{Problem, ProblemCode};
use secrecy::SecretString;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// No body here is larger; a password is never hashed out of a larger one.
const LARGEST_BODY: usize = 1024;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    let small = || DefaultBodyLimit::max(LARGEST_BODY);
    OpenApiRouter::new()
        .routes(routes!(register).layer(small()))
        .routes(routes!(verify).layer(small()))
        .routes(routes!(mail_new_code).layer(small()))
        .routes(routes!(sign_in).layer(small()))
        .routes(routes!(refresh).layer(small()))
        .routes(routes!(sign_out))
        .routes(routes!(account))
}

/// Registers. The answer is the same whether or not the address has an account; a code goes there by mail.
#[utoipa::path(post, path = "/v1/accounts", tag = "session", request_body = RegisterRequest, responses(
    (status = 202, description = "A mail is on its way.", body = RegisterResponse),
    (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
))]
async fn register(
    State(state): State<CloudState>,
    _: NoIdempotencyKey,
    ApiJson(request): ApiJson<RegisterRequest>,
) -> Result<(StatusCode, Json<RegisterResponse>), Refusal> {
    let answer = super::register(&state, request).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// Makes the account with the mailed code.
#[utoipa::path(post, path = "/v1/accounts/verify", tag = "session", request_body = VerifyRequest, responses(
    (status = 204, description = "The account exists."),
    (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
))]
async fn verify(
    State(state): State<CloudState>,
    ApiJson(request): ApiJson<VerifyRequest>,
) -> Result<StatusCode, Refusal> {
    let VerifyRequest { registration, code } = request;
    super::verify(&state, &SecretString::from(registration), &SecretString::from(code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails a new code, if the registration waits for one.
#[utoipa::path(post, path = "/v1/accounts/codes", tag = "session", request_body = NewCodeRequest, responses(
    (status = 202, description = "A mail is on its way, if the registration waits for one."),
    (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
))]
async fn mail_new_code(
    State(state): State<CloudState>,
    ApiJson(request): ApiJson<NewCodeRequest>,
) -> Result<StatusCode, Refusal> {
    super::mail_new_code(&state, &SecretString::from(request.registration)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Signs in. A second sign-in of an installation to the same account ends its first session.
#[utoipa::path(post, path = "/v1/sessions", tag = "session", request_body = SignInRequest,
    params(("DPoP" = String, Header, description = "Proof of possession (RFC 9449); ES256, with the nonce of `DPoP-Nonce`.")),
    responses(
        (status = 201, description = "Signed in.", body = SessionResponse,
         headers(("DPoP-Nonce" = String, description = "For the next proof."))),
        (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
    ))]
async fn sign_in(
    State(state): State<CloudState>,
    headers: HeaderMap,
    _: NoIdempotencyKey,
    ApiJson(request): ApiJson<SignInRequest>,
) -> Response {
    let SignInRequest { email, password } = request;
    let password = SecretString::from(password);
    let answer = match prove(&state, &headers, "/v1/sessions") {
        Ok(proof) => super::sign_in(&state, &proof, &email, password).await,
        Err(refusal) => Err(refusal),
    };
    with_nonce(&state, answer.map(|answer| (StatusCode::CREATED, Json(answer))))
}

/// Replaces a refresh token. A retry with the same token gets the same answer until its successor is used.
#[utoipa::path(post, path = "/v1/sessions/refresh", tag = "session", request_body = RefreshRequest,
    params(("DPoP" = String, Header, description = "Proof by the key that signed in.")),
    responses(
        (status = 200, description = "The new tokens.", body = SessionResponse,
         headers(("DPoP-Nonce" = String, description = "For the next proof."))),
        (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
    ))]
async fn refresh(
    State(state): State<CloudState>,
    headers: HeaderMap,
    _: NoIdempotencyKey,
    ApiJson(request): ApiJson<RefreshRequest>,
) -> Response {
    let token = SecretString::from(request.refresh_token);
    let answer = match prove(&state, &headers, "/v1/sessions/refresh") {
        Ok(proof) => super::refresh(&state, &proof, &token).await,
        Err(refusal) => Err(refusal),
    };
    with_nonce(&state, answer.map(Json))
}

/// Signs out: the session is over when this is answered.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "session", security(("session" = [])), responses(
    (status = 204, description = "Signed out."),
    (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_out(State(state): State<CloudState>, caller: Caller) -> Result<StatusCode, Refusal> {
    super::sign_out(&state.db, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/account", tag = "session", security(("session" = [])), responses(
    (status = 200, body = Account),
    (status = "default", description = "Refused.", body = Problem, content_type = "application/problem+json"),
))]
async fn account(State(state): State<CloudState>, caller: Caller) -> Result<Json<Account>, Refusal> {
    let row = store::account_by_id(&mut *state.db.read().await?, caller.account).await?;
    Ok(Json(tokens::show(row.ok_or(ProblemCode::SessionRevoked)?)))
}

pub(crate) fn prove(state: &CloudState, headers: &HeaderMap, path: &str) -> Result<Proof, Refusal> {
    let presented = headers.get_all("dpop").iter().map(HeaderValue::as_bytes);
    let link_host = state.settings.link_host.as_str();
    Ok(dpop::check_proof(presented, link_host, path, &state.key, crate::now())?)
}

/// Every answer brings the nonce for the next proof (RFC 9449, section 8.2).
pub(crate) fn with_nonce(state: &CloudState, answer: Result<impl IntoResponse, Refusal>) -> Response {
    let mut response = answer.into_response();
    let nonce = dpop::make_nonce(&state.key, crate::now());
    let nonce = HeaderValue::try_from(nonce).expect("base64url is ASCII");
    response.headers_mut().insert(HeaderName::from_static(dpop::NONCE_HEADER), nonce);
    response
}
