//! Links that open an app: which apps may (Android's App Links, Apple's universal links), and the page that a person
//! sees where none is installed.
//!
//! A handoff's code stands in the fragment of such a link. The page has no script at all: nothing there could read it.

use super::page::Bare;
use super::{Reader, show};
use crate::problem::Refusal;
use crate::server::CloudState;
use crate::settings::{AndroidApp, IosApp};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<CloudState> {
    Router::new()
        .route("/h", get(open_app))
        .route("/p", get(open_partner_app))
        .route("/.well-known/assetlinks.json", get(asset_links))
        .route("/.well-known/apple-app-site-association", get(app_site_association))
}

#[derive(Template)]
#[template(path = "open_app.html")]
struct OpenApp<'a> {
    page: Bare<'a>,
    title: &'static str,
    body: &'static str,
}

async fn open_app(reader: Reader) -> Result<Response, Refusal> {
    let words = reader.words;
    show(&OpenApp { page: Bare { reader: &reader }, title: words.open_app_title, body: words.open_app_body })
}

/// Where the customer app sends an installer whose link was too old: it carries nothing.
async fn open_partner_app(reader: Reader) -> Result<Response, Refusal> {
    let words = reader.words;
    let (title, body) = (words.open_partner_app_title, words.open_partner_app_body);
    show(&OpenApp { page: Bare { reader: &reader }, title, body })
}

/// Google's Digital Asset Links: the app with this name, signed with one of these certificates, may open our links.
async fn asset_links(State(state): State<CloudState>) -> Json<Value> {
    let statement = |app: &AndroidApp| {
        json!({
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": { "namespace": "android_app", "package_name": app.package,
                "sha256_cert_fingerprints": [app.fingerprint] },
        })
    };
    Json(state.settings.android_apps.iter().map(statement).collect())
}

/// Apple's: the app opens the links with this path.
async fn app_site_association(State(state): State<CloudState>) -> Json<Value> {
    let detail = |app: &IosApp| json!({ "appIDs": [app.id], "components": [{ "/": app.path }] });
    let details: Vec<_> = state.settings.ios_apps.iter().map(detail).collect();
    Json(json!({ "applinks": { "details": details } }))
}
