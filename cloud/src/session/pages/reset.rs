//! The two pages of a new password: which address, then the code that went there and the password. They are the same
//! for whoever forgot theirs and for whoever is signed in and wants another.

use super::LARGEST_BODY;
use crate::portal::layer::SIGN_IN;
use crate::portal::{Bare, Complaint, PageForm, Reader, lead_to, show, show_with};
use crate::problem::Refusal;
use crate::server::CloudState;
use crate::session::{ask_reset, set_password};
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::get;
use porchlight_protocol::ProblemCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// Where it begins: the apps lead here.
const ASK: &str = "/password";

pub(super) fn routes() -> Router<CloudState> {
    let small = DefaultBodyLimit::max(LARGEST_BODY);
    Router::new()
        .route(ASK, get(ask).post(send_code).layer(small))
        .route("/password/new", get(ask_again).post(set).layer(small))
}

#[derive(Template)]
#[template(path = "session/reset.html")]
struct Ask<'a> {
    page: Bare<'a>,
    complaint: Complaint,
}

#[derive(Template)]
#[template(path = "session/new_password.html")]
struct NewPassword<'a> {
    page: Bare<'a>,
    /// Binds the code to this form.
    token: &'a str,
    complaint: Complaint,
    /// No code can be right any more.
    is_over: bool,
}

async fn ask(reader: Reader) -> Result<Response, Refusal> {
    show(&Ask { page: Bare { reader: &reader }, complaint: Complaint::default() })
}

/// Nobody comes here but by the form before; whoever comes back to it later begins again.
async fn ask_again() -> Redirect {
    Redirect::to(ASK)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskForm {
    email: String,
}

async fn send_code(
    State(state): State<CloudState>,
    reader: Reader,
    PageForm(AskForm { email }): PageForm<AskForm>,
) -> Result<Response, Refusal> {
    let page = Bare { reader: &reader };
    match ask_reset(&state, &email).await {
        Ok(token) => {
            // Exposed to stand in the form: this answer is where the browser gets it.
            let token = token.expose_secret();
            show(&NewPassword { page, token, complaint: Complaint::default(), is_over: false })
        }
        Err(refusal) => {
            let status = status_of(&refusal);
            show_with(status, &Ask { page, complaint: Complaint::of(&reader, refusal)? })
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPasswordForm {
    token: SecretString,
    code: SecretString,
    password: SecretString,
}

async fn set(
    State(state): State<CloudState>,
    reader: Reader,
    PageForm(form): PageForm<NewPasswordForm>,
) -> Result<Response, Refusal> {
    let NewPasswordForm { token, code, password } = form;
    // Exposed without the blanks that come along when it is copied from a mail.
    let code = SecretString::from(code.expose_secret().trim());
    match set_password(&state, &token, &code, password).await {
        Ok(()) => Ok(lead_to(SIGN_IN, "password")),
        Err(refusal) => {
            let (status, is_over) = (status_of(&refusal), refusal.problem.code == ProblemCode::ResetOver);
            let complaint = Complaint::of(&reader, refusal)?;
            // Exposed to stand in the form once more.
            let token = token.expose_secret();
            show_with(status, &NewPassword { page: Bare { reader: &reader }, token, complaint, is_over })
        }
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.problem.status).unwrap_or(StatusCode::BAD_REQUEST)
}
