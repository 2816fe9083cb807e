//! The flow as an app holds it: calls in, states out.
//!
//! States come by the listener, each of them, in order; errors come by the call. The run of a claim belongs to the
//! outbox: it goes on when the flow is dropped.

use super::details::{DetailsEdit, DevicePassword};
use super::draft::DraftRow;
use super::label;
use super::label_scanner::{LabelScanner, ViewfinderListener};
use super::runner::{Asked, Observed, Runner, claim_of_row};
use super::state::{AddDeviceListener, AddDeviceState, AddingStep};
use super::steps::{Event, Place, State};
use crate::error::{Error, Fault, InputField, InputReason};
use crate::listening::Subscription;
use crate::outbox::Audience;
use crate::profile::Profile;
use crate::stores::OpenStores;
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, SiteId};
use porchlight_scan::ScanError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// A flow that adds a device. Dropped, its screen is gone and its claim goes on; [`Self::cancel`] gives the claim up.
pub struct AddDeviceFlow {
    profile: Arc<Profile>,
    inbox: mpsc::UnboundedSender<Asked>,
    shown: Arc<Shown>,
}

/// The current state, and where states go to.
#[derive(Debug)]
pub(super) struct Shown(Mutex<Current>);

#[derive(Debug)]
struct Current {
    /// The last one that the flow had, if it is over.
    id: ClaimId,
    state: AddDeviceState,
    listening: Option<mpsc::UnboundedSender<AddDeviceState>>,
}

impl AddDeviceFlow {
    pub(super) async fn open(profile: &Arc<Profile>, section: Section, site: SiteId) -> Result<Self, Fault> {
        let open = profile.files()?;
        let time_zone = open.cache.site(site).ok_or(Fault::SiteGone)?.time_zone;
        let place = Place { maker: profile.configuration.maker.clone(), section, site, time_zone };
        open.cache.use_site(site).await;
        let draft = ClaimId::mint_offline();
        Ok(Self::start(profile, open, State::begin(place, draft), draft, None).await)
    }

    pub(super) async fn resume(profile: &Arc<Profile>, id: ClaimId) -> Result<Self, Fault> {
        let (open, now) = (profile.files()?, profile.ports.wall_time().await);
        let outbox = open.outbox.clone();
        outbox.mark_old(now).await?;
        // Observed before it is read: a run that erases the row from here on is heard of, with what came of it.
        let reports = outbox.observe(id);
        let row = match outbox.read(id, profile.account()?.id).await {
            Err(Fault::NotFound) => return Self::resume_draft(profile, open, id, now).await,
            read => read?,
        };
        let claim = claim_of_row(id, &row, now);
        let waits = row.needs_you.is_none();
        let state = match row.needs_you {
            Some(failure) => State::Failed { claim, failure },
            None => State::Adding { claim, step: AddingStep::Asking },
        };
        let flow = Self::start(profile, open, state, id, Some((id, reports))).await;
        if waits {
            outbox.run(profile, id, Audience::Screen);
        }
        Ok(flow)
    }

    /// Goes on with a flow that has no claim yet.
    async fn resume_draft(
        profile: &Arc<Profile>,
        open: OpenStores,
        id: ClaimId,
        now: i64,
    ) -> Result<Self, Fault> {
        let kept = open.cache.draft(id.0, now).await?;
        let row = DraftRow::from_bytes(&kept).ok_or(Fault::NotFound)?;
        let maker = profile.configuration.maker.clone();
        // Killed between the claim's row and the end of the draft, and the claim went through since.
        if row.serial().is_some_and(|serial| open.cache.has_device(&maker, serial)) {
            open.cache.drop_draft(id.0).await;
            return Err(Fault::NotFound);
        }
        let zone = open.cache.site(row.site).ok_or(Fault::SiteGone)?.time_zone;
        Ok(Self::start(profile, open, row.into_state(id, maker, zone, now), id, None).await)
    }

    async fn start(
        profile: &Arc<Profile>,
        open: OpenStores,
        state: State,
        id: ClaimId,
        reports: Option<Observed>,
    ) -> Self {
        let (inbox, asked) = mpsc::unbounded_channel();
        let current = Current { id, state: state.shown(), listening: None };
        let shown = Arc::new(Shown(Mutex::new(current)));
        let mut runner = Runner::new(profile.clone(), open, state, id, reports, shown.clone());
        // Before anybody hears its id.
        runner.keep().await;
        profile.spawn(runner.run(asked));
        Self { profile: profile.clone(), inbox, shown }
    }

