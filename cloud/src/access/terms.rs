//! What is asked for: checked, and hashed.
//!
//! ```text
//! terms = SHA-256("porchlight/terms/1" || request || actor || organization || subject || scope kind || scope id
//!                 || permissions || seconds || comment)
//! ```
//!
//! Each part is preceded by its length in 4 bytes, big-endian; ids and numbers are texts, permissions their names
//! separated by spaces, in the order of their table.

use crate::problem::Refusal;
use crate::text;
use porchlight_protocol::access::{ACCESS_LASTS, AskForAccess, Permission, Scope};
use porchlight_protocol::{AccountId, OrganizationId, RequestId};
use sha2::{Digest as _, Sha256};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The request.
    pub request: RequestId,
    /// Who asks.
    pub actor: AccountId,
    /// For which company.
    pub organization: OrganizationId,
    /// In whose account.
    pub subject: AccountId,
    /// On what.
    pub scope: Scope,
    /// What for: each may be delegated, [`Permission::NEEDED`] among them; in the order of their table.
    pub permissions: Vec<Permission>,
    /// Seconds.
    pub lasts: u32,
    /// Why.
    pub comment: String,
}

impl Terms {
    /// Takes what an installer asks for; refuses what nobody could grant.
    pub fn check(
        actor: AccountId,
        organization: OrganizationId,
        subject: AccountId,
        wanted: &AskForAccess,
    ) -> Result<Self, Refusal> {
        let scope = match (wanted.site, wanted.device) {
            (None, None) => Scope::Account,
            (Some(site), None) => Scope::Site { site },
            (None, Some(device)) => Scope::Device { device },
            (Some(_), Some(_)) => return Err(Refusal::field("device")),
        };
        let mut permissions = wanted.permissions.clone();
        permissions.sort_unstable();
        permissions.dedup();
        let listed = permissions.len() == wanted.permissions.len() && !permissions.is_empty();
        if !listed || !permissions.iter().all(|permission| permission.may_be_delegated()) {
            return Err(Refusal::field("permissions"));
        }
        if !permissions.contains(&Permission::NEEDED) {
            permissions.insert(0, Permission::NEEDED);
        }
        check_time(wanted.lasts)?;
        let comment = text::check_comment("comment", &wanted.comment)?;
        let (request, lasts) = (RequestId::mint(), wanted.lasts);
        Ok(Self { request, actor, organization, subject, scope, permissions, lasts, comment })
    }

    /// The hash that a consent sends back.
    pub fn hash(&self) -> Vec<u8> {
        let (kind, id) = scope_to_row(self.scope);
        let mut hash = Sha256::new();
        for part in [
            "porchlight/terms/1",
            &self.request.to_string(),
            &self.actor.to_string(),
            &self.organization.to_string(),
            &self.subject.to_string(),
            kind,
            &id,
            &permissions_to_row(&self.permissions),
            &self.lasts.to_string(),
            &self.comment,
        ] {
            hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().to_vec()
    }
}

/// Whole hours, from one hour to thirty days.
pub(super) fn check_time(seconds: u32) -> Result<(), Refusal> {
    if ACCESS_LASTS.contains(&seconds) && seconds.is_multiple_of(3_600) {
        Ok(())
    } else {
        Err(Refusal::field("lasts"))
    }
}

/// Kind and id, as they stand in the database.
pub(super) fn scope_to_row(scope: Scope) -> (&'static str, String) {
    match scope {
        Scope::Account | Scope::Unknown => ("account", String::new()),
        Scope::Site { site } => ("site", site.to_string()),
        Scope::Device { device } => ("device", device.to_string()),
    }
}

/// Names, separated by spaces.
pub(super) fn permissions_to_row(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use porchlight_protocol::{DeviceId, SiteId};

    fn wanted() -> AskForAccess {
        AskForAccess {
            site: None,
            device: None,
            permissions: vec![Permission::DeviceAdd, Permission::SiteRead],
            lasts: 4 * 3_600,
            comment: "Wir schauen nach dem Tor.".into(),
        }
    }

    fn check(wanted: &AskForAccess) -> Result<Terms, String> {
        Terms::check(AccountId::mint(), OrganizationId::mint(), AccountId::mint(), wanted)
            .map_err(|refusal| refusal.problem.field.unwrap_or_default())
    }

    #[test]
    fn only_what_somebody_could_grant_is_asked_for() {
        let with = |change: fn(&mut AskForAccess)| {
            let mut wanted = wanted();
            change(&mut wanted);
            check(&wanted).unwrap_err()
        };
        assert_eq!(with(|ask| ask.lasts = 0), "lasts");
        assert_eq!(with(|ask| ask.lasts = 31 * 86_400), "lasts");
        assert_eq!(with(|ask| ask.lasts = 3_601), "lasts");
        assert_eq!(with(|ask| ask.permissions.clear()), "permissions");
        assert_eq!(with(|ask| ask.permissions.push(Permission::SiteRead)), "permissions");
        assert_eq!(with(|ask| ask.permissions.push(Permission::AccessManage)), "permissions");
        assert_eq!(with(|ask| ask.permissions.push(Permission::Unknown)), "permissions");
        assert_eq!(with(|ask| ask.comment = "x".repeat(10_240)), "comment");
        assert_eq!(with(|ask| ask.comment = "a\u{7}b".into()), "comment");
        assert_eq!(with(|ask| ask.comment = "a\u{202e}b".into()), "comment");
        assert_eq!(
            with(|ask| (ask.site, ask.device) = (Some(SiteId::mint()), Some(DeviceId::mint()))),
            "device"
        );
    }

    #[test]
    fn what_nothing_works_without_is_always_asked_for() {
        assert_eq!(Permission::ALL.iter().min(), Some(&Permission::NEEDED), "it is the first of the table");
        let asked = check(&AskForAccess { permissions: vec![Permission::VideoWatch], ..wanted() }).unwrap();
        assert_eq!(asked.permissions, [Permission::SiteRead, Permission::VideoWatch]);
    }

    #[test]
    fn every_part_of_the_terms_changes_the_hash() {
        let terms = check(&wanted()).unwrap();
        assert_eq!(terms.permissions, [Permission::SiteRead, Permission::DeviceAdd], "in the table's order");
        let mut hashes = vec![terms.hash()];
        let changes: [fn(&mut Terms); 8] = [
            |terms| terms.request = RequestId::mint(),
            |terms| terms.actor = AccountId::mint(),
            |terms| terms.organization = OrganizationId::mint(),
            |terms| terms.subject = AccountId::mint(),
            |terms| terms.scope = Scope::Site { site: SiteId::mint() },
            |terms| terms.permissions.push(Permission::VideoWatch),
            |terms| terms.lasts += 3_600,
            |terms| terms.comment.push('.'),
        ];
        for change in changes {
            let mut other = terms.clone();
            change(&mut other);
            hashes.push(other.hash());
        }
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
