//! What a label says, for people who help others, and for whoever compares readers.
//!
//! ```text
//! cargo run --release -p porchlight-core --example read_label -- FILE...
//! cargo run --release -p porchlight-core --example read_label -- --text < LINES
//! ```
//!
//! One JSON object a line for each picture (PNG, JPEG) or line of text:
//!
//! * `file` and `codes`: each code's `symbology`, `text` and `corners` ([x, y] in pixels; top left, top right, bottom
//!   right, bottom left of the code). With `--text`: `text`, as it was given;
//! * `reading`, of the code that tells most: `family`, `serial`, `model`, `fingerprint`, `identifiers`, `findings` (what is
//!   wrong, or worth knowing), `repairs` (what it probably meant), `complete` (a device can be added with it).
//!   `secrets` says which secrets there are, not their values. Null if there is no code;
//! * `milliseconds`: from the file's bytes to the codes and the reading;
//! * or `error`: `code` and plain `words`.
//!
//! The exit code is 1 if a file could not be opened (or nothing was asked), else 0: a picture that is none is an answer.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is what it is for")]

use porchlight_label::{Family, Reading, Repair};
use serde_json::{Value, json};
use std::io::{BufRead as _, Read as _};
use std::process::ExitCode;
use std::time::Instant;

/// A longer line is no label; it is read up to here and told as too long.
const MAX_LINE: u64 = 1024 * 1024;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            eprintln!("usage: read_label FILE... | read_label --text < LINES");
            ExitCode::FAILURE
        }
        [flag] if flag == "--text" => read_lines(),
        files => {
            let opened: Vec<bool> = files.iter().map(|file| read_file(file)).collect();
            if opened.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
    }
}

/// Prints what a picture says, and tells whether its file could be opened.
fn read_file(file: &str) -> bool {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let error = json!({ "code": "file_not_opened", "words": error.to_string() });
            println!("{}", json!({ "file": file, "error": error }));
            return false;
        }
    };
    let begun = Instant::now();
    let answer = match porchlight_scan::read_picture(&bytes) {
        Ok(codes) => {
            let readings = codes.iter().map(|code| porchlight_label::read(&code.text));
            let best = readings.max_by_key(rank);
            let milliseconds = milliseconds_since(begun);
            let codes: Vec<Value> = codes
                .iter()
                .map(|code| {
                    let corners = code.corners.map(|corner| [tenths(corner.x), tenths(corner.y)]);
                    json!({ "symbology": code.symbology.name(), "text": code.text, "corners": corners })
                })
                .collect();
            let reading = best.as_ref().map(describe);
            json!({ "file": file, "codes": codes, "reading": reading, "milliseconds": milliseconds })
        }
        Err(error) => json!({
            "file": file,
            "error": { "code": error.name(), "words": error.to_string() },
            "milliseconds": milliseconds_since(begun),
        }),
    };
    println!("{answer}");
    true
}

fn read_lines() -> ExitCode {
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) => return ExitCode::SUCCESS,
            Ok(_) => {}
            Err(error) => {
                let error = json!({ "code": "input_not_read", "words": error.to_string() });
                println!("{}", json!({ "error": error }));
                return ExitCode::FAILURE;
            }
        }
        // The line's end is the terminal's, not the label's; other white space is left for the reader to find.
        let label = line.strip_suffix(b"\n").unwrap_or(&line);
        let label = label.strip_suffix(b"\r").unwrap_or(label);
        let begun = Instant::now();
        let reading = porchlight_label::read_bytes(label);
        let milliseconds = milliseconds_since(begun);
        let text = String::from_utf8_lossy(label);
        println!("{}", json!({ "text": text, "reading": describe(&reading), "milliseconds": milliseconds }));
    }
}

/// How much a reading tells: can a device be added with it, whose label is it.
fn rank(reading: &Reading) -> (bool, u8) {
    let family = match reading.family {
        Some(Family::Porchlight) => 5,
        Some(Family::Dahua) => 4,
        Some(Family::PlainSerial) => 3,
        Some(Family::Mac) => 2,
        Some(Family::Guid) => 1,
        None => 0,
    };
    (reading.is_complete(), family)
}

fn describe(reading: &Reading) -> Value {
    let repair = |repair: &Repair| json!({ "serial": repair.serial, "changed": repair.changed, "model": repair.reading.model });
    json!({
        "family": reading.family.map(Family::name),
        "serial": reading.serial,
        "model": reading.model,
        "fingerprint": reading.fingerprint.map(|fingerprint| fingerprint.to_string()),
        "secrets": reading.secrets.iter().map(|secret| secret.kind.name()).collect::<Vec<_>>(),
        "identifiers": reading
            .identifiers
            .iter()
            .map(|identifier| json!({ "kind": identifier.kind.name(), "value": identifier.value }))
            .collect::<Vec<_>>(),
        "findings": reading
            .findings
            .iter()
            .map(|finding| json!({ "finding": finding.name(), "detail": finding.detail() }))
            .collect::<Vec<_>>(),
        "repairs": reading.repairs.iter().map(repair).collect::<Vec<_>>(),
        "complete": reading.is_complete(),
    })
}

fn milliseconds_since(begun: Instant) -> f64 {
    (begun.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}

fn tenths(pixels: f32) -> f64 {
    (f64::from(pixels) * 10.0).round() / 10.0
}
