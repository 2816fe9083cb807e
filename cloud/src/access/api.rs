//! The JSON routes of authorization requests and grants.

use super::store;
use crate::authority::Caller;
use crate::history::feed::Cursor;
use crate::idempotency::{self, Beginning, IdempotencyKey};
use crate::problem::{ChangeProblems, ReadProblems, Refusal};
use crate::server::{ApiJson, ApiPath, ApiQuery, CloudState};
use crate::sites::api::page_size;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use porchlight_protocol::access::{
    AskForAccess, AuthorizationRequest, ConsentRequest, DeclineRequest, Grant, GrantListResponse,
    RequestListResponse,
};
use porchlight_protocol::{CustomerId, GrantId, ProblemCode, RequestId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(list_requests))
        .routes(routes!(read_request))
        .routes(routes!(withdraw))
        .routes(routes!(consent))
        .routes(routes!(decline))
        .routes(routes!(list_grants))
        .routes(routes!(read_grant, end))
}

/// Which part of the list of requests.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RequestPage {
    /// `next` of the page before.
    after: Option<RequestId>,
    /// 1 to 200; 50 when it is left out.
    limit: Option<u32>,
}

/// Which part of the list of grants.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GrantPage {
    /// `next` of the page before.
    after: Option<GrantId>,
    /// 1 to 200; 50 when it is left out.
    limit: Option<u32>,
}

/// Asks a customer for access.
#[utoipa::path(post, path = "/v1/customers/{id}/authorization-requests", tag = "access",
    security(("session" = [])), params(("id" = CustomerId, Path), IdempotencyKey),
    request_body = AskForAccess, responses((status = 201, body = AuthorizationRequest), ChangeProblems))]
async fn ask(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(customer): ApiPath<CustomerId>,
    key: IdempotencyKey,
    ApiJson(wanted): ApiJson<AskForAccess>,
) -> Result<(StatusCode, Json<AuthorizationRequest>), Refusal> {
    let mut tx = state.db.begin().await?;
    super::confirm_with_customer(&mut tx, &caller, customer).await?;
    let (status, request) = match idempotency::begin(&mut tx, &caller, &key, &wanted).await? {
        Beginning::Replay(before) => {
            (before.status(), super::read_request(&mut tx, caller.account, before.resource()?).await?)
        }
        Beginning::Fresh(reservation) => {
            let request =
                super::ask(&mut tx, &state.key, &state.settings.asking, &caller, customer, &wanted).await?;
            (reservation.remember(&mut tx, StatusCode::CREATED.as_u16(), &request.id).await?, request)
        }
    };
    tx.commit().await?;
    Ok((idempotency::api::status(status), Json(request)))
}

/// What the account was asked, and what it asked, newest first.
#[utoipa::path(get, path = "/v1/authorization-requests", tag = "access", security(("session" = [])),
    params(RequestPage), responses((status = 200, body = RequestListResponse), ReadProblems))]
async fn list_requests(
    State(state): State<CloudState>,
    caller: Caller,
    ApiQuery(page): ApiQuery<RequestPage>,
) -> Result<Json<RequestListResponse>, Refusal> {
    let (size, now) = (page_size(page.limit)?, crate::now());
    let mut db = state.db.read().await?;
    let cursor = Cursor::now(&mut db).await?.to_string();
    let mut requests =
        store::visible_requests(&mut db, caller.account, page.after, size as i64 + 1, now).await?;
    let next = (requests.len() > size).then(|| requests[size - 1].id);
    requests.truncate(size);
    Ok(Json(RequestListResponse { requests, next, cursor }))
}

/// One request.
#[utoipa::path(get, path = "/v1/authorization-requests/{id}", tag = "access", security(("session" = [])),
    params(("id" = RequestId, Path)), responses((status = 200, body = AuthorizationRequest), ReadProblems))]
async fn read_request(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<RequestId>,
) -> Result<Json<AuthorizationRequest>, Refusal> {
    let mut db = state.db.read().await?;
    let request = store::visible_request(&mut db, caller.account, id, crate::now()).await?;
    Ok(Json(request.ok_or(ProblemCode::NotFound)?))
}

/// Takes back what the account asked.
#[utoipa::path(post, path = "/v1/authorization-requests/{id}/withdraw", tag = "access",
    security(("session" = [])), params(("id" = RequestId, Path), IdempotencyKey),
    responses((status = 200, body = AuthorizationRequest), ChangeProblems))]
