//! The command line: `porchlight serve`, what whoever runs the service does beside it ([`admin`]), and
//! `porchlight openapi`.
//!
//! A setting comes from its flag, else from the environment (`PORCHLIGHT_...`), else from the file of `--config`, else
//! it has its default; `--help` shows all of them.

mod admin;
mod file;
mod log;
mod options;

use crate::history::chain::Head;
use crate::settings::Settings;
use crate::{Cloud, server};
use clap::{ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use options::Options;
use porchlight_protocol::OrganizationId;
use porchlight_protocol::people::{OrganizationKind, Role};
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
    /// Disables or enables an account, or ends its password; in force when it is answered.
    Account {
        /// What is done to it.
        change: AccountChange,
        /// The account's address.
        email: String,
        #[command(flatten)]
        options: Options,
    },
    /// Makes organizations, and says who belongs to them.
    Organization {
        #[command(subcommand)]
        command: OrganizationCommand,
    },
    /// Looks after the history of who did what.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
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

#[derive(Debug, Subcommand)]
enum OrganizationCommand {
    /// Makes an organization, and prints its id
    Add {
        /// What it is called.
        name: String,
        /// business, partner or operator; the people of a partner are installers
        #[arg(long, default_value = "partner", value_parser = admin::kind)]
        kind: OrganizationKind,
        /// The address of an account that is there; it becomes the first super admin
        #[arg(long, value_name = "EMAIL")]
        super_admin: String,
        #[command(flatten)]
        options: Options,
    },
    /// Prints all organizations: id, kind, name
    List {
        #[command(flatten)]
        options: Options,
    },
    /// Takes an account into an organization, or gives it another role
    Join {
        /// Its id, as `organization list` prints it.
        #[arg(value_parser = admin::organization)]
        organization: OrganizationId,
        /// The address of an account that is there.
        email: String,
        /// super_admin, admin, manager, operator or viewer
        #[arg(long, default_value = "operator", value_parser = admin::role)]
        role: Role,
        #[command(flatten)]
        options: Options,
    },
    /// Ends what an account is to an organization, and all access that it has for it
    Leave {
        /// Its id, as `organization list` prints it.
        #[arg(value_parser = admin::organization)]
        organization: OrganizationId,
        /// The account's address.
        email: String,
        #[command(flatten)]
        options: Options,
    },
}

/// What is done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum AccountChange {
    /// All its sessions end, and all access that it has or gave; nobody signs in to it any more
    Disable,
    /// Its person can sign in again; what ended stays over
    Enable,
    /// All its sessions end, and so does its password; its person is told by mail to choose a new one
    ResetPassword,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Follows the chain of history from its beginning; fails where an event is missing or was changed
    Verify {
        /// A head that an earlier verification printed; may be given several times
        #[arg(long = "head", value_name = "HEAD")]
        heads: Vec<Head>,
        #[command(flatten)]
        options: Options,
    },
}

impl Command {
    fn options(&mut self) -> Option<&mut Options> {
        match self {
            Self::Serve(options)
            | Self::Inventory { command: InventoryCommand::Add { options, .. } }
            | Self::Account { options, .. }
            | Self::Organization {
                command:
                    OrganizationCommand::Add { options, .. }
                    | OrganizationCommand::List { options }
                    | OrganizationCommand::Join { options, .. }
                    | OrganizationCommand::Leave { options, .. },
            }
            | Self::Audit { command: AuditCommand::Verify { options, .. } } => Some(options),
            Self::Openapi => None,
        }
    }
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
    let mut matches = with_short_helps(CommandLine::command()).get_matches();
    if let Some(file) = config_file(&matches) {
        matches = file::set_defaults(with_short_helps(CommandLine::command()), &file)?.get_matches();
    }
    Ok(understand(&matches)?)
}

/// What a command beside the server needs of a server's settings: its help shows these. It takes all of them, since it may
/// be given the server's file and environment.
const BESIDE: [&str; 7] =
    ["config", "folder", "database", "database_file", "server_key", "log_format", "log"];

fn with_short_helps(command: clap::Command) -> clap::Command {
    let settings = Options::augment_args(clap::Command::new("settings"));
    let serving: Vec<_> = settings.get_arguments().map(|arg| arg.get_id().clone()).collect();
    command.mut_subcommands(|beside| match beside.get_name() {
        "serve" => beside,
        _ => hide_serving(beside, &serving),
    })
}

fn hide_serving(command: clap::Command, serving: &[clap::Id]) -> clap::Command {
    let hide = |arg: clap::Arg| {
        let is_serving = serving.contains(arg.get_id()) && !BESIDE.contains(&arg.get_id().as_str());
        arg.hide(is_serving)
    };
    command.mut_args(hide).mut_subcommands(|inner| hide_serving(inner, serving))
}

fn understand(matches: &ArgMatches) -> Result<CommandLine, clap::Error> {
    let mut command_line = CommandLine::from_arg_matches(matches)?;
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    if let Some(options) = command_line.command.options() {
        options.choose_database(innermost);
    }
    Ok(command_line)
}

fn config_file(matches: &ArgMatches) -> Option<PathBuf> {
    let own = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    own.or_else(|| matches.subcommand().and_then(|(_, matches)| config_file(matches)))
}

fn run(command_line: CommandLine) -> Outcome {
    match command_line.command {
        Command::Serve(options) => {
            options.make_folder()?;
            serve(start_log(options)?)
        }
        Command::Inventory { command: InventoryCommand::Add { file, options } } => {
            admin::add_inventory(&start_log(options)?, &file)
        }
        Command::Account { change, email, options } => {
            admin::change_account(change, &email, &start_log(options)?)
        }
        Command::Organization { command } => admin::change_organization(command),
        Command::Audit { command: AuditCommand::Verify { heads, options } } => {
            admin::verify_audit(&start_log(options)?, &heads)
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
        with_short_helps(CommandLine::command()).debug_assert();
    }

    #[test]
    fn help_of_a_command_beside_the_server_shows_what_it_needs() {
        let help = |path: &[&str]| {
            let line = ["porchlight"].into_iter().chain(path.iter().copied()).chain(["--help"]);
            with_short_helps(CommandLine::command()).try_get_matches_from(line).unwrap_err().to_string()
        };
        for path in [["organization", "join"].as_slice(), &["account"], &["audit", "verify"]] {
            let text = help(path);
            assert!(text.contains("--folder") && text.contains("--database-file"), "{text}");
            assert!(!text.contains("--mqtt") && !text.contains("--requests-per-minute"), "{text}");
        }
        assert!(help(&["serve"]).contains("--requests-per-minute"));
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
        let refused = admin::add_inventory(&settings, &file).unwrap_err().to_string();
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
