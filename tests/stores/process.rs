//! The service without its listeners, and what phones and devices say to it about a claim.

use crate::fixture::again_if_lost;
use harness::database::Database;
use porchlight_cloud::Settings;
use porchlight_cloud::add_device;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::{Db, DbError};
use porchlight_cloud::devices::commands::{self, store::CommandRow};
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::server::CloudState;
use porchlight_protocol::add_device::{Claim, ClaimRequest, ClaimState, ClaimTerms, Presence, ProofRequest};
use porchlight_protocol::device::{DeviceBound, DeviceChallenge, DeviceMessage, DeviceProven};
use porchlight_protocol::devices::Section;
use porchlight_protocol::sites::Site;
use porchlight_protocol::{Base64Url, ClaimId, DeviceName};
use tempfile::TempDir;

/// One process of the service, without its listeners.
pub struct Process {
    pub state: CloudState,
    _folder: TempDir,
}

impl Process {
    pub async fn start(database: &Database, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::in_folder(folder.path());
        change(&mut settings);
        let key = ServerKey::open(&settings.server_key).unwrap();
        Self { state: CloudState::new(settings, database.open().await, key), _folder: folder }
    }

    pub fn db(&self) -> &Db {
        &self.state.db
    }

    pub async fn open(&self, caller: &Caller, id: ClaimId, request: &ClaimRequest) -> Result<Claim, Refusal> {
        again_if_lost(async || add_device::open(&self.state, caller, id, request).await).await
    }

    pub async fn say(&self, message: DeviceMessage) {
        self.say_as(&device(), message).await;
    }

    /// What this device says.
    pub async fn say_as(&self, device: &DeviceName, message: DeviceMessage) {
        loop {
            let mut tx = self.db().begin().await.unwrap();
            match add_device::take_message(&self.state, &mut tx, device, &message).await {
                Err(DbError::TryAgain) => continue,
                done => done.unwrap(),
            }
            match tx.commit().await {
                Err(DbError::TryAgain) => {}
                done => return done.unwrap(),
            }
        }
    }

    pub async fn state_of(&self, caller: &Caller, id: ClaimId) -> ClaimState {
        add_device::read(&self.state, caller, id).await.unwrap().state
    }

    /// A claim that the device was told to bind itself by.
    pub async fn proven(&self, caller: &Caller, site: &Site) -> ClaimId {
        self.proven_as(&device(), caller, site).await
    }

    /// The same for this device.
    pub async fn proven_as(&self, device: &DeviceName, caller: &Caller, site: &Site) -> ClaimId {
        let id = ClaimId::mint_offline();
        self.open(caller, id, &request_for(device, site)).await.unwrap();
        self.say_as(device, challenge(id)).await;
        add_device::give_proof(&self.state, caller, id, &proof()).await.unwrap();
        let proven = DeviceProven { claim: id, attempt: 1, registration: None };
        self.say_as(device, DeviceMessage::Proven(proven)).await;
        assert!(matches!(self.state_of(caller, id).await, ClaimState::Proven { .. }));
        id
    }

    pub async fn waiting_for(&self, device: &DeviceName) -> Vec<CommandRow> {
        commands::open_for(self.db(), device).await.unwrap()
    }

    pub async fn kinds_waiting(&self) -> Vec<String> {
        self.waiting_for(&device()).await.into_iter().map(|command| command.kind).collect()
    }
}

pub fn device() -> DeviceName {
    "acme.AB-12".parse().unwrap()
}

pub fn request(site: &Site) -> ClaimRequest {
    request_for(&device(), site)
}

/// What a phone asks for to add this device there.
pub fn request_for(device: &DeviceName, site: &Site) -> ClaimRequest {
    ClaimRequest {
        terms: ClaimTerms {
            maker: device.maker.clone(),
            serial: device.serial.clone(),
            model: "CAM".parse().unwrap(),
            section: Section::Video,
            site: site.id,
            name: "Gate".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            daylight_saving: true,
            presence: Presence::Password,
        },
        attempt: 1,
        opening: Base64Url(vec![1; 96]),
    }
}

pub fn proof() -> ProofRequest {
    ProofRequest { attempt: 1, ke3: Base64Url(vec![3; 64]), registration_request: None }
}

pub fn challenge(claim: ClaimId) -> DeviceMessage {
    DeviceMessage::Challenge(DeviceChallenge {
        claim,
        attempt: 1,
        ke2: Some(Base64Url(vec![2; 320])),
        registration: None,
        tries_left: Some(5),
    })
}

pub fn bound(claim: ClaimId) -> DeviceMessage {
    DeviceMessage::Bound(DeviceBound { claim, attempt: 1 })
}
