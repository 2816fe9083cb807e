//! Runs one claim to its end, with or without a screen. The same row is run again after whatever broke it off.
//!
//! 1. The phone's side of the exchange is written into the row, then its first message leaves: `PUT` of the claim,
//!    which is the same request however often it is sent, and answers with where the claim is.
//! 2. From there the claim's own state says what is next (`drive`): wait, prove, send the first password. States come
//!    by the change feed; the claim is read, too, since the feed may be closed or silent.
//! 3. An exchange that was broken off (the device started anew, the phone slept too long) begins again under the same
//!    claim, as the next attempt.
//! 4. How it ended is written down (`settle`) before anybody hears of it: owned, and the row is erased; put off; or in
//!    need of a person.
//!
//! Actors: this phone, the cloud that relays, the device that proves. What the phone must check itself is in
//! `exchange`: whether KE2 opens, whether the device's key is the label's, whether it signed what it answered.

mod calls;
mod drive;
mod exchange;
mod withdraw;

pub(super) use withdraw::withdraw;

use super::failure::{AddDeviceFailure, QueuedReason};
use super::state::AddingStep;
use crate::access::AccessEnd;
use crate::cache::Step;
use crate::error::{Fault, Refusal};
use crate::outbox::{Audience, ClaimRow, Outbox, Report, RunHold, put_off};
use crate::profile::Profile;
use drive::Driver;
use porchlight_protocol::devices::Device;
use porchlight_protocol::{ClaimId, DeviceId, ProblemCode};
use std::sync::Arc;
use std::time::Duration;

/// How often a device is asked without a screen before a person must look.
const SILENT_TIMES: u32 = 3;
/// How long the list may take to learn of the new device; the change feed brings it anyway.
const LISTING: Duration = Duration::from_secs(3);

/// How a run ended.
#[derive(Debug)]
enum Outcome {
    Owned(DeviceId),
    /// Nobody answered for the device.
    Unanswered,
    Failed(AddDeviceFailure),
    Later {
        reason: QueuedReason,
        retry_after: Option<Duration>,
    },
}

/// Runs a claim until it ends, must wait, or is stopped.
pub(crate) async fn run_claim(
    profile: Arc<Profile>,
    outbox: Arc<Outbox>,
    id: ClaimId,
    hold: RunHold,
    audience: Audience,
) {
    let run = async {
        let outcome = match Driver::begin(&profile, &outbox, id, &hold).await {
            Ok(mut driver) => driver.drive().await,
            Err(fault) => Err(fault),
        };
        if matches!(outcome, Err(Fault::NotFound)) {
            // Given up meanwhile.
            return Ok(Report::Gone);
        }
        let outcome = outcome.unwrap_or_else(|fault| outcome_of(&profile, fault));
        settle(&profile, &outbox, id, &hold, audience, outcome).await
    };
    let reported = tokio::select! {
        // Stopped: the row knows how to go on.
        () = hold.stopped() => return,
        report = run => report,
    };
    match reported {
        Ok(report) => hold.report(report),
        Err(Fault::NotFound) => hold.report(Report::Gone),
        Err(fault) => {
            let report_id = profile.reports.write(&fault);
            hold.report(Report::Failed(AddDeviceFailure::Internal { report_id }));
        }
    }
}

/// What a fault means for a claim: wait, or ask a person.
fn outcome_of(profile: &Profile, fault: Fault) -> Outcome {
    let later = |reason| Outcome::Later { reason, retry_after: fault.retry_after() };
    match &fault {
        Fault::Offline => later(QueuedReason::NoSignal),
        Fault::SignedOut | Fault::PhoneLocked => later(QueuedReason::SignInRequired),
        Fault::Refused(refusal) => match refusal.code {
            ProblemCode::SignInRequired | ProblemCode::AccountDisabled => later(QueuedReason::SignInRequired),
            code if AccessEnd::of(code).is_some() => later(QueuedReason::SignInRequired),
            ProblemCode::UpdateRequired => later(QueuedReason::UpdateRequired),
            ProblemCode::TooManyRequests => later(QueuedReason::TooOften),
            ProblemCode::NotFound | ProblemCode::NotAllowed => Outcome::Failed(AddDeviceFailure::NotAllowed),
            ProblemCode::InvalidInput => Outcome::Failed(AddDeviceFailure::NotAccepted),
            ProblemCode::ClaimDiffers => Outcome::Failed(AddDeviceFailure::Interrupted),
            _ if fault.passes() || is_no_problem(refusal) => later(QueuedReason::CloudUnreachable),
            _ => Outcome::Failed(internal(profile, &fault)),
        },
        // Somebody between us and the cloud answers: a hotel's log-in page.
        Fault::Unreadable(_) => later(QueuedReason::CloudUnreachable),
        _ if fault.passes() => later(QueuedReason::CloudUnreachable),
        _ => Outcome::Failed(internal(profile, &fault)),
    }
}

