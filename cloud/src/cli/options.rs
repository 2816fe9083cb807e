//! Every setting as a flag, with its default.

use super::log::{EnvFilterText, LogFormat, LogOptions};
use crate::db::{DatabaseLocation, NotALocation};
use crate::settings::{AndroidApp, AskLimits, IosApp, Settings, TlsFiles};
use clap::{ArgMatches, Args};
use lettre::message::Mailbox;
use porchlight_protocol::LinkHost;
use std::cmp::Ordering;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The settings of a server.
#[derive(Args, Debug)]
pub(super) struct Options {
    /// A TOML file with settings, named as the flags are (`claim_window_seconds = 120`); flags and environment win
    #[arg(long, env = "PORCHLIGHT_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// The folder for database, key and mail, as far as these are not set themselves; `serve` makes it when missing
    #[arg(long, env = "PORCHLIGHT_FOLDER", default_value = "porchlight-data")]
    folder: PathBuf,

    /// `sqlite:<path>` or `postgres://...` [default: sqlite:<folder>/porchlight.db]
    #[arg(long, env = "PORCHLIGHT_DATABASE", hide_env_values = true)]
    database: Option<DatabaseLocation>,

    /// A file that holds what --database says: for a URL with a password
    #[arg(long, env = "PORCHLIGHT_DATABASE_FILE", value_name = "FILE")]
    database_file: Option<PathBuf>,

    /// Where the JSON API listens; loopback only, unless certificates are set
    #[arg(long, env = "PORCHLIGHT_HTTP", default_value = "127.0.0.1:8080")]
    http: SocketAddr,

    /// Certificate chain of the JSON API, PEM, leaf first
    #[arg(long, env = "PORCHLIGHT_HTTP_CERTIFICATES", value_name = "FILE")]
    http_certificates: Option<PathBuf>,

    /// Key of that certificate, PEM
    #[arg(long, env = "PORCHLIGHT_HTTP_KEY", value_name = "FILE")]
    http_key: Option<PathBuf>,

    /// Where devices connect by MQTT; loopback only, unless certificates are set
    #[arg(long, env = "PORCHLIGHT_MQTT", default_value = "127.0.0.1:1883")]
    mqtt: SocketAddr,

    /// Certificate chain of the devices' channel, PEM, leaf first
    #[arg(long, env = "PORCHLIGHT_MQTT_CERTIFICATES", value_name = "FILE")]
    mqtt_certificates: Option<PathBuf>,

    /// Key of that certificate, PEM
    #[arg(long, env = "PORCHLIGHT_MQTT_KEY", value_name = "FILE")]
    mqtt_key: Option<PathBuf>,

    /// The host that links, proofs and devices' tokens name
    #[arg(long, env = "PORCHLIGHT_LINK_HOST", default_value = "porchlight.localhost")]
    link_host: LinkHost,

    /// The file with the server's 32-byte key; `serve` makes it when missing [default: <folder>/server.key]
    #[arg(long, env = "PORCHLIGHT_SERVER_KEY", value_name = "FILE")]
    server_key: Option<PathBuf>,

    /// The folder that mail is written to [default: <folder>/mail]
    #[arg(long, env = "PORCHLIGHT_MAIL_FOLDER", value_name = "FOLDER")]
    mail_folder: Option<PathBuf>,

    /// The address that mail comes from
    #[arg(long, env = "PORCHLIGHT_MAIL_FROM", default_value = "Porchlight <no-reply@porchlight.localhost>")]
    mail_from: Mailbox,

    /// The oldest version of an app that is served
    #[arg(long, env = "PORCHLIGHT_MINIMUM_CLIENT", default_value = "1.0.0", value_name = "VERSION")]
    minimum_client: Version,

    /// How long a claim may take
    #[arg(long, env = "PORCHLIGHT_CLAIM_WINDOW_SECONDS", default_value_t = 120, value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(1..=3600))]
    claim_window_seconds: u32,

    /// Claims that no device answered which an account may make in an hour
    #[arg(long, env = "PORCHLIGHT_UNANSWERED_CLAIMS_PER_HOUR", default_value_t = 20, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    unanswered_claims_per_hour: u32,

    /// Requests a minute for each session
    #[arg(long, env = "PORCHLIGHT_REQUESTS_PER_MINUTE", default_value_t = 600, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: u32,

    /// Sign-ins and registrations a minute for each network address
    #[arg(long, env = "PORCHLIGHT_SIGN_INS_PER_MINUTE", default_value_t = 30, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    sign_ins_per_minute: u32,

    /// Addresses of proxies before this server, separated by commas: their X-Forwarded-For says where a request is from
    #[arg(long, env = "PORCHLIGHT_TRUSTED_PROXIES", value_name = "ADDRESSES", value_delimiter = ',')]
    trusted_proxies: Vec<IpAddr>,

    /// Failed sign-ins of an identifier in an hour before answers are delayed
    #[arg(long, env = "PORCHLIGHT_SIGN_IN_FAILURES", default_value_t = 5, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    sign_in_failures: u32,

    /// Mails with a code that an address gets in an hour
    #[arg(long, env = "PORCHLIGHT_MAILS_PER_HOUR", default_value_t = 3, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    mails_per_hour: u32,

    /// Customers that an installer may add in a day
    #[arg(long, env = "PORCHLIGHT_CUSTOMERS_PER_DAY", default_value_t = 20, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    customers_per_day: u32,

    /// Customers of one organization that may wait for their answer at once
    #[arg(long, env = "PORCHLIGHT_CUSTOMERS_WAITING", default_value_t = 50, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    customers_waiting: u32,

    /// Requests for access that a company may have waiting with one customer
    #[arg(long, env = "PORCHLIGHT_REQUESTS_WAITING", default_value_t = 3, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    requests_waiting: u32,

