//! Organizations and their people.
//!
//! Organizations are made by whoever runs the service (`porchlight organization ...`); their screens come later. Every
//! change of who belongs to one holds the organization's row, so that it keeps a super admin. Whoever leaves loses at
//! once all that rested on belonging, and every session: the row of the account is held against every change that
//! confirmed it.

pub mod api;
pub mod store;

use crate::access;
use crate::authority::hold_accounts;
use crate::db::{Db, Lock, Tx};
use crate::history::{self, AuditEntry, ChangeEntry, Deed};
use crate::problem::Refusal;
use crate::session::store::{account_with_email, active_account_with_email, begin_epoch};
use crate::text;
use porchlight_protocol::access::GrantEnd;
use porchlight_protocol::people::{OrganizationKind, Role};
use porchlight_protocol::{AccountId, OrganizationId, ProblemCode};
use serde_json::json;

/// Makes an organization; the account with this verified address is its first super admin.
pub async fn add(
    db: &Db,
    kind: OrganizationKind,
    name: &str,
    super_admin: &str,
) -> Result<OrganizationId, Refusal> {
    let (id, name) = (OrganizationId::mint(), text::check_name("name", name)?);
    let mut tx = db.begin().await?;
    let account = person(&mut tx, super_admin).await?;
    store::insert_organization(&mut tx, id, kind, &name, crate::now()).await?;
    begin_membership(&mut tx, id, account, Role::SuperAdmin).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes the account with this verified address into the organization; who belongs already gets the role.
pub async fn join(db: &Db, organization: OrganizationId, email: &str, role: Role) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    let account = person(&mut tx, email).await?;
    hold_organization(&mut tx, organization).await?;
    begin_membership(&mut tx, organization, account, role).await?;
    keep_super_admin(&mut tx, organization).await?;
    Ok(tx.commit().await?)
}

/// The account with this address, disabled or not, belongs to the organization no more; nor does it act for it any longer.
/// All its sessions end, so that nothing of a lost or shared phone goes on; its person signs in again.
pub async fn leave(db: &Db, organization: OrganizationId, email: &str) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    let account = account_with_email(&mut tx, email).await?.ok_or_else(|| missing("email"))?;
    hold_accounts(&mut tx, vec![(account, Lock::Update)]).await?;
    hold_organization(&mut tx, organization).await?;
    if !store::end_membership(&mut tx, organization, account, crate::now()).await? {
        return Err(missing("membership"));
    }
    keep_super_admin(&mut tx, organization).await?;
    access::end_all_of(&mut tx, account, Some(organization), GrantEnd::Left).await?;
    begin_epoch(&mut tx, account, crate::now()).await?;
    record(&mut tx, account, organization, Deed::MembershipEnded, None).await?;
    Ok(tx.commit().await?)
}

/// An account is disabled in this transaction: each organization has another super admin, or it is refused.
pub async fn keep_super_admins_without(tx: &mut Tx, account: AccountId) -> Result<(), Refusal> {
    for organization in store::super_admin_of(tx, account).await? {
        hold_organization(tx, organization).await?;
        keep_super_admin(tx, organization).await?;
    }
    Ok(())
}

/// The active account with this address, held for a change of what it belongs to.
async fn person(tx: &mut Tx, email: &str) -> Result<AccountId, Refusal> {
    let account = active_account_with_email(tx, email).await?.ok_or_else(|| missing("email"))?;
    hold_accounts(tx, vec![(account, Lock::Update)]).await?;
    Ok(account)
}

async fn hold_organization(tx: &mut Tx, organization: OrganizationId) -> Result<(), Refusal> {
    tx.lock("organization", &organization.to_string(), Lock::Update).await?;
    let known = store::organization_exists(tx, organization).await?;
    if known { Ok(()) } else { Err(missing("organization")) }
}

/// What was named and is not there: `email`, `organization`, or the `membership` of one in the other.
fn missing(what: &str) -> Refusal {
    let mut refusal = Refusal::new(ProblemCode::NotFound);
    refusal.problem.field = Some(what.to_owned());
    refusal
}

/// After every change there is somebody who can take others in; the organization's row is held.
async fn keep_super_admin(tx: &mut Tx, organization: OrganizationId) -> Result<(), Refusal> {
    let kept = store::has_super_admin(tx, organization).await?;
    if kept { Ok(()) } else { Err(ProblemCode::LastSuperAdmin.into()) }
}

async fn begin_membership(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    role: Role,
) -> Result<(), Refusal> {
    store::insert_membership(tx, organization, account, role, crate::now()).await?;
    record(tx, account, organization, Deed::MembershipBegan, Some(role)).await
}

async fn record(
    tx: &mut Tx,
    account: AccountId,
    organization: OrganizationId,
    what: Deed,
    role: Option<Role>,
) -> Result<(), Refusal> {
    let entry = AuditEntry {
        on_what: Some(organization.to_string()),
        after: role.map(|role| json!({ "role": role })),
        ..AuditEntry::by_service(account, what)
    };
    history::record(tx, entry).await?;
    Ok(history::announce(tx, ChangeEntry::Membership(organization, account)).await?)
}
