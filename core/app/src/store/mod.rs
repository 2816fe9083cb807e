//! One SQLite file of a profile: a writer thread that owns its connection, and a reading one beside it.
//!
//! 1. [`Store::open`] opens the file, brings its tables to this version and answers with what is wrong if it cannot.
//! 2. [`Store::write`] runs a closure in one IMMEDIATE transaction on the writer thread; writes run in the order of
//!    their calls, even if their futures are dropped.
//! 3. [`Store::read`] runs a closure on the reader thread; WAL lets it see the last commit while a write runs.
//!
//! Nothing here knows what a row holds; rows are sealed by `sealed`.

mod fault;
mod worker;

pub(crate) use fault::StoreFault;

use futures_util::future::BoxFuture;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use rusqlite_migration::Migrations;
use std::path::{Path, PathBuf};
use std::time::Duration;
use worker::Worker;

/// What a commit must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The app's death. A power cut may lose the last commits: the cloud has them.
    Disposable,
    /// A power cut: synced at every commit, through the disk's own cache on Apple's systems.
    Precious,
}

/// An open file.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    writer: Worker,
    reader: Worker,
}

impl Store {
    /// Opens or makes the file.
    pub(crate) async fn open(
        path: PathBuf,
        durability: Durability,
        migrations: Migrations<'static>,
    ) -> Result<Self, StoreFault> {
        let write_path = path.clone();
        let writer = Worker::start("porchlight-write", move || {
            let mut connection = connect(&write_path, durability)?;
            migrations.to_latest(&mut connection)?;
            Ok(connection)
        })
        .await?;
        let reader = Worker::start("porchlight-read", move || {
            let connection = connect(&path, durability)?;
            connection.pragma_update(None, "query_only", true)?;
            Ok(connection)
        })
        .await?;
        Ok(Self { writer, reader })
    }

    /// Runs one transaction. An error of the closure rolls it back.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Transaction<'_>) -> Result<T, StoreFault> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreFault>> {
        self.writer.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = deed(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    /// Runs a read.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Connection) -> Result<T, StoreFault> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreFault>> {
        self.reader.run(|connection| deed(connection))
    }

    /// Writes the WAL back into the file, so that a suspended app holds no lock (iOS ends apps that do).
    pub(crate) async fn checkpoint(&self) -> Result<(), StoreFault> {
        let checkpoint = |connection: &mut Connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        };
        self.writer.run(checkpoint).await
    }

    /// Closes both connections and waits until they are closed.
    pub(crate) async fn close(&self) {
        self.reader.stop().await;
        self.writer.stop().await;
    }
}

fn connect(path: &Path, durability: Durability) -> Result<Connection, StoreFault> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: a sealed row of a profile that ended should not lie around in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    match durability {
        Durability::Disposable => connection.pragma_update(None, "synchronous", "NORMAL")?,
        Durability::Precious => {
            connection.pragma_update(None, "synchronous", "FULL")?;
            // Apple's fsync leaves the data in the disk's cache; F_FULLFSYNC does not. No effect elsewhere.
            connection.pragma_update(None, "fullfsync", true)?;
            connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        }
    }
    Ok(connection)
}

/// Deletes a database file and what SQLite keeps beside it. A file that is not there is deleted already.
pub(crate) async fn delete_database(path: PathBuf) -> Result<(), StoreFault> {
    let deleted = tokio::task::spawn_blocking(move || {
        // The file itself goes first: a WAL without it is nothing, it without its WAL is an older state.
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            match std::fs::remove_file(name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreFault::Io(error.kind()));
                }
                _ => {}
            }
        }
        Ok(())
    });
    deleted.await.unwrap_or(Err(StoreFault::Closed))
}

#[cfg(test)]
mod tests;
