//! What can be done: the one list of what audit events say. Whoever reads a history has words for each of them: a match
//! in the portal, and a test that looks into the apps.

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        /// A noun of design.md, and what became of it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Deed {
            $($(#[$doc])* $name,)+
        }

        impl Deed {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As it stands on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

deeds! {
    /// A site was made.
    SiteMade = "site.made";
    /// A site's name, address or zone was changed.
    SiteChanged = "site.changed";
    /// A device was added.
    DeviceAdded = "device.added";
    /// A device was renamed.
    DeviceRenamed = "device.renamed";
    /// A device went to another site.
    DeviceMoved = "device.moved";
    /// A device was let go of.
    DeviceReleased = "device.released";
    /// Somebody else tried to add a device.
    DeviceTried = "device.claim_tried";
    /// An installer asked for access.
    AccessAsked = "access.asked";
    /// A request was taken back.
    AccessWithdrawn = "access.withdrawn";
    /// A request waited for too long.
    AccessExpired = "access.expired";
    /// A customer said yes.
    AccessGranted = "access.granted";
    /// A customer said no.
    AccessDeclined = "access.declined";
    /// A customer takes no more requests from a company.
    AccessBlocked = "access.blocked";
    /// They take them again.
    AccessUnblocked = "access.unblocked";
    /// Access ended.
    AccessEnded = "access.ended";
    /// Somebody signed in, or opened a customer's account.
    SessionBegan = "session.began";
    /// That session ended.
    SessionEnded = "session.ended";
    /// An account was made.
    AccountMade = "account.made";
    /// Whoever runs the service disabled an account.
    AccountDisabled = "account.disabled";
    /// They enabled it again.
    AccountEnabled = "account.enabled";
    /// A new password was chosen.
    PasswordChanged = "password.changed";
    /// Whoever runs the service took the password away.
    PasswordTaken = "password.taken";
    /// A partner added a customer.
    CustomerAdded = "customer.added";
    /// The customer said that they are one.
    CustomerConfirmed = "customer.confirmed";
    /// They said that they are not.
    CustomerRefused = "customer.refused";
    /// Somebody got a role in an organization.
    MembershipBegan = "membership.began";
    /// They belong to it no more.
    MembershipEnded = "membership.ended";
}

impl Deed {
    /// Reads what [`Self::as_str`] wrote; none for what another version wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_deed_reads_back_as_it_is_written_and_is_written_once() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_text(deed.as_str()), Some(*deed));
        }
        let texts: BTreeSet<_> = Deed::ALL.iter().map(|deed| deed.as_str()).collect();
        assert_eq!(texts.len(), Deed::ALL.len());
        assert_eq!(Deed::from_text("roof.lifted"), None);
    }
}
