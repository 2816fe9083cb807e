//! The list of devices.

use crate::PorchlightError;
use crate::alive::Alive;
use crate::ids::{ClaimId, DeviceId, SiteId};
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use porchlight_core::{Window, devices, words};
use std::sync::Arc;
use std::time::SystemTime;

pub type DeviceSection = words::Section;

/// What a device is for. The app shows one section at a time.
#[uniffi::remote(Enum)]
pub enum DeviceSection {
    /// Cameras and recorders.
    Video,
    /// Doors.
    Access,
    /// Alarm panels.
    Alarm,
    /// Energy panels.
    Energy,
    /// Sensors.
    Sensor,
    /// A section of a newer cloud.
    Unknown,
}

/// Equipment in the field, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Device {
    /// This ownership of it.
    pub id: DeviceId,
    /// Who made it.
    pub maker: String,
    /// What is printed on it.
    pub serial: String,
    /// What kind it is.
    pub model: String,
    /// What it is for.
    pub section: DeviceSection,
    /// Where it is.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Whether its clock follows daylight saving.
    pub daylight_saving: bool,
    /// Connected to the cloud right now.
    pub online: bool,
    /// When `online` last changed; none before the first connection.
    pub online_changed_at: Option<SystemTime>,
}

impl From<words::Device> for Device {
    fn from(device: words::Device) -> Self {
        let words::Device {
            id,
            maker,
            serial,
            model,
            section,
            site,
            name,
            time_zone,
            daylight_saving,
            online,
            online_changed_at,
        } = device;
        Self {
            id,
            maker: maker.to_string(),
            serial: serial.to_string(),
            model: model.to_string(),
            section,
            site,
            name,
            time_zone,
            daylight_saving,
            online,
            online_changed_at: online_changed_at.map(moment),
        }
    }
}

/// A device whose claim waits on this phone.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct QueuedDevice {
    /// Its claim: `resume_adding_device` with it.
    pub claim: ClaimId,
    /// Who made it.
    pub maker: String,
    /// What is printed on it.
    pub serial: String,
    /// What kind it is.
    pub model: String,
    /// What it is for.
    pub section: DeviceSection,
    /// Where it will be.
    pub site: SiteId,
    /// What it will be called.
    pub name: String,
    /// It does not go on by itself: open the flow, it says why.
    pub needs_you: bool,
}

impl From<devices::QueuedDevice> for QueuedDevice {
    fn from(device: devices::QueuedDevice) -> Self {
        let devices::QueuedDevice { claim, maker, serial, model, section, site, name, needs_you } = device;
        Self {
            claim,
            maker: maker.to_string(),
            serial: serial.to_string(),
            model: model.to_string(),
            section,
            site,
            name,
            needs_you,
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DeviceLine {
    /// Added: the cloud knows it.
    Added {
        /// The device.
        device: Device,
    },
    /// The phone still owes the cloud its claim.
    Queued {
        /// The device as it will be.
        device: QueuedDevice,
    },
}

impl From<devices::ListedDevice> for DeviceLine {
    fn from(line: devices::ListedDevice) -> Self {
        match line {
            devices::ListedDevice::Added(device) => Self::Added { device: device.into() },
            devices::ListedDevice::Queued(device) => Self::Queued { device: device.into() },
        }
    }
}

/// A part of the list of devices, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DeviceWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows: what is queued first, then by name; fewer than asked for at the end of the list.
    pub items: Vec<DeviceLine>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here: say that it is out of reach when it is `Unreachable`, not before.
    pub connection: Connection,
}

impl From<Window<devices::ListedDevice>> for DeviceWindow {
    fn from(window: Window<devices::ListedDevice>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// The devices that the person can see.
#[derive(Debug, uniffi::Object)]
pub struct DeviceList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: devices::Devices,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl DeviceList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list of a section, a site, or both; 1 to 200 at once. Readable without a connection.
    pub async fn window(
        &self,
        section: Option<DeviceSection>,
        site: Option<SiteId>,
        offset: u32,
        count: u32,
    ) -> Result<DeviceWindow, PorchlightError> {
        let list = self.list.clone();
        let deed = async move { list.window(section, site, offset, count).await };
        run(&self.profile, deed).await.map(Into::into)
    }

    /// One device. Readable without a connection.
    pub async fn get(&self, device: DeviceId) -> Result<Device, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.get(device).await }).await.map(Into::into)
    }

    /// Gives a device another name of 1 to 64 characters; the device learns it too.
    pub async fn rename(&self, device: DeviceId, name: String) -> Result<Device, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.rename(device, &name).await }).await.map(Into::into)
    }

    /// Moves a device to another site of the same owner.
    pub async fn move_to(&self, device: DeviceId, site: SiteId) -> Result<Device, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.move_to(device, site).await }).await.map(Into::into)
    }

    /// Gives the device up: it leaves the list, and whoever has its password can add it.
    pub async fn release(&self, device: DeviceId) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.release(device).await }).await
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
