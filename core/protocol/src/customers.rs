//! A partner's customers.
//!
//! Adding one looks the same to the partner whether or not the address has an account: an *invited* account stands in
//! for the customer until somebody who verified that address answers. What was added meanwhile is theirs to keep or to
//! refuse.

use crate::access::{Company, RequestState};
use crate::devices::Section;
use crate::session::Language;
use crate::{Base64Url, CustomerId, DeviceId, GrantId, OrganizationId, RequestId, SiteId};
use serde::{Deserialize, Serialize};

/// `POST /v1/organizations/{id}/customers`, with an `Idempotency-Key`: 201 and the [`Customer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddCustomerRequest {
    /// Where the customer is asked.
    pub email: String,
    /// 1 to 64 characters.
    pub given_name: String,
    /// 1 to 64 characters.
    pub family_name: String,
    /// For mail.
    pub language: Language,
}

/// What became of adding a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerState {
    /// The customer has not answered. For 24 hours the installer may add devices for them.
    Waiting,
    /// The customer said yes: access can be asked for.
    Confirmed,
    /// The customer said no.
    Refused,
    /// A state of a newer cloud.
    #[serde(other)]
    Unknown,
}

/// A customer, as the partner sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Customer {
    /// The customer.
    pub id: CustomerId,
    /// Of which organization.
    pub organization: OrganizationId,
    /// As the partner entered it.
    pub email: String,
    /// As the partner entered it.
    pub given_name: String,
    /// As the partner entered it.
    pub family_name: String,
    /// What became of adding them.
    pub state: CustomerState,
    /// The caller's own request that waits for its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<RequestId>,
    /// What became of the caller's own newest request; none: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<RequestState>,
    /// The caller's own grant in force that ends last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// When that grant ends; milliseconds UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// `GET /v1/organizations/{id}/customers?after=<id>&limit=<1..=200>`: in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerListResponse {
    /// This page.
    pub customers: Vec<Customer>,
    /// `after` for the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<CustomerId>,
    /// Where the change feed goes on from what this list shows.
    pub cursor: String,
}

/// A device that a partner added before the customer answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OfferedDevice {
    /// What it is called.
    pub name: String,
    /// What kind.
    pub section: Section,
    /// The name of its site.
    pub site: String,
}

/// A partner asks whether the account is their customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerOffer {
    /// The customer it would be.
    pub id: CustomerId,
    /// Who asks.
    pub company: Company,
    /// The names of the sites that they made meanwhile.
    #[serde(default)]
    pub sites: Vec<String>,
    /// The devices that they added meanwhile.
    pub devices: Vec<OfferedDevice>,
    /// Stands for what is listed: a yes that keeps it sends it back.
    pub shown: Base64Url,
}

/// `GET /v1/customer-offers`: partners that added the account's verified address and wait for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerOfferListResponse {
    /// All that wait.
    pub offers: Vec<CustomerOffer>,
}

/// `GET /v1/customers/{id}/places`: what the organization's people added for the customer, and is still theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerPlaces {
    /// By their ids.
    pub sites: Vec<PlaceSite>,
    /// By their ids.
    pub devices: Vec<PlaceDevice>,
}

/// A site that a request for access can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlaceSite {
    /// The site.
    pub id: SiteId,
    /// What it is called.
    pub name: String,
}

/// A device that a request for access can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlaceDevice {
    /// The device.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub site: SiteId,
}

/// `POST /v1/customer-offers/{id}/accept`, with an `Idempotency-Key`: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptOfferRequest {
    /// Whether the sites and devices that were added meanwhile are kept; else the devices are released.
    pub keep: bool,
    /// [`CustomerOffer::shown`] of what the person saw: 409 `terms_differ` if something else would be kept. Needed only
    /// where something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Base64Url>,
}
