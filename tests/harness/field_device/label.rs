//! What the maker prints on the device, and what the maker tells the cloud about it.

use super::FieldDevice;
use porchlight_label::{ClaimCode, Fingerprint, PrintedLabel};
use porchlight_protocol::{Base64Url, DeviceName, Model};
use secrecy::SecretString;

/// The text of the QR code on the device.
pub(super) fn print(
    device: &DeviceName,
    model: &Model,
    fingerprint: Fingerprint,
    claim_code: Option<ClaimCode>,
) -> SecretString {
    let (serial, model) = (device.serial.to_string(), model.to_string());
    PrintedLabel { serial, model, fingerprint, claim_code }.to_text()
}

/// The file that `porchlight inventory add` reads, for these devices.
pub fn inventory_file<'d>(devices: impl IntoIterator<Item = &'d FieldDevice>) -> String {
    let mut file = "maker,serial,model,public key,has password\n".to_owned();
    for device in devices {
        file.push_str(&device.inventory_line());
        file.push('\n');
    }
    file
}

/// CSV: maker, serial, model, public key, has password. A model may hold a comma or a quote (RFC 4180, section 2).
pub(super) fn inventory_line(
    device: &DeviceName,
    model: &Model,
    public_key: &[u8],
    has_password: bool,
) -> String {
    let model = model.as_str();
    let model = if model.contains([',', '"']) {
        format!("\"{}\"", model.replace('"', "\"\""))
    } else {
        model.to_owned()
    };
    let key = Base64Url(public_key.to_vec()).to_text();
    let has_password = if has_password { "yes" } else { "no" };
    format!("{},{},{model},{key},{has_password}", device.maker, device.serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inventory_line_holds_what_the_cloud_needs_whatever_the_model_is_called() {
        let device = "acme.CAM-0001".parse().expect("a device name");
        let line = |model: &str| inventory_line(&device, &model.parse().expect("a model"), &[4; 3], true);
        assert_eq!(line("Cam 2"), "acme,CAM-0001,Cam 2,BAQE,yes");
        assert_eq!(line("Cam 2\", black"), "acme,CAM-0001,\"Cam 2\"\", black\",BAQE,yes");
    }

    #[test]
    fn printed_label_is_one_that_the_reader_reads() {
        use secrecy::ExposeSecret as _;
        let device = "acme.CAM-0001".parse().expect("a device name");
        let fingerprint = Fingerprint::of_public_key(&[4; 65]);
        let code = ClaimCode::from_bytes([7; 10]);
        let text = print(&device, &"Cam 2".parse().expect("a model"), fingerprint, Some(code));
        let reading = porchlight_label::read(text.expose_secret()); // exposed: a camera reads it
        assert!(reading.findings.is_empty(), "{reading:?}");
        assert_eq!((reading.serial.as_deref(), reading.fingerprint), (Some("CAM-0001"), Some(fingerprint)));
    }
}
