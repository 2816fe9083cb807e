//! What lies around all routes, from the outside in: a log line for each request, headers that keep answers out of
//! caches and sniffers, an end to what takes too long or panics, and a second run for a transaction that lost a race.

use crate::problem::{LostRace, Refusal};
use crate::server::CloudState;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use http_body_util::LengthLimitError;
use porchlight_protocol::ProblemCode;
use std::any::Any;
use std::error::Error as _;
use std::time::{Duration, Instant};
use tracing::Instrument as _;
use uuid::Uuid;

/// The largest body of any route; most take less.
pub(super) const LARGEST_BODY: usize = 64 * 1024;

/// How long a request may take until its answer begins. A stream's events are not counted.
const LONGEST_REQUEST: Duration = Duration::from_secs(20);

/// How often a request whose transaction lost a race runs in all.
const RUNS: u32 = 4;

/// Gives the request an id, logs it. Never the query (it could hold what does not belong into a log), never headers.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    let began = Instant::now();
    async move {
        let mut response = next.run(request).await;
        let status = response.status().as_u16();
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, milliseconds, "answered");
        let headers = response.headers_mut();
        headers.insert(
            HeaderName::from_static("x-request-id"),
            HeaderValue::try_from(id).expect("an id is ASCII"),
        );
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // Nothing is kept but what says so itself: files that change their address when they change.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
    .instrument(span)
    .await
}

/// A handler that panicked: a fault of ours like any other. What it said stays in the log of the panic.
pub(super) fn answer_panic(_: Box<dyn Any + Send>) -> Response {
    #[derive(Debug, thiserror::Error)]
    #[error("a handler panicked")]
    struct Panicked;
    Refusal::internal(&Panicked).into_response()
}

/// Ends what takes too long, the sending of a slow body included.
pub(super) async fn hurry(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST_REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::new(ProblemCode::Unavailable).retry_after(1).into_response(),
    }
}

/// Runs a request again whose transaction lost a race (40001, 40P01, a row that came first).
pub(super) async fn race_again(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = match to_bytes(body, LARGEST_BODY).await {
        Ok(body) => body,
        Err(error) if error.source().is_some_and(|source| source.is::<LengthLimitError>()) => {
            return Refusal::new(ProblemCode::BodyTooLarge).into_response();
        }
        // It broke off, or its chunks are none.
        Err(_) => return Refusal::new(ProblemCode::MalformedRequest).into_response(),
    };
    for run in 1.. {
        let request = Request::from_parts(parts.clone(), Body::from(Bytes::clone(&body)));
        let response = next.clone().run(request).await;
        if run == RUNS || response.extensions().get::<LostRace>().is_none() {
            return response;
        }
        // A little apart, and not in step with whoever won.
        tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>() % 16) * u64::from(run)))
            .await;
    }
    Refusal::new(ProblemCode::Unavailable).into_response()
}

/// Ends streams when the server stops, so that stopping does not wait for them.
pub(super) async fn end_streams(State(state): State<CloudState>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    let (parts, body) = response.into_parts();
    let stream = body.into_data_stream().take_until(state.stopping.cancelled_owned());
    Response::from_parts(parts, Body::from_stream(stream))
}

/// No such route.
pub(super) async fn not_found() -> Refusal {
    ProblemCode::NotFound.into()
}

/// The route exists, with another method.
pub(super) async fn method_not_allowed() -> Refusal {
    ProblemCode::MethodNotAllowed.into()
}
