//! Opens, watches and ends the delegated profile: one opening or ending at a time.

use super::DELEGATED;
use super::kept;
use super::lease::Lease;
use super::session::DelegatedListener;
use super::state::{Acting, DelegatedState, Event, UnsentAct, transition};
use crate::access::AccessEnd;
use crate::configuration::Configuration;
use crate::error::Fault;
use crate::history::FeedHold;
use crate::listening::Subscription;
use crate::ports::Ports;
use crate::profile::Profile;
use crate::report::Reports;
use crate::session::{Handed, SessionState};
use crate::work::Work;
use porchlight_protocol::AccountId;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the lease is looked at when nothing else happens: it goes on while the phone sleeps, timers do not.
const TICK: Duration = Duration::from_secs(1);

/// What a profile is opened with.
pub(crate) struct Context {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) data_folder: PathBuf,
    pub(crate) ports: Ports,
    pub(crate) reports: Arc<Reports>,
}

/// What a redeemed handoff gave.
#[derive(Debug)]
pub(crate) struct NewDelegation {
    pub(crate) session: Handed,
    pub(crate) acting: Acting,
}

/// The place for the one delegated profile of a phone.
pub(crate) struct Delegated {
    context: Context,
    /// Held while one is opened or ended.
    turn: tokio::sync::Mutex<()>,
    inside: Mutex<Inside>,
    state: watch::Sender<DelegatedState>,
    listening: Mutex<Option<AbortHandle>>,
    life: CancellationToken,
}

#[derive(Default)]
struct Inside {
    open: Option<Open>,
    in_foreground: bool,
}

#[derive(Clone)]
struct Open {
    profile: Arc<Profile>,
    lease: Arc<Lease>,
    work: Arc<Work>,
    acting: Acting,
    /// The feed is open for the foreground while this is some.
    hold: Arc<Mutex<Option<FeedHold>>>,
}

