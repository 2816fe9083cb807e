//! Works the outbox off: for the platform's job scheduler without a screen, and by itself while the app is on it.
//!
//! One piece of work at a time; a second one waits for its turn within its own deadline. While somebody looks, the
//! core comes back to what waits by itself; in the background the shell does, at the time that `work` answers.

use crate::error::Fault;
use crate::profile::Profile;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How long one piece of work may take while somebody looks.
const PIECE: Duration = Duration::from_secs(60);
/// The shortest and the longest wait between two pieces: a clock may be set meanwhile.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// The work of a profile.
#[derive(Debug)]
pub(crate) struct Work {
    profile: Arc<Profile>,
    turn: Semaphore,
    going_on: Mutex<Option<AbortHandle>>,
}

impl Work {
    pub(crate) fn new(profile: Arc<Profile>) -> Arc<Self> {
        Arc::new(Self { profile, turn: Semaphore::new(1), going_on: Mutex::new(None) })
    }

    /// Works until nothing is due or the time is over; when to come again, in milliseconds UTC of the phone's clock.
    pub(crate) async fn work_until(&self, until: Instant) -> Result<Option<i64>, Fault> {
        let turn = tokio::time::timeout_at(until, self.turn.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            // Somebody else works all the time there is: come again after it.
            return Ok(Some(self.profile.ports.wall_time().await));
        };
        self.profile.session.restore().await?;
        let Ok(outbox) = self.profile.outbox() else { return Ok(None) };
        if outbox.unsent().await? == 0 {
            return Ok(None);
        }
        // Claims come by the feed, which is closed without a screen.
        let _open = self.profile.feed.hold();
        crate::outbox::drain(&self.profile, until).await
    }

    /// Goes on by itself from now, in place of what went on before.
    pub(crate) fn go_on(self: &Arc<Self>) {
        let this = self.clone();
        let task = self.profile.spawn(async move { this.go_on_while_something_waits().await });
        self.replace(Some(task));
    }

    /// Leaves the rest to the shell's scheduler.
    pub(crate) fn stop(&self) {
        self.replace(None);
    }

    fn replace(&self, task: Option<AbortHandle>) {
        let mut going_on = self.going_on.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *going_on, task).inspect(AbortHandle::abort);
    }

    async fn go_on_while_something_waits(&self) {
        loop {
            let next_at = match self.work_until(Instant::now() + PIECE).await {
                Ok(Some(next_at)) => next_at,
                Ok(None) => return,
                Err(fault) => {
                    // A locked phone, a file that cannot be read: the next foreground or network comes back to it.
                    tracing::debug!(%fault, "work stopped");
                    return;
                }
            };
            let wait = next_at.saturating_sub(self.profile.ports.wall_time().await).max(0);
            let wait = Duration::from_millis(wait.unsigned_abs());
            tokio::time::sleep(wait.clamp(PAUSES.0, PAUSES.1)).await;
        }
    }
}
