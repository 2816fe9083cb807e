//! One run a claim: who asks for a second one gets to see the first.

use crate::add_device::{AddDeviceFailure, AddingStep, QueuedReason};
use porchlight_protocol::{ClaimId, DeviceId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

/// More than one run ever reports, so that a slow observer misses nothing.
const REPORTS: usize = 64;

/// For whom a claim is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A person waits, and wants to hear that the device does not answer.
    Screen,
    /// Nobody waits: a silent device is asked again later.
    Nobody,
}

/// What a run says of its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// It is at this step.
    Progressed(AddingStep),
    /// It goes on later.
    Queued(QueuedReason),
    /// It needs a person.
    Failed(AddDeviceFailure),
    /// The device is the account's. The row is erased.
    Owned(DeviceId),
    /// It was given up, or replaced by another one. The row is erased.
    Gone,
}

/// The runs of an outbox.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<HashMap<ClaimId, Run>>);

#[derive(Debug)]
struct Run {
    reports: broadcast::Sender<Report>,
    running: Option<Running>,
}

#[derive(Clone, Debug)]
struct Running {
    stop: CancellationToken,
    /// Closes when the run has ended.
    ended: watch::Receiver<()>,
}

/// The right to run a claim; dropped, the run has ended.
#[derive(Debug)]
pub(crate) struct RunHold {
    runs: Arc<Runs>,
    id: ClaimId,
    stop: CancellationToken,
    _ended: watch::Sender<()>,
}

impl Runs {
    fn lock(&self) -> MutexGuard<'_, HashMap<ClaimId, Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to run the claim; none if somebody has it.
    pub(super) fn begin(this: &Arc<Self>, id: ClaimId) -> Option<RunHold> {
        let mut runs = this.lock();
        let run = runs.entry(id).or_default();
        if run.running.is_some() {
            return None;
        }
        let (stop, (ended_sender, ended)) = (CancellationToken::new(), watch::channel(()));
        run.running = Some(Running { stop: stop.clone(), ended });
        Some(RunHold { runs: this.clone(), id, stop, _ended: ended_sender })
    }

    pub(super) fn observe(&self, id: ClaimId) -> broadcast::Receiver<Report> {
        let mut runs = self.lock();
        // Claims that somebody looked at, and nobody does any more.
        runs.retain(|_, run| run.running.is_some() || run.reports.receiver_count() > 0);
        runs.entry(id).or_default().reports.subscribe()
    }

    /// Waits until the claim is not run any more.
    pub(super) async fn wait(&self, id: ClaimId) {
        let running = self.lock().get(&id).and_then(|run| run.running.clone());
        if let Some(mut running) = running {
            // Nothing is ever sent: it ends by closing.
            let _closed = running.ended.changed().await;
        }
    }

    pub(super) async fn stop(&self, id: ClaimId) {
        if let Some(running) = self.lock().get(&id).and_then(|run| run.running.as_ref()) {
            running.stop.cancel();
        }
        self.wait(id).await;
    }

    /// Whether somebody looks at the claim.
    pub(super) fn is_observed(&self, id: ClaimId) -> bool {
        self.lock().get(&id).is_some_and(|run| run.reports.receiver_count() > 0)
    }

    /// Stops all runs; whoever observes one hears why.
    pub(super) async fn stop_all(&self, report: &Report) {
        let all: Vec<_> = self.lock().keys().copied().collect();
        for id in all {
            self.stop(id).await;
            self.report(id, report.clone());
        }
    }

    /// Tells all observers of a claim.
    pub(super) fn report(&self, id: ClaimId, report: Report) {
        if let Some(run) = self.lock().get_mut(&id) {
            // Nobody observes: the row and the list say it.
            let _nobody = run.reports.send(report);
        }
    }
}

impl Default for Run {
    fn default() -> Self {
        Self { reports: broadcast::Sender::new(REPORTS), running: None }
    }
}

impl RunHold {
    /// Completes when the run must stop where it is.
    pub(crate) async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Tells all observers.
    pub(crate) fn report(&self, report: Report) {
        self.runs.report(self.id, report);
    }
}

impl Drop for RunHold {
    fn drop(&mut self) {
        let mut runs = self.runs.lock();
        if let Some(run) = runs.get_mut(&self.id) {
            run.running = None;
            if run.reports.receiver_count() == 0 {
                runs.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn claim_is_run_once_at_a_time_and_seen_by_all() {
        let (runs, id) = (Arc::new(Runs::default()), ClaimId::mint_offline());
        let mut first = runs.observe(id);
        let hold = Runs::begin(&runs, id).unwrap();
        assert!(Runs::begin(&runs, id).is_none());
        hold.report(Report::Progressed(AddingStep::Asking));
        hold.report(Report::Progressed(AddingStep::Proving));
        assert!(runs.is_observed(id));
        assert_eq!(first.recv().await, Ok(Report::Progressed(AddingStep::Asking)));
        assert_eq!(first.recv().await, Ok(Report::Progressed(AddingStep::Proving)));
        drop(hold);
        runs.wait(id).await;
        assert!(Runs::begin(&runs, id).is_some());
    }

    #[tokio::test]
    async fn stop_waits_until_the_run_has_ended() {
        let (runs, id) = (Arc::new(Runs::default()), ClaimId::mint_offline());
        let hold = Runs::begin(&runs, id).unwrap();
        let ended = tokio::spawn(async move {
            hold.stopped().await;
            tokio::task::yield_now().await;
        });
        runs.stop(id).await;
        assert!(Runs::begin(&runs, id).is_some());
        ended.await.unwrap();
        assert!(runs.lock().is_empty(), "nothing of it stays");
    }
}
