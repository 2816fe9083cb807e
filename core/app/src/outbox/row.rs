//! A claim as it lies in `outbox.db`: with everything that is needed to finish it without a screen.
//!
//! Rows are JSON with a version, sealed as a whole. They are read leniently: fields of a newer app are ignored, and a
//! row that cannot be read at all stays where it is.

use crate::add_device::{AddDeviceFailure, ClaimPlan};
use porchlight_label::{ClaimCode, Fingerprint};
use porchlight_protocol::add_device::{ClaimTerms, Presence};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{AccountId, Base64Url, Maker, Model, Serial, SiteId};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// The version that this app writes.
const VERSION: u32 = 1;
/// Room for a row, so that growing it leaves no copies of its secrets behind.
const ROOM: usize = 8 * 1024;

/// A claim that waits or runs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ClaimRow {
    version: u32,
    /// Whose it is: it is never sent for another account.
    pub(crate) account: AccountId,
    /// Milliseconds UTC by the phone's clock.
    pub(crate) created_at: i64,
    /// What is claimed.
    #[serde(with = "StoredTerms")]
    pub(crate) terms: ClaimTerms,
    /// Of the label.
    pub(crate) fingerprint: Option<String>,
    /// Of the label.
    pub(crate) claim_code: Option<Secret>,
    /// The device's password, or the first one that it will have. None once it turned out to be of no use.
    pub(crate) password: Option<Secret>,
    /// Which exchange with the device.
    pub(crate) attempt: u32,
    /// The phone's side of that exchange, if it began.
    pub(crate) exchange: Option<ExchangeRow>,
    /// Failures since the last success, for the pause before the next try.
    #[serde(default)]
    pub(crate) failures: u32,
    /// How often the device was asked without a screen, and did not answer.
    #[serde(default)]
    pub(crate) unanswered: u32,
    /// When it goes on: milliseconds UTC by the phone's clock.
    #[serde(default)]
    pub(crate) next_at: i64,
    /// It did not reach the cloud the last time: what waits behind it at its site would not either.
    #[serde(default)]
    pub(crate) holds_back: bool,
    /// It does not go on by itself.
    pub(crate) needs_you: Option<AddDeviceFailure>,
}

/// The phone's side of one exchange: written before its first message leaves.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExchangeRow {
    /// The first message: KE1, or with the button a registration request.
    pub(crate) opening: Base64Url,
    /// `PhoneLogin`.
    pub(crate) login: Option<Secret>,
    /// `PhoneRegistration`, for a first password.
    pub(crate) registration: Option<Secret>,
    /// The request that belongs to it.
    pub(crate) registration_request: Option<Base64Url>,
    /// What the log-in with a claim code gave: needed when the device answers the registration.
    pub(crate) logged_in: Option<LoggedInRow>,
}

/// What a log-in gave.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LoggedInRow {
    /// The device's key, as the challenge told and the label's fingerprint agreed.
    pub(crate) device_key: Base64Url,
    /// `SessionKey`.
    pub(crate) session_key: Secret,
}

/// Secret bytes: base64url within a row that is sealed.
#[derive(Clone, Debug)]
pub(crate) struct Secret(pub(crate) SecretSlice<u8>);

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = Zeroizing::new(self.0.expose_secret().to_vec()); // exposed: into a row that is sealed at once
        serializer.serialize_str(&Zeroizing::new(to_text(&bytes)))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = Base64Url::from_text(&text).ok_or_else(|| serde::de::Error::custom("not base64url"))?;
        Ok(Self(bytes.0.into()))
    }
}

