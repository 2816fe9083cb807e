//! What lies around all pages:
//!
//! 1. A form that another site's page sends is refused: `Sec-Fetch-Site` says where it came from (Fetch Metadata,
//!    section 2.3), in an older browser `Origin` (RFC 6454, section 7). There are no tokens in forms.
//! 2. The cookie is looked up at each page that is not open to anybody; the table of doors says whether it may be used
//!    (`authority::doors`). Without a session a page leads to the sign-in, and from there back.
//! 3. Whatever is answered gets the headers of a page: no script but those this answer names, no frame, no form to
//!    elsewhere (CSP level 3), no referrer, TLS only from now on (RFC 6797).
//! 4. A problem becomes a page that says what happened in the reader's language.

use super::{Page, Reader, cookie, forms};
use crate::authority::doors::{self, Door};
use crate::authority::{self, Caller};
use crate::history::feed::Cursor;
use crate::people;
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_presented};
use crate::server::{CloudState, address, tell_limit};
use crate::session;
use crate::sites;
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use porchlight_protocol::people::OrganizationKind;
use porchlight_protocol::{CLIENT_HEADER, Problem, ProblemCode};

/// The page that leads in.
pub(crate) const SIGN_IN: &str = "/sign-in";

/// The stream of what changed: no page, and nothing that a person did.
pub(crate) const EVENTS: &str = "/events";

/// What htmx says of itself: links and forms of ours are the browser's own, so only a page that reads itself again
/// sends it.
const BY_ITSELF: &str = "hx-request";

/// How long browsers shall come by TLS only: two years.
const STRICT_TRANSPORT: &str = "max-age=63072000";

/// Lets a request for a page in, and dresses the answer.
pub(crate) async fn pass(State(state): State<CloudState>, request: Request, next: Next) -> Response {
    if is_for_programs(&request) {
        return next.run(request).await;
    }
    let mut reader = Reader::of(request.headers());
    let answer = answer(&state, &mut reader, request, next).await;
    let mut response = answer.unwrap_or_else(|refusal| refusal.into_response());
    if let Some(problem) = response.extensions().get::<Problem>().cloned() {
        response = forms::show_problem(&reader, &problem, response);
    }
    protect(response.headers_mut(), &reader.nonce);
    response
}

/// What no person asks for; an app that asks for what is not there, too, reads problems and no pages.
fn is_for_programs(request: &Request) -> bool {
    let path = request.uri().path();
    let is_lost_app =
        request.headers().contains_key(CLIENT_HEADER) && request.extensions().get::<MatchedPath>().is_none();
    path.starts_with("/v1/") || path == "/healthz" || path == "/readyz" || is_lost_app
}

async fn answer(
    state: &CloudState,
    reader: &mut Reader,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if !request.method().is_safe() && !is_from_here(&request) {
        let mut refusal = Refusal::new(ProblemCode::NotAllowed);
        refusal.problem.field = Some(header::ORIGIN.to_string());
        return Err(refusal);
    }
    let Some(route) = request.extensions().get::<MatchedPath>().cloned() else {
        // What no route answers is for the fallbacks to say.
        return Ok(next.run(request).await);
    };
    let door = doors::door_of(request.method().as_str(), route.as_str())
        .ok_or_else(|| doors::refuse_undecided(route.as_str()))?;
    let mut counted = None;
    if request.method() == Method::POST && door == Door::Open {
        let standing = state.limits.count_sign_in(address(&state.settings.trusted_proxies, &request));
        counted = Some(("address", standing));
    }
    // A body is no thing to hold while something else is waited for.
    let (mut parts, body) = request.into_parts();
    if door != Door::Open {
        let Some(page) = known(state, reader, &parts).await? else {
            return Ok(lead_in(&parts, route.as_str()));
        };
        door.lets_in(Some(&page.caller))?;
        counted = Some(("session", state.limits.count_request(page.caller.session)));
        // What an open page asks by itself is no use by a person: it would keep a session that nobody is at.
        if route.as_str() != EVENTS && !parts.headers.contains_key(BY_ITSELF) {
            state.activity.note(page.caller.session);
        }
        parts.extensions.insert(page);
    }
    parts.extensions.insert(reader.clone());
    let Some((policy, standing)) = counted else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let mut response = match standing.remaining {
        None => Refusal::new(ProblemCode::TooManyRequests).retry_after(standing.more_in).into_response(),
        Some(_) => next.run(Request::from_parts(parts, body)).await,
    };
    tell_limit(response.headers_mut(), policy, standing);
    Ok(response)
}

