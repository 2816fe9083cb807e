//! The portal as a browser speaks to it: cookies, doors, headers, forms of other sites, and that reading changes nothing.
//! How it looks and works in a browser is in `tests/browser`.

mod answers;
mod doors;
mod reset;
mod sign_in;

use harness::api::{Api, PASSWORD};
use harness::browser::{Browser, read};
use harness::cloud::Cloud;
use harness::database::Database;
use harness::firm::Firm;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const NOBODYS_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A customer with a site, a partner's question, a request that waits, and a grant.
struct House {
    cloud: Cloud,
    kim: Browser,
    ana: Browser,
    site: String,
    customer: String,
    request: Value,
}

impl House {
    async fn new(database: Database) -> Self {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (kim, api) = Browser::with_account(&cloud, "kim@example.org").await;
        let site = api.make_site("Lake house").await;
        let (ana, installer) = Browser::with_account(&cloud, "ana@example.org").await;
        let firm = Firm::of(&cloud, "Bright Solar", "ana@example.org", installer).await;
        let customer = firm.customer(&api).await;
        firm.grant(&customer, &api, json!({})).await;
        let request = firm.ask(&customer).await.good();
        Self { cloud, kim, ana, site, customer, request }
    }

    /// An id that the page would take from them.
    fn id_for(&self, path: &str) -> (&Browser, String) {
        match path.split('/').nth(1) {
            Some("customers") => (&self.ana, self.customer.clone()),
            Some("sites") => (&self.kim, self.site.clone()),
            _ => (&self.kim, NOBODYS_ID.to_owned()),
        }
    }
}
