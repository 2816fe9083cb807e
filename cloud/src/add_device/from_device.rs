//! What a device says about a claim.
//!
//! It counts only for a claim of this very device. The account's authority is asked again with every message: a claim
//! whose account may not add devices any more fails, and a device that bound itself meanwhile is told to forget.

use super::claim::{self, ClaimEffect, ClaimEvent, Owner};
use super::steps::{self, Cargo};
use super::store::{self, ClaimRow};
use crate::db::{DbError, Tx};
use crate::devices::commands::{self, CommandKind};
use crate::devices::{self, BindOutcome, NewDevice};
use crate::server::CloudState;
use porchlight_protocol::add_device::Challenge;
use porchlight_protocol::device::{DeviceMessage, RefusalReason};
use porchlight_protocol::{Base64Url, DeviceId, DeviceName};

/// Takes a message about a claim, in its own transaction.
pub async fn take_message(
    state: &CloudState,
    tx: &mut Tx,
    device: &DeviceName,
    message: &DeviceMessage,
) -> Result<(), DbError> {
    let claim = match message {
        DeviceMessage::Challenge(message) => message.claim,
        DeviceMessage::Proven(message) => message.claim,
        DeviceMessage::Bound(message) => message.claim,
        DeviceMessage::Refused(message) => message.claim,
        DeviceMessage::Settled(_) | DeviceMessage::Released(_) => return Ok(()),
    };
    let row = steps::hold(tx, claim).await?.filter(|row| row.device() == *device);
    let Some(mut row) = row else {
        tracing::warn!(%device, %claim, "a device named a claim that is not its own");
        return Ok(());
    };
    if !steps::is_allowed(tx, &row).await?
        && let Some(failed) = steps::take(state, tx, &row, ClaimEvent::NotAllowed, Cargo::Nothing).await?
    {
        row = failed;
    }
    let event = match message {
        DeviceMessage::Challenge(message) => {
            let listed = store::listed_device(tx, device).await?;
            let device_key = listed.map(|listed| listed.public_key).unwrap_or_default();
            let challenge = Challenge {
                device_key: Base64Url(device_key),
                ke2: message.ke2.clone(),
                registration: message.registration.clone(),
                tries_left: message.tries_left,
            };
            ClaimEvent::Challenged { attempt: message.attempt, challenge }
        }
        DeviceMessage::Proven(message) => ClaimEvent::Proven {
            attempt: message.attempt,
            registration: message.registration.clone(),
            owner: steps::owner_of(tx, device, row.account).await?,
        },
        DeviceMessage::Bound(message) => bind(tx, &row, message.attempt).await?,
        DeviceMessage::Refused(message) => {
            if message.reason == RefusalReason::NotUnderstood && !claim::is_open(&row.progress.state) {
                // It was told to bind itself, came back too late, and knows nothing of it.
                commands::finish(tx, device, CommandKind::Bind, &claim.to_string()).await?;
            }
            ClaimEvent::Refused {
                attempt: message.attempt,
                reason: message.reason,
                retry_after: message.retry_after,
            }
        }
        DeviceMessage::Settled(_) | DeviceMessage::Released(_) => return Ok(()),
    };
    if steps::take(state, tx, &row, event, Cargo::Nothing).await?.is_none() {
        tracing::debug!(%device, %claim, "a device's message came at the wrong time");
    }
    Ok(())
}

/// The device says that it stored the claim: makes it the account's if the claim can still get there, and says what
/// became of it.
async fn bind(tx: &mut Tx, row: &ClaimRow, attempt: u32) -> Result<ClaimEvent, DbError> {
    let device = row.device();
    let owner = steps::owner_of(tx, &device, row.account).await?;
    let id = DeviceId::mint();
    let event = |owner, id| ClaimEvent::Bound { attempt, owner, device: id };
    let would_be_made = claim::transition(&row.progress, event(owner, id))
        .is_ok_and(|(_, effects)| effects.contains(&ClaimEffect::MakeDevice(id)));
    if !would_be_made {
        return Ok(event(owner, id));
    }
    let listed = store::listed_device(tx, &device).await?;
    let new = NewDevice {
        id,
        maker: row.terms.maker.clone(),
        serial: row.terms.serial.clone(),
        model: listed.map_or_else(|| row.terms.model.clone(), |listed| listed.model),
        section: row.terms.section,
        site: row.terms.site,
        name: row.terms.name.clone(),
        time_zone: row.terms.time_zone.clone(),
        daylight_saving: row.terms.daylight_saving,
        claim: row.id,
        account: row.account,
        actor: row.actor,
        grant: row.grant,
    };
    match devices::bind(tx, &new).await? {
        BindOutcome::Bound(id) | BindOutcome::BoundBefore(id) => Ok(event(Owner::Nobody, id)),
        BindOutcome::OwnedAlready(_) => Ok(event(steps::owner_of(tx, &device, row.account).await?, id)),
    }
}
