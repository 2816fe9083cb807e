//! The flow as an app holds it: calls in, states out.
//!
//! States come by the listener, each of them, in order; errors come by the call. The run of a claim belongs to the
//! outbox: it goes on when the flow is dropped.

use super::details::{DetailsForm, DevicePassword};
use super::label;
use super::label_scanner::{LabelScanner, ViewfinderListener};
use super::runner::{Asked, Observed, Runner, claim_of_row};
use super::state::{AddDeviceListener, AddDeviceState, AddingStep};
use super::steps::{Event, Place, State};
use crate::error::{ConflictReason, Error, Fault, InputField, InputReason};
use crate::listening::Subscription;
use crate::outbox::{Audience, Outbox};
use crate::profile::Profile;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, SiteId};
use porchlight_scan::ScanError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// A flow that adds a device. Dropped, its screen is gone and its claim goes on; [`Self::cancel`] gives the claim up.
pub struct AddDeviceFlow {
    profile: Arc<Profile>,
    inbox: mpsc::UnboundedSender<Asked>,
    shown: Arc<Shown>,
}

/// The current state, and where states go to.
#[derive(Debug)]
pub(super) struct Shown(Mutex<(AddDeviceState, Option<mpsc::UnboundedSender<AddDeviceState>>)>);

impl AddDeviceFlow {
    pub(super) async fn open(profile: &Arc<Profile>, section: Section, site: SiteId) -> Result<Self, Fault> {
        let open = profile.files()?;
        let time_zone = open.cache.site(site).ok_or(Fault::NotFound)?.time_zone;
        let place = Place { maker: profile.configuration.maker.clone(), section, site, time_zone };
        Ok(Self::start(profile, open.outbox, State::begin(place), None))
    }

    pub(super) async fn resume(profile: &Arc<Profile>, id: ClaimId) -> Result<Self, Fault> {
        let (outbox, now) = (profile.outbox()?, profile.ports.wall_time().await);
        outbox.mark_old(now).await?;
        // Observed before it is read: a run that erases the row from here on is heard of, with what came of it.
        let reports = outbox.observe(id);
        let row = outbox.read(id, profile.account()?.id).await?;
        let claim = claim_of_row(id, &row, now);
        let waits = row.needs_you.is_none();
        let state = match row.needs_you {
            Some(failure) => State::Failed { claim, failure },
            None => State::Adding { claim, step: AddingStep::Asking },
        };
        let flow = Self::start(profile, outbox.clone(), state, Some((id, reports)));
        if waits {
            outbox.run(profile, id, Audience::Screen);
        }
        Ok(flow)
    }

    fn start(profile: &Arc<Profile>, outbox: Arc<Outbox>, state: State, reports: Option<Observed>) -> Self {
        let (inbox, asked) = mpsc::unbounded_channel();
        let shown = Arc::new(Shown(Mutex::new((state.shown(), None))));
        profile.spawn(Runner::new(profile.clone(), outbox, state, reports, shown.clone()).run(asked));
        Self { profile: profile.clone(), inbox, shown }
    }

    /// Sets the flow's one listener, in place of a former one, until the subscription is dropped.
    pub fn listen(&self, listener: Arc<dyn AddDeviceListener>) -> Subscription {
        let (states, mut told) = mpsc::unbounded_channel();
        self.shown.send_to(states);
        let telling = self.profile.spawn(async move {
            while let Some(state) = told.recv().await {
                let listener = listener.clone();
                // On a blocking thread, one after the other: a listener may take its time and may call the core.
                let _panicked = tokio::task::spawn_blocking(move || listener.on_state(state)).await;
            }
        });
        Subscription::new(telling)
    }

    /// Reads the label in a PNG or JPEG; returns when the state shows what was read.
    pub async fn read_picture(&self, bytes: Vec<u8>) -> Result<(), Error> {
        let read = async {
            let state = self.ask(Event::PictureOffered).await?;
            let State::Label(step) = state else { return Err(Fault::Core("a picture without its step")) };
            let read = move || porchlight_scan::read_picture(&bytes).map(label::read_codes);
            let outcome = tokio::task::spawn_blocking(read).await.unwrap_or(Err(ScanError::DecoderFailed));
            match self.ask(Event::PictureRead { turn: step.turn, outcome }).await {
                // The person did something else meanwhile.
                Ok(_) | Err(Fault::Illegal(_)) => Ok(()),
                Err(fault) => Err(fault),
            }
        };
        self.profile.told(read.await)
    }

