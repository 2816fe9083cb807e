//! What lies around the routes, with the real router or with routes made for the purpose.

mod listening;
mod session;

use super::*;
use crate::history;
use crate::history::store::{ChangeKind, NewChangeRow};
use crate::problem::Refusal;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response, StatusCode};
use axum::routing::{get, post};
use porchlight_protocol::sites::MakeSiteRequest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Where these tests put routes of their own: doors that are open to everybody.
const OPEN_POST: &str = "/v1/accounts/codes";
const OPEN_GET: &str = "/v1/time";

fn on_free_ports(folder: &std::path::Path) -> Settings {
    let mut settings = Settings::in_folder(folder);
    settings.http.set_port(0);
    settings.mqtt.set_port(0);
    settings
}

async fn state(change: impl FnOnce(&mut Settings)) -> (CloudState, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = on_free_ports(folder.path());
    change(&mut settings);
    let key = ServerKey::open(&settings.server_key).unwrap();
    let db = Db::open(&settings.database).await.unwrap();
    (CloudState::new(settings, db, key), folder)
}

/// A request of an app that names itself.
fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header("porchlight-client", "customer-test/1.0.0")
}

fn json_body(body: &str) -> Request<Body> {
    let request = request("POST", OPEN_POST).header("content-type", "application/json");
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn problem(response: Response<Body>) -> (u16, String, Value) {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 100_000).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    (status, body["code"].as_str().unwrap().to_owned(), body)
}

