//! The files that pages load: one style sheet, our script, htmx with its extension for server-sent events (0BSD), and
//! the icon. They lie in the program, so that there is no folder to install; their addresses change with them, so that
//! browsers may keep them for good.

use crate::secret;
use crate::server::{ApiPath, CloudState};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::sync::LazyLock;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, media type, content.
const FILES: [(&str, &str, &str); 5] = [
    ("porchlight.css", "text/css; charset=utf-8", include_str!("../../static/porchlight.css")),
    ("portal.js", SCRIPT, include_str!("../../static/portal.js")),
    ("htmx.min.js", SCRIPT, include_str!("../../static/htmx.min.js")),
    ("hx-sse.min.js", SCRIPT, include_str!("../../static/hx-sse.min.js")),
    ("porch.svg", "image/svg+xml", include_str!("../../static/porch.svg")),
];

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: String = FILES.iter().map(|(_, _, content)| *content).collect();
    secret::sha256(all.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

pub(super) fn routes() -> Router<CloudState> {
    Router::new().route("/static/{name}", get(file))
}

/// What stands in the addresses of the files.
pub(super) fn version() -> &'static str {
    &VERSION
}

async fn file(ApiPath(name): ApiPath<String>) -> Response {
    let Some((_, media_type, content)) = FILES.iter().find(|(its_name, ..)| *its_name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, *media_type), (header::CACHE_CONTROL, kept)], *content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the publisher's package holds: htmx.org 4.0.1, `dist/` and `dist/ext/`.
    #[test]
    fn scripts_of_others_are_as_they_were_published() {
        let hash = |name| {
            let (_, _, content) = FILES.iter().find(|(its_name, ..)| *its_name == name).unwrap();
            secret::sha256(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        assert_eq!(hash("htmx.min.js"), "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130");
        assert_eq!(hash("hx-sse.min.js"), "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103");
    }
}
