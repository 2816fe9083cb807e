//! The description of the API, made from the code. `cloud/openapi.json` is its committed form.

use porchlight_protocol::Problem;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// The parts that no single route says.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Porchlight",
        description = "Every request of an app names it: `Porchlight-Client: customer-android/1.4.0`. Every error is an RFC 9457 problem with a stable `code`. Requests refuse unknown fields; read answers leniently."
    ),
    components(schemas(Problem)),
    modifiers(&Bearer)
)]
pub(super) struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("pl_at_...")
            .description(Some("Access token of a session; 10 minutes."))
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("session", SecurityScheme::Http(bearer));
    }
}

/// The description as JSON, as it is committed and served.
pub fn to_json() -> String {
    let openapi = super::router::api().into_openapi();
    openapi.to_pretty_json().expect("a description of ours is JSON") + "\n"
}

#[cfg(test)]
mod tests {
    #[test]
    fn committed_description_is_the_code_s() {
        let committed = include_str!("../../openapi.json");
        assert!(
            committed == super::to_json(),
            "cloud/openapi.json is old: cargo run -p porchlight-cloud -- openapi > cloud/openapi.json"
        );
    }
}
