//! The change feed: what keeps the cache fresh while the app is on the screen.
//!
//! One task for a profile:
//!
//! 1. Wait until somebody is signed in, the files are open, and someone looks (the app is in the foreground, or work
//!    without a screen holds the feed).
//! 2. Without a cursor: read all lists, page by page. The first page's cursor counts: what changed while paging comes
//!    again by the feed, as it is then.
//! 3. Follow `GET /v1/events` from the cursor: each change goes into the cache with its cursor, then claims go to who
//!    waits for them. A change of a newer cloud is skipped, its cursor kept.
//! 4. 410: the cursor is too old, go to 2. Broken off: again after a moment, full jitter, at most [`LONGEST_PAUSE`], so
//!    that a healed network is noticed within 10 s; at once when the shell says that the network changed.
//!
//! WHATWG HTML, section 9.2 (server-sent events).

mod acts;
mod lists;
mod sse;
#[cfg(test)]
mod tests;

pub use acts::History;

use crate::access::Lease;
use crate::cache::{Cache, Step, Table};
use crate::error::{Fault, Unanswered};
use crate::http::CloudClient;
use crate::ports::Ports;
use crate::session::{Session, SessionState};
use crate::stores::{OpenStores, Stores};
use crate::window::Connection;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::add_device::Claim;
use porchlight_protocol::history::Change;
use sse::SseDecoder;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// The first pause is half of this on average, each further one twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// No pause is longer, unless the cloud asks for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How long a first try may take before the cloud counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(4);
/// After a refusal that does not pass by itself, as for an app that is too old.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(60);

type Waiting = oneshot::Sender<Result<(), Fault>>;

/// A handle of the feed's task.
#[derive(Debug)]
pub(crate) struct Feed {
    /// How many look: one for the foreground, one for each piece of work.
    lookers: watch::Sender<u32>,
    refreshes: mpsc::UnboundedSender<Waiting>,
    nudge: Arc<Notify>,
    claims: broadcast::Sender<Claim>,
}

/// While it lives, the feed is open.
#[derive(Debug)]
pub(crate) struct FeedHold(watch::Sender<u32>);

impl Drop for FeedHold {
    fn drop(&mut self) {
        self.0.send_modify(|lookers| *lookers = lookers.saturating_sub(1));
    }
}

impl Feed {
    pub(crate) fn start(
        cloud: CloudClient,
        session: &Session,
        stores: &Stores,
        ports: Ports,
        lease: Option<Arc<Lease>>,
        life: CancellationToken,
    ) -> Self {
        let lookers = watch::Sender::new(0);
        let (refreshes, refresh_inbox) = mpsc::unbounded_channel();
        let nudge = Arc::new(Notify::new());
        let claims = broadcast::Sender::new(256);
        let follower = Follower {
            cloud,
            ports,
            states: session.states(),
            stores: stores.changes(),
            lookers: lookers.subscribe(),
            refreshes: refresh_inbox,
            nudge: nudge.clone(),
            claims: claims.clone(),
            lease,
            waiting: Vec::new(),
            failures: 0,
        };
        tokio::spawn(async move { life.run_until_cancelled(follower.run()).await });
        Self { lookers, refreshes, nudge, claims }
    }

    /// Opens the feed for as long as the hold lives.
    pub(crate) fn hold(&self) -> FeedHold {
        self.lookers.send_modify(|lookers| *lookers += 1);
        FeedHold(self.lookers.clone())
    }

