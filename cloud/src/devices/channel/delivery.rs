//! From the outbox to the devices that this process holds.
//!
//! One task sends everything, so nothing is sent twice by accident. It looks
//!
//! 1. after every commit of this process, and every [`rules::LOOK_EVERY`] for what others committed: one query for
//!    all devices together, of what was never sent;
//! 2. when a device subscribed: all that waits for it, sent before or not, since its answer may have been lost.
//!
//! What the query finds still stands, since a step of a claim takes back what it makes pointless; whether its account
//! may still add devices is asked here, just before it leaves. It is marked as sent after it was handed to the
//! connection: a crash in between sends it again, and devices take every message twice.

use super::held::Order;
use super::{Channel, presence, rules, store};
use crate::add_device;
use crate::db::DbError;
use crate::devices::commands::{self, store::CommandRow};
use porchlight_protocol::DeviceName;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

/// Rows a query reads; there are more pages when it is full.
const PAGE: i64 = 500;

/// Delivers until the server stops.
pub(super) async fn run(channel: Arc<Channel>, mut subscribed: mpsc::UnboundedReceiver<DeviceName>) {
    let committed = channel.state.db.committed();
    let mut look = tokio::time::interval_at(Instant::now() + rules::LOOK_EVERY, rules::LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // Listening before looking: a commit in between is not missed.
        let commit = committed.notified();
        tokio::pin!(commit);
        commit.as_mut().enable();
        if let Err(error) = deliver_unsent(&channel).await {
            tracing::warn!(%error, "the outbox to devices could not be read");
        }
        tokio::select! {
            () = channel.state.stopping.cancelled() => return,
            Some(device) = subscribed.recv() => {
                if let Err(error) = deliver_all_to(&channel, &device).await {
                    tracing::warn!(%device, %error, "what waits for a device could not be read");
                }
            }
            () = commit => {}
            _ = look.tick() => {
                if let Err(error) = presence::end_superseded(&channel).await {
                    tracing::warn!(%error, "presence could not be read");
                }
            }
        }
    }
}

async fn deliver_unsent(channel: &Channel) -> Result<(), DbError> {
    let mut after = String::new();
    while !channel.held.is_empty() {
        let mut reader = channel.state.db.read().await?;
        let page = store::unsent(&mut reader, channel.state.process, &after, crate::now(), PAGE).await?;
        drop(reader);
        let is_last = i64::try_from(page.len()).is_ok_and(|length| length < PAGE);
        if let Some((_, last)) = page.last() {
            after.clone_from(&last.id);
        }
        deliver(channel, page).await?;
        if is_last {
            break;
        }
    }
    Ok(())
}

async fn deliver_all_to(channel: &Channel, device: &DeviceName) -> Result<(), DbError> {
    let open = commands::open_for(&channel.state.db, device).await?;
    deliver(channel, open.into_iter().map(|command| (device.clone(), command)).collect()).await
}

async fn deliver(channel: &Channel, waiting: Vec<(DeviceName, CommandRow)>) -> Result<(), DbError> {
    let mut handed = Vec::new();
    for (device, command) in waiting {
        let Some(way) = channel.held.way_to(&device, &command.kind) else { continue };
        if !add_device::still_stands(&channel.state, &command).await? {
            continue;
        }
        // A full way is one of a device that does not acknowledge: the next look tries again.
        if way.try_send(Order { kind: command.kind, payload: command.payload }).is_ok() {
            handed.push(command.id);
        }
    }
    if handed.is_empty() {
        return Ok(());
    }
    let mut tx = channel.state.db.begin().await?;
    for id in &handed {
        commands::mark_sent(&mut tx, id).await?;
    }
    tx.commit().await
}
