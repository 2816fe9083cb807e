//! The pages of signing in and out, of where one is signed in, and of a new password ([`reset`]).

mod reset;

use crate::portal::layer::SIGN_IN;
use crate::portal::words::fill;
use crate::portal::{
    self, Bare, Complaint, Page, PageForm, Place, Reader, lead_to, own_path, show, show_with,
};
use crate::problem::Refusal;
use crate::server::{ApiPath, ApiQuery, CloudState};
use crate::session::store::{self, LivingSessionRow};
use crate::session::{self, BROWSER_IDLES, sign_in_browser};
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use porchlight_protocol::SessionId;
use secrecy::SecretString;
use serde::Deserialize;

/// No larger body: a password is never hashed out of a larger one. It is the API's 1,024 bytes as a browser encodes them,
/// where a byte becomes three at most.
const LARGEST_BODY: usize = 3 * 1024;

pub(crate) fn routes() -> Router<CloudState> {
    Router::new()
        .route(SIGN_IN, get(ask).post(sign_in).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .route("/sign-out", post(sign_out))
        .route("/settings", get(settings))
        .route("/sessions/{id}/end", post(end))
        .merge(reset::routes())
}

#[derive(Template)]
#[template(path = "session/sign_in.html")]
struct SignIn<'a> {
    page: Bare<'a>,
    email: String,
    next: String,
    said: Option<&'static str>,
    complaint: Complaint,
}

#[derive(Debug, Default, Deserialize)]
struct Way {
    /// Where a person wanted to go.
    #[serde(default)]
    next: String,
    /// What was done just now.
    #[serde(default)]
    said: String,
}

async fn ask(reader: Reader, ApiQuery(way): ApiQuery<Way>) -> Result<Response, Refusal> {
    let (next, complaint) = (own_path(&way.next).to_owned(), Complaint::default());
    let said = portal::said(reader.words, &way.said);
    show(&SignIn { page: Bare { reader: &reader }, email: String::new(), next, said, complaint })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(state): State<CloudState>,
    reader: Reader,
    headers: HeaderMap,
    PageForm(form): PageForm<SignInForm>,
) -> Result<Response, Refusal> {
    let SignInForm { email, password, next } = form;
    let next = own_path(&next).to_owned();
    match sign_in_browser(&state, &email, password).await {
        Ok(cookie) => {
            // Whoever used this browser before is not signed in behind its back.
            if let Some(former) = portal::layer::caller_of(&state, &headers).await?
                && let Err(refusal) = session::sign_out(&state.db, &former).await
            {
                tracing::debug!(code = ?refusal.problem.code, "the session of before ended by itself");
            }
            Ok(([(header::SET_COOKIE, portal::give(&cookie)?)], Redirect::to(&next)).into_response())
        }
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            let complaint = Complaint::of(&reader, refusal)?;
            show_with(status, &SignIn { page: Bare { reader: &reader }, email, next, said: None, complaint })
        }
    }
}

async fn sign_out(State(state): State<CloudState>, page: Page) -> Result<Response, Refusal> {
    session::sign_out(&state.db, &page.caller).await?;
    Ok(([(header::SET_COOKIE, portal::forget())], Redirect::to(SIGN_IN)).into_response())
}

#[derive(Template)]
#[template(path = "session/settings.html")]
struct Settings<'a> {
    page: &'a Page,
    place: Place,
    sessions: Vec<SessionLine>,
}

struct SessionLine {
    id: SessionId,
    is_this: bool,
    name: &'static str,
    used: String,
}

async fn settings(State(state): State<CloudState>, page: Page) -> Result<Response, Refusal> {
    let now = crate::now();
    let mut db = state.db.read().await?;
    let rows = store::living_sessions(&mut db, page.caller.account, now, now - BROWSER_IDLES).await?;
    let sessions = rows.into_iter().map(|row| line(&page, &row)).collect();
    show(&Settings { page: &page, place: Place::More, sessions })
}

fn line(page: &Page, row: &LivingSessionRow) -> SessionLine {
    let (words, times) = (page.reader.words, &page.reader.times);
    let is_this = row.id == page.caller.session;
    let name = match (is_this, row.in_browser) {
        (true, _) => words.session_this,
        (false, true) => words.session_browser,
        (false, false) => words.session_app,
    };
    let used = [("time", times.say(row.seen_at)), ("since", times.say(row.since))];
    let used = fill(words.session_used, &[(used[0].0, &used[0].1), (used[1].0, &used[1].1)]);
    SessionLine { id: row.id, is_this, name, used }
}

async fn end(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<SessionId>,
) -> Result<Response, Refusal> {
    session::end_session(&state.db, &page.caller, id).await?;
    Ok(lead_to("/settings", "signed-out"))
}