    /// Opens a scanner for a camera. Labels that it sees show in the state, and outlined to `viewfinder`.
    pub fn label_scanner(&self, viewfinder: Arc<dyn ViewfinderListener>) -> LabelScanner {
        let inbox = self.inbox.downgrade();
        LabelScanner::open(viewfinder, move |readings| {
            // Nobody waits for the answer; a flow that is past its label refuses it.
            if let Some(inbox) = inbox.upgrade() {
                let _ended = inbox.send((Event::FrameRead(readings), oneshot::channel().0));
            }
        })
    }

    /// Reads what a person typed: a serial, or the text of a whole label. Nothing happens once they are past the label: a
    /// call for the last letter may come late.
    pub async fn read_text(&self, text: &str) -> Result<(), Error> {
        self.tell_while_asked(Event::TextRead(label::read_typed(text))).await
    }

    /// Reads what a person typed and takes its serial as confirmed: exactly this text's, whatever was read before.
    /// `InvalidInput` if it is no serial; the state shows its findings.
    pub async fn confirm_text(&self, text: &str) -> Result<(), Error> {
        let reading = label::read_typed(text);
        let serial = reading.serial.clone().filter(|_| reading.is_complete());
        let now = self.profile.ports.wall_time().await;
        let confirmed = async {
            self.ask(Event::TextRead(reading)).await?;
            let no_serial = Fault::Input { field: InputField::Label, reason: InputReason::NotAllowed };
            self.ask(Event::Confirm { serial: serial.ok_or(no_serial)?, now }).await.map(|_| ())
        };
        self.profile.told(confirmed.await)
    }

    /// The person compared the serial with the label: one of those read, or of the repairs that were offered.
    pub async fn confirm_serial(&self, serial: &str) -> Result<(), Error> {
        let now = self.profile.ports.wall_time().await;
        self.tell(Event::Confirm { serial: serial.to_owned(), now }).await
    }

    /// Takes what is filled in so far; the clock changes follow it. Nothing happens once the device is being added: a call
    /// for the last letter may come late.
    pub async fn edit_details(&self, form: DetailsForm) -> Result<(), Error> {
        let now = self.profile.ports.wall_time().await;
        self.tell_while_asked(Event::Edit { form, now }).await
    }

    /// Adds the device with the details as they are; returns when the claim is saved. `InvalidInput` names the first
    /// problem, the state shows them all.
    pub async fn add(&self, password: DevicePassword) -> Result<(), Error> {
        let asked = self.ask(Event::Add { claim: ClaimId::mint_offline(), password }).await;
        let added = asked.and_then(|state| match state.first_problem() {
            None => Ok(()),
            Some(problem) => Err(Fault::Input { field: problem.field, reason: problem.reason }),
        });
        self.profile.told(added)
    }

    /// Tries a failed claim again with the same details and password, where its remedies say so.
    pub async fn try_again(&self) -> Result<(), Error> {
        self.tell(Event::TryAgain { claim: ClaimId::mint_offline() }).await
    }

    /// Begins again with the next device at the same site.
    pub async fn add_another(&self) -> Result<(), Error> {
        self.tell(Event::AddAnother).await
    }

    /// One step back. While the device is being added this gives the claim up; if that is too late, the state says so.
    pub async fn go_back(&self) -> Result<(), Error> {
        self.tell(Event::Back).await
    }

    /// Ends the flow, and gives up what it has not added: queued and failed claims are erased.
    pub async fn cancel(&self) -> Result<(), Error> {
        self.tell(Event::Cancel).await
    }

    async fn tell(&self, event: Event) -> Result<(), Error> {
        self.profile.told(self.ask(event).await.map(|_| ()))
    }

    /// For what comes while a person types: past its step it is of no use to anybody, and no fault.
    async fn tell_while_asked(&self, event: Event) -> Result<(), Error> {
        match self.tell(event).await {
            Err(Error::Conflict { reason: ConflictReason::NotNow }) => Ok(()),
            told => told,
        }
    }

    /// Takes an event and waits until its effects are done. Dropping the future does not stop them.
    async fn ask(&self, event: Event) -> Result<State, Fault> {
        let (answer, answered) = oneshot::channel();
        let gone = |()| Fault::Core("the flow's task is gone");
        self.inbox.send((event, answer)).map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}

impl fmt::Debug for AddDeviceFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddDeviceFlow").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl Shown {
    pub(super) fn set(&self, state: AddDeviceState) {
        let (current, states) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *current != state {
            current.clone_from(&state);
            // Its listener is told on its own task, never under this lock.
            if let Some(states) = states {
                let _nobody_listens = states.send(state);
            }
        }
    }

    fn send_to(&self, states: mpsc::UnboundedSender<AddDeviceState>) {
        let (current, listening) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _first = states.send(current.clone());
        *listening = Some(states);
    }
}