    /// Requests for access that a company may send one customer in a day, whatever became of them
    #[arg(long, env = "PORCHLIGHT_REQUESTS_PER_DAY", default_value_t = 10, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_day: u32,

    /// Refusals of a customer, with no yes since, after which a company is silent for a while
    #[arg(long, env = "PORCHLIGHT_REFUSALS", default_value_t = 2, value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    refusals: u32,

    /// How long it is silent after the newest refusal
    #[arg(long, env = "PORCHLIGHT_SILENCE_HOURS", default_value_t = 168, value_name = "HOURS",
          value_parser = clap::value_parser!(u32).range(1..))]
    silence_hours: u32,

    /// How long a change stays in the feed; whoever comes later reads the lists again
    #[arg(long, env = "PORCHLIGHT_FEED_KEEPS_HOURS", default_value_t = 168, value_name = "HOURS",
          value_parser = clap::value_parser!(u32).range(1..))]
    feed_keeps_hours: u32,

    /// Android apps that open our links, each `<package>=<SHA-256 of its certificate>`, separated by commas
    #[arg(long, env = "PORCHLIGHT_ANDROID_APPS", value_name = "APPS", value_delimiter = ',')]
    android_apps: Vec<AndroidApp>,

    /// Apps of Apple's that open our links, each `<team>.<bundle>=<path>`, separated by commas
    #[arg(long, env = "PORCHLIGHT_IOS_APPS", value_name = "APPS", value_delimiter = ',')]
    ios_apps: Vec<IosApp>,

    /// How log lines look
    #[arg(long, env = "PORCHLIGHT_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,

    /// What is logged, as tracing's filters say it
    #[arg(long, env = "PORCHLIGHT_LOG", default_value = "info,sqlx=warn,hyper=error", value_name = "FILTER")]
    log: EnvFilterText,
}

/// `major.minor.patch`.
#[derive(Clone, Copy, Debug)]
struct Version((u32, u32, u32));

impl FromStr for Version {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        match (parts.next().flatten(), parts.next().flatten(), parts.next().flatten(), parts.next()) {
            (Some(major), Some(minor), Some(patch), None) => Ok(Self((major, minor, patch))),
            _ => Err("a version is three numbers, like 1.4.0"),
        }
    }
}

/// A setting that says nothing usable.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{path} cannot be read: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} cannot be made: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("{path} does not hold a database: {source}")]
    Database { path: PathBuf, source: NotALocation },
    #[error("--database and --database-file are both set: leave one out")]
    TwoDatabases,
    #[error("--{what}-certificates and --{what}-key go together: one of them is missing")]
    HalfTls { what: &'static str },
}

impl Options {
    /// Of `--database` and `--database-file`, what was said nearer wins: flag, environment, file.
    pub(super) fn choose_database(&mut self, matches: &ArgMatches) {
        match matches.value_source("database").cmp(&matches.value_source("database_file")) {
            Ordering::Less => self.database = None,
            Ordering::Greater => self.database_file = None,
            Ordering::Equal => {}
        }
    }

    /// Makes the folder of a server that begins.
    pub(super) fn make_folder(&self) -> Result<(), OptionsError> {
        // Accounts, mail and the server's key lie in there: nobody else's business.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|source| OptionsError::Folder { path: self.folder.clone(), source })
    }

    /// All settings, resolved.
    pub(super) fn resolve(self) -> Result<(Settings, LogOptions), OptionsError> {
        let in_folder = Settings::in_folder(&self.folder);
        let database = match (self.database, self.database_file) {
            (Some(_), Some(_)) => return Err(OptionsError::TwoDatabases),
            (Some(database), None) => database,
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(text) => text.trim().parse().map_err(|source| OptionsError::Database { path, source })?,
                Err(source) => return Err(OptionsError::File { path, source }),
            },
            (None, None) => in_folder.database,
        };
        let settings = Settings {
            database,
            http: self.http,
            http_tls: tls("http", self.http_certificates, self.http_key)?,
            mqtt: self.mqtt,
            mqtt_tls: tls("mqtt", self.mqtt_certificates, self.mqtt_key)?,
            link_host: self.link_host,
            server_key: self.server_key.unwrap_or(in_folder.server_key),
            mail_folder: self.mail_folder.unwrap_or(in_folder.mail_folder),
            mail_from: self.mail_from,
            minimum_client: self.minimum_client.0,
            claim_window: Duration::from_secs(self.claim_window_seconds.into()),
            unanswered_claims_per_hour: self.unanswered_claims_per_hour,
            requests_per_minute: self.requests_per_minute,
            sign_ins_per_minute: self.sign_ins_per_minute,
            trusted_proxies: self.trusted_proxies,
            sign_in_failures: self.sign_in_failures,
            mails_per_hour: self.mails_per_hour,
            customers_per_day: self.customers_per_day,
            customers_waiting: self.customers_waiting,
            asking: AskLimits {
                waiting: self.requests_waiting,
                a_day: self.requests_per_day,
                refusals: self.refusals,
                silence: Duration::from_secs(u64::from(self.silence_hours) * 3600),
            },
            feed_keeps: Duration::from_secs(u64::from(self.feed_keeps_hours) * 3600),
            android_apps: self.android_apps,
            ios_apps: self.ios_apps,
        };
        Ok((settings, LogOptions { format: self.log_format, filter: self.log }))
    }
}

/// Asked here and not of clap, which does not see what comes from the file of `--config`.
fn tls(
    what: &'static str,
    certificates: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<TlsFiles>, OptionsError> {
    match (certificates, key) {
        (Some(certificates), Some(key)) => Ok(Some(TlsFiles { certificates, key })),
        (None, None) => Ok(None),
        _ => Err(OptionsError::HalfTls { what }),
    }
}
