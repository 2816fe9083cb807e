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

    pub(super) fn http_client(&self) -> reqwest::Client {
        // Already installed: another device of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = self.roots.as_deref().map(reqwest::Certificate::from_pem_bundle);
        let roots = roots.transpose().expect("the roots are PEM").unwrap_or_default();
        reqwest::Client::builder()
            .tls_certs_only(roots)
            .timeout(Duration::from_secs(5))
            .user_agent("porchlight-field-device")
            .build()
            .expect("the client has nothing that could be missing")
    }
}
