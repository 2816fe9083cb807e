//! Devices: the list of a section or a site, rename, move, release.

mod listed;

pub use listed::{ListedDevice, QueuedDevice};

use crate::error::Error;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::devices::{Device, Section};
use porchlight_protocol::{DeviceId, SiteId};
use std::sync::Arc;

/// The devices a person can see: those added by name, with what the outbox still has to add before them.
#[derive(Clone, Debug)]
pub struct Devices(Arc<Profile>);

impl Devices {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list of a section, a site, or both; at most 200 at once. Readable without a connection.
    pub async fn window(
        &self,
        section: Option<Section>,
        site: Option<SiteId>,
        offset: u32,
        count: u32,
    ) -> Result<Window<ListedDevice>, Error> {
        let _ = (section, site, offset, count, &self.0);
        Err(Error::SignInRequired)
    }

    /// One device.
    pub async fn get(&self, device: DeviceId) -> Result<Device, Error> {
        let _ = device;
        Err(Error::SignInRequired)
    }

    /// Gives a device another name; the device learns it too.
    pub async fn rename(&self, device: DeviceId, name: &str) -> Result<Device, Error> {
        let _ = (device, name);
        Err(Error::SignInRequired)
    }

    /// Moves a device to another site of the same owner.
    pub async fn move_to(&self, device: DeviceId, site: SiteId) -> Result<Device, Error> {
        let _ = (device, site);
        Err(Error::SignInRequired)
    }

    /// Gives the device up: afterwards anybody who holds it can add it.
    pub async fn release(&self, device: DeviceId) -> Result<(), Error> {
        let _ = device;
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
