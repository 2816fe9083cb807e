//! A small log on the phone of what nobody could do anything about: a person reads an id to support, support reads
//! the entry.
//!
//! An entry is the display of a [`Fault`], which by construction holds no personal data and no secrets, its id and the
//! time. The newest [`KEPT`] entries stay. A log that cannot be written loses entries, never an answer.

use crate::error::Fault;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many entries stay.
const KEPT: usize = 200;

/// The log.
#[derive(Debug)]
pub(crate) struct Reports {
    file: PathBuf,
    entries: Mutex<Vec<String>>,
}

impl Reports {
    /// Opens the log in the core's data folder.
    pub(crate) fn open(data_folder: &Path) -> Self {
        let file = data_folder.join("reports.log");
        let entries = fs::read_to_string(&file).unwrap_or_default().lines().map(str::to_owned).collect();
        Self { file, entries: Mutex::new(entries) }
    }

    /// Writes an entry; its id.
    pub(crate) fn write(&self, fault: &Fault) -> String {
        let id = uuid::Uuid::new_v4().simple().to_string()[..12].to_owned();
        // Not the Clock port: this line may be about a port.
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let version = env!("CARGO_PKG_VERSION");
        tracing::warn!(report_id = id, %fault, "reported");
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push(format!("{id} {at} {version} {fault}"));
        let old = entries.len().saturating_sub(KEPT);
        entries.drain(..old);
        // A full disk: the entry is still in memory, for diagnostics of this run.
        let _written = fs::write(&self.file, entries.join("\n"));
        id
    }

    /// The whole log, oldest first.
    pub(crate) fn export(&self) -> String {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_survives_the_process_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let reports = Reports::open(folder.path());
        for _ in 0..KEPT {
            reports.write(&Fault::Core("first"));
        }
        let id = reports.write(&Fault::Core("last"));
        let again = Reports::open(folder.path()).export();
        assert_eq!(again.lines().count(), KEPT);
        assert!(again.lines().last().unwrap().starts_with(&id));
        assert!(again.ends_with("a fault of the core: last"));
    }
}
