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
//! * or `error`: `code` and plain `words`; `codes` is empty then, and `reading` null.
//!
//! The exit code is 1 if a file could not be opened, nothing that can be understood was asked, or the output was closed;
//! else 0: a picture that is none is an answer.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is what it is for")]

use porchlight_label::{Family, Reading, Repair};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, Read as _, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// A longer line is no label: it is read up to here, told as too long, and the rest is left out.
const MAX_LINE: u64 = 1024 * 1024;

const USAGE: &str = "usage: read_label FILE... | read_label --text < LINES\n\
    Prints one JSON object for each picture (PNG, JPEG), or for each line of label text.\n\
    A file whose name begins with a hyphen: ./-name\n";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let mut output = io::stdout().lock();
    let done = match arguments.as_slice() {
        [flag] if flag == "--help" || flag == "-h" => output.write_all(USAGE.as_bytes()).map(|()| true),
        [flag] if flag == "--text" => read_lines(&mut io::stdin().lock(), &mut output),
        files if !files.is_empty() && !files.iter().any(is_flag) => read_files(files, &mut output),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("read_label: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_flag(argument: &OsString) -> bool {
    argument.as_encoded_bytes().starts_with(b"-")
}

/// Tells whether all files could be opened.
fn read_files(files: &[OsString], output: &mut impl Write) -> io::Result<bool> {
    let mut opened = true;
    for file in files {
        let bytes = match read_bounded(Path::new(file)) {
            Ok(bytes) => bytes,
            Err(error) => {
                opened = false;
                let error = json!({ "code": "file_not_opened", "words": error.to_string() });
                writeln!(output, "{}", failed(file, error))?;
                continue;
            }
        };
        writeln!(output, "{}", read_picture(file, &bytes))?;
    }
    Ok(opened)
}

/// One byte more than a picture may have tells that it is too large, whatever else there is.
fn read_bounded(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(porchlight_scan::MAX_PICTURE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a picture says.
fn read_picture(file: &OsString, bytes: &[u8]) -> Value {
    let begun = Instant::now();
    let mut answer = match porchlight_scan::read_picture(bytes) {
        Ok(codes) => {
            let readings = codes.iter().map(|code| porchlight_label::read(&code.text));
            let best = readings.max_by_key(Reading::rank);
            let codes: Vec<Value> = codes
                .iter()
                .map(|code| {
                    let corners = code.corners.map(|corner| [tenths(corner.x), tenths(corner.y)]);
                    json!({ "symbology": code.symbology.name(), "text": code.text, "corners": corners })
                })
                .collect();
            let reading = best.as_ref().map(describe);
            json!({ "file": file.to_string_lossy(), "codes": codes, "reading": reading })
        }
        Err(error) => failed(file, json!({ "code": error.name(), "words": error.to_string() })),
    };
    answer["milliseconds"] = milliseconds_since(begun).into();
    answer
}

fn failed(file: &OsString, error: Value) -> Value {
    json!({ "file": file.to_string_lossy(), "codes": [], "reading": null, "error": error })
}

fn read_lines(input: &mut impl BufRead, output: &mut impl Write) -> io::Result<bool> {
    loop {
        let mut line = Vec::new();
        if input.take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(true);
        }
        if line.len() as u64 == MAX_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
        }
        // The line's end is the terminal's, not the label's; other white space is left for the reader to find.
        let label = line.strip_suffix(b"\n").unwrap_or(&line);
        let label = label.strip_suffix(b"\r").unwrap_or(label);
        let begun = Instant::now();
        let reading = porchlight_label::read_bytes(label);
        let milliseconds = milliseconds_since(begun);
        let text = String::from_utf8_lossy(label);
        let answer = json!({ "text": text, "reading": describe(&reading), "milliseconds": milliseconds });
        writeln!(output, "{answer}")?;
    }
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
