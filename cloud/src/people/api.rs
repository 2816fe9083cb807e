//! The JSON routes of organizations and their people.

use super::store;
use crate::authority::Caller;
use crate::problem::{ReadProblems, Refusal};
use crate::server::CloudState;
use axum::Json;
use axum::extract::State;
use porchlight_protocol::people::MembershipListResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new().routes(routes!(list_memberships))
}

/// The organizations that the account belongs to.
#[utoipa::path(get, path = "/v1/memberships", tag = "people", security(("session" = [])),
    responses((status = 200, body = MembershipListResponse), ReadProblems))]
async fn list_memberships(
    State(state): State<CloudState>,
    caller: Caller,
) -> Result<Json<MembershipListResponse>, Refusal> {
    let memberships = store::memberships(&mut *state.db.read().await?, caller.account).await?;
    Ok(Json(MembershipListResponse { memberships }))
}
