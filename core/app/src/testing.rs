//! For this crate's own tests: ports in memory, with switches for what a phone may do to the core, and a server whose
//! answers each test decides (the real cloud is for `tests/`).

use crate::configuration::Configuration;
use crate::ports::{Clock, Connectivity, HandoffVault, LoadedSecret, PortFault, Ports, SecretStore, Signer};
use crate::session::{SessionListener, SessionState};
use crate::{ListListener, Porchlight};
use porchlight_protocol::{AccountId, ClaimId};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const ACCOUNT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
pub(crate) const SITE: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

/// A secret store in memory.
#[derive(Debug, Default)]
pub(crate) struct MemorySecrets {
    pub(crate) entries: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) locked: AtomicBool,
    /// Reads, but does not write.
    pub(crate) full: AtomicBool,
}

impl SecretStore for MemorySecrets {
    fn load(&self, name: &str) -> LoadedSecret {
        if self.locked.load(SeqCst) {
            return LoadedSecret::Locked;
        }
        match self.entries.lock().unwrap().get(name) {
            Some(value) => LoadedSecret::Value(value.clone().into()),
            None => LoadedSecret::Missing,
        }
    }

    fn save(&self, name: &str, value: &SecretSlice<u8>) -> Result<(), PortFault> {
        match (self.locked.load(SeqCst), self.full.load(SeqCst)) {
            (true, _) => Err(PortFault::Locked),
            (_, true) => Err(PortFault::Broken),
            _ => {
                self.entries.lock().unwrap().insert(name.to_owned(), value.expose_secret().to_vec());
                Ok(())
            }
        }
    }

    fn remove(&self, name: &str) -> Result<(), PortFault> {
        if self.locked.load(SeqCst) {
            return Err(PortFault::Locked);
        }
        self.entries.lock().unwrap().remove(name).map(|_| ()).ok_or(PortFault::Missing)
    }
}

/// P-256 keys in software.
#[derive(Debug, Default)]
pub(crate) struct SoftSigner(pub(crate) Mutex<BTreeMap<String, Vec<u8>>>);

impl SoftSigner {
    fn pair(&self, name: &str) -> Result<EcdsaKeyPair, PortFault> {
        let keys = self.0.lock().unwrap();
        let pkcs8 = keys.get(name).ok_or(PortFault::Missing)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &SystemRandom::new()).map_err(|_| PortFault::Broken)
    }
}

impl Signer for SoftSigner {
    fn create(&self, name: &str) -> Result<Vec<u8>, PortFault> {
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        self.0.lock().unwrap().insert(name.to_owned(), key.unwrap().as_ref().to_vec());
        self.public_key(name)
    }

    fn public_key(&self, name: &str) -> Result<Vec<u8>, PortFault> {
        Ok(self.pair(name)?.public_key().as_ref().to_vec())
    }

    fn sign(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, PortFault> {
        Ok(self.pair(name)?.sign(&SystemRandom::new(), bytes).unwrap().as_ref().to_vec())
    }

    fn destroy(&self, name: &str) -> Result<(), PortFault> {
        self.0.lock().unwrap().remove(name).map(|_| ()).ok_or(PortFault::Missing)
    }
}

/// A vault that the apps of one phone share.
#[derive(Debug, Default)]
pub(crate) struct MemoryVault {
    pub(crate) entry: Mutex<Option<Vec<u8>>>,
    pub(crate) locked: AtomicBool,
    /// It does not work.
    pub(crate) broken: AtomicBool,
}

impl MemoryVault {
    fn check(&self) -> Result<(), PortFault> {
        match (self.locked.load(SeqCst), self.broken.load(SeqCst)) {
            (true, _) => Err(PortFault::Locked),
            (_, true) => Err(PortFault::Broken),
            _ => Ok(()),
        }
    }
}

impl HandoffVault for MemoryVault {
    fn put(&self, entry: &SecretSlice<u8>) -> Result<(), PortFault> {
        self.check()?;
        *self.entry.lock().unwrap() = Some(entry.expose_secret().to_vec());
        Ok(())
    }

    fn take(&self) -> Result<Option<SecretSlice<u8>>, PortFault> {
        self.check()?;
        Ok(self.entry.lock().unwrap().take().map(Into::into))
    }
}

/// Clocks that stand still until a test sets them.
#[derive(Debug)]
pub(crate) struct StoppedClock(pub(crate) AtomicI64, pub(crate) Mutex<(Duration, String)>);

impl StoppedClock {
    /// The phone is on for this much longer, asleep or not.
    pub(crate) fn pass(&self, time: Duration) {
        self.1.lock().unwrap().0 += time;
    }

