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
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long the database may take to answer before the server is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer holds.
const FOUND_OUT_AGAIN: Duration = Duration::from_secs(1);

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

/// Whether the server was ready a moment ago; cheap to clone. Anybody may ask: so it is found out once a second only.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, bool)>>>);

impl Readiness {
    async fn find_out(&self, state: &CloudState) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, ready)) = *last
            && at.elapsed() < FOUND_OUT_AGAIN
        {
            return ready;
        }
        let ready = match tokio::time::timeout(PATIENCE, is_able(state)).await {
            Ok(able) => able.inspect_err(|error| tracing::warn!(%error, "not ready")).unwrap_or(false),
            Err(_) => false,
        };
        *last = Some((Instant::now(), ready));
        ready
    }
}

/// The database can be read and written, and what was written gets its number.
async fn is_able(state: &CloudState) -> Result<bool, DbError> {
    let mut tx = state.db.begin().await?;
    history::store::touch_sealer(&mut tx).await?;
    tx.commit().await?;
    Ok(!history::store::is_behind(&mut *state.db.read().await?, crate::now() - MAY_WAIT).await?)
}

/// The database can be written to, some process numbers changes, and this one is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 204, description = "It can serve."),
    (status = 503, description = "It cannot, now.", body = Problem, content_type = "application/problem+json"),
))]
async fn readyz(State(state): State<CloudState>) -> Result<StatusCode, Refusal> {
    if !state.stopping.is_cancelled() && state.readiness.find_out(&state).await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::new(ProblemCode::Unavailable).retry_after(1))
    }
}

/// The server's clock, for devices and phones that have none to trust.
#[utoipa::path(get, path = "/v1/time", tag = "health", responses((status = 200, body = TimeResponse)))]
async fn time() -> Json<TimeResponse> {
    Json(TimeResponse { now: crate::now() })
}
