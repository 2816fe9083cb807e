//! The server: starts on a database, listens for apps and devices, stops without waiting for open streams.
//!
//! 1. [`Cloud::start`] opens the database (and brings its schema up to date), reads or makes the server's key, binds
//!    both listeners and starts the tasks. Listening in the clear is refused on anything but loopback.
//! 2. [`Cloud::stop`] takes no new connections, closes streams, gives open requests four seconds, folds the database.

mod descriptors;
mod extract;
mod gate;
mod health;
mod layers;
mod listen;
mod openapi;
mod router;
mod state;
mod tasks;
#[cfg(test)]
mod tests;
mod tls;

pub use descriptors::Places;
pub use extract::{ApiJson, ApiPath, ApiQuery, NoIdempotencyKey, parse_json};
pub(crate) use gate::{address, tell_limit};
pub use openapi::to_json as openapi_json;
pub use router::router;
pub use state::CloudState;

use crate::Settings;
use crate::db::{DatabaseLocation, Db, DbError};
use crate::key::ServerKey;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long requests that are being answered may take to finish when the server stops.
const DRAIN: Duration = Duration::from_secs(4);

/// How long stopping takes at most: the draining, and what tasks do last.
const STOP: Duration = Duration::from_secs(5);

/// How long the database's connections may take to close.
const CLOSE: Duration = Duration::from_secs(1);

/// Why a server did not start: each says what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database did not open.
    #[error("the database {location} does not open: {source}")]
    Database {
        /// Which; without its password.
        location: String,
        /// Why.
        source: DbError,
    },
    /// Another server of this machine has the SQLite file.
    #[error(
        "another server uses {0}: stop it, or give this one a --folder of its own; several servers share a PostgreSQL"
    )]
    InUse(PathBuf),
    /// A listener would speak in the clear to the network.
    #[error(
        "{what} without TLS listens on loopback only: give --{what}-certificates and --{what}-key, or an address like 127.0.0.1 instead of {address}"
    )]
    PlainText {
        /// `http` or `mqtt`.
        what: &'static str,
        /// Where it would have listened.
        address: SocketAddr,
    },
    /// An address could not be bound.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A file or folder could not be used.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Certificates or their key are unusable.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// A backup that was restored without its key starts, and what was sealed stays shut: somebody has to be told.
async fn warn_of_lost_key(db: &Db, settings: &Settings) -> Result<(), StartError> {
    let used = async { crate::session::store::has_accounts(&mut *db.read().await?).await };
    let location = || settings.database.to_string();
    if used.await.map_err(|source| StartError::Database { location: location(), source })? {
        tracing::warn!(
            key = %settings.server_key.display(),
            "a new server key beside a database that is in use: mail and codes that wait are lost; if the old key is in a \
             backup, stop the server and put it back"
        );
    }
    Ok(())
}

/// A running server. Dropped without [`Cloud::stop`], its tasks are told to end.
#[derive(Debug)]
pub struct Cloud {
    state: CloudState,
    http: SocketAddr,
    mqtt: SocketAddr,
    _alone: Option<File>,
}

impl Cloud {
    /// Starts; both listeners are bound when this returns.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        tls::check_address("http", settings.http, settings.http_tls.is_some())?;
        tls::check_address("mqtt", settings.mqtt, settings.mqtt_tls.is_some())?;
        let http_tls =
            settings.http_tls.as_ref().map(|files| tls::load(files, &[b"h2", b"http/1.1"])).transpose()?;
        let mqtt_tls = settings.mqtt_tls.as_ref().map(|files| tls::load(files, &[])).transpose()?;
        let is_new_key = !settings.server_key.exists();
        let key = ServerKey::open(&settings.server_key)
            .map_err(|source| StartError::File { path: settings.server_key.clone(), source })?;
        std::fs::create_dir_all(&settings.mail_folder)
            .map_err(|source| StartError::File { path: settings.mail_folder.clone(), source })?;
        let (http_listener, http) = bind(settings.http).await?;
        let (mqtt_listener, mqtt) = bind(settings.mqtt).await?;
        let alone = be_alone(&settings.database)?;
        let db = Db::open(&settings.database)
            .await
            .map_err(|source| StartError::Database { location: settings.database.to_string(), source })?;
        if is_new_key {
            warn_of_lost_key(&db, &settings).await?;
        }
        let state = CloudState::new(settings, db, key);
        let places = descriptors::make_room();
        tasks::start(&state, mqtt_listener, mqtt_tls, places);
        let router = router(state.clone());
        state.tasks.spawn(listen::serve(http_listener, http_tls, router, state.clone(), places));
        tracing::info!(%http, %mqtt, "listening");
        Ok(Self { state, http, mqtt, _alone: alone })
    }

    /// Where the JSON API listens.
    pub fn http_address(&self) -> SocketAddr {
        self.http
    }

    /// Where devices connect.
    pub fn mqtt_address(&self) -> SocketAddr {
        self.mqtt
    }

    /// The server's state: for tests, and for what is done from inside (disable an account).
    pub fn state(&self) -> &CloudState {
        &self.state
    }

    /// Stops: no new connections, streams close, open requests get four seconds to finish.
    pub async fn stop(self) {
        self.state.stopping.cancel();
        self.state.tasks.close();
        if tokio::time::timeout(STOP, self.state.tasks.wait()).await.is_err() {
            tracing::warn!(left = self.state.tasks.len(), "stopped with work unfinished");
        }
        if tokio::time::timeout(CLOSE, self.state.db.close()).await.is_err() {
            tracing::warn!("stopped with the database in use");
        }
        tracing::info!("stopped");
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.state.stopping.cancel();
    }
}

/// Two servers on one SQLite file would each think that nobody else changes it. The lock is the system's: it ends with
/// the process, however that ends.
fn be_alone(location: &DatabaseLocation) -> Result<Option<File>, StartError> {
    let DatabaseLocation::Sqlite(database) = location else { return Ok(None) };
    let mut path = database.clone();
    path.as_mut_os_string().push(".lock");
    let failed = |source| StartError::File { path: path.clone(), source };
    let file = File::options().create(true).append(true).mode(0o600).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(database.clone())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
