//! A partner's pages: the customers and their states, adding one, one customer; and a customer's answer to being added.

mod ask;
mod held;
mod views;

pub(crate) use views::OfferCard;

use super::{accept, add, confirm_with_offer, read, refuse, store};
use crate::authority::Permission;
use crate::db::Connection;
use crate::devices::pages::PAGE;
use crate::idempotency::{self, Beginning};
use crate::portal::forms::key_of;
use crate::portal::words::fill;
use crate::portal::{Complaint, Page, PageForm, Place, lead_to, show, show_with};
use crate::problem::Refusal;
use crate::server::{ApiPath, ApiQuery, CloudState};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use porchlight_protocol::customers::{AcceptOfferRequest, AddCustomerRequest};
use porchlight_protocol::session::Language;
use porchlight_protocol::{Base64Url, CustomerId, OrganizationId, ProblemCode};
use serde::Deserialize;
use views::CustomerLine;

pub(crate) fn routes() -> Router<CloudState> {
    Router::new()
        .route("/customers", get(list).post(add_customer))
        .route("/customers/new", get(ask_whom))
        .route("/customers/{id}", get(ask::read).post(ask::send))
        .route("/customers/{id}/link", get(link))
        .route("/offers/{id}/accept", post(say_yes))
        .route("/offers/{id}/refuse", post(say_no))
}

/// Which part of which organization's list.
#[derive(Debug, Deserialize)]
struct Part {
    organization: Option<OrganizationId>,
    after: Option<CustomerId>,
}

/// The organization that was named, if the account works for it; else the first that it works for.
fn organization_of(page: &Page, named: Option<OrganizationId>) -> Result<(OrganizationId, String), Refusal> {
    let found = match named {
        Some(id) => page.partners.iter().find(|(partner, _)| *partner == id),
        None => page.partners.first(),
    };
    found.cloned().ok_or(ProblemCode::NotFound.into())
}

/// Whether the account's role in the organization allows it: a form that could not be sent is not shown.
async fn may(
    db: &mut Connection,
    page: &Page,
    permission: Permission,
    organization: OrganizationId,
) -> Result<bool, Refusal> {
    match page.caller.authorize_for(db, permission, organization).await {
        Ok(()) => Ok(true),
        Err(refusal) if refusal.problem.code == ProblemCode::NotAllowed => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

#[derive(Template)]
#[template(path = "customers/list.html")]
struct CustomersPage<'a> {
    page: &'a Page,
    place: Place,
    organization: OrganizationId,
    title: String,
    customers: Vec<CustomerLine>,
    may_add: bool,
    more: Option<CustomerId>,
}

async fn list(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(part): ApiQuery<Part>,
) -> Result<Response, Refusal> {
    let (organization, company) = organization_of(&page, part.organization)?;
    let (mut db, now, account) = (state.db.read().await?, crate::now(), page.caller.account);
    page.caller.authorize_for(&mut db, Permission::CustomerRead, organization).await?;
    let may_add = may(&mut db, &page, Permission::CustomerAdd, organization).await?;
    let limit = PAGE as i64 + 1;
    let mut rows = store::visible_customers(&mut db, account, organization, part.after, limit, now).await?;
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].id);
    rows.truncate(PAGE);
    let customers = rows.iter().map(|customer| CustomerLine::of(&page, customer)).collect();
    let title = fill(page.reader.words.customers_of, &[("company", &company)]);
    let place = Place::Customers;
    show(&CustomersPage { page: &page, place, organization, title, customers, may_add, more })
}

#[derive(Template)]
#[template(path = "customers/new.html")]
struct NewCustomer<'a> {
    page: &'a Page,
    place: Place,
    form: CustomerForm,
    complaint: Complaint,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerForm {
    organization: OrganizationId,
    email: String,
    given_name: String,
    family_name: String,
    language: Language,
    key: String,
}

