//! The list of grants.

use super::words::Grant;
use crate::PorchlightError;
use crate::alive::Alive;
use crate::ids::GrantId;
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use porchlight_core::{Window, access, words};
use std::sync::Arc;
use std::time::SystemTime;

pub type GrantSide = access::GrantSide;

/// Whose grants a list shows.
#[uniffi::remote(Enum)]
pub enum GrantSide {
    /// Those on the account: others act in it.
    Given,
    /// Those in its hand: it acts for others.
    Held,
}

/// A part of the list of grants, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct GrantWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<Grant>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here.
    pub connection: Connection,
}

impl From<Window<words::Grant>> for GrantWindow {
    fn from(window: Window<words::Grant>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// Grants, newest first.
#[derive(Debug, uniffi::Object)]
pub struct GrantList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: access::Grants,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl GrantList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list: those in force, or with `ended` those that are over; 1 to 200 at once. Readable without a
    /// connection.
    pub async fn window(
        &self,
        side: GrantSide,
        ended: bool,
        offset: u32,
        count: u32,
    ) -> Result<GrantWindow, PorchlightError> {
        let list = self.list.clone();
        let deed = async move { list.window(side, ended, offset, count).await };
        run(&self.profile, deed).await.map(Into::into)
    }

    /// One grant. Readable without a connection.
    pub async fn get(&self, grant: GrantId) -> Result<Grant, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.get(grant).await }).await.map(Into::into)
    }

    /// Ends it: revoked by the customer, released by the installer. When this returns, nothing more is done by it. Needs
    /// a connection: without one `Offline`, and nothing ends later.
    pub async fn end(&self, grant: GrantId) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.end(grant).await }).await
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
