//! Who acts, for whom, and whether they may.
//!
//! 1. Every request's bearer token is looked up ([`Caller`]): sessions are opaque, so that ending one is immediate.
//! 2. The gate asks the table of doors ([`doors`]) whether this kind of session may use the route at all: what nobody
//!    decided about is closed, and a delegated session passes only where its consent listed the permission.
//! 3. A change re-reads its authority inside its own transaction ([`Caller::confirm`]): it locks the accounts of
//!    subject and actor against whoever ends sessions, grants and memberships (they first change one of those rows),
//!    then reads session, accounts, membership and grant again. So nothing commits after an answered revoke. Locks
//!    come in the order accounts by id, organization, site, device.
//! 4. What an account may do at a site is a table of roles and permissions ([`SiteRole::allows`]); a delegated session
//!    may do of that what its grant lists, on what its grant covers ([`Caller::authorize`]).

pub mod delegation;
pub mod doors;
mod roles;
pub mod store;

pub use delegation::{Delegation, PermissionSet};
pub use porchlight_protocol::access::Permission;
pub use roles::{SiteRole, role_allows};

use crate::db::{Connection, DbError, Lock, Tx};
use crate::problem::Refusal;
use porchlight_protocol::{AccountId, DeviceId, GrantId, OrganizationId, ProblemCode, SessionId, SiteId};

/// Who makes a request: a session that was alive when the request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The session.
    pub session: SessionId,
    /// In whose account: the subject (RFC 8693, section 1.1).
    pub account: AccountId,
    /// Who really acts there, when it is somebody else.
    pub delegation: Option<Delegation>,
}

/// What an action is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The account as a whole.
    Account,
    /// A site.
    Site(SiteId),
    /// A device, and the site it is at.
    Device(DeviceId, SiteId),
}

/// What a list is read for: an account's own eyes, or a grant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Whose sites and devices.
    pub account: AccountId,
    /// Only what this grant covers.
    pub grant: Option<GrantId>,
}

/// Holds the rows of accounts, by their ids; a row that is wanted for a change is not shared first.
pub async fn hold_accounts(tx: &mut Tx, mut wanted: Vec<(AccountId, Lock)>) -> Result<(), DbError> {
    wanted.sort_by_key(|(account, lock)| (*account, *lock == Lock::Share));
    wanted.dedup_by_key(|(account, _)| *account);
    for (account, lock) in wanted {
        tx.lock("account", &account.to_string(), lock).await?;
    }
    Ok(())
}

impl Caller {
    /// An account's own session.
    pub fn own(session: SessionId, account: AccountId) -> Self {
        Self { session, account, delegation: None }
    }

    /// Who acts: the account's person, or an installer (RFC 8693, section 4.1).
    pub fn actor(&self) -> AccountId {
        self.delegation.map_or(self.account, |delegation| delegation.actor)
    }

    /// The grant that a delegated session rests on.
    pub fn grant(&self) -> Option<GrantId> {
        self.delegation.map(|delegation| delegation.grant)
    }

    /// What this session sees.
    pub fn sight(&self) -> Sight {
        Sight { account: self.account, grant: self.grant() }
    }

    /// Reads the authority again inside the change's transaction, and holds it until the commit.
    pub async fn confirm(&self, tx: &mut Tx) -> Result<(), Refusal> {
        self.confirm_holding(tx, &[]).await
    }

    /// The same, for a change that needs other accounts' rows too, all held in the one order.
    pub async fn confirm_holding(&self, tx: &mut Tx, others: &[(AccountId, Lock)]) -> Result<(), Refusal> {
        let own = [(self.account, Lock::Share), (self.actor(), Lock::Share)];
        hold_accounts(tx, own.iter().chain(others).copied().collect()).await?;
        match store::end_of(tx, self.session, crate::now()).await? {
            None => Ok(()),
            Some(code) => Err(code.into()),
        }
    }

    /// Whether the caller may do this, read inside the change's transaction; holds the site's row. What the caller
    /// cannot see is not found.
    pub async fn authorize(
        &self,
        tx: &mut Tx,
        permission: Permission,
        resource: Resource,
    ) -> Result<(), Refusal> {
        if let Resource::Site(site) | Resource::Device(_, site) = resource {
            tx.lock("site", &site.to_string(), Lock::Share).await?;
            let role = store::site_role(tx, self.account, site).await?.ok_or(ProblemCode::NotFound)?;
            if !role.allows(permission) {
                return Err(ProblemCode::NotAllowed.into());
            }
        }
        let Some(grant) = self.grant() else { return Ok(()) };
        if !store::grant_covers(tx, grant, resource).await? {
            return Err(ProblemCode::NotFound.into());
        }
        if store::permissions_of_grant(tx, grant).await?.contains(permission) {
            Ok(())
        } else {
            Err(ProblemCode::NotAllowed.into())
        }
    }

    /// Whether the caller may do this for the partner, read inside the change's transaction: the account's row,
    /// which is held, stands against whoever ends memberships. Where the caller is nobody, nothing is found.
    pub async fn authorize_for(
        &self,
        db: &mut Connection,
        permission: Permission,
        organization: OrganizationId,
    ) -> Result<(), Refusal> {
        let role = store::partner_role(db, self.account, organization).await?.ok_or(ProblemCode::NotFound)?;
        if self.delegation.is_none() && role_allows(role, permission) {
            Ok(())
        } else {
            Err(ProblemCode::NotAllowed.into())
        }
    }
}
