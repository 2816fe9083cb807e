//! The JSON routes of a partner's customers, and of being one.

use super::store;
use crate::authority::{Caller, Permission};
use crate::history::feed::Cursor;
use crate::idempotency::{self, Beginning, IdempotencyKey};
use crate::problem::{ChangeProblems, ReadProblems, Refusal};
use crate::server::{ApiJson, ApiPath, ApiQuery, CloudState};
use crate::sites::api::page_size;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use porchlight_protocol::customers::{
    AcceptOfferRequest, AddCustomerRequest, Customer, CustomerListResponse, CustomerOfferListResponse,
    CustomerPlaces,
};
use porchlight_protocol::{CustomerId, OrganizationId, ProblemCode};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new()
        .routes(routes!(list_customers, add_customer))
        .routes(routes!(read_customer))
        .routes(routes!(read_places))
        .routes(routes!(list_offers))
        .routes(routes!(accept_offer))
        .routes(routes!(refuse_offer))
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CustomerPage {
    /// `next` of the page before.
    after: Option<CustomerId>,
    /// 1 to 200; 50 when it is left out.
    limit: Option<u32>,
}

/// An organization's customers, for its people.
#[utoipa::path(get, path = "/v1/organizations/{id}/customers", tag = "customers", security(("session" = [])),
    params(("id" = OrganizationId, Path), CustomerPage),
    responses((status = 200, body = CustomerListResponse), ReadProblems))]
async fn list_customers(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    ApiQuery(page): ApiQuery<CustomerPage>,
) -> Result<Json<CustomerListResponse>, Refusal> {
    let (size, now) = (page_size(page.limit)?, crate::now());
    let mut db = state.db.read().await?;
    caller.authorize_for(&mut db, Permission::CustomerRead, organization).await?;
    let cursor = Cursor::now(&mut db).await?.to_string();
    let limit = size as i64 + 1;
    let mut customers =
        store::visible_customers(&mut db, caller.account, organization, page.after, limit, now).await?;
    let next = (customers.len() > size).then(|| customers[size - 1].id);
    customers.truncate(size);
    Ok(Json(CustomerListResponse { customers, next, cursor }))
}

/// Adds a customer by address. The answer is the same whether or not the address has an account.
#[utoipa::path(post, path = "/v1/organizations/{id}/customers", tag = "customers", security(("session" = [])),
    params(("id" = OrganizationId, Path), IdempotencyKey), request_body = AddCustomerRequest,
    responses((status = 201, body = Customer),
        (status = 409, description = "`customer_exists`.", body = porchlight_protocol::Problem,
            content_type = "application/problem+json"), ChangeProblems))]
async fn add_customer(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    key: IdempotencyKey,
    ApiJson(wanted): ApiJson<AddCustomerRequest>,
) -> Result<(StatusCode, Json<Customer>), Refusal> {
    let mut tx = state.db.begin().await?;
    caller.confirm(&mut tx).await?;
    let (status, customer) = match idempotency::begin(&mut tx, &caller, &key, &wanted).await? {
        Beginning::Replay(before) => {
            (before.status(), super::read(&mut tx, &caller, before.resource()?).await?)
        }
        Beginning::Fresh(reservation) => {
            let customer = super::add(&mut tx, &state, &caller, organization, &wanted).await?;
            (reservation.remember(&mut tx, StatusCode::CREATED.as_u16(), &customer.id).await?, customer)
        }
    };
    tx.commit().await?;
    Ok((idempotency::api::status(status), Json(customer)))
}

/// One customer, for their organization's people.
#[utoipa::path(get, path = "/v1/customers/{id}", tag = "customers", security(("session" = [])),
    params(("id" = CustomerId, Path)), responses((status = 200, body = Customer), ReadProblems))]
async fn read_customer(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<CustomerId>,
) -> Result<Json<Customer>, Refusal> {
    Ok(Json(super::read(&mut *state.db.read().await?, &caller, id).await?))
}

/// The sites and devices that the organization's people added for the customer: what a request can name.
#[utoipa::path(get, path = "/v1/customers/{id}/places", tag = "customers", security(("session" = [])),
    params(("id" = CustomerId, Path)), responses((status = 200, body = CustomerPlaces), ReadProblems))]
async fn read_places(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<CustomerId>,
) -> Result<Json<CustomerPlaces>, Refusal> {
    let mut db = state.db.read().await?;
    let customer = store::customer_by_id(&mut db, id).await?.ok_or(ProblemCode::NotFound)?;
    caller.authorize_for(&mut db, Permission::CustomerRead, customer.organization).await?;
    Ok(Json(store::places(&mut db, customer.organization, customer.account).await?))
}

/// Partners that added the account's verified address, and wait for an answer.
#[utoipa::path(get, path = "/v1/customer-offers", tag = "customers", security(("session" = [])),
    responses((status = 200, body = CustomerOfferListResponse), ReadProblems))]
async fn list_offers(
    State(state): State<CloudState>,
    caller: Caller,
) -> Result<Json<CustomerOfferListResponse>, Refusal> {
    let offers = store::offers_to(&mut *state.db.read().await?, caller.account).await?;
    Ok(Json(CustomerOfferListResponse { offers }))
}

/// Becomes a customer, and keeps what was added meanwhile, or not.
#[utoipa::path(post, path = "/v1/customer-offers/{id}/accept", tag = "customers", security(("session" = [])),
    params(("id" = CustomerId, Path), IdempotencyKey), request_body = AcceptOfferRequest,
    responses((status = 204, description = "The account is the customer's now."), ChangeProblems))]
async fn accept_offer(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<CustomerId>,
    key: IdempotencyKey,
    ApiJson(wanted): ApiJson<AcceptOfferRequest>,
) -> Result<StatusCode, Refusal> {
    let mut tx = state.db.begin().await?;
    super::confirm_with_offer(&mut tx, &caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &caller, &key, &wanted).await? {
        super::accept(&mut tx, &caller, id, wanted).await?;
        reservation.remember(&mut tx, StatusCode::NO_CONTENT.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does not become a customer; what was added meanwhile is let go of.
#[utoipa::path(post, path = "/v1/customer-offers/{id}/refuse", tag = "customers", security(("session" = [])),
    params(("id" = CustomerId, Path), IdempotencyKey),
    responses((status = 204, description = "Refused."), ChangeProblems))]
async fn refuse_offer(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<CustomerId>,
    key: IdempotencyKey,
) -> Result<StatusCode, Refusal> {
    let mut tx = state.db.begin().await?;
    super::confirm_with_offer(&mut tx, &caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &caller, &key, &()).await? {
        super::refuse(&mut tx, &caller, id).await?;
        reservation.remember(&mut tx, StatusCode::NO_CONTENT.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
