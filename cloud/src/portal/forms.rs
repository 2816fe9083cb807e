//! What is said when something was refused: about one field of a form, or about all of it.

use super::Reader;
use super::page::{self, Bare};
use super::words::{Words, fill};
use crate::idempotency::IdempotencyKey;
use crate::problem::Refusal;
use askama::Template;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use porchlight_protocol::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

/// A form. Fields that it does not have are refused, as are bodies larger than its route takes.
#[derive(Clone, Debug)]
pub(crate) struct PageForm<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PageForm<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let form = Form::<T>::from_request(request, state).await;
        form.map(|Form(form)| Self(form)).map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::BodyTooLarge.into(),
            _ => ProblemCode::MalformedRequest.into(),
        })
    }
}

/// The key of a form, which counts at one address.
pub(crate) fn key_of(key: &str, path: &str) -> Result<IdempotencyKey, Refusal> {
    IdempotencyKey::new(Some(key), "POST", path)
}

/// What stands at a form that was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The field it is about; empty for the whole form, or when there is nothing to complain about.
    pub(crate) field: String,
    /// Empty when there is nothing to complain about.
    pub(crate) text: String,
}

impl Complaint {
    /// What a person can do something about at the form itself; the rest is a page of its own.
    pub(crate) fn of(reader: &Reader, refusal: Refusal) -> Result<Self, Refusal> {
        if refusal.try_again {
            return Err(refusal);
        }
        match refusal.problem.code {
            ProblemCode::InvalidInput => {
                let field = refusal.problem.field.clone().unwrap_or_default();
                Ok(Self { text: about_field(reader.words, &field).to_owned(), field })
            }
            ProblemCode::WrongCode => {
                Ok(Self { text: reader.words.input_code.to_owned(), field: "code".into() })
            }
            ProblemCode::WrongCredentials
            | ProblemCode::AccountDisabled
            | ProblemCode::ResetOver
            | ProblemCode::TooManyRequests
            | ProblemCode::RequestsRefused
            | ProblemCode::CustomerExists
            | ProblemCode::CustomerNotConfirmed
            | ProblemCode::Unavailable => {
                let text = say(reader, &refusal.problem, refusal.retry_after);
                Ok(Self { field: String::new(), text })
            }
            _ => Err(refusal),
        }
    }

    /// The same for a request for access: too much was asked for, and nothing was tried in vain.
    pub(crate) fn of_asking(reader: &Reader, refusal: Refusal) -> Result<Self, Refusal> {
        match (refusal.problem.code, refusal.retry_after) {
            (ProblemCode::TooManyRequests, Some(seconds)) => {
                let text = fill(reader.words.ask_later, &[("time", &say_again(reader, seconds))]);
                Ok(Self { field: String::new(), text })
            }
            _ => Self::of(reader, refusal),
        }
    }

    /// Whether it is about this field.
    pub(crate) fn is_about(&self, field: &str) -> bool {
        !self.text.is_empty() && self.field == field
    }

    /// Whether it is about the form as a whole, or about a field that the form does not show.
    pub(crate) fn is_general<'a>(&self, fields: impl AsRef<[&'a str]>) -> bool {
        !self.text.is_empty() && !fields.as_ref().contains(&self.field.as_str())
    }
}

fn about_field(words: &'static Words, field: &str) -> &'static str {
    match field {
        "email" => words.input_email,
        "password" => words.input_password,
        "name" | "given_name" | "family_name" => words.input_name,
        "address" | "comment" => words.input_address,
        "time_zone" => words.input_time_zone,
        "permissions" => words.input_permissions,
        "lasts" => words.input_lasts,
        "site" | "device" => words.input_scope,
        _ => words.input_other,
    }
}

/// A problem in a person's words.
fn say(reader: &Reader, problem: &Problem, retry_after: Option<u32>) -> String {
    let words = reader.words;
    let text = match problem.code {
        ProblemCode::NotFound | ProblemCode::MethodNotAllowed => words.problem_not_found,
        ProblemCode::NotAllowed if problem.field.is_some() => words.error_other_site,
        ProblemCode::NotAllowed => words.error_role,
        ProblemCode::WrongCredentials => words.error_wrong_credentials,
        ProblemCode::AccountDisabled => words.error_account_disabled,
        ProblemCode::ResetOver => words.error_reset_over,
        ProblemCode::RequestOver => words.error_request_over,
        ProblemCode::RequestsRefused => words.error_requests_refused,
        ProblemCode::CustomerExists => words.error_customer_exists,
        ProblemCode::CustomerNotConfirmed => words.ask_not_yet,
        ProblemCode::Unavailable => words.error_unavailable,
        ProblemCode::BodyTooLarge => words.problem_too_large,
        ProblemCode::Internal => words.problem_internal,
        ProblemCode::InvalidInput => about_field(words, problem.field.as_deref().unwrap_or_default()),
        ProblemCode::TooManyRequests => match retry_after {
            Some(seconds) => {
                return fill(words.error_too_often_until, &[("time", &say_again(reader, seconds))]);
            }
            None => words.error_too_often,
        },
        _ => words.problem_changed,
    };
    text.to_owned()
}

/// When it is worth trying again: the minute after, since times are said in minutes.
fn say_again(reader: &Reader, seconds: u32) -> String {
    const MINUTE: i64 = 60_000;
    let at = crate::now() + i64::from(seconds) * 1000;
    reader.times.say((at + MINUTE - 1) / MINUTE * MINUTE)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Bare<'a>,
    text: String,
    report: Option<String>,
}

/// A page in the place of a problem, with the problem's status.
pub(super) fn show_problem(reader: &Reader, problem: &Problem, response: Response) -> Response {
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|text| text.parse().ok());
    let report = problem.report_id.as_ref().map(|id| fill(reader.words.report_id, &[("id", id)]));
    let shown = ProblemPage { page: Bare { reader }, text: say(reader, problem, retry_after), report };
    match page::show_with(response.status(), &shown) {
        Ok(mut page) => {
            for (name, value) in response.headers() {
                page.headers_mut().entry(name).or_insert_with(|| value.clone());
            }
            page.headers_mut().remove(header::CONTENT_LENGTH);
            page
        }
        Err(_) => response,
    }
}
