//! Sites: physical places that hold devices.

use crate::SiteId;
use serde::{Deserialize, Serialize};

/// `POST /v1/sites`, with an `Idempotency-Key`: 201 and the [`Site`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeSiteRequest {
    /// 1 to 64 characters.
    pub name: String,
    /// At most 500 characters; may be empty.
    pub address: String,
    /// IANA name, links included, stored as given.
    pub time_zone: String,
}

/// `PATCH /v1/sites/{id}`, with an `Idempotency-Key`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeSiteRequest {
    /// 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A physical place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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

/// `GET /v1/sites?after=<site id>&limit=<1..=200>`: in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SiteListResponse {
    /// This page.
    pub sites: Vec<Site>,
    /// `after` for the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<SiteId>,
    /// Where the change feed goes on from what this list shows.
    pub cursor: String,
}