    /// Names the flow where it is now: keep it, and [`Profile::resume_adding_device`] with it after the app was killed. It
    /// is another one after some steps, so ask whenever it is kept.
    pub fn id(&self) -> ClaimId {
        self.shown.lock().id
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
            // Whoever has the photograph has the claim code.
            let bytes = Zeroizing::new(bytes);
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

    /// Reads what a person typed: a serial, or the text of a whole label. Queued by the call itself, so that letters stay
    /// in their order. Nothing happens once they are past the label: a call for the last letter may come late.
    pub fn read_text(&self, text: &str) {
        self.queue(text_read(text));
    }

    /// Reads what a person typed and takes its serial as confirmed: exactly this text's, whatever was read before.
    /// `InvalidInput` if it is no serial; the state shows its findings.
    pub async fn confirm_text(&self, text: &str) -> Result<(), Error> {
        let reading = label::read_typed(text);
        let serial = reading.serial.clone().filter(|_| reading.is_complete());
        let confirmed = async {
            self.ask(text_read(text)).await?;
            let no_serial = Fault::Input { field: InputField::Label, reason: InputReason::NotAllowed };
            self.ask(Event::Confirm { serial: serial.ok_or(no_serial)? }).await.map(|_| ())
        };
        self.profile.told(confirmed.await)
    }

    /// The person compared the serial with the label: one of those read, or of the repairs that were offered.
    pub async fn confirm_serial(&self, serial: &str) -> Result<(), Error> {
        self.tell(Event::Confirm { serial: serial.to_owned() }).await
    }

    /// Takes what a person changed; the clock changes follow it. Queued by the call itself, so that edits stay in their
    /// order. Nothing happens once the device is being added: a call for the last letter may come late.
    pub fn edit_details(&self, edit: DetailsEdit) {
        self.queue(Event::Edit(edit));
    }

    /// Adds the device with the details as they are; returns when the claim is saved. `InvalidInput` names the first
    /// problem, the state shows them all.
    pub async fn add(&self, password: DevicePassword) -> Result<(), Error> {
        let asked = self.ask(Event::Add { password }).await;
        let added = asked.and_then(|state| match state.first_problem() {
            None => Ok(()),
            Some(problem) => Err(Fault::Input { field: problem.field, reason: problem.reason }),
        });
        self.profile.told(added)
    }

    /// Tries a failed claim again with the same details and password, where its remedies say so.
    pub async fn try_again(&self) -> Result<(), Error> {
        self.tell(Event::TryAgain).await
    }

    /// Begins again with the next device at the same site.
    pub async fn add_another(&self) -> Result<(), Error> {
        self.tell(Event::AddAnother).await
    }

    /// The number that was confirmed, to be compared with the label once more: from the details, or from a failure.
    pub async fn check_number(&self) -> Result<(), Error> {
        self.tell(Event::CheckNumber).await
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
    fn queue(&self, event: Event) {
        let _nobody_waits = self.inbox.send((event, oneshot::channel().0));
    }

    /// Takes an event and waits until its effects are done. Dropping the future does not stop them.
    async fn ask(&self, event: Event) -> Result<State, Fault> {
        let (answer, answered) = oneshot::channel();
        let gone = |()| Fault::Core("the flow's task is gone");
        self.inbox.send((event, answer)).map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}

fn text_read(text: &str) -> Event {
    let reading = label::read_typed(text);
    let typed = label::without_secrets(text, &reading);
    Event::TextRead { reading, typed }
}

impl fmt::Debug for AddDeviceFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddDeviceFlow").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl Shown {
    pub(super) fn set(&self, state: &State) {
        let (id, state) = (state.id(), state.shown());
        let mut current = self.lock();
        current.id = id.unwrap_or(current.id);
        if current.state != state {
            current.state.clone_from(&state);
            // Its listener is told on its own task, never under this lock.
            if let Some(states) = &current.listening {
                let _nobody_listens = states.send(state);
            }
        }
    }

    fn send_to(&self, states: mpsc::UnboundedSender<AddDeviceState>) {
        let mut current = self.lock();
        let _first = states.send(current.state.clone());
        current.listening = Some(states);
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