    /// The phone is started anew.
    pub(crate) fn start_anew(&self) {
        let mut now = self.1.lock().unwrap();
        *now = (Duration::from_secs(100), format!("{} again", now.1));
    }
}

impl Clock for StoppedClock {
    fn wall_time(&self) -> i64 {
        self.0.load(SeqCst)
    }

    fn elapsed(&self) -> Duration {
        self.1.lock().unwrap().0
    }

    fn boot_id(&self) -> String {
        self.1.lock().unwrap().1.clone()
    }
}

/// Network or none.
#[derive(Debug)]
pub(crate) struct Network(pub(crate) AtomicBool);

impl Connectivity for Network {
    fn is_online(&self) -> bool {
        self.0.load(SeqCst)
    }
}

/// A phone that survives its app.
#[derive(Debug)]
pub(crate) struct TestPhone {
    pub(crate) secrets: Arc<MemorySecrets>,
    pub(crate) signer: Arc<SoftSigner>,
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) network: Arc<Network>,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) folder: TempDir,
}

impl TestPhone {
    pub(crate) fn new() -> Self {
        Self {
            secrets: Arc::default(),
            signer: Arc::default(),
            clock: Arc::new(StoppedClock(
                AtomicI64::new(1_790_000_000_000),
                Mutex::new((Duration::from_secs(100), "boot 1".into())),
            )),
            network: Arc::new(Network(AtomicBool::new(true))),
            vault: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn ports(&self) -> Ports {
        Ports {
            secrets: self.secrets.clone(),
            clock: self.clock.clone(),
            connectivity: self.network.clone(),
            signer: self.signer.clone(),
            vault: self.vault.clone(),
        }
    }

    pub(crate) async fn open(&self, cloud: &MockServer) -> Porchlight {
        self.open_at(&cloud.uri()).await
    }

    pub(crate) async fn open_at(&self, cloud: &str) -> Porchlight {
        let folder = self.folder.path().to_owned();
        Porchlight::open(configuration(cloud), folder, self.ports()).await.unwrap()
    }

    /// The names of the files in the own profile's folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.folder.path().join("profiles/own"));
        let mut names: Vec<_> = folder
            .into_iter()
            .flatten()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn secret_names(&self) -> Vec<String> {
        self.secrets.entries.lock().unwrap().keys().cloned().collect()
    }
}

pub(crate) fn configuration(cloud: &str) -> Configuration {
    Configuration {
        cloud: cloud.parse().unwrap(),
        link_host: "porchlight.example".parse().unwrap(),
        client_name: "customer-test".into(),
        client_version: "1.4.0".into(),
        maker: "lumen".parse().unwrap(),
        extra_roots: vec![],
    }
}

/// A listener whose states a test waits for.
#[derive(Debug)]
pub(crate) struct Seen<T>(pub(crate) watch::Sender<T>);

impl<T: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static> Seen<T> {
    pub(crate) fn new(first: T) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(first)))
    }

    pub(crate) async fn until(&self, what: impl Fn(&T) -> bool) -> T {
        let mut seen = self.0.subscribe();
        let found = tokio::time::timeout(Duration::from_secs(10), seen.wait_for(|state| what(state))).await;
        found.unwrap_or_else(|_| panic!("stayed at {:?}", *self.0.borrow())).unwrap().clone()
    }
}

impl SessionListener for Seen<Option<SessionState>> {
    fn on_state(&self, state: SessionState) {
        self.0.send_replace(Some(state));
    }
}

impl ListListener for Seen<u32> {
    fn on_change(&self) {
        self.0.send_modify(|count| *count += 1);
    }
}

/// An answer of `POST /v1/sessions` and `/v1/sessions/refresh`.
pub(crate) fn session_response(access: &str, refresh: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "session": ACCOUNT, "access_token": access, "access_expires_in": 600, "refresh_token": refresh,
        "account": account(), "of_the_future": 1,
    }))
}

pub(crate) fn account() -> Value {
    json!({ "id": ACCOUNT, "email": "kim@example.org", "given_name": "Kim", "family_name": "Lee", "language": "en" })
}

pub(crate) fn problem(status: u16, code: &str) -> ResponseTemplate {
    let body = json!({ "type": "about:blank", "title": "canary-prose", "status": status, "code": code });
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/problem+json")
}

pub(crate) fn site(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "address": "", "time_zone": "Europe/Berlin" })
}

pub(crate) fn device(id: &str, name: &str) -> Value {
    json!({ "id": id, "maker": "lumen", "serial": format!("CAM-{}", &id[32..]).to_uppercase(), "model": "LX-4",
        "section": "video", "site": SITE, "name": name, "time_zone": "Europe/Berlin", "daylight_saving": true,
        "online": true, "online_changed_at": 1 })
}

/// The id that ends with this number.
pub(crate) fn id(number: u32) -> String {
    format!("01890a5d-ac96-774b-bcce-b302{number:08x}")
}

