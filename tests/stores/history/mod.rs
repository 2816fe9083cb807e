//! History: what the sealer numbers, what the chain proves, and what a stream of changes shows to whom.

mod chain;
mod feed;
mod seal;

use porchlight_cloud::db::Db;
use porchlight_cloud::history::feed::Feed;
use porchlight_cloud::history::seal::Sealer;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A week, as the settings have it.
const KEEPS: Duration = Duration::from_secs(7 * 24 * 3600);

fn sealer(db: &Db, holder: &str) -> Sealer {
    Sealer::new(db.clone(), holder.into(), KEEPS)
}

/// A sealer and a feed at work, until the token is dropped.
struct AtWork {
    feed: Feed,
    stopping: CancellationToken,
}

impl AtWork {
    fn begin(db: &Db) -> Self {
        let work = Self { feed: Feed::default(), stopping: CancellationToken::new() };
        let sealer = sealer(db, "one");
        tokio::spawn(work.feed.clone().run(db.clone(), sealer.sealed(), work.stopping.clone()));
        tokio::spawn(sealer.run(work.stopping.clone()));
        work
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
