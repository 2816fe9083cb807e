//! The change feed: `GET /v1/events?cursor=<cursor>` as server-sent events.
//!
//! Each event's `id` is its cursor (`<shard>.<position>`), its data one [`Change`]. A body is read when the event is
//! sent, so it shows the present, never less than the change. A cursor that is too old is answered with 410
//! `cursor_too_old`: read the lists again. Without a cursor the feed begins now.

use crate::access::{AuthorizationRequest, Company, Grant, Person};
use crate::add_device::Claim;
use crate::customers::{Customer, CustomerOffer};
use crate::devices::Device;
use crate::sites::Site;
use crate::{AuditEventId, CustomerId, DeviceId, GrantId, OrganizationId, SiteId};
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
    /// A request for access was made or answered.
    Request {
        /// As it is now.
        request: AuthorizationRequest,
    },
    /// Access was granted, or ended.
    Grant {
        /// As it is now.
        grant: Grant,
    },
    /// A customer was added, or answered.
    Customer {
        /// As the partner sees it now.
        customer: Customer,
    },
    /// A partner asks whether the account is their customer.
    Offer {
        /// As it is now.
        offer: CustomerOffer,
    },
    /// An offer was answered.
    OfferGone {
        /// Which.
        customer: CustomerId,
    },
    /// The account joined an organization, left it, or has another role there: read the lists again.
    Membership {
        /// Which.
        organization: OrganizationId,
    },
    /// A change of a newer cloud: skip it, keep its cursor.
    #[serde(other)]
    Unknown,
}

/// One line of "who did what at my home".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Act {
    /// The line.
    pub id: AuditEventId,
    /// Milliseconds UTC.
    pub at: i64,
    /// `device.added`, `site.changed`, ...: a noun and what became of it.
    pub what: String,
    /// Who acted; none: the service, or a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Person>,
    /// For which company, if it was by a grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// By which grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// At which site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// What the thing was called: its name after the act, or before it when it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose access, membership or delegated session it was about (`access.*`, `membership.*`, `session.*`), whoever acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// Whom an act on access was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct About {
    /// The company.
    pub company: Company,
    /// Its installer who asked, or who had access; none when it was about the company as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
}

/// `GET /v1/history?before=<id>&limit=<1..=200>`: every act on the account, newest first; with `?grant=<id>` those by
/// one grant, which its actor may read too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HistoryResponse {
    /// This page.
    pub acts: Vec<Act>,
    /// `before` for the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<AuditEventId>,
}
