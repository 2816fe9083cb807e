//! A cloud that relays, with one device behind it that does its own half of OPAQUE. What goes wrong, the test decides.

use crate::testing::{ACCOUNT, SITE, problem};
use porchlight_label::{ClaimCode, Fingerprint, PrintedLabel};
use porchlight_protocol::add_device::*;
use porchlight_protocol::opaque::*;
use porchlight_protocol::{Base64Url, ClaimId, DeviceId, DeviceName, SiteId};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(super) const SERIAL: &str = "CAM-0001";
pub(super) const MODEL: &str = "LX-4";
pub(super) const PASSWORD: &str = "canary open sesame";
pub(super) const CLAIM_CODE: [u8; 10] = [7; 10];
pub(super) const DEVICE: &str = "01890a5d-ac96-774b-bcce-b30200000001";

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is done, and its answer is lost.
    LoseAnswer,
    /// It never arrives.
    LoseRequest,
    /// It is done, and its answer never comes.
    HangAfter,
    /// It never arrives, and no answer comes.
    HangBefore,
    /// It is refused for an hour.
    TooOften,
}

/// A claim as the cloud has it, with what the device keeps of its exchange.
struct Held {
    terms: ClaimTerms,
    opening: Base64Url,
    attempt: u32,
    state: ClaimState,
    login: Option<DeviceLogin>,
    key: Option<SessionKey>,
    proof: Option<ProofRequest>,
}

struct Inside {
    claims: HashMap<ClaimId, Held>,
    password: Option<PasswordFile>,
    /// Which claims bound the device, one entry each time.
    bound: Vec<ClaimId>,
    faults: Vec<(&'static str, Fault)>,
}

pub(super) struct FakeCloud {
    inside: Mutex<Inside>,
    setup: DeviceSetup,
    claim_code: PasswordFile,
    key: EcdsaKeyPair,
    /// The device is there.
    pub(super) connected: Mutex<bool>,
    /// Whoever proves the password learns this instead of getting the device.
    pub(super) owned: Mutex<Option<ClaimFailure>>,
    /// The device signs with another key than the one it shows.
    pub(super) forged: Mutex<bool>,
    /// States show one by one, at the next look, instead of at once.
    pub(super) slowly: Mutex<bool>,
    reached: (mpsc::UnboundedSender<Fault>, Mutex<mpsc::UnboundedReceiver<Fault>>),
}

fn secret(text: &str) -> SecretSlice<u8> {
    SecretSlice::from(text.as_bytes().to_vec())
}

fn key_pair() -> EcdsaKeyPair {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &SystemRandom::new()).unwrap()
}

