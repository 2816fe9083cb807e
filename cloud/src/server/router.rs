//! All routes in one place, and what lies around them.

use crate::server::{CloudState, gate, health, layers, openapi};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

/// The routes of all features, with their description.
pub(super) fn api() -> OpenApiRouter<CloudState> {
    OpenApiRouter::with_openapi(openapi::Api::openapi())
        .merge(health::routes())
        .merge(crate::session::api::routes())
        .merge(crate::sites::api::routes())
        .merge(crate::devices::api::routes())
        .merge(crate::add_device::api::routes())
        .merge(crate::history::api::routes())
        .merge(crate::people::api::routes())
        .merge(crate::customers::api::routes())
        .merge(crate::access::api::routes())
        .merge(crate::handoff::api::routes())
}

/// The whole server as a service.
pub fn router(state: CloudState) -> Router {
    let (routes, _) = api().split_for_parts();
    let description: Arc<str> = openapi::to_json().into();
    let describe =
        move || async move { ([(header::CONTENT_TYPE, "application/json")], description.to_string()) };
    surround(routes.route("/v1/openapi.json", get(describe)).merge(crate::portal::routes()), state)
}

/// What lies around routes; the last is the outermost.
pub(super) fn surround(routes: Router<CloudState>, state: CloudState) -> Router {
    routes
        .fallback(layers::not_found)
        .method_not_allowed_fallback(layers::method_not_allowed)
        .layer(DefaultBodyLimit::max(layers::LARGEST_BODY))
        .layer(from_fn(layers::race_again))
        .layer(from_fn_with_state(state.clone(), gate::pass))
        .layer(from_fn(layers::hurry))
        .layer(CatchPanicLayer::custom(layers::answer_panic))
        .layer(from_fn_with_state(state.clone(), crate::portal::layer::pass))
        .layer(from_fn_with_state(state.clone(), layers::end_streams))
        .layer(from_fn(layers::observe))
        .with_state(state)
}
