//! The list of sites.

use crate::PorchlightError;
use crate::alive::Alive;
use crate::ids::SiteId;
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use porchlight_core::{Window, sites, words};
use std::sync::Arc;
use std::time::SystemTime;

/// A physical place.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Site {
    /// The site.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// Where it is, in the owner's words.
    pub address: String,
    /// IANA name.
    pub time_zone: String,
}

impl From<words::Site> for Site {
    fn from(site: words::Site) -> Self {
        let words::Site { id, name, address, time_zone } = site;
        Self { id, name, address, time_zone }
    }
}

/// Where a device can be added.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SiteChoice {
    /// There is none yet: have one made.
    Make,
    /// There is no question.
    Use {
        /// Where.
        site: Site,
    },
    /// Ask which.
    Ask {
        /// The one that was used last first, then by name; the first 200.
        sites: Vec<Site>,
    },
}

impl From<sites::SiteChoice> for SiteChoice {
    fn from(choice: sites::SiteChoice) -> Self {
        match choice {
            sites::SiteChoice::Make => Self::Make,
            sites::SiteChoice::Use(site) => Self::Use { site: site.into() },
            sites::SiteChoice::Ask(sites) => Self::Ask { sites: sites.into_iter().map(Into::into).collect() },
        }
    }
}

/// A part of the list of sites, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SiteWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<Site>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here: say that it is out of reach when it is `Unreachable`, not before.
    pub connection: Connection,
}

impl From<Window<words::Site>> for SiteWindow {
    fn from(window: Window<words::Site>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// The sites that the person can see, by name.
#[derive(Debug, uniffi::Object)]
pub struct SiteList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: sites::Sites,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl SiteList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list, in the order of the names; 1 to 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<SiteWindow, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.window(offset, count).await }).await.map(Into::into)
    }

    /// One site. Readable without a connection.
    pub async fn get(&self, site: SiteId) -> Result<Site, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.get(site).await }).await.map(Into::into)
    }

    /// Where to add a device: at the site that was chosen before, if one was and it is still there; at the only one; else
    /// the person says. Readable without a connection.
    pub async fn choice(&self, chosen: Option<SiteId>) -> Result<SiteChoice, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.choice(chosen).await }).await.map(Into::into)
    }

    /// Makes a site. `name` has 1 to 64 characters, `address` at most 500, `time_zone` is an IANA name.
    pub async fn make(
        &self,
        name: String,
        address: String,
        time_zone: String,
    ) -> Result<Site, PorchlightError> {
        let list = self.list.clone();
        let deed = async move { list.make(&name, &address, &time_zone).await };
        run(&self.profile, deed).await.map(Into::into)
    }

    /// Gives a site another name.
    pub async fn rename(&self, site: SiteId, name: String) -> Result<Site, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.rename(site, &name).await }).await.map(Into::into)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
