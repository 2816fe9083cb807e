//! Runs what `transition` decides. One task owns the state: events are taken in order, and the effects of one are done
//! before the next is looked at, so a double tap finds the state that the first one left.

use super::claim;
use super::details::DetailsForm;
use super::draft::DraftRow;
use super::failure::AddDeviceFailure;
use super::flow::Shown;
use super::label::LabelledDevice;
use super::steps::{AddedClaim, Effect, Event, Fresh, Place, State};
use super::transition::transition;
use crate::cache::Cache;
use crate::error::Fault;
use crate::outbox::{Audience, ClaimRow, Outbox, Report};
use crate::profile::Profile;
use crate::stores::OpenStores;
use porchlight_protocol::ClaimId;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};
use zeroize::Zeroizing;

/// An event, and who waits until it is done: for the state that it led to.
pub(super) type Asked = (Event, oneshot::Sender<Result<State, Fault>>);

/// A claim, and what its run reports.
pub(super) type Observed = (ClaimId, broadcast::Receiver<Report>);

/// The task's side.
pub(super) struct Runner {
    profile: Arc<Profile>,
    outbox: Arc<Outbox>,
    cache: Arc<Cache>,
    state: State,
    shown: Arc<Shown>,
    /// The state's claim.
    reports: Option<Observed>,
    /// What a killed app would go on with.
    kept: Option<(ClaimId, Zeroizing<Vec<u8>>)>,
}

impl Runner {
    /// A flow that hears of its claim, if it has one, from `reports` on. `id` may have been kept before.
    pub(super) fn new(
        profile: Arc<Profile>,
        open: OpenStores,
        state: State,
        id: ClaimId,
        reports: Option<Observed>,
        shown: Arc<Shown>,
    ) -> Self {
        let OpenStores { cache, outbox } = open;
        Self { profile, outbox, cache, state, shown, reports, kept: Some((id, Zeroizing::default())) }
    }

    /// Takes events until nobody holds the flow any more.
    pub(super) async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Asked>) {
        loop {
            let event = tokio::select! {
                asked = asked.recv() => match asked {
                    Some((event, answer)) => {
                        let outcome = self.take(event).await;
                        let _nobody_waits = answer.send(outcome.map(|()| self.state.clone()));
                        continue;
                    }
                    None => return,
                },
                report = next_report(&mut self.reports) => event_of(report),
            };
            // One that comes too late for its state changes nothing.
            let _late = self.take(event).await;
        }
    }

    /// Takes an event and all that follows from it. The first fault is the answer; the state is right in any case.
    async fn take(&mut self, event: Event) -> Result<(), Fault> {
        let mut outcome = Ok(());
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let fresh = Fresh { id: ClaimId::mint_offline(), now: self.profile.ports.wall_time().await };
            let (state, effects) = transition(&self.state, event, fresh)?;
            self.state = state;
            self.shown.set(&self.state);
            for effect in effects {
                let (event, done) = self.perform(effect).await;
                outcome = outcome.and(done);
                next = next.or(event);
            }
            self.observe();
            self.keep().await;
        }
        outcome
    }

    async fn perform(&mut self, effect: Effect) -> (Option<Event>, Result<(), Fault>) {
        match effect {
            Effect::Save { plan, replaces } => {
                let saved = async {
                    let now = self.profile.ports.wall_time().await;
                    let (id, account) = (plan.id, self.profile.account()?.id);
                    self.outbox.add(id, ClaimRow::new(account, now, *plan), replaces).await
                };
                match saved.await {
                    Ok(claim) => {
                        self.run_claim(claim);
                        (Some(Event::Saved { claim }), Ok(()))
                    }
                    Err(fault) => (Some(Event::NotSaved), Err(fault)),
                }
            }
            Effect::Renew { claim, new } => {
                let now = self.profile.ports.wall_time().await;
                match self.outbox.renew(claim, new, now).await {
                    Ok(claim) => {
                        self.run_claim(claim);
                        (Some(Event::Saved { claim }), Ok(()))
                    }
                    Err(fault) => {
                        let report_id = self.profile.reports.write(&fault);
                        (Some(Event::Failed(AddDeviceFailure::Internal { report_id })), Err(fault))
                    }
                }
            }
            Effect::Withdraw(claim) => match claim::withdraw(&self.profile, &self.outbox, claim).await {
                Ok(None) => (Some(Event::Withdrawn), Ok(())),
                Ok(Some(device)) => (Some(Event::Owned(device)), Ok(())),
                Err(fault) => (Some(Event::Withdrawn), Err(fault)),
            },
            Effect::Discard(claim) => (None, self.outbox.discard(claim).await),
        }
    }

    /// Keeps what a killed app needs to go on from here. Once the claim is saved, the outbox has it.
    pub(super) async fn keep(&mut self) {
        let draft = DraftRow::of(&self.state).zip(self.state.id()).map(|(row, id)| (id, row.to_bytes()));
        if draft == self.kept {
            return;
        }
        let former = self.kept.as_ref().map(|(id, _)| *id);
        if let Some(former) = former.filter(|former| draft.as_ref().is_none_or(|(id, _)| id != former)) {
            self.cache.drop_draft(former.0).await;
        }
        if let Some((id, row)) = &draft {
            self.cache.keep_draft(id.0, self.profile.ports.wall_time().await, row).await;
        }
        self.kept = draft;
    }

    /// Runs the claim, and hears of it from its first report on.
    fn run_claim(&mut self, claim: ClaimId) {
        self.reports = Some((claim, self.outbox.observe(claim)));
        self.outbox.run(&self.profile, claim, Audience::Screen);
    }

    /// Hears of the claim that the state is about.
    fn observe(&mut self) {
        let about = self.state.claim();
        if self.reports.as_ref().map(|(claim, _)| *claim) != about {
            self.reports = about.map(|claim| (claim, self.outbox.observe(claim)));
        }
    }
}

async fn next_report(reports: &mut Option<Observed>) -> Report {
    loop {
        let received = match reports {
            Some((_, receiver)) => receiver.recv().await,
            None => std::future::pending().await,
        };
        match received {
            Ok(report) => return report,
            // The newest is still to come.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => *reports = None,
        }
    }
}

fn event_of(report: Report) -> Event {
    match report {
        Report::Progressed(step) => Event::Progressed(step),
        Report::Queued(reason) => Event::Queued(reason),
        Report::Failed(failure) => Event::Failed(failure),
        Report::Owned(device) => Event::Owned(device),
        Report::Gone => Event::Gone,
    }
}

/// The claim as the flow knows it, from its row.
pub(super) fn claim_of_row(id: ClaimId, row: &ClaimRow, now: i64) -> AddedClaim {
    let terms = &row.terms;
    AddedClaim {
        id,
        place: Place {
            maker: terms.maker.clone(),
            section: terms.section,
            site: terms.site,
            time_zone: terms.time_zone.clone(),
        },
        device: LabelledDevice {
            serial: terms.serial.clone(),
            model: terms.model.clone(),
            fingerprint: row.label_fingerprint(),
            claim_code: row.label_claim_code(),
        },
        form: DetailsForm {
            name: terms.name.clone(),
            time_zone: terms.time_zone.clone(),
            daylight_saving: terms.daylight_saving,
        },
        presence: terms.presence,
        now,
    }
}
