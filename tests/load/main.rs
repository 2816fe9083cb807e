//! Benchmarks: `tests/measure [NAME]` runs them in release mode. Each is a file here and a line in [`BENCHMARKS`]. One
//! that misses a limit fails, after all have run.

mod access;
mod bindings;
mod claim;
mod frame;
mod idle;
mod journey;
mod report;

use std::process::ExitCode;

struct Benchmark {
    name: &'static str,
    what: &'static str,
    run: fn() -> std::io::Result<()>,
    /// Runs only when it is asked for by name.
    apart: bool,
}

const BENCHMARKS: [Benchmark; 8] = [
    one("access", "an answered revoke on 1,000 streams, 10,000 stolen links", access::run),
    one("bindings", "a frame and a cold start; with tests/measure: across JNA, and sizes", bindings::run),
    one("claim", "a claim from \"Add\" to \"Added\" over loopback", claim::run),
    one("frame", "frames with and without a code, hostile pictures", frame::run),
    one("idle", "memory of the cloud with 1,000 connected devices", idle::run),
    one("journey", "cargo run -- --once, built", journey::run),
    apart(
        "clone",
        "from a clean clone to the end of the journey, in an empty target",
        journey::run_from_a_clone,
    ),
    apart("outlined", "the Rust half of a pair of `bindings`", bindings::run_outlined),
];

const fn one(name: &'static str, what: &'static str, run: fn() -> std::io::Result<()>) -> Benchmark {
    Benchmark { name, what, run, apart: false }
}

const fn apart(name: &'static str, what: &'static str, run: fn() -> std::io::Result<()>) -> Benchmark {
    Benchmark { name, what, run, apart: true }
}

fn main() -> ExitCode {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if asked.iter().any(|name| name == "--list") {
        for Benchmark { name, what, .. } in BENCHMARKS {
            println!("{name:<10} {what}");
        }
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = asked.iter().find(|name| BENCHMARKS.iter().all(|known| known.name != **name)) {
        eprintln!("no benchmark is called {unknown}; --list names them");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for benchmark in BENCHMARKS {
        let named = asked.iter().any(|name| name == benchmark.name);
        if !(named || asked.is_empty() && !benchmark.apart) {
            continue;
        }
        if let Err(error) = (benchmark.run)() {
            eprintln!("{} FAILED: {error}", benchmark.name);
            code = ExitCode::FAILURE;
        }
    }
    code
}
