//! The way in: which app asks, who asks, and how often.
//!
//! 1. An app names itself: `Porchlight-Client: customer-android/1.4.0`. Too old: 426.
//! 2. A bearer token is looked up at each request (RFC 6750, section 2.1). Routes that need a session take `Caller`.
//! 3. The table of doors says who may use the route at all (`authority::doors`).
//! 4. A session has so many requests a minute, a network address so many sign-ins and registrations.

use crate::authority::doors::{self, Door};
use crate::authority::{self, Caller};
use crate::db::DbError;
use crate::limits::Standing;
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_presented};
use crate::server::CloudState;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use porchlight_protocol::{CLIENT_HEADER, ProblemCode};
use secrecy::SecretString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What the look-up of a request's token said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// A living session.
    Known(Caller),
    /// The session was ended, or what it rests on.
    Ended(ProblemCode),
    /// No token, or one that is unknown or too old.
    Unknown,
}

/// What proxies write the client's address into.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Routes that anybody may ask, whatever their app: a device without a clock, a developer.
const OPEN: [&str; 2] = ["/v1/time", "/v1/openapi.json"];

/// Routes that count per network address, since nobody is known there yet. A refresh is not among them: many phones
/// behind one address refresh all day, and each needs its own key for it.
const COUNTED_BY_ADDRESS: [&str; 5] =
    ["/v1/accounts", "/v1/accounts/verify", "/v1/accounts/codes", "/v1/sessions", "/v1/handoffs/redeem"];

/// Lets a request in, or answers it.
pub(super) async fn pass(State(state): State<CloudState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/v1/") || OPEN.contains(&path) {
        return next.run(request).await;
    }
    if let Err(refusal) = check_client(request.headers(), state.settings.minimum_client) {
        return refusal.into_response();
    }
    let gate = match look_up(&state, request.headers()).await {
        Ok(gate) => gate,
        Err(error) => return Refusal::from(error).into_response(),
    };
    let counted = match gate {
        // Whatever token comes along: one session must not buy more guesses at others.
        _ if request.method() == Method::POST && COUNTED_BY_ADDRESS.contains(&path) => {
            Some(("address", state.limits.count_sign_in(address(&state.settings.trusted_proxies, &request))))
        }
        Gate::Known(caller) => Some(("session", state.limits.count_request(caller.session))),
        _ => None,
    };
    let mut response = match (counted, pass_door(&request, gate)) {
        (Some((_, Standing { remaining: None, more_in, .. })), _) => {
            Refusal::new(ProblemCode::TooManyRequests).retry_after(more_in).into_response()
        }
        (_, Err(code)) => Refusal::from(code).into_response(),
        (_, Ok(())) => {
            request.extensions_mut().insert(gate);
            next.run(request).await
        }
    };
    if let Some((policy, standing)) = counted {
        tell_limit(response.headers_mut(), policy, standing);
    }
    response
}

/// Asks the table of doors. What no route answers is for the fallbacks to say.
fn pass_door(request: &Request, gate: Gate) -> Result<(), ProblemCode> {
    let Some(route) = request.extensions().get::<MatchedPath>() else { return Ok(()) };
    let Some(door) = doors::door_of(request.method().as_str(), route.as_str()) else {
        return Err(doors::refuse_undecided(route.as_str()));
    };
    match gate {
        Gate::Known(caller) => door.lets_in(Some(&caller)),
        Gate::Ended(code) if door != Door::Open => Err(code),
        Gate::Ended(_) | Gate::Unknown => door.lets_in(None),
    }
}

/// `app/major.minor.patch`, not older than `minimum`.
fn check_client(headers: &HeaderMap, minimum: (u32, u32, u32)) -> Result<(), Refusal> {
    let named = headers.get(CLIENT_HEADER).and_then(|value| value.to_str().ok()).and_then(client_version);
    match named {
        Some(version) if version >= minimum => Ok(()),
        Some(_) => Err(ProblemCode::UpdateRequired.into()),
        None => {
            let mut refusal = Refusal::new(ProblemCode::MalformedRequest);
            refusal.problem.title =
                "Name the app in a header: Porchlight-Client: <app>/<major>.<minor>.<patch>.".into();
            refusal.problem.field = Some(CLIENT_HEADER.to_owned());
            Err(refusal)
        }
    }
}

