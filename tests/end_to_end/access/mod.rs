//! An installer works in a customer's account: what the cloud does at the API, whatever app asks.

mod customers;
mod handoffs;
mod known_failures;
mod limits;
mod phones;
mod proofs;
mod replays;
mod requests;
mod sessions;
mod streams;

use crate::claims::{Claimant, DEVICE_PASSWORD, connected, options};
use harness::api::Api;
use harness::cloud::Cloud;
use harness::database::Database;
use harness::firm::Firm;
use porchlight_cloud::Settings;
use porchlight_protocol::DeviceId;
use porchlight_protocol::add_device::ClaimState;

/// A cloud with a partner, its installer Ana, its customer Kim, and Kim's site.
struct Scene {
    cloud: Cloud,
    firm: Firm,
    kim: Api,
    customer: String,
    site: String,
}

impl Scene {
    async fn new(database: Database) -> Self {
        Self::with(database, |_| {}).await
    }

    async fn with(database: Database, change: impl FnOnce(&mut Settings)) -> Self {
        let cloud = Cloud::start_with(Some(database), |settings| {
            settings.sign_ins_per_minute = 10_000;
            change(settings);
        })
        .await;
        let firm = Firm::new(&cloud, "Bright Solar", "ana@bright.example").await;
        let kim = Api::with_account(&cloud, "kim@example.org").await;
        let customer = firm.customer(&kim).await;
        let site = kim.make_site("Lake house").await;
        Self { cloud, firm, kim, customer, site }
    }
}

/// Adds a fresh device, connected, with this claimant.
pub(crate) async fn add_device(cloud: &Cloud, claimant: &Claimant) -> DeviceId {
    let device = connected(cloud, options().with_password(DEVICE_PASSWORD)).await;
    match claimant.add(&device, DEVICE_PASSWORD).await {
        ClaimState::Owned { device } => device,
        state => panic!("{state:?}"),
    }
}