impl FakeCloud {
    /// With a device that has this password, or none yet.
    pub(super) fn new(password: Option<&str>) -> Self {
        let setup = DeviceSetup::create();
        let register = |credential, text: &str| register_locally(&setup, credential, &secret(text)).unwrap();
        let code = ClaimCode::from_bytes(CLAIM_CODE);
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            inside: Mutex::new(Inside {
                claims: HashMap::new(),
                password: password.map(|password| register(Credential::Password, password)),
                bound: Vec::new(),
                faults: Vec::new(),
            }),
            claim_code: register(Credential::ClaimCode, code.secret().expose_secret()),
            setup,
            key: key_pair(),
            connected: Mutex::new(true),
            owned: Mutex::new(None),
            forged: Mutex::new(false),
            slowly: Mutex::new(false),
            reached: (sender, Mutex::new(receiver)),
        }
    }

    /// The text on the device; with a fingerprint of another key if it is another's.
    pub(super) fn label(&self, claim_code: bool, another: bool) -> String {
        let label = PrintedLabel {
            serial: SERIAL.into(),
            model: MODEL.into(),
            fingerprint: if another {
                Fingerprint::of_public_key(&[9; 65])
            } else {
                Fingerprint::of_public_key(self.key.public_key().as_ref())
            },
            claim_code: claim_code.then(|| ClaimCode::from_bytes(CLAIM_CODE)),
        };
        label.to_text().expose_secret().to_owned()
    }

    pub(super) async fn mount(self: &Arc<Self>, server: &MockServer) {
        let claims = Mock::given(path_regex("^/v1/claims/")).respond_with(Answers(self.clone()));
        claims.mount(server).await;
        let device = Mock::given(method("GET")).and(path_regex("^/v1/devices"));
        device.respond_with(DeviceAnswers(self.clone())).mount(server).await;
    }

    /// The next request of this step (`put`, `get`, `proof`, `first-password`, `withdraw`, `device`) fares so.
    pub(super) fn arm(&self, step: &'static str, fault: Fault) {
        self.inside.lock().unwrap().faults.push((step, fault));
    }

    /// Waits until an armed fault happened.
    pub(super) fn wait_for_fault(&self) -> Fault {
        self.reached.1.lock().unwrap().blocking_recv().unwrap()
    }

    /// All claims, and how often the device was bound.
    pub(super) fn counts(&self) -> (usize, usize) {
        let inside = self.inside.lock().unwrap();
        (inside.claims.len(), inside.bound.len())
    }

    pub(super) fn state(&self, claim: ClaimId) -> ClaimState {
        self.inside.lock().unwrap().claims[&claim].state.clone()
    }

    pub(super) fn attempt(&self, claim: ClaimId) -> u32 {
        self.inside.lock().unwrap().claims[&claim].attempt
    }

    /// The claim's time is over.
    pub(super) fn expire(&self) {
        for held in self.inside.lock().unwrap().claims.values_mut() {
            if !matches!(held.state, ClaimState::Owned { .. } | ClaimState::Failed { .. }) {
                held.state = ClaimState::Expired;
            }
        }
    }

    /// Whether the device takes this password now.
    pub(super) fn opens_with(&self, password: &str) -> bool {
        let inside = self.inside.lock().unwrap();
        let (login, ke1) = PhoneLogin::start(&secret(password)).unwrap();
        let context = self.context(ClaimId(Uuid::nil()), SITE.parse().unwrap());
        let record = inside.password.as_ref();
        let (_, ke2) = answer_login(&self.setup, record, Credential::Password, &ke1, &context).unwrap();
        login.finish(&secret(password), &ke2, &context).is_ok()
    }

    fn context(&self, claim: ClaimId, site: SiteId) -> ClaimContext {
        ClaimContext {
            claim,
            account: ACCOUNT.parse().unwrap(),
            site,
            device: DeviceName { maker: "lumen".parse().unwrap(), serial: SERIAL.parse().unwrap() },
            device_key: self.key.public_key().as_ref().to_vec(),
        }
    }

    fn registration(&self, context: &ClaimContext, request: &[u8]) -> RegistrationAnswer {
        let response = answer_registration(&self.setup, Credential::Password, request).unwrap();
        let signed = context.registration_to_sign(request, &response);
        let forger = key_pair();
        let key = if *self.forged.lock().unwrap() { &forger } else { &self.key };
        let signature = key.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec();
        RegistrationAnswer { response: Base64Url(response), signature: Base64Url(signature) }
    }

    fn put(&self, inside: &mut Inside, id: ClaimId, request: ClaimRequest) {
        if let Some(held) = inside.claims.get_mut(&id) {
            let is_over = matches!(held.state, ClaimState::Owned { .. } | ClaimState::Failed { .. });
            assert_eq!(held.terms, request.terms, "the terms of a claim never change");
            if is_over || request.attempt < held.attempt {
                return;
            }
            if request.attempt == held.attempt {
                assert_eq!(held.opening, request.opening, "an attempt has one opening");
                return;
            }
        }
        let mut held = Held {
            terms: request.terms,
            opening: request.opening,
            attempt: request.attempt,
            state: ClaimState::Requested,
            login: None,
            key: None,
            proof: None,
        };
        if *self.connected.lock().unwrap() {
            held.state = self.challenge(inside, id, &mut held);
        }
        inside.claims.insert(id, held);
    }

    /// `up/challenge`, or `up/refused`.
    fn challenge(&self, inside: &Inside, id: ClaimId, held: &mut Held) -> ClaimState {
        let context = self.context(id, held.terms.site);
        let mut challenge = Challenge {
            device_key: Base64Url(context.device_key.clone()),
            ke2: None,
            registration: None,
            tries_left: Some(4),
        };
        let (record, credential) = match (held.terms.presence, &inside.password) {
            (Presence::Password, Some(record)) => (record, Credential::Password),
            (Presence::ClaimCode, None) => (&self.claim_code, Credential::ClaimCode),
            (Presence::Button, None) => {
                challenge.registration = Some(self.registration(&context, &held.opening.0));
                return ClaimState::Challenged { challenge };
            }
            (_, None) => return ClaimState::Failed { reason: ClaimFailure::PresenceRequired },
            (_, Some(_)) => return ClaimState::Failed { reason: ClaimFailure::HasPassword },
        };
        let (login, ke2) =
            answer_login(&self.setup, Some(record), credential, &held.opening.0, &context).unwrap();
        held.login = Some(login);
        challenge.ke2 = Some(Base64Url(ke2));
        ClaimState::Challenged { challenge }
    }

    fn proof(&self, inside: &mut Inside, id: ClaimId, request: ProofRequest) -> bool {
        let Some(held) = inside.claims.get_mut(&id).filter(|held| held.attempt == request.attempt) else {
            return false;
        };
        if held.proof.as_ref() == Some(&request) {
            return true;
        }
        assert!(held.proof.is_none(), "an attempt has one proof");
        let Some(login) = held.login.take() else { return false };
        held.key = Some(login.finish(&request.ke3.0).expect("the phone opened KE2"));
        held.proof = Some(request.clone());
        held.state = match (*self.owned.lock().unwrap(), request.registration_request) {
            (Some(reason), _) => ClaimState::Failed { reason },
            (None, None) => ClaimState::Proven { registration: None },
            (None, Some(asked)) => {
                let answer = self.registration(&self.context(id, held.terms.site), &asked.0);
                ClaimState::Proven { registration: Some(answer) }
            }
        };
        if held.terms.presence == Presence::Password
            && held.state == (ClaimState::Proven { registration: None })
        {
            self.bind(inside, id);
        }
        true
    }

    fn first_password(&self, inside: &mut Inside, id: ClaimId, request: FirstPasswordRequest) -> bool {
        let Some(held) = inside.claims.get(&id).filter(|held| held.attempt == request.attempt) else {
            return false;
        };
        if !inside.bound.contains(&id) {
            let context = self.context(id, held.terms.site);
            let record = match &held.key {
                Some(key) => key.open_record(&request.record.0, &context).expect("sealed for this claim"),
                None => request.record.0,
            };
            inside.password = Some(PasswordFile::from_record(&record).unwrap());
            self.bind(inside, id);
        }
        true
    }

    fn bind(&self, inside: &mut Inside, id: ClaimId) {
        inside.bound.push(id);
        let state = if *self.slowly.lock().unwrap() {
            ClaimState::Proven { registration: None }
        } else {
            ClaimState::Owned { device: DEVICE.parse().unwrap() }
        };
        inside.claims.get_mut(&id).unwrap().state = state;
    }

    fn answer(&self, id: ClaimId, step: &'static str, body: &[u8]) -> Option<ResponseTemplate> {
        let inside = &mut *self.inside.lock().unwrap();
        let taken = match step {
            "put" => {
                self.put(inside, id, serde_json::from_slice(body).unwrap());
                true
            }
            "proof" => self.proof(inside, id, serde_json::from_slice(body).unwrap()),
            "first-password" => self.first_password(inside, id, serde_json::from_slice(body).unwrap()),
            "withdraw" => {
                let request: WithdrawRequest = serde_json::from_slice(body).unwrap();
                let held = inside.claims.get_mut(&id);
                held.map(|held| withdraw(held, request.reason)).is_some()
            }
            _ => inside.claims.contains_key(&id),
        };
        let Some(held) = inside.claims.get_mut(&id) else { return Some(problem(404, "not_found")) };
        let was_requested = step == "put" && *self.slowly.lock().unwrap();
        let state = if was_requested { ClaimState::Requested } else { held.state.clone() };
        if step == "get"
            && inside.bound.contains(&id)
            && held.state == (ClaimState::Proven { registration: None })
        {
            held.state = ClaimState::Owned { device: DeviceId(Uuid::parse_str(DEVICE).unwrap()) };
        }
        let claim = Claim { id, attempt: held.attempt, state, expires_at: 0 };
        Some(if taken {
            ResponseTemplate::new(200).set_body_json(claim)
        } else {
            problem(409, "claim_not_there")
        })
    }

    fn fare(&self, step: &'static str, deed: impl FnOnce() -> Option<ResponseTemplate>) -> ResponseTemplate {
        let armed = {
            let faults = &mut self.inside.lock().unwrap().faults;
            let at = faults.iter().position(|(at, _)| *at == step);
            at.map(|at| faults.remove(at).1)
        };
        let done = match armed {
            Some(Fault::LoseRequest | Fault::HangBefore | Fault::TooOften) => None,
            Some(Fault::LoseAnswer | Fault::HangAfter) | None => deed(),
        };
        match armed {
            None => return done.expect("what was done has an answer"),
            Some(fault) => drop(self.reached.0.send(fault)),
        }
        match armed {
            Some(Fault::HangAfter | Fault::HangBefore) => {
                ResponseTemplate::new(500).set_delay(Duration::from_secs(60))
            }
            Some(Fault::TooOften) => problem(429, "too_many_requests").insert_header("retry-after", "3600"),
            _ => problem(503, "unavailable"),
        }
    }
}

