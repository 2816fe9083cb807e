//! The device's MQTT side: connect with a fresh token, subscribe, hand every message to the brain, store, answer.
//!
//! MQTT 5, clean start: the cloud keeps no session, and says again what is still open once the device has subscribed.
//! A message is acknowledged (PUBACK) after its effect is stored.

use super::clock::{Clock, ask_the_cloud, system_ms};
use super::faults::Fault;
use super::{CloudAddress, Shared, encode};
use porchlight_protocol::device::{DeviceMessage, down_topic, up_topic};
use rumqttc::{
    AckMode, AsyncClient, Broker, Event, EventLoop, Incoming, MqttOptions, Publish, PublishOptions, QoS,
    SessionMode, SubscribeReasonCode,
};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The largest packet either side sends.
const MAX_PACKET_BYTES: u32 = 16 * 1024;
/// QoS 1 messages in flight, each way. The client keeps room for as many as it may have: 16 MB a device at its default.
const WINDOW: u16 = 8;
/// The first pause before connecting again; each further one is twice as long, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// How a connection ended.
enum Ended {
    /// By the network or the cloud.
    Lost { was_connected: bool, why: String },
    /// The device said goodbye.
    Left,
    /// By a fault: away for a while.
    Away(Duration),
    /// By a fault: the firmware died.
    Crashed,
}

/// Stays connected until it is told to leave.
pub(super) async fn stay_connected(shared: Arc<Shared>, cloud: CloudAddress, leave: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    loop {
        let ended = hold_one_connection(&shared, &cloud, &leave).await;
        shared.online.send_replace(false);
        let wait = match ended {
            Ended::Left => return,
            Ended::Away(time) => time,
            Ended::Crashed => {
                shared.brain().restart();
                shared.set_time_offset(None);
                FIRST_PAUSE
            }
            Ended::Lost { was_connected, why } => {
                tracing::debug!(device = %shared.name, why, "connection lost");
                *shared.last_loss.lock().expect("no holder panics") = Some(why);
                pause = if was_connected { FIRST_PAUSE } else { (pause * 2).min(LAST_PAUSE) };
                pause
            }
        };
        if leave.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
            return;
        }
    }
}

async fn hold_one_connection(shared: &Arc<Shared>, cloud: &CloudAddress, leave: &CancellationToken) -> Ended {
    let Some(now) = current_time(shared, cloud).await else {
        return Ended::Lost {
            was_connected: false,
            why: "the cloud does not say what time it is".to_owned(),
        };
    };
    let (client, mut events) = open(shared, cloud, now);
    let mut was_connected = false;
    loop {
        let event = tokio::select! {
            event = events.poll() => event,
            () = leave.cancelled() => {
                say_goodbye(&client, &mut events).await;
                return Ended::Left;
            }
        };
        match event {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                // QoS 1, so that the cloud's messages are acknowledged.
                let _ = client.try_subscribe(down_topic(&shared.name, "+"), QoS::AtLeastOnce);
            }
            Ok(Event::Incoming(Incoming::SubAck(answer))) => {
                if !matches!(answer.return_codes.as_slice(), [SubscribeReasonCode::Success(_)]) {
                    let why = format!("subscription refused: {:?}", answer.return_codes);
                    return Ended::Lost { was_connected, why };
                }
                was_connected = true;
                shared.online.send_replace(true);
            }
            Ok(Event::Incoming(Incoming::Publish(message))) => {
                if let Some(ended) = take_message(shared, &client, &message) {
                    return ended;
                }
            }
            Ok(_) => {}
            Err(why) => return Ended::Lost { was_connected, why: why.to_string() },
        }
    }
}

fn open(shared: &Shared, cloud: &CloudAddress, now: i64) -> (AsyncClient, EventLoop) {
    let name = shared.name.to_string();
    let token = shared.brain().key.token(&shared.name, cloud.link_host.as_str(), now);
    let mut options = MqttOptions::new(name.clone(), Broker::tcp(cloud.mqtt_host.clone(), cloud.mqtt_port));
    options
        .set_transport(cloud.transport())
        .set_credentials(name, token)
        .set_keep_alive(shared.keep_alive_seconds)
        .set_session_mode(SessionMode::Clean)
        .set_max_packet_size(Some(MAX_PACKET_BYTES))
        .set_receive_maximum(Some(WINDOW))
        .set_outgoing_inflight_upper_limit(WINDOW)
        .set_ack_mode(AckMode::Manual)
        .set_connect_timeout(Duration::from_secs(10));
    AsyncClient::builder(options).build()
}

/// Milliseconds UTC; asked once per power cycle, and counted on from there.
async fn current_time(shared: &Shared, cloud: &CloudAddress) -> Option<i64> {
    if shared.clock == Clock::None && shared.time_offset().is_none() {
        let offset = ask_the_cloud(cloud).await?;
        shared.set_time_offset(Some(offset));
    }
    Some(shared.now())
}

/// One message: think, store, answer, acknowledge, and whatever fault was planned for it.
fn take_message(shared: &Arc<Shared>, client: &AsyncClient, message: &Publish) -> Option<Ended> {
    let topic = String::from_utf8_lossy(&message.topic);
    let kind = topic.rsplit('/').next().unwrap_or_default();
    let fault = shared.count_and_strike(kind);
    if let Some(Fault::Vanish(time)) = fault {
        return Some(Ended::Away(time));
    }
    if fault != Some(Fault::Silence) {
        let now = shared.now();
        let mut brain = shared.brain();
        let step = brain.receive(kind, &message.payload, now);
        if fault == Some(Fault::CrashBeforeStore) {
            return Some(Ended::Crashed);
        }
        let answer = brain.keep(step);
        drop(brain);
        shared.changed.send_modify(|count| *count += 1);
        if fault == Some(Fault::CrashAfterStore) {
            return Some(Ended::Crashed);
        }
        if let Some(answer) = answer {
            send(shared, client, &answer, fault);
        }
    }
    // The channel holds ten requests and this loop drains it: full means that the connection is dead already.
    let _ = client.try_ack(message);
    None
}

fn send(shared: &Shared, client: &AsyncClient, answer: &DeviceMessage, fault: Option<Fault>) {
    let (kind, payload) = encode(answer);
    let topic = up_topic(&shared.name, kind);
    let options = PublishOptions::at_least_once();
    match fault {
        Some(Fault::AnswerLate(time)) => {
            let client = client.clone();
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                // Said to a connection that may be gone by then: that is what late means.
                let _ = client.try_publish(topic, payload, options);
            });
        }
        Some(Fault::Garbage) => {
            let _ = client.try_publish(topic, b"\x00\xff{\"claim\":".as_slice(), options);
        }
        _ => {
            for _ in 0..if fault == Some(Fault::AnswerTwice) { 2 } else { 1 } {
                let _ = client.try_publish(topic.clone(), payload.clone(), options.clone());
            }
        }
    }
}

/// DISCONNECT, so that the cloud knows at once. Not worth more than a moment.
async fn say_goodbye(client: &AsyncClient, events: &mut EventLoop) {
    let _ = client.try_disconnect_now();
    let _ = tokio::time::timeout(Duration::from_millis(500), async { while events.poll().await.is_ok() {} })
        .await;
}

impl Shared {
    /// The device's time, as milliseconds UTC.
    pub(super) fn now(&self) -> i64 {
        system_ms() + self.time_offset().unwrap_or(0)
    }
}
