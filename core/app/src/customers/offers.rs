//! Offers: partners that ask whether the account is their customer, and what they added meanwhile.

use crate::cache::{Step, Table};
use crate::error::{Error, Fault};
use crate::http::IdempotencyKey;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::customers::{AcceptOfferRequest, CustomerOffer};
use porchlight_protocol::{Base64Url, CustomerId};
use reqwest::Method;
use std::sync::Arc;

/// Offers that wait for an answer, by the company's name.
#[derive(Clone, Debug)]
pub struct Offers(Arc<Profile>);

impl Offers {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list; 1 to 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<Window<CustomerOffer>, Error> {
        self.0.told(self.0.window(offset, count, |open| open.cache.offers(offset, count)).await)
    }

    /// Says yes; with `keep`, the sites and devices that were added meanwhile are the account's own, without it the
    /// devices are released. `shown` is [`CustomerOffer::shown`] of what the person saw: `Conflict` with `TermsDiffer` if
    /// something else would be kept.
    pub async fn accept(&self, offer: CustomerId, keep: bool, shown: Base64Url) -> Result<(), Error> {
        let path = format!("/v1/customer-offers/{offer}/accept");
        let accepted = async {
            let (cache, key) = (self.0.files()?.cache, IdempotencyKey::mint());
            let since = cache.version();
            let answer = AcceptOfferRequest { keep, shown: Some(shown) };
            self.0.cloud.change::<()>(Method::POST, &path, &answer, &key).await?;
            cache.answered(Step::Drop(Table::Offer, offer.0), since).await;
            Ok(())
        };
        self.0.told(accepted.await)
    }

    /// Says no: what was added meanwhile is released.
    pub async fn refuse(&self, offer: CustomerId) -> Result<(), Error> {
        let path = format!("/v1/customer-offers/{offer}/refuse");
        let refused = async {
            let (cache, key) = (self.0.files()?.cache, IdempotencyKey::mint());
            let since = cache.version();
            self.0.cloud.act::<()>(&path, &key).await?;
            cache.answered(Step::Drop(Table::Offer, offer.0), since).await;
            Ok::<_, Fault>(())
        };
        self.0.told(refused.await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.access_listening.offers.listen(&self.0.stores, listener)
    }
}
