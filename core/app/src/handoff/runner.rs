//! Runs what `transition` decides. One task owns the state; while a code is redeemed it takes no other event.

use super::flow::{HandoffRefusal, HandoffState};
use super::secrets::{Code, Entry, Verifier};
use super::transition::{Effect, Event, State, transition};
use crate::access::{AccessEnd, Acting, Delegated, NewDelegation};
use crate::error::Fault;
use crate::ports::PortFault;
use crate::profile::Profile;
use crate::session::redeem_handoff;
use porchlight_protocol::ProblemCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

/// How long a code that may have been used is sent again: as long as the cloud gives this phone the same answer.
const RETRY: Duration = Duration::from_secs(30);
/// Between two sendings.
const PAUSE: Duration = Duration::from_secs(1);

/// An event, and who waits for what came of it.
pub(super) type Asked = (Event, oneshot::Sender<Result<(), Fault>>);

pub(super) struct Runner {
    own: Arc<Profile>,
    delegated: Arc<Delegated>,
    state: State,
    shown: watch::Sender<HandoffState>,
}

impl Runner {
    pub(super) fn new(
        own: Arc<Profile>,
        delegated: Arc<Delegated>,
        shown: watch::Sender<HandoffState>,
    ) -> Self {
        Self { own, delegated, state: State::Idle, shown }
    }

    pub(super) async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Asked>) {
        while let Some((event, answer)) = asked.recv().await {
            let outcome = self.take(event).await;
            let _nobody_waits = answer.send(outcome);
        }
    }

    async fn take(&mut self, event: Event) -> Result<(), Fault> {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let effects = match transition(std::mem::replace(&mut self.state, State::Idle), event) {
                Ok((state, effects)) => {
                    self.state = state;
                    effects
                }
                Err(refused) => {
                    let (state, illegal) = *refused;
                    self.state = state;
                    return Err(illegal.into());
                }
            };
            self.shown.send_replace(self.state.shown());
            for effect in effects {
                next = Some(self.perform(effect).await);
            }
        }
        Ok(())
    }

    async fn perform(&self, effect: Effect) -> Event {
        match effect {
            Effect::TakeEntry => self.take_entry().await,
            Effect::Redeem { code, entry } => match redeem(&self.own, &code, &entry.verifier).await {
                Ok(new) => Event::Redeemed(Box::new(new)),
                Err(fault) if fault.passes() => Event::Unreached,
                Err(fault) => Event::NotRedeemed(self.refusal_of(fault)),
            },
            Effect::Open(new) => match self.delegated.open_new(*new).await {
                Ok(()) => Event::Opened,
                Err(fault) => Event::NotOpened(self.refusal_of(fault)),
            },
        }
    }

    async fn take_entry(&self) -> Event {
        match self.own.ports.take_from_vault().await {
            Ok(entry) => Event::Taken {
                entry: entry.as_ref().and_then(Entry::from_secret).map(Box::new),
                now: self.own.ports.moment().await,
                instead_of: self.delegated.state().acting().cloned(),
            },
            Err(fault) => Event::NotTaken(self.refusal_of(fault)),
        }
    }

    fn refusal_of(&self, fault: Fault) -> HandoffRefusal {
        match &fault {
            Fault::Port { fault: PortFault::Locked, .. } | Fault::PhoneLocked => HandoffRefusal::PhoneLocked,
            Fault::Refused(refusal) => match refusal.code {
                ProblemCode::HandoffOver => HandoffRefusal::TooLate,
                ProblemCode::HandoffRefused | ProblemCode::InvalidDpopProof => {
                    HandoffRefusal::NotInitiatedHere
                }
                ProblemCode::UpdateRequired => HandoffRefusal::UpdateRequired,
                ProblemCode::GrantOver => HandoffRefusal::AccessOver,
                code if AccessEnd::of(code).is_some() => HandoffRefusal::AccessOver,
                _ => self.internal(&fault),
            },
            _ => self.internal(&fault),
        }
    }

    fn internal(&self, fault: &Fault) -> HandoffRefusal {
        HandoffRefusal::Internal { report_id: self.own.reports.write(fault) }
    }
}

/// Redeems a code. One whose answer was lost may have been used: it is sent again, and the same phone gets the same
/// answer. Without a network nothing was sent, and it is said at once.
pub(super) async fn redeem(own: &Profile, code: &Code, verifier: &Verifier) -> Result<NewDelegation, Fault> {
    let until = Instant::now() + RETRY;
    loop {
        let (http, ports, configuration) = (own.cloud.http(), own.ports.clone(), own.configuration.clone());
        let redeeming = redeem_handoff(http, ports, configuration, &code.0, &verifier.0);
        let redeemed = tokio::time::timeout_at(until, redeeming).await;
        match redeemed.unwrap_or(Err(Fault::Unanswered(crate::error::Unanswered::TimedOut))) {
            Ok((session, grant, until)) => {
                return Ok(NewDelegation { session, acting: Acting { grant, until } });
            }
            Err(Fault::Offline) => return Err(Fault::Offline),
            Err(fault) if fault.passes() && Instant::now() + PAUSE < until => {
                let asked_for = fault.retry_after().unwrap_or_default();
                tokio::time::sleep(PAUSE.max(asked_for)).await;
            }
            Err(fault) => return Err(fault),
        }
    }
}
