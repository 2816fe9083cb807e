//! The JSON routes of accounts and sessions.

use crate::server::CloudState;
use utoipa_axum::router::OpenApiRouter;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new()
}
