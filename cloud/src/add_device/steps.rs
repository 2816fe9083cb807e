//! One step of a claim: what the state machine says, written down with everything that follows, in one transaction.

use super::claim::{self, ClaimEffect, ClaimEvent, Illegal, Owner};
use super::store::{self, ClaimRow};
use crate::authority::{self, Permission};
use crate::clock;
use crate::db::{DbError, Lock, Tx};
use crate::devices::commands::{self, CommandKind};
use crate::devices::{self, FIRST_REVISION};
use crate::history::{self, AuditEntry, ChangeEntry, Deed};
use crate::limits::store::{self as attempts, AttemptKind};
use crate::mail::{self, Letter};
use crate::server::CloudState;
use porchlight_protocol::add_device::{ClaimFailure, ClaimState, ProofRequest};
use porchlight_protocol::device::{ClaimBinding, ClaimOpening, ClaimProof, DeviceSettings};
use porchlight_protocol::{AccountId, Base64Url, ClaimId, DeviceName};
use serde_json::json;

/// An hour in milliseconds.
pub(super) const HOUR: i64 = 3_600_000;
/// How long a device that was told to bind itself may take to come back and say that it did.
const BINDING_LASTS: i64 = 24 * HOUR;

/// What a phone's request brings along for the device. Never stored but in the command itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cargo<'r> {
    /// Nothing.
    Nothing,
    /// The proof.
    Proof(&'r ProofRequest),
    /// The first password's record.
    Record(&'r Base64Url),
}

/// Whose the device is, as this account may know it.
pub(super) async fn owner_of(tx: &mut Tx, device: &DeviceName, account: AccountId) -> Result<Owner, DbError> {
    let Some(owned) = devices::current_owner(tx, device).await? else { return Ok(Owner::Nobody) };
    let role = authority::store::site_role(tx, account, owned.site).await?;
    Ok(if role.is_some() { Owner::SameAccount(owned.device) } else { Owner::AnotherAccount })
}

/// Reads a claim and holds it with its account and site, for a step that no session makes.
pub(super) async fn hold(tx: &mut Tx, id: ClaimId) -> Result<Option<ClaimRow>, DbError> {
    let Some(seen) = store::claim_by_id(tx, id).await? else { return Ok(None) };
    let accounts = vec![(seen.account, Lock::Share), (seen.actor, Lock::Share)];
    authority::hold_accounts(tx, accounts).await?;
    tx.lock("site", &seen.terms.site.to_string(), Lock::Share).await?;
    tx.lock("claim", &id.to_string(), Lock::Update).await?;
    store::claim_by_id(tx, id).await
}

/// Whether whoever made the claim may still add devices to its site.
pub(super) async fn is_allowed(tx: &mut Tx, row: &ClaimRow) -> Result<bool, DbError> {
    let role = authority::store::site_role(tx, row.account, row.terms.site).await?;
    if !role.is_some_and(|role| role.allows(Permission::DeviceAdd)) {
        return Ok(false);
    }
    if let Some(grant) = row.grant {
        // Its permissions and its scope never change: that it is in force is all there is to ask again.
        if authority::store::end_of_grant(tx, grant, crate::now()).await?.is_some() {
            return Ok(false);
        }
    }
    store::account_is_usable(tx, row).await
}

/// Takes a step; none if the event is not one for this state.
pub(super) async fn take(
    state: &CloudState,
    tx: &mut Tx,
    row: &ClaimRow,
    event: ClaimEvent,
    cargo: Cargo<'_>,
) -> Result<Option<ClaimRow>, DbError> {
    let (progress, effects) = match claim::transition(&row.progress, event) {
        Ok(step) => step,
        Err(Illegal) => return Ok(None),
    };
    let next = ClaimRow { progress, ..row.clone() };
    if next.progress != row.progress {
        store::update_claim(tx, &next).await?;
        history::announce(tx, ChangeEntry::Claim(next.id, next.account)).await?;
        if !waits_for_confirmation(row, &next) {
            commands::withdraw(tx, &next.device(), &next.id.to_string()).await?;
        }
    }
    for effect in effects {
        follow(state, tx, &next, effect, cargo).await?;
    }
    Ok(Some(next))
}

/// A device that was told to bind itself may have done so: it is asked on when it comes back, expired or not.
fn waits_for_confirmation(before: &ClaimRow, after: &ClaimRow) -> bool {
    matches!(before.progress.state, ClaimState::Proven { .. })
        && after.progress.state == ClaimState::Expired
        && after.progress.bind_attempt == Some(after.progress.attempt)
}

async fn follow(
    state: &CloudState,
    tx: &mut Tx,
    row: &ClaimRow,
    effect: ClaimEffect,
    cargo: Cargo<'_>,
) -> Result<(), DbError> {
    let (device, about, attempt) = (row.device(), row.id.to_string(), row.progress.attempt);
    match effect {
        ClaimEffect::AskDevice => ask_device(tx, row).await,
        ClaimEffect::PassProof => {
            let Cargo::Proof(proof) = cargo else { return Err(DbError::Corrupt("proof")) };
            let message = ClaimProof {
                claim: row.id,
                attempt,
                ke3: proof.ke3.clone(),
                registration_request: proof.registration_request.clone(),
            };
            let until = Some(row.expires_at);
            commands::enqueue(tx, &device, CommandKind::Proof, &about, &message, until).await
        }
        ClaimEffect::Bind => {
            let now = crate::now();
            let clock = clock::clock_settings(&row.terms.time_zone, row.terms.daylight_saving, now)
                .map_err(|_| DbError::Corrupt("time zone"))?;
            let message = ClaimBinding {
                claim: row.id,
                attempt,
                first_password: match cargo {
                    Cargo::Record(record) => Some(record.clone()),
                    _ => None,
                },
                settings: DeviceSettings { revision: FIRST_REVISION, name: row.terms.name.clone(), clock },
            };
            let until = Some(now + BINDING_LASTS);
            commands::enqueue(tx, &device, CommandKind::Bind, &about, &message, until).await
        }
        // Made by whoever took the confirmation, who had to know its id before.
        ClaimEffect::MakeDevice(_) => Ok(()),
        ClaimEffect::NoteHolder => devices::note_held_claim(tx, &device, row.id).await,
        ClaimEffect::Release => devices::tell_release(tx, &device, row.id).await,
        ClaimEffect::TellOwner => tell_owner(state, tx, row).await,
        ClaimEffect::CountUnanswered => {
            let (account, now) = (row.actor.to_string(), crate::now());
            let kind = AttemptKind::UnansweredClaim;
            let so_far = attempts::attempts(tx, kind, &account, now - HOUR).await?;
            attempts::add_attempt(tx, kind, &account, so_far, now).await
        }
    }
}

/// Has the opening sent to the device, whether or not there is one.
pub(super) async fn ask_device(tx: &mut Tx, row: &ClaimRow) -> Result<(), DbError> {
    let message = ClaimOpening {
        claim: row.id,
        attempt: row.progress.attempt,
        account: row.account,
        site: row.terms.site,
        presence: row.terms.presence,
        opening: row.opening.clone(),
    };
    let (about, until) = (row.id.to_string(), Some(row.expires_at));
    commands::enqueue(tx, &row.device(), CommandKind::Claim, &about, &message, until).await
}

/// The owner of a device hears that somebody else tried to add it: a line of history each time, a mail at most once an
/// hour. Not who it was: that is theirs.
async fn tell_owner(state: &CloudState, tx: &mut Tx, row: &ClaimRow) -> Result<(), DbError> {
    let device = row.device();
    if owner_of(tx, &device, row.account).await? != Owner::AnotherAccount {
        return Ok(());
    }
    let Some(owned) = devices::current_owner(tx, &device).await? else { return Ok(()) };
    let labels = store::labels_of_device(tx, &device).await?;
    let name = labels.as_ref().map(|labels| &labels.device);
    let proven = matches!(row.progress.state, ClaimState::Failed { reason: ClaimFailure::BelongsToAnother });
    history::record(
        tx,
        AuditEntry {
            site: Some(owned.site),
            on_what: Some(owned.device.to_string()),
            after: Some(json!({ "name": name, "knew_password": proven })),
            ..AuditEntry::by_service(owned.owner, Deed::DeviceTried)
        },
    )
    .await?;
    let (identifier, now) = (device.to_string(), crate::now());
    let so_far = attempts::attempts(tx, AttemptKind::DeviceTried, &identifier, now - HOUR).await?;
    let Some(labels) = labels.filter(|_| so_far.count == 0) else { return Ok(()) };
    attempts::add_attempt(tx, AttemptKind::DeviceTried, &identifier, so_far, now).await?;
    let letter = Letter::DeviceTried { device: labels.device, site: labels.site, knew_password: proven };
    mail::enqueue_to_account(tx, &state.key, owned.owner, &letter).await
}
