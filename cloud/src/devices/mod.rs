//! Devices in the field, once they belong to somebody: name, site, clock, release.
//!
//! A device is (maker, serial). One *ownership* of it is a row that a claim makes ([`bind`]) and that ends, never
//! deleted, when the owner releases it ([`release`]); the unique index over rows that have not ended is what keeps a
//! device from belonging twice. The device itself learns name, clock and release by [`commands`], which leave the
//! database after the commit.
//!
//! Settings carry a revision, so that a device may take a message twice and in any order.

pub mod api;
pub mod channel;
pub mod clocks;
pub mod commands;
pub(crate) mod pages;
pub mod store;

use crate::authority::{Caller, Permission, Resource};
use crate::clock;
use crate::db::{DbError, Lock, Tx};
use crate::history::{self, AuditEntry, ChangeEntry, Deed};
use crate::problem::Refusal;
use commands::CommandKind;
use porchlight_protocol::device::{DeviceRelease, DeviceSettings};
use porchlight_protocol::devices::{Device, Section};
use porchlight_protocol::{
    AccountId, ClaimId, DeviceId, DeviceName, GrantId, Maker, Model, ProblemCode, Serial, SiteId,
};
use serde_json::json;
use store::DeviceRow;

/// The revision of the settings that a device gets with `down/bind`.
pub const FIRST_REVISION: u32 = 1;

/// What a claim makes of a device.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its new id.
    pub id: DeviceId,
    /// Who made it.
    pub maker: Maker,
    /// What is printed on it.
    pub serial: Serial,
    /// From the inventory.
    pub model: Model,
    /// What it is for.
    pub section: Section,
    /// Where it is.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Whether its clock follows daylight saving.
    pub daylight_saving: bool,
    /// The claim that proved it.
    pub claim: ClaimId,
    /// In whose account it was claimed.
    pub account: AccountId,
    /// Who claimed it.
    pub actor: AccountId,
    /// By which grant, when that is somebody else.
    pub grant: Option<GrantId>,
}

/// Whose a device is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// This ownership.
    pub device: DeviceId,
    /// The claim that made it.
    pub claim: ClaimId,
    /// Where it is.
    pub site: SiteId,
    /// The first owner of that site.
    pub owner: AccountId,
}

/// What became of binding a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindOutcome {
    /// It belongs to the claim's account now.
    Bound(DeviceId),
    /// This claim bound it before; nothing was done.
    BoundBefore(DeviceId),
    /// It belongs to somebody, by another claim; nothing was done.
    OwnedAlready(Ownership),
}

/// What the owner wants changed; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct DeviceChange {
    /// What people call it, checked already.
    pub name: Option<String>,
    /// Where it is.
    pub site: Option<SiteId>,
}

/// Whose the device is now; none when it can be claimed.
pub async fn current_owner(tx: &mut Tx, device: &DeviceName) -> Result<Option<Ownership>, DbError> {
    store::ownership(tx, device).await
}

/// Makes the device the site's, in the transaction of the claim's last step, which has checked that the account may
/// add devices there. Whatever waited to be told to the device's earlier self is dropped.
pub async fn bind(tx: &mut Tx, new: &NewDevice) -> Result<BindOutcome, DbError> {
    if let Some(device) = store::device_of_claim(tx, new.claim).await? {
        return Ok(BindOutcome::BoundBefore(device));
    }
    let name = DeviceName { maker: new.maker.clone(), serial: new.serial.clone() };
    let device = new.id;
    if !store::insert_device(tx, new, FIRST_REVISION, crate::now()).await? {
        // Somebody's row stands; if it ended at this very moment, the transaction is worth another try.
        let ownership = store::ownership(tx, &name).await?.ok_or(DbError::TryAgain)?;
        return Ok(if ownership.claim == new.claim {
            BindOutcome::BoundBefore(ownership.device)
        } else {
            BindOutcome::OwnedAlready(ownership)
        });
    }
    commands::drop_older_selves(tx, &name).await?;
    history::record(
        tx,
        AuditEntry {
            actor: Some(new.actor),
            grant: new.grant,
            site: Some(new.site),
            on_what: Some(device.to_string()),
            after: Some(json!({ "maker": new.maker, "serial": new.serial, "name": new.name })),
            ..AuditEntry::by_service(new.account, Deed::DeviceAdded)
        },
    )
    .await?;
    history::announce(tx, ChangeEntry::Device(device, new.site)).await?;
    history::announce_prepared(tx, new.account).await?;
    Ok(BindOutcome::Bound(device))
}

