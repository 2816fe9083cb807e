//! Where the database is: a file for SQLite, a server for PostgreSQL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use url::Url;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseLocation {
    /// A file; made when it is missing.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/name?options`; it may hold a password.
    Postgres(Url),
}

/// What is no place for a database, and what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database is sqlite:<path of a file> or postgres://<host>/<name>")]
pub struct NotALocation;

/// What stands in a path of a URL as it is (RFC 3986, section 3.3), and the slashes between.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl DatabaseLocation {
    /// The file in this folder that holds everything by default.
    pub fn in_folder(folder: &Path) -> Self {
        Self::Sqlite(folder.join("porchlight.db"))
    }

    /// As the driver takes it. Not for logs: it may hold a password. None for a path that is not UTF-8.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite(path) => {
                Some(format!("sqlite:{}?mode=rwc", utf8_percent_encode(path.to_str()?, PATH)))
            }
            Self::Postgres(url) => Some(url.to_string()),
        }
    }
}

impl FromStr for DatabaseLocation {
    type Err = NotALocation;

    fn from_str(text: &str) -> Result<Self, NotALocation> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            // Each connection would have a database of its own in memory.
            let is_file = !path.is_empty() && !path.starts_with(':') && !path.contains("mode=memory");
            let path = path.strip_prefix("//").unwrap_or(path);
            return if is_file { Ok(Self::Sqlite(path.into())) } else { Err(NotALocation) };
        }
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Postgres(url)),
            _ => Err(NotALocation),
        }
    }
}

/// Without user and password.
impl fmt::Display for DatabaseLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                write!(f, "postgres://{}{}", url.host_str().unwrap_or("localhost"), url.path())
            }
        }
    }
}

impl fmt::Debug for DatabaseLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_not_shown() {
        let location: DatabaseLocation = "postgres://kim:secret@db.example:5433/porch?x=y".parse().unwrap();
        assert_eq!(location.to_string(), "postgres://db.example/porch");
        assert_eq!(format!("{location:?}"), location.to_string());
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "sqlite:", "sqlite::memory:", "mysql://host/db", "/path", "sqlite:x?mode=memory"] {
            assert_eq!(text.parse::<DatabaseLocation>(), Err(NotALocation), "{text}");
        }
    }

    #[tokio::test]
    async fn folder_may_have_any_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["with space", "50%20off", "what?", "a#b", "käse", "a&mode=memory"] {
            let folder = folder.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            let location = DatabaseLocation::in_folder(&folder);
            crate::db::Db::open(&location).await.unwrap().close().await;
            assert!(folder.join("porchlight.db").is_file(), "{name}");
        }
    }

    #[tokio::test]
    async fn path_that_is_not_utf8_is_refused_by_name() {
        use std::os::unix::ffi::OsStrExt as _;
        let location = DatabaseLocation::Sqlite(std::ffi::OsStr::from_bytes(b"/tmp/\xff.db").into());
        let error = crate::db::Db::open(&location).await.unwrap_err().to_string();
        assert!(error.contains("UTF-8"), "{error}");
    }
}
