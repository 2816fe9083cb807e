//! What was read from a label: in full for the flow, without its secrets for a screen.

use porchlight_label::{
    ClaimCode, Family, Finding, Fingerprint, Identifier, PrintedLabel, Reading, SecretKind, read, read_serial,
};
use porchlight_protocol::{Model, Serial};
use porchlight_scan::{Code, ScanError};
use secrecy::SecretString;

/// The most codes of one picture that are shown.
const MAX_READINGS: usize = 8;
/// What is longer than this is no number.
const MAX_TYPED: usize = 48;

/// What a text on a label says, as a screen shows it: without what is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelReading {
    /// Whose grammar it follows; none: it is no label that is known here.
    pub family: Option<Family>,
    /// The serial, to be compared with the label and confirmed.
    pub serial: Option<String>,
    /// The model, as printed.
    pub model: Option<String>,
    /// Which secrets are on the label; their values are not shown.
    pub secrets: Vec<SecretKind>,
    /// Other names of the device or its enclosure.
    pub identifiers: Vec<Identifier>,
    /// What is wrong with it, or worth knowing.
    pub findings: Vec<Finding>,
    /// What it probably meant; each can be confirmed instead.
    pub repairs: Vec<LabelRepair>,
    /// Its serial can be confirmed as it is.
    pub is_complete: bool,
}

/// What a label probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRepair {
    /// The serial as it would be.
    pub serial: String,
    /// Places in `serial` that differ from what was read, counted in characters.
    pub changed: Vec<usize>,
}

/// Where the reading of a label is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelProgress {
    /// Nothing was offered yet.
    Waiting,
    /// A picture is being read; at most 2 seconds.
    Reading,
    /// What was read, the most telling first. A person confirms one serial.
    Read {
        /// At least one.
        readings: Vec<LabelReading>,
    },
    /// The picture holds no code, or could not be read.
    NothingRead {
        /// Why, if it is not just that there is no code.
        problem: Option<ScanError>,
    },
}

impl LabelReading {
    pub(super) fn of(reading: &Reading) -> Self {
        let repairs = reading.repairs.iter();
        Self {
            family: reading.family,
            serial: reading.serial.clone(),
            model: reading.model.clone(),
            secrets: reading.secrets.iter().map(|secret| secret.kind).collect(),
            identifiers: reading.identifiers.clone(),
            findings: reading.findings.clone(),
            repairs: repairs
                .map(|repair| LabelRepair { serial: repair.serial.clone(), changed: repair.changed.clone() })
                .collect(),
            is_complete: reading.is_complete(),
        }
    }
}

/// A device as its label names it, its serial confirmed by a person.
#[derive(Clone, Debug)]
pub(crate) struct LabelledDevice {
    pub(crate) serial: Serial,
    pub(crate) model: Model,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) claim_code: Option<ClaimCode>,
}

impl LabelledDevice {
    fn of(reading: &Reading) -> Option<Self> {
        let serial: Serial = reading.serial.as_deref()?.parse().ok()?;
        let printed = reading.model.as_deref().and_then(|model| model.parse().ok());
        Some(Self {
            model: printed.unwrap_or_else(|| model_of(&serial)),
            serial,
            fingerprint: reading.fingerprint,
            claim_code: reading.claim_code.clone(),
        })
    }
}

/// The model by the serial's pattern: what stands before its first hyphen. The cloud's inventory is not asked (it would
/// tell strangers which serials exist) and has the last word when the device is added.
fn model_of(serial: &Serial) -> Model {
    let pattern = serial.as_str().split_once('-').map(|(model, _)| model).filter(|model| model.len() >= 2);
    pattern.unwrap_or("unknown").parse().expect("letters and digits, fewer than a model may have")
}

/// Reads what a person typed: a whole label, or just a serial.
pub(super) fn read_typed(text: &str) -> Reading {
    let whole = read(text);
    match whole.family {
        Some(Family::Porchlight | Family::Dahua) => whole,
        // Everything else in the field "number" is a serial, or wrong as one. A web address is told as such.
        Some(Family::Guid | Family::Mac | Family::PlainSerial) | None => {
            let is_address = |finding: &Finding| matches!(finding, Finding::WebAddress { .. });
            if whole.findings.iter().any(is_address) { whole } else { read_serial(text) }
        }
    }
}

/// What was typed, as far as a screen may keep it: a number. Of a whole label, which may hold a claim code, its serial.
pub(super) fn without_secrets(typed: &str, reading: &Reading) -> String {
    let may_be_label = typed.contains([':', '{']) || typed.chars().count() > MAX_TYPED;
    if may_be_label { reading.serial.clone().unwrap_or_default() } else { typed.to_owned() }
}

/// The text of a label that reads like this one; of one that is not ours, its number.
pub(super) fn text_of(reading: &Reading) -> Option<SecretString> {
    let serial = reading.serial.clone()?;
    Some(match (reading.fingerprint, reading.is_complete()) {
        (Some(fingerprint), true) => {
            let model = reading.model.clone().unwrap_or_default();
            PrintedLabel { serial, model, fingerprint, claim_code: reading.claim_code.clone() }.to_text()
        }
        _ => serial.into(),
    })
}

