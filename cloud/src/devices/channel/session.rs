//! One device's connection, from its first byte to its last.
//!
//! 1. TLS, if it is set; then CONNECT within [`rules::ESTABLISH_WITHIN`], checked by [`handshake`].
//! 2. Messages up are taken one at a time, each acknowledged after its commit: what was acknowledged is not lost, and
//!    a device that pipelines is slowed down by its own socket.
//! 3. Orders down go out as the window allows. No state outlives the connection: what was not answered is in the
//!    database and is sent again at the next one.
//!
//! It ends by the device's goodbye or silence, by a broken rule, by a newer connection, or with the server.

use super::handshake::Admitted;
use super::held::{HeldConnection, Order};
use super::packets::{self, ConnectRequest, Dialect, Farewell, Incoming};
use super::transport::ChannelTransport;
use super::{Channel, handshake, incoming, presence, rules, topics};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use mqtt_endpoint_tokio::mqtt_ep::packet::{Packet, Qos};
use mqtt_endpoint_tokio::mqtt_ep::result_code::MqttError;
use mqtt_endpoint_tokio::mqtt_ep::{ConnectionOption, ConnectionOptions, Endpoint, Mode, Version, role};
use porchlight_protocol::device::down_topic;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// How long a farewell may take: the connection ends all the same.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);
/// Bytes read at a time; most packets fit, and an idle device costs no more.
const READ_BYTES: usize = 1024;

type DeviceEndpoint = Endpoint<role::Server>;

/// Serves a connection until it ends.
pub(super) async fn serve(channel: Arc<Channel>, stream: TcpStream, stopping: CancellationToken) {
    let greeting = async {
        let endpoint = establish(&channel, stream).await?;
        // The library's timer ends this when no CONNECT comes.
        let first = endpoint.recv().await.ok()?;
        Some((endpoint, first))
    };
    let Some(Some((endpoint, first))) = stopping.run_until_cancelled(greeting).await else { return };
    let Some(connect) = packets::read_connect(first) else {
        let _closed = endpoint.close().await;
        return;
    };
    let dialect = connect.dialect;
    match handshake::admit(&channel, &connect).await {
        Err(refusal) => {
            send(&endpoint, packets::refuse_connect(dialect, refusal)).await;
            let _closed = endpoint.close().await;
        }
        Ok(admitted) => Session::run(&channel, &endpoint, &connect, admitted).await,
    }
}

async fn establish(channel: &Channel, stream: TcpStream) -> Option<DeviceEndpoint> {
    stream.set_nodelay(true).ok()?;
    let transport = match &channel.tls {
        None => ChannelTransport::plain(stream),
        Some(acceptor) => {
            let accepted = timeout(rules::ESTABLISH_WITHIN, acceptor.accept(stream)).await;
            ChannelTransport::tls(accepted.ok()?.ok()?)
        }
    };
    let limits = ConnectionOptions::new()
        .maximum_packet_size_recv(rules::MAX_PACKET_BYTES)
        .receive_maximum(rules::WINDOW);
    let options = ConnectionOption::builder()
        .auto_pub_response(false)
        .connection_establish_timeout_ms(u64::try_from(rules::ESTABLISH_WITHIN.as_millis()).ok()?)
        .shutdown_timeout_ms(1_000_u64)
        .recv_buffer_size(READ_BYTES)
        .build()
        .expect("every option has a value");
    let endpoint = DeviceEndpoint::with_options(Version::Undetermined, limits);
    endpoint.attach_with_options(transport, Mode::Server, options).await.ok()?;
    Some(endpoint)
}

/// Sends a packet; a broken connection shows at the next receive.
async fn send(endpoint: &DeviceEndpoint, packet: Result<Packet, MqttError>) {
    let sent = match packet {
        Ok(packet) => endpoint.send(packet).await.map_err(|error| error.to_string()),
        Err(error) => Err(format!("{error:?}")),
    };
    if let Err(error) = sent {
        tracing::debug!(error, "a packet was not sent");
    }
}

