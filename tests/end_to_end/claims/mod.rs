//! Claims at the API, with simulated devices on the real channel: what the cloud does, whatever app asks. The phone's
//! part is written out here, so that it can stop, repeat and lie where the real core never would.

mod interrupted;
mod outcomes;
mod processes;

use harness::api::{Answer, Api};
use harness::cloud::Cloud;
use harness::field_device::{Clock, CloudAddress, FieldDevice, Options};
use porchlight_cloud::add_device::inventory;
use porchlight_cloud::db::Db;
use porchlight_protocol::add_device::{Claim, ClaimState, ClaimTerms, Presence};
use porchlight_protocol::devices::Section;
use porchlight_protocol::opaque::{ClaimContext, PhoneLogin, PhoneRegistration, SessionKey};
use porchlight_protocol::{Base64Url, ClaimId, DeviceId};
use secrecy::SecretSlice;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// The password that devices with one are delivered with.
pub(crate) const DEVICE_PASSWORD: &str = "hang-it-by-the-door";
const CLAIM_CODE: &str = "0123456789ABCDEF";
/// Longer than any answer of a device on this machine takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a new device is delivered with.
pub(crate) fn options() -> Options {
    let serial = Uuid::new_v4().simple().to_string()[..12].to_uppercase();
    let mut options = Options::new(format!("acme.{serial}").parse().unwrap(), "CAM-2".parse().unwrap());
    options.clock = Clock::Battery;
    options
}

fn address(cloud: &Cloud) -> CloudAddress {
    CloudAddress::plain(cloud.http(), cloud.mqtt(), cloud.settings.link_host.clone())
}

/// A device that is listed, connected and subscribed.
pub(crate) async fn connected(cloud: &Cloud, options: Options) -> FieldDevice {
    let mut device = FieldDevice::build(options);
    list(cloud, &device).await;
    device.switch_on(&address(cloud));
    assert!(device.wait_online(PATIENCE).await, "{:?}", device.last_loss());
    device
}

async fn list(cloud: &Cloud, device: &FieldDevice) {
    let file = format!("{}\n{}\n", inventory::HEADER.join(","), device.inventory_line());
    let db = Db::open(&cloud.settings.database).await.unwrap();
    inventory::add(&db, file.as_bytes()).await.unwrap();
}

/// A person with a site who claims a device.
pub(crate) struct Claimant {
    pub(crate) api: Api,
    pub(crate) site: String,
}

impl Claimant {
    pub(crate) async fn new(cloud: &Cloud, email: &str) -> Self {
        let api = Api::with_account(cloud, email).await;
        let site = api.make_site("Home").await;
        Self { api, site }
    }

    pub(crate) fn terms(&self, device: &FieldDevice, presence: Presence) -> ClaimTerms {
        ClaimTerms {
            maker: device.name().maker.clone(),
            serial: device.name().serial.clone(),
            model: device.model().clone(),
            section: Section::Video,
            site: self.site.parse().unwrap(),
            name: "Gate".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            daylight_saving: true,
            presence,
        }
    }

