//! Delegated sessions: an installer in a customer's account (RFC 8693, section 1.1: subject and actor).

use super::Permission;
use porchlight_protocol::{AccountId, GrantId};

/// Who really acts in a delegated session, and by what right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// The installer.
    pub actor: AccountId,
    /// What the customer consented to.
    pub grant: GrantId,
    /// What the grant lists, as it was when the request came in; a change reads it again.
    pub permissions: PermissionSet,
}

/// Some permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// Whether this one is among them.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// These, without what no consent can give.
    pub fn delegated(permissions: impl IntoIterator<Item = Permission>) -> Self {
        let may = permissions.into_iter().filter(|permission| permission.may_be_delegated());
        Self(may.fold(0, |set, permission| set | bit(permission)))
    }
}

fn bit(permission: Permission) -> u32 {
    1 << permission as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_delegated_does_not_get_into_a_set() {
        let set = PermissionSet::delegated(Permission::ALL.iter().copied());
        for permission in Permission::ALL {
            assert_eq!(set.contains(*permission), permission.may_be_delegated(), "{permission:?}");
        }
        assert!(!PermissionSet::delegated([Permission::Unknown]).contains(Permission::Unknown));
    }
}