/// The device of a reading that names the device's key.
pub(super) fn with_fingerprint(reading: &Reading) -> Option<LabelledDevice> {
    LabelledDevice::of(reading).filter(|device| reading.is_complete() && device.fingerprint.is_some())
}

/// A device of the same number again: what its label said before, if it says no more now.
pub(super) fn with_what_is_known(read: LabelledDevice, known: Option<&LabelledDevice>) -> LabelledDevice {
    match known {
        Some(known) if known.serial == read.serial && read.fingerprint.is_none() => known.clone(),
        _ => read,
    }
}

/// Reads the codes of a picture, the most telling first. The texts are wiped: they may hold a claim code.
pub(super) fn read_codes(codes: Vec<Code>) -> Vec<Reading> {
    let texts = codes.into_iter().map(|code| zeroize::Zeroizing::new(code.text));
    let mut readings: Vec<Reading> = texts.map(|text| read(&text)).collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.rank()));
    readings.truncate(MAX_READINGS);
    readings
}

/// Whether a code's text is a device's label, as far as it can be told.
pub(super) fn is_label(text: &str) -> bool {
    read(text).family.is_some()
}

/// The device whose serial a person confirmed: as it was read, or as a repair has it.
pub(super) fn confirmed(readings: &[Reading], serial: &str) -> Option<LabelledDevice> {
    let as_read = readings.iter().filter(|reading| reading.is_complete());
    let repaired = readings.iter().flat_map(|reading| &reading.repairs).map(|repair| &*repair.reading);
    as_read
        .chain(repaired)
        .find(|reading| reading.serial.as_deref() == Some(serial))
        .and_then(LabelledDevice::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use porchlight_scan::{Corner, Symbology};
    use secrecy::ExposeSecret as _;

    fn printed() -> String {
        let label = PrintedLabel {
            serial: "LX4-0000123".into(),
            model: "LX-4".into(),
            fingerprint: Fingerprint::of_public_key(&[4; 65]),
            claim_code: Some(ClaimCode::from_bytes([7; 10])),
        };
        label.to_text().expose_secret().to_owned()
    }

    fn code(text: &str) -> Code {
        Code { symbology: Symbology::Qr, text: text.to_owned(), corners: [Corner::default(); 4] }
    }

    #[test]
    fn device_label_comes_before_other_codes_of_the_picture() {
        let codes = ["https://example.com/manual", "00:1A:2B:3C:4D:5E", &printed(), "456654855"];
        let readings = read_codes(codes.into_iter().map(code).collect());
        assert_eq!(readings[0].family, Some(Family::Porchlight));
        assert_eq!(readings[1].family, Some(Family::PlainSerial));
        let device = confirmed(&readings, "LX4-0000123").unwrap();
        assert_eq!(device.model.as_str(), "LX-4");
        assert!(device.claim_code.is_some() && device.fingerprint.is_some());
        assert!(confirmed(&readings, "456654855").unwrap().fingerprint.is_none());
        assert!(confirmed(&readings, "LX4-0000124").is_none());
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let shown = LabelReading::of(&read_typed(&printed()));
        assert_eq!(shown.secrets, [SecretKind::ClaimCode]);
        let secret = ClaimCode::from_bytes([7; 10]).secret().expose_secret().to_owned();
        assert!(!format!("{shown:?}").contains(&secret));
    }

    #[test]
    fn typed_text_is_a_label_or_a_serial() {
        assert_eq!(read_typed(&printed()).family, Some(Family::Porchlight));
        assert_eq!(read_typed("lx4-0000123 ").serial.as_deref(), Some("LX4-0000123"));
        assert_eq!(read_typed("001A2B3C4D5E").serial.as_deref(), Some("001A2B3C4D5E"));
        assert!(matches!(read_typed("https://a.example/x").findings[..], [Finding::WebAddress { .. }]));
        assert_eq!(read_typed("AB/12").findings, [Finding::ForeignCharacter { character: '/' }]);
    }

    #[test]
    fn look_alike_is_confirmed_as_read_or_as_repaired() {
        let readings = [read_typed("2M047C9OAN00005")];
        for serial in ["2M047C9OAN00005", "2M047C90AN00005"] {
            assert_eq!(confirmed(&readings, serial).unwrap().serial.as_str(), serial);
        }
    }

    #[test]
    fn label_with_a_wrong_check_is_confirmed_as_a_repair_only() {
        let readings = [read_typed(&printed().to_lowercase())];
        assert!(!readings[0].is_complete());
        assert!(confirmed(&readings, "LX4-0000123").unwrap().claim_code.is_some());
        let mut wrong = printed();
        wrong.replace_range(4..6, "QQ");
        assert!(confirmed(&[read_typed(&wrong)], "QQ4-0000123").is_none());
    }

    #[test]
    fn model_is_the_serials_beginning_or_unknown() {
        let model = |serial: &str| model_of(&serial.parse().unwrap()).to_string();
        assert_eq!(model("CAM-0001"), "CAM");
        assert_eq!(model("2M047C9PAN00005"), "unknown");
        assert_eq!(model("-0001"), "unknown");
        assert_eq!(model(&format!("{}-", "A".repeat(31))), "A".repeat(31));
    }
}