    /// Tries again at once what waits for a connection.
    pub(crate) fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Reads all lists again.
    pub(crate) async fn refresh(&self) -> Result<(), Fault> {
        let gone = || Fault::Core("the feed's task is gone");
        let (waiting, answer) = oneshot::channel();
        self.refreshes.send(waiting).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Asks the cloud anew, whatever a stream that stands may still bring; nobody waits for what comes of it.
    pub(crate) fn ask_anew(&self) {
        let (nobody, _waits) = oneshot::channel();
        // The task is gone: nobody looks any more.
        let _gone = self.refreshes.send(nobody);
    }

    pub(crate) fn claims(&self) -> broadcast::Receiver<Claim> {
        self.claims.subscribe()
    }
}

/// The task's side.
struct Follower {
    cloud: CloudClient,
    ports: Ports,
    states: watch::Receiver<SessionState>,
    stores: watch::Receiver<Option<OpenStores>>,
    lookers: watch::Receiver<u32>,
    refreshes: mpsc::UnboundedReceiver<Waiting>,
    nudge: Arc<Notify>,
    claims: broadcast::Sender<Claim>,
    /// Of a delegated profile.
    lease: Option<Arc<Lease>>,
    /// Who waits for the lists.
    waiting: Vec<Waiting>,
    /// In a row.
    failures: u32,
}

/// What ended a wait or a stream.
enum Woken {
    /// Something to look at again.
    Changed,
    /// Nobody holds the profile any more.
    Closed,
    /// The stream, or reading the lists, ended by itself.
    Ended(Result<(), Fault>),
}

impl Follower {
    async fn run(mut self) {
        loop {
            let signed_in = matches!(*self.states.borrow_and_update(), SessionState::SignedIn { .. });
            let open = self.stores.borrow_and_update().clone().filter(|_| signed_in);
            let looked_at = *self.lookers.borrow_and_update() > 0;
            let woken = match open {
                None => {
                    self.answer(Err(Fault::SignedOut));
                    self.until(std::future::pending()).await
                }
                Some(open) if !self.waiting.is_empty() || (looked_at && open.cache.cursor().is_none()) => {
                    let (cloud, ports) = (self.cloud.clone(), self.ports.clone());
                    let read = with_patience(
                        &open.cache,
                        lists::read_all(&cloud, &ports, &open.cache, self.lease.is_none()),
                    )
                    .await;
                    self.answer(read.clone());
                    match read {
                        Ok(()) => {
                            self.failures = 0;
                            Woken::Changed
                        }
                        Err(fault) => {
                            open.cache.set_connection(Connection::Unreachable);
                            Woken::Ended(Err(fault))
                        }
                    }
                }
                Some(open) if !looked_at => {
                    // For whoever looks next it is a first try.
                    open.cache.set_connection(Connection::Connecting);
                    self.until(std::future::pending()).await
                }
                Some(open) => {
                    let stream = FollowedStream {
                        cloud: self.cloud.clone(),
                        ports: self.ports.clone(),
                        open: open.clone(),
                        claims: self.claims.clone(),
                        lease: self.lease.clone(),
                    };
                    let woken = self.until(with_patience(&open.cache, stream.follow())).await;
                    match (open.cache.connection(), &woken) {
                        // It was good: the next one is a first try again.
                        (Connection::Live, _) => open.cache.set_connection(Connection::Connecting),
                        (_, Woken::Ended(Err(_))) => open.cache.set_connection(Connection::Unreachable),
                        _ => {}
                    }
                    woken
                }
            };
            match woken {
                Woken::Changed => {}
                Woken::Closed => return,
                Woken::Ended(outcome) => {
                    if let Woken::Closed = self.pause(outcome).await {
                        return;
                    }
                }
            }
        }
    }

    /// Runs the deed until it ends or something else is to be done.
    async fn until(&mut self, deed: impl Future<Output = Result<(), Fault>>) -> Woken {
        tokio::select! {
            changed = self.states.changed() => or_closed(changed.is_ok()),
            changed = self.stores.changed() => or_closed(changed.is_ok()),
            changed = self.lookers.changed() => or_closed(changed.is_ok()),
            waiting = self.refreshes.recv() => {
                let is_open = waiting.is_some();
                self.waiting.extend(waiting);
                or_closed(is_open)
            }
            outcome = deed => Woken::Ended(outcome),
        }
    }

    /// Waits before the next try. A stream that was good and ended (its session's token ran out) comes back soon.
    async fn pause(&mut self, outcome: Result<(), Fault>) -> Woken {
        let pause = match &outcome {
            // The stream of a delegated session ends when the access does: whoever comes back is told at once.
            Ok(()) if self.lease.is_some() => jittered(FIRST_PAUSE / 10),
            Ok(()) => {
                self.failures = 0;
                jittered(FIRST_PAUSE)
            }
            Err(Fault::SignedOut | Fault::PhoneLocked) => Duration::ZERO,
            Err(fault) if fault.passes() => {
                let longest = FIRST_PAUSE.saturating_mul(1 << self.failures.min(8)).min(LONGEST_PAUSE);
                self.failures += 1;
                jittered(longest).max(fault.retry_after().unwrap_or_default())
            }
            Err(_) => PAUSE_AFTER_REFUSAL,
        };
        tracing::debug!(?pause, ?outcome, "the change feed pauses");
        let nudge = self.nudge.clone();
        let pause = async move {
            tokio::select! {
                () = tokio::time::sleep(pause) => Ok(()),
                () = nudge.notified() => Ok(()),
            }
        };
        self.until(pause).await
    }

