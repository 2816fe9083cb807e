//! The facade from Rust, with ports that misbehave: what a shell meets, without a shell.

use porchlight::{
    AddDeviceFailure, Clock, Configuration, Connectivity, HandoffListener, HandoffRefusal, HandoffState,
    HandoffVault, InputField, ListListener, Porchlight, PorchlightError, PortError, SecretStore,
    SessionListener, SessionState, Signer,
};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, SystemTime};

/// A phone whose ports do what the test says.
#[derive(Debug, Default)]
struct Phone {
    panics: AtomicBool,
    locked: AtomicBool,
    /// What lies in the vault that its apps share.
    left: Mutex<Option<Vec<u8>>>,
}

impl Phone {
    fn misbehave(&self) -> Result<(), PortError> {
        assert!(!self.panics.load(SeqCst), "this port panics");
        match self.locked.load(SeqCst) {
            true => Err(PortError::Locked),
            false => Ok(()),
        }
    }
}

impl SecretStore for Phone {
    fn load(&self, _: String) -> Result<Vec<u8>, PortError> {
        self.misbehave()?;
        Err(PortError::Missing)
    }

    fn save(&self, _: String, _: Vec<u8>) -> Result<(), PortError> {
        self.misbehave()
    }

    fn remove(&self, _: String) -> Result<(), PortError> {
        self.misbehave()
    }
}

impl Clock for Phone {
    fn wall_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn boot_id(&self) -> String {
        "boot".into()
    }
}

impl HandoffVault for Phone {
    fn put(&self, entry: Vec<u8>) -> Result<(), PortError> {
        self.misbehave()?;
        *self.left.lock().expect("no holder panics") = Some(entry);
        Ok(())
    }

    fn take(&self) -> Result<Option<Vec<u8>>, PortError> {
        self.misbehave()?;
        Ok(self.left.lock().expect("no holder panics").take())
    }
}

impl Connectivity for Phone {
    fn is_online(&self) -> bool {
        false
    }
}

impl Signer for Phone {
    fn create(&self, _: String) -> Result<Vec<u8>, PortError> {
        // Rubbish: a public key has 65 bytes.
        Ok(vec![1, 2, 3])
    }

    fn public_key(&self, _: String) -> Result<Vec<u8>, PortError> {
        Err(PortError::Missing)
    }

    fn sign(&self, _: String, _: Vec<u8>) -> Result<Vec<u8>, PortError> {
        Ok(vec![])
    }

    fn remove(&self, _: String) -> Result<(), PortError> {
        Ok(())
    }
}

fn configuration() -> Configuration {
    Configuration {
        cloud: "http://127.0.0.1:9".into(),
        link_host: "porchlight.example".into(),
        client_name: "customer-test".into(),
        client_version: "1.0.0".into(),
        maker: "lumen".into(),
        extra_roots: vec![],
    }
}

/// Runs a call as a shell does: by polling it from a thread that is none of tokio's.
fn wait<T>(call: impl Future<Output = T>) -> T {
    let (wake, woken) = mpsc::channel();
    struct Waker(Mutex<mpsc::Sender<()>>);
    impl std::task::Wake for Waker {
        fn wake(self: Arc<Self>) {
            let _gone = self.0.lock().expect("no holder panics").send(());
        }
    }
    let waker = Arc::new(Waker(Mutex::new(wake))).into();
    let mut call = std::pin::pin!(call);
    loop {
        match call.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
            std::task::Poll::Ready(answer) => return answer,
            std::task::Poll::Pending => {
                woken.recv_timeout(Duration::from_secs(20)).expect("an answer within 20 s")
            }
        }
    }
}

fn open_on(phone: &Arc<Phone>, folder: &std::path::Path) -> Result<Arc<Porchlight>, PorchlightError> {
    let folder = folder.to_str().expect("a temporary folder is UTF-8").to_owned();
    wait(Porchlight::open(
        configuration(),
        folder,
        phone.clone(),
        phone.clone(),
        phone.clone(),
        phone.clone(),
        phone.clone(),
    ))
}

#[derive(Debug)]
struct States(mpsc::SyncSender<SessionState>);

impl SessionListener for States {
    fn on_state(&self, state: SessionState) {
        let _gone = self.0.send(state);
    }
}

#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl ListListener for Counting {
    fn on_change(&self) {
        let before = self.0.fetch_add(1, SeqCst);
        assert_eq!(before, usize::MAX, "this listener panics");
    }
}

fn next(states: &mpsc::Receiver<SessionState>) -> SessionState {
    states.recv_timeout(Duration::from_secs(20)).expect("a state within 20 s")
}

#[test]
fn panic_in_the_core_is_internal_with_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let core = open_on(&Arc::default(), folder.path()).unwrap();
    let Err(PorchlightError::Internal { report_id }) = wait(core.probe_panic()) else {
        panic!("it went well")
    };
    assert!(core.diagnostics().unwrap().contains(&report_id));
    // And the core goes on.
    assert!(wait(core.work(Duration::from_secs(1))).is_ok());
}

