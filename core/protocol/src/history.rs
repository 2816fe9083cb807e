//! The change feed: `GET /v1/events?cursor=<cursor>` as server-sent events.
//!
//! Each event's `id` is its cursor (`<shard>.<position>`), its data one [`Change`]. A body is read when the event is
//! sent, so it shows the present, never less than the change. A cursor that is too old is answered with 410
//! `cursor_too_old`: read the lists again. Without a cursor the feed begins now.

use crate::add_device::Claim;
use crate::devices::Device;
use crate::sites::Site;
use crate::{DeviceId, SiteId};
use serde::{Deserialize, Serialize};

/// One thing that changed, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A site was made or changed.
    Site {
        /// As it is now.
        site: Site,
    },
    /// A site is not there any more, for this account.
    SiteGone {
        /// Which.
        site: SiteId,
    },
    /// A device was added, changed, moved, or went online or offline.
    Device {
        /// As it is now.
        device: Device,
    },
    /// A device is not there any more, for this account.
    DeviceGone {
        /// Which.
        device: DeviceId,
    },
    /// A claim of this account made a step.
    Claim {
        /// As it is now.
        claim: Claim,
    },
    /// A change of a newer cloud: skip it, keep its cursor.
    #[serde(other)]
    Unknown,
}
