//! Whether the server lives (`/healthz`), whether it can serve (`/readyz`), and what time it is (`/v1/time`).

use crate::db::DbError;
use crate::history;
use crate::problem::Refusal;
use crate::server::CloudState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use porchlight_protocol::session::TimeResponse;
use porchlight_protocol::{Problem, ProblemCode};
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long the database may take to answer before the server is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long what was written may wait for its number, in milliseconds.
const MAY_WAIT: i64 = 5_000;

pub(super) fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(time))
}

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 204, description = "It runs.")))]
async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database answers, some process numbers changes, and this one is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 204, description = "It can serve."),
    (status = 503, description = "It cannot, now.", body = Problem, content_type = "application/problem+json"),
))]
async fn readyz(State(state): State<CloudState>) -> Result<StatusCode, Refusal> {
    let is_behind = tokio::time::timeout(PATIENCE, sealer_is_behind(&state)).await;
    match is_behind {
        Ok(Ok(false)) if !state.stopping.is_cancelled() => Ok(StatusCode::NO_CONTENT),
        _ => Err(Refusal::new(ProblemCode::Unavailable).retry_after(1)),
    }
}

async fn sealer_is_behind(state: &CloudState) -> Result<bool, DbError> {
    history::store::is_behind(&mut *state.db.read().await?, crate::now() - MAY_WAIT).await
}

/// The server's clock, for devices and phones that have none to trust.
#[utoipa::path(get, path = "/v1/time", tag = "health", responses((status = 200, body = TimeResponse)))]
async fn time() -> Json<TimeResponse> {
    Json(TimeResponse { now: crate::now() })
}
