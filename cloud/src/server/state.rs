//! What every handler and every task of the server shares.

use crate::Settings;
use crate::db::Db;
use crate::history::feed::Feed;
use crate::key::ServerKey;
use crate::limits::Limits;
use crate::server::health::Readiness;
use crate::session::{Activity, Passwords, Revocations};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// The state of the server; cheap to clone.
#[derive(Clone, Debug)]
pub struct CloudState {
    /// The database. `db.committed()` wakes whoever waits for something to leave it.
    pub db: Db,
    /// All settings.
    pub settings: Arc<Settings>,
    /// The server's own key.
    pub key: ServerKey,
    /// Tells open streams which sessions ended.
    pub revocations: Revocations,
    /// Tells open streams what changed.
    pub feed: Feed,
    /// The threads that hash passwords.
    pub passwords: Passwords,
    /// When sessions were last used.
    pub activity: Activity,
    /// Requests per session and per network address.
    pub limits: Limits,
    /// Whether the server could serve a moment ago.
    pub readiness: Readiness,
    /// This run of the server, as leases name it.
    pub process: Uuid,
    /// Cancelled when the server stops: tasks end, streams close.
    pub stopping: CancellationToken,
    /// Tasks that the server waits for when it stops; spawn with `tasks.spawn`.
    pub tasks: TaskTracker,
}

impl CloudState {
    /// The state on an open database, with nothing running yet.
    pub fn new(settings: Settings, db: Db, key: ServerKey) -> Self {
        Self {
            db,
            key,
            revocations: Revocations::new(),
            feed: Feed::default(),
            passwords: Passwords::start(),
            activity: Activity::default(),
            limits: Limits::new(&settings),
            readiness: Readiness::default(),
            settings: Arc::new(settings),
            process: Uuid::now_v7(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }
}