/// A refusal that the cloud did not write: a proxy's, a captive portal's.
fn is_no_problem(refusal: &Refusal) -> bool {
    refusal.code == ProblemCode::Unknown
}

fn internal(profile: &Profile, fault: &Fault) -> AddDeviceFailure {
    AddDeviceFailure::Internal { report_id: profile.reports.write(fault) }
}

/// Writes down how a run ended; what to tell of it.
async fn settle(
    profile: &Profile,
    outbox: &Outbox,
    id: ClaimId,
    hold: &RunHold,
    audience: Audience,
    outcome: Outcome,
) -> Result<Report, Fault> {
    let now = profile.ports.wall_time().await;
    match outcome {
        Outcome::Owned(device) => {
            hold.report(Report::Progressed(AddingStep::Done));
            put_in_list(profile, device).await;
            outbox.erase(id).await?;
            Ok(Report::Owned(device))
        }
        Outcome::Later { reason, retry_after } => {
            let at_once = reason == QueuedReason::NoSignal;
            let change = move |row: &mut ClaimRow| {
                put_off(row, now, retry_after, at_once);
                row.holds_back = true;
            };
            outbox.change(id, change).await?;
            Ok(Report::Queued(reason))
        }
        Outcome::Unanswered => {
            let change = move |row: &mut ClaimRow| {
                row.unanswered = row.unanswered.saturating_add(1);
                row.holds_back = false;
                if audience == Audience::Screen || row.unanswered >= SILENT_TIMES {
                    row.fail(AddDeviceFailure::NoAnswer);
                } else {
                    put_off(row, now, None, false);
                }
            };
            let row = outbox.change(id, change).await?;
            Ok(row.needs_you.map_or(Report::Queued(QueuedReason::DeviceSilent), Report::Failed))
        }
        Outcome::Failed(failure) => {
            let failure = name_what_is_owned(profile, failure);
            let kept = failure.clone();
            let change = |row: &mut ClaimRow| {
                row.holds_back = false;
                row.fail(kept);
            };
            outbox.change(id, change).await?;
            Ok(Report::Failed(failure))
        }
    }
}

/// Says where an own device is and what it is called, if the phone knows.
fn name_what_is_owned(profile: &Profile, failure: AddDeviceFailure) -> AddDeviceFailure {
    let AddDeviceFailure::AlreadyYours { device, .. } = failure else { return failure };
    let Ok(cache) = profile.files().map(|open| open.cache) else { return failure };
    let known = cache.device(device);
    let site = known.as_ref().and_then(|known| cache.site(known.site)).map(|site| site.name);
    AddDeviceFailure::AlreadyYours { device, name: known.map(|known| known.name), site }
}

/// Puts the new device into the list at once, whether the change feed is open or not.
async fn put_in_list(profile: &Profile, device: DeviceId) {
    let Ok(cache) = profile.files().map(|open| open.cache) else { return };
    let since = cache.version();
    let path = format!("/v1/devices/{device}");
    let asked = tokio::time::timeout(LISTING, profile.cloud.get::<Device>(&path, vec![])).await;
    match asked {
        Ok(Ok(device)) => cache.answered(Step::put(device), since).await,
        // The next list or the feed brings it.
        Ok(Err(fault)) => tracing::debug!(%fault, "the new device could not be read"),
        Err(_) => tracing::debug!("the new device could not be read in time"),
    }
}
