//! Organizations and their people.

use crate::OrganizationId;
use serde::{Deserialize, Serialize};

/// What an organization is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// Looks after its own sites.
    Business,
    /// Works for customers; its people are installers.
    Partner,
    /// Runs the service.
    Operator,
    /// A kind of a newer cloud.
    #[serde(other)]
    Unknown,
}

/// What somebody is in an organization: a named set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All, on every site.
    SuperAdmin,
    /// All but the organization itself.
    Admin,
    /// Looks after people and devices.
    Manager,
    /// Works with devices and customers.
    Operator,
    /// Looks.
    Viewer,
    /// A role of a newer cloud.
    #[serde(other)]
    Unknown,
}

/// An organization that the account belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: OrganizationKind,
    /// What the account is in it.
    pub role: Role,
}

/// `GET /v1/memberships`: all of them, by the organization's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MembershipListResponse {
    /// All.
    pub memberships: Vec<Membership>,
}
