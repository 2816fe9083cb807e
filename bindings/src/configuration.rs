//! The configuration of an app.

use crate::{InputField, InputReason, PorchlightError};

/// What the maker of an app decides. It does not change while the app runs.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Configuration {
    /// Where the cloud's API is, for example `https://api.porchlight.example`. Plain http to loopback only.
    pub cloud: String,
    /// The host that links and proofs name: a setting of the service, not necessarily the API's host.
    pub link_host: String,
    /// How the app names itself to the cloud, for example `customer-android`: 1 to 32 of `a-z`, `0-9`, `-`.
    pub client_name: String,
    /// The app's version, for example `1.4.0`: 1 to 32 of `0-9`, `.`.
    pub client_version: String,
    /// Whose devices the app adds, unless a label names another maker.
    pub maker: String,
    /// Roots of trust besides the public ones, as DER: for a service of one's own, or a company's proxy.
    pub extra_roots: Vec<Vec<u8>>,
}

fn parse<T: std::str::FromStr>(text: &str, field: InputField) -> Result<T, PorchlightError> {
    text.parse().map_err(|_| PorchlightError::InvalidInput { field, reason: InputReason::NotAllowed })
}

impl TryFrom<Configuration> for porchlight_core::Configuration {
    type Error = PorchlightError;

    fn try_from(configuration: Configuration) -> Result<Self, PorchlightError> {
        let Configuration { cloud, link_host, client_name, client_version, maker, extra_roots } =
            configuration;
        Ok(Self {
            cloud: parse(&cloud, InputField::Cloud)?,
            link_host: parse(&link_host, InputField::LinkHost)?,
            client_name,
            client_version,
            maker: parse(&maker, InputField::Maker)?,
            extra_roots,
        })
    }
}
