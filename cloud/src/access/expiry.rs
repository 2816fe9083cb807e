//! Ends requests, grants and delegated sessions whose time is over, each exactly once, whichever process looks first.
//!
//! Nothing waits for it: what is too old gives nothing from its last millisecond on. It is for the screens, which look
//! again, and for the open streams, which close.

use super::ask::record;
use super::{announce_request, end_grant, read_grant, read_request, store};
use crate::authority::{self, hold_accounts};
use crate::db::{Db, DbError, Lock};
use crate::history::Deed;
use crate::problem::Refusal;
use crate::server::CloudState;
use porchlight_protocol::access::GrantEnd;
use porchlight_protocol::{AccountId, GrantId, RequestId};
use serde_json::json;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often it is looked: how late screens may hear of it.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How many are ended before looking again.
const AT_ONCE: i64 = 100;

/// Ends what is over until the server stops.
pub async fn run(state: CloudState) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => return,
            _ = look.tick() => {}
        }
        if let Err(error) = end_overdue(&state.db).await {
            tracing::warn!(%error, "access whose time is over could not be ended");
        }
    }
}

/// Ends all that is over now.
pub async fn end_overdue(db: &Db) -> Result<(), DbError> {
    let now = crate::now();
    let overdue = store::overdue(&mut *db.read().await?, now, AT_ONCE).await?;
    for (id, account) in overdue.requests {
        settle(expire_request(db, id, account).await)?;
    }
    for (id, subject) in overdue.grants {
        settle(expire_grant(db, id, subject).await)?;
    }
    for (session, subject) in overdue.sessions {
        let mut tx = db.begin().await?;
        hold_accounts(&mut tx, vec![(subject, Lock::Update)]).await?;
        authority::store::end_session(&mut tx, session, "time over", now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Whoever was faster has done it; the next look finds what is left.
fn settle(done: Result<(), Refusal>) -> Result<(), DbError> {
    match done {
        Err(refusal) if !refusal.try_again => {
            tracing::warn!(code = ?refusal.problem.code, "access whose time is over could not be ended");
            Ok(())
        }
        Err(_) | Ok(()) => Ok(()),
    }
}

async fn expire_request(db: &Db, id: RequestId, subject: AccountId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    if store::expire_request(&mut tx, id, crate::now()).await? {
        let request = read_request(&mut tx, subject, id).await?;
        let after = json!({ "company": request.company.id });
        record(&mut tx, None, &request, Deed::AccessExpired, after).await?;
        announce_request(&mut tx, &request).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn expire_grant(db: &Db, id: GrantId, subject: AccountId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    hold_accounts(&mut tx, vec![(subject, Lock::Update)]).await?;
    let grant = read_grant(&mut tx, subject, id).await?;
    if end_grant(&mut tx, &grant, None, GrantEnd::Expired).await? {
        tx.commit().await?;
    }
    Ok(())
}
