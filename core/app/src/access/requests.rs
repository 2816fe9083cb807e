//! Requests for access: those that the account was asked, and those that it made.

use super::choices::{AccessChoices, AccessWish, ConsentChoice};
use crate::cache::Step;
use crate::error::{Error, Fault};
use crate::http::IdempotencyKey;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::access::{
    AuthorizationRequest, ConsentRequest, DeclineRequest, Grant, RequestState,
};
use porchlight_protocol::{Base64Url, CustomerId, RequestId};
use reqwest::Method;
use std::sync::Arc;

/// Whose requests a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestSide {
    /// Those that the account was asked.
    Asked,
    /// Those that it made.
    Made,
}

/// The most requests that wait on one screen.
const MOST_WAITING: u32 = 200;

/// Requests for access, newest first.
#[derive(Clone, Debug)]
pub struct Requests(Arc<Profile>);

impl Requests {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list; 1 to 200 at once. Readable without a connection.
    pub async fn window(
        &self,
        side: RequestSide,
        offset: u32,
        count: u32,
    ) -> Result<Window<AuthorizationRequest>, Error> {
        self.0.told(self.read_window(side, offset, count).await)
    }

    /// Those that the account was asked and has not answered: show them wherever the person is.
    pub async fn waiting(&self) -> Result<Vec<AuthorizationRequest>, Error> {
        let all = self.read_window(RequestSide::Asked, 0, MOST_WAITING).await;
        let pending = |request: &AuthorizationRequest| request.state == RequestState::Pending;
        self.0.told(all.map(|all| all.items.into_iter().filter(pending).collect()))
    }

    /// One request. Readable without a connection.
    pub async fn get(&self, request: RequestId) -> Result<AuthorizationRequest, Error> {
        let open = self.0.readable().await;
        self.0.told(open.and_then(|open| open.cache.request(request).ok_or(Fault::NotFound)))
    }

    /// For how long a consent can be: what was asked for, last, and before it the shorter choices.
    pub async fn consent_choices(&self, asked: u32) -> Vec<ConsentChoice> {
        let now = self.0.cloud.http().cloud_time().await;
        let until = |lasts: u32| now.map(|now| now.saturating_add(i64::from(lasts) * 1000));
        let lasts = AccessChoices::up_to(asked).into_iter();
        lasts.map(|lasts| ConsentChoice { lasts, until: until(lasts) }).collect()
    }

    /// Asks a customer for access. `Conflict` with `CustomerNotConfirmed` for one who has not said that they are a
    /// customer; `NotAllowed` with `RequestsRefused` for one who takes no requests from this company.
    pub async fn ask(&self, customer: CustomerId, wish: AccessWish) -> Result<AuthorizationRequest, Error> {
        self.0.told(self.send(customer, wish).await)
    }

    /// Takes back what the account asked.
    pub async fn withdraw(&self, request: RequestId) -> Result<AuthorizationRequest, Error> {
        let path = format!("/v1/authorization-requests/{request}/withdraw");
        self.0.told(self.change(&path).await)
    }

    /// Says yes: `terms` are those of the request that was shown, `lasts` a shorter time in seconds if the person chose
    /// one. `Conflict` with `TermsDiffer` if the request is another by now: show it again.
    pub async fn consent(
        &self,
        request: RequestId,
        terms: Base64Url,
        lasts: Option<u32>,
    ) -> Result<Grant, Error> {
        self.0.told(self.send_consent(request, ConsentRequest { terms, lasts }).await)
    }

    /// Says no; with `block`, takes no more requests from this company.
    pub async fn decline(&self, request: RequestId, block: bool) -> Result<(), Error> {
        self.0.told(self.send_no(request, DeclineRequest { block }).await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.access_listening.requests.listen(&self.0.stores, listener)
    }

    async fn read_window(
        &self,
        side: RequestSide,
        offset: u32,
        count: u32,
    ) -> Result<Window<AuthorizationRequest>, Fault> {
        let me = self.0.account()?.id;
        let is_shown = |request: &AuthorizationRequest| match side {
            RequestSide::Asked => request.subject == me,
            RequestSide::Made => request.actor.id == me,
        };
        self.0.window(offset, count, |open| open.cache.requests(offset, count, is_shown)).await
    }

    async fn send(&self, customer: CustomerId, wish: AccessWish) -> Result<AuthorizationRequest, Fault> {
        let (cache, wanted) = (self.0.files()?.cache, wish.into_request()?);
        let (since, key) = (cache.version(), IdempotencyKey::mint());
        let path = format!("/v1/customers/{customer}/authorization-requests");
        let request: AuthorizationRequest = self.0.cloud.change(Method::POST, &path, &wanted, &key).await?;
        cache.answered(Step::put(request.clone()), since).await;
        Ok(request)
    }

    async fn change(&self, path: &str) -> Result<AuthorizationRequest, Fault> {
        let cache = self.0.files()?.cache;
        let (since, key) = (cache.version(), IdempotencyKey::mint());
        let request: AuthorizationRequest = self.0.cloud.act(path, &key).await?;
        cache.answered(Step::put(request.clone()), since).await;
        Ok(request)
    }

    async fn send_consent(&self, request: RequestId, consent: ConsentRequest) -> Result<Grant, Fault> {
        let cache = self.0.files()?.cache;
        let (since, key) = (cache.version(), IdempotencyKey::mint());
        let path = format!("/v1/authorization-requests/{request}/consent");
        let grant: Grant = self.0.cloud.change(Method::POST, &path, &consent, &key).await?;
        cache.answered(Step::put(grant.clone()), since).await;
        if let Some(asked) = cache.request(request) {
            let state = RequestState::Consented;
            let answered = AuthorizationRequest { state, grant: Some(grant.id), ..asked };
            cache.answered(Step::put(answered), since).await;
        }
        Ok(grant)
    }

    async fn send_no(&self, request: RequestId, no: DeclineRequest) -> Result<(), Fault> {
        let cache = self.0.files()?.cache;
        let (since, key) = (cache.version(), IdempotencyKey::mint());
        let path = format!("/v1/authorization-requests/{request}/decline");
        self.0.cloud.change::<()>(Method::POST, &path, &no, &key).await?;
        if let Some(asked) = cache.request(request) {
            let answered = AuthorizationRequest { state: RequestState::Declined, ..asked };
            cache.answered(Step::put(answered), since).await;
        }
        Ok(())
    }
}
