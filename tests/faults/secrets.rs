//! What the cloud never learns: searched for in its files, its log and its memory.

use crate::stage::{PATIENCE, begin, cloud, connect, phone};
use harness::cloud_process::CloudProcess;
use harness::field_device::FieldDevice;
use porchlight_core::add_device::DevicePassword;
use secrecy::ExposeSecret as _;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// More than any one mapping of an idle cloud; a larger one is read in parts.
const CHUNK: usize = 16 << 20;

/// Whether the bytes hold one of the needles; which.
fn find(bytes: &[u8], needles: &[&str]) -> Option<String> {
    let first: Vec<u8> = needles.iter().map(|needle| needle.as_bytes()[0]).collect();
    let starts = (0..bytes.len()).filter(|at| first.contains(&bytes[*at]));
    let mut held =
        starts.flat_map(|at| needles.iter().filter(move |needle| bytes[at..].starts_with(needle.as_bytes())));
    held.next().map(|needle| (*needle).to_owned())
}

/// The needles in all that the cloud wrote: its log, and all files of its folder.
fn found_in_writings(cloud: &CloudProcess, needles: &[&str]) -> Vec<String> {
    let in_log = find(cloud.log().as_bytes(), needles).map(|needle| format!("{needle:?} in the log"));
    in_log.into_iter().chain(found_in_files(cloud.folder(), needles)).collect()
}

/// The needles in all files below a folder: database, its own log, mail.
fn found_in_files(folder: &Path, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("our folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(found_in_files(&path, needles));
        } else if let Some(needle) = std::fs::read(&path).ok().and_then(|bytes| find(&bytes, needles)) {
            found.push(format!("{needle:?} in {}", path.display()));
        }
    }
    found
}

/// The needles in the writable memory of the process, as proc(5) shows it to its parent.
fn found_in_memory(cloud: &CloudProcess, needles: &[&str]) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", cloud.id())).expect("it runs");
    let memory = File::open(format!("/proc/{}/mem", cloud.id())).expect("it is our child");
    let mut found = Vec::new();
    for line in maps
        .lines()
        .filter(|line| line.split_whitespace().nth(1).is_some_and(|flags| flags.starts_with("rw")))
    {
        let range = line.split_whitespace().next().expect("a range");
        let (from, to) = range.split_once('-').expect("a range");
        let address = |text| u64::from_str_radix(text, 16).expect("hexadecimal");
        let (mut at, end) = (address(from), address(to));
        while at < end {
            let mut bytes = vec![0; CHUNK.min(usize::try_from(end - at).expect("64 bits"))];
            // Some mappings cannot be read by anybody.
            let read = memory.read_at(&mut bytes, at).unwrap_or(0);
            found.extend(find(&bytes[..read], needles).map(|needle| format!("{needle:?} at {at:x}")));
            at += bytes.len() as u64;
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn device_passwords_and_claim_codes_are_nowhere_in_the_cloud() {
    let cloud = cloud().await;
    let (known, new) = ("canary-known-5p1x", "canary-first-8k2w");
    let gate = connect(&cloud, "LX4-0001", |options| options.with_password(known)).await;
    let door = connect(&cloud, "DR1-0001", |options| options.with_new_claim_code()).await;
    let (phone, site) = phone(&cloud, "kim@example.org").await;
    let bound = |it: &FieldDevice| it.owner_claim().is_some();
    let _gate_flow = begin(&phone, site, "LX4-0001", "LX4-0001", DevicePassword::Known(known.into())).await;
    assert!(gate.wait_until(PATIENCE, bound).await);
    let first = DevicePassword::New { password: new.into(), again: new.into(), claim_code: None };
    // Exposed: the label is read off the device.
    let _door_flow = begin(&phone, site, door.label().expose_secret(), "DR1-0001", first).await;
    assert!(door.wait_until(PATIENCE, bound).await);

    let code = door.claim_code().expect("it has one").secret().clone();
    // Exposed: it is what is searched for.
    let needles = [known, new, code.expose_secret()];
    assert_eq!(found_in_writings(&cloud, &needles), Vec::<String>::new());
    assert_eq!(found_in_memory(&cloud, &needles), Vec::<String>::new());
    // The search finds what is there: a serial in files, log and memory.
    assert!(find(cloud.log().as_bytes(), &["LX4-0001"]).is_some());
    assert!(!found_in_writings(&cloud, &["LX4-0001"]).is_empty());
    assert!(!found_in_memory(&cloud, &["LX4-0001"]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn account_password_and_tokens_are_in_no_file_of_the_cloud() {
    let cloud = cloud().await;
    let (phone, _site) = phone(&cloud, "kim@example.org").await;
    assert!(!phone.secrets.names().is_empty(), "the phone keeps a session");
    // The schema's own comments say "pl_at_...": a token goes on with a letter or a digit.
    let tokens: Vec<String> = ["pl_at_", "pl_rt_", "pl_rg_"]
        .iter()
        .flat_map(|prefix| {
            (b'0'..=b'z').filter(u8::is_ascii_alphanumeric).map(move |b| format!("{prefix}{}", b as char))
        })
        .collect();
    let needles: Vec<&str> = tokens.iter().map(String::as_str).chain([harness::api::PASSWORD]).collect();
    assert_eq!(found_in_writings(&cloud, &needles), Vec::<String>::new());
}
