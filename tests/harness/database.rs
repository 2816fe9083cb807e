//! Databases for tests: the same test runs on SQLite and on PostgreSQL ([`on_both_engines!`](crate::on_both_engines)).
//!
//! PostgreSQL: one server for each test binary, in a folder of its own, on a Unix socket, as the user `postgres` where
//! the tests run as root (the server refuses to be root). It ends with the test process: its shell waits for the end
//! of a pipe that this process holds. Each test gets a database copied from a template that holds the schema, locale C.

use porchlight_cloud::db::{DatabaseLocation, Db};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};

/// A fresh database for one test.
#[derive(Debug)]
pub struct Database {
    /// As `Settings::database` takes it.
    pub location: DatabaseLocation,
    _folder: Option<TempDir>,
}

impl Database {
    /// Opens it, with the schema in place.
    pub async fn open(&self) -> Db {
        Db::open(&self.location).await.expect("a fresh database opens")
    }
}

/// A fresh SQLite file.
pub async fn sqlite() -> Database {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = DatabaseLocation::in_folder(folder.path());
    Database { location, _folder: Some(folder) }
}

/// A fresh PostgreSQL database.
pub async fn postgres() -> Database {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    static COPYING: Mutex<()> = Mutex::const_new(());
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = SERVER.get_or_init(Server::start).await;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    // PostgreSQL copies a template only while nobody else does.
    let _alone = COPYING.lock().await;
    server.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
    Database { location: server.location(&name), _folder: None }
}

const TEMPLATE: &str = "porchlight_template";

struct Server {
    socket: PathBuf,
    /// Its end closes the shell's standard input, and so ends the server.
    _shell: Child,
}

impl Server {
    async fn start() -> Self {
        let folder =
            tempfile::Builder::new().prefix("porchlight-pg-").tempdir().expect("a temporary folder").keep();
        let data = folder.join("data");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        run(as_postgres(&binary("initdb"))
            .args(["-N", "--locale=C", "--encoding=UTF8", "--auth=trust", "-U", "postgres", "-D"])
            .arg(&data));
        let shell = as_postgres(Path::new("/bin/sh"))
            .args(["-c", WATCHED_SERVER, "sh"])
            .arg(binary("postgres"))
            .arg(&data)
            .arg(&folder)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("PostgreSQL starts");
        let server = Self { socket: folder, _shell: shell };
        server.wait_until_ready().await;
        server.sql("postgres", &format!("CREATE DATABASE {TEMPLATE}"));
        Db::open(&server.location(TEMPLATE)).await.expect("the schema is made").close().await;
        server
    }

    async fn wait_until_ready(&self) {
        for _ in 0..200 {
            if self.psql("postgres", "SELECT 1").output().is_ok_and(|o| o.status.success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("PostgreSQL did not start within 10 s");
    }

    fn psql(&self, database: &str, sql: &str) -> Command {
        let mut psql = Command::new(binary("psql"));
        psql.args(["-X", "-q", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-h"]);
        psql.arg(&self.socket).args(["-d", database, "-c", sql]);
        psql
    }

    fn sql(&self, database: &str, sql: &str) {
        run(&mut self.psql(database, sql));
    }

    fn location(&self, database: &str) -> DatabaseLocation {
        let url = format!("postgres://postgres@localhost/{database}?host={}", self.socket.display());
        url.parse().expect("a location")
    }
}

/// Runs the server until standard input ends (this process is gone), then stops it and removes its folder.
const WATCHED_SERVER: &str = r#"
"$1" -D "$2" -k "$3" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c max_connections=400 \
     -c shared_buffers=64MB < /dev/null &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$3"
"#;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

/// A program of PostgreSQL, from the path or from where Debian keeps it.
fn binary(name: &str) -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let places = debian
        .map(|version| version.path().join("bin"))
        .chain(std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect::<Vec<_>>());
    places
        .map(|place| place.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{name} of PostgreSQL is not installed: `tests/run` installs it"))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes each `async fn name(database: Database)` two tests: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: Database) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn check($database: $crate::database::Database) $body

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check($crate::database::sqlite().await).await;
            }

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                check($crate::database::postgres().await).await;
            }
        }
    )+};
}
