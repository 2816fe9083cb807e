//! Reads labels for support people: one line of JSON for each picture, or with `--text` for each line of standard input.
//! Secrets are named, not shown, in the reading.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use porchlight_label::Reading;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            eprintln!("usage: read_label FILE... | read_label --text < LINES");
            ExitCode::from(2)
        }
        [flag] if flag == "--text" => {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                println!("{}", json!({ "reading": told(&porchlight_label::read(&line)) }));
            }
            ExitCode::SUCCESS
        }
        files => {
            let unread = files.iter().filter(|file| !read_file(file)).count();
            if unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

/// Prints the line of one picture; whether the file could be read at all.
fn read_file(file: &str) -> bool {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            println!(
                "{}",
                json!({ "file": file, "error": { "code": "unreadable", "words": error.to_string() } })
            );
            return false;
        }
    };
    let begun = Instant::now();
    let read = porchlight_scan::read_picture(&bytes);
    let milliseconds = (begun.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
    let line = match read {
        Ok(codes) => {
            let readings = codes.iter().map(|code| porchlight_label::read(&code.text));
            let best = readings.max_by_key(|reading| (reading.is_complete(), reading.family.is_some()));
            let codes: Vec<Value> = codes
                .iter()
                .map(|code| {
                    let corners = code.corners.map(|corner| [corner.x, corner.y]);
                    json!({ "symbology": code.symbology.name(), "text": code.text, "corners": corners })
                })
                .collect();
            json!({ "file": file, "codes": codes, "reading": best.as_ref().map(told), "milliseconds": milliseconds })
        }
        Err(error) => {
            let error = json!({ "code": format!("{error:?}"), "words": error.to_string() });
            json!({ "file": file, "error": error, "milliseconds": milliseconds })
        }
    };
    println!("{line}");
    true
}

fn told(reading: &Reading) -> Value {
    json!({
        "family": reading.family.map(|family| format!("{family:?}")),
        "serial": reading.serial,
        "model": reading.model,
        "secrets": reading.secrets.iter().map(|secret| format!("{:?}", secret.kind)).collect::<Vec<_>>(),
        "identifiers": reading.identifiers.iter()
            .map(|identifier| json!({ "kind": format!("{:?}", identifier.kind), "value": identifier.value }))
            .collect::<Vec<_>>(),
        "fingerprint": reading.fingerprint.map(|fingerprint| fingerprint.to_string()),
        "findings": reading.findings.iter().map(|finding| format!("{finding:?}")).collect::<Vec<_>>(),
        "repairs": reading.repairs.iter().map(|repair| repair.serial.clone()).collect::<Vec<_>>(),
    })
}