async fn ask_whom(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(part): ApiQuery<Part>,
) -> Result<Response, Refusal> {
    let (organization, _) = organization_of(&page, part.organization)?;
    let mut db = state.db.read().await?;
    page.caller.authorize_for(&mut db, Permission::CustomerAdd, organization).await?;
    let form = CustomerForm {
        organization,
        email: String::new(),
        given_name: String::new(),
        family_name: String::new(),
        language: crate::mail::language_from_row(&page.account.language),
        key: page.form_key().to_string(),
    };
    show(&NewCustomer { page: &page, place: Place::Customers, form, complaint: Complaint::default() })
}

async fn add_customer(
    State(state): State<CloudState>,
    page: Page,
    PageForm(form): PageForm<CustomerForm>,
) -> Result<Response, Refusal> {
    match add_once(&state, &page, &form).await {
        Ok(id) => Ok(lead_to(&format!("/customers/{id}"), "added")),
        Err(refusal) => {
            let complaint = Complaint::of(&page.reader, refusal)?;
            let shown = NewCustomer { page: &page, place: Place::Customers, form, complaint };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn add_once(state: &CloudState, page: &Page, form: &CustomerForm) -> Result<CustomerId, Refusal> {
    let wanted = AddCustomerRequest {
        email: form.email.clone(),
        given_name: form.given_name.clone(),
        family_name: form.family_name.clone(),
        language: form.language,
    };
    let key = key_of(&form.key, &format!("/customers?organization={}", form.organization))?;
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    let id = match idempotency::begin(&mut tx, &page.caller, &key, &wanted).await? {
        Beginning::Replay(before) => before.resource()?,
        Beginning::Fresh(reservation) => {
            let customer = add(&mut tx, state, &page.caller, form.organization, &wanted).await?;
            reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &customer.id).await?;
            customer.id
        }
    };
    tx.commit().await?;
    Ok(id)
}

#[derive(Template)]
#[template(path = "customers/link.html")]
struct LinkPage<'a> {
    page: &'a Page,
    place: Place,
    customer: CustomerId,
    title: String,
    body: String,
}

/// A browser has no vault that only our apps read: the page says where Link is.
async fn link(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<CustomerId>,
) -> Result<Response, Refusal> {
    let customer = read(&mut *state.db.read().await?, &page.caller, id).await?;
    let until = customer.until.filter(|_| customer.grant.is_some()).ok_or(ProblemCode::NotFound)?;
    let (words, name) = (page.reader.words, format!("{} {}", customer.given_name, customer.family_name));
    let title = fill(words.customer_link_of, &[("name", &name)]);
    let body = fill(words.link_body, &[("name", &name), ("time", &page.reader.times.say(until))]);
    show(&LinkPage { page: &page, place: Place::Customers, customer: id, title, body })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferForm {
    /// `yes`: what was added meanwhile is kept.
    #[serde(default)]
    keep: String,
    /// What was listed.
    #[serde(default)]
    shown: Option<Base64Url>,
    key: String,
}

async fn say_yes(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<CustomerId>,
    PageForm(form): PageForm<OfferForm>,
) -> Result<Response, Refusal> {
    let wanted = AcceptOfferRequest { keep: form.keep == "yes", shown: form.shown };
    let key = key_of(&form.key, &format!("/offers/{id}/accept"))?;
    let mut tx = state.db.begin().await?;
    confirm_with_offer(&mut tx, &page.caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &page.caller, &key, &wanted).await? {
        accept(&mut tx, &page.caller, id, wanted).await?;
        reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(lead_to("/access", "answered"))
}

async fn say_no(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<CustomerId>,
    PageForm(form): PageForm<OfferForm>,
) -> Result<Response, Refusal> {
    let key = key_of(&form.key, &format!("/offers/{id}/refuse"))?;
    let mut tx = state.db.begin().await?;
    confirm_with_offer(&mut tx, &page.caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &page.caller, &key, &()).await? {
        refuse(&mut tx, &page.caller, id).await?;
        reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(lead_to("/access", "answered"))
}
