//! Clocks stay right for as long as a device is somebody's.
//!
//! A device holds the clock changes of two years. They are made again, and sent with the next revision of its settings,
//! when the server's zone data is another release (a government changed its mind), and twice a year besides, so that
//! the list does not end before the zone's dates do (those of a moon calendar are in no rule).

use super::{store, tell_settings};
use crate::db::{Db, DbError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often old clock settings are looked for. A new release of zone data comes with a new start of the server.
const EVERY: Duration = Duration::from_secs(3600);

/// How old clock settings may grow, in milliseconds: half a year.
const LASTS: i64 = 182 * 24 * 3600 * 1000;

/// How many devices are told at a time; the channel has others to serve.
const BATCH: i64 = 100;

/// Looks at once and then every hour, until `stopping`.
pub async fn run(db: Db, stopping: CancellationToken) {
    loop {
        if let Err(error) = renew(&db, crate::now()).await {
            tracing::warn!(%error, "old clock settings will be looked for again");
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Queues new clock settings for every device whose own are old at this time; how many.
pub async fn renew(db: &Db, now: i64) -> Result<usize, DbError> {
    let oldest = now - LASTS;
    let mut renewed = 0;
    loop {
        let old = store::devices_with_old_clock(&mut *db.read().await?, oldest, BATCH).await?;
        if old.is_empty() {
            return Ok(renewed);
        }
        for id in old {
            let mut tx = db.begin().await?;
            // Another process may have done it, or the owner let go of the device.
            if store::renew_clock(&mut tx, id, oldest, now).await?
                && let Some(row) = store::device_by_id(&mut tx, id).await?
            {
                tell_settings(&mut tx, &row.device, row.settings_revision).await?;
                renewed += 1;
            }
            tx.commit().await?;
        }
    }
}
