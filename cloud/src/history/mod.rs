//! What happened, and what changed for whom.
//!
//! 1. Every effect calls [`record`] (who did what to what, before and after) and [`announce`] (what a screen must read
//!    again) in its own transaction: neither can be without the other.
//! 2. After the commit the sealer ([`seal`]) gives each row its position: audit events get their place in a hash chain
//!    ([`chain`]), changes the position that cursors name. Sequences and UUIDv7 are not in the order of commits, so a
//!    reader who went by them would miss a late one.
//! 3. The feed ([`feed`]) reads newly sealed changes once a process and hands them to the open streams ([`api`]),
//!    which send what each account may see, as it is by then.
//!
//! Limits: a change is kept for `Settings::feed_keeps`; whoever comes later reads the lists again. There is one shard.

pub mod api;
pub mod chain;
mod deeds;
pub mod feed;
pub(crate) mod pages;
pub mod seal;
pub mod store;

pub use deeds::Deed;

use crate::authority::Caller;
use crate::db::{DbError, Tx};
use crate::secret;
use porchlight_protocol::{
    AccountId, AuditEventId, ClaimId, CustomerId, DeviceId, GrantId, OrganizationId, RequestId, SiteId,
};
use serde_json::{Value, json};
use store::{AuditRow, ChangeKind, NewChangeRow};

/// The one shard that rows belong to.
pub const SHARD: i64 = 0;

/// Length of the salt that hides an audit event's detail in the chain.
const SALT_LENGTH: usize = 16;

/// One line of history.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Who acted; none: the service, or a device.
    pub actor: Option<AccountId>,
    /// Whose account it was done in.
    pub subject: Option<AccountId>,
    /// By which grant, when the actor is not the subject.
    pub grant: Option<GrantId>,
    /// At which site.
    pub site: Option<SiteId>,
    /// What was done.
    pub what: Deed,
    /// The id of the thing.
    pub on_what: Option<String>,
    /// What of it changed, as it was. No secrets; a person can have it erased.
    pub before: Option<Value>,
    /// What of it changed, as it is now.
    pub after: Option<Value>,
}

impl AuditEntry {
    /// What the caller did in the account; the rest is still to be said.
    pub fn by(caller: &Caller, what: Deed) -> Self {
        Self { actor: Some(caller.actor()), grant: caller.grant(), ..Self::by_service(caller.account, what) }
    }

    /// What the service, or a device, did in the account.
    pub fn by_service(subject: AccountId, what: Deed) -> Self {
        Self {
            actor: None,
            subject: Some(subject),
            grant: None,
            site: None,
            what,
            on_what: None,
            before: None,
            after: None,
        }
    }
}

/// Something that screens must read again, and whose screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeEntry {
    /// For whoever sees the site: it was made or changed.
    Site(SiteId),
    /// For one account: it sees the site no more.
    SiteGone(SiteId, AccountId),
    /// For whoever sees the site: a device there was added or changed, or went online or offline.
    Device(DeviceId, SiteId),
    /// For whoever sees the site: a device left it.
    DeviceGone(DeviceId, SiteId),
    /// For one account: its claim made a step.
    Claim(ClaimId, AccountId),
    /// For one account: a request that it made, or was asked.
    Request(RequestId, AccountId),
    /// For one account: a grant in its hand, or on it.
    Grant(GrantId, AccountId),
    /// For one account: a partner's question whether it is their customer.
    Offer(CustomerId, AccountId),
    /// For one account: what it is to an organization.
    Membership(OrganizationId, AccountId),
    /// For one account: a customer that it serves.
    Customer(CustomerId, AccountId),
}

/// Writes a line of history, in the effect's transaction.
pub async fn record(tx: &mut Tx, entry: AuditEntry) -> Result<(), DbError> {
    let mut salt = vec![0; SALT_LENGTH];
    secret::fill_random(&mut salt);
    let detail = json!({ "before": entry.before, "after": entry.after }).to_string();
    let row = AuditRow {
        id: AuditEventId::mint().to_string(),
        at: crate::now(),
        actor: entry.actor.map(|id| id.to_string()),
        subject: entry.subject.map(|id| id.to_string()),
        grant: entry.grant.map(|id| id.to_string()),
        site: entry.site.map(|id| id.to_string()),
        what: entry.what.as_str().to_owned(),
        on_what: entry.on_what,
        detail_hash: chain::hash_detail(&salt, &detail),
        salt: Some(salt),
        detail: Some(detail),
    };
    store::insert_audit_event(tx, &row).await
}

/// Tells whoever is to answer for what was made in an account that stands in for theirs, in the effect's transaction.
pub async fn announce_prepared(tx: &mut Tx, made_in: AccountId) -> Result<(), DbError> {
    for (customer, account) in store::who_is_asked(tx, made_in).await? {
        announce(tx, ChangeEntry::Offer(customer, account)).await?;
    }
    Ok(())
}

/// Tells screens to look again, in the effect's transaction.
pub async fn announce(tx: &mut Tx, entry: ChangeEntry) -> Result<(), DbError> {
    let (kind, subject, site, account) = match entry {
        ChangeEntry::Site(site) => (ChangeKind::Site, site.0, Some(site), None),
        ChangeEntry::SiteGone(site, account) => (ChangeKind::SiteGone, site.0, None, Some(account)),
        ChangeEntry::Device(device, site) => (ChangeKind::Device, device.0, Some(site), None),
        ChangeEntry::DeviceGone(device, site) => (ChangeKind::DeviceGone, device.0, Some(site), None),
        ChangeEntry::Claim(claim, account) => (ChangeKind::Claim, claim.0, None, Some(account)),
        ChangeEntry::Request(id, account) => (ChangeKind::Request, id.0, None, Some(account)),
        ChangeEntry::Grant(id, account) => (ChangeKind::Grant, id.0, None, Some(account)),
        ChangeEntry::Offer(id, account) => (ChangeKind::Offer, id.0, None, Some(account)),
        ChangeEntry::Membership(id, account) => (ChangeKind::Membership, id.0, None, Some(account)),
        ChangeEntry::Customer(id, account) => (ChangeKind::Customer, id.0, None, Some(account)),
    };
    store::insert_change(tx, &NewChangeRow { at: crate::now(), kind, subject, site, account }).await
}
