//! People: the organizations that the account belongs to. Who is in them is looked after in the portal.

use crate::error::Error;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::people::Membership;
use std::sync::Arc;

/// The organizations that the account belongs to, by name.
#[derive(Clone, Debug)]
pub struct Memberships(Arc<Profile>);

impl Memberships {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list; 1 to 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<Window<Membership>, Error> {
        self.0.told(self.0.window(offset, count, |open| open.cache.memberships(offset, count)).await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.access_listening.memberships.listen(&self.0.stores, listener)
    }
}
