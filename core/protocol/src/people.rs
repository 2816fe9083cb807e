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

impl OrganizationKind {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Partner => "partner",
            Self::Operator => "operator",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn from_text(text: &str) -> Self {
        match text {
            "business" => Self::Business,
            "partner" => Self::Partner,
            "operator" => Self::Operator,
            _ => Self::Unknown,
        }
    }
}

impl Role {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn from_text(text: &str) -> Self {
        match text {
            "super_admin" => Self::SuperAdmin,
            "admin" => Self::Admin,
            "manager" => Self::Manager,
            "operator" => Self::Operator,
            "viewer" => Self::Viewer,
            _ => Self::Unknown,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_kinds_read_back_as_they_are_written() {
        use Role::{Admin, Manager, Operator, SuperAdmin, Unknown, Viewer};
        for role in [SuperAdmin, Admin, Manager, Operator, Viewer, Unknown] {
            assert_eq!(Role::from_text(role.as_str()), role);
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.as_str()));
        }
        for kind in [OrganizationKind::Business, OrganizationKind::Partner, OrganizationKind::Operator] {
            assert_eq!(OrganizationKind::from_text(kind.as_str()), kind);
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
    }
}
