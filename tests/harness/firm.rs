//! A partner at the API: an organization, an installer of it, and what they ask their customers for.

use crate::api::{Answer, Api};
use crate::cloud::Cloud;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porchlight_cloud::people;
use porchlight_cloud::secret::sha256;
use porchlight_protocol::OrganizationId;
use porchlight_protocol::people::{OrganizationKind, Role};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// All that a consent can list but live pictures.
pub const ALL_BUT_PICTURES: [&str; 5] =
    ["site.read", "site.create", "site.change", "device.add", "device.change"];

/// A partner and one installer of it.
#[derive(Debug)]
pub struct Firm {
    /// The partner.
    pub organization: OrganizationId,
    /// The installer, signed in.
    pub installer: Api,
}

/// A code, and the verifier that stays on the phone.
#[derive(Clone, Debug)]
pub struct Link {
    /// `pl_ho_...`
    pub code: String,
    /// 43 characters.
    pub verifier: String,
}

impl Firm {
    /// A partner of this name; its installer is a super admin with this address.
    pub async fn new(cloud: &Cloud, name: &str, email: &str) -> Self {
        let installer = Api::with_account(cloud, email).await;
        Self::of(cloud, name, email, installer).await
    }

    /// The same for somebody who is signed in already.
    pub async fn of(cloud: &Cloud, name: &str, email: &str, installer: Api) -> Self {
        let db = cloud.db().await;
        let organization = people::add(&db, OrganizationKind::Partner, name, email).await;
        Self { organization: organization.expect("the account is there"), installer }
    }

    /// A colleague with this role, signed in.
    pub async fn colleague(&self, cloud: &Cloud, email: &str, role: Role) -> Self {
        let installer = Api::with_account(cloud, email).await;
        let joined = people::join(&cloud.db().await, self.organization, email, role).await;
        joined.expect("the account is there");
        Self { organization: self.organization, installer }
    }

    /// Adds somebody by address.
    pub async fn add(&self, email: &str) -> Answer {
        let path = format!("/v1/organizations/{}/customers", self.organization);
        let body = json!({ "email": email, "given_name": "Kim", "family_name": "Lee", "language": "en" });
        self.installer.change(Method::POST, &path, &body).await
    }

    /// Adds somebody who is signed in, and has them say yes; the customer's id.
    pub async fn customer(&self, api: &Api) -> String {
        let email = &api.session.as_ref().expect("the customer is signed in").account.email;
        let id = text(&self.add(email).await.good()["id"]);
        let path = format!("/v1/customer-offers/{id}/accept");
        api.change(Method::POST, &path, &json!({ "keep": true })).await.good();
        id
    }

    /// Asks for the whole account, for an hour.
    pub async fn ask(&self, customer: &str) -> Answer {
        self.ask_for(customer, json!({})).await
    }

    /// The same, but for these members.
    pub async fn ask_for(&self, customer: &str, but: Value) -> Answer {
        let mut body = json!({ "permissions": ALL_BUT_PICTURES, "lasts": 3_600, "comment": "The gate." });
        for (name, value) in but.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let path = format!("/v1/customers/{customer}/authorization-requests");
        self.installer.change(Method::POST, &path, &body).await
    }

    /// Asks, and has the customer say yes; the grant.
    pub async fn grant(&self, customer: &str, api: &Api, but: Value) -> Value {
        let request = self.ask_for(customer, but).await.good();
        consent(api, &request).await.good()
    }

    /// A code for a grant.
    pub async fn link(&self, grant: &Value) -> Link {
        let verifier = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        let path = format!("/v1/grants/{}/handoffs", text(&grant["id"]));
        let answer = self.installer.post(&path, &json!({ "challenge": challenge })).await.good();
        Link { code: text(&answer["code"]), verifier }
    }

    /// A delegated session by this grant, on a phone of its own.
    pub async fn act(&self, cloud: &Cloud, grant: &Value) -> Api {
        let mut phone = Api::new(cloud);
        phone.redeem(&self.link(grant).await).await.good();
        phone
    }
}

/// Says yes to a request as it was shown.
pub async fn consent(api: &Api, request: &Value) -> Answer {
    let path = format!("/v1/authorization-requests/{}/consent", text(&request["id"]));
    api.change(Method::POST, &path, &json!({ "terms": request["terms"] })).await
}

/// Ends a grant.
pub async fn end(api: &Api, grant: &Value) -> Answer {
    api.change(Method::DELETE, &format!("/v1/grants/{}", text(&grant["id"])), &Value::Null).await
}

/// The text of an id.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

impl Api {
    /// Redeems a link; the delegated session is kept when it went well.
    pub async fn redeem(&mut self, link: &Link) -> Answer {
        let body = json!({ "code": link.code, "verifier": link.verifier });
        let answer = self.post_with_proof("/v1/handoffs/redeem", &body).await;
        if answer.status.is_success() {
            self.session = serde_json::from_value(answer.body["session"].clone()).ok();
        }
        answer
    }
}