/// Reads the device for a change: it must be there, and the caller may do this where it is. Holds site and device.
async fn hold(
    tx: &mut Tx,
    caller: &Caller,
    device: DeviceId,
    permission: Permission,
    also: Option<SiteId>,
) -> Result<DeviceRow, Refusal> {
    let row = store::device_by_id(tx, device).await?.ok_or(ProblemCode::NotFound)?;
    // Two moves in opposite directions take the sites in the same order.
    let here = row.device.site;
    let mut wanted = vec![(here, permission, Resource::Device(device, here))];
    let there = also.filter(|site| *site != here);
    wanted.extend(there.map(|site| (site, Permission::DeviceAdd, Resource::Site(site))));
    wanted.sort_by_key(|(site, ..)| *site);
    for (_, permission, resource) in wanted {
        caller.authorize(tx, permission, resource).await?;
    }
    tx.lock("device", &device.to_string(), Lock::Update).await?;
    let held = store::device_by_id(tx, device).await?.ok_or(ProblemCode::NotFound)?;
    // Moved between the two readings: what was authorized is not where it is.
    if held.device.site == row.device.site { Ok(held) } else { Err(DbError::TryAgain.into()) }
}

/// Renames a device, or moves it to another site of the same owner. The caller is confirmed already.
///
/// A device that keeps its site's time goes on doing so at the new one; a zone of its own stays.
pub async fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: DeviceId,
    wanted: DeviceChange,
) -> Result<Device, Refusal> {
    let permission = if wanted.site.is_some() { Permission::DeviceRelease } else { Permission::DeviceChange };
    let row = hold(tx, caller, id, permission, wanted.site).await?;
    if row.ended {
        return Err(ProblemCode::NotFound.into());
    }
    let before = row.device.clone();
    let mut after = row.device.clone();
    if let Some(name) = wanted.name {
        after.name = name;
    }
    if let Some(site) = wanted.site.filter(|site| *site != before.site) {
        let old_zone = store::site_time_zone(tx, before.site).await?;
        let new_zone = store::site_time_zone(tx, site).await?;
        if before.time_zone == old_zone {
            after.time_zone = new_zone;
        }
        after.site = site;
    }
    if after == before {
        return Ok(after);
    }
    let revision = row.settings_revision + 1;
    store::update_device(tx, &after, revision, crate::now()).await?;
    tell_settings(tx, &after, revision).await?;
    record_change(tx, caller, &before, &after).await?;
    if before.site != after.site {
        history::announce(tx, ChangeEntry::DeviceGone(id, before.site)).await?;
    }
    history::announce(tx, ChangeEntry::Device(id, after.site)).await?;
    Ok(after)
}

/// One line in the history of each site that it concerns.
async fn record_change(tx: &mut Tx, caller: &Caller, before: &Device, after: &Device) -> Result<(), DbError> {
    let shown =
        |device: &Device| json!({ "name": device.name, "site": device.site, "time_zone": device.time_zone });
    let moved = before.site != after.site;
    let what = if moved { Deed::DeviceMoved } else { Deed::DeviceRenamed };
    for site in std::iter::once(after.site).chain(moved.then_some(before.site)) {
        history::record(
            tx,
            AuditEntry {
                site: Some(site),
                on_what: Some(after.id.to_string()),
                before: Some(shown(before)),
                after: Some(shown(after)),
                ..AuditEntry::by(caller, what)
            },
        )
        .await?;
    }
    Ok(())
}

