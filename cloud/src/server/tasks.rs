//! What runs beside the requests until the server stops.

use crate::server::CloudState;
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often what nobody needs any more is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Starts every task. Each ends when `state.stopping` is cancelled.
pub(super) fn start(state: &CloudState, _mqtt: TcpListener, _mqtt_tls: Option<Arc<ServerConfig>>) {
    let revocations = state.revocations.clone();
    state.tasks.spawn(revocations.follow(state.db.clone(), state.stopping.clone()));
    state.tasks.spawn(state.activity.clone().write(state.db.clone(), state.stopping.clone()));
    state.tasks.spawn(sweep(state.clone()));
}

async fn sweep(state: CloudState) {
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        state.limits.forget_the_quiet();
    }
}
