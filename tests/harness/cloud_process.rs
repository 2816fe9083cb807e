//! The cloud as a process of its own, so that it can be killed without a word, and its memory and log be looked at.

use crate::cloud::{Mail, read_mails};
use crate::field_device::CloudAddress;
use porchlight_protocol::LinkHost;
use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A cloud on SQLite in a folder of its own, on ports that stay through restarts.
#[derive(Debug)]
pub struct CloudProcess {
    program: PathBuf,
    child: Option<Child>,
    http: SocketAddr,
    mqtt: SocketAddr,
    claim_window_seconds: u32,
    /// None: as many as this process may.
    open_files: Option<u32>,
    folder: PathBuf,
    temporary: TempDir,
}

impl CloudProcess {
    /// Starts `program` (`env!("CARGO_BIN_EXE_cloud_process")`); waits until it listens.
    pub async fn start(program: &str, claim_window_seconds: u32) -> Self {
        Self::start_as(program, |process| process.claim_window_seconds = claim_window_seconds).await
    }

    /// Starts it where the system lets it open only so many files and connections.
    pub async fn start_with_files(program: &str, open_files: u32) -> Self {
        Self::start_as(program, |process| process.open_files = Some(open_files)).await
    }

    /// Starts it on this folder; its log lies elsewhere.
    pub async fn start_in(program: &str, folder: &Path) -> Self {
        Self::start_as(program, |process| folder.clone_into(&mut process.folder)).await
    }

    async fn start_as(program: &str, change: impl FnOnce(&mut Self)) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let mut process = Self {
            program: program.into(),
            child: None,
            http: free_address(),
            mqtt: free_address(),
            claim_window_seconds: 120,
            open_files: None,
            folder: temporary.path().join("data"),
            temporary,
        };
        change(&mut process);
        process.resume().await;
        process
    }

    /// Starts it (again) on what it has stored.
    pub async fn resume(&mut self) {
        let log = File::options().create(true).append(true).open(self.log_file()).expect("a log file");
        let mut command = match self.open_files {
            None => Command::new(&self.program),
            Some(files) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", "ulimit -n \"$1\" && shift && exec \"$@\"", "sh", &files.to_string()]);
                shell.arg(&self.program);
                shell
            }
        };
        let child = command
            .args(["serve", "--log", "debug,sqlx=trace", "--requests-per-minute", "1000000"])
            .arg("--folder")
            .arg(self.folder())
            .args(["--http", &self.http.to_string(), "--mqtt", &self.mqtt.to_string()])
            .args(["--claim-window-seconds", &self.claim_window_seconds.to_string()])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        self.child = Some(child);
        for address in [self.http, self.mqtt] {
            self.wait_for(address).await;
        }
    }

    async fn wait_for(&self, address: SocketAddr) {
        for _ in 0..1_000 {
            if TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody listens at {address}: {}", self.log());
    }

    /// SIGKILL: nothing is written any more, nobody is told.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it is ours");
            child.wait().expect("it is ours");
        }
    }

    /// Lists devices by the command line, as an operator does.
    pub fn add_inventory(&self, csv: &str) {
        let file = self.temporary.path().join("inventory.csv");
        std::fs::write(&file, csv).expect("a file in our folder");
        let output = Command::new(&self.program)
            .args(["inventory", "add"])
            .arg(&file)
            .arg("--folder")
            .arg(self.folder())
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Where devices find it.
    pub fn address(&self) -> CloudAddress {
        CloudAddress::plain(self.http, self.mqtt, self.link_host())
    }

    /// Where phones find it.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Where devices connect.
    pub fn mqtt(&self) -> SocketAddr {
        self.mqtt
    }

    /// The host of its links: the default.
    pub fn link_host(&self) -> LinkHost {
        "porchlight.localhost".parse().expect("a host name")
    }

    /// Its database, key and mail.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All mail so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        read_mails(&self.folder().join("mail"))
    }

    /// All it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.temporary.path().join("log.txt")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Kilobytes of memory that it holds (`VmRSS` of proc(5)).
    pub fn resident_kilobytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux tells it");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }
}

impl Drop for CloudProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that was free a moment ago: a killed cloud must come back where phones and devices look for it.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}
