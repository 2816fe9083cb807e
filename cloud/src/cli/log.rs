//! Where the log goes and how it looks: standard error, as text for a person or as JSON for a collector.

use clap::ValueEnum;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LogFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub(super) struct LogOptions {
    pub(super) format: LogFormat,
    pub(super) filter: EnvFilterText,
}

/// A filter of `tracing`, checked when it was read.
#[derive(Clone, Debug)]
pub(super) struct EnvFilterText(pub(super) String);

impl std::str::FromStr for EnvFilterText {
    type Err = tracing_subscriber::filter::ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::try_new(text).map(|_| Self(text.to_owned()))
    }
}

/// Starts logging; keeps the logger that is there already.
pub(super) fn start(options: &LogOptions) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&options.filter.0))
        .with_writer(std::io::stderr)
        // Colours are for eyes: a file or a journal gets plain text.
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // Fails only when this process has a logger already.
    let _already_there = match options.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).try_init(),
    };
}