async fn ask(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn app_that_does_not_name_itself_is_told_how() {
    let (state, _folder) = state(|_| {}).await;
    let router = router(state);
    for name in [None, Some("browser"), Some("app/1.0")] {
        let mut request = Request::builder().uri("/v1/account");
        if let Some(name) = name {
            request = request.header("porchlight-client", name);
        }
        let (status, _, body) = problem(ask(&router, request.body(Body::empty()).unwrap()).await).await;
        assert_eq!(status, 400);
        assert!(body["title"].as_str().unwrap().contains("Porchlight-Client"), "{body}");
    }
}

#[tokio::test]
async fn app_older_than_the_minimum_must_update() {
    let (state, _folder) = state(|settings| settings.minimum_client = (1, 0, 1)).await;
    let response = ask(&router(state), request("GET", "/v1/account").body(Body::empty()).unwrap()).await;
    let (status, code, _) = problem(response).await;
    assert_eq!((status, code.as_str()), (426, "update_required"));
}

#[tokio::test]
async fn time_description_and_health_ask_nobody_who_they_are() {
    let (state, _folder) = state(|_| {}).await;
    let router = router(state);
    for (path, status) in [("/v1/time", 200), ("/v1/openapi.json", 200), ("/healthz", 204)] {
        let response = ask(&router, Request::builder().uri(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(response.headers().contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn unknown_route_and_wrong_method_are_problems() {
    let (state, _folder) = state(|_| {}).await;
    let router = router(state);
    let not_found = ask(&router, request("GET", "/v1/nothing").body(Body::empty()).unwrap()).await;
    assert_eq!(problem(not_found).await.1, "not_found");
    let wrong_method = ask(&router, request("PATCH", "/v1/account").body(Body::empty()).unwrap()).await;
    assert_eq!(problem(wrong_method).await.1, "method_not_allowed");
}

#[tokio::test]
async fn route_for_a_session_demands_one() {
    let (state, _folder) = state(|_| {}).await;
    let router = router(state);
    let unknown = crate::secret::mint(crate::secret::SecretKind::Access);
    let unknown = secrecy::ExposeSecret::expose_secret(&unknown).to_owned();
    for token in [None, Some("Bearer x".to_owned()), Some(format!("Bearer {unknown}")), Some(unknown)] {
        let mut request = request("GET", "/v1/account");
        if let Some(token) = &token {
            request = request.header("authorization", token);
        }
        let (status, code, _) = problem(ask(&router, request.body(Body::empty()).unwrap()).await).await;
        assert_eq!((status, code.as_str()), (401, "sign_in_required"), "{token:?}");
    }
}

#[tokio::test]
async fn page_that_nobody_decided_about_is_closed_and_says_so_as_a_page() {
    let (state, _folder) = state(|_| {}).await;
    let routes = Router::new().route("/undecided", get(|| async { "a secret of the handler" }));
    let router = router::surround(routes, state);
    for path in ["/undecided", "/nowhere"] {
        let request = Request::builder().uri(path).header("accept-language", "de").body(Body::empty());
        let response = ask(&router, request.unwrap()).await;
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert!(response.headers().contains_key("content-security-policy"));
        let page = to_bytes(response.into_body(), 100_000).await.unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert!(page.contains("Hier ist nichts für dein Konto.") && !page.contains("secret"), "{page}");
    }
}

async fn take_site(ApiJson(_): ApiJson<MakeSiteRequest>) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[tokio::test]
async fn body_that_does_not_fit_is_a_problem_that_says_how() {
    let (state, _folder) = state(|_| {}).await;
    let routes = Router::new().route(OPEN_POST, post(take_site));
    let router = router::surround(routes, state);
    let good = json!({ "name": "a", "address": "", "time_zone": "UTC" });
    assert_eq!(ask(&router, json_body(&good.to_string())).await.status(), 204);
    for (body, code) in [
        ("", "malformed_request"),
        ("{", "malformed_request"),
        ("null", "malformed_request"),
        (r#"{"name":"a","address":"","time_zone":"UTC","more":1}"#, "malformed_request"),
        (r#"{"name":7,"address":"","time_zone":"UTC"}"#, "invalid_input"),
    ] {
        assert_eq!(problem(ask(&router, json_body(body)).await).await.1, code, "{body}");
    }
    let large = " ".repeat(layers::LARGEST_BODY + 1);
    assert_eq!(problem(ask(&router, json_body(&large)).await).await.0, 413);
    let text = request("POST", OPEN_POST).header("content-type", "text/plain");
    let text = text.body(Body::from(good.to_string())).unwrap();
    assert_eq!(problem(ask(&router, text).await).await.0, 415);
}

#[tokio::test]
async fn large_password_body_is_refused_before_it_is_read() {
    let (state, _folder) = state(|_| {}).await;
    let body = json!({ "email": "kim@example.org", "password": "x".repeat(1024) }).to_string();
    let request = request("POST", "/v1/sessions").header("content-type", "application/json");
    let response = ask(&router(state), request.body(Body::from(body)).unwrap()).await;
    assert_eq!(problem(response).await.1, "body_too_large");
}

#[tokio::test]
async fn handler_that_panics_is_a_fault_of_ours_with_a_name() {
    let (state, _folder) = state(|_| {}).await;
    async fn panics() -> StatusCode {
        panic!("a secret of the handler");
    }
    let router = router::surround(Router::new().route(OPEN_GET, get(panics)), state);
    let (status, code, body) =
        problem(ask(&router, request("GET", OPEN_GET).body(Body::empty()).unwrap()).await).await;
    assert_eq!((status, code.as_str()), (500, "internal"));
    assert!(body["report_id"].as_str().unwrap().len() >= 32);
    assert!(!body.to_string().contains("secret of the handler"));
}

/// A route that loses so many races before it wins, and says how often it ran and with what.
fn racing(losses: u32) -> (Router<CloudState>, Arc<AtomicU32>) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let handler = move |body: Bytes| async move {
        if counted.fetch_add(1, Ordering::SeqCst) < losses {
            return Err(Refusal::from(DbError::TryAgain));
        }
        Ok(body)
    };
    (Router::new().route(OPEN_POST, post(handler)), runs)
}

#[tokio::test]
async fn request_that_lost_a_race_runs_again_with_the_same_body() {
    let (state, _folder) = state(|_| {}).await;
    let (routes, runs) = racing(3);
    let response = ask(&router::surround(routes, state), json_body("the body")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "the body");
    assert_eq!(runs.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn request_that_keeps_losing_is_told_to_come_back() {
    let (state, _folder) = state(|_| {}).await;
    let (routes, runs) = racing(100);
    let response = ask(&router::surround(routes, state), json_body("the body")).await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(problem(response).await.0, 503);
    assert_eq!(runs.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn sign_ins_of_an_address_are_limited_and_say_so() {
    let (state, _folder) = state(|settings| settings.sign_ins_per_minute = 2).await;
    let router = router(state);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let request = request("POST", "/v1/sessions").body(Body::empty()).unwrap();
        let response = ask(&router, request).await;
        assert_eq!(response.headers()["ratelimit-policy"], "\"address\";q=2;w=60");
        assert!(response.headers()["ratelimit"].to_str().unwrap().starts_with("\"address\";r="));
        statuses.push((response.status().as_u16(), response.headers().contains_key("retry-after")));
    }
    assert_eq!(statuses, [(415, false), (415, false), (429, true)]);
}

#[tokio::test]
async fn stream_ends_when_the_server_stops() {
    let (state, _folder) = state(|_| {}).await;
    async fn endless() -> Response<Body> {
        let beats = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("data: x\n\n"));
        let beats = futures_util::StreamExt::then(beats, |beat| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            beat
        });
        Response::builder()
            .header("content-type", "text/event-stream")
            .body(Body::from_stream(beats))
            .unwrap()
    }
    let stopping = state.stopping.clone();
    let router = router::surround(Router::new().route(OPEN_GET, get(endless)), state);
    let response = ask(&router, request("GET", OPEN_GET).body(Body::empty()).unwrap()).await;
    let reading = tokio::spawn(to_bytes(response.into_body(), usize::MAX));
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(!reading.is_finished());
    stopping.cancel();
    let read = tokio::time::timeout(Duration::from_secs(1), reading).await.unwrap().unwrap().unwrap();
    assert!(read.starts_with(b"data: x"));
}

#[tokio::test]
async fn server_whose_changes_nobody_numbers_is_not_ready() {
    let (state, _folder) = state(|_| {}).await;
    let router = router(state.clone());
    let ready = || ask(&router, Request::builder().uri("/readyz").body(Body::empty()).unwrap());
    assert_eq!(ready().await.status(), 204);
    let mut tx = state.db.begin().await.unwrap();
    let row = NewChangeRow {
        at: crate::now() - 60_000,
        kind: ChangeKind::Site,
        subject: uuid::Uuid::now_v7(),
        site: None,
        account: None,
    };
    history::store::insert_change(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    // An answer holds for a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(problem(ready().await).await.0, 503);
}

#[tokio::test]
async fn server_that_stops_is_not_ready() {
    let (state, _folder) = state(|_| {}).await;
    state.stopping.cancel();
    let response = ask(&router(state), Request::builder().uri("/readyz").body(Body::empty()).unwrap()).await;
    assert_eq!(problem(response).await.0, 503);
}
