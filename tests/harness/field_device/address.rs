//! Where a device finds its cloud, and whom it trusts to be it.

use porchlight_protocol::LinkHost;
use rumqttc::Transport;
use std::net::SocketAddr;
use std::time::Duration;

/// Where a device finds its cloud.
#[derive(Clone, Debug)]
pub struct CloudAddress {
    /// The API without a path: `http://127.0.0.1:8080`.
    pub http: String,
    /// The channel's host.
    pub mqtt_host: String,
    /// The channel's port.
    pub mqtt_port: u16,
    /// What the device's tokens are for.
    pub link_host: LinkHost,
    /// Certificates to trust, as PEM: the channel is TLS, and `http` begins with `https`. None: plain, loopback only.
    pub roots: Option<Vec<u8>>,
}

impl CloudAddress {
    /// A plain cloud on this machine.
    pub fn plain(http: SocketAddr, mqtt: SocketAddr, link_host: LinkHost) -> Self {
        Self {
            http: format!("http://{http}"),
            mqtt_host: mqtt.ip().to_string(),
            mqtt_port: mqtt.port(),
            link_host,
            roots: None,
        }
    }

    pub(super) fn transport(&self) -> Transport {
        match &self.roots {
            Some(pem) => Transport::tls(pem.clone(), None, None),
            None => Transport::tcp(),
        }
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "a device is no app: it has no core, and a client of its own"
    )]
    pub(super) fn http_client(&self) -> reqwest::Client {
        // The second one to come finds ring there already.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let roots = self.roots.as_deref().map(reqwest::Certificate::from_pem_bundle);
        let roots = roots.transpose().expect("the roots are PEM").unwrap_or_default();
        reqwest::Client::builder()
            .tls_certs_only(roots)
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .user_agent("porchlight-field-device")
            .build()
            .expect("the client has nothing that could be missing")
    }
}
