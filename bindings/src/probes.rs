//! For tests of the shells only (feature `probes`): a panic on demand, how much is alive, the bare way across, and a key
//! in software where a platform's test machine has none.

use crate::porchlight::open_by;
use crate::runtime::{at_once, run, runtime};
use crate::{AddDeviceFailure, ListListener, Porchlight, PorchlightError, PortError, PresenceProof, Remedy};
use porchlight_core::add_device;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use std::sync::Arc;
use std::time::Instant;

#[uniffi::export(async_runtime = "tokio")]
impl Porchlight {
    /// Panics on a thread of the core, as a fault of ours would.
    pub async fn probe_panic(&self) -> Result<(), PorchlightError> {
        let deed = async { std::panic::resume_unwind(Box::new("a probe")) };
        run::<(), PorchlightError>(&self.0.profile(), deed).await
    }

    /// Panics in a call that answers at once.
    pub fn probe_panic_at_once(&self) -> Result<(), PorchlightError> {
        at_once(&self.0.profile(), || std::panic::resume_unwind(Box::new("a probe")))
    }

    /// Panics while it opens.
    #[uniffi::constructor]
    pub async fn probe_panic_opening(data_folder: String) -> Result<Arc<Self>, PorchlightError> {
        let opening = async { std::panic::resume_unwind(Box::new("a probe")) };
        open_by(std::path::Path::new(&data_folder), opening).await
    }
}

/// Tasks that are alive on the core's threads: of all that is open in the process.
#[uniffi::export]
pub fn probe_alive_tasks() -> u64 {
    runtime().metrics().num_alive_tasks() as u64
}

/// Flows, lists, scanners and subscriptions that are alive, of all that is open in the process.
#[uniffi::export]
pub fn probe_alive_objects() -> u64 {
    crate::alive::count()
}

/// A failure, and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ProbeFailure {
    /// Why.
    pub failure: AddDeviceFailure,
    /// How they showed that the device is theirs to add.
    pub proof: PresenceProof,
    /// Nothing in here: there is nothing they can do, and the screen says so.
    pub remedies: Vec<Remedy>,
}

/// Every failure with its remedies: a shell's samples are these, not its own idea of them.
#[uniffi::export]
pub fn probe_failures() -> Vec<ProbeFailure> {
    let with_remedies = |(failure, proof): (add_device::AddDeviceFailure, PresenceProof)| ProbeFailure {
        remedies: failure.remedies(proof).to_vec(),
        failure: failure.into(),
        proof,
    };
    add_device::AddDeviceFailure::every().into_iter().map(with_remedies).collect()
}

/// Nothing but the way across and back, for measuring it.
#[uniffi::export]
pub fn probe_echo(number: u64) -> u64 {
    number
}

/// Calls a listener so many times; how long each call took, in nanoseconds.
#[uniffi::export]
pub fn probe_call_back(listener: Arc<dyn ListListener>, times: u32) -> Vec<u64> {
    let call = |_| {
        let begun = Instant::now();
        listener.on_change();
        u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    };
    (0..times).map(call).collect()
}

/// A P-256 key in memory, for a `Signer` of a test.
#[derive(Debug, uniffi::Object)]
pub struct ProbeKey(EcdsaKeyPair);

#[uniffi::export]
impl ProbeKey {
    /// A fresh key.
    #[uniffi::constructor]
    pub fn generate() -> Result<Arc<Self>, PortError> {
        let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let bytes = EcdsaKeyPair::generate_pkcs8(kind, &random).map_err(|_| PortError::Broken)?;
        let key = EcdsaKeyPair::from_pkcs8(kind, bytes.as_ref(), &random).map_err(|_| PortError::Broken)?;
        Ok(Arc::new(Self(key)))
    }

    /// Its public half, as a `Signer` gives it.
    pub fn public_key(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// Signs, as a `Signer` does.
    pub fn sign(&self, bytes: Vec<u8>) -> Result<Vec<u8>, PortError> {
        let signed = self.0.sign(&SystemRandom::new(), &bytes);
        Ok(signed.map_err(|_| PortError::Broken)?.as_ref().to_vec())
    }
}
