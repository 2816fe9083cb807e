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

/// Tables whose rows are locked, in the only order in which one transaction may lock them; rows of one table by id. Two
/// transactions that keep to it never wait for each other.
const ORDER: [&str; 5] = ["account", "organization", "site", "claim", "device"];

/// The rows that a transaction holds. A build for tests checks the order on every engine, since a deadlock shows only
/// when two meet.
#[derive(Debug, Default)]
struct Held(Vec<(usize, String, Lock)>);

impl Held {
    fn add(&mut self, table: &'static str, id: &str, lock: Lock) -> Result<(), String> {
        let Some(rank) = ORDER.iter().position(|known| *known == table) else {
            return Err(format!("{table} has no place in the order of locks"));
        };
        let before = self.0.iter().find(|(held, row, _)| (*held, row.as_str()) == (rank, id));
        match (before, self.0.iter().map(|(held, row, _)| (*held, row.as_str())).max()) {
            // Two that share a row and then both want it alone wait for each other.
            (Some((.., Lock::Share)), _) if lock == Lock::Update => Err(format!("{table} is shared already")),
            (Some(_), _) => Ok(()),
            (None, Some(last)) if last > (rank, id) => Err(format!("{table} after {}", ORDER[last.0])),
            (None, _) => {
                self.0.push((rank, id.to_owned(), lock));
                Ok(())
            }
        }
    }
}

/// A transaction that may write. Dropped without [`Tx::commit`], it changes nothing. Derefs to the connection that
/// store functions take.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    engine: Engine,
    committed: Arc<Notify>,
    held: Held,
}

impl Tx {
    pub(super) fn new(inner: Transaction<'static, Any>, engine: Engine, committed: Arc<Notify>) -> Self {
        Self { inner, engine, committed, held: Held::default() }
    }

    /// Holds the row of `table` with this id. On SQLite a writing transaction is alone already.
    pub async fn lock(&mut self, table: &'static str, id: &str, lock: Lock) -> Result<(), DbError> {
        debug_assert_eq!(self.held.add(table, id, lock), Ok(()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_out_of_order_are_named() {
        let mut held = Held::default();
        held.add("account", "2", Lock::Share).unwrap();
        assert_eq!(held.add("account", "1", Lock::Share), Err("account after account".to_owned()));
        held.add("site", "1", Lock::Share).unwrap();
        held.add("device", "1", Lock::Update).unwrap();
        assert_eq!(held.add("claim", "1", Lock::Share), Err("claim after device".to_owned()));
        assert_eq!(held.add("account", "2", Lock::Share), Ok(()), "it is held already");
        assert_eq!(held.add("site", "1", Lock::Update), Err("site is shared already".to_owned()));
        assert!(held.add("mail", "1", Lock::Share).unwrap_err().contains("no place"));
    }
}