/// Mounts an answer to a route.
pub(crate) async fn answer(cloud: &MockServer, verb: &str, route: &str, response: ResponseTemplate) {
    Mock::given(method(verb)).and(path(route)).respond_with(response).mount(cloud).await;
}

/// Mounts empty or given lists, and a feed that stays silent.
pub(crate) async fn answer_lists(cloud: &MockServer, sites: Value, devices: Value) {
    let sites = ResponseTemplate::new(200).set_body_json(json!({ "sites": sites, "cursor": "0.1" }));
    let devices = ResponseTemplate::new(200).set_body_json(json!({ "devices": devices, "cursor": "0.2" }));
    answer(cloud, "GET", "/v1/sites", sites).await;
    answer(cloud, "GET", "/v1/devices", devices).await;
}

/// A server where signing in works and gives `pl_at_1`, `pl_rt_1`.
pub(crate) async fn cloud_with_sign_in() -> MockServer {
    let cloud = MockServer::start().await;
    answer(&cloud, "POST", "/v1/sessions", session_response("pl_at_1", "pl_rt_1")).await;
    cloud
}

/// A phone that is signed in there.
pub(crate) async fn signed_in_phone(cloud: &MockServer) -> (TestPhone, Porchlight) {
    let phone = TestPhone::new();
    let core = phone.open(cloud).await;
    core.profile().session().sign_in("kim@example.org", "correct porch lantern".into()).await.unwrap();
    (phone, core)
}

/// An address where nobody listens.
pub(crate) async fn nobody_there() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Requests that came to a route, in order.
pub(crate) async fn requests_to(cloud: &MockServer, route: &str) -> Vec<Request> {
    let all = cloud.received_requests().await.unwrap();
    all.into_iter().filter(|request| request.url.path() == route).collect()
}

/// Matches requests with this access token.
pub(crate) fn bearer(token: &str) -> wiremock::matchers::HeaderExactMatcher {
    header("authorization", format!("Bearer {token}").as_str())
}

/// Ana of Bright Solar may act for Kim.
pub(crate) fn grant(id: &str) -> Value {
    json!({ "id": id, "actor": { "id": self::id(70), "given_name": "Ana", "family_name": "Ruiz" },
        "company": { "id": self::id(80), "name": "Bright Solar" },
        "subject": { "id": ACCOUNT, "given_name": "Kim", "family_name": "Lee" }, "scope": { "kind": "account" },
        "permissions": ["site.read", "device.add"], "starts_at": 1, "expires_at": 9 })
}

/// Ana of Bright Solar asks Kim.
pub(crate) fn request(id: &str) -> Value {
    json!({ "id": id, "state": "pending", "actor": { "id": self::id(70), "given_name": "Ana", "family_name": "Ruiz" },
        "company": { "id": self::id(80), "name": "Bright Solar" }, "subject": ACCOUNT, "scope": { "kind": "account" },
        "permissions": ["site.read", "device.add"], "lasts": 14_400, "comment": "New panel", "terms": "dGVybXM",
        "created_at": 1, "expires_at": 9 })
}

/// An answer of `POST /v1/handoffs/redeem`: a session with `pl_at_d`, `pl_rt_d`.
pub(crate) fn redeemed() -> ResponseTemplate {
    let session = json!({ "session": id(60), "access_token": "pl_at_d", "access_expires_in": 300,
        "refresh_token": "pl_rt_d", "account": account() });
    ResponseTemplate::new(201)
        .set_body_json(json!({ "session": session, "grant": grant(&id(50)), "expires_at": 9 }))
}

/// A one-time code as the cloud mints it.
pub(crate) fn code(number: u8) -> String {
    let body = format!("pl_ho_{}{number:02}", "A".repeat(41));
    format!("{body}{}", porchlight_protocol::checksum::checksum(&body))
}

/// Its link.
pub(crate) fn link(code: &str) -> secrecy::SecretString {
    format!("https://porchlight.example/h#c={code}").into()
}

/// A device that waits in an outbox.
pub(crate) fn claim_row(account: AccountId) -> crate::outbox::ClaimRow {
    let terms = json!({ "maker": "lumen", "serial": "CAM-0001", "model": "LX-4", "section": "video", "site": SITE,
        "name": "Gate", "time_zone": "Europe/Berlin", "daylight_saving": true, "presence": "password" });
    let plan = crate::add_device::ClaimPlan {
        id: ClaimId::mint_offline(),
        terms: serde_json::from_value(terms).unwrap(),
        device: crate::add_device::LabelledDevice {
            serial: "CAM-0001".parse().unwrap(),
            model: "LX-4".parse().unwrap(),
            fingerprint: None,
            claim_code: None,
        },
        password: "canary device password".into(),
    };
    crate::outbox::ClaimRow::new(account, 0, plan)
}
