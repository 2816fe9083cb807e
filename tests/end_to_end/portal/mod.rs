//! The portal as a browser speaks to it: cookies, doors, headers, forms of other sites, and that reading changes nothing.
//! How it looks and works in a browser is in `tests/browser`.

mod answers;
mod doors;
mod foreign;
mod reset;
mod sign_in;

use crate::access::add_device;
use crate::claims::Claimant;
use harness::api::{Api, PASSWORD};
use harness::browser::{Browser, read};
use harness::cloud::Cloud;
use harness::database::Database;
use harness::firm::{Firm, text};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const NOBODYS_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A customer with a site, a device, a partner's request that waits and a grant, an offer of another partner's, and a
/// session in an app.
struct House {
    cloud: Cloud,
    kim: Browser,
    ana: Browser,
    firm: Firm,
    site: String,
    device: String,
    customer: String,
    request: Value,
    grant: String,
    offer: String,
    session: String,
    /// A company that Kim takes no requests from.
    blocked: String,
}

impl House {
    async fn new(database: Database) -> Self {
        let cloud = Cloud::start_with(Some(database), |settings| settings.mails_per_hour = 100).await;
        let (kim, api) = Browser::with_account(&cloud, "kim@example.org").await;
        let claimant = Claimant { site: api.make_site("Lake house").await, api };
        let device = add_device(&cloud, &claimant).await.to_string();
        let Claimant { api, site } = claimant;
        let (ana, installer) = Browser::with_account(&cloud, "ana@example.org").await;
        let firm = Firm::of(&cloud, "Bright Solar", "ana@example.org", installer).await;
        let customer = firm.customer(&api).await;
        let grant = text(&firm.grant(&customer, &api, json!({})).await["id"]);
        let request = firm.ask(&customer).await.good();
        let other = Firm::new(&cloud, "Night Shift", "di@night.example").await;
        let offer = text(&other.add("kim@example.org").await.good()["id"]);
        let blocked = block_somebody(&cloud, &api).await;
        let session = api.session.as_ref().unwrap().session.to_string();
        Self { cloud, kim, ana, firm, site, device, customer, request, grant, offer, session, blocked }
    }

    /// An id that the page would take, and from whom.
    fn id_for(&self, path: &str) -> (&Browser, String) {
        let id = match path.split('/').nth(1) {
            Some("customers") => return (&self.ana, self.customer.clone()),
            Some("sites") => self.site.clone(),
            Some("devices") => self.device.clone(),
            Some("requests") => text(&self.request["id"]),
            Some("grants") => self.grant.clone(),
            Some("offers") => self.offer.clone(),
            Some("sessions") => self.session.clone(),
            Some("blocked") => self.blocked.clone(),
            _ => {
                assert!(!path.contains("{id}"), "{path}: say what its id is of");
                String::new()
            }
        };
        (&self.kim, id)
    }
}

/// A company asks, and is told no for good.
async fn block_somebody(cloud: &Cloud, api: &Api) -> String {
    let firm = Firm::new(cloud, "Grey Roof", "gus@grey.example").await;
    let asked = firm.ask(&firm.customer(api).await).await.good();
    let path = format!("/v1/authorization-requests/{}/decline", text(&asked["id"]));
    api.change(Method::POST, &path, &json!({ "block": true })).await.good();
    firm.organization.to_string()
}
