//! A request before it is sent, and an answer before it is read.

use crate::error::Fault;
use crate::session::AccessToken;
use porchlight_protocol::IDEMPOTENCY_HEADER;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use url::Url;

/// Names one change, so that sending it twice is doing it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    pub(crate) fn mint() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }
}

/// A request.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) access: Option<&'a AccessToken>,
    pub(crate) idempotency: Option<&'a IdempotencyKey>,
    pub(crate) dpop: Option<String>,
    /// Sending it twice does no more than sending it once.
    pub(crate) repeatable: bool,
    /// The answer is a stream of events.
    pub(crate) stream: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            repeatable: method == Method::GET,
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            access: None,
            idempotency: None,
            dpop: None,
            stream: false,
        }
    }

    pub(crate) fn body(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).expect("requests are maps with text keys"));
        self
    }

    pub(crate) fn query(mut self, query: Vec<(&'static str, String)>) -> Self {
        self.query = query;
        self
    }

    pub(crate) fn dpop(mut self, proof: String) -> Self {
        self.dpop = Some(proof);
        self
    }

    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(crate) fn idempotency(mut self, key: &'a IdempotencyKey) -> Self {
        self.idempotency = Some(key);
        self.repeatable()
    }

    pub(crate) fn access(mut self, token: &'a AccessToken) -> Self {
        self.access = Some(token);
        self
    }

    pub(crate) fn stream(mut self) -> Self {
        self.stream = true;
        self
    }

    pub(super) fn request(&self, client: &reqwest::Client, cloud: &Url) -> reqwest::RequestBuilder {
        let mut address = cloud.clone();
        address.set_path(&self.path);
        let mut request = client.request(self.method.clone(), address);
        if !self.query.is_empty() {
            request = request.query(&self.query);
        }
        if let Some(token) = self.access {
            request = request.bearer_auth(token.0.expose_secret()); // exposed: onto the wire, in a header marked sensitive
        }
        if let Some(key) = self.idempotency {
            request = request.header(IDEMPOTENCY_HEADER, &key.0);
        }
        if let Some(proof) = &self.dpop {
            request = request.header("dpop", proof);
        }
        if self.stream {
            request = request.header(ACCEPT, HeaderValue::from_static("text/event-stream"));
        }
        match &self.body {
            Some(body) => request.header("content-type", "application/json").body(body.clone()),
            None => request,
        }
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// A 2xx answer.
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads the body; `()` reads an empty one.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let body = if self.body.is_empty() { b"null".as_slice() } else { &self.body };
        // serde's message would quote the answer.
        serde_json::from_slice(body).map_err(|_| Fault::Unreadable(std::any::type_name::<T>()))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}
