//! A device becomes an account's: inventory and claims.
//!
//! 1. The maker lists its devices ([`inventory`]). A claim never says whether a serial is listed.
//! 2. A phone opens a claim ([`open`]) under an id of its own, which is also its idempotency key: the same request
//!    again changes nothing, other terms are refused. The device is asked by the outbox of commands.
//! 3. Phone and device prove to each other what they know, in messages that are passed on unread ([`give_proof`],
//!    [`take_message`]); where a claim can go is a pure state machine ([`claim`]), each step one transaction
//!    ([`steps`]) that the phone hears of by the change feed.
//! 4. The account's authority is asked at each step, and once more when the device confirms: only then it is owned.
//!
//! Several claims of one device may be open, by several accounts: the newest opening wins at the device, the others
//! are not told and expire. Who owns the device is asked when a proof is in and when the device confirms; the first
//! to be confirmed has it. A claim of a serial that is not known, not connected, or not answering reads and takes the
//! same; too many of those in an hour are refused ([`CloudState::settings`], `unanswered_claims_per_hour`).

pub mod api;
pub mod claim;
pub mod expiry;
mod from_device;
pub mod inventory;
mod steps;
pub mod store;
mod terms;

pub use from_device::take_message;

use crate::authority::{Caller, Permission, Resource};
use crate::db::{DbError, Lock, Tx};
use crate::devices::commands::{self, CommandKind, store::CommandRow};
use crate::history::{self, ChangeEntry};
use crate::limits::store::{self as attempts, AttemptKind};
use crate::problem::Refusal;
use crate::server::CloudState;
use claim::{ClaimEvent, ClaimProgress};
use porchlight_protocol::add_device::{
    Claim, ClaimRequest, ClaimState, ClaimTerms, FirstPasswordRequest, ProofRequest, WithdrawRequest,
};
use porchlight_protocol::{AccountId, ClaimId, ProblemCode};
use steps::{Cargo, HOUR};
use store::ClaimRow;

/// Opens a claim, or its next attempt, or reads what the same request did before.
pub async fn open(
    state: &CloudState,
    caller: &Caller,
    id: ClaimId,
    request: &ClaimRequest,
) -> Result<Claim, Refusal> {
    let terms = terms::check_request(request)?;
    let mut tx = state.db.begin().await?;
    // For update, so that two openings at once do not both pass the limit.
    caller.confirm_holding(&mut tx, &[(caller.actor(), Lock::Update)]).await?;
    caller.authorize(&mut tx, Permission::DeviceAdd, Resource::Site(terms.site)).await?;
    tx.lock("claim", &id.to_string(), Lock::Update).await?;
    let opened = match store::claim_by_id(&mut tx, id).await? {
        None => begin(state, &mut tx, caller, id, terms, request).await?,
        Some(row) => open_again(state, &mut tx, caller, row, &terms, request).await?,
    };
    tx.commit().await?;
    Ok(opened.to_claim())
}

async fn begin(
    state: &CloudState,
    tx: &mut Tx,
    caller: &Caller,
    id: ClaimId,
    terms: ClaimTerms,
    request: &ClaimRequest,
) -> Result<ClaimRow, Refusal> {
    check_limit(state, tx, caller.actor()).await?;
    let now = crate::now();
    let row = ClaimRow {
        id,
        account: caller.account,
        actor: caller.actor(),
        grant: caller.grant(),
        opening: request.opening.clone(),
        progress: ClaimProgress {
            attempt: request.attempt,
            presence: terms.presence,
            state: ClaimState::Requested,
            bind_attempt: None,
        },
        terms,
        created_at: now,
        expires_at: now + window(state),
    };
    store::insert_claim(tx, &row).await.map_err(|error| match error {
        // The same request, twice at once: the second reads what the first wrote.
        DbError::Exists => DbError::TryAgain,
        other => other,
    })?;
    steps::ask_device(tx, &row).await?;
    history::announce(tx, ChangeEntry::Claim(id, caller.account)).await?;
    Ok(row)
}