#[test]
fn panic_in_a_call_that_answers_at_once_or_while_opening_is_internal_with_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let Err(PorchlightError::Internal { report_id: opening }) = wait(Porchlight::probe_panic_opening(path))
    else {
        panic!("it went well")
    };
    let core = open_on(&Arc::default(), folder.path()).unwrap();
    let Err(PorchlightError::Internal { report_id: at_once }) = core.probe_panic_at_once() else {
        panic!("it went well")
    };
    let log = core.diagnostics().unwrap();
    assert!(log.contains(&opening) && log.contains(&at_once), "{log}");
    assert!(core.network_changed().is_ok(), "the core goes on");
}

#[test]
fn every_failure_says_what_can_be_done_or_that_nothing_can() {
    let failures = porchlight::probe_failures();
    let nothing: Vec<_> = failures.iter().filter(|failure| failure.remedies.is_empty()).collect();
    let nothing: Vec<_> = nothing.iter().map(|failure| &failure.failure).collect();
    assert_eq!(nothing, [&AddDeviceFailure::BelongsToAnother, &AddDeviceFailure::NotAllowed]);
    assert_eq!(failures.len(), 16, "fifteen failures, one of them in two ways");
}

#[test]
fn port_that_panics_is_broken_and_one_that_is_locked_waits() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Arc::new(Phone::default());
    phone.panics.store(true, SeqCst);
    let core = open_on(&phone, folder.path()).unwrap();
    let sign_in = wait(core.profile().session().sign_in("kim@example.org".into(), "long enough".into()));
    assert!(sign_in.is_err());
    drop(core);
    phone.panics.store(false, SeqCst);
    phone.locked.store(true, SeqCst);
    let core = open_on(&phone, folder.path()).unwrap();
    let (sender, states) = mpsc::sync_channel(8);
    let _hears = core.profile().session().listen(Arc::new(States(sender))).unwrap();
    assert_eq!(next(&states), SessionState::Locked);
    phone.locked.store(false, SeqCst);
    wait(core.entered_foreground()).unwrap();
    assert!(matches!(next(&states), SessionState::SignedOut { .. }));
}

#[test]
fn key_that_is_none_is_internal_and_the_session_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let core = open_on(&Arc::default(), folder.path()).unwrap();
    let sign_in = wait(core.profile().session().sign_in("kim@example.org".into(), "long enough".into()));
    assert!(
        matches!(sign_in, Err(PorchlightError::Internal { .. } | PorchlightError::Offline)),
        "{sign_in:?}"
    );
}

