//! The cloud for somebody who is signed in: each call carries the access token, and one that has run out is refreshed
//! once and the call sent again. Many calls that find it run out refresh it together, once.

use super::{Answer, Call, Http, IdempotencyKey, Stream};
use crate::access::Lease;
use crate::error::Fault;
use crate::ports::Ports;
use crate::session::Session;
use porchlight_protocol::ProblemCode;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// One method per shape of request.
#[derive(Clone, Debug)]
pub(crate) struct CloudClient {
    http: Http,
    session: Arc<Session>,
    /// Renewed by each answer, for a session that rests on somebody's consent.
    lease: Option<Arc<Lease>>,
}

impl CloudClient {
    pub(crate) fn new(http: Http, session: Arc<Session>, lease: Option<Arc<Lease>>) -> Self {
        Self { http, session, lease }
    }

    /// The way to the cloud for what needs no session.
    pub(crate) fn http(&self) -> Http {
        self.http.clone()
    }

    /// Now, milliseconds UTC: the cloud's time where it was heard of, else what the phone believes.
    pub(crate) async fn time(&self, ports: &Ports) -> i64 {
        match self.http.cloud_time().await {
            Some(now) => now,
            None => ports.wall_time().await,
        }
    }

    /// Reads.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Vec<(&'static str, String)>,
    ) -> Result<T, Fault> {
        self.send(Call::new(Method::GET, path).query(query)).await?.read()
    }

    /// PUT of a thing that carries its own key.
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Fault> {
        self.send(Call::new(Method::PUT, path).body(body).repeatable()).await?.read()
    }

    /// POST of a step that is idempotent by what it names.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Fault> {
        self.send(Call::new(Method::POST, path).body(body).repeatable()).await?.read()
    }

    /// A change under an idempotency key.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        key: &IdempotencyKey,
    ) -> Result<T, Fault> {
        self.send(Call::new(method, path).body(body).idempotency(key)).await?.read()
    }

    /// POST of what must not be sent twice by itself: each answer holds another secret.
    pub(crate) async fn post_once<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Fault> {
        self.send(Call::new(Method::POST, path).body(body)).await?.read()
    }

    /// POST of a change that says everything by its path, under an idempotency key.
    pub(crate) async fn act<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &IdempotencyKey,
    ) -> Result<T, Fault> {
        self.send(Call::new(Method::POST, path).idempotency(key)).await?.read()
    }

    /// DELETE under an idempotency key.
    pub(crate) async fn delete(&self, path: &str, key: &IdempotencyKey) -> Result<(), Fault> {
        self.send(Call::new(Method::DELETE, path).idempotency(key)).await.map(|_| ())
    }

    /// Opens a stream of events.
    pub(crate) async fn open_stream(
        &self,
        path: &str,
        query: Vec<(&'static str, String)>,
    ) -> Result<Stream, Fault> {
        let call = Call::new(Method::GET, path).query(query).stream();
        let token = self.session.access_token(None).await?;
        match self.http.open_stream(&call.clone().access(&token)).await {
            Err(fault) if fault.code() == Some(ProblemCode::SignInRequired) => {
                let token = self.session.access_token(Some(&token)).await?;
                let opened = self.http.open_stream(&call.access(&token)).await;
                self.watch_for_end(&token, opened).await
            }
            opened => self.watch_for_end(&token, opened).await,
        }
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Fault> {
        let Some(lease) = &self.lease else { return self.send_with_token(call).await };
        let asked = lease.moment().await;
        let answer = self.send_with_token(call).await;
        if answer.is_ok() {
            lease.renew(asked).await;
        }
        answer
    }

    async fn send_with_token(&self, call: Call<'_>) -> Result<Answer, Fault> {
        let token = self.session.access_token(None).await?;
        match self.http.send(&call.clone().access(&token)).await {
            Err(fault) if fault.code() == Some(ProblemCode::SignInRequired) => {
                let token = self.session.access_token(Some(&token)).await?;
                let answer = self.http.send(&call.access(&token)).await;
                self.watch_for_end(&token, answer).await
            }
            answer => self.watch_for_end(&token, answer).await,
        }
    }

    /// The cloud may say of any request that the session is over.
    async fn watch_for_end<T>(
        &self,
        token: &crate::session::AccessToken,
        outcome: Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Err(fault) = &outcome {
            self.session.note_refusal(token, fault).await;
        }
        outcome
    }
}
