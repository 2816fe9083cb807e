//! When a session was last used, at most once a minute: written apart from the request, since a GET changes nothing.

use super::store;
use crate::db::Db;
use porchlight_protocol::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the notes are written, and how exact they are.
const EVERY: Duration = Duration::from_secs(60);

/// Sessions that were used since the last writing; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Activity(Arc<Mutex<HashMap<SessionId, i64>>>);

impl Activity {
    /// Notes that the session is used now.
    pub fn note(&self, session: SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session, crate::now());
    }

    /// Writes the notes once a minute, and once more when the server stops.
    pub async fn write(self, db: Db, stopping: CancellationToken) {
        let mut last = false;
        while !last {
            tokio::select! {
                () = stopping.cancelled() => last = true,
                () = tokio::time::sleep(EVERY) => {}
            }
            let notes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
            if let Err(error) = store::write_activity(&db, &notes).await {
                tracing::warn!(%error, "when sessions were last used could not be written");
            }
        }
    }
}
