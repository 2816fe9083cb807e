//! How many connections there is room for: each is a file descriptor, and so is a database's.
//!
//! The soft limit of open files is raised to the hard one. What the process needs for itself is kept back; the rest is
//! shared between apps and devices, so that neither can take what the other, or the database, needs. One network
//! address gets a part of that only.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept back: the database (a SQLite connection has up to three files), listeners, logs, mail, look-ups of names.
const KEPT_BACK: u64 = 128;

/// A limit under which nothing would be left to share.
const LEAST: u64 = 2 * KEPT_BACK;

/// No more than this for either side, whatever the limit: memory is finite too.
const MOST: u64 = 16_384;

/// The part of all places that one network address may have.
const SHARE_OF_AN_ADDRESS: usize = 4;

/// Connections at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Of all together.
    pub all: usize,
    /// Of one network address.
    pub of_an_address: usize,
}

/// Raises the limit of open files as far as it goes; the places for the apps' listener, and for the devices'.
pub(super) fn make_room() -> Places {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            limit.current
        }
    };
    let places = share(files.unwrap_or(u64::MAX));
    tracing::info!(places.all, places.of_an_address, "room for so many apps, and as many devices");
    places
}

fn share(files: u64) -> Places {
    let half = (files.max(LEAST) - KEPT_BACK) / 2;
    let all = usize::try_from(half.min(MOST)).unwrap_or(usize::MAX);
    Places { all, of_an_address: (all / SHARE_OF_AN_ADDRESS).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_and_the_database_fit_under_the_limit() {
        for files in [256, 1024, 20_000, 1 << 20, u64::MAX] {
            let places = share(files);
            assert!(places.all as u64 * 2 + KEPT_BACK <= files, "{files}");
            assert!(places.of_an_address > 0 && places.of_an_address * 4 <= places.all, "{files}");
        }
    }

    #[test]
    fn tiny_limit_leaves_a_few_places() {
        assert_eq!(share(0).all, 64);
    }
}
