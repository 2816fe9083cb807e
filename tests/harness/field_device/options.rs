//! What a device is made with, and what will go wrong with it.

use super::{Clock, DeviceKey, Fault, Stage};
use porchlight_label::ClaimCode;
use porchlight_protocol::{DeviceName, Model};
use secrecy::SecretString;

/// What a device is made with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who it is.
    pub device: DeviceName,
    /// What kind it is.
    pub model: Model,
    /// Its own key.
    pub key: DeviceKey,
    /// The password it is delivered with.
    pub password: Option<SecretString>,
    /// The claim code on its label.
    pub claim_code: Option<ClaimCode>,
    /// What it knows of the time when it is switched on.
    pub clock: Clock,
    /// How often it shows that it is there.
    pub keep_alive_seconds: u16,
    /// What will go wrong.
    pub faults: Vec<(Stage, Fault)>,
}

impl Options {
    /// A device with a new key, without password and claim code, that does everything right.
    pub fn new(device: DeviceName, model: Model) -> Self {
        Self {
            device,
            model,
            key: DeviceKey::generate(),
            password: None,
            claim_code: None,
            clock: Clock::None,
            keep_alive_seconds: 30,
            faults: Vec::new(),
        }
    }

    /// Delivered with this password.
    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Delivered without a password, with this claim code on its label: 16 characters of Crockford's base32.
    pub fn with_claim_code(mut self, claim_code: &str) -> Self {
        self.claim_code =
            Some(ClaimCode::from_text(claim_code).expect("16 characters of Crockford's base32"));
        self
    }

    /// Delivered without a password, with a new claim code on its label.
    pub fn with_new_claim_code(mut self) -> Self {
        self.claim_code = Some(ClaimCode::from_bytes(rand::random()));
        self
    }

    /// With one more thing that will go wrong.
    pub fn with_fault(mut self, stage: Stage, fault: Fault) -> Self {
        self.faults.push((stage, fault));
        self
    }
}
