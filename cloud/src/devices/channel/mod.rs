//! The channel to the devices: MQTT v5 and v3.1.1 on one listener, ended here rather than in a broker, since a device
//! talks to the cloud only.
//!
//! 1. A device connects over TLS (plain only on loopback) and says who it is by a token that its own key signed
//!    ([`handshake`], [`token`]).
//! 2. It subscribes to its own topics and publishes to its own ([`topics`]); nobody else's exist for it.
//! 3. What waits for it in the outbox goes down with QoS 1 ([`delivery`]); what it says goes up and is acknowledged
//!    after the commit ([`session`], [`incoming`]).
//! 4. The newest connection of a device holds it; the one before is ended, also in another process ([`presence`],
//!    [`held`]).
//!
//! Limits are in [`rules`]. No QoS 2, no retained messages, no wills, no state of a session: what must not be lost is
//! in the database, and both sides take every message twice.

mod delivery;
mod handshake;
mod held;
mod incoming;
mod packets;
mod presence;
mod rules;
mod session;
pub mod store;
mod token;
mod topics;
mod transport;

use crate::limits::{Holders, network};
use crate::server::{CloudState, Places};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use held::HeldDevices;
use porchlight_protocol::DeviceName;
use rustls::ServerConfig;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

/// How long a listener rests that could not accept (no file descriptor is free, say).
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What all connections share.
struct Channel {
    state: CloudState,
    held: HeldDevices,
    tls: Option<TlsAcceptor>,
    /// Connections a device makes.
    connects: DefaultKeyedRateLimiter<DeviceName>,
    /// Devices that subscribed: delivery sends what waits for them.
    subscribed: mpsc::UnboundedSender<DeviceName>,
    /// Messages of kinds that we do not know.
    unknown_kinds: AtomicU64,
}

impl Channel {
    /// Has all that waits for the device sent, once more if need be.
    fn deliver_all_to(&self, device: &DeviceName) {
        // Fails only when the server has stopped.
        let _stopped = self.subscribed.send(device.clone());
    }
}

/// Opens the channel on a bound listener; its tasks run until `state.stopping`. Without TLS the listener must be on
/// loopback, which the start of the server has checked.
pub fn start(state: &CloudState, listener: TcpListener, tls: Option<Arc<ServerConfig>>, places: Places) {
    let (subscribed, newly_subscribed) = mpsc::unbounded_channel();
    let quota = Quota::per_minute(rules::CONNECTIONS_PER_MINUTE);
    let channel = Arc::new(Channel {
        state: state.clone(),
        held: HeldDevices::default(),
        tls: tls.map(TlsAcceptor::from),
        connects: RateLimiter::keyed(quota),
        subscribed,
        unknown_kinds: AtomicU64::new(0),
    });
    state.tasks.spawn(delivery::run(Arc::clone(&channel), newly_subscribed));
    state.tasks.spawn(presence::keep(Arc::clone(&channel)));
    state.tasks.spawn(listen(channel, listener, places));
}

/// `places` are for all connections, those that have not said who they are included.
async fn listen(channel: Arc<Channel>, listener: TcpListener, places: Places) {
    let (permits, connections) = (Arc::new(Semaphore::new(places.all)), TaskTracker::new());
    let addresses = Holders::new(places.of_an_address);
    loop {
        let accepted = tokio::select! {
            () = channel.state.stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
            continue;
        };
        // Full: the connection is closed at once, and the device comes back later.
        let hold = addresses.take(network(peer.ip()));
        if let (Ok(permit), Some(hold)) = (Arc::clone(&permits).try_acquire_owned(), hold) {
            let (channel, stopping) = (Arc::clone(&channel), channel.state.stopping.clone());
            connections.spawn(async move {
                let _places = (permit, hold);
                session::serve(channel, stream, stopping).await;
            });
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
    if let Err(error) = presence::leave_all(&channel).await {
        tracing::warn!(%error, "that devices left was not written; their leases will end");
    }
}
