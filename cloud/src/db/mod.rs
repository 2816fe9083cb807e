//! The database: one set of SQL for SQLite (the default) and PostgreSQL, through `sqlx::Any`.
//!
//! * Reads take a connection of [`Db::read`]; changes happen in a [`Tx`] of [`Db::begin`].
//! * SQLite has one writer: one connection, `BEGIN IMMEDIATE`, so a transaction never has to be upgraded (which fails
//!   without waiting). PostgreSQL runs READ COMMITTED, and what must not change meanwhile is locked by [`Tx::lock`]:
//!   the only place that knows row locks and their order.
//! * Columns are TEXT, BIGINT, DOUBLE PRECISION or BYTEA, parameters `$1`: the part of SQL that both engines and `Any`
//!   share. A query for which that is not enough is a query to think about again.
//!
//! Nothing outside this folder, `store.rs` files and `store/` folders holds SQL.

mod error;
mod location;
mod row;
mod tx;

pub use error::DbError;
pub use location::{DatabaseLocation, NotALocation};
pub use row::{parse, parse_all};
pub use tx::{Lock, Tx};

/// What the functions of stores read with.
pub type Connection = sqlx::AnyConnection;

use sqlx::Connection as _;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, Executor, SqlStr};
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The schema, in the order it came to be.
const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "session", include_str!("migrations/0001_session.sql")),
    (2, "history", include_str!("migrations/0002_history.sql")),
    (3, "devices", include_str!("migrations/0003_devices.sql")),
    (4, "access", include_str!("migrations/0004_access.sql")),
    (5, "password reset", include_str!("migrations/0005_password_reset.sql")),
];

/// How long a query waits for a connection, and SQLite for its lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which database engine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// Many processes.
    Postgres,
}

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    readers: AnyPool,
    writers: AnyPool,
    committed: Arc<Notify>,
}

impl Db {
    /// Opens it, and brings the schema up to date.
    pub async fn open(location: &DatabaseLocation) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let url = location.url().ok_or(DbError::NotUtf8)?;
        let db = match location {
            DatabaseLocation::Sqlite(path) => {
                make_private(path).map_err(|error| DbError::Unreachable(error.into()))?;
                Self::open_sqlite(&url).await?
            }
            DatabaseLocation::Postgres(_) => Self::open_postgres(&url).await?,
        };
        db.migrate().await?;
        Ok(db)
    }

    async fn open_sqlite(url: &str) -> Result<Self, DbError> {
        // FULL: an answered revoke, claim or mail must survive a power cut.
        const SET_UP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                              PRAGMA busy_timeout = 5000";
        let options = AnyConnectOptions::from_str(url)?;
        // A pool that gets no connection says only that it waited: the first one says what is wrong with the file.
        let mut first = Connection::connect_with(&options).await?;
        first.execute(SET_UP).await?;
        first.close().await?;
        let pool = |size| {
            AnyPoolOptions::new()
                .max_connections(size)
                .acquire_timeout(PATIENCE)
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        connection.execute(SET_UP).await?;
                        Ok(())
                    })
                })
                // A full disk ends a transaction behind the driver's back: such a connection could begin no other one.
                .after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        };
        let writers = pool(1).connect_with(options.clone()).await?;
        let readers = pool(8).connect_with(options).await?;
        Ok(Self { engine: Engine::Sqlite, readers, writers, committed: Arc::default() })
    }

    async fn open_postgres(url: &str) -> Result<Self, DbError> {
        let options = AnyConnectOptions::from_str(url)?;
        let pool =
            AnyPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).connect_with(options).await?;
        Ok(Self { engine: Engine::Postgres, readers: pool.clone(), writers: pool, committed: Arc::default() })
    }

    async fn migrate(&self) -> Result<(), DbError> {
        let migrations = MIGRATIONS
            .iter()
            .map(|(version, name, sql)| {
                Migration::new(
                    *version,
                    (*name).into(),
                    MigrationType::Simple,
                    SqlStr::from_static(sql),
                    false,
                )
            })
            .collect();
        Ok(Migrator::with_migrations(migrations).run(&self.writers).await?)
    }

    /// Which engine it is: for tests; no feature asks.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<PoolConnection<Any>, DbError> {
        Ok(self.readers.acquire().await?)
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let inner = match self.engine {
            Engine::Sqlite => self.writers.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => self.writers.begin().await?,
        };
        Ok(Tx::new(inner, self.engine, Arc::clone(&self.committed)))
    }

    /// Wakes up after a commit of this process: what leaves the database (events, commands, mail) looks then.
    pub fn committed(&self) -> Arc<Notify> {
        Arc::clone(&self.committed)
    }

    /// Closes all connections; SQLite's log is folded into its file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// Makes the file for nobody else's eyes, if it is missing; what SQLite puts beside it inherits that.
fn make_private(path: &Path) -> std::io::Result<()> {
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
