//! The outbox of messages to devices.
//!
//! 1. An effect queues its message in its own transaction ([`enqueue`]); a newer one about the same thing replaces it.
//! 2. The device's channel, woken by the commit or by the device's connection, reads what is open ([`open_for`]) and
//!    asks once more just before it sends ([`mark_sent`]): what was replaced or is too late by then stays unsent.
//! 3. It stays in the outbox, and is sent again at the next connection, until the device's answer finishes it
//!    ([`finish`]). So a row is a message that waits for an answer; there are no others.

pub mod store;

use crate::db::{Db, DbError, Tx};
use porchlight_protocol::DeviceName;
use serde::Serialize;
use store::CommandRow;

/// What a message is for: the last part of its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Somebody wants to add this device.
    Claim,
    /// The phone's proof.
    Proof,
    /// The cloud agrees.
    Bind,
    /// Name or clock changed.
    Settings,
    /// The owner removed the device.
    Release,
}

impl CommandKind {
    /// As it stands in the topic and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Proof => "proof",
            Self::Bind => "bind",
            Self::Settings => "settings",
            Self::Release => "release",
        }
    }
}

/// Queues a message; what was open about the same claim or device is replaced. `expires_at`: milliseconds UTC from
/// which on it is not worth sending.
pub async fn enqueue<T: Serialize>(
    tx: &mut Tx,
    device: &DeviceName,
    kind: CommandKind,
    about: &str,
    message: &T,
    expires_at: Option<i64>,
) -> Result<(), DbError> {
    let payload = serde_json::to_string(message).map_err(|_| DbError::Corrupt("message to a device"))?;
    let now = crate::now();
    store::delete_about(tx, device, about).await?;
    store::insert(tx, device, kind, about, &payload, now, expires_at).await
}

/// What waits for this device, oldest first.
pub async fn open_for(db: &Db, device: &DeviceName) -> Result<Vec<CommandRow>, DbError> {
    store::open_for(&mut *db.read().await?, device, crate::now()).await
}

/// Asked just before a message is sent: whether it still stands. Notes that it is sent now.
pub async fn mark_sent(tx: &mut Tx, id: &str) -> Result<bool, DbError> {
    store::mark_sent(tx, id, crate::now()).await
}

/// The device answered the message of this kind about this thing.
pub async fn finish(tx: &mut Tx, device: &DeviceName, kind: CommandKind, about: &str) -> Result<(), DbError> {
    store::delete_kind_about(tx, device, kind, about).await
}

/// Nothing about this claim or device is worth sending any more.
pub async fn withdraw(tx: &mut Tx, device: &DeviceName, about: &str) -> Result<(), DbError> {
    store::delete_about(tx, device, about).await
}

/// A new binding replaces all that a device may have missed: settings and release of earlier ownerships.
pub async fn drop_older_selves(tx: &mut Tx, device: &DeviceName) -> Result<(), DbError> {
    for kind in [CommandKind::Settings, CommandKind::Release] {
        store::delete_kind(tx, device, kind).await?;
    }
    Ok(())
}

/// Removes what was never answered and is too late, whosever it was: a device may never come back.
pub async fn forget_expired(db: &Db) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    store::delete_expired(&mut tx, crate::now()).await?;
    tx.commit().await
}
