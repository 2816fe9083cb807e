//! The pages of sites: the list, one with its devices, making and renaming one.

use super::{change, make, store};
use crate::authority::Sight;
use crate::clock;
use crate::devices::pages::PAGE;
use crate::idempotency::{self, Beginning};
use crate::portal::forms::key_of;
use crate::portal::{Complaint, Page, PageForm, Place, lead_to, show, show_with};
use crate::problem::Refusal;
use crate::server::{ApiPath, ApiQuery, CloudState};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use porchlight_protocol::sites::{ChangeSiteRequest, MakeSiteRequest, Site};
use porchlight_protocol::{ProblemCode, SiteId};
use serde::Deserialize;

pub(crate) fn routes() -> Router<CloudState> {
    Router::new()
        .route("/sites", get(list).post(make_site))
        .route("/sites/new", get(ask))
        .route("/sites/{id}", get(read).post(rename))
}

#[derive(Template)]
#[template(path = "sites/list.html")]
struct SitesPage<'a> {
    page: &'a Page,
    place: Place,
    sites: Vec<Site>,
    more: Option<SiteId>,
}

#[derive(Debug, Deserialize)]
struct Part {
    after: Option<SiteId>,
}

async fn list(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(part): ApiQuery<Part>,
) -> Result<Response, Refusal> {
    let mut db = state.db.read().await?;
    let mut sites = store::visible_sites(&mut db, page.caller.sight(), part.after, PAGE as i64 + 1).await?;
    let more = (sites.len() > PAGE).then(|| sites[PAGE - 1].id);
    sites.truncate(PAGE);
    show(&SitesPage { page: &page, place: Place::More, sites, more })
}

#[derive(Template)]
#[template(path = "sites/new.html")]
struct NewSite<'a> {
    page: &'a Page,
    place: Place,
    form: SiteForm,
    zones: Vec<&'static str>,
    complaint: Complaint,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteForm {
    name: String,
    address: String,
    time_zone: String,
    key: String,
}

fn new_site(page: &Page, form: SiteForm, complaint: Complaint) -> NewSite<'_> {
    NewSite { page, place: Place::More, form, zones: clock::zone_names(), complaint }
}

async fn ask(page: Page) -> Result<Response, Refusal> {
    let time_zone = page.reader.times.zone_name().to_owned();
    let key = page.form_key().to_string();
    let form = SiteForm { name: String::new(), address: String::new(), time_zone, key };
    show(&new_site(&page, form, Complaint::default()))
}

async fn make_site(
    State(state): State<CloudState>,
    page: Page,
    PageForm(form): PageForm<SiteForm>,
) -> Result<Response, Refusal> {
    match make_once(&state, &page, &form).await {
        Ok(id) => Ok(lead_to(&format!("/sites/{id}"), "made")),
        Err(refusal) => {
            let complaint = Complaint::of(&page.reader, refusal)?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &new_site(&page, form, complaint))
        }
    }
}

async fn make_once(state: &CloudState, page: &Page, form: &SiteForm) -> Result<SiteId, Refusal> {
    let wanted = MakeSiteRequest {
        name: form.name.clone(),
        address: form.address.clone(),
        time_zone: form.time_zone.clone(),
    };
    let key = key_of(&form.key, "/sites")?;
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    let id = match idempotency::begin(&mut tx, &page.caller, &key, &wanted).await? {
        Beginning::Replay(before) => before.resource()?,
        Beginning::Fresh(reservation) => {
            let site = make(&mut tx, &page.caller, &wanted).await?;
            reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &site.id).await?;
            site.id
        }
    };
    tx.commit().await?;
    Ok(id)
}

#[derive(Template)]
#[template(path = "sites/site.html")]
struct SitePage<'a> {
    page: &'a Page,
    place: Place,
    site: Site,
    form: RenameForm,
    complaint: Complaint,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RenameForm {
    name: String,
    address: String,
}

async fn read(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<SiteId>,
) -> Result<Response, Refusal> {
    let site = find(&state, page.caller.sight(), id).await?;
    let form = RenameForm { name: site.name.clone(), address: site.address.clone() };
    show(&SitePage { page: &page, place: Place::More, site, form, complaint: Complaint::default() })
}

async fn find(state: &CloudState, sight: Sight, id: SiteId) -> Result<Site, Refusal> {
    let site = store::visible_site(&mut *state.db.read().await?, sight, id).await?;
    site.ok_or(ProblemCode::NotFound.into())
}

async fn rename(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<SiteId>,
    PageForm(form): PageForm<RenameForm>,
) -> Result<Response, Refusal> {
    match rename_to(&state, &page, id, &form).await {
        Ok(()) => Ok(lead_to(&format!("/sites/{id}"), "saved")),
        Err(refusal) => {
            let complaint = Complaint::of(&page.reader, refusal)?;
            let site = find(&state, page.caller.sight(), id).await?;
            let shown = SitePage { page: &page, place: Place::More, site, form, complaint };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn rename_to(state: &CloudState, page: &Page, id: SiteId, form: &RenameForm) -> Result<(), Refusal> {
    let wanted = ChangeSiteRequest { name: Some(form.name.clone()), address: Some(form.address.clone()) };
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    change(&mut tx, &page.caller, id, &wanted).await?;
    Ok(tx.commit().await?)
}
