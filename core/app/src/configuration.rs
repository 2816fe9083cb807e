//! What the maker of an app decides: which cloud, which link host, whose devices, and how the app names itself.

use crate::error::{Fault, InputField, InputReason};
use porchlight_protocol::{LinkHost, Maker};
use url::{Host, Url};

/// How an app is set up. It does not change while the app runs.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Where the cloud's API is, for example `https://api.porchlight.example`. Plain http to loopback only.
    pub cloud: Url,
    /// The host that proofs and links name; a setting of the service, not necessarily the API's host.
    pub link_host: LinkHost,
    /// How the app names itself to the cloud, for example `customer-android`: 1 to 32 of `a-z`, `0-9`, `-`.
    pub client_name: String,
    /// The app's version, for example `1.4.0`: 1 to 32 of `0-9`, `.`.
    pub client_version: String,
    /// Whose devices the app adds, unless a label names another maker.
    pub maker: Maker,
    /// Roots of trust besides the public ones, as DER: for a service of one's own, or a company's proxy.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Configuration {
    /// The value of the `Porchlight-Client` header.
    pub(crate) fn client_header(&self) -> String {
        format!("{}/{}", self.client_name, self.client_version)
    }

    /// Whether the core can work with it.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let good_name =
            |text: &str, allowed: fn(u8) -> bool| (1..=32).contains(&text.len()) && text.bytes().all(allowed);
        let good_address = self.cloud.username().is_empty()
            && self.cloud.password().is_none()
            && self.cloud.query().is_none()
            && self.cloud.path() == "/";
        let checks = [
            (good_address && is_safe(&self.cloud), InputField::Cloud),
            (
                good_name(&self.client_name, |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')),
                InputField::ClientName,
            ),
            (good_name(&self.client_version, |b| matches!(b, b'0'..=b'9' | b'.')), InputField::ClientVersion),
        ];
        match checks.into_iter().find(|(good, _)| !good) {
            None => Ok(()),
            Some((_, field)) => Err(Fault::Input { field, reason: InputReason::NotAllowed }),
        }
    }
}

/// https anywhere; plain http only where nobody can listen.
fn is_safe(address: &Url) -> bool {
    match (address.scheme(), address.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(host))) => host.is_loopback(),
        ("http", Some(Host::Ipv6(host))) => host.is_loopback(),
        ("http", Some(Host::Domain(host))) => host == "localhost",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cloud(cloud: &str) -> Configuration {
        Configuration {
            cloud: cloud.parse().unwrap(),
            link_host: "porchlight.example".parse().unwrap(),
            client_name: "customer-test".into(),
            client_version: "1.4.0".into(),
            maker: "lumen".parse().unwrap(),
            extra_roots: vec![],
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in ["https://api.example", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost:1/"]
        {
            assert!(with_cloud(good).check().is_ok(), "{good}");
        }
        for bad in [
            "http://api.example",
            "http://127.0.0.1.example",
            "http://192.168.1.5",
            "ftp://127.0.0.1",
            "https://kim:secret@api.example",
            "https://api.example/below",
            "https://api.example/?x=1",
        ] {
            assert!(with_cloud(bad).check().is_err(), "{bad}");
        }
    }

    #[test]
    fn name_that_would_break_the_client_header_is_refused() {
        let mut configuration = with_cloud("https://api.example");
        assert_eq!(configuration.client_header(), "customer-test/1.4.0");
        configuration.client_name = "a\r\nx: y".into();
        assert!(configuration.check().is_err());
    }
}
