//! What a page is made with: for whom ([`Reader`]), and for which session ([`Page`]).

use super::times::Times;
use super::words::{self, Words, fill};
use super::{assets, cookie};
use crate::authority::Caller;
use crate::problem::Refusal;
use crate::secret;
use crate::session::store::AccountRow;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use porchlight_protocol::{OrganizationId, ProblemCode};
use uuid::Uuid;

/// Whoever reads a page: their language and time zone, and the nonce of this page's scripts.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// The words of their language.
    pub(crate) words: &'static Words,
    /// How times are said to them.
    pub(crate) times: Times,
    /// Names the scripts of this page, and no others.
    pub(crate) nonce: String,
    /// Changes with the files that pages load, which browsers keep.
    pub(crate) version: &'static str,
}

/// A page of nobody in particular.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare<'a> {
    /// Who reads it.
    pub(crate) reader: &'a Reader,
}

/// A page of somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Who reads it.
    pub(crate) reader: Reader,
    /// The session of the cookie.
    pub(crate) caller: Caller,
    /// Whose account.
    pub(crate) account: AccountRow,
    /// The partners that the account works for, by name.
    pub(crate) partners: Vec<(OrganizationId, String)>,
    /// Where it is read again from when something changed: path and query.
    pub(crate) here: String,
    /// Where the change feed goes on from what the page shows.
    pub(crate) cursor: String,
    /// What was done just now, as the address says.
    pub(crate) said: Option<&'static str>,
}

/// Which part of the portal a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Devices,
    Access,
    Customers,
    More,
}

impl Reader {
    /// From what the browser says.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut nonce = [0; 16];
        secret::fill_random(&mut nonce);
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let words = words::asked_for(asked.unwrap_or_default());
        Self {
            words,
            times: Times::new(words, cookie::zone_of(headers).as_deref()),
            nonce: STANDARD.encode(nonce),
            version: assets::version(),
        }
    }

    /// From here on in this language.
    pub(super) fn speak(&mut self, language: &str) {
        self.words = words::of_language(language);
        self.times = self.times.clone().said_in(self.words);
    }
}

impl Page {
    /// The parts of the portal, in the order of the apps: place, address, icon, word.
    pub(crate) fn parts(&self) -> Vec<(Place, &'static str, &'static str, &'static str)> {
        let words = self.reader.words;
        let all = [
            (Place::Home, "/", "home", words.tab_home),
            (Place::Devices, "/devices", "device", words.tab_devices),
            (Place::Access, "/access", "access", words.access_title),
            (Place::Customers, "/customers", "people", words.customers_title),
            (Place::More, "/settings", "more", words.tab_more),
        ];
        let works_for_others = !self.partners.is_empty();
        all.into_iter().filter(|(place, ..)| works_for_others || *place != Place::Customers).collect()
    }

    /// A new key for a form, so that one that is sent twice counts once.
    pub(crate) fn form_key(&self) -> Uuid {
        Uuid::new_v4()
    }

    /// What is said about the zone of all times on the page.
    pub(crate) fn zone(&self) -> String {
        fill(self.reader.words.times_in, &[("zone", &self.reader.times.zone_name())])
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or(ProblemCode::SignInRequired.into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or(ProblemCode::Internal.into())
    }
}

/// On to another page, which says what was done.
pub(crate) fn lead_to(path: &str, said: &str) -> Response {
    let sign = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{sign}said={said}")).into_response()
}

/// A path of ours that a form or an address names; home for everything else. Browsers read `/\\` as `//`, and leave out
/// tabs and line breaks: none of them leads to another host.
pub(crate) fn own_path(text: &str) -> &str {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    if is_path && text.len() <= 512 && !text.contains(|c: char| c == '\\' || c.is_control()) {
        text
    } else {
        "/"
    }
}

/// A page.
pub(crate) fn show(page: &impl Template) -> Result<Response, Refusal> {
    show_with(StatusCode::OK, page)
}

/// A page with a status of its own.
pub(crate) fn show_with(status: StatusCode, page: &impl Template) -> Result<Response, Refusal> {
    let html = page.render().map_err(|error| Refusal::internal(&error))?;
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((status, [(header::CONTENT_TYPE, html_type)], html).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_gone_on_to() {
        assert_eq!(own_path("/devices?site=1"), "/devices?site=1");
        let long = "/".to_owned() + &"x".repeat(600);
        for text in [
            "",
            "devices",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "https://evil.example",
            "/\t/evil.example",
            "/\n",
            &long,
        ] {
            assert_eq!(own_path(text), "/", "{text:?}");
        }
    }
}
