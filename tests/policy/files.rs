//! The files of this repository: what git tracks, and what it would track.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the root").to_owned()
}

/// All files that belong to the repository, relative to its root.
pub fn all() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let files: Vec<_> = String::from_utf8(listed.stdout)
        .expect("names are UTF-8")
        .lines()
        .map(PathBuf::from)
        .filter(|file| root().join(file).is_file())
        .collect();
    assert!(files.len() > 50, "only {} files: the listing is broken", files.len());
    files
}

/// All Rust sources.
pub fn rust() -> Vec<PathBuf> {
    all().into_iter().filter(|file| file.extension().is_some_and(|e| e == "rs")).collect()
}

/// The text of a file.
pub fn text(file: &Path) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The lines of a Rust source without comments and without its tests: what it names.
pub fn code(file: &Path) -> Vec<String> {
    let text = text(file);
    without_tests(&text).map(without_comment).map(str::to_owned).collect()
}

/// Leaves out `#[cfg(test)] mod tests { ... }`, which `rustfmt` ends with a brace at the margin, and nothing after it.
fn without_tests(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let line = lines.next()?;
        if line != "#[cfg(test)]" {
            return Some(line);
        }
        let opens = |line: &str| line.starts_with("mod ") && line.ends_with('{');
        if lines.next().is_some_and(opens) {
            lines.find(|line| *line == "}");
        }
        lines.next()
    })
}

/// An address in a string is no comment.
fn without_comment(line: &str) -> &str {
    let mut places = line.match_indices("//").map(|(at, _)| at);
    let comment = places.find(|at| !line[..*at].ends_with([':', '/']));
    &line[..comment.unwrap_or(line.len())]
}

#[test]
fn code_is_what_stands_before_and_after_the_tests() {
    let text = "use a;\n#[cfg(test)]\nmod fakes;\nuse b;\n#[cfg(test)]\nmod tests {\n    use c;\n}\n\nuse d;";
    assert_eq!(without_tests(text).collect::<Vec<_>>(), ["use a;", "use b;", "", "use d;"]);
    assert_eq!(without_comment("let a = \"https://x\"; // why"), "let a = \"https://x\"; ");
    assert_eq!(without_comment("/// A line of words."), "");
}

#[test]
fn hand_written_file_has_at_most_500_lines() {
    let long: Vec<_> = rust()
        .into_iter()
        .map(|file| (text(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "two things live in {long:?}");
}

#[test]
fn no_machine_path_stands_in_a_file() {
    let forbidden = ["/work/", "/root/", "/home/"].map(|place| format!("{place}{}", ""));
    let binary = ["png", "jpg", "jpeg", "ico"];
    for file in all() {
        let is_binary = file.extension().is_some_and(|e| binary.iter().any(|b| e == *b));
        if is_binary || file.ends_with("policy/files.rs") {
            continue;
        }
        let text = text(&file);
        for place in &forbidden {
            assert!(!text.contains(place.as_str()), "{} names {place}", file.display());
        }
    }
}
