//! Devices: the list of a section or a site, rename, move, release.
//!
//! The list is the cache's with the outbox laid over it: first what the phone still has to add, marked as such, then
//! what is added, in the order of the names. Changes go to the cloud at once and are in the list when their call
//! returns.

mod listed;
#[cfg(test)]
mod tests;

pub use listed::{ListedDevice, QueuedDevice};

use crate::cache::{Step, Table};
use crate::error::{Error, Fault};
use crate::http::IdempotencyKey;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::stores::OpenStores;
use crate::window::{ListListener, Window, check_name};
use listed::lay_over;
use porchlight_protocol::devices::{ChangeDeviceRequest, Device, Section};
use porchlight_protocol::{DeviceId, SiteId};
use reqwest::Method;
use std::sync::Arc;

/// The devices a person can see.
#[derive(Clone, Debug)]
pub struct Devices(Arc<Profile>);

impl Devices {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list of a section, a site, or both; 1 to 200 at once. Readable without a connection.
    pub async fn window(
        &self,
        section: Option<Section>,
        site: Option<SiteId>,
        offset: u32,
        count: u32,
    ) -> Result<Window<ListedDevice>, Error> {
        self.0.told(self.read_window(section, site, offset, count).await)
    }

    /// One device. Readable without a connection.
    pub async fn get(&self, device: DeviceId) -> Result<Device, Error> {
        let open = self.0.readable().await;
        self.0.told(open.and_then(|open| open.cache.device(device).ok_or(Fault::NotFound)))
    }

    /// Gives a device another name of 1 to 64 characters; the device learns it too.
    pub async fn rename(&self, device: DeviceId, name: &str) -> Result<Device, Error> {
        let changed = match check_name(name) {
            Ok(name) => self.change(device, ChangeDeviceRequest { name: Some(name), site: None }).await,
            Err(fault) => Err(fault),
        };
        self.0.told(changed)
    }

    /// Moves a device to another site of the same owner.
    pub async fn move_to(&self, device: DeviceId, site: SiteId) -> Result<Device, Error> {
        self.0.told(self.change(device, ChangeDeviceRequest { name: None, site: Some(site) }).await)
    }

    /// Gives the device up: it leaves the list, and whoever has its password can add it.
    pub async fn release(&self, device: DeviceId) -> Result<(), Error> {
        self.0.told(self.send_release(device).await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.devices_listening.listen(&self.0.stores, listener)
    }

    async fn read_window(
        &self,
        section: Option<Section>,
        site: Option<SiteId>,
        offset: u32,
        count: u32,
    ) -> Result<Window<ListedDevice>, Fault> {
        let account = self.0.account()?.id;
        let is_shown = |of_section: Section, at_site: SiteId| {
            section.is_none_or(|section| section == of_section) && site.is_none_or(|site| site == at_site)
        };
        let read = |open: &OpenStores| {
            let mut queued = open.outbox.queued_devices(account);
            queued.retain(|queued| {
                // Its claim went through and the outbox has not noticed yet: it is one device, not two.
                let is_there = !queued.needs_you && open.cache.has_device(&queued.maker, &queued.serial);
                is_shown(queued.section, queued.site) && !is_there
            });
            lay_over(queued, offset, count, |offset, count| {
                open.cache.devices(offset, count, |device| is_shown(device.section, device.site))
            })
        };
        self.0.window(offset, count, read).await
    }

    async fn change(&self, device: DeviceId, request: ChangeDeviceRequest) -> Result<Device, Fault> {
        let cache = self.0.files()?.cache;
        let since = cache.version();
        let (path, key) = (format!("/v1/devices/{device}"), IdempotencyKey::mint());
        let device: Device = self.0.cloud.change(Method::PATCH, &path, &request, &key).await?;
        cache.answered(Step::put(device.clone()), since).await;
        Ok(device)
    }

    async fn send_release(&self, device: DeviceId) -> Result<(), Fault> {
        let cache = self.0.files()?.cache;
        let since = cache.version();
        self.0.cloud.delete(&format!("/v1/devices/{device}"), &IdempotencyKey::mint()).await?;
        cache.answered(Step::Drop(Table::Device, device.0), since).await;
        Ok(())
    }
}
