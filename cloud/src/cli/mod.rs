//! The command line: `porchlight serve`, `porchlight inventory add FILE`, `porchlight openapi`.
//!
//! A setting comes from its flag, else from the environment (`PORCHLIGHT_...`), else from the file of `--config`, else
//! it has its default; `--help` shows all of them.

mod file;
mod log;
mod options;

use crate::add_device::inventory;
use crate::db::{DatabaseLocation, Db};
use crate::settings::Settings;
use crate::{Cloud, server};
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use options::Options;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// The cloud of Porchlight.
#[derive(Debug, Parser)]
#[command(name = "porchlight", version, about, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves apps (JSON over http) and devices (MQTT), until Ctrl-C or SIGTERM.
    Serve(Options),
    /// Tells the cloud which devices exist.
    Inventory {
        #[command(subcommand)]
        command: InventoryCommand,
    },
    /// Prints the description of the JSON API.
    Openapi,
}

#[derive(Debug, Subcommand)]
enum InventoryCommand {
    /// Adds the devices of a CSV file, all or none; its first line is `maker,serial,model,public key,has password`
    Add {
        /// The CSV file; UTF-8, at most 5 MiB and 10,000 rows.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

/// What a command ended with.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The program: reads the command line, does as told, and returns 0 if it worked.
pub fn main() -> ExitCode {
    match read_command_line().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Twice, when there is a configuration file: first to learn its name, then with its values as defaults.
fn read_command_line() -> Result<CommandLine, Box<dyn std::error::Error>> {
    let mut matches = CommandLine::command().get_matches();
    if let Some(file) = config_file(&matches) {
        matches = file::set_defaults(CommandLine::command(), &file)?.get_matches();
    }
    Ok(understand(&matches)?)
}

fn understand(matches: &ArgMatches) -> Result<CommandLine, clap::Error> {
    let mut command_line = CommandLine::from_arg_matches(matches)?;
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    match &mut command_line.command {
        Command::Serve(options) | Command::Inventory { command: InventoryCommand::Add { options, .. } } => {
            options.choose_database(innermost);
        }
        Command::Openapi => {}
    }
    Ok(command_line)
}

fn config_file(matches: &ArgMatches) -> Option<PathBuf> {
    let own = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    own.or_else(|| matches.subcommand().and_then(|(_, matches)| config_file(matches)))
}

fn run(command_line: CommandLine) -> Outcome {
    match command_line.command {
        Command::Serve(options) => serve(start_log(options)?),
        Command::Inventory { command: InventoryCommand::Add { file, options } } => {
            add_inventory(&start_log(options)?, &file)
        }
        Command::Openapi => say(&server::openapi_json()),
    }
}

fn start_log(options: Options) -> Result<Settings, options::OptionsError> {
    let (settings, log) = options.resolve()?;
    log::start(&log);
    Ok(settings)
}

fn serve(settings: Settings) -> Outcome {
    tokio::runtime::Runtime::new()?.block_on(async {
        // Listened to from the first moment: whoever saw the ports may ask to stop.
        let mut terminated = signal(SignalKind::terminate())?;
        let cloud = Cloud::start(settings).await?;
        // One line for a person or a script that waits for the ports; everything else is log.
        say(&format!("listening: http {} mqtt {}\n", cloud.http_address(), cloud.mqtt_address()))?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminated.recv() => {}
        }
        cloud.stop().await;
        Ok(())
    })
}

fn add_inventory(settings: &Settings, file: &std::path::Path) -> Outcome {
    if let DatabaseLocation::Sqlite(path) = &settings.database
        && !path.exists()
    {
        let path = path.display();
        return Err(format!(
            "there is no database at {path}: is --folder the server's? It makes one when it starts"
        )
        .into());
    }
    let content = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let added = tokio::runtime::Runtime::new()?.block_on(async {
        let db = Db::open(&settings.database).await?;
        let added = inventory::add(&db, content).await?;
        db.close().await;
        Ok::<_, inventory::InventoryError>(added)
    })?;
    say(&format!("{} devices, {} of them new\n", added.rows, added.new))
}

/// What was asked for goes to standard output.
fn say(text: &str) -> Outcome {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// What went wrong goes to standard error; there is nobody else to tell if that fails.
fn complain(error: &dyn std::error::Error) {
    use std::io::Write as _;
    let _nobody_listens = writeln!(std::io::stderr(), "porchlight: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(arguments: &[&str], file: Option<&str>) -> Settings {
        resolve(arguments, file).unwrap()
    }

    fn resolve(arguments: &[&str], file: Option<&str>) -> Result<Settings, options::OptionsError> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = CommandLine::command();
        if let Some(text) = file {
            let path = folder.path().join("porchlight.toml");
            std::fs::write(&path, text).unwrap();
            command = file::set_defaults(command, &path).unwrap();
        }
        let data = folder.path().to_str().unwrap();
        let line = ["porchlight", "serve", "--folder", data].into_iter().chain(arguments.iter().copied());
        let matches = command.try_get_matches_from(line).unwrap();
        match understand(&matches).unwrap().command {
            Command::Serve(options) => Ok(options.resolve()?.0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn default_of_the_command_line_is_the_default_of_the_settings() {
        let folder = std::path::Path::new("porchlight-data");
        let mut command_line = settings(&[], None);
        let defaults = Settings::in_folder(folder);
        // The folder of this test differs, and what lies in it.
        command_line.database.clone_from(&defaults.database);
        command_line.server_key.clone_from(&defaults.server_key);
        command_line.mail_folder.clone_from(&defaults.mail_folder);
        assert_eq!(format!("{command_line:?}"), format!("{defaults:?}"));
    }

    #[test]
    fn flag_wins_over_the_file_and_the_file_over_the_default() {
        let file = "claim_window_seconds = 7\nhttp = \"127.0.0.1:9\"\n";
        let settings = settings(&["--http", "127.0.0.1:10"], Some(file));
        assert_eq!(settings.claim_window, std::time::Duration::from_secs(7));
        assert_eq!(settings.http.port(), 10);
        assert_eq!(settings.mqtt.port(), 1883);
    }

    #[test]
    fn database_that_was_said_nearer_wins() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("url");
        std::fs::write(&secret, "postgres://kim@db.example/porchlight\n").unwrap();
        let secret = secret.to_str().unwrap();
        let in_file = "database = \"sqlite:other.db\"\n";
        let flag = settings(&["--database-file", secret], Some(in_file));
        assert_eq!(flag.database.to_string(), "postgres://db.example/porchlight");
        let file = settings(&[], Some(in_file));
        assert_eq!(file.database.to_string(), "sqlite:other.db");
        let flag =
            settings(&["--database", "sqlite:near.db"], Some(&format!("database_file = \"{secret}\"")));
        assert_eq!(flag.database.to_string(), "sqlite:near.db");
        let both = resolve(&["--database", "sqlite:near.db", "--database-file", secret], None);
        assert!(matches!(both, Err(options::OptionsError::TwoDatabases)));
    }

    #[test]
    fn inventory_goes_to_a_database_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("devices.csv");
        std::fs::write(&file, "maker,serial,model,public key,has password\n").unwrap();
        let settings = Settings::in_folder(folder.path());
        let refused = add_inventory(&settings, &file).unwrap_err().to_string();
        assert!(refused.contains("porchlight.db") && refused.contains("--folder"), "{refused}");
        assert!(!folder.path().join("porchlight.db").exists(), "nothing was made");
    }

    #[test]
    fn half_of_tls_is_refused_wherever_it_is_said() {
        for (flags, file) in [
            (vec!["--http-key", "key.pem"], None),
            (vec![], Some("http_certificates = \"chain.pem\"")),
            (vec!["--mqtt-certificates", "chain.pem"], Some("http_key = \"key.pem\"")),
        ] {
            let refused = resolve(&flags, file).unwrap_err().to_string();
            assert!(refused.contains("-certificates and --"), "{refused}");
        }
        let mixed = resolve(&["--http-key", "key.pem"], Some("http_certificates = \"chain.pem\"")).unwrap();
        assert!(mixed.http_tls.is_some(), "one from the flag, one from the file");
    }

    #[test]
    fn unusable_values_are_refused_at_the_start() {
        for (flag, value) in [
            ("--mail-from", "Porchlight"),
            ("--mail-from", "a@b@c"),
            ("--database", "sqlite::memory:"),
            ("--database", "porchlight.db"),
        ] {
            let refused = CommandLine::command().try_get_matches_from(["porchlight", "serve", flag, value]);
            let matches = refused.and_then(|matches| CommandLine::from_arg_matches(&matches));
            let told = matches.unwrap_err().to_string();
            assert!(told.contains(flag) && told.contains(value), "{told}");
        }
    }

    #[test]
    fn setting_that_does_not_exist_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("porchlight.toml");
        std::fs::write(&path, "claim_windows = 7").unwrap();
        let error = file::set_defaults(CommandLine::command(), &path).unwrap_err();
        assert!(error.to_string().contains("claim_windows"), "{error}");
    }

    #[test]
    fn help_shows_every_setting_with_its_default() {
        let help =
            CommandLine::command().find_subcommand_mut("serve").unwrap().render_long_help().to_string();
        for expected in
            ["127.0.0.1:8080", "[default: sqlite:<folder>/porchlight.db]", "PORCHLIGHT_MQTT", "600"]
        {
            assert!(help.contains(expected), "{expected} is missing in\n{help}");
        }
    }
}