/// The session of the cookie, if it is alive.
pub(crate) async fn caller_of(state: &CloudState, headers: &HeaderMap) -> Result<Option<Caller>, Refusal> {
    let cookie = cookie::cookie_of(headers);
    let Some(hash) = cookie.and_then(|cookie| hash_presented(SecretKind::Portal, &cookie)) else {
        return Ok(None);
    };
    let (mut db, now) = (state.db.read().await?, crate::now());
    let found = authority::store::caller_by_cookie(&mut db, &hash, now, now - session::BROWSER_IDLES).await?;
    let Some(caller) = found else { return Ok(None) };
    let ended = authority::store::end_of(&mut db, caller.session, now).await?;
    Ok(ended.is_none().then_some(caller))
}

/// Who reads the page; `reader` speaks their language from here on.
async fn known(state: &CloudState, reader: &mut Reader, parts: &Parts) -> Result<Option<Page>, Refusal> {
    let Some(caller) = caller_of(state, &parts.headers).await? else { return Ok(None) };
    let mut db = state.db.read().await?;
    // Read before all that the page shows: what changes meanwhile comes by the feed.
    let cursor = Cursor::now(&mut db).await?.to_string();
    let account = session::store::account_by_id(&mut db, caller.account).await?;
    let account = account.ok_or(ProblemCode::SessionRevoked)?;
    let memberships = people::store::memberships(&mut db, caller.account).await?;
    let partners = memberships.into_iter().filter(|membership| membership.kind == OrganizationKind::Partner);
    let partners = partners.map(|membership| (membership.organization, membership.name)).collect();
    reader.speak(&account.language);
    if !reader.times.know_zone() {
        // A browser that did not say where it is: most people are at home.
        let home = sites::store::visible_sites(&mut db, caller.sight(), None, 1).await?.pop();
        if let Some(home) = home {
            reader.times = reader.times.clone().or_zone(&home.time_zone);
        }
    }
    let (here, said) = place_of(parts, reader);
    Ok(Some(Page { reader: reader.clone(), caller, account, partners, here, cursor, said }))
}

/// The address without what was said once, and that.
fn place_of(parts: &Parts, reader: &Reader) -> (String, Option<&'static str>) {
    let query = parts.uri.query().unwrap_or_default();
    let pairs = || url::form_urlencoded::parse(query.as_bytes());
    let said =
        pairs().find(|(name, _)| name == "said").and_then(|(_, what)| super::said(reader.words, &what));
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    rest.extend_pairs(pairs().filter(|(name, _)| name != "said"));
    let rest = rest.finish();
    let path = parts.uri.path();
    (if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") }, said)
}

/// To the sign-in, and from there back to where a person wanted to go.
fn lead_in(parts: &Parts, route: &str) -> Response {
    if route == EVENTS {
        return Refusal::from(ProblemCode::SignInRequired).into_response();
    }
    if parts.headers.contains_key(BY_ITSELF) {
        // A part of a page that is open: all of it is over.
        return (StatusCode::NO_CONTENT, [(HeaderName::from_static("hx-refresh"), "true")]).into_response();
    }
    let next = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let to = if parts.method.is_safe() && next != "/" {
        format!("{SIGN_IN}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC))
    } else {
        SIGN_IN.to_owned()
    };
    axum::response::Redirect::to(&to).into_response()
}

/// Whether a page of ours sent it.
fn is_from_here(request: &Request) -> bool {
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    // HTTP/2 names the host in the request line (RFC 9113, section 8.3.1).
    let host = request.uri().authority().map(|authority| authority.as_str()).or_else(|| header(header::HOST));
    let origin = header(header::ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin.is_some() && origin == host
}

fn protect(headers: &mut HeaderMap, nonce: &str) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::try_from(policy).expect("a policy in base64 and ASCII");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        (header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn post(headers: &[(&'static str, &'static str)]) -> Request {
        let mut request =
            Request::builder().method("POST").uri("/sites").header("host", "porch.example:8443");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn form_of_another_site_is_told_from_ours() {
        let ours = ("origin", "https://porch.example:8443");
        assert!(is_from_here(&post(&[("sec-fetch-site", "same-origin")])));
        assert!(is_from_here(&post(&[ours])));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!is_from_here(&post(&[("sec-fetch-site", site), ours])), "{site}");
        }
        for origin in ["https://porch.example", "https://evil.example", "null", ""] {
            assert!(!is_from_here(&post(&[("origin", origin)])), "{origin}");
        }
        assert!(!is_from_here(&post(&[])), "a browser says one of the two");
    }
}
