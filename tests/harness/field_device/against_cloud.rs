//! The simulated device against the real cloud, with the phone's half of a claim made by hand: plain requests and
//! OPAQUE, no core. When this holds, DEVICES.md and the cloud mean the same.

use super::*;
use crate::api::{Answer, Api};
use crate::cloud::Cloud;
use porchlight_protocol::add_device::{
    Challenge, Claim, ClaimFailure, ClaimRequest, ClaimState, ClaimTerms, FirstPasswordRequest, Presence,
    ProofRequest, RegistrationAnswer,
};
use porchlight_protocol::devices::Section;
use porchlight_protocol::opaque::{ClaimContext, LoginError, PhoneLogin, PhoneRegistration, SessionKey};
use porchlight_protocol::{Base64Url, SiteId};
use reqwest::Method;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(10);
const PASSWORD: &str = "open sesame";

fn options(serial: &str) -> Options {
    Options::new(format!("acme.{serial}").parse().expect("a device name"), "Cam 2".parse().expect("a model"))
}

fn secret(text: &str) -> SecretSlice<u8> {
    SecretSlice::from(text.as_bytes().to_vec())
}

fn address(cloud: &Cloud) -> CloudAddress {
    CloudAddress::plain(cloud.http(), cloud.mqtt(), cloud.settings.link_host.clone())
}

async fn list(cloud: &Cloud, device: &FieldDevice) {
    let db = porchlight_cloud::db::Db::open(&cloud.settings.database).await.expect("the database opens");
    let file = inventory_file([device]);
    porchlight_cloud::add_device::inventory::add(&db, file.as_bytes()).await.expect("the file is good");
    db.close().await;
}

/// Lists the device and waits until it is connected.
async fn connect(cloud: &Cloud, options: Options) -> FieldDevice {
    let mut device = FieldDevice::build(options);
    list(cloud, &device).await;
    device.switch_on(&address(cloud));
    assert!(device.wait_online(PATIENCE).await, "{:?}", device.last_loss());
    device
}

/// Somebody with a site who adds devices.
struct Buyer {
    api: Api,
    site: SiteId,
}

/// One claim of theirs.
struct Run<'a> {
    buyer: &'a Buyer,
    id: ClaimId,
    terms: ClaimTerms,
    attempt: u32,
}

impl Buyer {
    async fn new(cloud: &Cloud, email: &str) -> Self {
        let api = Api::with_account(cloud, email).await;
        let site = api.make_site("Home").await.parse().expect("a UUID");
        Self { api, site }
    }

    fn claim(&self, device: &FieldDevice, presence: Presence) -> Run<'_> {
        let terms = ClaimTerms {
            maker: device.name().maker.clone(),
            serial: device.name().serial.clone(),
            model: device.model().clone(),
            section: Section::Video,
            site: self.site,
            name: "Front door".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            daylight_saving: true,
            presence,
        };
        Run { buyer: self, id: ClaimId::mint_offline(), terms, attempt: 1 }
    }
}

