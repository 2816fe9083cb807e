//! The pages of access: what waits for an answer, who has access now, and the answers themselves.

mod views;

use views::BlockedLine;
pub(crate) use views::{GrantLine, RequestCard, may_words, request_state, scope_words};

use super::{confirm_with_grant, confirm_with_request, consent, decline, end, store, unblock, withdraw};
use crate::customers::pages::OfferCard;
use crate::devices::pages::PAGE;
use crate::idempotency::{self, Beginning};
use crate::portal::forms::key_of;
use crate::portal::{Page, PageForm, Place, lead_to, own_path, show};
use crate::problem::Refusal;
use crate::server::{ApiPath, ApiQuery, CloudState};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use porchlight_protocol::access::{ConsentRequest, DeclineRequest, Grant, RequestState};
use porchlight_protocol::{Base64Url, GrantId, OrganizationId, RequestId};
use serde::Deserialize;

pub(crate) fn routes() -> Router<CloudState> {
    Router::new()
        .route("/access", get(read))
        .route("/blocked/{id}/end", post(end_block))
        .route("/requests/{id}/consent", post(say_yes))
        .route("/requests/{id}/decline", post(say_no))
        .route("/requests/{id}/withdraw", post(take_back))
        .route("/grants/{id}/end", post(end_grant))
}

/// What concerns the account's own person: on the home page, too.
pub(crate) struct Mine {
    /// Waiting for an answer.
    pub(crate) requests: Vec<RequestCard>,
    /// Partners that ask whether the account is their customer.
    pub(crate) offers: Vec<OfferCard>,
    /// In force.
    pub(crate) grants: Vec<GrantLine>,
    /// Over, as far as one page goes.
    pub(crate) former: Vec<GrantLine>,
    /// Where the next page of what is over begins: before this one; none on the last.
    pub(crate) more: Option<GrantId>,
}

impl Mine {
    /// What waits, the newest last: what comes meanwhile moves nothing that is being read. What is in force, the newest
    /// first; then what is over, with `before` what is older than that grant.
    pub(crate) async fn read(
        state: &CloudState,
        page: &Page,
        before: Option<GrantId>,
    ) -> Result<Self, Refusal> {
        let (mut db, now, account) = (state.db.read().await?, crate::now(), page.caller.account);
        let requests = store::requests_to(&mut db, account, None, PAGE as i64, now).await?;
        let waiting = requests.into_iter().rev().filter(|request| request.state == RequestState::Pending);
        let offers = crate::customers::store::offers_to(&mut db, account).await?;
        let grants = store::grants_in_force(&mut db, account, now).await?;
        let mut former = store::former_grants(&mut db, account, before, PAGE as i64 + 1, now).await?;
        let more = (former.len() > PAGE).then(|| former[PAGE - 1].id);
        former.truncate(PAGE);
        let lines = |grants: Vec<Grant>| grants.iter().map(|grant| GrantLine::of(page, grant)).collect();
        Ok(Self {
            requests: waiting.map(|request| RequestCard::of(page, &request)).collect(),
            offers: offers.into_iter().map(|offer| OfferCard::of(page, offer)).collect(),
            grants: lines(grants),
            former: lines(former),
            more,
        })
    }
}

#[derive(Template)]
#[template(path = "access/access.html")]
struct AccessPage<'a> {
    page: &'a Page,
    place: Place,
    mine: Mine,
    blocked: Vec<BlockedLine>,
}

#[derive(Debug, Deserialize)]
struct Part {
    before: Option<GrantId>,
}

async fn read(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(part): ApiQuery<Part>,
) -> Result<Response, Refusal> {
    let mine = Mine::read(&state, &page, part.before).await?;
    let blocked = store::blocked_by(&mut *state.db.read().await?, page.caller.account).await?;
    let blocked =
        blocked.into_iter().map(|(company, since)| BlockedLine::of(&page, company, since)).collect();
    show(&AccessPage { page: &page, place: Place::Access, mine, blocked })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentForm {
    /// What was shown.
    terms: Base64Url,
    /// Seconds; empty for as long as was asked.
    #[serde(default)]
    lasts: String,
    key: String,
}

async fn say_yes(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<RequestId>,
    PageForm(form): PageForm<ConsentForm>,
) -> Result<Response, Refusal> {
    let lasts = Some(form.lasts).filter(|lasts| !lasts.is_empty());
    let lasts = lasts.map(|lasts| lasts.parse().map_err(|_| Refusal::field("lasts"))).transpose()?;
    let wanted = ConsentRequest { terms: form.terms, lasts };
    let key = key_of(&form.key, &format!("/requests/{id}/consent"))?;
    let mut tx = state.db.begin().await?;
    confirm_with_request(&mut tx, &page.caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &page.caller, &key, &wanted).await? {
        consent(&mut tx, &page.caller, id, &wanted).await?;
        reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(lead_to("/access", "granted"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclineForm {
    /// Ticked: take no more requests from the company.
    #[serde(default)]
    block: Option<String>,
    key: String,
}

async fn say_no(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<RequestId>,
    PageForm(form): PageForm<DeclineForm>,
) -> Result<Response, Refusal> {
    let wanted = DeclineRequest { block: form.block.is_some() };
    let key = key_of(&form.key, &format!("/requests/{id}/decline"))?;
    let mut tx = state.db.begin().await?;
    confirm_with_request(&mut tx, &page.caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &page.caller, &key, &wanted).await? {
        decline(&mut tx, &page.caller, id, wanted).await?;
        reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &id).await?;
    }
    tx.commit().await?;
    Ok(lead_to("/access", "declined"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BackForm {
    /// The page that it was done on.
    #[serde(default)]
    back: String,
}

async fn take_back(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<RequestId>,
    PageForm(form): PageForm<BackForm>,
) -> Result<Response, Refusal> {
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    withdraw(&mut tx, &page.caller, id).await?;
    tx.commit().await?;
    Ok(lead_to(own_path(&form.back), "withdrawn"))
}

async fn end_grant(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<GrantId>,
    PageForm(form): PageForm<BackForm>,
) -> Result<Response, Refusal> {
    let mut tx = state.db.begin().await?;
    confirm_with_grant(&mut tx, &page.caller, id).await?;
    end(&mut tx, &page.caller, id).await?;
    tx.commit().await?;
    Ok(lead_to(own_path(&form.back), "ended"))
}

async fn end_block(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<OrganizationId>,
) -> Result<Response, Refusal> {
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    unblock(&mut tx, &page.caller, id).await?;
    tx.commit().await?;
    Ok(lead_to("/access", "unblocked"))
}
