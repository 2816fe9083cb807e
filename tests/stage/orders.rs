//! What the stage can be told to do.

use porchlight_protocol::people::Role;
use serde::Deserialize;

/// One line of standard input, as `{"do": "switch_on", "serial": "LX4-00001"}`.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Makes a device that the cloud knows of.
    Device {
        /// The password it is delivered with.
        #[serde(default)]
        password: Option<String>,
        /// Whether its label carries a claim code.
        #[serde(default)]
        claim_code: bool,
        /// Whether it gets power, and is waited for.
        #[serde(default)]
        on: bool,
    },
    /// Gives a device power and waits until it is connected.
    SwitchOn { serial: String },
    /// Takes a device's power.
    SwitchOff { serial: String },
    /// Somebody presses a device's button.
    PressButton { serial: String },
    /// Waits for the newest mailed code that was not asked for yet.
    Code { email: String },
    /// Registers and verifies an account.
    Account { email: String },
    /// Another account adds the device.
    Own { serial: String, password: String },
    /// Registers an account with a location and three devices, one of them switched off.
    Home { email: String },
    /// Founds a partner; its installer is signed in.
    Partner { company: String, email: String },
    /// Somebody with an account joins the partner.
    Join { email: String, role: Role },
    /// Somebody works for the partner no more.
    Leave { email: String },
    /// The partner adds somebody by address.
    Add { email: String, given_name: String, family_name: String },
    /// The partner adds somebody by address, and makes a location for them before they have answered.
    Prepare { email: String, site: String },
    /// The partner adds somebody who has an account, and who says yes.
    Customer { email: String },
    /// The partner's installer asks a customer for the whole account.
    Ask { email: String, hours: u32, comment: String },
    /// What the cloud says to this account is in German from now on.
    SpeakGerman { email: String },
    /// The time of all requests that wait for an answer is over.
    LetRequestsExpire,
    /// The minute of all links that were not used is over.
    LetCodesExpire,
    /// The cloud stops answering.
    CloudOff,
    /// The cloud answers again, at the same address.
    CloudOn,
}
