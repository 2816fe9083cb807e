//! The real cloud in this process: on ports of its own, in a folder of its own, on either database.

use crate::database::Database;
use porchlight_cloud::{Cloud as Server, Settings};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A running cloud. Dropped, it stops with its folder.
#[derive(Debug)]
pub struct Cloud {
    /// What it runs with; ports are the real ones.
    pub settings: Settings,
    server: Option<Server>,
    _database: Option<Database>,
    _folder: TempDir,
}

/// A mail that the cloud sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Whom to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Cloud {
    /// On SQLite, with the settings as they come.
    pub async fn start() -> Self {
        Self::start_with(None, |_| {}).await
    }

    /// On this database (none: SQLite in its own folder), after `change` to the settings.
    pub async fn start_with(database: Option<Database>, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = Settings::in_folder(folder.path());
        settings.http.set_port(0);
        settings.mqtt.set_port(0);
        if let Some(database) = &database {
            settings.database.clone_from(&database.location);
        }
        change(&mut settings);
        let mut cloud = Self { settings, server: None, _database: database, _folder: folder };
        cloud.resume().await;
        cloud
    }

    /// Starts it (again), on the same ports and the same database.
    pub async fn resume(&mut self) {
        let server = Server::start(self.settings.clone()).await.expect("the cloud starts");
        self.settings.http = server.http_address();
        self.settings.mqtt = server.mqtt_address();
        self.server = Some(server);
    }

    /// Stops it; everything stored stays.
    pub async fn pause(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Where phones reach it.
    pub fn http(&self) -> SocketAddr {
        self.settings.http
    }

    /// Where devices reach it.
    pub fn mqtt(&self) -> SocketAddr {
        self.settings.mqtt
    }

    /// An absolute URL of its API.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http())
    }

    /// Its database.
    pub async fn db(&self) -> porchlight_cloud::db::Db {
        self.server.as_ref().expect("the cloud runs").state().db.clone()
    }

    /// Lists devices from the text of an inventory file; how many are new.
    pub async fn add_inventory(&self, file: &str) -> usize {
        let server = self.server.as_ref().expect("the cloud runs");
        let added = porchlight_cloud::add_device::inventory::add(&server.state().db, file.as_bytes()).await;
        added.expect("a good file").new
    }

    /// All mail so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        read_mails(&self.settings.mail_folder)
    }

    /// Waits for a code that was mailed to this address, after the first `seen` mails; others may come between.
    pub async fn code_to(&self, address: &str, seen: usize) -> String {
        for _ in 0..500 {
            let mails = mails_to(address, &|| self.mails());
            match mails.iter().skip(seen).find_map(Mail::find_code) {
                Some(code) => return code,
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        panic!("no code for {address} within 5 s");
    }

    /// Waits for the newest mail to this address that is not among the first `seen`.
    pub async fn mail_to(&self, address: &str, seen: usize) -> Mail {
        newest_mail(address, seen, &|| self.mails()).await
    }
}

/// The mail to this address.
pub(crate) fn mails_to(address: &str, mails: &impl Fn() -> Vec<Mail>) -> Vec<Mail> {
    mails().into_iter().filter(|mail| mail.to.contains(address)).collect()
}

/// Waits for the newest mail to this address that is not among the first `seen`.
pub(crate) async fn newest_mail(address: &str, seen: usize, mails: &impl Fn() -> Vec<Mail>) -> Mail {
    for _ in 0..500 {
        match mails_to(address, mails).last() {
            Some(newest) if mails_to(address, mails).len() > seen => return newest.clone(),
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("no mail to {address} within 5 s");
}

/// All mail in a folder, oldest first.
pub(crate) fn read_mails(folder: &Path) -> Vec<Mail> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    files.sort();
    files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).map(|raw| Mail::read(&raw)).collect()
}

impl Mail {
    fn read(raw: &str) -> Self {
        let raw = raw.replace("\r\n", "\n");
        let (head, body) = raw.split_once("\n\n").unwrap_or((&raw, ""));
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(name));
            line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        Self { to: header("to:"), subject: header("subject:"), text: decode_quoted_printable(body) }
    }

    /// The code of eight digits that it brings.
    pub fn code(&self) -> String {
        self.find_code().unwrap_or_else(|| panic!("no code in {:?}", self.text))
    }

    fn find_code(&self) -> Option<String> {
        let mut numbers = self.text.split(|c: char| !c.is_ascii_digit());
        numbers.find(|digits| digits.len() == 8).map(str::to_owned)
    }
}

/// RFC 2045, section 6.7: soft line breaks and `=XX`.
fn decode_quoted_printable(body: &str) -> String {
    let body = body.replace("=\n", "");
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'=') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_read_with_its_code() {
        let mail = Mail::read("To: kim@example.org\r\nSubject: Hi\r\n\r\nF=C3=BCr dich: 1234=\r\n5678.\r\n");
        assert_eq!((mail.to.as_str(), mail.code().as_str()), ("kim@example.org", "12345678"));
        assert!(mail.text.starts_with("Für dich"));
    }
}
