//! Somebody who has one of everything, and how each route of the table of doors is asked for it.

use crate::claims::{Claimant, DEVICE_PASSWORD, connected, options};
use harness::api::{Answer, Api, read};
use harness::cloud::Cloud;
use harness::field_device::FieldDevice;
use harness::firm::{Firm, text};
use porchlight_cloud::authority::doors::{DOORS, Door};
use porchlight_protocol::add_device::{ClaimState, ClaimTerms, Presence};
use porchlight_protocol::{Base64Url, ClaimId, IDEMPOTENCY_HEADER};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who may use a route: what the doors say, with the kind of thing that its path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// There is no session yet, or nothing to protect.
    Anybody,
    /// Whoever is signed in, for what is theirs.
    SignedIn,
    /// Whoever may see the thing in the path. To all others it is not there.
    Of(Thing),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Site,
    Device,
    Claim,
    Organization,
    Customer,
    Request,
    Grant,
    Offer,
}

use Access::{Anybody, Of, SignedIn};

/// What stands before an id in a path.
const THINGS: [(&str, Thing); 8] = [
    ("/v1/sites/", Thing::Site),
    ("/v1/devices/", Thing::Device),
    ("/v1/claims/", Thing::Claim),
    ("/v1/organizations/", Thing::Organization),
    ("/v1/customers/", Thing::Customer),
    ("/v1/authorization-requests/", Thing::Request),
    ("/v1/grants/", Thing::Grant),
    ("/v1/customer-offers/", Thing::Offer),
];

/// Method, path, who: every route of the API but its own description.
pub(super) fn routes() -> Vec<(&'static str, &'static str, Access)> {
    let described =
        DOORS.iter().filter(|(_, path, _)| path.starts_with("/v1/") && *path != "/v1/openapi.json");
    let access = |path: &str, door| match (door, thing_of(path)) {
        (Door::Open, _) => Anybody,
        (_, Some(thing)) => Of(thing),
        (_, None) => SignedIn,
    };
    described.map(|(method, path, door)| (in_a_description(method), *path, access(path, *door))).collect()
}

/// What the id in a path is of; none if there is no id.
pub(super) fn thing_of(path: &str) -> Option<Thing> {
    let found = THINGS.iter().find(|(before, _)| path.starts_with(before)).map(|(_, thing)| *thing);
    assert!(found.is_some() || !path.contains('{'), "{path}: say what its id is of");
    found
}

/// A description of an API writes methods small.
pub(super) fn in_a_description(method: &str) -> &'static str {
    let methods = ["get", "post", "put", "patch", "delete"];
    methods.into_iter().find(|small| method.eq_ignore_ascii_case(small)).expect("a method of ours")
}

pub(super) const ADD_CUSTOMER: &str = "/v1/organizations/{id}/customers";
pub(super) const ASK: &str = "/v1/customers/{id}/authorization-requests";
pub(super) const CONSENT: &str = "/v1/authorization-requests/{id}/consent";

pub(super) const NOBODYS_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Somebody with a site, a device, a claim that made it and one that waits for a device which nobody knows.
///
/// They are a partner too, whose one customer they asked once and may act for; and two others ask whether they are theirs,
/// while a third, whose customer they are, has asked for access twice.
pub(super) struct Owner {
    pub(super) who: Claimant,
    pub(super) organization: String,
    pub(super) customer: String,
    pub(super) requests: Vec<Value>,
    pub(super) grant: String,
    pub(super) offers: Vec<String>,
    pub(super) device: String,
    pub(super) done: ClaimId,
    pub(super) waiting: ClaimId,
    pub(super) terms: ClaimTerms,
}

impl Owner {
    pub(super) async fn new(cloud: &Cloud, email: &str) -> Self {
        let who = Claimant::new(cloud, email).await;
        let device = connected(cloud, options().with_password(DEVICE_PASSWORD)).await;
        let terms = who.terms(&device, Presence::Password);
        let done = ClaimId::mint_offline();
        let mut exchange = who.open(done, 1, terms, DEVICE_PASSWORD).await;
        exchange.prove(None).await.expect("it is the password");
        let state = who.wait_past(done, "proven").await;
        let ClaimState::Owned { device } = state else { panic!("{state:?}") };
        let terms = who.terms(&FieldDevice::build(options()), Presence::Password);
        let waiting = ClaimId::mint_offline();
        who.open(waiting, 1, terms.clone(), DEVICE_PASSWORD).await;
        let firm = Firm::of(cloud, "Bright Solar", email, who.api.clone()).await;
        let other = Firm::new(cloud, "Dim Solar", &format!("other-{email}")).await;
        let (customer, theirs) = (firm.customer(&other.installer).await, other.customer(&who.api).await);
        let grant = text(&firm.grant(&customer, &other.installer, json!({})).await["id"]);
        let asked = [firm.ask(&customer).await, other.ask(&theirs).await, other.ask(&theirs).await];
        let mut offers = Vec::new();
        for nth in ["second", "third"] {
            let asks = Firm::new(cloud, nth, &format!("{nth}-{email}")).await;
            offers.push(text(&asks.add(email).await.good()["id"]));
        }
        Self {
            device: device.to_string(),
            done,
            waiting,
            terms,
            organization: firm.organization.to_string(),
            customer,
            requests: asked.into_iter().map(Answer::good).collect(),
            grant,
            offers,
            who,
        }
    }

