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
    /// No connection was free, none could be made, or another program held the file for too long.
    #[error("the database cannot be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// The disk is full, or does not take what is written.
    #[error("the database cannot write: {0}")]
    NoRoom(#[source] sqlx::Error),
    /// The path of the file is not one that the driver takes.
    #[error("the path of the database is not UTF-8: choose another folder")]
    NotUtf8,
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
            sqlx::Error::Database(e) if e.code().is_some_and(|code| is_no_room(&code)) => Self::NoRoom(error),
            sqlx::Error::Database(e) if e.code().is_some_and(|code| is_busy(&code)) => {
                Self::Unreachable(error)
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unreachable(error)
            }
            _ => Self::Query(error),
        }
    }
}

/// PostgreSQL's 53100 (disk full); SQLite's 13 (full), 10 (I/O error, which a full disk may show as too) and 8 (read
/// only, as a disk with faults becomes), with details in the higher bytes.
fn is_no_room(code: &str) -> bool {
    code == "53100" || matches!(of_sqlite(code), Some(8 | 10 | 13))
}

/// SQLite's 5 (busy) and 6 (locked): a backup, or somebody's shell, writes longer than we wait.
fn is_busy(code: &str) -> bool {
    matches!(of_sqlite(code), Some(5 | 6))
}

/// SQLite's primary result code, which is the lowest byte; none for PostgreSQL's codes, which have five characters.
fn of_sqlite(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|number| number & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disks_are_told_from_other_faults() {
        for code in ["53100", "8", "13", "10", "778", "1034", "4874"] {
            assert!(is_no_room(code), "{code}");
        }
        for code in ["53200", "53300", "1", "5", "2067", "23505", "HY000", ""] {
            assert!(!is_no_room(code), "{code}");
        }
    }

    #[test]
    fn files_that_somebody_else_holds_are_told_from_other_faults() {
        for code in ["5", "6", "261", "517", "773"] {
            assert!(is_busy(code), "{code}");
        }
        for code in ["55P03", "00005", "1", "8", "13", "2067", ""] {
            assert!(!is_busy(code), "{code}");
        }
    }
}
