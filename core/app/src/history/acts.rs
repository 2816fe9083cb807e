//! "Who did what at my home": read from the cloud, page by page. It is not kept on the phone.

use crate::error::Error;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, check_count};
use porchlight_protocol::history::HistoryResponse;
use porchlight_protocol::{AuditEventId, GrantId};
use std::sync::Arc;

/// Every act on the account, newest first.
#[derive(Clone, Debug)]
pub struct History(Arc<Profile>);

impl History {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A page of 1 to 200 acts before one (its `next`), or the newest; with a grant, those by it, which its installer
    /// may read too.
    pub async fn page(
        &self,
        grant: Option<GrantId>,
        before: Option<AuditEventId>,
        count: u32,
    ) -> Result<HistoryResponse, Error> {
        let read = async {
            check_count(count)?;
            let mut query = vec![("limit", count.to_string())];
            query.extend(before.map(|before| ("before", before.to_string())));
            query.extend(grant.map(|grant| ("grant", grant.to_string())));
            self.0.cloud.get("/v1/history", query).await
        };
        self.0.told(read.await)
    }

    /// Sets the one listener, in place of a former one. It hears at once, then whenever something of the account
    /// changed, so that there may be a new act; until the subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.access_listening.history.listen(&self.0.stores, listener)
    }
}
