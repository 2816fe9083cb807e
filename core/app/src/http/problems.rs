//! Refusals as the cloud writes them (RFC 9457), read leniently: a proxy on the way may answer with anything.

use super::Answer;
use crate::error::{Fault, InputField, Refusal};
use porchlight_protocol::{Problem, ProblemCode};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use std::time::Duration;

/// The longest wait that is believed.
const MAX_RETRY_AFTER: u64 = 24 * 60 * 60;

/// The refusal that an answer is.
pub(super) fn refusal(status: StatusCode, answer: &Answer) -> Fault {
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_problem = kind.split(';').next().is_some_and(|kind| kind.trim() == "application/problem+json");
    let problem: Option<Problem> = if is_problem { serde_json::from_slice(&answer.body).ok() } else { None };
    Fault::Refused(Refusal {
        status: status.as_u16(),
        code: problem.as_ref().map_or(ProblemCode::Unknown, |problem| problem.code),
        field: InputField::of_problem(problem.as_ref().and_then(|problem| problem.field.as_deref())),
        device: problem.as_ref().and_then(|problem| problem.device),
        retry_after: retry_after(&answer.headers),
        dpop_nonce: answer.headers.get("dpop-nonce").and_then(|nonce| nonce.to_str().ok()).map(str::to_owned),
        report_id: problem.and_then(|problem| problem.report_id).filter(|id| is_report_id(id)),
    })
}

/// RFC 9110, section 10.2.3, in seconds; the cloud sends no dates.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}

/// It goes into our log, so it must not be able to bring anything else there.
fn is_report_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
