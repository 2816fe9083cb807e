//! An installer asks, and may take it back.

use super::terms::Terms;
use super::{announce_request, read_request, store};
use crate::authority::{self, Caller, Permission};
use crate::customers::store::customer_by_id;
use crate::db::{Lock, Tx};
use crate::devices;
use crate::history::{self, AuditEntry, Deed};
use crate::key::ServerKey;
use crate::limits::store::{AttemptKind, count_attempt};
use crate::mail::{self, Letter};
use crate::problem::Refusal;
use crate::session::DAY;
use crate::session::store::is_active;
use crate::settings::AskLimits;
use porchlight_protocol::access::{AskForAccess, AuthorizationRequest, Scope};
use porchlight_protocol::customers::CustomerState;
use porchlight_protocol::{AccountId, CustomerId, OrganizationId, ProblemCode, RequestId};
use serde_json::{Value, json};

/// Asks a customer for access. The caller is confirmed already, with the customer ([`super::confirm_with_customer`]).
pub async fn ask(
    tx: &mut Tx,
    key: &ServerKey,
    limits: &AskLimits,
    caller: &Caller,
    customer: CustomerId,
    wanted: &AskForAccess,
) -> Result<AuthorizationRequest, Refusal> {
    let customer = customer_by_id(tx, customer).await?.ok_or(ProblemCode::NotFound)?;
    caller.authorize_for(tx, Permission::AccessAsk, customer.organization).await?;
    let terms = Terms::check(caller.account, customer.organization, customer.account, wanted)?;
    if customer.state != CustomerState::Confirmed {
        return Err(ProblemCode::CustomerNotConfirmed.into());
    }
    if !is_active(tx, customer.account).await? {
        // Not why: whether an account is disabled is its owner's affair.
        return Err(ProblemCode::RequestsRefused.into());
    }
    // Two colleagues who ask at once are counted one after the other.
    tx.lock("organization", &customer.organization.to_string(), Lock::Update).await?;
    check_flood(tx, limits, customer.organization, customer.account).await?;
    check_scope(tx, customer.account, terms.scope).await?;
    // Whatever became of them: what is asked and taken back again was mailed, too.
    let pair = format!("{}:{}", customer.organization, customer.account);
    count_attempt(tx, AttemptKind::AccessAsked, &pair, (limits.a_day, DAY)).await?;
    store::insert_request(tx, &terms, crate::now()).await?;
    let request = read_request(tx, caller.account, terms.request).await?;
    record(tx, Some(caller.account), &request, Deed::AccessAsked, asked_for(&request)).await?;
    announce_request(tx, &request).await?;
    let letter = Letter::AccessAsked {
        person: format!("{} {}", request.actor.given_name, request.actor.family_name),
        company: request.company.name.clone(),
        request: Some(request.id),
    };
    mail::enqueue_to_account(tx, key, request.subject, &letter).await?;
    Ok(request)
}

/// Takes a request back. The caller is confirmed already.
pub async fn withdraw(tx: &mut Tx, caller: &Caller, id: RequestId) -> Result<AuthorizationRequest, Refusal> {
    let request = read_request(tx, caller.account, id).await?;
    if request.actor.id != caller.account {
        return Err(ProblemCode::NotFound.into());
    }
    if !store::answer_request(tx, id, "withdrawn", None, crate::now()).await? {
        return Err(ProblemCode::RequestOver.into());
    }
    record(tx, Some(caller.account), &request, Deed::AccessWithdrawn, asked_for(&request)).await?;
    announce_request(tx, &request).await?;
    read_request(tx, caller.account, id).await
}

/// Refuses a company that was refused, lately and too often with no yes since, or that waits for enough answers already.
async fn check_flood(
    tx: &mut Tx,
    limits: &AskLimits,
    company: OrganizationId,
    subject: AccountId,
) -> Result<(), Refusal> {
    let now = crate::now();
    let silence = i64::try_from(limits.silence.as_millis()).unwrap_or(i64::MAX);
    if store::is_blocked(tx, subject, company).await? {
        return Err(ProblemCode::RequestsRefused.into());
    }
    let refused = store::refusals(tx, company, subject).await?;
    let pending = store::pending_requests(tx, company, subject, now).await?;
    let silent_until = refused.newest_at.saturating_add(silence);
    let until = if refused.count >= i64::from(limits.refusals) && silent_until > now {
        silent_until
    } else if pending.count >= i64::from(limits.waiting) {
        pending.first_at
    } else {
        return Ok(());
    };
    let seconds = u32::try_from((until - now) / 1000 + 1).unwrap_or(1);
    Err(Refusal::new(ProblemCode::TooManyRequests).retry_after(seconds))
}

/// A site or a device of the customer's; what is somebody else's reads as what is not there.
async fn check_scope(tx: &mut Tx, subject: AccountId, scope: Scope) -> Result<(), Refusal> {
    let (field, site) = match scope {
        Scope::Account | Scope::Unknown => return Ok(()),
        Scope::Site { site } => ("site", Some(site)),
        Scope::Device { device } => {
            let row = devices::store::device_by_id(tx, device).await?.filter(|row| !row.ended);
            ("device", row.map(|row| row.device.site))
        }
    };
    let owned = match site {
        Some(site) => authority::store::site_role(tx, subject, site).await?.is_some(),
        None => false,
    };
    if owned { Ok(()) } else { Err(Refusal::field(field)) }
}

/// What the history keeps of a request.
fn asked_for(request: &AuthorizationRequest) -> Value {
    json!({ "company": request.company.id, "permissions": request.permissions, "lasts": request.lasts,
        "comment": request.comment })
}

/// A line in the history of whoever was asked; `by` is nobody for the service.
pub(super) async fn record(
    tx: &mut Tx,
    by: Option<AccountId>,
    request: &AuthorizationRequest,
    what: Deed,
    after: Value,
) -> Result<(), Refusal> {
    let entry = AuditEntry {
        actor: by,
        on_what: Some(request.id.to_string()),
        after: Some(after),
        ..AuditEntry::by_service(request.subject, what)
    };
    Ok(history::record(tx, entry).await?)
}
