//! `Idempotency-Key` as handlers take it.

use super::IdempotencyKey;
use crate::problem::Refusal;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use porchlight_protocol::IDEMPOTENCY_HEADER;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let header = parts.headers.get(IDEMPOTENCY_HEADER).and_then(|value| value.to_str().ok());
        Self::new(header, parts.method.as_str(), parts.uri.path())
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(16)).max_length(Some(64));
        vec![
            ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some("The same request with the same key counts once, for 24 hours."))
                .schema(Some(key))
                .build(),
        ]
    }
}

/// A status that was remembered.
pub fn status(remembered: u16) -> StatusCode {
    StatusCode::from_u16(remembered).unwrap_or(StatusCode::OK)
}
