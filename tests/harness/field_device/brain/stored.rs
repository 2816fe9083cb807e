//! What a device keeps in its protected store. Everything here is written before an answer that depends on it leaves.

use super::Tries;
use porchlight_protocol::ClaimId;
use porchlight_protocol::add_device::Presence;
use porchlight_protocol::device::{ClaimOpening, DeviceChallenge, DeviceProven, DeviceSettings};
use porchlight_protocol::opaque::{PasswordFile, SessionKey};
use secrecy::SecretSlice;
use std::fmt;

/// How many exchanges a device keeps at once. One would do; with four, a stranger who only knows the serial cannot
/// push the buyer's exchange out before the try counter stops them.
const MAX_EXCHANGES: usize = 4;

/// The store of a device.
#[derive(Clone, Default)]
pub struct Stored {
    /// The record of its password; none until it has its first.
    pub password: Option<PasswordFile>,
    /// The record of the claim code on its label, made at the factory.
    pub claim_code: Option<PasswordFile>,
    /// Tries that count.
    pub tries: Tries,
    /// Claims that are under way, oldest first.
    pub exchanges: Vec<Exchange>,
    /// Who it belongs to.
    pub owner: Option<Owner>,
}

/// The claim that bound the device, and what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The claim.
    pub claim: ClaimId,
    /// Its attempt that bound the device: the one that `up/bound` names, however often it is said.
    pub attempt: u32,
    /// Name and clock.
    pub settings: DeviceSettings,
}

/// A claim under way: its opening, what was answered, and how far it is.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was asked.
    pub opening: ClaimOpening,
    /// What was answered.
    pub challenge: DeviceChallenge,
    /// How far it is.
    pub progress: Progress,
    /// When it began.
    pub began_at: i64,
}

/// How far an exchange is.
#[derive(Clone, Debug)]
pub enum Progress {
    /// KE2 was sent.
    Challenged {
        /// `DeviceLogin` as bytes.
        login: SecretSlice<u8>,
        /// The try that KE2 counted.
        counted_at: i64,
    },
    /// The registration was answered: by the button, nothing is proven.
    Pressed,
    /// KE3 was good.
    Proven {
        /// What was answered.
        proven: DeviceProven,
        /// Opens the sealed record.
        key: SessionKey,
    },
    /// KE3 was not good: this attempt is over.
    Refused,
}

impl Stored {
    /// The exchange of a claim.
    pub fn exchange(&self, claim: ClaimId) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.opening.claim == claim)
    }

    /// The exchange of a claim, to go on with.
    pub fn exchange_mut(&mut self, claim: ClaimId) -> Option<&mut Exchange> {
        self.exchanges.iter_mut().find(|exchange| exchange.opening.claim == claim)
    }

    /// Puts a new exchange in the place of the claim's earlier one, or of the oldest.
    pub fn begin(&mut self, exchange: Exchange) {
        self.exchanges.retain(|other| other.opening.claim != exchange.opening.claim);
        if self.exchanges.len() == MAX_EXCHANGES {
            self.exchanges.remove(0);
        }
        self.exchanges.push(exchange);
    }
}

impl Exchange {
    /// Whether a bind may follow: after a good KE3, or within ten minutes by the button.
    pub fn may_bind(&self, now: i64) -> bool {
        match self.progress {
            Progress::Proven { .. } => true,
            Progress::Pressed => now - self.began_at <= super::BUTTON_MS,
            Progress::Challenged { .. } | Progress::Refused => false,
        }
    }

    /// Whether this claim ends with a first password.
    pub fn sets_password(&self) -> bool {
        matches!(self.opening.presence, Presence::ClaimCode | Presence::Button)
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("has_password", &self.password.is_some())
            .field("owner", &self.owner)
            .field("exchanges", &self.exchanges.len())
            .finish_non_exhaustive()
    }
}
