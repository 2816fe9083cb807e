//! An installer works in a customer's account, by consent: authorization requests, consents, grants.
//!
//! 1. An installer of a partner asks ([`ask`]); the customer sees it at once, and by mail.
//! 2. The customer answers ([`consent`], [`decline`]), or the installer takes it back ([`withdraw`]), or 72 hours pass
//!    ([`expiry`]). The terms are hashed ([`terms`]); a consent names the hash that was shown.
//! 3. A yes makes a grant: this installer, for this company, in this account, on this, for that, until then. It ends by
//!    one of either side ([`end`]), by its time, or with what it rests on ([`end_all_of`]); its sessions end in the same
//!    transaction.
//!
//! Whoever ends a grant holds the account of its subject or of its actor alone; every change made by the grant shares
//! both (`authority::Caller::confirm`). So nothing commits after an answered end.

mod answer;
pub mod api;
mod ask;
mod end;
pub mod expiry;
pub(crate) mod pages;
pub mod store;
mod terms;

pub use answer::{consent, decline, unblock};
pub use ask::{ask, withdraw};
pub use end::{end, end_all_of, end_grant};

use crate::authority::Caller;
use crate::db::{Lock, Tx};
use crate::history::{self, ChangeEntry};
use crate::problem::Refusal;
use porchlight_protocol::access::{AuthorizationRequest, Grant};
use porchlight_protocol::{AccountId, CustomerId, GrantId, OrganizationId, ProblemCode, RequestId};

/// A request that the account made, or was asked; else it is not there.
pub async fn read_request(
    tx: &mut Tx,
    account: AccountId,
    id: RequestId,
) -> Result<AuthorizationRequest, Refusal> {
    store::visible_request(tx, account, id, crate::now()).await?.ok_or(ProblemCode::NotFound.into())
}

/// A grant in the account's hand, or on it; else it is not there.
pub async fn read_grant(tx: &mut Tx, account: AccountId, id: GrantId) -> Result<Grant, Refusal> {
    store::visible_grant(tx, account, id, crate::now()).await?.ok_or(ProblemCode::NotFound.into())
}

/// Confirms the caller, with the customer's account held: it cannot be disabled before the commit.
pub async fn confirm_with_customer(tx: &mut Tx, caller: &Caller, id: CustomerId) -> Result<(), Refusal> {
    let customer = crate::customers::store::customer_by_id(tx, id).await?;
    let others: Vec<_> = customer.iter().map(|customer| (customer.account, Lock::Share)).collect();
    caller.confirm_holding(tx, &others).await
}

/// Confirms the caller, with both sides of a request held: neither can be disabled, or leave, before the commit.
pub async fn confirm_with_request(tx: &mut Tx, caller: &Caller, id: RequestId) -> Result<(), Refusal> {
    let request = store::visible_request(tx, caller.account, id, crate::now()).await?;
    let others: Vec<_> = request.iter().map(|request| (request.actor.id, Lock::Share)).collect();
    caller.confirm_holding(tx, &others).await
}

/// Confirms the caller, with both sides of a grant held alone: nothing is changed by it meanwhile.
pub async fn confirm_with_grant(tx: &mut Tx, caller: &Caller, id: GrantId) -> Result<(), Refusal> {
    let grant = store::visible_grant(tx, caller.account, id, crate::now()).await?;
    let others: Vec<_> = grant
        .iter()
        .flat_map(|grant| [grant.subject.id, grant.actor.id].map(|account| (account, Lock::Update)))
        .collect();
    caller.confirm_holding(tx, &others).await
}

/// Both sides look at the request again, and the installer at the customer.
async fn announce_request(tx: &mut Tx, request: &AuthorizationRequest) -> Result<(), Refusal> {
    for account in [request.subject, request.actor.id] {
        history::announce(tx, ChangeEntry::Request(request.id, account)).await?;
    }
    announce_customer(tx, request.company.id, request.subject, request.actor.id).await
}

/// Both sides look at the grant again, and the installer at the customer.
pub async fn announce_grant(tx: &mut Tx, grant: &Grant) -> Result<(), Refusal> {
    for account in [grant.subject.id, grant.actor.id] {
        history::announce(tx, ChangeEntry::Grant(grant.id, account)).await?;
    }
    announce_customer(tx, grant.company.id, grant.subject.id, grant.actor.id).await
}

async fn announce_customer(
    tx: &mut Tx,
    organization: OrganizationId,
    subject: AccountId,
    actor: AccountId,
) -> Result<(), Refusal> {
    for customer in crate::customers::store::customers_of_account(tx, organization, subject).await? {
        history::announce(tx, ChangeEntry::Customer(customer, actor)).await?;
    }
    Ok(())
}