impl Run<'_> {
    async fn open(&self, opening: Vec<u8>) -> Answer {
        let request =
            ClaimRequest { terms: self.terms.clone(), attempt: self.attempt, opening: Base64Url(opening) };
        self.buyer.api.put(&format!("/v1/claims/{}", self.id), &json!(request)).await
    }

    async fn step(&self, step: &str, body: Value) {
        self.buyer.api.post(&format!("/v1/claims/{}/{step}", self.id), &body).await.good();
    }

    async fn read(&self) -> Claim {
        let body = self.buyer.api.get(&format!("/v1/claims/{}", self.id)).await.good();
        serde_json::from_value(body).expect("a claim")
    }

    /// Waits until the claim is past this state.
    async fn wait_past(&self, is_there: impl Fn(&ClaimState) -> bool) -> ClaimState {
        for _ in 0..1000 {
            let claim = self.read().await;
            if !is_there(&claim.state) {
                return claim.state;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the claim stays {:?}", self.read().await);
    }

    async fn challenge(&self, opening: Vec<u8>) -> Result<Challenge, ClaimState> {
        self.open(opening).await.good();
        match self.wait_past(|state| *state == ClaimState::Requested).await {
            ClaimState::Challenged { challenge } => Ok(challenge),
            other => Err(other),
        }
    }

    fn context(&self, challenge: &Challenge) -> ClaimContext {
        let session = self.buyer.api.session.as_ref().expect("signed in");
        ClaimContext {
            claim: self.id,
            account: session.account.id,
            site: self.terms.site,
            device: DeviceName { maker: self.terms.maker.clone(), serial: self.terms.serial.clone() },
            device_key: challenge.device_key.0.clone(),
        }
    }

    /// Opening to proof of one attempt; the key if the device took the proof, else where the claim ended.
    async fn log_in(
        &self,
        text: &str,
        registration_request: Option<Vec<u8>>,
    ) -> Result<(ClaimContext, SessionKey, ClaimState), ClaimState> {
        let (phone, ke1) = PhoneLogin::start(&secret(text)).expect("usable");
        let challenge = self.challenge(ke1).await?;
        let context = self.context(&challenge);
        let ke2 = challenge.ke2.expect("KE2");
        let (ke3, key) = match phone.finish(&secret(text), &ke2.0, &context) {
            Ok(finished) => finished,
            Err(LoginError::WrongPassword) => {
                assert_eq!(challenge.tries_left, Some(4));
                self.step("withdraw", json!({ "reason": "wrong_password" })).await;
                return Err(self.read().await.state);
            }
            Err(LoginError::Malformed) => panic!("a KE2 that is none"),
        };
        let proof = ProofRequest {
            attempt: self.attempt,
            ke3: Base64Url(ke3),
            registration_request: registration_request.map(Base64Url),
        };
        self.step("proof", json!(proof)).await;
        let state = self.wait_past(|state| matches!(state, ClaimState::Challenged { .. })).await;
        Ok((context, key, state))
    }

    async fn wait_owned(&self) {
        let state = self.wait_past(|state| matches!(state, ClaimState::Proven { .. })).await;
        assert!(matches!(state, ClaimState::Owned { .. }), "{state:?}");
    }

    /// Adds a device with its password; starts the next attempt when one is over without an end, as the core does.
    async fn add(&mut self) {
        loop {
            match self.log_in(PASSWORD, None).await {
                Ok(_) => match self.wait_past(|state| matches!(state, ClaimState::Proven { .. })).await {
                    ClaimState::Owned { .. } => return,
                    ClaimState::Expired => {}
                    other => panic!("the claim ended: {other:?}"),
                },
                Err(ClaimState::Expired) => {}
                Err(ClaimState::Owned { .. }) => return,
                Err(other) => panic!("the claim ended: {other:?}"),
            }
            self.attempt += 1;
            assert!(self.attempt < 5, "it does not come to an end");
        }
    }
}

fn check_signature(context: &ClaimContext, request: &[u8], answer: &RegistrationAnswer) {
    let signed = context.registration_to_sign(request, &answer.response.0);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &context.device_key)
        .verify(&signed, &answer.signature.0)
        .expect("the device signed it");
}