async fn withdraw(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<RequestId>,
    key: IdempotencyKey,
) -> Result<Json<AuthorizationRequest>, Refusal> {
    let mut tx = state.db.begin().await?;
    caller.confirm(&mut tx).await?;
    let request = match idempotency::begin(&mut tx, &caller, &key, &()).await? {
        Beginning::Replay(_) => super::read_request(&mut tx, caller.account, id).await?,
        Beginning::Fresh(reservation) => {
            let request = super::withdraw(&mut tx, &caller, id).await?;
            reservation.remember(&mut tx, StatusCode::OK.as_u16(), &id).await?;
            request
        }
    };
    tx.commit().await?;
    Ok(Json(request))
}

/// Says yes to what was shown.
#[utoipa::path(post, path = "/v1/authorization-requests/{id}/consent", tag = "access",
    security(("session" = [])), params(("id" = RequestId, Path), IdempotencyKey),
    request_body = ConsentRequest, responses((status = 200, body = Grant),
        (status = 409, description = "`terms_differ` or `request_over`.", body = porchlight_protocol::Problem,
            content_type = "application/problem+json"), ChangeProblems))]
async fn consent(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<RequestId>,
    key: IdempotencyKey,
    ApiJson(wanted): ApiJson<ConsentRequest>,
) -> Result<Json<Grant>, Refusal> {
    let mut tx = state.db.begin().await?;
    super::confirm_with_request(&mut tx, &caller, id).await?;
    let grant = match idempotency::begin(&mut tx, &caller, &key, &wanted).await? {
        Beginning::Replay(before) => super::read_grant(&mut tx, caller.account, before.resource()?).await?,
        Beginning::Fresh(reservation) => {
            let grant = super::consent(&mut tx, &caller, id, &wanted).await?;
            reservation.remember(&mut tx, StatusCode::OK.as_u16(), &grant.id).await?;
            grant
        }
    };
    tx.commit().await?;
    Ok(Json(grant))
}

/// Says no.
#[utoipa::path(post, path = "/v1/authorization-requests/{id}/decline", tag = "access",
    security(("session" = [])), params(("id" = RequestId, Path), IdempotencyKey),
    request_body = DeclineRequest, responses((status = 204, description = "Declined."), ChangeProblems))]
async fn decline(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<RequestId>,
    key: IdempotencyKey,
    ApiJson(wanted): ApiJson<DeclineRequest>,
) -> Result<StatusCode, Refusal> {
    let mut tx = state.db.begin().await?;
    super::confirm_with_request(&mut tx, &caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &caller, &key, &wanted).await? {
        super::decline(&mut tx, &caller, id, wanted).await?;
        reservation.remember(&mut tx, StatusCode::NO_CONTENT.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The grants on the account and in its hand, newest first.
#[utoipa::path(get, path = "/v1/grants", tag = "access", security(("session" = [])),
    params(GrantPage), responses((status = 200, body = GrantListResponse), ReadProblems))]
async fn list_grants(
    State(state): State<CloudState>,
    caller: Caller,
    ApiQuery(page): ApiQuery<GrantPage>,
) -> Result<Json<GrantListResponse>, Refusal> {
    let (size, now) = (page_size(page.limit)?, crate::now());
    let mut db = state.db.read().await?;
    let cursor = Cursor::now(&mut db).await?.to_string();
    let mut grants = store::visible_grants(&mut db, caller.account, page.after, size as i64 + 1, now).await?;
    let next = (grants.len() > size).then(|| grants[size - 1].id);
    grants.truncate(size);
    Ok(Json(GrantListResponse { grants, next, cursor }))
}

/// One grant.
#[utoipa::path(get, path = "/v1/grants/{id}", tag = "access", security(("session" = [])),
    params(("id" = GrantId, Path)), responses((status = 200, body = Grant), ReadProblems))]
async fn read_grant(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<GrantId>,
) -> Result<Json<Grant>, Refusal> {
    let mut db = state.db.read().await?;
    let grant = store::visible_grant(&mut db, caller.account, id, crate::now()).await?;
    Ok(Json(grant.ok_or(ProblemCode::NotFound)?))
}

/// Ends access: the customer revokes it, or the installer gives it back. Nothing is done by it after the answer. One
/// that is over stays as it ended.
#[utoipa::path(delete, path = "/v1/grants/{id}", tag = "access", security(("session" = [])),
    params(("id" = GrantId, Path), IdempotencyKey),
    responses((status = 204, description = "It is over."), ChangeProblems))]
async fn end(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<GrantId>,
    key: IdempotencyKey,
) -> Result<StatusCode, Refusal> {
    let mut tx = state.db.begin().await?;
    super::confirm_with_grant(&mut tx, &caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &caller, &key, &()).await? {
        super::end(&mut tx, &caller, id).await?;
        reservation.remember(&mut tx, StatusCode::NO_CONTENT.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
