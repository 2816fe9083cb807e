//! How long a person waits who wants to see it run: the journey once it is built, and everything from a clean clone on
//! (crates downloaded before; only what is committed).

use crate::report::{Report, milliseconds};
use std::io::{Error, Result};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ONCE_BUILT: Duration = Duration::from_secs(10);
const FROM_A_CLONE: Duration = Duration::from_secs(6 * 60);

/// The journey, built before.
pub fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let build = Command::new("cargo").args(["build", "-j2", "-q"]).current_dir(&root).status()?;
    if !build.success() {
        return Err(Error::other("it does not build"));
    }
    tell("journey", "cargo run -- --once, built", play(&root, None)?, ONCE_BUILT)
}

/// The journey from a clone, in a target of its own, which is removed afterwards.
pub fn run_from_a_clone() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // Not in memory, where a temporary folder may be: a target has gigabytes.
    let folder = tempfile::tempdir_in(root.join("target"))?;
    let clone = folder.path().join("clone");
    let begun = Instant::now();
    let cloned = Command::new("git").args(["clone", "-q"]).arg(&root).arg(&clone).status()?;
    if !cloned.success() {
        return Err(Error::other("it cannot be cloned"));
    }
    play(&clone, Some(&clone.join("target")))?;
    tell("clone", "from a clean clone to the end of the journey", begun.elapsed(), FROM_A_CLONE)
}

fn play(folder: &Path, target: Option<&Path>) -> Result<Duration> {
    let mut journey = Command::new("cargo");
    journey.args(["run", "-j2", "-q", "--", "--once"]).current_dir(folder).stdout(Stdio::null());
    if let Some(target) = target {
        journey.env("CARGO_TARGET_DIR", target);
    }
    let begun = Instant::now();
    let status = journey.status()?;
    if status.success() { Ok(begun.elapsed()) } else { Err(Error::other("a step did not do what it should")) }
}

fn tell(name: &'static str, what: &str, took: Duration, limit: Duration) -> Result<()> {
    let mut report = Report::new(name);
    report.row(what, &[("took_ms", milliseconds(took).into())]);
    report.at_most("took_ms", milliseconds(limit));
    report.finish()
}