#[tokio::test(flavor = "multi_thread")]
async fn password_adds_it_and_it_learns_name_and_clock_rename_and_release() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, options("CAM-0001").with_password(PASSWORD)).await;
    let buyer = Buyer::new(&cloud, "kim@example.org").await;
    let mut claim = buyer.claim(&device, Presence::Password);
    claim.add().await;
    let settings = device.settings().expect("it is bound");
    assert_eq!((device.owner_claim(), settings.name.as_str()), (Some(claim.id), "Front door"));
    assert_eq!(
        (settings.clock.zone.as_str(), settings.clock.rule.as_str()),
        ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3")
    );
    assert_eq!(settings.clock.changes.len(), 4);

    let ClaimState::Owned { device: id } = claim.read().await.state else { panic!("not owned") };
    let path = format!("/v1/devices/{id}");
    buyer.api.change(Method::PATCH, &path, &json!({ "name": "Back door" })).await.good();
    assert!(device.wait_until(PATIENCE, |it| it.settings().is_some_and(|s| s.name == "Back door")).await);
    buyer.api.change(Method::DELETE, &path, &Value::Null).await.good();
    assert!(device.wait_until(PATIENCE, |it| it.owner_claim().is_none()).await);
    buyer.claim(&device, Presence::Password).add().await;
    assert!(device.owner_claim().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_ends_the_claim_and_counts_at_the_device() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, options("CAM-0001").with_password(PASSWORD)).await;
    let buyer = Buyer::new(&cloud, "kim@example.org").await;
    let ended = buyer.claim(&device, Presence::Password).log_in("wrong", None).await.err();
    assert_eq!(ended, Some(ClaimState::Failed { reason: ClaimFailure::WrongPassword }));
    assert_eq!(device.owner_claim(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn claim_code_brings_the_first_password() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, options("CAM-0002").with_new_claim_code()).await;
    let buyer = Buyer::new(&cloud, "kim@example.org").await;
    let claim = buyer.claim(&device, Presence::ClaimCode);
    let code = device.claim_code().expect("it has one").secret().expose_secret().to_owned();
    let (registration, request) = PhoneRegistration::start(&secret("brand new")).expect("usable");
    let (context, key, state) =
        claim.log_in(&code, Some(request.clone())).await.expect("the right claim code");
    let ClaimState::Proven { registration: Some(answer) } = state else { panic!("{state:?}") };
    check_signature(&context, &request, &answer);
    let record = registration.finish(&secret("brand new"), &answer.response.0).expect("a good response");
    let record = Base64Url(key.seal_record(&record, &context).expect("a record"));
    claim.step("first-password", json!(FirstPasswordRequest { attempt: 1, record })).await;
    claim.wait_owned().await;
    assert!(device.has_password());
}

