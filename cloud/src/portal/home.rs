//! The home page: what waits for an answer, who has access, and the devices of a section.

use super::{Page, Place, show};
use crate::access::pages::Mine;
use crate::devices::pages::{DeviceList, Shown};
use crate::problem::Refusal;
use crate::server::{ApiQuery, CloudState};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

/// Devices on the home page; all of them are a page away.
const DEVICES: usize = 8;

pub(super) fn routes() -> Router<CloudState> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    page: &'a Page,
    place: Place,
    mine: Mine,
    list: DeviceList,
}

async fn home(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(shown): ApiQuery<Shown>,
) -> Result<Response, Refusal> {
    let mine = Mine::read(&state, &page, None).await?;
    let list = DeviceList::read(&state, &page, shown, "/", DEVICES).await?;
    show(&Home { page: &page, place: Place::Home, mine, list })
}
