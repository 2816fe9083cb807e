//! Ends claims whose time is over, each exactly once, whichever process looks first.

use super::claim::{self, ClaimEvent};
use super::steps::{self, Cargo};
use super::store;
use crate::db::DbError;
use crate::server::CloudState;
use porchlight_protocol::ClaimId;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often it is looked: how late "expired" may come.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How many are ended before looking again.
const AT_ONCE: i64 = 100;

/// Ends claims until the server stops.
pub async fn run(state: CloudState) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => return,
            _ = look.tick() => {}
        }
        if let Err(error) = expire_overdue(&state).await {
            tracing::warn!(%error, "claims whose time is over could not be ended");
        }
    }
}

/// Ends all claims whose time is over now; how many that were.
pub async fn expire_overdue(state: &CloudState) -> Result<usize, DbError> {
    let overdue = store::overdue_claims(&mut *state.db.read().await?, crate::now(), AT_ONCE).await?;
    let mut expired = 0;
    for id in overdue {
        match expire(state, id).await {
            Ok(done) => expired += usize::from(done),
            // Somebody works on it: the next look finds it, if it is still there.
            Err(DbError::TryAgain) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(expired)
}

async fn expire(state: &CloudState, id: ClaimId) -> Result<bool, DbError> {
    let mut tx = state.db.begin().await?;
    let row = steps::hold(&mut tx, id).await?;
    // Another process, or another attempt, was faster.
    let overdue = row.filter(|row| claim::is_open(&row.progress.state) && row.expires_at <= crate::now());
    let Some(row) = overdue else { return Ok(false) };
    steps::take(state, &mut tx, &row, ClaimEvent::TimeRanOut, Cargo::Nothing).await?;
    tx.commit().await?;
    Ok(true)
}
