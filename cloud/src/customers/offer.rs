//! The customer's answer to being added.

use super::{announce, store};
use crate::access;
use crate::authority::{Caller, SiteRole};
use crate::db::{Lock, Tx};
use crate::devices;
use crate::history::{self, AuditEntry, ChangeEntry, Deed};
use crate::problem::Refusal;
use crate::session;
use crate::sites;
use porchlight_protocol::access::GrantEnd;
use porchlight_protocol::customers::{AcceptOfferRequest, OfferedDevice};
use porchlight_protocol::{AccountId, Base64Url, CustomerId, ProblemCode, SiteId};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::OfferRow;

/// Confirms the caller, with the account that stands in for them held alone: nothing is added to it meanwhile.
pub async fn confirm_with_offer(tx: &mut Tx, caller: &Caller, id: CustomerId) -> Result<(), Refusal> {
    let offer = store::offer_to(tx, caller.account, id).await?;
    let others: Vec<_> = offer.iter().map(|offer| (offer.stand_in, Lock::Update)).collect();
    caller.confirm_holding(tx, &others).await
}

/// Says yes: the account becomes the customer's, with what was added meanwhile or without it. The caller is confirmed
/// already ([`confirm_with_offer`]).
pub async fn accept(
    tx: &mut Tx,
    caller: &Caller,
    id: CustomerId,
    wanted: AcceptOfferRequest,
) -> Result<(), Refusal> {
    if wanted.keep {
        check_shown(tx, caller, id, wanted.shown.as_ref()).await?;
    }
    let offer = answer(tx, caller, id, "confirmed").await?;
    end_stand_in(tx, &offer, GrantEnd::Activated).await?;
    let sites = hold_sites(tx, offer.stand_in).await?;
    if wanted.keep {
        take_over(tx, &sites, offer.stand_in, caller.account).await?;
    } else {
        let_go(tx, caller, &sites, offer.stand_in).await?;
    }
    record(tx, caller, &offer, Deed::CustomerConfirmed, wanted.keep).await
}

/// What would be kept is what was shown: the account that stood in is held, so that nothing is added any more.
async fn check_shown(
    tx: &mut Tx,
    caller: &Caller,
    id: CustomerId,
    shown: Option<&Base64Url>,
) -> Result<(), Refusal> {
    let offers = store::offers_to(tx, caller.account).await?;
    let offer = offers.into_iter().find(|offer| offer.id == id).ok_or(ProblemCode::NotFound)?;
    let is_empty = offer.sites.is_empty() && offer.devices.is_empty();
    if shown == Some(&offer.shown) || (shown.is_none() && is_empty) {
        Ok(())
    } else {
        Err(ProblemCode::TermsDiffer.into())
    }
}

/// Stands for what an offer lists.
///
/// ```text
/// SHA-256("porchlight/offer/1" || count of sites || each site || each device's name, section and site)
/// ```
///
/// Each part is preceded by its length in 4 bytes, big-endian; the count is a text.
pub(super) fn shown(sites: &[String], devices: &[OfferedDevice]) -> Base64Url {
    let count = sites.len().to_string();
    let sites = sites.iter().map(String::as_str);
    let devices = devices.iter().flat_map(|one| [one.name.as_str(), one.section.as_str(), &one.site]);
    let mut hash = Sha256::new();
    for part in ["porchlight/offer/1", &count].into_iter().chain(sites).chain(devices) {
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part);
    }
    Base64Url(hash.finalize().to_vec())
}

/// Says no: what was added meanwhile is let go of. The caller is confirmed already ([`confirm_with_offer`]).
pub async fn refuse(tx: &mut Tx, caller: &Caller, id: CustomerId) -> Result<(), Refusal> {
    let offer = answer(tx, caller, id, "refused").await?;
    end_stand_in(tx, &offer, GrantEnd::Revoked).await?;
    let sites = hold_sites(tx, offer.stand_in).await?;
    let_go(tx, caller, &sites, offer.stand_in).await?;
    record(tx, caller, &offer, Deed::CustomerRefused, false).await
}

/// Uses the offer up by one statement.
async fn answer(
    tx: &mut Tx,
    caller: &Caller,
    id: CustomerId,
    state: &'static str,
) -> Result<OfferRow, Refusal> {
    let offer = store::offer_to(tx, caller.account, id).await?.ok_or(ProblemCode::NotFound)?;
    if store::answer_offer(tx, id, caller.account, state, crate::now()).await? {
        Ok(offer)
    } else {
        Err(ProblemCode::NotFound.into())
    }
}

/// Ends every grant on the account that stood in, every session by them, and the account itself.
async fn end_stand_in(tx: &mut Tx, offer: &OfferRow, why: GrantEnd) -> Result<(), Refusal> {
    access::end_all_of(tx, offer.stand_in, None, why).await?;
    session::store::set_disabled(tx, offer.stand_in).await?;
    Ok(session::store::insert_account_revocation(tx, offer.stand_in, crate::now()).await?)
}

async fn hold_sites(tx: &mut Tx, stand_in: AccountId) -> Result<Vec<SiteId>, Refusal> {
    let sites = store::sites_of(tx, stand_in).await?;
    for site in &sites {
        tx.lock("site", &site.to_string(), Lock::Update).await?;
    }
    Ok(sites)
}

/// The sites become the customer's, with their devices.
async fn take_over(tx: &mut Tx, sites: &[SiteId], from: AccountId, to: AccountId) -> Result<(), Refusal> {
    let now = crate::now();
    for site in sites {
        sites::store::end_site_user(tx, *site, from, now).await?;
        sites::store::insert_site_user(tx, *site, to, SiteRole::Owner, now).await?;
        history::announce(tx, ChangeEntry::Site(*site)).await?;
    }
    for (device, site) in store::devices_at(tx, to, sites).await? {
        history::announce(tx, ChangeEntry::Device(device, site)).await?;
    }
    Ok(())
}

/// The devices are let go of, and the sites are nobody's.
async fn let_go(tx: &mut Tx, caller: &Caller, sites: &[SiteId], stand_in: AccountId) -> Result<(), Refusal> {
    for (device, _) in store::devices_at(tx, stand_in, sites).await? {
        tx.lock("device", &device.to_string(), Lock::Update).await?;
        let row = devices::store::device_by_id(tx, device).await?.ok_or(ProblemCode::NotFound)?;
        // In the history of the account that it was in: whoever says no never had it.
        let entry = AuditEntry {
            actor: Some(caller.account),
            ..AuditEntry::by_service(stand_in, Deed::DeviceReleased)
        };
        devices::let_go(tx, entry, row).await?;
    }
    for site in sites {
        sites::store::end_site_user(tx, *site, stand_in, crate::now()).await?;
    }
    Ok(())
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    offer: &OfferRow,
    what: Deed,
    kept: bool,
) -> Result<(), Refusal> {
    let entry = AuditEntry {
        on_what: Some(offer.id.to_string()),
        after: Some(json!({ "company": offer.company, "kept": kept })),
        ..AuditEntry::by(caller, what)
    };
    history::record(tx, entry).await?;
    announce(tx, offer.company, offer.id).await?;
    Ok(history::announce(tx, ChangeEntry::Offer(offer.id, caller.account)).await?)
}
