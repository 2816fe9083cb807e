//! The sealer: gives committed rows their position, so that no write waits for a number or a hash.
//!
//! 1. It is woken by every commit of this process, and looks every 250 ms for those of others.
//! 2. It takes the lease, which locks the sealer's row until its transaction ends, reads rows without a position in
//!    batches, numbers changes, chains audit events, and moves the heads: one transaction, so a number is given once.
//! 3. Once a minute it trims changes older than the feed keeps, and remembers up to where.
//!
//! A row becomes visible to readers together with its position, and positions are given by one sealer at a time: a
//! reader that has seen position n never misses one below it, however late its transaction committed.

use super::chain;
use super::store;
use crate::db::{Db, DbError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often it looks for the commits of other processes.
const TICK: Duration = Duration::from_millis(250);

/// How long others leave the work to the last sealer, in milliseconds. It may die: with one more tick, rows have
/// their position within a second all the same.
const LEASE: i64 = 600;

/// The most rows of each kind that one transaction seals.
const BATCH: i64 = 500;

/// How often old changes are trimmed.
const TRIM_EVERY: Duration = Duration::from_secs(60);

/// One process's sealer.
#[derive(Clone, Debug)]
pub struct Sealer {
    db: Db,
    holder: String,
    feed_keeps: Duration,
    sealed: Arc<Notify>,
}

impl Sealer {
    /// A sealer that calls itself `holder` in the lease and keeps changes for `feed_keeps`.
    pub fn new(db: Db, holder: String, feed_keeps: Duration) -> Self {
        Self { db, holder, feed_keeps, sealed: Arc::default() }
    }

    /// Wakes up after this sealer gave positions.
    pub fn sealed(&self) -> Arc<Notify> {
        Arc::clone(&self.sealed)
    }

    /// Seals until `stopping`.
    pub async fn run(self, stopping: CancellationToken) {
        let committed = self.db.committed();
        let mut next_trim = Instant::now();
        while !stopping.is_cancelled() {
            // Registered before looking, or a commit in between would wait for the next tick.
            let woken = committed.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let mut done = self.seal().await.map(|_| ());
            if done.is_ok() && next_trim <= Instant::now() {
                next_trim = Instant::now() + TRIM_EVERY;
                done = self.trim(crate::now()).await;
            }
            if let Err(error) = done {
                tracing::warn!(%error, "the sealer will try again");
                tokio::time::sleep(TICK).await;
            }
            tokio::select! {
                () = stopping.cancelled() => {}
                () = woken => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Seals everything that is committed by now, unless another process is at it; how many rows it sealed.
    pub async fn seal(&self) -> Result<usize, DbError> {
        let mut sealed = 0;
        while store::is_unsealed(&mut *self.db.read().await?).await? {
            match self.seal_batch().await? {
                0 => break,
                rows => sealed += rows,
            }
        }
        if sealed > 0 {
            self.sealed.notify_waiters();
        }
        Ok(sealed)
    }

    async fn seal_batch(&self) -> Result<usize, DbError> {
        let mut tx = self.db.begin().await?;
        store::make_sealer(&mut tx).await?;
        let now = crate::now();
        let Some(mut heads) = store::take_lease(&mut tx, &self.holder, now, now + LEASE).await? else {
            return Ok(0);
        };
        let changes = store::unsealed_changes(&mut tx, BATCH).await?;
        for id in &changes {
            heads.change_position += 1;
            store::seal_change(&mut tx, id, heads.change_position).await?;
        }
        let events = store::unsealed_audit_events(&mut tx, BATCH).await?;
        for event in &events {
            heads.audit_position += 1;
            heads.chain_hash = chain::hash_event(&heads.chain_hash, heads.audit_position, event);
            store::seal_audit_event(&mut tx, &event.id, heads.audit_position, &heads.chain_hash).await?;
        }
        store::move_heads(&mut tx, &heads).await?;
        tx.commit().await?;
        Ok(changes.len() + events.len())
    }

    /// Removes changes older than the feed keeps, seen from `now` (milliseconds UTC).
    pub async fn trim(&self, now: i64) -> Result<(), DbError> {
        let keeps = i64::try_from(self.feed_keeps.as_millis()).unwrap_or(i64::MAX);
        let since = now.saturating_sub(keeps);
        let mut tx = self.db.begin().await?;
        store::make_sealer(&mut tx).await?;
        let Some(mut heads) = store::take_lease(&mut tx, &self.holder, now, now + LEASE).await? else {
            return Ok(());
        };
        let first_kept = store::first_change_since(&mut tx, since).await?;
        let gone = first_kept.map_or(heads.change_position, |first| first - 1);
        if gone > heads.oldest_change {
            heads.oldest_change = gone;
            store::delete_changes(&mut tx, gone).await?;
            store::move_heads(&mut tx, &heads).await?;
        }
        tx.commit().await
    }
}
