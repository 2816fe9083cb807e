//! A proof that the phone holds its installation's key (RFC 9449): a signed token of one request.

use super::kept::INSTALLATION_KEY;
use crate::error::Fault;
use crate::ports::Ports;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porchlight_protocol::LinkHost;
use serde_json::json;

/// Makes the proof for a POST to `path`. `htu` names the link host, which both sides know, not the address that the
/// connection happens to go to.
pub(super) async fn make_proof(
    ports: &Ports,
    link_host: &LinkHost,
    path: &str,
    nonce: Option<&str>,
) -> Result<String, Fault> {
    let point = ports.public_key(INSTALLATION_KEY.to_owned()).await?;
    // SEC 1, section 2.3.3: 0x04, then x and y of 32 bytes each; `Ports` checked it.
    let (x, y) = point[1..].split_at(32);
    // RFC 7518, section 6.2.1
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) });
    // RFC 9449, section 4.2
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
    let mut claims = json!({
        "jti": uuid::Uuid::new_v4().simple().to_string(),
        "htm": "POST",
        "htu": format!("https://{link_host}{path}"),
        "iat": ports.wall_time().await / 1000,
    });
    if let Some(nonce) = nonce {
        // RFC 9449, section 8
        claims["nonce"] = nonce.into();
    }
    // RFC 7515, section 5.1
    let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = ports.sign(INSTALLATION_KEY.to_owned(), signed.clone().into_bytes()).await?;
    Ok(format!("{signed}.{}", encode(signature)))
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
