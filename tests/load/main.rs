//! Benchmarks: `tests/measure [NAME]` runs them in release mode. Each is a file here and a line in [`BENCHMARKS`].

mod bindings;
mod claim;
mod frame;
mod idle;
mod report;

use std::process::ExitCode;

type Benchmark = fn() -> std::io::Result<()>;

/// Name, what it measures, and how.
const BENCHMARKS: [(&str, &str, Benchmark); 4] = [
    ("bindings", "a frame and a cold start; with tests/measure: across JNA, and sizes", bindings::run),
    ("claim", "a claim from \"Add\" to \"Added\" over loopback", claim::run),
    ("frame", "frames with and without a code, hostile pictures", frame::run),
    ("idle", "memory of the cloud with 1,000 connected devices", idle::run),
];

fn main() -> ExitCode {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if asked.iter().any(|name| name == "--list") {
        for (name, what, _) in BENCHMARKS {
            println!("{name:<10} {what}");
        }
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = asked.iter().find(|name| BENCHMARKS.iter().all(|(known, _, _)| known != name)) {
        eprintln!("no benchmark is called {unknown}; --list names them");
        return ExitCode::from(2);
    }
    let chosen = |name: &&str| asked.is_empty() || asked.iter().any(|one| one == name);
    for (name, _, run) in BENCHMARKS.iter().filter(|(name, _, _)| chosen(name)) {
        if let Err(error) = run() {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
