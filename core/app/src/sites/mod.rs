//! Sites: the list, make, rename.

use crate::error::Error;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::SiteId;
use porchlight_protocol::sites::Site;
use std::sync::Arc;

/// The sites a person can see, by name.
#[derive(Clone, Debug)]
pub struct Sites(Arc<Profile>);

impl Sites {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list; at most 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<Window<Site>, Error> {
        let _ = (offset, count, &self.0);
        Err(Error::SignInRequired)
    }

    /// One site.
    pub async fn get(&self, site: SiteId) -> Result<Site, Error> {
        let _ = site;
        Err(Error::SignInRequired)
    }

    /// Makes a site. `time_zone` is an IANA name.
    pub async fn make(&self, name: &str, address: &str, time_zone: &str) -> Result<Site, Error> {
        let _ = (name, address, time_zone);
        Err(Error::SignInRequired)
    }

    /// Gives a site another name.
    pub async fn rename(&self, site: SiteId, name: &str) -> Result<Site, Error> {
        let _ = (site, name);
        Err(Error::SignInRequired)
    }

    /// Asks the cloud for the whole list again.
    pub async fn refresh(&self) -> Result<(), Error> {
        Err(Error::SignInRequired)
    }

    /// Sets the list's one listener, in place of a former one.
    pub fn listen(&self, listener: Arc<dyn ListListener>) {
        drop(listener);
    }
}