/// Lets go of a device: the ownership ends, the device is told to forget, and it can be claimed again. The caller is
/// confirmed already.
pub async fn release(tx: &mut Tx, caller: &Caller, id: DeviceId) -> Result<(), Refusal> {
    let row = hold(tx, caller, id, Permission::DeviceRelease, None).await?;
    if row.ended {
        return Err(ProblemCode::NotFound.into());
    }
    let_go(tx, AuditEntry::by(caller, Deed::DeviceReleased), row).await
}

/// The same for a device that is held already, and may be let go of for another reason than a role; the entry says who
/// does it in whose account.
pub async fn let_go(tx: &mut Tx, entry: AuditEntry, row: DeviceRow) -> Result<(), Refusal> {
    let (id, device) = (row.device.id, row.device);
    store::end_device(tx, id, crate::now()).await?;
    let name = DeviceName { maker: device.maker.clone(), serial: device.serial.clone() };
    commands::withdraw(tx, &name, &id.to_string()).await?;
    tell_release(tx, &name, row.held_claim).await?;
    history::record(
        tx,
        AuditEntry {
            site: Some(device.site),
            on_what: Some(id.to_string()),
            before: Some(json!({ "maker": device.maker, "serial": device.serial, "name": device.name })),
            ..entry
        },
    )
    .await?;
    history::announce(tx, ChangeEntry::DeviceGone(id, device.site)).await?;
    Ok(())
}

/// Whether the caller may still do this to the device, ended or not: before a stored answer is repeated.
pub async fn authorize_replay(
    tx: &mut Tx,
    caller: &Caller,
    id: DeviceId,
    permission: Permission,
) -> Result<(), Refusal> {
    let row = store::device_by_id(tx, id).await?.ok_or(ProblemCode::NotFound)?;
    caller.authorize(tx, permission, Resource::Device(id, row.device.site)).await
}

/// Tells screens that a device went online or offline, in the transaction that changed its presence.
pub async fn announce_presence(tx: &mut Tx, device: &DeviceName) -> Result<(), DbError> {
    match store::ownership(tx, device).await? {
        Some(owned) => history::announce(tx, ChangeEntry::Device(owned.device, owned.site)).await,
        None => Ok(()),
    }
}

/// `up/settled`: settings of this revision are in force at the device.
pub async fn settle(tx: &mut Tx, device: &DeviceName, revision: u32) -> Result<(), DbError> {
    let Some(owned) = store::ownership(tx, device).await? else { return Ok(()) };
    if store::settle_device(tx, owned.device, revision).await? {
        commands::finish(tx, device, CommandKind::Settings, &owned.device.to_string()).await?;
    }
    Ok(())
}

/// The device holds another claim than the one that made it its owner's (the later of two that both were proven): it
/// is that one which a release must name.
pub async fn note_held_claim(tx: &mut Tx, device: &DeviceName, claim: ClaimId) -> Result<(), DbError> {
    store::note_held_claim(tx, device, claim).await
}

/// Has the device forget what this claim made of it.
pub async fn tell_release(tx: &mut Tx, device: &DeviceName, claim: ClaimId) -> Result<(), DbError> {
    let message = DeviceRelease { claim };
    commands::enqueue(tx, device, CommandKind::Release, &claim.to_string(), &message, None).await
}

/// `up/released`: the device forgot what this claim had made of it.
pub async fn confirm_release(tx: &mut Tx, device: &DeviceName, claim: ClaimId) -> Result<(), DbError> {
    commands::finish(tx, device, CommandKind::Release, &claim.to_string()).await
}

/// Queues name and clock for the device.
async fn tell_settings(tx: &mut Tx, device: &Device, revision: u32) -> Result<(), DbError> {
    let clock = clock::clock_settings(&device.time_zone, device.daylight_saving, crate::now())
        .map_err(|_| DbError::Corrupt("time zone"))?;
    let settings = DeviceSettings { revision, name: device.name.clone(), clock };
    let name = DeviceName { maker: device.maker.clone(), serial: device.serial.clone() };
    commands::enqueue(tx, &name, CommandKind::Settings, &device.id.to_string(), &settings, None).await
}
