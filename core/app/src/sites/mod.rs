//! Sites: the list, make, rename.
//!
//! The list is the cache's: readable without a connection, as old as it says. Changes go to the cloud at once (only
//! claims are queued) and are in the list when their call returns; sent again under the same idempotency key when the
//! connection breaks off, so that a lost answer makes no second site.

use crate::cache::Step;
use crate::error::{Error, Fault};
use crate::http::IdempotencyKey;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, MAX_WINDOW, Window, check_name};
use porchlight_protocol::SiteId;
use porchlight_protocol::sites::{ChangeSiteRequest, MakeSiteRequest, Site};
use reqwest::Method;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Where a device can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteChoice {
    /// There is none yet: make one.
    Make,
    /// There is no question.
    Use(Site),
    /// Ask which: the one that was used last first, then by name; the first 200.
    Ask(Vec<Site>),
}

/// The sites a person can see, by name.
#[derive(Clone, Debug)]
pub struct Sites(Arc<Profile>);

impl Sites {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list, in the order of the names; 1 to 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<Window<Site>, Error> {
        self.0.told(self.0.window(offset, count, |open| open.cache.sites(offset, count)).await)
    }

    /// One site. Readable without a connection.
    pub async fn get(&self, site: SiteId) -> Result<Site, Error> {
        let open = self.0.readable().await;
        self.0.told(open.and_then(|open| open.cache.site(site).ok_or(Fault::NotFound)))
    }

    /// Where to add a device: at the site that was chosen before, if one was and it is still there; at the only one; else
    /// the person says. Readable without a connection.
    pub async fn choice(&self, chosen: Option<SiteId>) -> Result<SiteChoice, Error> {
        self.0.told(self.choose(chosen).await)
    }

    /// Makes a site. `name` has 1 to 64 characters, `address` at most 500, `time_zone` is an IANA name.
    pub async fn make(&self, name: &str, address: &str, time_zone: &str) -> Result<Site, Error> {
        self.0.told(self.send_new(name, address, time_zone).await)
    }

    /// Gives a site another name.
    pub async fn rename(&self, site: SiteId, name: &str) -> Result<Site, Error> {
        self.0.told(self.send_name(site, name).await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.sites_listening.listen(&self.0.stores, listener)
    }

    async fn choose(&self, chosen: Option<SiteId>) -> Result<SiteChoice, Fault> {
        let cache = self.0.files()?.cache;
        if let Some(site) = chosen.and_then(|chosen| cache.site(chosen)) {
            return Ok(SiteChoice::Use(site));
        }
        // A closed list may be added to, but it is not shown for that.
        let cache = self.0.readable().await?.cache;
        let mut sites = cache.sites(0, MAX_WINDOW).items;
        Ok(match sites.len() {
            0 => SiteChoice::Make,
            1 => SiteChoice::Use(sites.remove(0)),
            _ => {
                if let Some(last) = cache.last_used() {
                    sites.retain(|site| site.id != last.id);
                    sites.insert(0, last);
                    sites.truncate(MAX_WINDOW as usize);
                }
                SiteChoice::Ask(sites)
            }
        })
    }

    async fn send_new(&self, name: &str, address: &str, time_zone: &str) -> Result<Site, Fault> {
        let request = MakeSiteRequest {
            name: check_name(name)?,
            address: address.trim().to_owned(),
            time_zone: time_zone.to_owned(),
        };
        let cache = self.0.files()?.cache;
        let since = cache.version();
        let key = IdempotencyKey::mint();
        let site: Site = self.0.cloud.change(Method::POST, "/v1/sites", &request, &key).await?;
        cache.answered(Step::put(site.clone()), since).await;
        Ok(site)
    }

    async fn send_name(&self, site: SiteId, name: &str) -> Result<Site, Fault> {
        let request = ChangeSiteRequest { name: Some(check_name(name)?), address: None };
        let cache = self.0.files()?.cache;
        let since = cache.version();
        let (path, key) = (format!("/v1/sites/{site}"), IdempotencyKey::mint());
        let site: Site = self.0.cloud.change(Method::PATCH, &path, &request, &key).await?;
        cache.answered(Step::put(site.clone()), since).await;
        Ok(site)
    }
}
