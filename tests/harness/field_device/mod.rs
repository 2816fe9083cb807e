//! A simulated device on the real channel: its own key, its own store, its own rules, and faults on demand.
//!
//! It is built first ([`FieldDevice::build`]), since a maker knows its key before it is ever connected
//! ([`FieldDevice::inventory_line`], [`FieldDevice::label`]), and then switched on. What it decides is in
//! [`brain`], without a network; the rest of this folder carries messages. DEVICES.md is its specification.
//!
//! One task and one connection a device: a thousand idle ones fit into a process (give them [`Clock::Battery`]).

mod address;
#[cfg(test)]
mod against_cloud;
pub mod brain;
mod channel;
mod clock;
mod faults;
mod key;
mod label;
mod options;

pub use address::CloudAddress;
pub use clock::Clock;
pub use faults::{Fault, Stage};
pub use key::DeviceKey;
pub use label::inventory_file;
pub use options::Options;

use brain::{Brain, Stored, Volatile};
use porchlight_label::{ClaimCode, Fingerprint};
use porchlight_protocol::device::{DeviceMessage, DeviceSettings};
use porchlight_protocol::opaque::{Credential, DeviceSetup, register_locally};
use porchlight_protocol::{ClaimId, DeviceName, Model};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What the device's task and its handle share.
struct Shared {
    name: DeviceName,
    clock: Clock,
    keep_alive_seconds: u16,
    brain: Mutex<Brain>,
    faults: Mutex<faults::Plan>,
    /// How many messages came, by kind.
    received: Mutex<HashMap<String, usize>>,
    /// How far the cloud's time is ahead of this machine's. Lost with the power.
    time_offset: Mutex<Option<i64>>,
    last_loss: Mutex<Option<String>>,
    online: watch::Sender<bool>,
    /// Grows with every message that was taken.
    changed: watch::Sender<u64>,
}

/// A simulated device. Dropped, it loses its power.
pub struct FieldDevice {
    model: Model,
    has_password: bool,
    claim_code: Option<ClaimCode>,
    shared: Arc<Shared>,
    cloud: Option<CloudAddress>,
    /// The task, and the token that asks it to say goodbye.
    running: Option<(JoinHandle<()>, CancellationToken)>,
}

impl FieldDevice {
    /// Makes a device as a factory would. With a password or a claim code it takes as long as Argon2 does.
    pub fn build(options: Options) -> Self {
        let setup = DeviceSetup::create();
        let record = |credential, secret: &SecretString| {
            // Exposed: the factory registers it, and keeps the record only.
            let secret = SecretSlice::from(secret.expose_secret().as_bytes().to_vec());
            register_locally(&setup, credential, &secret).expect("1 to 128 bytes")
        };
        let stored = Stored {
            password: options.password.as_ref().map(|password| record(Credential::Password, password)),
            claim_code: options.claim_code.as_ref().map(|code| record(Credential::ClaimCode, code.secret())),
            ..Stored::default()
        };
        let name = options.device.clone();
        let brain = Brain {
            name: options.device,
            key: options.key,
            setup: Arc::new(setup),
            stored,
            volatile: Volatile::default(),
        };
        let mut plan = faults::Plan::default();
        for (stage, fault) in options.faults {
            plan.add(stage, fault);
        }
        Self {
            model: options.model,
            has_password: options.password.is_some(),
            claim_code: options.claim_code,
            shared: Arc::new(Shared {
                name,
                clock: options.clock,
                keep_alive_seconds: options.keep_alive_seconds,
                brain: Mutex::new(brain),
                faults: Mutex::new(plan),
                received: Mutex::default(),
                time_offset: Mutex::default(),
                last_loss: Mutex::default(),
                online: watch::Sender::new(false),
                changed: watch::Sender::new(0),
            }),
            cloud: None,
            running: None,
        }
    }

    /// Makes a device and switches it on.
    pub fn start(options: Options, cloud: &CloudAddress) -> Self {
        let mut device = Self::build(options);
        device.switch_on(cloud);
        device
    }

    /// Gives it power: it connects to this cloud, again and again until it is in.
    pub fn switch_on(&mut self, cloud: &CloudAddress) {
        self.switch_off();
        self.cloud = Some(cloud.clone());
        let now = self.shared.now();
        self.shared.brain().power_cycle(now);
        let leave = CancellationToken::new();
        let task =
            tokio::spawn(channel::stay_connected(Arc::clone(&self.shared), cloud.clone(), leave.clone()));
        self.running = Some((task, leave));
    }

    /// Takes its power: the connection breaks without a word, memory is lost, the store stays.
    pub fn switch_off(&mut self) {
        if let Some((task, _)) = self.running.take() {
            task.abort();
            self.shared.online.send_replace(false);
        }
        self.shared.brain().restart();
        self.shared.set_time_offset(None);
    }

    /// Takes its power and gives it back.
    pub fn power_cycle(&mut self) {
        if let Some(cloud) = self.cloud.clone() {
            self.switch_on(&cloud);
        }
    }

