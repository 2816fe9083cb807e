//! What runs beside the requests until the server stops.

use crate::devices::commands;
use crate::handoff;
use crate::history::seal::Sealer;
use crate::idempotency;
use crate::server::{CloudState, Places};
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often what nobody needs any more is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Starts every task. Each ends when `state.stopping` is cancelled.
pub(super) fn start(
    state: &CloudState,
    mqtt: TcpListener,
    mqtt_tls: Option<Arc<ServerConfig>>,
    places: Places,
) {
    let revocations = state.revocations.clone();
    state.tasks.spawn(revocations.follow(state.db.clone(), state.stopping.clone()));
    state.tasks.spawn(state.activity.clone().write(state.db.clone(), state.stopping.clone()));
    state.tasks.spawn(crate::mail::sender::run(state.clone()));
    let (holder, keeps) = (state.process.to_string(), state.settings.feed_keeps);
    let sealer = Sealer::new(state.db.clone(), holder, keeps);
    let feed = state.feed.clone();
    state.tasks.spawn(feed.run(state.db.clone(), sealer.sealed(), state.stopping.clone()));
    state.tasks.spawn(sealer.run(state.stopping.clone()));
    state.tasks.spawn(crate::add_device::expiry::run(state.clone()));
    state.tasks.spawn(crate::access::expiry::run(state.clone()));
    state.tasks.spawn(crate::devices::clocks::run(state.db.clone(), state.stopping.clone()));
    crate::devices::channel::start(state, mqtt, mqtt_tls, places);
    state.tasks.spawn(sweep(state.clone()));
}

async fn sweep(state: CloudState) {
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        state.limits.forget_the_quiet();
        if let Err(error) = crate::session::sweep(&state.db, crate::now()).await {
            tracing::warn!(%error, "expired rows could not be removed");
        }
        if let Err(error) = crate::mail::sweep(&state.db, crate::now()).await {
            tracing::warn!(%error, "old mail could not be removed");
        }
        if let Err(error) = idempotency::forget_expired(&state.db).await {
            tracing::warn!(%error, "old idempotency keys could not be removed");
        }
        if let Err(error) = handoff::sweep(&state.db, crate::now()).await {
            tracing::warn!(%error, "old handoffs could not be removed");
        }
        if let Err(error) = commands::forget_expired(&state.db).await {
            tracing::warn!(%error, "messages to devices that are too late could not be removed");
        }
    }
}
