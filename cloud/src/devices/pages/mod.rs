//! The pages of devices: the list of a section and a site, one device, its name, and letting go of it.

mod list;

pub(crate) use list::{DeviceLine, DeviceList, Shown};

use super::{DeviceChange, change, release, store};
use crate::portal::words::fill;
use crate::portal::{Complaint, Page, PageForm, Place, lead_to, show, show_with};
use crate::problem::Refusal;
use crate::server::{ApiPath, ApiQuery, CloudState};
use crate::sites;
use crate::text;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use porchlight_protocol::devices::Device;
use porchlight_protocol::{DeviceId, ProblemCode};
use serde::Deserialize;

/// Devices on one page.
pub(crate) const PAGE: usize = 50;

/// Where all of them are.
const PAGE_PATH: &str = "/devices";

pub(crate) fn routes() -> Router<CloudState> {
    Router::new()
        .route(PAGE_PATH, get(show_list))
        .route("/devices/{id}", get(read).post(rename))
        .route("/devices/{id}/release", get(ask_release).post(let_go))
}

#[derive(Template)]
#[template(path = "devices/list.html")]
struct DevicesPage<'a> {
    page: &'a Page,
    place: Place,
    list: DeviceList,
}

async fn show_list(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(shown): ApiQuery<Shown>,
) -> Result<Response, Refusal> {
    let list = DeviceList::read(&state, &page, shown, PAGE_PATH, PAGE).await?;
    show(&DevicesPage { page: &page, place: Place::Devices, list })
}

#[derive(Template)]
#[template(path = "devices/device.html")]
struct DevicePage<'a> {
    page: &'a Page,
    place: Place,
    device: Device,
    serial: Vec<String>,
    line: DeviceLine,
    typed: String,
    complaint: Complaint,
}

async fn read(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<DeviceId>,
) -> Result<Response, Refusal> {
    let device = find(&state, &page, id).await?;
    let typed = device.name.clone();
    show(&device_page(&state, &page, device, typed, Complaint::default()).await?)
}

async fn find(state: &CloudState, page: &Page, id: DeviceId) -> Result<Device, Refusal> {
    let device = store::visible_device(&mut *state.db.read().await?, page.caller.sight(), id).await?;
    device.ok_or(ProblemCode::NotFound.into())
}

async fn device_page<'a>(
    state: &CloudState,
    page: &'a Page,
    device: Device,
    typed: String,
    complaint: Complaint,
) -> Result<DevicePage<'a>, Refusal> {
    let mut db = state.db.read().await?;
    let site = sites::store::visible_site(&mut db, page.caller.sight(), device.site).await?;
    let line = list::line(page, &device, site.as_slice());
    let serial = in_fours(device.serial.as_str());
    Ok(DevicePage { page, place: Place::Devices, serial, device, line, typed, complaint })
}

/// A serial as it is easiest to compare: the page draws the gaps, so that what is copied has none.
fn in_fours(serial: &str) -> Vec<String> {
    let letters: Vec<_> = serial.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect()).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RenameForm {
    name: String,
}

async fn rename(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<DeviceId>,
    PageForm(form): PageForm<RenameForm>,
) -> Result<Response, Refusal> {
    match rename_to(&state, &page, id, &form.name).await {
        Ok(()) => Ok(lead_to(&format!("/devices/{id}"), "saved")),
        Err(refusal) => {
            let complaint = Complaint::of(&page.reader, refusal)?;
            let device = find(&state, &page, id).await?;
            let shown = device_page(&state, &page, device, form.name, complaint).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn rename_to(state: &CloudState, page: &Page, id: DeviceId, name: &str) -> Result<(), Refusal> {
    let name = Some(text::check_name("name", name)?);
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    change(&mut tx, &page.caller, id, DeviceChange { name, site: None }).await?;
    Ok(tx.commit().await?)
}

#[derive(Template)]
#[template(path = "devices/release.html")]
struct ReleasePage<'a> {
    page: &'a Page,
    place: Place,
    device: Device,
    title: String,
}

async fn ask_release(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<DeviceId>,
) -> Result<Response, Refusal> {
    let device = find(&state, &page, id).await?;
    let title = fill(page.reader.words.device_remove_title, &[("name", &device.name)]);
    show(&ReleasePage { page: &page, place: Place::Devices, device, title })
}

async fn let_go(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<DeviceId>,
) -> Result<Response, Refusal> {
    let mut tx = state.db.begin().await?;
    page.caller.confirm(&mut tx).await?;
    release(&mut tx, &page.caller, id).await?;
    tx.commit().await?;
    Ok(lead_to(PAGE_PATH, "removed"))
}