struct Session<'c> {
    channel: &'c Channel,
    endpoint: &'c DeviceEndpoint,
    dialect: Dialect,
    admitted: Admitted,
    filters: Vec<(String, Qos)>,
    in_flight: u16,
    window: u16,
    messages: DefaultDirectRateLimiter,
}

impl<'c> Session<'c> {
    async fn run(
        channel: &'c Channel,
        endpoint: &'c DeviceEndpoint,
        connect: &ConnectRequest,
        admitted: Admitted,
    ) {
        let (orders, waiting) = mpsc::channel(rules::WAITING_COMMANDS);
        let close = CancellationToken::new();
        let held = HeldConnection {
            id: admitted.connection,
            since: admitted.since,
            orders,
            close: close.clone(),
            filters: Vec::new(),
        };
        channel.held.take_over(&admitted.device, held);
        let quota = Quota::per_second(rules::MESSAGES_PER_SECOND).allow_burst(rules::MESSAGES_AT_ONCE);
        let mut session = Self {
            channel,
            endpoint,
            dialect: connect.dialect,
            admitted,
            filters: Vec::new(),
            in_flight: 0,
            window: connect.receive_maximum.min(rules::WINDOW),
            messages: RateLimiter::direct(quota),
        };
        tracing::info!(device = %session.admitted.device, dialect = ?session.dialect, "a device connected");
        send(endpoint, packets::welcome(session.dialect, connect.keep_alive)).await;
        let end = session.go_on(waiting, &close, rules::patience(connect.keep_alive)).await;
        session.end(end).await;
    }

    /// Takes and sends until something ends it; none: the device said goodbye or is gone.
    async fn go_on(
        &mut self,
        mut waiting: mpsc::Receiver<Order>,
        close: &CancellationToken,
        patience: Duration,
    ) -> Option<Farewell> {
        let endpoint = self.endpoint;
        let stopping = self.channel.state.stopping.clone();
        // Kept across turns: the library reads only while somebody asks, and keeps what a dropped asker left behind.
        let mut packet = pin!(endpoint.recv());
        let mut quiet_until = Instant::now() + patience;
        loop {
            tokio::select! {
                biased;
                () = stopping.cancelled() => return Some(Farewell::ShuttingDown),
                () = close.cancelled() => return Some(Farewell::TakenOver),
                received = &mut packet => {
                    let Ok(received) = received else { return None };
                    quiet_until = Instant::now() + patience;
                    match self.take(packets::read(received)).await {
                        Ok(true) => packet.set(endpoint.recv()),
                        Ok(false) => return None,
                        Err(farewell) => return Some(farewell),
                    }
                }
                Some(order) = waiting.recv(), if self.in_flight < self.window => self.pass(order).await,
                () = tokio::time::sleep_until(quiet_until) => return Some(Farewell::TooQuiet),
            }
        }
    }

    /// Takes one packet; false: the device said goodbye.
    async fn take(&mut self, packet: Incoming) -> Result<bool, Farewell> {
        match packet {
            Incoming::Publish { topic, payload, qos, retain, packet_id } => {
                self.take_message(&topic, &payload, qos, retain, packet_id).await?;
            }
            Incoming::Subscribe { packet_id, filters } => self.subscribe(packet_id, filters).await,
            Incoming::Unsubscribe { packet_id, filters } => self.unsubscribe(packet_id, &filters).await,
            Incoming::Acknowledged => self.in_flight = self.in_flight.saturating_sub(1),
            Incoming::Ping => {}
            Incoming::Goodbye => return Ok(false),
            Incoming::Unexpected => return Err(Farewell::Unexpected),
        }
        Ok(true)
    }

