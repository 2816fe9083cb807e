//! The JSON routes of sites.

use crate::authority::{Caller, Permission, Resource};
use crate::history::feed::Cursor;
use crate::idempotency::{self, Beginning, IdempotencyKey};
use crate::problem::{ChangeProblems, ReadProblems, Refusal};
use crate::server::{ApiJson, ApiPath, ApiQuery, CloudState};
use crate::sites::{self, store};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use porchlight_protocol::sites::{ChangeSiteRequest, MakeSiteRequest, Site, SiteListResponse};
use porchlight_protocol::{ProblemCode, SiteId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new().routes(routes!(list_sites, make_site)).routes(routes!(read_site, change_site))
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SitePage {
    /// `next` of the page before.
    after: Option<SiteId>,
    /// 1 to 200; 50 when it is left out.
    limit: Option<u32>,
}

/// How many rows a page has: what was asked for, within bounds.
pub(crate) fn page_size(limit: Option<u32>) -> Result<usize, Refusal> {
    let limit = limit.unwrap_or(50);
    if (1..=200).contains(&limit) { Ok(limit as usize) } else { Err(Refusal::field("limit")) }
}

/// The sites that the account sees, in the order of their ids.
#[utoipa::path(get, path = "/v1/sites", tag = "sites", security(("session" = [])), params(SitePage),
    responses((status = 200, body = SiteListResponse), ReadProblems))]
async fn list_sites(
    State(state): State<CloudState>,
    caller: Caller,
    ApiQuery(page): ApiQuery<SitePage>,
) -> Result<Json<SiteListResponse>, Refusal> {
    let size = page_size(page.limit)?;
    let mut db = state.db.read().await?;
    // Read before the rows: what changes meanwhile comes again by the feed, nothing is missed.
    let cursor = Cursor::now(&mut db).await?.to_string();
    let mut sites = store::visible_sites(&mut db, caller.sight(), page.after, size as i64 + 1).await?;
    let next = (sites.len() > size).then(|| sites[size - 1].id);
    sites.truncate(size);
    Ok(Json(SiteListResponse { sites, next, cursor }))
}

/// One site.
#[utoipa::path(get, path = "/v1/sites/{id}", tag = "sites", security(("session" = [])),
    params(("id" = SiteId, Path)), responses((status = 200, body = Site), ReadProblems))]
async fn read_site(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<SiteId>,
) -> Result<Json<Site>, Refusal> {
    let site = store::visible_site(&mut *state.db.read().await?, caller.sight(), id).await?;
    Ok(Json(site.ok_or(ProblemCode::NotFound)?))
}

/// Makes a site; the account owns it.
#[utoipa::path(post, path = "/v1/sites", tag = "sites", security(("session" = [])), params(IdempotencyKey),
    request_body = MakeSiteRequest, responses((status = 201, body = Site), ChangeProblems))]
async fn make_site(
    State(state): State<CloudState>,
    caller: Caller,
    key: IdempotencyKey,
    ApiJson(request): ApiJson<MakeSiteRequest>,
) -> Result<(StatusCode, Json<Site>), Refusal> {
    let mut tx = state.db.begin().await?;
    caller.confirm(&mut tx).await?;
    let (status, site) = match idempotency::begin(&mut tx, &caller, &key, &request).await? {
        Beginning::Replay(before) => {
            (before.status(), sites::read(&mut tx, &caller, before.resource()?).await?)
        }
        Beginning::Fresh(reservation) => {
            let site = sites::make(&mut tx, &caller, &request).await?;
            (reservation.remember(&mut tx, StatusCode::CREATED.as_u16(), &site.id).await?, site)
        }
    };
    tx.commit().await?;
    Ok((idempotency::api::status(status), Json(site)))
}

/// Changes a site's name or address.
#[utoipa::path(patch, path = "/v1/sites/{id}", tag = "sites", security(("session" = [])),
    params(("id" = SiteId, Path), IdempotencyKey),
    request_body = ChangeSiteRequest, responses((status = 200, body = Site), ChangeProblems))]
async fn change_site(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<SiteId>,
    key: IdempotencyKey,
    ApiJson(request): ApiJson<ChangeSiteRequest>,
) -> Result<(StatusCode, Json<Site>), Refusal> {
    let mut tx = state.db.begin().await?;
    caller.confirm(&mut tx).await?;
    let (status, site) = match idempotency::begin(&mut tx, &caller, &key, &request).await? {
        Beginning::Replay(before) => {
            caller.authorize(&mut tx, Permission::SiteChange, Resource::Site(id)).await?;
            (before.status(), sites::read(&mut tx, &caller, id).await?)
        }
        Beginning::Fresh(reservation) => {
            let site = sites::change(&mut tx, &caller, id, &request).await?;
            (reservation.remember(&mut tx, StatusCode::OK.as_u16(), &id).await?, site)
        }
    };
    tx.commit().await?;
    Ok((idempotency::api::status(status), Json(site)))
}
