//! Who is there: a row for each device, held by the newest connection and its process's lease.
//!
//! * A connection writes its row when it is admitted, and clears it when it ends, if it is still its own.
//! * A process renews the lease of all its rows. Rows of a process that died lapse; whichever process looks first
//!   clears them, so that screens learn of it.
//! * A row that names another connection than the one held here means that the device connected elsewhere.

use super::{Channel, rules, store};
use crate::db::DbError;
use crate::devices;
use porchlight_protocol::DeviceName;
use uuid::Uuid;

/// Rows that one look clears.
const LAPSED_AT_ONCE: i64 = 200;
/// How far back changes are looked at: more than the clocks of two servers differ, less than a table is long.
const LOOK_BACK_MILLIS: i64 = 5_000;

/// The device is there, by this connection; false when its token was used before. When the database has it, screens
/// will too.
pub(super) async fn arrive(
    channel: &Channel,
    device: &DeviceName,
    token: &super::token::CheckedToken,
    connection: Uuid,
) -> Result<Option<i64>, DbError> {
    let now = crate::now();
    let mut tx = channel.state.db.begin().await?;
    if !store::use_token(&mut tx, device, &token.jti, token.remember_until).await? {
        return Ok(None);
    }
    let lease_until = now + millis(rules::LEASE);
    store::arrive(&mut tx, device, connection, channel.state.process, now, lease_until).await?;
    devices::announce_presence(&mut tx, device).await?;
    tx.commit().await?;
    Ok(Some(now))
}

/// The connection ended.
pub(super) async fn leave(channel: &Channel, device: &DeviceName, connection: Uuid) -> Result<(), DbError> {
    let mut tx = channel.state.db.begin().await?;
    if store::leave(&mut tx, device, connection, crate::now()).await? {
        devices::announce_presence(&mut tx, device).await?;
    }
    tx.commit().await
}

/// The process ends.
pub(super) async fn leave_all(channel: &Channel) -> Result<(), DbError> {
    let mut tx = channel.state.db.begin().await?;
    for device in store::leave_all(&mut tx, channel.state.process, crate::now()).await? {
        devices::announce_presence(&mut tx, &device).await?;
    }
    tx.commit().await
}

/// Ends connections of devices that connected to another process meanwhile.
pub(super) async fn end_superseded(channel: &Channel) -> Result<(), DbError> {
    let rows =
        store::changed_since(&mut *channel.state.db.read().await?, crate::now() - LOOK_BACK_MILLIS).await?;
    channel.held.end_superseded(&rows);
    Ok(())
}

/// Renews the lease, every [`rules::RENEW_EVERY`], and clears what lapsed; until the server stops.
pub(super) async fn keep(channel: std::sync::Arc<Channel>) {
    loop {
        tokio::select! {
            () = channel.state.stopping.cancelled() => return,
            () = tokio::time::sleep(rules::RENEW_EVERY) => {}
        }
        if let Err(error) = renew(&channel).await {
            tracing::warn!(%error, "presence was not renewed");
        }
        channel.connects.retain_recent();
    }
}

async fn renew(channel: &Channel) -> Result<(), DbError> {
    let (db, process, now) = (&channel.state.db, channel.state.process, crate::now());
    if !channel.held.is_empty() {
        let mut tx = db.begin().await?;
        store::renew(&mut tx, process, now + millis(rules::LEASE)).await?;
        tx.commit().await?;
        let known = store::held_by(&mut *db.read().await?, process).await?;
        channel.held.end_unknown(&known, now - LOOK_BACK_MILLIS);
    }
    let lapsed = store::lapsed(&mut *db.read().await?, now, LAPSED_AT_ONCE).await?;
    for row in lapsed {
        if let Some(connection) = row.connection {
            leave(channel, &row.device, connection).await?;
        }
    }
    Ok(())
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).expect("a lease is seconds long")
}
