//! The end of grants: in force when it is answered.

use super::ask::record;
use super::{announce_grant, announce_request, read_grant, store};
use crate::authority::{self, Caller};
use crate::db::Tx;
use crate::history::{self, AuditEntry, Deed};
use crate::problem::Refusal;
use porchlight_protocol::access::{Grant, GrantEnd};
use porchlight_protocol::{AccountId, GrantId, OrganizationId};
use serde_json::json;

/// Ends a grant, by its subject or by its actor; one that is over stays as it ended. The caller is confirmed already,
/// with the grant ([`super::confirm_with_grant`]).
pub async fn end(tx: &mut Tx, caller: &Caller, id: GrantId) -> Result<(), Refusal> {
    let grant = read_grant(tx, caller.account, id).await?;
    let why = if grant.subject.id == caller.account { GrantEnd::Revoked } else { GrantEnd::Released };
    end_grant(tx, &grant, Some(caller.account), why).await?;
    Ok(())
}

/// Ends everything that the account does for the organization; with none, everything that it does and that is done in
/// it. The account's row is held alone.
pub async fn end_all_of(
    tx: &mut Tx,
    account: AccountId,
    organization: Option<OrganizationId>,
    why: GrantEnd,
) -> Result<(), Refusal> {
    let now = crate::now();
    for id in store::living_grants(tx, account, organization).await? {
        let grant = read_grant(tx, account, id).await?;
        end_grant(tx, &grant, None, why).await?;
    }
    for id in store::pending_by(tx, account, organization, now).await? {
        let request = super::read_request(tx, account, id).await?;
        if store::answer_request(tx, id, "withdrawn", None, now).await? {
            let after = json!({ "why": why, "company": request.company.id });
            record(tx, None, &request, Deed::AccessWithdrawn, after).await?;
            announce_request(tx, &request).await?;
        }
    }
    Ok(())
}

/// Ends a grant and its sessions; false if it was over. Subject or actor is held alone; `by` is nobody for the service.
pub async fn end_grant(
    tx: &mut Tx,
    grant: &Grant,
    by: Option<AccountId>,
    why: GrantEnd,
) -> Result<bool, Refusal> {
    let now = crate::now();
    if !store::end_grant(tx, grant.id, why, now).await? {
        return Ok(false);
    }
    for session in authority::store::sessions_of_grant(tx, grant.id).await? {
        authority::store::end_session(tx, session, "access ended", now).await?;
    }
    let entry = AuditEntry {
        actor: by,
        grant: Some(grant.id),
        on_what: Some(grant.id.to_string()),
        after: Some(json!({ "why": why, "company": grant.company.id })),
        ..AuditEntry::by_service(grant.subject.id, Deed::AccessEnded)
    };
    history::record(tx, entry).await?;
    announce_grant(tx, grant).await?;
    Ok(true)
}
