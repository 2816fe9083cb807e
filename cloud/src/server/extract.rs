//! What handlers take from a request: everything that does not fit becomes a problem (RFC 9457), never axum's own text.

use crate::authority::Caller;
use crate::problem::Refusal;
use crate::server::CloudState;
use crate::server::gate::Gate;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use porchlight_protocol::{IDEMPOTENCY_HEADER, ProblemCode};
use serde::de::DeserializeOwned;

/// A JSON body. Unknown fields, wrong types and wrong values are refused; a value that has the wrong shape is named.
#[derive(Clone, Copy, Debug)]
pub struct ApiJson<T>(pub T);

/// The ids in the path; one that is no id is not found.
#[derive(Clone, Copy, Debug)]
pub struct ApiPath<T>(pub T);

/// The query; what does not fit is malformed.
#[derive(Clone, Copy, Debug)]
pub struct ApiQuery<T>(pub T);

/// Refuses an `Idempotency-Key`: for routes that return secrets, whose answers are not kept.
#[derive(Clone, Copy, Debug)]
pub struct NoIdempotencyKey;

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(ProblemCode::UnsupportedMediaType.into());
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| refuse_body(&rejection))?;
        parse_json(&body).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = media_type.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn refuse_body(rejection: &BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ProblemCode::BodyTooLarge.into()
    } else {
        ProblemCode::MalformedRequest.into()
    }
}

/// Reads JSON; a value of the wrong shape is `invalid_input` with the path of its field, the rest is malformed.
///
/// Every body is an object: serde would read the fields of one from an array too, in an order that is nobody's contract.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(ProblemCode::MalformedRequest.into());
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        // The reason names fields and types of ours, or it would be an error of another kind.
        let reason = error.inner().to_string();
        let is_shape = ["unknown field", "missing field", "duplicate field"]
            .iter()
            .any(|shape| reason.starts_with(shape));
        if error.inner().is_data() && !is_shape && field != "." {
            Refusal::field(&field)
        } else {
            ProblemCode::MalformedRequest.into()
        }
    })?;
    json.end().map_err(|_| Refusal::new(ProblemCode::MalformedRequest))?;
    Ok(value)
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|_| ProblemCode::NotFound.into())
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|_| ProblemCode::MalformedRequest.into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NoIdempotencyKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        if parts.headers.contains_key(IDEMPOTENCY_HEADER) {
            Err(ProblemCode::IdempotencyKeyRefused.into())
        } else {
            Ok(Self)
        }
    }
}

/// The session that makes the request: looked up by the gate, demanded here.
impl FromRequestParts<CloudState> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &CloudState) -> Result<Self, Refusal> {
        match parts.extensions.get::<Gate>() {
            Some(Gate::Known(caller)) => Ok(*caller),
            Some(Gate::Ended(code)) => Err((*code).into()),
            Some(Gate::Unknown) | None => Err(ProblemCode::SignInRequired.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use porchlight_protocol::sites::MakeSiteRequest;

    fn refused(json: &str) -> (u16, Option<String>) {
        let refusal = parse_json::<MakeSiteRequest>(json.as_bytes()).unwrap_err();
        (refusal.problem.status, refusal.problem.field)
    }

    #[test]
    fn malformed_body_is_told_from_a_wrong_value() {
        assert_eq!(refused(""), (400, None));
        assert_eq!(refused("[]"), (400, None));
        assert_eq!(refused(r#" ["a","","UTC"]"#), (400, None));
        assert_eq!(refused(r#"{"name":"a","address":"","time_zone":"UTC"} x"#), (400, None));
        assert_eq!(refused(r#"{"name":"a","address":""}"#), (400, None));
        assert_eq!(refused(r#"{"name":"a","address":"","time_zone":"UTC","x":1}"#), (400, None));
        assert_eq!(refused(r#"{"name":1,"address":"","time_zone":"UTC"}"#), (422, Some("name".into())));
    }
}
