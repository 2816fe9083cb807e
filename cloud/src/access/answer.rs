//! The customer answers: yes, perhaps for a shorter time, or no; and takes requests from a company, or none.

use super::terms::check_time;
use super::{announce_grant, announce_request, read_grant, read_request, store};
use crate::authority::Caller;
use crate::db::{Lock, Tx};
use crate::history::{self, AuditEntry, Deed};
use crate::problem::Refusal;
use porchlight_protocol::access::{
    AuthorizationRequest, ConsentRequest, DeclineRequest, Grant, RequestState,
};
use porchlight_protocol::{GrantId, OrganizationId, ProblemCode, RequestId};
use serde_json::json;

/// Says yes to what was shown. The caller is confirmed already, with the request ([`super::confirm_with_request`]).
pub async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: RequestId,
    wanted: &ConsentRequest,
) -> Result<Grant, Refusal> {
    let request = asked(tx, caller, id).await?;
    if request.terms != wanted.terms {
        return Err(ProblemCode::TermsDiffer.into());
    }
    let lasts = wanted.lasts.unwrap_or(request.lasts);
    check_time(lasts)?;
    if lasts > request.lasts {
        return Err(Refusal::field("lasts"));
    }
    let (grant, now) = (GrantId::mint(), crate::now());
    if !store::answer_request(tx, id, "consented", Some(grant), now).await? {
        return Err(ProblemCode::RequestOver.into());
    }
    let until = now + i64::from(lasts) * 1000;
    store::insert_grant_of_request(tx, grant, &request, now, until).await?;
    let after = json!({ "company": request.company.id, "permissions": request.permissions, "until": until });
    record(tx, caller, &request, Some(grant), Deed::AccessGranted, after).await?;
    announce_request(tx, &request).await?;
    let grant = read_grant(tx, caller.account, grant).await?;
    announce_grant(tx, &grant).await?;
    Ok(grant)
}

/// Says no; to the company for good, if wanted. The caller is confirmed already.
pub async fn decline(
    tx: &mut Tx,
    caller: &Caller,
    id: RequestId,
    wanted: DeclineRequest,
) -> Result<(), Refusal> {
    let company = asked(tx, caller, id).await?.company.id;
    // Who asks holds it too, and counts refusals and blocks: whoever asks after this answer knows of it.
    tx.lock("organization", &company.to_string(), Lock::Update).await?;
    let mut declined = vec![id];
    if wanted.block {
        block(tx, caller, company).await?;
        declined.extend(store::pending_of(tx, caller.account, company, crate::now()).await?);
        // By their ids, as whoever withdraws several does: two of them do not wait for each other.
        declined.sort_unstable();
        declined.dedup();
    }
    for request in declined {
        decline_one(tx, caller, request, (request == id, wanted.block)).await?;
    }
    Ok(())
}

async fn block(tx: &mut Tx, caller: &Caller, company: OrganizationId) -> Result<(), Refusal> {
    if store::block(tx, caller.account, company, crate::now()).await? {
        record_company(tx, caller, company, Deed::AccessBlocked).await?;
    }
    Ok(())
}

/// Takes requests from a company again. The caller is confirmed already.
pub async fn unblock(tx: &mut Tx, caller: &Caller, company: OrganizationId) -> Result<(), Refusal> {
    if !store::unblock(tx, caller.account, company).await? {
        return Err(ProblemCode::NotFound.into());
    }
    record_company(tx, caller, company, Deed::AccessUnblocked).await
}

async fn record_company(
    tx: &mut Tx,
    caller: &Caller,
    company: OrganizationId,
    what: Deed,
) -> Result<(), Refusal> {
    let entry = AuditEntry { on_what: Some(company.to_string()), ..AuditEntry::by(caller, what) };
    Ok(history::record(tx, entry).await?)
}

/// One that was not `meant` itself may have been taken back meanwhile: that is as good.
async fn decline_one(
    tx: &mut Tx,
    caller: &Caller,
    id: RequestId,
    (meant, blocked): (bool, bool),
) -> Result<(), Refusal> {
    if !store::answer_request(tx, id, "declined", None, crate::now()).await? {
        return if meant { Err(ProblemCode::RequestOver.into()) } else { Ok(()) };
    }
    let request = read_request(tx, caller.account, id).await?;
    let after = json!({ "company": request.company.id, "blocked": blocked });
    record(tx, caller, &request, None, Deed::AccessDeclined, after).await?;
    announce_request(tx, &request).await
}

/// A request that the caller was asked, and that still waits.
async fn asked(tx: &mut Tx, caller: &Caller, id: RequestId) -> Result<AuthorizationRequest, Refusal> {
    let request = read_request(tx, caller.account, id).await?;
    if request.subject != caller.account {
        return Err(ProblemCode::NotFound.into());
    }
    if request.state != RequestState::Pending {
        return Err(ProblemCode::RequestOver.into());
    }
    Ok(request)
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    request: &AuthorizationRequest,
    grant: Option<GrantId>,
    what: Deed,
    after: serde_json::Value,
) -> Result<(), Refusal> {
    let entry = AuditEntry {
        grant,
        on_what: Some(request.id.to_string()),
        after: Some(after),
        ..AuditEntry::by(caller, what)
    };
    Ok(history::record(tx, entry).await?)
}
