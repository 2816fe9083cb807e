//! The two cookies: the session's secret, which no script reads, and the browser's time zone, which a script writes.

use crate::problem::Refusal;
use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret as _, SecretString};

/// `__Host-`: from this host only, for all of it, over TLS only (RFC 6265bis, section 4.1.3.2).
const SESSION: &str = "__Host-porchlight";

/// An IANA name; `portal.js` writes it.
const ZONE: &str = "porchlight-zone";

/// The secret that came with a request.
pub(crate) fn cookie_of(headers: &HeaderMap) -> Option<SecretString> {
    value_of(headers, SESSION).map(SecretString::from)
}

/// Browsers send all cookies in one header, also those that a neighbour on the same domain has set, in whatever bytes:
/// ours is read whatever stands beside it.
fn value_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut readable = cookies.filter_map(|cookie| std::str::from_utf8(cookie).ok());
    readable.find_map(|text| {
        let cookie = Cookie::parse(text.trim()).ok()?;
        (cookie.name() == name).then(|| cookie.value().to_owned())
    })
}

/// The time zone that the browser says it is in.
pub(super) fn zone_of(headers: &HeaderMap) -> Option<String> {
    value_of(headers, ZONE)
}

/// `Set-Cookie` for a session that begins. `Lax`: a link in a mail leads to a page, while no other site's form does.
pub(crate) fn give(secret: &SecretString) -> Result<HeaderValue, Refusal> {
    // Exposed to be handed over: this is the one answer that carries it.
    let cookie = Cookie::build((SESSION, secret.expose_secret())).path("/").secure(true).http_only(true);
    let cookie = cookie.same_site(SameSite::Lax).build().to_string();
    let mut value = HeaderValue::try_from(cookie).map_err(|error| Refusal::internal(&error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Set-Cookie` for a session that is over.
pub(crate) fn forget() -> HeaderValue {
    HeaderValue::from_static("__Host-porchlight=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}