    fn answer(&mut self, outcome: Result<(), Fault>) {
        for waiting in self.waiting.drain(..) {
            let _nobody_waits = waiting.send(outcome.clone());
        }
    }
}

/// Runs a try to reach the cloud; a first one that takes too long counts as not reached, and goes on.
async fn with_patience<T>(cache: &Cache, deed: impl Future<Output = T>) -> T {
    let mut deed = std::pin::pin!(deed);
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut deed).await {
        return done;
    }
    if cache.connection() == Connection::Connecting {
        cache.set_connection(Connection::Unreachable);
    }
    deed.await
}

fn or_closed(is_open: bool) -> Woken {
    if is_open { Woken::Changed } else { Woken::Closed }
}

/// Full jitter: anything up to the longest.
fn jittered(longest: Duration) -> Duration {
    longest.mul_f64(rand::random::<f64>())
}

/// One stream from its request to its end.
struct FollowedStream {
    cloud: CloudClient,
    ports: Ports,
    open: OpenStores,
    claims: broadcast::Sender<Claim>,
    lease: Option<Arc<Lease>>,
}

impl FollowedStream {
    async fn follow(self) -> Result<(), Fault> {
        let cursor = self.open.cache.cursor().map(|cursor| ("cursor", cursor));
        let mut stream = match self.cloud.open_stream("/v1/events", cursor.into_iter().collect()).await {
            Err(fault) if fault.code() == Some(ProblemCode::CursorTooOld) => {
                self.open.cache.forget_cursor();
                return Ok(());
            }
            opened => opened?,
        };
        self.open.cache.set_connection(Connection::Live);
        let mut decoder = SseDecoder::default();
        loop {
            let asked = match &self.lease {
                Some(lease) => lease.moment().await,
                None => None,
            };
            let Some(piece) = stream.next_piece().await? else { return Ok(()) };
            if let Some(lease) = &self.lease {
                lease.renew(asked).await;
            }
            let events = decoder.push(&piece).ok_or(Fault::Unanswered(Unanswered::BrokenOff))?;
            if self.take(events).await {
                self.open.cache.forget_cursor();
                return Ok(());
            }
        }
    }

    /// Takes what one piece brought, in one write; whether all lists are to be read again.
    async fn take(&self, events: Vec<sse::SseEvent>) -> bool {
        let now = self.ports.wall_time().await;
        let (mut steps, mut claims, mut cursor) = (Vec::new(), Vec::new(), None);
        let mut read_again = false;
        for event in events {
            // A change that cannot be read is one of a newer cloud, too.
            match serde_json::from_str(&event.data).unwrap_or(Change::Unknown) {
                Change::Site { site } => steps.push(Step::put(site)),
                Change::SiteGone { site } => steps.push(Step::Drop(Table::Site, site.0)),
                Change::Device { device } => steps.push(Step::put(device)),
                Change::DeviceGone { device } => steps.push(Step::Drop(Table::Device, device.0)),
                Change::Claim { claim } => claims.push(claim),
                Change::Request { request } => steps.push(Step::put(request)),
                Change::Grant { grant } => steps.push(Step::put(grant)),
                Change::Customer { customer } => steps.push(Step::put(customer)),
                Change::Offer { offer } => steps.push(Step::put(offer)),
                Change::OfferGone { customer } => steps.push(Step::Drop(Table::Offer, customer.0)),
                // Whose customers it may see is another matter now.
                Change::Membership { .. } => read_again = true,
                Change::Unknown => {}
            }
            cursor = event.id.or(cursor);
        }
        if steps.is_empty() && claims.is_empty() {
            self.open.cache.heard(now, cursor);
        } else {
            self.open.cache.apply(steps, cursor, now).await;
        }
        for claim in claims {
            // Nobody waits for a claim: the outbox reads it when it comes to it.
            let _nobody_waits = self.claims.send(claim);
        }
        read_again
    }
}
