//! The table of roles and permissions.

use super::Permission;
use crate::db::DbError;
use porchlight_protocol::people::Role;

/// What an account is to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteRole {
    /// Looks after it.
    Owner,
}

impl SiteRole {
    /// What each role may do at its site.
    pub fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Owner => matches!(
                permission,
                Permission::SiteRead
                    | Permission::SiteChange
                    | Permission::DeviceAdd
                    | Permission::DeviceChange
                    | Permission::DeviceRelease
                    | Permission::VideoWatch
            ),
        }
    }

    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn from_row(text: &str) -> Result<Self, DbError> {
        match text {
            "owner" => Ok(Self::Owner),
            _ => Err(DbError::Corrupt("site role")),
        }
    }
}

/// What each role may do in its partner organization.
pub fn role_allows(role: Role, permission: Permission) -> bool {
    match permission {
        Permission::CustomerRead => role != Role::Unknown,
        Permission::CustomerAdd | Permission::AccessAsk => {
            matches!(role, Role::SuperAdmin | Role::Admin | Role::Manager | Role::Operator)
        }
        _ => false,
    }
}
