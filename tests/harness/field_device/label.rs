//! What the maker prints on the device, and what the maker tells the cloud about it.

use porchlight_protocol::{Base64Url, DeviceName, Model};

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
