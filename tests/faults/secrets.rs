//! What the cloud never learns: searched for in its files, its log and its memory.

use crate::stage::{begin, cloud, connect, phone};
use harness::api::{Api, PASSWORD};
use harness::browser::Browser;
use harness::cloud::Cloud;
use harness::cloud_process::CloudProcess;
use harness::field_device::{FieldDevice, Options};
use harness::firm::Firm;
use harness::phone::{AddingWatch, Phone, adding};
use porchlight_core::add_device::{AddDeviceState, DevicePassword};
use porchlight_protocol::SiteId;
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use std::fs::File;
use std::io::{Cursor, Read};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// How much is held in memory at one time.
const CHUNK: usize = 1 << 20;

/// Which needle is the first that the bytes hold.
fn find(bytes: &[u8], needles: &[&str]) -> Option<String> {
    let first: Vec<u8> = needles.iter().map(|needle| needle.as_bytes()[0]).collect();
    let starts = (0..bytes.len()).filter(|at| first.contains(&bytes[*at]));
    let mut held =
        starts.flat_map(|at| needles.iter().filter(move |needle| bytes[at..].starts_with(needle.as_bytes())));
    held.next().map(|needle| (*needle).to_owned())
}

/// Which needle is the first in what is read, in chunks: each is searched together with the end of the one before, where
/// a needle may begin. What cannot be read (as some mappings of memory) ends the search there.
fn find_in(mut source: impl Read, needles: &[&str]) -> Option<String> {
    let overlap = needles.iter().map(|needle| needle.len()).max().unwrap_or_default().saturating_sub(1);
    let mut window = Vec::new();
    loop {
        window.drain(..window.len().saturating_sub(overlap));
        let before = window.len();
        let _unreadable = source.by_ref().take(CHUNK as u64).read_to_end(&mut window);
        if let Some(found) = find(&window, needles) {
            return Some(found);
        }
        if window.len() == before {
            return None;
        }
    }
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
        } else if let Some(needle) = File::open(&path).ok().and_then(|file| find_in(file, needles)) {
            found.push(format!("{needle:?} in {}", path.display()));
        }
    }
    found
}

/// A part of a process's memory.
struct Mapping<'m> {
    memory: &'m File,
    at: u64,
    end: u64,
}

impl Read for Mapping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.end - self.at).expect("64 bits"));
        let read = self.memory.read_at(&mut buffer[..wanted], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
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
        let mapping = Mapping { memory: &memory, at: address(from), end: address(to) };
        found.extend(find_in(mapping, needles).map(|needle| format!("{needle:?} in {range}")));
    }
    found
}

/// Adds the device, whatever comes of it, and says whether it was added.
async fn add(phone: &Phone, site: SiteId, device: &FieldDevice, password: DevicePassword) -> bool {
    let serial = device.name().serial.to_string();
    let flow = begin(phone, site, &serial, &serial, password).await;
    match adding::until_end(&mut AddingWatch::of(&flow), |_| {}).await {
        AddDeviceState::Added { .. } => true,
        AddDeviceState::Failed { .. } => false,
        other => panic!("{other:?}"),
    }
}

