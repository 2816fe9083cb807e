//! The ports of a phone, by hand: what a Keychain, a Keystore, a clock and a radio do, and how they fail.

use crate::key::SoftKey;
use porchlight_core::ports::{
    Clock, Connectivity, HandoffVault, LoadedSecret, PortFault, SecretStore, Signer,
};
use secrecy::{ExposeSecret as _, SecretSlice};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A Keychain: survives the app, not the phone.
#[derive(Debug, Default)]
pub struct FakeSecrets {
    kept: Mutex<HashMap<String, Vec<u8>>>,
    /// Before the first unlock after a start nothing can be read.
    pub locked: AtomicBool,
}

impl FakeSecrets {
    fn kept(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.kept.lock().expect("no holder panics")
    }

    /// The names of all that is kept.
    pub fn names(&self) -> Vec<String> {
        self.kept().keys().cloned().collect()
    }
}

impl SecretStore for FakeSecrets {
    fn load(&self, name: &str) -> LoadedSecret {
        if self.locked.load(Ordering::SeqCst) {
            return LoadedSecret::Locked;
        }
        self.kept().get(name).map_or(LoadedSecret::Missing, |value| LoadedSecret::Value(value.clone().into()))
    }

    fn save(&self, name: &str, value: &SecretSlice<u8>) -> Result<(), PortFault> {
        if self.locked.load(Ordering::SeqCst) {
            return Err(PortFault::Locked);
        }
        // Exposed: a Keychain keeps secrets.
        self.kept().insert(name.to_owned(), value.expose_secret().to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), PortFault> {
        self.kept().remove(name).map(|_| ()).ok_or(PortFault::Missing)
    }
}

/// What passes between our two apps on one phone.
#[derive(Debug, Default)]
pub struct FakeVault {
    entry: Mutex<Option<Vec<u8>>>,
}

impl FakeVault {
    /// Whether something lies in it.
    pub fn is_empty(&self) -> bool {
        self.entry.lock().expect("no holder panics").is_none()
    }
}

impl HandoffVault for FakeVault {
    fn put(&self, entry: &SecretSlice<u8>) -> Result<(), PortFault> {
        // Exposed: it passes to the other app.
        *self.entry.lock().expect("no holder panics") = Some(entry.expose_secret().to_vec());
        Ok(())
    }

    fn take(&self) -> Result<Option<SecretSlice<u8>>, PortFault> {
        Ok(self.entry.lock().expect("no holder panics").take().map(Into::into))
    }
}

/// The clocks of a phone, whose owner may set them.
#[derive(Debug)]
pub struct FakeClock {
    started: Instant,
    /// Milliseconds by which the wall clock is wrong.
    pub wrong_by: AtomicI64,
    /// Milliseconds that the phone slept.
    pub slept: AtomicI64,
    /// How often it was started anew.
    pub starts: AtomicI64,
}

impl Default for FakeClock {
    fn default() -> Self {
        let none = || AtomicI64::new(0);
        Self { started: Instant::now(), wrong_by: none(), slept: none(), starts: none() }
    }
}

impl FakeClock {
    /// The phone sleeps for a while.
    pub fn sleep(&self, time: Duration) {
        let time = i64::try_from(time.as_millis()).expect("a night is short");
        self.slept.fetch_add(time, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn wall_time(&self) -> i64 {
        porchlight_cloud::now() + self.wrong_by.load(Ordering::SeqCst)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed() + Duration::from_millis(self.slept.load(Ordering::SeqCst).unsigned_abs())
    }

    fn boot_id(&self) -> String {
        format!("boot-{}", self.starts.load(Ordering::SeqCst))
    }
}

/// The radio.
#[derive(Debug)]
pub struct FakeConnectivity {
    /// Whether there is a signal.
    pub online: AtomicBool,
}

impl Default for FakeConnectivity {
    fn default() -> Self {
        Self { online: AtomicBool::new(true) }
    }
}

impl Connectivity for FakeConnectivity {
    fn is_online(&self) -> bool {
        self.online.load(Ordering::SeqCst)
    }
}

/// A Keystore: keys that cannot be taken out.
#[derive(Debug, Default)]
pub struct FakeSigner {
    keys: Mutex<HashMap<String, SoftKey>>,
}

impl FakeSigner {
    fn keys(&self) -> MutexGuard<'_, HashMap<String, SoftKey>> {
        self.keys.lock().expect("no holder panics")
    }
}

impl Signer for FakeSigner {
    fn create(&self, name: &str) -> Result<Vec<u8>, PortFault> {
        let key = SoftKey::generate();
        let public = key.public_key();
        self.keys().insert(name.to_owned(), key);
        Ok(public)
    }

    fn public_key(&self, name: &str) -> Result<Vec<u8>, PortFault> {
        self.keys().get(name).map(SoftKey::public_key).ok_or(PortFault::Missing)
    }

    fn sign(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, PortFault> {
        self.keys().get(name).map(|key| key.sign(bytes)).ok_or(PortFault::Missing)
    }

    fn destroy(&self, name: &str) -> Result<(), PortFault> {
        self.keys().remove(name).map(|_| ()).ok_or(PortFault::Missing)
    }
}