#[test]
fn listener_that_panics_is_called_again_and_one_that_is_dropped_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let core = open_on(&Arc::default(), folder.path()).unwrap();
    let profile = core.profile();
    let listener = Arc::new(Counting::default());
    let subscription = profile.sites().listen(listener.clone()).unwrap();
    for _ in 0..200 {
        if listener.0.load(SeqCst) > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(listener.0.load(SeqCst), 1, "it hears at once");
    drop(subscription);
    for _ in 0..200 {
        if Arc::strong_count(&listener) == 1 {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the listener is still held");
}

#[test]
fn thousand_lists_opened_and_closed_leave_nothing_alive() {
    let folder = tempfile::tempdir().unwrap();
    let core = open_on(&Arc::default(), folder.path()).unwrap();
    let profile = core.profile();
    // Other tests of this file open a few of their own meanwhile, and let them go.
    let cycle = || {
        let (sites, devices, session) = (profile.sites(), profile.devices(), profile.session());
        let hears = sites.listen(Arc::new(Counting::default())).unwrap();
        let open = porchlight::probe_alive_objects();
        drop((sites, devices, session, hears));
        open
    };
    let most = (0..1000).map(|_| cycle()).max().unwrap();
    assert!((4..50).contains(&most), "{most} at once");
    assert!(porchlight::probe_alive_objects() < 46, "{}", porchlight::probe_alive_objects());
}

#[test]
fn configuration_that_is_wrong_names_its_field() {
    let folder = tempfile::tempdir().unwrap();
    let phone: Arc<Phone> = Arc::default();
    type Change = fn(&mut Configuration);
    let changes: [(Change, InputField); 6] = [
        (|c| c.cloud = "not an address".into(), InputField::Cloud),
        (|c| c.cloud = "http://example.org".into(), InputField::Cloud),
        (|c| c.link_host = "a b".into(), InputField::LinkHost),
        (|c| c.client_name = "Ä".into(), InputField::ClientName),
        (|c| c.client_version = "one".into(), InputField::ClientVersion),
        (|c| c.maker = "Lu men".into(), InputField::Maker),
    ];
    for (change, expected) in changes {
        let mut configuration = configuration();
        change(&mut configuration);
        let data_folder = folder.path().to_str().unwrap().to_owned();
        let ports = (phone.clone(), phone.clone(), phone.clone(), phone.clone());
        let opened = wait(Porchlight::open(
            configuration,
            data_folder,
            ports.0,
            ports.1,
            ports.2,
            ports.3,
            phone.clone(),
        ));
        assert!(
            matches!(opened, Err(PorchlightError::InvalidInput { field, .. }) if field == expected),
            "{opened:?} instead of {expected:?}"
        );
    }
}

#[test]
fn data_folder_that_is_a_file_is_internal_with_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let opened = open_on(&Arc::default(), &file);
    assert!(matches!(opened, Err(PorchlightError::Internal { .. })), "{opened:?}");
}

/// A small disk of memory (tmpfs(5)), mounted for as long as it is held. Mounting is root's.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(options: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "porchlight-test"])
            .arg(folder.path())
            .status();
        assert!(mount.is_ok_and(|status| status.success()), "these tests run as root");
        Self(folder)
    }

    fn fill(&self) {
        let file = self.0.path().join("filler");
        let mut filler = std::fs::File::options().create(true).append(true).open(file).expect("a file");
        while std::io::Write::write(&mut filler, &[0; 4096]).is_ok_and(|written| written > 0) {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn data_folder_that_cannot_be_written_to_is_internal_with_a_report() {
    let disk = SmallDisk::mount("size=1m,ro");
    let opened = open_on(&Arc::default(), disk.0.path());
    assert!(matches!(opened, Err(PorchlightError::Internal { .. })), "{opened:?}");
}

/// tmpfs counts files as well as bytes: with none left, not even an empty one can be made.
#[test]
fn full_data_folder_is_internal_with_a_report_until_there_is_room() {
    let disk = SmallDisk::mount("size=1m,nr_inodes=4");
    disk.fill();
    for name in ["one", "two", "three"] {
        let _perhaps_full = std::fs::write(disk.0.path().join(name), "");
    }
    let opened = open_on(&Arc::default(), disk.0.path());
    assert!(matches!(opened, Err(PorchlightError::Internal { .. })), "{opened:?}");
    for name in ["filler", "one", "two", "three"] {
        let _was_there = std::fs::remove_file(disk.0.path().join(name));
    }
    let core = open_on(&Arc::default(), disk.0.path()).expect("there is room");
    assert_eq!(wait(core.profile().sites().window(0, 10)), Err(PorchlightError::SignInRequired));
}

#[test]
fn without_a_sign_in_lists_and_flows_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let core = open_on(&Arc::default(), folder.path()).unwrap();
    let profile = core.profile();
    assert_eq!(wait(profile.sites().window(0, 10)), Err(PorchlightError::SignInRequired));
    assert_eq!(wait(profile.devices().window(None, None, 0, 10)), Err(PorchlightError::SignInRequired));
    let site = "0198c0de-0000-7000-8000-000000000001".parse().unwrap();
    let flow = wait(profile.add_device(porchlight::DeviceSection::Video, site));
    assert!(matches!(flow, Err(PorchlightError::SignInRequired)), "{flow:?}");
}

#[derive(Debug)]
struct Handoffs(mpsc::SyncSender<HandoffState>);

impl HandoffListener for Handoffs {
    fn on_state(&self, state: HandoffState) {
        let _gone = self.0.send(state);
    }
}

/// A code as the cloud mints it, with its checksum.
const LINK: &str = "https://porchlight.example/h#c=pl_ho_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01g5pgYg";

#[test]
fn two_apps_share_one_vault_and_a_link_without_its_entry_opens_nothing() {
    let phone = Arc::new(Phone::default());
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [partner, customer] = [0, 1].map(|at| open_on(&phone, folders[at].path()).unwrap());
    let (sender, states) = mpsc::sync_channel(32);
    let handoff = customer.handoff();
    let _heard = handoff.listen(Arc::new(Handoffs(sender))).unwrap();
    let until = |reason: HandoffRefusal| {
        let wanted = HandoffState::Refused { reason };
        while states.recv_timeout(Duration::from_secs(20)).expect("a state within 20 s") != wanted {}
    };
    wait(handoff.take_link("https://evil.example/h#c=x".into())).unwrap();
    until(HandoffRefusal::NotALink);
    wait(handoff.take_link(LINK.into())).unwrap();
    until(HandoffRefusal::NotInitiatedHere);
    // What somebody else's app left is taken, and is of no use.
    phone.put(b"rubbish".to_vec()).unwrap();
    wait(handoff.take_link(LINK.into())).unwrap();
    until(HandoffRefusal::NotInitiatedHere);
    assert_eq!(phone.take(), Ok(None), "read once");
    phone.locked.store(true, SeqCst);
    wait(handoff.take_link(LINK.into())).unwrap();
    until(HandoffRefusal::PhoneLocked);
    phone.locked.store(false, SeqCst);
    phone.panics.store(true, SeqCst);
    wait(handoff.take_link(LINK.into())).unwrap();
    let state = states.recv_timeout(Duration::from_secs(20)).expect("a state within 20 s");
    assert!(matches!(state, HandoffState::Reading | HandoffState::Refused { .. }), "{state:?}");
    assert!(customer.delegated_session().profile().is_none());
    assert!(partner.delegated_session().profile().is_none());
}
