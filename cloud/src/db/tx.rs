//! A transaction, and the only place that knows row locks.

use super::{DbError, Engine};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::Notify;

/// How a row is held until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Others may share it; nobody may change it.
    Share,
    /// Nobody else may lock it.
    Update,
}

/// A transaction that may write. Dropped without [`Tx::commit`], it changes nothing. Derefs to the connection that
/// store functions take.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    engine: Engine,
    committed: Arc<Notify>,
}

impl Tx {
    pub(super) fn new(inner: Transaction<'static, Any>, engine: Engine, committed: Arc<Notify>) -> Self {
        Self { inner, engine, committed }
    }

    /// Holds the row of `table` with this id. On SQLite a writing transaction is alone already.
    pub async fn lock(&mut self, table: &'static str, id: &str, lock: Lock) -> Result<(), DbError> {
        if self.engine == Engine::Sqlite {
            return Ok(());
        }
        let mode = match lock {
            Lock::Share => "SHARE",
            Lock::Update => "UPDATE",
        };
        // Both parts are from this source, never from a request.
        let sql = AssertSqlSafe(format!("SELECT 1 FROM {table} WHERE id = $1 FOR {mode}"));
        self.inner.execute(sqlx::query(sql).bind(id)).await?;
        Ok(())
    }

    /// Makes it last, then wakes those who wait for something to leave the database.
    pub async fn commit(self) -> Result<(), DbError> {
        self.inner.commit().await?;
        self.committed.notify_waiters();
        Ok(())
    }
}

impl Deref for Tx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}
