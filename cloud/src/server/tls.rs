//! Certificates and keys for the listeners. Without them a listener binds to loopback only.

use crate::server::StartError;
use crate::settings::TlsFiles;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;

/// Reads chain and key; `protocols` are offered by ALPN.
pub(super) fn load(files: &TlsFiles, protocols: &[&[u8]]) -> Result<Arc<ServerConfig>, StartError> {
    let unusable = |what: &dyn std::fmt::Display| StartError::Tls(what.to_string());
    let chain = CertificateDer::pem_file_iter(&files.certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(&format_args!("{}: {error}", files.certificates.display())))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| unusable(&format_args!("{}: {error}", files.key.display())))?;
    let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| unusable(&error))?;
    tls.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Arc::new(tls))
}

/// Refuses to speak in the clear to anyone but this machine.
pub(super) fn check_address(what: &'static str, address: SocketAddr, tls: bool) -> Result<(), StartError> {
    if tls || address.ip().is_loopback() { Ok(()) } else { Err(StartError::PlainText { what, address }) }
}
