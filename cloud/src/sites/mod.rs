//! Sites: physical places that hold devices. Who makes one owns it.
//!
//! Every change is made in a transaction in which the caller was confirmed; it writes its line of history and tells
//! the screens of whoever sees the site.

pub mod api;
pub(crate) mod pages;
pub mod store;

use crate::authority::{Caller, Permission, Resource, SiteRole};
use crate::clock;
use crate::db::{Lock, Tx};
use crate::history::{self, AuditEntry, ChangeEntry, Deed};
use crate::problem::Refusal;
use crate::text;
use porchlight_protocol::sites::{ChangeSiteRequest, MakeSiteRequest, Site};
use porchlight_protocol::{ProblemCode, SiteId};
use serde_json::{Value, json};

/// Makes a site that the caller owns.
pub async fn make(tx: &mut Tx, caller: &Caller, wanted: &MakeSiteRequest) -> Result<Site, Refusal> {
    let site = Site {
        id: SiteId::mint(),
        name: text::check_name("name", &wanted.name)?,
        address: text::check_comment("address", &wanted.address)?,
        time_zone: wanted.time_zone.clone(),
    };
    if !clock::zone_exists(&site.time_zone) {
        return Err(Refusal::field("time_zone"));
    }
    caller.authorize(tx, Permission::SiteCreate, Resource::Account).await?;
    let now = crate::now();
    store::insert_site(tx, &site, now).await?;
    store::insert_site_user(tx, site.id, caller.account, SiteRole::Owner, now).await?;
    record(tx, caller, Deed::SiteMade, &site, None).await?;
    history::announce(tx, ChangeEntry::Site(site.id)).await?;
    history::announce_prepared(tx, caller.account).await?;
    Ok(site)
}

/// A site that the caller sees; else it is not there.
pub async fn read(tx: &mut Tx, caller: &Caller, id: SiteId) -> Result<Site, Refusal> {
    store::visible_site(tx, caller.sight(), id).await?.ok_or(ProblemCode::NotFound.into())
}

/// Changes a site's name or address.
pub async fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: SiteId,
    wanted: &ChangeSiteRequest,
) -> Result<Site, Refusal> {
    // Held for a change at once: two that share the row and then both want more would wait for each other.
    tx.lock("site", &id.to_string(), Lock::Update).await?;
    caller.authorize(tx, Permission::SiteChange, Resource::Site(id)).await?;
    let before = read(tx, caller, id).await?;
    let mut after = before.clone();
    if let Some(name) = &wanted.name {
        after.name = text::check_name("name", name)?;
    }
    if let Some(address) = &wanted.address {
        after.address = text::check_comment("address", address)?;
    }
    if after != before {
        store::update_site(tx, &after).await?;
        record(tx, caller, Deed::SiteChanged, &after, Some(&before)).await?;
        history::announce(tx, ChangeEntry::Site(id)).await?;
    }
    Ok(after)
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    what: Deed,
    site: &Site,
    before: Option<&Site>,
) -> Result<(), Refusal> {
    let shown = |site: &Site| -> Value {
        json!({ "name": site.name, "address": site.address, "time_zone": site.time_zone })
    };
    let entry = AuditEntry {
        site: Some(site.id),
        on_what: Some(site.id.to_string()),
        before: before.map(shown),
        after: Some(shown(site)),
        ..AuditEntry::by(caller, what)
    };
    Ok(history::record(tx, entry).await?)
}