    /// Says goodbye to the cloud, and is off.
    pub async fn stop(&mut self) {
        if let Some((task, leave)) = &mut self.running {
            leave.cancel();
            let _ = tokio::time::timeout(Duration::from_secs(2), task).await;
        }
        self.switch_off();
    }

    /// Somebody presses its button.
    pub fn press_button(&self) {
        let now = self.shared.now();
        self.shared.brain().press_button(now);
    }

    /// Plans one more fault.
    pub fn plan_fault(&self, stage: Stage, fault: Fault) {
        self.shared.faults.lock().expect("no holder panics").add(stage, fault);
    }

    /// Who it is.
    pub fn name(&self) -> &DeviceName {
        &self.shared.name
    }

    /// What kind it is.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Its public key: an uncompressed point, 65 bytes.
    pub fn public_key(&self) -> Vec<u8> {
        self.shared.brain().key.public()
    }

    /// The claim code on its label.
    pub fn claim_code(&self) -> Option<&ClaimCode> {
        self.claim_code.as_ref()
    }

    /// The text of the QR code on it.
    pub fn label(&self) -> SecretString {
        let fingerprint = Fingerprint::of_public_key(&self.public_key());
        label::print(&self.shared.name, &self.model, fingerprint, self.claim_code.clone())
    }

    /// Its line of the file that `porchlight inventory add` reads, without a line break.
    pub fn inventory_line(&self) -> String {
        label::inventory_line(&self.shared.name, &self.model, &self.public_key(), self.has_password)
    }

    /// Name and clock as it has them; none while it belongs to nobody.
    pub fn settings(&self) -> Option<DeviceSettings> {
        self.shared.brain().stored.owner.clone().map(|owner| owner.settings)
    }

    /// The claim that it belongs to.
    pub fn owner_claim(&self) -> Option<ClaimId> {
        self.shared.brain().stored.owner.as_ref().map(|owner| owner.claim)
    }

    /// Whether it has a password by now.
    pub fn has_password(&self) -> bool {
        self.shared.brain().stored.password.is_some()
    }

    /// How many messages of a stage reached it, repetitions counted.
    pub fn received(&self, stage: Stage) -> usize {
        self.shared.received.lock().expect("no holder panics").get(stage.kind()).copied().unwrap_or(0)
    }

    /// Whether it is connected and subscribed.
    pub fn is_online(&self) -> bool {
        *self.shared.online.borrow()
    }

    /// Why its last connection ended, in the words of the MQTT client.
    pub fn last_loss(&self) -> Option<String> {
        self.shared.last_loss.lock().expect("no holder panics").clone()
    }

    /// Waits until it is connected and subscribed; `false` if that takes longer than `patience`.
    pub async fn wait_online(&self, patience: Duration) -> bool {
        let mut online = self.shared.online.subscribe();
        tokio::time::timeout(patience, online.wait_for(|online| *online)).await.is_ok()
    }

    /// Waits until something holds of it; looks after every message. `false` if that takes longer than `patience`.
    pub async fn wait_until(&self, patience: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let mut changed = self.shared.changed.subscribe();
        let waiting = async {
            while !holds(self) {
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(patience, waiting).await.is_ok()
    }
}

impl Drop for FieldDevice {
    fn drop(&mut self) {
        self.switch_off();
    }
}

impl fmt::Debug for FieldDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldDevice").field("name", &self.shared.name.to_string()).finish_non_exhaustive()
    }
}

impl Shared {
    fn brain(&self) -> MutexGuard<'_, Brain> {
        self.brain.lock().expect("no holder panics")
    }

    fn time_offset(&self) -> Option<i64> {
        *self.time_offset.lock().expect("no holder panics")
    }

    fn set_time_offset(&self, offset: Option<i64>) {
        *self.time_offset.lock().expect("no holder panics") = offset;
    }

    /// Counts a message, and takes the fault that was planned for it.
    fn count_and_strike(&self, kind: &str) -> Option<Fault> {
        *self.received.lock().expect("no holder panics").entry(kind.to_owned()).or_default() += 1;
        self.changed.send_modify(|count| *count += 1);
        self.faults.lock().expect("no holder panics").strike(kind)
    }
}

/// A message as it goes on the wire: the last part of its topic, and its JSON.
fn encode(message: &DeviceMessage) -> (&'static str, Vec<u8>) {
    let (kind, json) = match message {
        DeviceMessage::Challenge(body) => ("challenge", serde_json::to_vec(body)),
        DeviceMessage::Proven(body) => ("proven", serde_json::to_vec(body)),
        DeviceMessage::Bound(body) => ("bound", serde_json::to_vec(body)),
        DeviceMessage::Refused(body) => ("refused", serde_json::to_vec(body)),
        DeviceMessage::Settled(body) => ("settled", serde_json::to_vec(body)),
        DeviceMessage::Released(body) => ("released", serde_json::to_vec(body)),
    };
    (kind, json.expect("plain fields"))
}