async fn open_again(
    state: &CloudState,
    tx: &mut Tx,
    caller: &Caller,
    row: ClaimRow,
    terms: &ClaimTerms,
    request: &ClaimRequest,
) -> Result<ClaimRow, Refusal> {
    check_same_actor(caller, &row)?;
    if row.terms != *terms {
        return Err(ProblemCode::ClaimDiffers.into());
    }
    let is_final = matches!(row.progress.state, ClaimState::Owned { .. } | ClaimState::Failed { .. });
    if is_final || request.attempt < row.progress.attempt {
        return Ok(row);
    }
    if request.attempt == row.progress.attempt {
        // Another opening under the same attempt would leave phone and device with different exchanges.
        let same = request.opening == row.opening;
        return if same { Ok(row) } else { Err(ProblemCode::ClaimNotThere.into()) };
    }
    check_limit(state, tx, caller.actor()).await?;
    let reopened = ClaimRow {
        opening: request.opening.clone(),
        expires_at: crate::now() + window(state),
        ..row.clone()
    };
    let event = ClaimEvent::Reopened { attempt: request.attempt };
    steps::take(state, tx, &reopened, event, Cargo::Nothing).await?.ok_or(ProblemCode::ClaimNotThere.into())
}

/// Refuses an account that asked for too many serials that nobody answered for, those that still wait included.
async fn check_limit(state: &CloudState, tx: &mut Tx, actor: AccountId) -> Result<(), Refusal> {
    let (now, limit) = (crate::now(), i64::from(state.settings.unanswered_claims_per_hour));
    let identifier = actor.to_string();
    let unanswered = attempts::attempts(tx, AttemptKind::UnansweredClaim, &identifier, now - HOUR).await?;
    let waiting = store::count_waiting_claims(tx, actor).await?;
    if unanswered.count + waiting < limit {
        return Ok(());
    }
    let free_at = if unanswered.count > 0 { unanswered.first_at + HOUR } else { now + window(state) };
    let seconds = u32::try_from((free_at - now).max(0) / 1000).unwrap_or(u32::MAX);
    Err(Refusal::new(ProblemCode::TooManyRequests).retry_after(seconds.saturating_add(1)))
}

/// Passes the phone's proof to the device.
pub async fn give_proof(
    state: &CloudState,
    caller: &Caller,
    id: ClaimId,
    request: &ProofRequest,
) -> Result<Claim, Refusal> {
    let mut tx = state.db.begin().await?;
    let row = hold_own(&mut tx, caller, id).await?;
    check_same_actor(caller, &row)?;
    terms::check_proof(row.terms.presence, request)?;
    let event = ClaimEvent::ProofGiven { attempt: request.attempt };
    let passed = matches!(row.progress.state, ClaimState::Requested | ClaimState::Challenged { .. });
    let repeated = request.attempt == row.progress.attempt && !passed;
    step(state, tx, caller, row, event, Cargo::Proof(request), repeated).await
}

/// Passes the record of the first password to the device, with name and clock.
pub async fn give_first_password(
    state: &CloudState,
    caller: &Caller,
    id: ClaimId,
    request: &FirstPasswordRequest,
) -> Result<Claim, Refusal> {
    let mut tx = state.db.begin().await?;
    let row = hold_own(&mut tx, caller, id).await?;
    check_same_actor(caller, &row)?;
    terms::check_record(row.terms.presence, request)?;
    let owner = steps::owner_of(&mut tx, &row.device(), row.account).await?;
    let event = ClaimEvent::FirstPasswordGiven { attempt: request.attempt, owner };
    let over = !claim::is_open(&row.progress.state);
    let repeated = request.attempt == row.progress.attempt
        && (over || row.progress.bind_attempt == Some(request.attempt));
    step(state, tx, caller, row, event, Cargo::Record(&request.record), repeated).await
}

/// Ends a claim; one that is over already stays what it is.
pub async fn withdraw(
    state: &CloudState,
    caller: &Caller,
    id: ClaimId,
    request: &WithdrawRequest,
) -> Result<Claim, Refusal> {
    let mut tx = state.db.begin().await?;
    let row = hold_own(&mut tx, caller, id).await?;
    let event = ClaimEvent::Withdrawn { reason: request.reason };
    step(state, tx, caller, row, event, Cargo::Nothing, true).await
}

