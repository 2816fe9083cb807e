//! The JSON API as a stranger's program would use it: plain requests, no core. For tests of what the core never does.

use crate::cloud::Cloud;
use crate::key::SoftKey;
use porchlight_protocol::session::SessionResponse;
use porchlight_protocol::{CLIENT_HEADER, IDEMPOTENCY_HEADER, Problem};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// The password of every account that tests make.
pub const PASSWORD: &str = "correct porch lantern";

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as JSON; null if there is none.
    pub body: Value,
}

impl Answer {
    /// The body as a problem.
    pub fn problem(&self) -> Problem {
        let kind = self.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        assert_eq!(kind, "application/problem+json", "{self:?}");
        serde_json::from_value(self.body.clone()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body of a request that must have gone well.
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }
}

/// A program with a key of its own, signed in or not.
#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    address: String,
    link_host: String,
    /// The installation's key.
    pub key: SoftKey,
    /// Of the newest sign-in or refresh.
    pub session: Option<SessionResponse>,
}

impl Api {
    /// A program that nobody knows yet.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            http: plain_client(),
            address: cloud.url(""),
            link_host: cloud.settings.link_host.to_string(),
            key: SoftKey::generate(),
            session: None,
        }
    }

    /// A program that is signed in to a fresh account with this address.
    pub async fn with_account(cloud: &Cloud, email: &str) -> Self {
        let mut api = Self::new(cloud);
        api.register(cloud, email).await;
        api.sign_in(email, PASSWORD).await.good();
        api
    }

    /// The same program on another phone, signed in to nothing.
    pub fn stranger(&self) -> Self {
        Self {
            http: self.http.clone(),
            address: self.address.clone(),
            link_host: self.link_host.clone(),
            key: SoftKey::generate(),
            session: None,
        }
    }

    /// Registers the address and verifies it with the mailed code.
    pub async fn register(&self, cloud: &Cloud, email: &str) {
        self.register_as(cloud, email, ["Kim", "Lee"]).await;
    }

    /// The same for somebody of this given name and family name.
    pub async fn register_as(&self, cloud: &Cloud, email: &str, [given_name, family_name]: [&str; 2]) {
        let seen = cloud.mails().iter().filter(|mail| mail.to.contains(email)).count();
        let body = json!({ "email": email, "password": PASSWORD, "given_name": given_name,
            "family_name": family_name, "language": "en" });
        let registration = self.post("/v1/accounts", &body).await.good()["registration"].clone();
        let code = cloud.code_to(email, seen).await;
        self.post("/v1/accounts/verify", &json!({ "registration": registration, "code": code })).await.good();
    }

    /// Signs in; the session is kept when it went well.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.open_session("/v1/sessions", json!({ "email": email, "password": password })).await
    }

    /// Refreshes with this refresh token.
    pub async fn refresh(&mut self, refresh_token: &str) -> Answer {
        self.open_session("/v1/sessions/refresh", json!({ "refresh_token": refresh_token })).await
    }

    /// Posts with a proof, after the nonce for it was asked for.
    pub async fn post_with_proof(&self, path: &str, body: &Value) -> Answer {
        let first = self.with_proof(path, body, &self.proof(path, None)).await;
        let nonce = first.headers.get("dpop-nonce").and_then(|nonce| nonce.to_str().ok()).map(str::to_owned);
        match nonce {
            Some(nonce) if first.status == StatusCode::UNAUTHORIZED => {
                self.with_proof(path, body, &self.proof(path, Some(&nonce))).await
            }
            _ => first,
        }
    }

    async fn open_session(&mut self, path: &str, body: Value) -> Answer {
        let answer = self.post_with_proof(path, &body).await;
        if answer.status.is_success() {
            self.session = serde_json::from_value(answer.body.clone()).ok();
        }
        answer
    }

    /// A DPoP proof (RFC 9449, section 4.2) for a POST to this path.
    pub fn proof(&self, path: &str, nonce: Option<&str>) -> String {
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.jwk() });
        let mut claims = json!({ "jti": Uuid::new_v4().simple().to_string(), "htm": "POST",
            "htu": format!("https://{}{path}", self.link_host), "iat": porchlight_cloud::now() / 1000 });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.key.sign_token(&header, &claims)
    }

    /// Posts with this DPoP header.
    pub async fn with_proof(&self, path: &str, body: &Value, proof: &str) -> Answer {
        let request = self.request(Method::POST, path).header("DPoP", proof).json(body);
        read(request).await
    }

    /// A request with the client's name and, when signed in, the access token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.address))
            .header(CLIENT_HEADER, "customer-test/1.0.0");
        match &self.session {
            Some(session) => request.header(AUTHORIZATION, format!("Bearer {}", session.access_token)),
            None => request,
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    /// POST without an idempotency key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        read(self.request(Method::POST, path).json(body)).await
    }

    /// PUT: claims carry their own key.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        read(self.request(Method::PUT, path).json(body)).await
    }

    /// A change under a fresh idempotency key.
    pub async fn change(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.change_with_key(method, path, body, &Uuid::new_v4().to_string()).await
    }

    /// A change under this idempotency key.
    pub async fn change_with_key(&self, method: Method, path: &str, body: &Value, key: &str) -> Answer {
        let request = self.request(method, path).header(IDEMPOTENCY_HEADER, key);
        read(if body.is_null() { request } else { request.json(body) }).await
    }

    /// Makes a site in Berlin; its id.
    pub async fn make_site(&self, name: &str) -> String {
        let body = json!({ "name": name, "address": "", "time_zone": "Europe/Berlin" });
        let site = self.change(Method::POST, "/v1/sites", &body).await.good();
        site["id"].as_str().expect("a site has an id").to_owned()
    }
}

/// Sends it and reads the whole answer.
pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("the cloud answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.expect("a body");
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status, headers, body }
}

/// A client without a core: tests only.
pub fn plain_client() -> reqwest::Client {
    plain().build().expect("a client without roots")
}

/// The same for pages: a test looks where a page leads to, and then goes there or not.
pub fn client_of_pages() -> reqwest::Client {
    plain().redirect(reqwest::redirect::Policy::none()).build().expect("a client without roots")
}

#[allow(
    clippy::disallowed_methods,
    reason = "plain http to loopback; the core's own client is not under test here"
)]
fn plain() -> reqwest::ClientBuilder {
    // The second one to come finds ring there already.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([]).no_proxy()
}
