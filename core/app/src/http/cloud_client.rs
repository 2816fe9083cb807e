//! The cloud for somebody who is signed in: each call carries the access token, and one that has run out is refreshed
//! once and the call sent again. Many calls that find it run out refresh it together, once.

use super::{Answer, Call, Http, IdempotencyKey, Stream};
use crate::error::Fault;
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
}

impl CloudClient {
    pub(crate) fn new(http: Http, session: Arc<Session>) -> Self {
        Self { http, session }
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