fn new(password: &str, claim_code: Option<&str>) -> DevicePassword {
    DevicePassword::New {
        password: password.into(),
        again: password.into(),
        claim_code: claim_code.map(Into::into),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_and_codes_of_devices_right_or_wrong_are_nowhere_in_the_cloud() {
    let cloud = cloud().await;
    let (known, wrong) = ("canary-known-5p1x", "canary-wrong-3z7q");
    let (first, pressed, code, no_code) =
        ("canary-first-8k2w", "canary-button-4m9d", "CANARYC0DE000001", "CANARYC0DE999999");
    let (phone, site) = phone(&cloud, "kim@example.org").await;
    let gate = connect(&cloud, "LX4-0001", |options| options.with_password(known)).await;
    assert!(!add(&phone, site, &gate, DevicePassword::Known(wrong.into())).await);
    assert!(add(&phone, site, &gate, DevicePassword::Known(known.into())).await);
    let door = connect(&cloud, "DR1-0001", |options| options.with_claim_code(code)).await;
    assert!(!add(&phone, site, &door, new(first, Some(no_code))).await);
    assert!(add(&phone, site, &door, new(first, Some(code))).await);
    let shed = connect(&cloud, "SH1-0001", |options: Options| options).await;
    shed.press_button();
    assert!(add(&phone, site, &shed, new(pressed, None)).await);

    let needles = [known, wrong, first, pressed, code, no_code];
    assert_eq!(found_in_writings(&cloud, &needles), Vec::<String>::new());
    assert_eq!(found_in_memory(&cloud, &needles), Vec::<String>::new());
    // The search finds what is there: a serial in files, log and memory.
    assert!(find(cloud.log().as_bytes(), &["LX4-0001"]).is_some());
    assert!(!found_in_writings(&cloud, &["LX4-0001"]).is_empty());
    assert!(!found_in_memory(&cloud, &["LX4-0001"]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn account_passwords_right_or_wrong_and_tokens_are_in_no_file_of_the_cloud() {
    let cloud = cloud().await;
    let (phone, _site) = phone(&cloud, "kim@example.org").await;
    assert!(!phone.secrets.names().is_empty(), "the phone keeps a session");
    let wrong = "canary-account-6t2v";
    let other = Phone::for_address(cloud.http(), cloud.link_host()).await;
    let refused = other.profile().session().sign_in("kim@example.org", wrong.to_owned().into()).await;
    assert!(refused.is_err(), "it is not the password");
    let mut browser = Browser::at(format!("http://{}", cloud.http()));
    assert_eq!(browser.sign_in("kim@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let token = browser.ask_code("kim@example.org").await;
    assert!(token.starts_with("pl_pr_"), "{token}");
    browser.set_password(&token, "00000000", wrong).await;
    // The schema's own comments say "pl_at_...": a token goes on with a letter or a digit.
    let tokens: Vec<String> = ["pl_at_", "pl_rt_", "pl_rg_", "pl_ho_", "pl_pr_", "pl_pc_"]
        .iter()
        .flat_map(|prefix| {
            (b'-'..=b'z')
                .filter(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
                .map(move |b| format!("{prefix}{}", b as char))
        })
        .collect();
    let needles: Vec<&str> = tokens.iter().map(String::as_str).chain([PASSWORD, wrong]).collect();
    assert_eq!(found_in_writings(&cloud, &needles), Vec::<String>::new());
    // The search finds a token that is there.
    let token = porchlight_cloud::secret::mint(porchlight_cloud::secret::SecretKind::Refresh);
    // Exposed: to be found.
    let leak = format!("level=debug refresh_token={}", token.expose_secret());
    std::fs::write(cloud.folder().join("leak.txt"), leak).expect("a file in the cloud's folder");
    assert_eq!(found_in_writings(&cloud, &needles).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_verifiers_and_tokens_of_a_handoff_are_in_no_file_of_the_cloud() {
    let cloud = Cloud::start().await;
    let firm = Firm::new(&cloud, "Bright Solar", "ana@bright.example").await;
    let kim = Api::with_account(&cloud, "kim@example.org").await;
    let customer = firm.customer(&kim).await;
    let grant = firm.grant(&customer, &kim, serde_json::json!({})).await;
    let (unused, link) = (firm.link(&grant).await, firm.link(&grant).await);
    let mut phone = Api::new(&cloud);
    phone.redeem(&link).await.good();
    let session = phone.session.as_ref().expect("it was opened");
    let needles = [
        unused.code.as_str(),
        &unused.verifier,
        &link.code,
        &link.verifier,
        &session.access_token,
        &session.refresh_token,
    ];
    let folder = cloud.settings.server_key.parent().expect("the key lies in the cloud's folder");
    assert_eq!(found_in_files(folder, &needles), Vec::<String>::new());
    // The search finds what is there: the grant's id stands in the database.
    let id = harness::firm::text(&grant["id"]);
    assert!(!found_in_files(folder, &[&id]).is_empty());
}

#[test]
fn needle_on_the_edge_of_two_chunks_is_found() {
    let needle = "canary-edge";
    for lead in 0..=needle.len() {
        let mut bytes = vec![b'c'; CHUNK - lead];
        bytes.extend_from_slice(needle.as_bytes());
        bytes.extend_from_slice(b"and on");
        assert_eq!(find_in(Cursor::new(&bytes), &["nothing", needle]).as_deref(), Some(needle), "{lead}");
    }
    assert_eq!(find_in(Cursor::new(vec![b'c'; 3 * CHUNK]), &[needle]), None);
}
