//! Every setting of the server, with its default. Flags, environment and file come together in the command line
//! (`cli`); the rest of the crate sees only this.

use crate::db::DatabaseLocation;
use lettre::message::Mailbox;
use porchlight_protocol::LinkHost;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// All settings, resolved.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub database: DatabaseLocation,
    /// Where the JSON API listens. Plain http: loopback only, unless `http_tls` is set.
    pub http: SocketAddr,
    /// Certificate chain and key for the JSON API.
    pub http_tls: Option<TlsFiles>,
    /// Where devices connect. Plain MQTT: loopback only, unless `mqtt_tls` is set.
    pub mqtt: SocketAddr,
    /// Certificate chain and key for the devices' channel.
    pub mqtt_tls: Option<TlsFiles>,
    /// The host that links, proofs and devices' tokens name.
    pub link_host: LinkHost,
    /// The file with the server's 32-byte key; made when it is missing.
    pub server_key: PathBuf,
    /// The folder that mail is written to.
    pub mail_folder: PathBuf,
    /// The address that mail comes from.
    pub mail_from: Mailbox,
    /// The oldest version of an app that is served.
    pub minimum_client: (u32, u32, u32),
    /// How long a claim may take.
    pub claim_window: Duration,
    /// How many claims without an answer an account may make in an hour.
    pub unanswered_claims_per_hour: u32,
    /// Requests a minute and session.
    pub requests_per_minute: u32,
    /// Sign-ins and registrations a minute and network address.
    pub sign_ins_per_minute: u32,
    /// Proxies of ours, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Failed sign-ins an identifier has in an hour before answers are delayed.
    pub sign_in_failures: u32,
    /// Mails an address gets in an hour.
    pub mails_per_hour: u32,
    /// How long a change stays in the feed.
    pub feed_keeps: Duration,
}

/// A certificate chain and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, leaf first.
    pub certificates: PathBuf,
    /// PKCS #8, SEC 1 or PKCS #1.
    pub key: PathBuf,
}

impl Settings {
    /// The defaults, with everything the server keeps in one folder.
    pub fn in_folder(folder: &std::path::Path) -> Self {
        Self {
            database: DatabaseLocation::in_folder(folder),
            http: SocketAddr::from(([127, 0, 0, 1], 8080)),
            http_tls: None,
            mqtt: SocketAddr::from(([127, 0, 0, 1], 1883)),
            mqtt_tls: None,
            link_host: "porchlight.localhost".parse().expect("a host name"),
            server_key: folder.join("server.key"),
            mail_folder: folder.join("mail"),
            mail_from: "Porchlight <no-reply@porchlight.localhost>".parse().expect("an address"),
            minimum_client: (1, 0, 0),
            claim_window: Duration::from_secs(120),
            unanswered_claims_per_hour: 20,
            requests_per_minute: 600,
            sign_ins_per_minute: 30,
            trusted_proxies: Vec::new(),
            sign_in_failures: 5,
            mails_per_hour: 3,
            feed_keeps: Duration::from_secs(7 * 24 * 3600),
        }
    }
}