impl Delegated {
    pub(crate) fn new(context: Context) -> Arc<Self> {
        Arc::new(Self {
            context,
            turn: tokio::sync::Mutex::default(),
            inside: Mutex::new(Inside { open: None, in_foreground: true }),
            state: watch::Sender::new(DelegatedState::Nobody),
            listening: Mutex::default(),
            life: CancellationToken::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> DelegatedState {
        self.state.borrow().clone()
    }

    pub(crate) fn profile(&self) -> Option<Arc<Profile>> {
        self.lock().open.as_ref().map(|open| open.profile.clone())
    }

    /// Goes on where the last process was, as far as the phone allows it by now.
    pub(crate) async fn restore(self: &Arc<Self>) {
        let _turn = self.turn.lock().await;
        if let Some(profile) = self.profile() {
            if let Err(fault) = profile.session.restore().await {
                tracing::debug!(%fault, "the delegated session is not restored yet");
            }
            return;
        }
        if let Some(acting) = kept::load_acting(&self.context.ports).await
            && let Err(fault) = self.open_profile(acting, true).await
        {
            self.context.reports.write(&fault);
        }
    }

    /// Opens the session that a handoff gave, in place of the one that was there.
    pub(crate) async fn open_new(self: &Arc<Self>, new: NewDelegation) -> Result<(), Fault> {
        let turn = self.turn.lock().await;
        if self.profile().is_some() {
            self.finish_now(AccessEnd::Left).await;
        }
        // Before the session: a phone that is killed in between finds a row, sees that it has no session, and ends it.
        let kept = kept::keep_acting(&self.context.ports, &new.acting).await;
        let open = self.open_profile(new.acting, false).await?;
        open.lease.renew(open.lease.moment().await).await;
        // Also when it could not be kept: whoever took a session over can end it.
        let taken_over = open.profile.session.take_over(new.session).await;
        let begun = kept.and(taken_over);
        match begun {
            // Not earlier: who hears of it may act at once.
            Ok(()) => _ = self.take(Event::Opened(open.acting)),
            Err(_) => self.finish_now(AccessEnd::SessionEnded).await,
        }
        drop(turn);
        begun
    }

    async fn open_profile(self: &Arc<Self>, acting: Acting, expects_session: bool) -> Result<Open, Fault> {
        let Context { configuration, data_folder, ports, reports } = &self.context;
        let lease = Arc::new(Lease::load(ports.clone(), DELEGATED).await);
        let (configuration, ports) = (configuration.clone(), ports.clone());
        let of_lease = Some(lease.clone());
        let profile =
            Profile::open(DELEGATED, data_folder, configuration, ports, reports.clone(), of_lease).await?;
        let profile = Arc::new(profile);
        let work = Work::new(profile.clone());
        let open = Open { profile, lease, work, acting, hold: Arc::default() };
        let in_foreground = {
            let mut inside = self.lock();
            inside.open = Some(open.clone());
            inside.in_foreground
        };
        if expects_session {
            self.take(Event::Opened(open.acting.clone()));
        }
        open.look(in_foreground);
        tokio::spawn(self.clone().watch(open.clone(), expects_session, self.life.clone()));
        Ok(open)
    }

    /// The app came to the screen, or left it.
    pub(crate) fn set_foreground(&self, in_foreground: bool) {
        let open = {
            let mut inside = self.lock();
            inside.in_foreground = in_foreground;
            inside.open.clone()
        };
        if let Some(open) = open {
            open.look(in_foreground);
        }
    }

    /// The phone's network is another.
    pub(crate) fn network_changed(&self) {
        let inside = self.lock();
        if let Some(open) = &inside.open {
            open.profile.feed.nudge();
            if inside.in_foreground {
                open.work.go_on();
            }
        }
    }

    /// Sends what its outbox holds, as [`Work::work_until`] does.
    pub(crate) async fn work_until(&self, until: Instant) -> Result<Option<i64>, Fault> {
        let work = self.lock().open.as_ref().map(|open| open.work.clone());
        match work {
            Some(work) => work.work_until(until).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn checkpoint(&self) -> Result<(), Fault> {
        match self.profile() {
            Some(profile) => profile.stores.checkpoint().await,
            None => Ok(()),
        }
    }

    /// Ends the delegated session of this phone, whatever the cloud says of it.
    pub(crate) async fn finish(&self, why: AccessEnd) {
        let _turn = self.turn.lock().await;
        self.finish_now(why).await;
    }

    /// How many acts are lost when this account signs out on this phone: what waits in the customer's account where it
    /// works, and what is listed of it already.
    pub(crate) async fn unsent_by(&self, account: AccountId) -> Result<u32, Fault> {
        let listed = kept::load_unsent(&self.context.ports, Some(account)).await.len();
        let listed = u32::try_from(listed).unwrap_or(u32::MAX);
        match self.profile() {
            Some(profile) if self.acts_by(account) => {
                Ok(listed.saturating_add(profile.session.unsent().await?))
            }
            _ => Ok(listed),
        }
    }

    /// This account signs out on this phone: where it works for a customer, that ends, and nothing of it stays listed.
    pub(crate) async fn leave_with(&self, account: AccountId) -> Result<(), Fault> {
        if self.acts_by(account) {
            self.finish(AccessEnd::Left).await;
        }
        kept::forget_unsent(&self.context.ports, Some(account)).await
    }

    fn acts_by(&self, account: AccountId) -> bool {
        self.lock().open.as_ref().is_some_and(|open| open.acting.grant.actor.id == account)
    }

    pub(crate) fn dismiss(&self) {
        self.take(Event::Dismissed);
    }

    pub(crate) async fn unsent(&self, actor: Option<AccountId>) -> Vec<UnsentAct> {
        kept::load_unsent(&self.context.ports, actor).await
    }

    pub(crate) async fn forget_unsent(&self, actor: Option<AccountId>) -> Result<(), Fault> {
        kept::forget_unsent(&self.context.ports, actor).await
    }

    /// Ends what runs here, as if the app were killed.
    pub(crate) fn end(&self) {
        self.life.cancel();
        if let Some(profile) = self.profile() {
            profile.end();
        }
    }

    /// Sets the one listener: it gets the current state first, then each newer one, the last one always.
    pub(crate) fn listen(&self, listener: Arc<dyn DelegatedListener>) -> Subscription {
        let mut states = self.state.subscribe();
        states.mark_changed();
        let task = tokio::spawn(async move {
            while states.changed().await.is_ok() {
                let state = states.borrow_and_update().clone();
                let listener = listener.clone();
                // On a blocking thread, one after the other: a listener may take its time and may call the core.
                let _panicked = tokio::task::spawn_blocking(move || listener.on_state(state)).await;
            }
        });
        let task = task.abort_handle();
        let former = self.listening.lock().unwrap_or_else(PoisonError::into_inner).replace(task.clone());
        former.inspect(AbortHandle::abort);
        Subscription::new(task)
    }

    /// Watches session and lease until one of them ends it. Without `expects_session` it is about to begin: nobody
    /// being signed in is no end then.
    async fn watch(self: Arc<Self>, open: Open, expects_session: bool, life: CancellationToken) {
        let watched = async {
            let (mut states, mut ended) = (open.profile.session.states(), open.profile.session.ended());
            let mut was_in = expects_session;
            loop {
                let is_in = matches!(*states.borrow_and_update(), SessionState::SignedIn { .. });
                let is_out = matches!(*states.borrow_and_update(), SessionState::SignedOut { .. });
                let why = *ended.borrow_and_update();
                if is_out && was_in {
                    return why.unwrap_or(AccessEnd::SessionEnded);
                }
                was_in |= is_in;
                let contact = open.lease.contacts();
                let left = open.lease.left().await;
                if is_in
                    && self.take(if left.is_some() { Event::CloudReached } else { Event::LeaseOver })
                    && let Ok(files) = open.profile.files()
                {
                    files.cache.tell();
                    if left.is_none() {
                        // The phone may have slept, and its stream be a dead one.
                        open.profile.feed.ask_anew();
                    }
                }
                tokio::select! {
                    _ = states.changed() => {}
                    _ = ended.changed() => {}
                    () = contact => {}
                    () = tokio::time::sleep(left.map_or(TICK, |left| left.min(TICK))) => {}
                }
            }
        };
        if let Some(why) = life.run_until_cancelled(watched).await {
            let finish = async {
                let _turn = self.turn.lock().await;
                let current = self.profile();
                // Somebody else ended it meanwhile, and another one is there by now.
                if current.is_some_and(|current| Arc::ptr_eq(&current, &open.profile)) {
                    self.finish_now(why).await;
                }
            };
            let _cut = life.run_until_cancelled(finish).await;
        }
    }

    /// Takes an event; whether the state is another now.
    fn take(&self, event: Event) -> bool {
        self.state.send_if_modified(|state| match transition(state, event) {
            Ok(next) => {
                *state = next;
                true
            }
            Err(_) => false,
        })
    }

    /// The end, in its order. Held by the turn.
    async fn finish_now(&self, why: AccessEnd) {
        let Some(open) = self.lock().open.take() else { return };
        let profile = &open.profile;
        open.look(false);
        let at = profile.cloud.time(&self.context.ports).await;
        let unsent = list_unsent(&open, at).await;
        // As far as the phone allows it: nothing of a customer's stays because a list of it cannot be kept.
        let listed = kept::keep_unsent(&self.context.ports, open.acting.grant.actor.id, &unsent).await;
        for fault in [listed, self.destroy(&open).await].into_iter().filter_map(Result::err) {
            self.context.reports.write(&fault);
        }
        profile.end();
        self.take(Event::Over { why, at, unsent });
    }

    /// Takes session, key, files and row from the phone: all that can be, and the row only if all was. What could not be
    /// is the first fault, and what the next process, which finds the row, goes on with.
    async fn destroy(&self, open: &Open) -> Result<(), Fault> {
        let (profile, ports) = (&open.profile, &self.context.ports);
        // Tells the cloud where it is the phone that ends it; destroys session, key and files.
        let signed_out = match profile.session.account() {
            Ok(_) => profile.session.sign_out().await,
            Err(_) => Ok(()),
        };
        // What a session that the cloud ended has left.
        let destroyed = profile.stores.destroy().await;
        open.lease.forget().await;
        let removed = ports.remove_secret(format!("{DELEGATED}.session")).await;
        signed_out.and(destroyed).and(removed)?;
        kept::forget_acting(ports).await
    }
}

/// What the outbox still holds; opened once more if the session that is over has closed it.
async fn list_unsent(open: &Open, at: i64) -> Vec<UnsentAct> {
    let (stores, subject) = (&open.profile.stores, &open.acting.grant.subject);
    if let Err(fault) = stores.open(subject.id).await {
        tracing::warn!(%fault, "what was not sent cannot be listed");
    }
    let Ok(files) = stores.current() else { return Vec::new() };
    let queued = files.outbox.queued_devices(subject.id);
    let unsent = queued.into_iter().map(|queued| UnsentAct {
        subject: subject.clone(),
        maker: queued.maker,
        serial: queued.serial,
        model: queued.model,
        section: queued.section,
        name: queued.name,
        at,
    });
    unsent.collect()
}

impl Open {
    fn look(&self, in_foreground: bool) {
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        if in_foreground {
            hold.get_or_insert_with(|| self.profile.feed.hold());
            self.work.go_on();
        } else {
            *hold = None;
            self.work.stop();
        }
    }
}

impl fmt::Debug for Delegated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Delegated")
    }
}
