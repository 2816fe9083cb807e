//! Who acts, and whether they may.
//!
//! 1. Every request's bearer token is looked up ([`Caller`]): sessions are opaque, so that ending one is immediate.
//! 2. A change re-reads its authority inside its own transaction ([`Caller::confirm`]): it locks the account's row
//!    against whoever ends sessions (they first change that row's epoch), then reads session and account again. So
//!    nothing commits after an answered revoke. Locks come in the order account, site, device.
//! 3. What an account may do at a site is a table of roles and permissions ([`SiteRole::allows`]).

pub mod store;

use crate::db::{DbError, Lock, Tx};
use crate::problem::Refusal;
use porchlight_protocol::{AccountId, ProblemCode, SessionId, SiteId};

/// Who makes a request: a session that was alive when the request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The account's epoch that the session belongs to.
    pub epoch: i64,
}

/// What an account is to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteRole {
    /// Looks after it.
    Owner,
}

/// What can be done at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See the site and its devices.
    SiteRead,
    /// Rename it.
    SiteChange,
    /// Add a device, or move one here.
    DeviceAdd,
    /// Rename a device.
    DeviceChange,
    /// Release a device, or move it away.
    DeviceRelease,
}

impl SiteRole {
    /// The table of roles and permissions.
    pub fn allows(self, permission: Permission) -> bool {
        match (self, permission) {
            (
                Self::Owner,
                Permission::SiteRead
                | Permission::SiteChange
                | Permission::DeviceAdd
                | Permission::DeviceChange
                | Permission::DeviceRelease,
            ) => true,
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

impl Caller {
    /// Reads the authority again inside the change's transaction, and holds it until the commit.
    pub async fn confirm(&self, tx: &mut Tx) -> Result<(), Refusal> {
        tx.lock("account", &self.account.to_string(), Lock::Share).await?;
        if store::session_is_alive(tx, self, crate::now()).await? {
            Ok(())
        } else {
            Err(ProblemCode::SessionRevoked.into())
        }
    }

    /// Whether the caller may do this at the site, read inside the change's transaction; holds the site's row. A site
    /// that the caller cannot see is not found.
    pub async fn authorize(&self, tx: &mut Tx, site: SiteId, permission: Permission) -> Result<(), Refusal> {
        tx.lock("site", &site.to_string(), Lock::Share).await?;
        match store::site_role(tx, self.account, site).await? {
            None => Err(ProblemCode::NotFound.into()),
            Some(role) if role.allows(permission) => Ok(()),
            Some(_) => Err(ProblemCode::NotAllowed.into()),
        }
    }
}
