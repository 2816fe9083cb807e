//! Every setting of the server, with its default. Flags, environment and file come together in the command line
//! (`cli`); the rest of the crate sees only this.

use crate::db::DatabaseLocation;
use lettre::message::Mailbox;
use porchlight_protocol::LinkHost;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
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
    /// Customers that an installer may add in a day.
    pub customers_per_day: u32,
    /// Customers of one organization that may wait for their answer at once.
    pub customers_waiting: u32,
    /// How often a company may ask a customer for access.
    pub asking: AskLimits,
    /// How long a change stays in the feed.
    pub feed_keeps: Duration,
    /// Android apps that may open our links.
    pub android_apps: Vec<AndroidApp>,
    /// Apps of Apple's that may open our links.
    pub ios_apps: Vec<IosApp>,
}

/// How often a company may ask a customer for access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskLimits {
    /// Requests that may wait for the customer's answer at once.
    pub waiting: u32,
    /// Requests in a day, whatever became of them: each one is a mail.
    pub a_day: u32,
    /// After so many refusals, with no yes since, the company is silent.
    pub refusals: u32,
    /// For so long after the newest of them.
    pub silence: Duration,
}

impl Default for AskLimits {
    fn default() -> Self {
        Self { waiting: 3, a_day: 10, refusals: 2, silence: Duration::from_secs(7 * 24 * 3600) }
    }
}

/// An app of Android's, by its name and the certificate it is signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndroidApp {
    /// `io.porchlight.customer`.
    pub package: String,
    /// SHA-256 of the certificate: 32 pairs of hexadecimal digits in capitals, with colons between.
    pub fingerprint: String,
}

/// An app of Apple's, and the path of the links that it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IosApp {
    /// Team and bundle: `ABCDE12345.io.porchlight.customer`.
    pub id: String,
    /// `/h`.
    pub path: String,
}

/// A text that names no app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnApp {
    /// Not `<package>=<fingerprint>`.
    #[error(
        "write <package>=<SHA-256 of the certificate>, as in io.porchlight.customer=AB:CD:... with 32 pairs"
    )]
    Android,
    /// Not `<team>.<bundle>=<path>`.
    #[error("write <team>.<bundle>=<path>, as in ABCDE12345.io.porchlight.customer=/h")]
    Ios,
}

fn is_app_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    name.contains('.') && name.split('.').all(is_part)
}

impl FromStr for AndroidApp {
    type Err = NotAnApp;

    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let (package, fingerprint) = text.split_once('=').ok_or(NotAnApp::Android)?;
        let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
        let is_whole = fingerprint.split(':').count() == 32 && fingerprint.split(':').all(is_pair);
        if is_app_name(package) && is_whole {
            Ok(Self { package: package.to_owned(), fingerprint: fingerprint.to_ascii_uppercase() })
        } else {
            Err(NotAnApp::Android)
        }
    }
}

impl FromStr for IosApp {
    type Err = NotAnApp;

    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let (id, path) = text.split_once('=').ok_or(NotAnApp::Ios)?;
        let is_path = path.starts_with('/') && path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/');
        if is_app_name(id) && is_path {
            Ok(Self { id: id.to_owned(), path: path.to_owned() })
        } else {
            Err(NotAnApp::Ios)
        }
    }
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
            customers_per_day: 20,
            customers_waiting: 50,
            asking: AskLimits::default(),
            feed_keeps: Duration::from_secs(7 * 24 * 3600),
            android_apps: Vec::new(),
            ios_apps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_is_named_with_what_shows_that_it_is_the_one() {
        let pairs = vec!["ab"; 32].join(":");
        let app: AndroidApp = format!("io.porchlight.customer={pairs}").parse().unwrap();
        assert_eq!((app.package.as_str(), app.fingerprint), ("io.porchlight.customer", pairs.to_uppercase()));
        for text in
            ["", "io.porchlight", &format!("porchlight={pairs}"), &format!("a..b={pairs}"), "a.b=AB:CD"]
        {
            assert_eq!(text.parse::<AndroidApp>(), Err(NotAnApp::Android), "{text}");
        }
        let app: IosApp = "ABCDE12345.io.porchlight.customer=/h".parse().unwrap();
        assert_eq!((app.id.as_str(), app.path.as_str()), ("ABCDE12345.io.porchlight.customer", "/h"));
        for text in ["", "ABCDE12345.io.porchlight", "a.b=h", "a.b=/*", "a\"b.c=/h"] {
            assert_eq!(text.parse::<IosApp>(), Err(NotAnApp::Ios), "{text}");
        }
    }
}
