//! What a flow keeps before there is a claim, so that a killed app goes on where it was: section, site, what the label
//! said, what was filled in. Never a password.
//!
//! A label's claim code and fingerprint are in it (the same device is compared with the same label afterwards), so a
//! draft is sealed like every row of the phone. It lies in the cache, where one day is its longest life, and goes when
//! the flow has a claim or ends.

use super::details::DetailsForm;
use super::label::{self, LabelledDevice};
use super::steps::{DetailsStep, LabelStep, Place, Seen, State};
use crate::outbox::Secret;
use porchlight_label::{ClaimCode, Fingerprint, Reading};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{ClaimId, Maker, Model, Serial, SiteId};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Room for a row, so that growing it leaves no copies of its secrets behind.
const ROOM: usize = 8 * 1024;

/// A flow on its way to a claim, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DraftRow {
    section: Section,
    pub(super) site: SiteId,
    /// A claim that failed and is being corrected.
    former: Option<ClaimId>,
    /// The text of each label that was read.
    read: Vec<Secret>,
    typed: Option<String>,
    /// The device whose number was confirmed.
    device: Option<DeviceRow>,
    /// It is being filled in; else its label is being read (again).
    at_details: bool,
    name: String,
    time_zone: String,
    daylight_saving: bool,
    new_password: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct DeviceRow {
    serial: Serial,
    model: Model,
    fingerprint: Option<String>,
    claim_code: Option<Secret>,
}

impl DraftRow {
    /// What is kept of a state; nothing once there is a claim, or the flow is over.
    pub(super) fn of(state: &State) -> Option<Self> {
        match state {
            State::Label(step) => Some(Self::of_label(step)),
            State::Details(step) => Some(Self {
                device: Some(DeviceRow::of(&step.device)),
                at_details: true,
                name: step.form.name.clone(),
                time_zone: step.form.time_zone.clone(),
                daylight_saving: step.form.daylight_saving,
                new_password: step.new_password,
                ..Self::of_label(&step.label)
            }),
            _ => None,
        }
    }

    fn of_label(step: &LabelStep) -> Self {
        let read = match &step.seen {
            Seen::Readings(readings) => readings.iter().filter_map(label::text_of).collect(),
            Seen::Nothing | Seen::BeingRead | Seen::NoCode(_) => Vec::new(),
        };
        Self {
            section: step.place.section,
            site: step.place.site,
            former: step.former,
            // Exposed: into a row that is sealed.
            read: read.iter().map(|text: &SecretString| secret(text.expose_secret())).collect(),
            typed: step.typed.clone(),
            device: step.known.as_ref().map(DeviceRow::of),
            at_details: false,
            name: step.form.name.clone(),
            time_zone: step.form.time_zone.clone(),
            daylight_saving: step.form.daylight_saving,
            new_password: false,
        }
    }

    /// The state that it was kept of. `zone` is the site's.
    pub(super) fn into_state(self, id: ClaimId, maker: Maker, zone: String, now: i64) -> State {
        let readings: Vec<_> = self.read.iter().filter_map(Self::read_again).collect();
        let device = self.device.and_then(DeviceRow::into_device);
        let known = device.clone().or_else(|| readings.iter().find_map(label::with_fingerprint));
        let form =
            DetailsForm { name: self.name, time_zone: self.time_zone, daylight_saving: self.daylight_saving };
        let label = LabelStep {
            draft: id,
            place: Place { maker, section: self.section, site: self.site, time_zone: zone },
            seen: if readings.is_empty() { Seen::Nothing } else { Seen::Readings(readings) },
            turn: 0,
            former: self.former,
            typed: self.typed,
            known,
            form: form.clone(),
        };
        match device.filter(|_| self.at_details) {
            None => State::Label(label),
            Some(device) => State::Details(DetailsStep {
                label,
                device,
                form,
                now,
                problems: Vec::new(),
                new_password: self.new_password,
            }),
        }
    }

    fn read_again(text: &Secret) -> Option<Reading> {
        let text = text.0.expose_secret(); // exposed: read as it was read the first time
        std::str::from_utf8(text).ok().map(label::read_typed)
    }

    /// What the device is called in the list if it was added meanwhile.
    pub(super) fn serial(&self) -> Option<&Serial> {
        self.device.as_ref().filter(|_| self.at_details).map(|device| &device.serial)
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *bytes, self).expect("drafts are maps with text keys");
        bytes
    }

    /// One of another version may not be readable: then there is none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl DeviceRow {
    fn of(device: &LabelledDevice) -> Self {
        Self {
            serial: device.serial.clone(),
            model: device.model.clone(),
            fingerprint: device.fingerprint.map(|fingerprint| fingerprint.to_string()),
            // Exposed: into a row that is sealed.
            claim_code: device.claim_code.as_ref().map(|code| secret(code.secret().expose_secret())),
        }
    }

    /// None if its fingerprint cannot be read: without it the device must not be taken for the one that was confirmed.
    fn into_device(self) -> Option<LabelledDevice> {
        let fingerprint = match self.fingerprint {
            Some(text) => Some(Fingerprint::from_text(&text)?),
            None => None,
        };
        let claim_code = self.claim_code.and_then(|code| {
            let bytes = code.0.expose_secret(); // exposed: back into its own secret type
            ClaimCode::from_text(std::str::from_utf8(bytes).ok()?)
        });
        Some(LabelledDevice { serial: self.serial, model: self.model, fingerprint, claim_code })
    }
}

fn secret(text: &str) -> Secret {
    Secret(text.as_bytes().to_vec().into())
}