    async fn take_message(
        &mut self,
        topic: &str,
        payload: &[u8],
        qos: Qos,
        retain: bool,
        packet_id: Option<u16>,
    ) -> Result<(), Farewell> {
        if retain {
            return Err(Farewell::Retained);
        }
        if qos == Qos::ExactlyOnce {
            return Err(Farewell::ExactlyOnce);
        }
        let device = &self.admitted.device;
        let Some(kind) = topics::kind_of_up_topic(device, topic) else {
            tracing::warn!(%device, "a device published to a foreign topic");
            return Err(Farewell::ForeignTopic);
        };
        if self.messages.check().is_err() {
            return Err(Farewell::TooManyMessages);
        }
        if let Err(error) = incoming::take(self.channel, device, kind, payload).await {
            // Not acknowledged: the device sends it again when it is back.
            tracing::warn!(%device, %error, "a device's message was not taken");
            return Err(Farewell::Unavailable);
        }
        if let Some(packet_id) = packet_id {
            send(self.endpoint, packets::acknowledge(self.dialect, packet_id)).await;
        }
        Ok(())
    }

    async fn subscribe(&mut self, packet_id: u16, filters: Vec<(String, Qos)>) {
        let mut granted = Vec::with_capacity(filters.len());
        for (filter, asked) in filters {
            self.filters.retain(|(kept, _)| *kept != filter);
            let fits = topics::may_subscribe(&self.admitted.device, &filter)
                && self.filters.len() < rules::MAX_FILTERS;
            let quality = if asked == Qos::AtMostOnce { Qos::AtMostOnce } else { Qos::AtLeastOnce };
            granted.push(fits.then_some(quality));
            if fits {
                self.filters.push((filter, quality));
            } else {
                tracing::warn!(device = %self.admitted.device, "a device subscribed to a foreign topic");
            }
        }
        send(self.endpoint, packets::answer_subscribe(self.dialect, packet_id, &granted)).await;
        self.note_filters();
        if granted.iter().any(Option::is_some) {
            self.channel.deliver_all_to(&self.admitted.device);
        }
    }

    async fn unsubscribe(&mut self, packet_id: u16, filters: &[String]) {
        let found: Vec<bool> =
            filters.iter().map(|filter| self.filters.iter().any(|(kept, _)| kept == filter)).collect();
        self.filters.retain(|(kept, _)| !filters.contains(kept));
        self.note_filters();
        send(self.endpoint, packets::answer_unsubscribe(self.dialect, packet_id, &found)).await;
    }

    fn note_filters(&self) {
        let filters = self.filters.iter().map(|(filter, _)| filter.clone()).collect();
        self.channel.held.set_filters(&self.admitted.device, self.admitted.connection, filters);
    }

    /// Passes an order on, with the quality that the device subscribed with.
    async fn pass(&mut self, order: Order) {
        let quality = self
            .filters
            .iter()
            .find(|(filter, _)| topics::filter_covers(filter, &order.kind))
            .map(|(_, quality)| *quality);
        let packet_id = match quality {
            // Unsubscribed meanwhile: it waits in the database for the next connection.
            None => return,
            Some(Qos::AtMostOnce) => None,
            Some(_) => match self.endpoint.acquire_packet_id().await {
                Ok(id) => Some(id),
                Err(_) => return,
            },
        };
        let topic = down_topic(&self.admitted.device, &order.kind);
        let packet = packets::message(self.dialect, packet_id, &topic, &order.payload);
        self.in_flight += u16::from(packet_id.is_some());
        send(self.endpoint, packet).await;
    }

    async fn end(self, farewell: Option<Farewell>) {
        let Admitted { device, connection, .. } = &self.admitted;
        tracing::info!(%device, why = ?farewell, "a device's connection ended");
        self.channel.held.forget(device, *connection);
        let goodbye = async {
            if let Some(packet) = farewell.and_then(|farewell| packets::farewell(self.dialect, farewell)) {
                send(self.endpoint, packet).await;
            }
            let _closed = self.endpoint.close().await;
        };
        let _in_time = timeout(FAREWELL_WITHIN, goodbye).await;
        // When the server stops, all are written at once.
        if farewell != Some(Farewell::ShuttingDown)
            && let Err(error) = presence::leave(self.channel, device, *connection).await
        {
            tracing::warn!(%device, %error, "that a device left was not written; its lease will end");
        }
    }
}
