//! A partner's customers.
//!
//! 1. An installer adds a customer by address ([`add`]). Whether or not the address has an account, the same happens: an
//!    *invited* account comes to be that stands in for the customer, with a grant by which this installer may add sites
//!    and devices to it for 24 hours (a birth grant), and a mail goes to the address.
//! 2. Whoever has verified that address, by an old account or a new one, sees the offer and answers: yes, and keeps
//!    what was added meanwhile or not ([`accept`]), or no ([`refuse`]). Every session and grant of before ends with it.
//!
//! So a partner learns from adding whether somebody answered, never whether an address has an account.

pub mod api;
mod offer;
pub(crate) mod pages;
pub mod store;

pub use offer::{accept, confirm_with_offer, refuse};

use crate::access;
use crate::authority::{Caller, Permission};
use crate::db::{Connection, Lock, Tx};
use crate::history::{self, AuditEntry, ChangeEntry, Deed};
use crate::limits::store::{AttemptKind, count_attempt};
use crate::mail::{self, Letter};
use crate::people;
use crate::problem::Refusal;
use crate::server::CloudState;
use crate::session::credentials::{attempt_identifier, check_address};
use crate::session::store::{AccountRow, active_account_with_email, insert_invited_account};
use crate::session::{DAY, HOUR};
use crate::text::check_name;
use porchlight_protocol::customers::{AddCustomerRequest, Customer};
use porchlight_protocol::session::Language;
use porchlight_protocol::{AccountId, CustomerId, OrganizationId, ProblemCode};
use serde_json::json;

/// What an installer may do before the customer has answered. Reading is of what they made themselves: else nothing
/// else is there.
const BIRTH: [Permission; 3] = [Permission::SiteRead, Permission::SiteCreate, Permission::DeviceAdd];

/// How long they may: 24 hours.
const BIRTH_LASTS: i64 = DAY;

/// How long somebody who said no is left alone: a week.
const SILENCE: i64 = 7 * DAY;

/// Adds a customer. The caller is confirmed already.
pub async fn add(
    tx: &mut Tx,
    state: &CloudState,
    caller: &Caller,
    organization: OrganizationId,
    wanted: &AddCustomerRequest,
) -> Result<Customer, Refusal> {
    caller.authorize_for(tx, Permission::CustomerAdd, organization).await?;
    let email = check_address(&wanted.email)?;
    let stand_in = AccountRow {
        id: AccountId::mint(),
        email: String::new(),
        given_name: check_name("given_name", &wanted.given_name)?,
        family_name: check_name("family_name", &wanted.family_name)?,
        language: mail::language_to_row(wanted.language).to_owned(),
    };
    tx.lock("organization", &organization.to_string(), Lock::Update).await?;
    let now = crate::now();
    count(tx, state, caller, organization, &email).await?;
    insert_invited_account(tx, &stand_in, now).await?;
    let id = CustomerId::mint();
    if !store::insert_customer(tx, id, organization, &stand_in, &email, caller.account, now).await? {
        return Err(ProblemCode::CustomerExists.into());
    }
    begin_birth_grant(tx, caller, organization, (id, stand_in.id), now).await?;
    announce(tx, organization, id).await?;
    tell_customer(tx, state, organization, (id, &email), wanted.language).await?;
    read(tx, caller, id).await
}

/// Lets the installer prepare what the customer will find, in the account that stands in for them.
async fn begin_birth_grant(
    tx: &mut Tx,
    caller: &Caller,
    organization: OrganizationId,
    (id, stand_in): (CustomerId, AccountId),
    now: i64,
) -> Result<(), Refusal> {
    let until = now + BIRTH_LASTS;
    let grant =
        access::store::insert_birth_grant(tx, organization, caller.account, stand_in, &BIRTH, now, until)
            .await?;
    let entry = AuditEntry {
        actor: Some(caller.account),
        grant: Some(grant),
        on_what: Some(id.to_string()),
        after: Some(json!({ "company": organization, "permissions": BIRTH, "until": until })),
        ..AuditEntry::by_service(stand_in, Deed::CustomerAdded)
    };
    Ok(history::record(tx, entry).await?)
}

/// Tells whoever has the address, on their screens and by mail.
async fn tell_customer(
    tx: &mut Tx,
    state: &CloudState,
    organization: OrganizationId,
    (id, email): (CustomerId, &str),
    language: Language,
) -> Result<(), Refusal> {
    let company = people::store::organization_name(tx, organization).await?;
    let letter = Letter::CustomerAdded { company };
    if let Some(account) = active_account_with_email(tx, email).await? {
        history::announce(tx, ChangeEntry::Offer(id, account)).await?;
        // Whoever has an account is written to in the language they chose.
        mail::enqueue_to_account(tx, &state.key, account, &letter).await?;
    } else {
        mail::enqueue(tx, &state.key, email, language, &letter).await?;
    }
    Ok(())
}

/// A customer of an organization that the caller belongs to, in a role that reads them; else there is none.
pub async fn read(db: &mut Connection, caller: &Caller, id: CustomerId) -> Result<Customer, Refusal> {
    let customer = store::visible_customer(db, caller.account, id, crate::now()).await?;
    let customer = customer.ok_or(ProblemCode::NotFound)?;
    caller.authorize_for(db, Permission::CustomerRead, customer.organization).await?;
    Ok(customer)
}

/// Everybody in the organization looks at the customer again.
async fn announce(tx: &mut Tx, organization: OrganizationId, id: CustomerId) -> Result<(), Refusal> {
    for account in people::store::members(tx, organization).await? {
        history::announce(tx, ChangeEntry::Customer(id, account)).await?;
    }
    Ok(())
}

/// Refuses an installer who adds too many, an address that hears of it too often, and one that said no this week.
async fn count(
    tx: &mut Tx,
    state: &CloudState,
    caller: &Caller,
    organization: OrganizationId,
    email: &str,
) -> Result<(), Refusal> {
    if store::refused_since(tx, organization, email, crate::now() - SILENCE).await? {
        return Err(ProblemCode::RequestsRefused.into());
    }
    if store::waiting(tx, organization).await? >= i64::from(state.settings.customers_waiting) {
        return Err(Refusal::new(ProblemCode::TooManyRequests).retry_after(3_600));
    }
    let installer = caller.account.to_string();
    count_attempt(tx, AttemptKind::CustomerAdded, &installer, (state.settings.customers_per_day, DAY))
        .await?;
    let address = attempt_identifier(&state.key, email);
    count_attempt(tx, AttemptKind::CustomerMail, &address, (state.settings.mails_per_hour, HOUR)).await
}