fn to_text(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// The terms as they are stored: the request refuses unknown fields, a row ignores them.
#[derive(Serialize, Deserialize)]
#[serde(remote = "ClaimTerms")]
struct StoredTerms {
    maker: Maker,
    serial: Serial,
    model: Model,
    section: Section,
    site: SiteId,
    name: String,
    time_zone: String,
    daylight_saving: bool,
    presence: Presence,
}

impl ClaimRow {
    /// A claim that was just decided.
    pub(crate) fn new(account: AccountId, now: i64, plan: ClaimPlan) -> Self {
        let bytes = |text: &str| Secret(text.as_bytes().to_vec().into());
        let code = plan.device.claim_code.as_ref();
        Self {
            version: VERSION,
            account,
            created_at: now,
            terms: plan.terms,
            fingerprint: plan.device.fingerprint.map(|fingerprint| fingerprint.to_string()),
            // Exposed, both: into secrets of the row.
            claim_code: code.map(|code| bytes(code.secret().expose_secret())),
            password: Some(bytes(plan.password.expose_secret())),
            attempt: 1,
            exchange: None,
            failures: 0,
            unanswered: 0,
            next_at: now,
            holds_back: false,
            needs_you: None,
        }
    }

    /// The row as bytes, to be sealed.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *bytes, self).expect("rows are maps with text keys");
        bytes
    }

    /// Reads what this or another version wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }

    /// Whether both are about the same device, for the same account.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        self.account == other.account
            && self.terms.maker == other.terms.maker
            && self.terms.serial == other.terms.serial
    }

    /// The label's fingerprint of the device's key.
    pub(crate) fn label_fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint.as_deref().and_then(Fingerprint::from_text)
    }

    /// The label's claim code.
    pub(crate) fn label_claim_code(&self) -> Option<ClaimCode> {
        let bytes = self.claim_code.as_ref()?.0.expose_secret(); // exposed: back into its own secret type
        ClaimCode::from_text(std::str::from_utf8(bytes).ok()?)
    }

    /// It ended: what the failure makes useless is wiped, the rest waits for the person.
    pub(crate) fn fail(&mut self, failure: AddDeviceFailure) {
        if !failure.may_try_again(self.terms.presence) {
            self.password = None;
        }
        self.exchange = None;
        self.needs_you = Some(failure);
    }

    /// The person wants it tried again. Whether it goes on under its own id: only a claim that merely expired does.
    pub(super) fn renew(&mut self, now: i64) -> bool {
        let expired =
            matches!(self.needs_you, Some(AddDeviceFailure::NoAnswer | AddDeviceFailure::WaitedTooLong));
        self.attempt = if expired { self.attempt.saturating_add(1) } else { 1 };
        self.exchange = None;
        (self.created_at, self.next_at) = (now, now);
        (self.failures, self.unanswered) = (0, 0);
        self.needs_you = None;
        expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::add_device::LabelledDevice;
    use porchlight_protocol::ClaimId;

    fn row() -> ClaimRow {
        let device = LabelledDevice {
            serial: "CAM-0001".parse().unwrap(),
            model: "CAM".parse().unwrap(),
            fingerprint: Some(Fingerprint::of_public_key(&[4; 65])),
            claim_code: Some(ClaimCode::from_bytes([7; 10])),
        };
        let terms = ClaimTerms {
            maker: "acme".parse().unwrap(),
            serial: device.serial.clone(),
            model: device.model.clone(),
            section: Section::Video,
            site: SiteId::mint(),
            name: "Gate".into(),
            time_zone: "Europe/Berlin".into(),
            daylight_saving: true,
            presence: Presence::Password,
        };
        let plan = ClaimPlan { id: ClaimId::mint_offline(), terms, device, password: "canary sesame".into() };
        ClaimRow::new(AccountId::mint(), 7, plan)
    }

    #[test]
    fn row_comes_back_and_ignores_what_a_newer_app_adds() {
        let row = row();
        let mut value: serde_json::Value = serde_json::from_slice(&row.to_bytes()).unwrap();
        value["version"] = 9.into();
        value["wallpaper"] = "blue".into();
        value["terms"]["colour"] = "white".into();
        let read = ClaimRow::from_bytes(value.to_string().as_bytes()).unwrap();
        assert_eq!(read.terms, row.terms);
        assert_eq!(read.label_fingerprint(), row.label_fingerprint());
        assert_eq!(
            read.label_claim_code().unwrap().secret().expose_secret(),
            row.label_claim_code().unwrap().secret().expose_secret()
        );
        assert_eq!(read.password.unwrap().0.expose_secret(), b"canary sesame");
    }

    #[test]
    fn password_goes_with_a_failure_that_makes_it_useless() {
        let mut row = row();
        row.fail(AddDeviceFailure::NoAnswer);
        assert!(row.password.is_some());
        row.fail(AddDeviceFailure::WrongPassword { tries_left: None });
        assert!(row.password.is_none());
        assert!(!format!("{row:?}").contains("canary"));
    }

    #[test]
    fn expired_claim_goes_on_under_its_id_and_a_failed_one_does_not() {
        let mut row = row();
        row.fail(AddDeviceFailure::NoAnswer);
        assert!(row.renew(9));
        assert_eq!((row.attempt, row.created_at, row.needs_you.is_none()), (2, 9, true));
        row.fail(AddDeviceFailure::DeviceFault);
        assert!(!row.renew(9));
        assert_eq!(row.attempt, 1);
    }
}
