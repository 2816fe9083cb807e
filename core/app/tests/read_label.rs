//! The example `read_label`, as people who help others run it.

use qrcode::{Color, QrCode};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const LABEL: &str = "{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,RC:564897}";

/// Cargo builds examples with the tests, beside them.
fn read_label() -> Command {
    let tests = std::env::current_exe().expect("a path");
    let program: PathBuf = tests.ancestors().nth(2).expect("the target's folder").join("examples/read_label");
    Command::new(program)
}

fn ask(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // It need not read all of it.
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    let _written = writing.join();
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A code with its quiet zone, as a grey PNG.
fn picture(folder: &Path, name: &OsStr, text: &str) -> PathBuf {
    let code = QrCode::new(text).expect("it fits");
    let (modules, pixels, quiet) = (code.width() as u32, 8, 4);
    let side = (modules + 2 * quiet) * pixels;
    let image = image::GrayImage::from_fn(side, side, |x, y| {
        let module = |at: u32| (at / pixels).checked_sub(quiet).filter(|at| *at < modules);
        let dark =
            module(x).zip(module(y)).is_some_and(|(x, y)| code[(x as usize, y as usize)] == Color::Dark);
        image::Luma([if dark { 0 } else { 255 }])
    });
    let path = folder.join(name);
    image.save_with_format(&path, image::ImageFormat::Png).expect("a file");
    path
}

#[test]
fn picture_says_its_codes_and_the_best_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = picture(folder.path(), OsStr::from_bytes(b"l\xe4bel.png"), LABEL);
    let output = ask(read_label().arg(&file), b"");
    assert!(output.status.success());
    let [answer] = &lines(&output)[..] else { panic!("{output:?}") };
    assert_eq!(answer["codes"][0]["text"], LABEL);
    assert_eq!(answer["codes"][0]["symbology"], "qr");
    assert_eq!(answer["codes"][0]["corners"].as_array().map(Vec::len), Some(4));
    assert_eq!(answer["reading"]["serial"], "2J021B3PAK00120");
    assert_eq!(answer["reading"]["secrets"][0], "registration_code");
    assert!(answer["milliseconds"].is_number() && answer.get("error").is_none());
}

#[test]
fn what_is_no_picture_is_an_answer_and_what_is_no_file_a_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = picture(folder.path(), OsStr::new("label.png"), LABEL);
    let mut damaged = std::fs::read(&whole).expect("a picture");
    // Within the check of the first chunk.
    damaged[30] ^= 1;
    std::fs::write(&whole, damaged).expect("a file");
    let output = ask(read_label().arg(&whole), b"");
    assert!(output.status.success());
    let [answer] = &lines(&output)[..] else { panic!("{output:?}") };
    assert_eq!(answer["codes"], Value::Array(Vec::new()));
    assert!(answer["reading"].is_null() && answer["milliseconds"].is_number());
    assert!(answer["error"]["words"].as_str().is_some_and(|words| words.contains("damaged")), "{answer}");

    let output = ask(read_label().arg(folder.path().join("missing.png")).arg(&whole), b"");
    assert!(!output.status.success());
    assert_eq!(lines(&output).len(), 2, "the others are read all the same");
    assert_eq!(lines(&output)[0]["error"]["code"], "file_not_opened");
}

#[test]
fn each_line_of_text_is_one_answer_however_long() {
    let long = "x".repeat(3 << 20);
    let output = ask(read_label().arg("--text"), format!("{LABEL}\r\n{long}\n\nPL1:LX4\n\u{0}").as_bytes());
    assert!(output.status.success());
    let answers = lines(&output);
    let findings: Vec<_> =
        answers.iter().map(|answer| answer["reading"]["findings"][0]["finding"].as_str()).collect();
    assert_eq!(findings.len(), 5, "{findings:?}");
    assert_eq!(findings[..4], [None, Some("too_long"), Some("empty"), Some("missing")]);
    assert_eq!(answers[0]["text"], LABEL);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("\"564897\""), "secrets are named, not told");
}

#[test]
fn help_is_given_and_what_cannot_be_understood_is_refused() {
    let help = ask(read_label().arg("--help"), b"");
    assert!(help.status.success() && help.stdout.starts_with(b"usage: "));
    for arguments in [&[][..], &["--text", "label.png"], &["--pictures", "label.png"]] {
        let refused = ask(read_label().args(arguments), b"");
        assert!(!refused.status.success() && refused.stderr.starts_with(b"usage: "), "{arguments:?}");
    }
}

#[test]
fn closed_output_ends_it_without_a_panic() {
    let many = format!("{LABEL}\n").repeat(10_000);
    let mut child = read_label()
        .arg("--text")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("piped");
    let _ended_before_the_end = stdin.write_all(many.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && words.starts_with("read_label: "), "{words}");
    assert!(!words.contains("panicked"), "{words}");
}