fn client_version(text: &str) -> Option<(u32, u32, u32)> {
    let (app, version) = text.split_once('/')?;
    let is_name = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    ((1..=64).contains(&app.len()) && app.bytes().all(is_name) && numbers.next().is_none()).then_some(version)
}

async fn look_up(state: &CloudState, headers: &HeaderMap) -> Result<Gate, DbError> {
    let Some(hash) = bearer(headers).and_then(|token| hash_presented(SecretKind::Access, &token)) else {
        return Ok(Gate::Unknown);
    };
    let mut db = state.db.read().await?;
    let now = crate::now();
    if let Some(caller) = authority::store::caller_by_access_token(&mut db, &hash, now).await? {
        if let Some(code) = authority::store::end_of(&mut db, caller.session, now).await? {
            return Ok(Gate::Ended(code));
        }
        state.activity.note(caller.session);
        return Ok(Gate::Known(caller));
    }
    let ended = authority::store::access_token_was_ended(&mut db, &hash).await?;
    Ok(if ended { Gate::Ended(ProblemCode::SessionRevoked) } else { Gate::Unknown })
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    // RFC 9110, section 11.1: the scheme is case-insensitive.
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token))
}

/// Where the request comes from: the connection's address; or, behind proxies of ours, the last address in
/// `X-Forwarded-For` that is none of theirs. What stands before it anybody could have written.
pub(crate) fn address(trusted: &[IpAddr], request: &Request) -> IpAddr {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    if !trusted.contains(&peer.to_canonical()) {
        return peer;
    }
    let forwarded = request.headers().get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<_> =
        forwarded.flat_map(|text| text.split(',')).map(|hop| hop.trim().parse().ok()).collect();
    let foreign = hops
        .into_iter()
        .rev()
        .find(|hop: &Option<IpAddr>| hop.is_none_or(|address| !trusted.contains(&address.to_canonical())));
    foreign.flatten().unwrap_or(peer)
}

/// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4).
pub(crate) fn tell_limit(headers: &mut HeaderMap, policy: &str, standing: Standing) {
    let Standing { limit, remaining, more_in } = standing;
    let remaining = remaining.unwrap_or(0);
    for (name, value) in [
        ("ratelimit-policy", format!("\"{policy}\";q={limit};w=60")),
        ("ratelimit", format!("\"{policy}\";r={remaining};t={more_in}")),
    ] {
        let value = HeaderValue::try_from(value).expect("a policy's name and numbers are ASCII");
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_names_itself_with_three_numbers() {
        assert_eq!(client_version("customer-android/1.4.0"), Some((1, 4, 0)));
        for text in
            ["", "1.4.0", "/1.4.0", "App/1.4.0", "app/1.4", "app/1.4.0.1", "app/1.4.x", "app/1.4.0-rc"]
        {
            assert_eq!(client_version(text), None, "{text}");
        }
    }

    #[test]
    fn proxy_of_ours_is_believed_and_nobody_else() {
        let ours = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let from = |peer: &str, forwarded: &'static [&'static str]| {
            let mut request = Request::new(axum::body::Body::empty());
            let peer = SocketAddr::new(peer.parse().unwrap(), 1);
            request.extensions_mut().insert(ConnectInfo(peer));
            for text in forwarded {
                request.headers_mut().append(FORWARDED_FOR, HeaderValue::from_static(text));
            }
            address(&ours, &request).to_string()
        };
        assert_eq!(from("192.0.2.7", &["198.51.100.9"]), "192.0.2.7", "a stranger says what they like");
        assert_eq!(from("10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(
            from("10.0.0.1", &["1.1.1.1, 198.51.100.9", "10.0.0.2"]),
            "198.51.100.9",
            "the last foreign one"
        );
        assert_eq!(from("10.0.0.1", &["1.1.1.1, rubbish"]), "10.0.0.1", "nothing before rubbish counts");
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(from("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn older_app_than_the_minimum_must_update() {
        let with = |text: &'static str| {
            HeaderMap::from_iter([(HeaderName::from_static(CLIENT_HEADER), HeaderValue::from_static(text))])
        };
        assert!(check_client(&with("app/1.10.0"), (1, 9, 9)).is_ok());
        assert_eq!(check_client(&with("app/1.9.8"), (1, 9, 9)).unwrap_err().problem.status, 426);
        assert_eq!(check_client(&HeaderMap::new(), (1, 9, 9)).unwrap_err().problem.status, 400);
    }
}
