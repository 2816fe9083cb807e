//! Which sessions ended: every process reads the list of revocations every 500 ms, and streams close.
//!
//! 1. Whoever opens a stream subscribes first, then reads the session once more, so that no end falls between.
//! 2. The task reads the rows of the last 30 s again each time: rows do not appear in the order of their times.
//! 3. If the database cannot be read for a second, every stream closes: a revoke could not be seen.

use super::store;
use crate::authority::Caller;
use crate::db::{Db, DbError};
use porchlight_protocol::{AccountId, SessionId};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the list is read, unless a commit of this process comes first.
const EVERY: Duration = Duration::from_millis(500);

/// After a commit: many commits at once are one reading.
const BREATH: Duration = Duration::from_millis(20);

/// How far back it is read each time, in milliseconds.
const READ_AGAIN: i64 = 30_000;

/// How long the database may be silent before streams close.
const BLIND: Duration = Duration::from_secs(1);

/// What ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// One session.
    Session(SessionId),
    /// All sessions of an account.
    Account(AccountId),
    /// Nobody knows: the list cannot be read.
    Unknown,
}

/// Tells open streams which sessions ended; cheap to clone.
#[derive(Clone, Debug)]
pub struct Revocations {
    ended: broadcast::Sender<Ended>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self::new()
    }
}

impl Revocations {
    /// Nobody is told before [`Self::follow`] runs.
    pub fn new() -> Self {
        Self { ended: broadcast::channel(1024).0 }
    }

    /// For one stream. Subscribe, then read the session once more, then stream.
    pub fn subscribe(&self) -> StreamEnd {
        StreamEnd { ended: self.ended.subscribe() }
    }

    /// Reads the list until the server stops.
    pub async fn follow(self, db: Db, stopping: CancellationToken) {
        let committed = db.committed();
        let mut told: HashMap<String, i64> = HashMap::new();
        let mut last_read = Instant::now();
        loop {
            let nudge = committed.notified();
            let read = tokio::time::timeout(BLIND, self.read(&db, &mut told)).await;
            match read {
                Ok(Ok(())) => last_read = Instant::now(),
                Ok(Err(error)) => tracing::warn!(%error, "the list of revocations cannot be read"),
                Err(_) => tracing::warn!("the list of revocations is slow to be read"),
            }
            if last_read.elapsed() >= BLIND {
                let _nobody_listens = self.ended.send(Ended::Unknown);
            }
            tokio::select! {
                () = stopping.cancelled() => return,
                () = nudge => tokio::time::sleep(BREATH).await,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn read(&self, db: &Db, told: &mut HashMap<String, i64>) -> Result<(), DbError> {
        let since = crate::now() - READ_AGAIN;
        let rows = store::revocations_since(&mut *db.read().await?, since).await?;
        for row in rows {
            if told.insert(row.id, row.at).is_none() {
                // An error only says that no stream is open.
                let _nobody_listens = self.ended.send(row.ended);
            }
        }
        told.retain(|_, at| *at >= since);
        Ok(())
    }
}

/// The end of one stream's session.
#[derive(Debug)]
pub struct StreamEnd {
    ended: broadcast::Receiver<Ended>,
}

impl StreamEnd {
    /// Completes when the caller's stream must close. Safe to drop and to call again.
    pub async fn reached(&mut self, caller: &Caller) {
        loop {
            match self.ended.recv().await {
                Ok(Ended::Session(session)) if session != caller.session => {}
                Ok(Ended::Account(account)) if account != caller.account && account != caller.actor() => {}
                // Its own end; or it missed some, and cannot know whether its own was among them.
                Ok(_) | Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        Caller::own(SessionId::mint(), AccountId::mint())
    }

    async fn closes(ended: Ended, caller: &Caller) -> bool {
        let revocations = Revocations::new();
        let mut end = revocations.subscribe();
        revocations.ended.send(ended).unwrap();
        tokio::time::timeout(Duration::from_millis(20), end.reached(caller)).await.is_ok()
    }

    #[tokio::test]
    async fn stream_closes_with_its_session_and_with_no_other() {
        let caller = caller();
        assert!(closes(Ended::Session(caller.session), &caller).await);
        assert!(closes(Ended::Account(caller.account), &caller).await);
        assert!(closes(Ended::Unknown, &caller).await);
        assert!(!closes(Ended::Session(SessionId::mint()), &caller).await);
        assert!(!closes(Ended::Account(AccountId::mint()), &caller).await);
    }

    #[tokio::test]
    async fn stream_that_missed_some_ends_closes() {
        let (revocations, caller) = (Revocations::new(), caller());
        let mut end = revocations.subscribe();
        for _ in 0..1100 {
            revocations.ended.send(Ended::Session(SessionId::mint())).unwrap();
        }
        end.reached(&caller).await;
    }
}
