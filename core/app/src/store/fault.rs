//! What can be wrong with a file of the phone.

use crate::sealed::SealBroken;
use rusqlite::ErrorCode;

/// Why a file did not do it. Holds no text of SQLite's: that may quote what was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreFault {
    /// The file, or a row in it, is not what was written.
    #[error("corrupt")]
    Corrupt,
    /// A newer version of the app wrote it.
    #[error("of a newer version")]
    TooNew,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The file cannot be reached.
    #[error("{0}")]
    Io(std::io::ErrorKind),
    /// SQLite refuses, with its extended code (sqlite.org/rescode.html).
    #[error("sqlite {0}")]
    Sqlite(i32),
    /// The file was closed: its profile ended.
    #[error("closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt,
                ErrorCode::DiskFull => Self::Full,
                _ => Self::Sqlite(failure.extended_code),
            },
            // A table or column of another shape than this version wrote: flipped bits, not a newer version.
            _ => Self::Corrupt,
        }
    }
}

impl From<rusqlite_migration::Error> for StoreFault {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error, MigrationDefinitionError};
        match error {
            Error::RusqliteError { err, .. } => err.into(),
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => Self::TooNew,
            _ => Self::Corrupt,
        }
    }
}

impl From<SealBroken> for StoreFault {
    fn from(_: SealBroken) -> Self {
        Self::Corrupt
    }
}

impl From<serde_json::Error> for StoreFault {
    fn from(_: serde_json::Error) -> Self {
        Self::Corrupt
    }
}