fn withdraw(held: &mut Held, reason: WithdrawReason) {
    if !matches!(held.state, ClaimState::Owned { .. } | ClaimState::Failed { .. }) {
        let reason = match reason {
            WithdrawReason::WrongPassword => ClaimFailure::WrongPassword,
            WithdrawReason::WrongDeviceKey => ClaimFailure::WrongDeviceKey,
            WithdrawReason::GivenUp => ClaimFailure::GivenUp,
        };
        held.state = ClaimState::Failed { reason };
    }
}

struct Answers(Arc<FakeCloud>);

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut parts = request.url.path().split('/').skip(3);
        let id: ClaimId = parts.next().unwrap().parse().unwrap();
        let step = match (request.method.as_str(), parts.next()) {
            ("PUT", None) => "put",
            ("GET", None) => "get",
            ("POST", Some("proof")) => "proof",
            ("POST", Some("first-password")) => "first-password",
            ("POST", Some("withdraw")) => "withdraw",
            other => panic!("no such route: {other:?}"),
        };
        self.0.fare(step, || self.0.answer(id, step, &request.body))
    }
}

struct DeviceAnswers(Arc<FakeCloud>);

impl Respond for DeviceAnswers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let device = json!({ "id": DEVICE, "maker": "lumen", "serial": SERIAL, "model": MODEL, "section": "video",
            "site": SITE, "name": "Gate", "time_zone": "Europe/Berlin", "daylight_saving": true, "online": true });
        if request.url.path() == "/v1/devices" {
            let is_bound = self.0.counts().1 > 0;
            let devices = if is_bound { vec![device] } else { vec![] };
            return ResponseTemplate::new(200).set_body_json(json!({ "devices": devices, "cursor": "0.2" }));
        }
        self.0.fare("device", || Some(ResponseTemplate::new(200).set_body_json(device)))
    }
}
