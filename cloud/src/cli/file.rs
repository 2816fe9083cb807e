//! The file of `--config`: its values stand in for the defaults, so that flags and environment win, and `--help` with
//! `--config` shows what would hold.

use clap::Command;
use config::{Config, ConfigError, File, FileFormat};
use std::collections::HashMap;
use std::path::Path;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("the configuration file cannot be read: {0}")]
    Unreadable(#[from] ConfigError),
    #[error("the configuration file has a setting that does not exist: {0}")]
    UnknownSetting(String),
}

/// The command line with the file's values as defaults.
pub(super) fn set_defaults(command: Command, file: &Path) -> Result<Command, FileError> {
    let source = File::from(file).format(FileFormat::Toml);
    let values: HashMap<String, config::Value> =
        Config::builder().add_source(source).build()?.try_deserialize()?;
    let mut texts = HashMap::new();
    for (name, value) in values {
        texts.insert(name.replace('-', "_"), value.into_string()?);
    }
    let known = settings_of(&command);
    if let Some(name) = texts.keys().find(|name| !known.contains(name)) {
        return Err(FileError::UnknownSetting(name.clone()));
    }
    Ok(apply(command, &texts))
}

fn settings_of(command: &Command) -> Vec<String> {
    let own =
        command.get_arguments().filter(|arg| arg.get_long().is_some()).map(|arg| arg.get_id().to_string());
    own.chain(command.get_subcommands().flat_map(settings_of)).collect()
}

fn apply(command: Command, texts: &HashMap<String, String>) -> Command {
    let command = command.mut_args(|arg| match texts.get(arg.get_id().as_str()) {
        Some(text) => arg.default_value(text.clone()),
        None => arg,
    });
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| command.mut_subcommand(name, |sub| apply(sub, texts)))
}