/// Reads a claim of the account's own.
pub async fn read(state: &CloudState, caller: &Caller, id: ClaimId) -> Result<Claim, Refusal> {
    let claim = store::visible_claim(&mut *state.db.read().await?, caller.sight(), id).await?;
    claim.ok_or(ProblemCode::NotFound.into())
}

/// Takes a step that the phone asks for. `repeated`: it was taken before, so that the claim itself is the answer.
async fn step(
    state: &CloudState,
    mut tx: Tx,
    caller: &Caller,
    row: ClaimRow,
    event: ClaimEvent,
    cargo: Cargo<'_>,
    repeated: bool,
) -> Result<Claim, Refusal> {
    let allowed = match caller.authorize(&mut tx, Permission::DeviceAdd, Resource::Site(row.terms.site)).await
    {
        Ok(()) => true,
        Err(refusal) if matches!(refusal.problem.code, ProblemCode::NotFound | ProblemCode::NotAllowed) => {
            false
        }
        Err(refusal) => return Err(refusal),
    };
    let event = if allowed { event } else { ClaimEvent::NotAllowed };
    let next = steps::take(state, &mut tx, &row, event, cargo).await?;
    let answer = match next {
        Some(next) => next,
        None if repeated || !allowed => row,
        None => return Err(ProblemCode::ClaimNotThere.into()),
    };
    tx.commit().await?;
    Ok(answer.to_claim())
}

/// Confirms the session and holds a claim of its own account; with the account of whoever made it, which is another one
/// when the customer looks at an installer's claim: all accounts at once, in their order.
async fn hold_own(tx: &mut Tx, caller: &Caller, id: ClaimId) -> Result<ClaimRow, Refusal> {
    let seen = match store::visible_claim(tx, caller.sight(), id).await? {
        Some(_) => store::claim_by_id(tx, id).await?,
        None => None,
    };
    let others: Vec<_> = seen.iter().map(|row| (row.actor, Lock::Share)).collect();
    caller.confirm_holding(tx, &others).await?;
    store::visible_claim(tx, caller.sight(), id).await?.ok_or(ProblemCode::NotFound)?;
    steps::hold(tx, id).await?.ok_or(ProblemCode::NotFound.into())
}

/// Who acts is a part of what is claimed: a claim that an installer began is gone on with by that installer, by that
/// right. It can be withdrawn by the customer, too.
fn check_same_actor(caller: &Caller, row: &ClaimRow) -> Result<(), Refusal> {
    let same = row.account == caller.account && row.actor == caller.actor() && row.grant == caller.grant();
    if same { Ok(()) } else { Err(ProblemCode::ClaimDiffers.into()) }
}

/// Asked just before a command leaves: whether its claim may still be gone on with. One that may not fails here.
pub async fn still_stands(state: &CloudState, command: &CommandRow) -> Result<bool, DbError> {
    let of_a_claim = [CommandKind::Claim, CommandKind::Proof, CommandKind::Bind]
        .iter()
        .any(|kind| kind.as_str() == command.kind);
    let Some(id) = command.about.parse::<ClaimId>().ok().filter(|_| of_a_claim) else { return Ok(true) };
    if store::claim_may_go_on(&mut *state.db.read().await?, id).await? {
        return Ok(true);
    }
    let mut tx = state.db.begin().await?;
    let Some(row) = steps::hold(&mut tx, id).await? else { return Ok(false) };
    if !steps::is_allowed(&mut tx, &row).await? {
        steps::take(state, &mut tx, &row, ClaimEvent::NotAllowed, Cargo::Nothing).await?;
    }
    // Or its claim is over: else the next look would find it again.
    commands::withdraw(&mut tx, &row.device(), &command.about).await?;
    tx.commit().await?;
    Ok(false)
}

fn window(state: &CloudState) -> i64 {
    i64::try_from(state.settings.claim_window.as_millis()).unwrap_or(i64::MAX / 2)
}