    pub(super) async fn two(cloud: &Cloud) -> [Self; 2] {
        [Self::new(cloud, "kim@example.org").await, Self::new(cloud, "ana@example.org").await]
    }

    /// The ids of what is theirs.
    pub(super) fn ids(&self, thing: Thing) -> Vec<String> {
        match thing {
            Thing::Site => vec![self.who.site.clone()],
            Thing::Device => vec![self.device.clone()],
            Thing::Claim => vec![self.done.to_string(), self.waiting.to_string()],
            Thing::Organization => vec![self.organization.clone()],
            Thing::Customer => vec![self.customer.clone()],
            Thing::Request => self.requests.iter().map(|request| text(&request["id"])).collect(),
            Thing::Grant => vec![self.grant.clone()],
            Thing::Offer => self.offers.clone(),
        }
    }

    /// A body that the route would take from them.
    pub(super) fn body(&self, method: &str, path: &str) -> Value {
        let opening = Base64Url(vec![7; 96]);
        match (method, path) {
            ("put", "/v1/claims/{id}") => json!({ "terms": self.terms, "attempt": 2, "opening": opening }),
            (_, "/v1/claims/{id}/proof") => json!({ "attempt": 1, "ke3": Base64Url(vec![7; 64]) }),
            (_, "/v1/claims/{id}/first-password") => {
                json!({ "attempt": 1, "record": Base64Url(vec![7; 220]) })
            }
            (_, "/v1/claims/{id}/withdraw") => json!({ "reason": "given_up" }),
            (_, "/v1/authorization-requests/{id}/consent") => json!({ "terms": self.requests[1]["terms"] }),
            (_, "/v1/customer-offers/{id}/accept") => json!({ "keep": true }),
            (_, "/v1/grants/{id}/handoffs") => json!({ "challenge": Base64Url(vec![7; 32]) }),
            (_, "/v1/handoffs/redeem") => json!({ "code": "pl_ho_", "verifier": "x" }),
            ("post", "/v1/organizations/{id}/customers") => {
                json!({ "email": "new@example.org", "given_name": "N", "family_name": "W", "language": "en" })
            }
            ("post", "/v1/customers/{id}/authorization-requests") => {
                json!({ "permissions": ["site.read"], "lasts": 3_600, "comment": "" })
            }
            ("post", "/v1/sites") => json!({ "name": "Mine", "address": "", "time_zone": "Europe/Berlin" }),
            ("patch", "/v1/sites/{id}" | "/v1/devices/{id}") => json!({ "name": "Mine" }),
            ("get" | "delete", _) => Value::Null,
            // What somebody without a session sends is wrong here, and what needs no more is whole.
            (_, "/v1/accounts" | "/v1/accounts/codes" | "/v1/accounts/verify") => json!({}),
            (_, "/v1/sessions" | "/v1/sessions/refresh") => json!({}),
            (_, "/v1/authorization-requests/{id}/decline" | "/v1/authorization-requests/{id}/withdraw") => {
                json!({})
            }
            (_, "/v1/customer-offers/{id}/refuse") => json!({}),
            _ => panic!("{method} {path}: say how it is asked"),
        }
    }
}

pub(super) async fn ask(api: &Api, method: &str, path: &str, body: &Value) -> Answer {
    ask_with_key(api, method, path, body, &Uuid::new_v4().to_string()).await
}

pub(super) async fn ask_with_key(api: &Api, method: &str, path: &str, body: &Value, key: &str) -> Answer {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let mut request = api.request(method.clone(), path);
    let keyless = ["/v1/accounts", "/v1/sessions", "/v1/claims/", "/v1/handoffs/"];
    let is_keyless = path.ends_with("/handoffs") || keyless.iter().any(|before| path.starts_with(before));
    if matches!(method, Method::PATCH | Method::DELETE) || method == Method::POST && !is_keyless {
        request = request.header(IDEMPOTENCY_HEADER, key);
    }
    read(if body.is_null() { request } else { request.json(body) }).await
}
