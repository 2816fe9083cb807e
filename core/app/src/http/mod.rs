//! How the core speaks to the cloud: one reqwest client, one constructor, typed answers and refusals.
//!
//! 1. [`Http`] sends a [`Call`], bounded in time and size, and tells "no network" from "no answer" from "refused".
//! 2. [`CloudClient`] is the signed-in side: it adds the access token and refreshes it once when it has run out.
//! 3. A call that may be repeated (GET, the claim's steps, everything with an idempotency key) is sent again when its
//!    connection breaks off: its answer may have been lost after the commit.
//!
//! Roots of trust are compiled in (webpki-root-certs) and configured; the platform's verifier would need a JNI context
//! on Android and panics without one. The price: no revocation by the platform, and roots age with the app.

mod call;
mod cloud_client;
mod cloud_time;
mod problems;
#[cfg(test)]
mod tests;

pub(crate) use call::{Answer, Call, IdempotencyKey};
pub(crate) use cloud_client::CloudClient;

use crate::configuration::Configuration;
use crate::error::{Fault, InputField, InputReason, Unanswered};
use crate::ports::Ports;
use cloud_time::CloudTime;
use porchlight_protocol::CLIENT_HEADER;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use std::time::Duration;
use url::Url;

/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Until a whole answer is there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// A stream on which nothing comes for this long is dead: the cloud sends a comment more often.
const STREAM_TIMEOUT: Duration = Duration::from_secs(45);
/// The most of an answer that is read: two hundred devices are a tenth of it.
const MAX_ANSWER: usize = 2 * 1024 * 1024;
/// How often a repeatable call is sent in all.
pub(crate) const SENDINGS: u32 = 3;

/// The one client.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    cloud: Url,
    ports: Ports,
    time: CloudTime,
}

impl Http {
    pub(crate) fn new(configuration: &Configuration, ports: Ports) -> Result<Self, Fault> {
        // Fails when there is one already: a test's process also runs the cloud, with the same provider.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let not_allowed = |field| Fault::Input { field, reason: InputReason::NotAllowed };
        let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| root.as_ref());
        let configured = configuration.extra_roots.iter().map(Vec::as_slice);
        let roots: Result<Vec<_>, _> = public.chain(configured).map(reqwest::Certificate::from_der).collect();
        let mut headers = HeaderMap::new();
        let name = HeaderValue::from_str(&configuration.client_header());
        headers.insert(CLIENT_HEADER, name.map_err(|_| not_allowed(InputField::ClientName))?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        #[expect(clippy::disallowed_methods, reason = "this is the one constructor")]
        let builder = reqwest::Client::builder();
        let client = builder
            .tls_certs_only(roots.map_err(|_| not_allowed(InputField::ExtraRoots))?)
            .default_headers(headers)
            .connect_timeout(CONNECT_TIMEOUT)
            // The API never redirects; following one would carry the access token elsewhere.
            .redirect(Policy::none())
            .referer(false)
            // Phones set no proxy in the environment; a developer's shell may, and would not reach loopback by it.
            .no_proxy()
            .build()
            .map_err(|_| not_allowed(InputField::ExtraRoots))?;
        Ok(Self { client, cloud: configuration.cloud.clone(), ports, time: CloudTime::default() })
    }

    /// What time it is in the cloud, milliseconds UTC; none before its first answer.
    pub(crate) async fn cloud_time(&self) -> Option<i64> {
        self.time.now(&self.ports).await
    }

    /// Sends a call; an answer is a 2xx, everything else a fault.
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let mut sending = 1;
        loop {
            match self.send_once(call).await {
                Err(Fault::Unanswered(Unanswered::BrokenOff)) if call.repeatable && sending < SENDINGS => {
                    // A moment, spread so that a crowd of phones does not come back at once.
                    let moment = Duration::from_millis(u64::from(rand::random::<u8>()) * u64::from(sending));
                    tokio::time::sleep(moment).await;
                    sending += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn send_once(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let request = call.request(&self.client, &self.cloud).timeout(ANSWER_TIMEOUT);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err(self.unanswered(&error).await),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        self.time.hear(&headers, &self.ports).await;
        let body = match read_bounded(response).await {
            Ok(body) => body?,
            Err(error) => return Err(self.unanswered(&error).await),
        };
        let answer = Answer { headers, body };
        if status.is_success() { Ok(answer) } else { Err(problems::refusal(status, &answer)) }
    }

    /// Opens a stream: the answer's head is there, its body comes in pieces.
    pub(crate) async fn open_stream(&self, call: &Call<'_>) -> Result<Stream, Fault> {
        let sent = tokio::time::timeout(ANSWER_TIMEOUT, call.request(&self.client, &self.cloud).send()).await;
        let response = match sent {
            Err(_) => return Err(Fault::Unanswered(Unanswered::TimedOut)),
            Ok(Err(error)) => return Err(self.unanswered(&error).await),
            Ok(Ok(response)) => response,
        };
        self.time.hear(response.headers(), &self.ports).await;
        if response.status().is_success() {
            return Ok(Stream(response));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match tokio::time::timeout(ANSWER_TIMEOUT, read_bounded(response)).await {
            Ok(Ok(body)) => body?,
            _ => return Err(Fault::Unanswered(Unanswered::BrokenOff)),
        };
        Err(problems::refusal(status, &Answer { headers, body }))
    }

    /// Why there was no answer. Only the kind is kept: a reqwest error names the URL.
    async fn unanswered(&self, error: &reqwest::Error) -> Fault {
        if !self.ports.is_online().await {
            return Fault::Offline;
        }
        Fault::Unanswered(if error.is_connect() {
            Unanswered::NotConnected
        } else if error.is_timeout() {
            Unanswered::TimedOut
        } else {
            Unanswered::BrokenOff
        })
    }
}

/// The outer error: the connection broke off; the inner one: the answer is too long.
async fn read_bounded(mut response: reqwest::Response) -> Result<Result<Vec<u8>, Fault>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > MAX_ANSWER {
            return Ok(Err(Fault::Unreadable("longer than any answer")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Ok(body))
}

/// An open stream.
#[derive(Debug)]
pub(crate) struct Stream(reqwest::Response);

impl Stream {
    /// The next piece; none when the cloud ended the stream.
    pub(crate) async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        match tokio::time::timeout(STREAM_TIMEOUT, self.0.chunk()).await {
            Ok(Ok(piece)) => Ok(piece.map(Vec::from)),
            Ok(Err(_)) => Err(Fault::Unanswered(Unanswered::BrokenOff)),
            Err(_) => Err(Fault::Unanswered(Unanswered::TimedOut)),
        }
    }
}
