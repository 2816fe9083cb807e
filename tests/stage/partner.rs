//! A partner on the stage, and what it asks of people.

use harness::api::{Api, PASSWORD};
use harness::cloud::Cloud;
use harness::firm::{Firm, text};
use porchlight_cloud::db::Db;
use porchlight_cloud::people;
use porchlight_protocol::people::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;

/// A partner and its customers.
pub struct Partner {
    firm: Firm,
    /// For requests of people who are signed in.
    stranger: Api,
    /// By their addresses.
    customers: HashMap<String, String>,
}

impl Partner {
    pub async fn new(cloud: &Cloud, company: &str, email: &str) -> Self {
        let mut installer = Api::new(cloud);
        installer.register_as(cloud, email, ["Ana", "Ruiz"]).await;
        installer.sign_in(email, PASSWORD).await.good();
        let firm = Firm::of(cloud, company, email, installer).await;
        Self { firm, stranger: Api::new(cloud), customers: HashMap::new() }
    }

    /// Takes somebody in who has an account.
    pub async fn join(&self, db: &Db, email: &str, role: Role) -> Result<Value, String> {
        let joined = people::join(db, self.firm.organization, email, role).await;
        joined.map(|()| json!({})).map_err(|refusal| refusal.problem.title)
    }

    /// Lets somebody go.
    pub async fn leave(&self, db: &Db, email: &str) -> Result<Value, String> {
        let left = people::leave(db, self.firm.organization, email).await;
        left.map(|()| json!({})).map_err(|refusal| refusal.problem.title)
    }

    /// Adds somebody by address, and waits for nothing.
    pub async fn add(&self, email: &str, [given_name, family_name]: [&str; 2]) -> Value {
        let path = format!("/v1/organizations/{}/customers", self.firm.organization);
        let body =
            json!({ "email": email, "given_name": given_name, "family_name": family_name, "language": "en" });
        self.firm.installer.change(Method::POST, &path, &body).await.good()
    }

    /// Adds somebody by address, and makes a location for them before they have answered.
    pub async fn prepare(&mut self, cloud: &Cloud, email: &str, site: &str) -> Value {
        let added = self.add(email, ["Max", "Ruf"]).await;
        let phone = self.firm.act(cloud, &json!({ "id": added["grant"] })).await;
        phone.make_site(site).await;
        self.customers.insert(email.to_owned(), text(&added["id"]));
        json!({ "customer": added["id"] })
    }

    /// Adds somebody who has an account, and who says yes.
    pub async fn win(&mut self, email: &str) -> Result<Value, String> {
        let mut customer = self.stranger.stranger();
        let answer = customer.sign_in(email, PASSWORD).await;
        if !answer.status.is_success() {
            return Err(answer.body.to_string());
        }
        let id = self.firm.customer(&customer).await;
        self.customers.insert(email.to_owned(), id.clone());
        Ok(json!({ "customer": id }))
    }

    /// Asks for the whole account.
    pub async fn ask(&self, email: &str, hours: u32, comment: String) -> Result<Value, String> {
        let customer = self.customers.get(email).ok_or_else(|| format!("{email} is no customer"))?;
        let but = json!({ "lasts": hours * 3_600, "comment": comment });
        let asked = self.firm.ask_for(customer, but).await;
        if !asked.status.is_success() {
            return Err(asked.body.to_string());
        }
        Ok(json!({ "request": text(&asked.body["id"]) }))
    }
}
