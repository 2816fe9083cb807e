//! The JSON routes of devices.

use super::{DeviceChange, store};
use crate::authority::{Caller, Permission};
use crate::devices;
use crate::history::feed::Cursor;
use crate::idempotency::{self, Beginning, IdempotencyKey};
use crate::problem::{ChangeProblems, ReadProblems, Refusal};
use crate::server::{ApiJson, ApiPath, ApiQuery, CloudState};
use crate::sites::api::page_size;
use crate::text;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use porchlight_protocol::devices::{ChangeDeviceRequest, Device, DeviceListResponse, Section};
use porchlight_protocol::{DeviceId, ProblemCode, SiteId};
use serde::Deserialize;
use store::DeviceFilter;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new().routes(routes!(list_devices)).routes(routes!(
        read_device,
        change_device,
        release_device
    ))
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DevicePage {
    /// Devices of this site only.
    site: Option<SiteId>,
    /// Devices of this section only.
    section: Option<Section>,
    /// `next` of the page before.
    after: Option<DeviceId>,
    /// 1 to 200; 50 when it is left out.
    limit: Option<u32>,
}

/// The devices that the account sees, in the order of their ids.
#[utoipa::path(get, path = "/v1/devices", tag = "devices", security(("session" = [])), params(DevicePage),
    responses((status = 200, body = DeviceListResponse), ReadProblems))]
async fn list_devices(
    State(state): State<CloudState>,
    caller: Caller,
    ApiQuery(page): ApiQuery<DevicePage>,
) -> Result<Json<DeviceListResponse>, Refusal> {
    let size = page_size(page.limit)?;
    if page.section == Some(Section::Unknown) {
        return Err(Refusal::field("section"));
    }
    let mut db = state.db.read().await?;
    // Read before the rows: what changes meanwhile comes again by the feed, nothing is missed.
    let cursor = Cursor::now(&mut db).await?.to_string();
    let filter = DeviceFilter { site: page.site, section: page.section, after: page.after };
    let mut devices = store::visible_devices(&mut db, caller.sight(), filter, size as i64 + 1).await?;
    let next = (devices.len() > size).then(|| devices[size - 1].id);
    devices.truncate(size);
    Ok(Json(DeviceListResponse { devices, next, cursor }))
}

/// One device.
#[utoipa::path(get, path = "/v1/devices/{id}", tag = "devices", security(("session" = [])),
    params(("id" = DeviceId, Path)), responses((status = 200, body = Device), ReadProblems))]
async fn read_device(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<DeviceId>,
) -> Result<Json<Device>, Refusal> {
    let device = store::visible_device(&mut *state.db.read().await?, caller.sight(), id).await?;
    Ok(Json(device.ok_or(ProblemCode::NotFound)?))
}

/// Renames a device, or moves it to another site of the same owner.
#[utoipa::path(patch, path = "/v1/devices/{id}", tag = "devices", security(("session" = [])),
    params(("id" = DeviceId, Path), IdempotencyKey),
    request_body = ChangeDeviceRequest, responses((status = 200, body = Device), ChangeProblems))]
async fn change_device(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<DeviceId>,
    key: IdempotencyKey,
    ApiJson(request): ApiJson<ChangeDeviceRequest>,
) -> Result<(StatusCode, Json<Device>), Refusal> {
    let name = request.name.as_deref().map(|name| text::check_name("name", name)).transpose()?;
    let mut tx = state.db.begin().await?;
    caller.confirm(&mut tx).await?;
    let (status, device) = match idempotency::begin(&mut tx, &caller, &key, &request).await? {
        Beginning::Replay(before) => {
            devices::authorize_replay(&mut tx, &caller, id, Permission::DeviceChange).await?;
            let device = store::visible_device(&mut tx, caller.sight(), id).await?;
            (before.status(), device.ok_or(ProblemCode::NotFound)?)
        }
        Beginning::Fresh(reservation) => {
            let wanted = DeviceChange { name, site: request.site };
            let device = devices::change(&mut tx, &caller, id, wanted).await?;
            (reservation.remember(&mut tx, StatusCode::OK.as_u16(), &id).await?, device)
        }
    };
    tx.commit().await?;
    Ok((idempotency::api::status(status), Json(device)))
}

/// Releases a device: it is nobody's, forgets what it was told, and can be claimed again.
#[utoipa::path(delete, path = "/v1/devices/{id}", tag = "devices", security(("session" = [])),
    params(("id" = DeviceId, Path), IdempotencyKey),
    responses((status = 204, description = "It is released."), ChangeProblems))]
async fn release_device(
    State(state): State<CloudState>,
    caller: Caller,
    ApiPath(id): ApiPath<DeviceId>,
    key: IdempotencyKey,
) -> Result<StatusCode, Refusal> {
    let mut tx = state.db.begin().await?;
    caller.confirm(&mut tx).await?;
    let status = match idempotency::begin(&mut tx, &caller, &key, &()).await? {
        Beginning::Replay(before) => {
            devices::authorize_replay(&mut tx, &caller, id, Permission::DeviceRelease).await?;
            before.status()
        }
        Beginning::Fresh(reservation) => {
            devices::release(&mut tx, &caller, id).await?;
            reservation.remember(&mut tx, StatusCode::NO_CONTENT.as_u16(), &id).await?
        }
    };
    tx.commit().await?;
    Ok(idempotency::api::status(status))
}
