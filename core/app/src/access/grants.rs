//! Grants: who may act for whom, on what, until when.

use crate::cache::Step;
use crate::error::{Error, Fault};
use crate::http::IdempotencyKey;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::GrantId;
use porchlight_protocol::access::{Grant, GrantEnd};
use std::sync::Arc;

/// Whose grants a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantSide {
    /// Those on the account: others act in it.
    Given,
    /// Those in its hand: it acts for others.
    Held,
}

/// Grants, newest first.
#[derive(Clone, Debug)]
pub struct Grants(Arc<Profile>);

impl Grants {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list: those in force, or with `ended` those that are over; 1 to 200 at once. Readable without a
    /// connection.
    pub async fn window(
        &self,
        side: GrantSide,
        ended: bool,
        offset: u32,
        count: u32,
    ) -> Result<Window<Grant>, Error> {
        let read = async {
            let me = self.0.account()?.id;
            let is_shown = |grant: &Grant| {
                let whose = match side {
                    GrantSide::Given => grant.subject.id,
                    GrantSide::Held => grant.actor.id,
                };
                whose == me && grant.ended_at.is_some() == ended
            };
            self.0.window(offset, count, |open| open.cache.grants(offset, count, is_shown)).await
        };
        self.0.told(read.await)
    }

    /// One grant. Readable without a connection.
    pub async fn get(&self, grant: GrantId) -> Result<Grant, Error> {
        let open = self.0.readable().await;
        self.0.told(open.and_then(|open| open.cache.grant(grant).ok_or(Fault::NotFound)))
    }

    /// Ends it: revoked by the customer, released by the installer. When this returns, nothing more is done by it.
    pub async fn end(&self, grant: GrantId) -> Result<(), Error> {
        self.0.told(self.send_end(grant).await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.access_listening.grants.listen(&self.0.stores, listener)
    }

    async fn send_end(&self, grant: GrantId) -> Result<(), Fault> {
        let (me, cache) = (self.0.account()?.id, self.0.files()?.cache);
        let since = cache.version();
        self.0.cloud.delete(&format!("/v1/grants/{grant}"), &IdempotencyKey::mint()).await?;
        if let Some(known) = cache.grant(grant).filter(|known| known.ended_at.is_none()) {
            let why = if known.subject.id == me { GrantEnd::Revoked } else { GrantEnd::Released };
            // Until the feed brings the cloud's own time of it.
            let ended_at = Some(self.0.cloud.time(&self.0.ports).await);
            let ended = Grant { ended_at, ended_why: Some(why), ..known };
            cache.answered(Step::put(ended), since).await;
        }
        Ok(())
    }
}
