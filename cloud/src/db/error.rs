//! What the database says when it does not do as asked.

/// A query failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Serialisation failure or deadlock (40001, 40P01): the same transaction may succeed when it is tried again.
    #[error("the transaction lost a race")]
    TryAgain,
    /// A unique index has such a row already.
    #[error("there is such a row already")]
    Exists,
    /// No connection was free, or none could be made.
    #[error("the database cannot be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what this version writes.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// Anything else.
    #[error("a query failed: {0}")]
    Query(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("40001" | "40P01")) => {
                Self::TryAgain
            }
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Exists,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unreachable(error)
            }
            _ => Self::Query(error),
        }
    }
}