#[tokio::test(flavor = "multi_thread")]
async fn button_brings_the_first_password_and_without_it_nothing_does() {
    let cloud = Cloud::start().await;
    let device = connect(&cloud, options("CAM-0003")).await;
    let buyer = Buyer::new(&cloud, "kim@example.org").await;
    let (registration, request) = PhoneRegistration::start(&secret("brand new")).expect("usable");
    let refused = buyer.claim(&device, Presence::Button).challenge(request.clone()).await;
    assert_eq!(refused, Err(ClaimState::Failed { reason: ClaimFailure::PresenceRequired }));

    device.press_button();
    let claim = buyer.claim(&device, Presence::Button);
    let challenge = claim.challenge(request.clone()).await.expect("a challenge");
    let answer = challenge.registration.clone().expect("a registration answer");
    check_signature(&claim.context(&challenge), &request, &answer);
    let record = registration.finish(&secret("brand new"), &answer.response.0).expect("a good response");
    claim.step("first-password", json!(FirstPasswordRequest { attempt: 1, record: Base64Url(record) })).await;
    let state = claim
        .wait_past(|state| matches!(state, ClaimState::Challenged { .. } | ClaimState::Proven { .. }))
        .await;
    assert!(matches!(state, ClaimState::Owned { .. }), "{state:?}");
    assert!(device.has_password());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_at_every_stage_ends_in_an_owned_device() {
    let cloud = Cloud::start_with(None, |settings| {
        settings.claim_window = Duration::from_secs(2);
        // These runs poll, and one account makes all of them.
        settings.requests_per_minute = 100_000;
        settings.unanswered_claims_per_hour = 100;
    })
    .await;
    let buyer = Arc::new(Buyer::new(&cloud, "kim@example.org").await);
    let faults = [
        Fault::AnswerLate(Duration::from_millis(100)),
        Fault::AnswerTwice,
        Fault::Garbage,
        Fault::Silence,
        Fault::Vanish(Duration::from_millis(100)),
        Fault::CrashBeforeStore,
        Fault::CrashAfterStore,
    ];
    let mut runs = tokio::task::JoinSet::new();
    for (number, (stage, fault)) in
        [Stage::Claim, Stage::Proof, Stage::Bind].into_iter().flat_map(|s| faults.map(|f| (s, f))).enumerate()
    {
        let options = options(&format!("CAM-{number:04}")).with_password(PASSWORD).with_fault(stage, fault);
        let (device, buyer) = (connect(&cloud, options).await, Arc::clone(&buyer));
        runs.spawn(async move {
            let mut claim = buyer.claim(&device, Presence::Password);
            claim.add().await;
            assert_eq!(device.owner_claim(), Some(claim.id), "{stage:?} {fault:?}");
        });
    }
    runs.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rename_and_release_that_got_lost_come_again_with_the_next_connection() {
    let cloud = Cloud::start().await;
    let buyer = Buyer::new(&cloud, "kim@example.org").await;
    for (number, fault) in [Fault::Silence, Fault::Garbage, Fault::CrashBeforeStore].into_iter().enumerate() {
        let options = options(&format!("CAM-{number:04}")).with_password(PASSWORD);
        let options = options.with_fault(Stage::Settings, fault).with_fault(Stage::Release, fault);
        let mut device = connect(&cloud, options).await;
        let mut claim = buyer.claim(&device, Presence::Password);
        claim.add().await;
        let ClaimState::Owned { device: id } = claim.read().await.state else { panic!("not owned") };
        let path = format!("/v1/devices/{id}");

        buyer.api.change(Method::PATCH, &path, &json!({ "name": "Back door" })).await.good();
        assert!(device.wait_until(PATIENCE, |it| it.received(Stage::Settings) == 1).await, "{fault:?}");
        device.power_cycle();
        assert!(device.wait_until(PATIENCE, |it| it.received(Stage::Settings) == 2).await, "{fault:?}");
        let renamed = |it: &FieldDevice| it.settings().is_some_and(|settings| settings.name == "Back door");
        assert!(device.wait_until(PATIENCE, renamed).await, "{fault:?}");

        buyer.api.change(Method::DELETE, &path, &Value::Null).await.good();
        assert!(device.wait_until(PATIENCE, |it| it.received(Stage::Release) == 1).await, "{fault:?}");
        device.power_cycle();
        assert!(device.wait_until(PATIENCE, |it| it.received(Stage::Release) == 2).await, "{fault:?}");
        assert!(device.wait_until(PATIENCE, |it| it.owner_claim().is_none()).await, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_gets_nowhere_and_a_second_connection_ends_the_first() {
    let cloud = Cloud::start().await;
    let good = options("CAM-0001");
    let device = connect(&cloud, good.clone()).await;
    let stranger = FieldDevice::start(options("CAM-0001"), &address(&cloud));
    assert!(!stranger.wait_online(Duration::from_millis(500)).await);
    assert!(
        stranger.last_loss().is_some_and(|why| why.contains("NotAuthorized")),
        "{:?}",
        stranger.last_loss()
    );
    assert!(device.is_online());
    drop(stranger);

    let twin = FieldDevice::start(good, &address(&cloud));
    assert!(twin.wait_online(PATIENCE).await);
    for _ in 0..500 {
        if device.last_loss().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the first connection stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn device_comes_back_to_a_cloud_that_was_away() {
    let mut cloud = Cloud::start().await;
    let device = connect(&cloud, options("CAM-0001").with_password(PASSWORD)).await;
    cloud.pause().await;
    for _ in 0..500 {
        if !device.is_online() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!device.is_online());
    cloud.resume().await;
    assert!(device.wait_online(PATIENCE).await, "{:?}", device.last_loss());
}
