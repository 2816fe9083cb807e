//! What a device decides, without a network: a message in, at most one message out, and what is to be stored before
//! that message leaves. DEVICES.md gives the rules; a firmware engineer can read this as their reference.
//!
//! [`Brain::receive`] changes nothing. It returns a [`Step`]: the store as it must become, and the answer. Whoever
//! drives it stores first ([`Brain::keep`]) and answers then, so a power cut at any moment loses an answer (the cloud
//! asks again) and never makes a promise that the device forgot.

mod binding;
mod exchange;
mod stored;
#[cfg(test)]
mod tests;
mod tries;

pub use stored::{Owner, Stored};
pub use tries::Tries;

use super::key::DeviceKey;
use porchlight_protocol::DeviceName;
use porchlight_protocol::device::DeviceMessage;
use porchlight_protocol::opaque::DeviceSetup;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// How long a press of the button allows a first password.
pub const BUTTON_MS: i64 = 10 * 60 * 1000;

/// What a power cut takes away.
#[derive(Clone, Debug, Default)]
pub struct Volatile {
    /// When the button was pressed.
    pub pressed_at: Option<i64>,
    /// Tries that a power cycle gave on top of what the counts allow.
    pub extra_tries: u32,
}

/// What a message leads to.
#[derive(Debug)]
pub struct Step {
    /// The store as it must become before the answer leaves.
    pub stored: Stored,
    /// What is only in memory.
    pub volatile: Volatile,
    /// What the device says.
    pub answer: Option<DeviceMessage>,
}

/// A device's decisions.
#[derive(Clone, Debug)]
pub struct Brain {
    /// Who it is.
    pub name: DeviceName,
    /// Its own key.
    pub key: DeviceKey,
    /// Its OPAQUE keys.
    pub setup: Arc<DeviceSetup>,
    /// What survives a power cut.
    pub stored: Stored,
    /// What does not.
    pub volatile: Volatile,
}

impl Brain {
    /// What a message of this kind (the last part of its topic) leads to at this time (milliseconds UTC). Messages
    /// that it does not know or cannot read lead to nothing.
    pub fn receive(&self, kind: &str, payload: &[u8], now: i64) -> Step {
        let mut step = Step { stored: self.stored.clone(), volatile: self.volatile.clone(), answer: None };
        step.answer = match kind {
            "claim" => read(payload).and_then(|opening| self.answer_opening(&mut step, opening, now)),
            "proof" => read(payload).map(|proof| self.answer_proof(&mut step, proof)),
            "bind" => read(payload).map(|binding| self.answer_binding(&mut step, binding, now)),
            "settings" => read(payload).and_then(|settings| self.answer_settings(&mut step, settings)),
            "release" => read(payload).and_then(|release| self.answer_release(&mut step, release)),
            _ => None,
        };
        step
    }

    /// Stores what a step said. Only then may its answer leave.
    pub fn keep(&mut self, step: Step) -> Option<DeviceMessage> {
        self.stored = step.stored;
        self.volatile = step.volatile;
        step.answer
    }

    /// Somebody is at the device and pressed its button.
    pub fn press_button(&mut self, now: i64) {
        self.volatile.pressed_at = Some(now);
    }

    /// The firmware starts again by itself (a crash, a watchdog, an update): memory is gone, the store stays.
    pub fn restart(&mut self) {
        self.volatile = Volatile::default();
    }

    /// Somebody took its power away and gave it back. That shows presence, so at least three tries are free again.
    pub fn power_cycle(&mut self, now: i64) {
        self.restart();
        self.volatile.extra_tries = tries::AFTER_POWER_CYCLE.saturating_sub(self.stored.tries.left(now));
    }
}

/// Device messages are read leniently: fields of a newer cloud are ignored.
fn read<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    serde_json::from_slice(payload).ok()
}
