//! Benchmarks: `tests/measure [NAME]` runs them in release mode. Each is a file here and a line in [`BENCHMARKS`].

mod report;

use std::process::ExitCode;

type Benchmark = fn() -> std::io::Result<()>;

/// Name, what it measures, and how.
const BENCHMARKS: [(&str, &str, Benchmark); 0] = [];

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
    for (name, _, run) in BENCHMARKS {
        if asked.is_empty() || asked.iter().any(|one| one == name) {
            if let Err(error) = run() {
                eprintln!("{name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