    /// Begins an exchange.
    pub(crate) async fn open(
        &self,
        claim: ClaimId,
        attempt: u32,
        terms: ClaimTerms,
        secret: &str,
    ) -> Exchange<'_> {
        let secret = SecretSlice::from(secret.as_bytes().to_vec());
        let (opening, phone) = if terms.presence == Presence::Button {
            let (registration, opening) = PhoneRegistration::start(&secret).unwrap();
            (opening, Phone::Registration(registration))
        } else {
            let (login, opening) = PhoneLogin::start(&secret).unwrap();
            (opening, Phone::Login(Box::new(login)))
        };
        let exchange = Exchange { who: self, claim, attempt, terms, secret, opening, phone: Some(phone) };
        exchange.put().await.good();
        exchange
    }

    async fn read(&self, claim: ClaimId) -> Claim {
        serde_json::from_value(self.api.get(&format!("/v1/claims/{claim}")).await.good()).unwrap()
    }

    /// Reads the claim until it is past this state.
    pub(crate) async fn wait_past(&self, claim: ClaimId, state: &str) -> ClaimState {
        for _ in 0..1_000 {
            let now = self.read(claim).await.state;
            if serde_json::to_value(&now).unwrap()["is"] != state {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the claim stayed {state}")
    }

    /// The whole way with the device's password.
    pub(crate) async fn add(&self, device: &FieldDevice, password: &str) -> ClaimState {
        let terms = self.terms(device, Presence::Password);
        let mut exchange = self.open(ClaimId::mint_offline(), 1, terms, password).await;
        exchange.prove(None).await;
        self.wait_past(exchange.claim, "proven").await
    }

    async fn withdraw(&self, claim: ClaimId, reason: &str) -> Claim {
        let path = format!("/v1/claims/{claim}/withdraw");
        serde_json::from_value(self.api.post(&path, &json!({ "reason": reason })).await.good()).unwrap()
    }

    pub(crate) async fn devices(&self) -> Vec<DeviceId> {
        let list = self.api.get("/v1/devices").await.good();
        let devices = list["devices"].as_array().unwrap();
        devices.iter().map(|device| device["id"].as_str().unwrap().parse().unwrap()).collect()
    }
}

enum Phone {
    Login(Box<PhoneLogin>),
    Registration(PhoneRegistration),
}

/// One exchange of a claim, as a phone remembers it.
pub(crate) struct Exchange<'w> {
    who: &'w Claimant,
    claim: ClaimId,
    attempt: u32,
    terms: ClaimTerms,
    secret: SecretSlice<u8>,
    opening: Vec<u8>,
    phone: Option<Phone>,
}

impl Exchange<'_> {
    /// The same request each time.
    async fn put(&self) -> Answer {
        let body = json!({ "terms": self.terms, "attempt": self.attempt,
            "opening": Base64Url(self.opening.clone()) });
        self.who.api.put(&format!("/v1/claims/{}", self.claim), &body).await
    }

    fn context(&self, device_key: Vec<u8>) -> ClaimContext {
        ClaimContext {
            claim: self.claim,
            account: self.who.api.session.as_ref().unwrap().account.id,
            site: self.terms.site,
            device: porchlight_protocol::DeviceName {
                maker: self.terms.maker.clone(),
                serial: self.terms.serial.clone(),
            },
            device_key,
        }
    }

    /// Waits for the challenge and answers it; what came instead of a challenge, or past it. `None`: wrong password.
    pub(crate) async fn prove(&mut self, registration_request: Option<&[u8]>) -> Option<Proof> {
        let state = self.who.wait_past(self.claim, "requested").await;
        let ClaimState::Challenged { challenge } = state else { panic!("{state:?}") };
        let Some(Phone::Login(login)) = self.phone.take() else { panic!("no log-in") };
        let context = self.context(challenge.device_key.0.clone());
        let ke2 = challenge.ke2.expect("KE2").0;
        let (ke3, key) = login.finish(&self.secret, &ke2, &context).ok()?;
        let mut body = json!({ "attempt": self.attempt, "ke3": Base64Url(ke3) });
        if let Some(request) = registration_request {
            body["registration_request"] = serde_json::to_value(Base64Url(request.to_vec())).unwrap();
        }
        self.post("proof", &body).await.good();
        let state = self.who.wait_past(self.claim, "challenged").await;
        // An answer that was lost: the same request again does nothing.
        let again = self.post("proof", &body).await.good();
        assert!(!matches!(again["state"]["is"].as_str(), Some("requested" | "challenged")), "{again}");
        Some(Proof { key, context, state })
    }

    async fn post(&self, step: &str, body: &serde_json::Value) -> Answer {
        self.who.api.post(&format!("/v1/claims/{}/{step}", self.claim), body).await
    }

    async fn give_first_password(&self, record: Vec<u8>) -> Answer {
        let body = json!({ "attempt": self.attempt, "record": Base64Url(record) });
        self.post("first-password", &body).await
    }
}

/// A proof that the phone could give.
pub(crate) struct Proof {
    key: SessionKey,
    context: ClaimContext,
    /// What the device made of it.
    state: ClaimState,
}
