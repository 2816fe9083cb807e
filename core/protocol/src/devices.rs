//! Devices in an account's lists: name, move, release, and whether they are online.

use crate::{DeviceId, Maker, Model, Serial, SiteId};
use serde::{Deserialize, Serialize};

/// What a device is for. The app shows one section at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Section {
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
    #[serde(other)]
    Unknown,
}

impl Section {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Access => "access",
            Self::Alarm => "alarm",
            Self::Energy => "energy",
            Self::Sensor => "sensor",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Self::as_str`] wrote; anything else is `Unknown`.
    pub fn from_text(text: &str) -> Self {
        match text {
            "video" => Self::Video,
            "access" => Self::Access,
            "alarm" => Self::Alarm,
            "energy" => Self::Energy,
            "sensor" => Self::Sensor,
            _ => Self::Unknown,
        }
    }
}

/// Equipment in the field, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Device {
    /// This ownership of it.
    pub id: DeviceId,
    /// Who made it.
    pub maker: Maker,
    /// What is printed on it.
    pub serial: Serial,
    /// What kind it is.
    pub model: Model,
    /// What it is for.
    pub section: Section,
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
    /// Milliseconds UTC of the last change of `online`; none before the first connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online_changed_at: Option<i64>,
}

/// `PATCH /v1/devices/{id}`, with an `Idempotency-Key`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeDeviceRequest {
    /// 1 to 64 characters; the device learns it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A site of the same owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
}

/// `GET /v1/devices?site=&section=&after=<device id>&limit=<1..=200>`: in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeviceListResponse {
    /// This page.
    pub devices: Vec<Device>,
    /// `after` for the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<DeviceId>,
    /// Where the change feed goes on from what this list shows.
    pub cursor: String,
}
