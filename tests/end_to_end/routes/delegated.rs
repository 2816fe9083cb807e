//! Every route that a consent can open, asked for what the consent is not about: something of somebody else's, or of the
//! same customer's outside of the grant's scope. It is not there, and stays as it was.

use super::content::settled;
use super::owner::{Owner, Thing, ask, in_a_description, thing_of};
use crate::changes::Stream;
use crate::claims::{Claimant, DEVICE_PASSWORD, connected, options};
use harness::api::{Answer, Api};
use harness::cloud::Cloud;
use harness::firm::Firm;
use harness::on_both_engines;
use porchlight_cloud::authority::doors::{DOORS, Door};
use porchlight_protocol::add_device::{ClaimState, ClaimTerms};
use porchlight_protocol::{ClaimId, ProblemCode};
use serde_json::{Value, json};

/// Kim with two sites, three devices and claims; Eve with the same; a partner whose customers both are.
struct Neighbours {
    cloud: Cloud,
    kim: Owner,
    eve: Owner,
    firm: Firm,
    customer: String,
    /// Kim's second site, with a device.
    site: String,
    device: String,
    /// Another device at Kim's first site.
    beside: String,
    /// Claimed at Kim's first site, by another grant.
    claim: ClaimId,
}

/// A session in Kim's account, and what it must not find.
struct Acting {
    phone: Api,
    /// By what it is; all that belongs to nobody whom the grant is about.
    foreign: fn(&Neighbours, method: &str, Thing) -> Vec<String>,
    /// What its scope covers: a site, a device.
    own: [(&'static str, String); 2],
    /// Whether a claim at Kim's first site would be taken.
    adds: bool,
}

async fn added(cloud: &Cloud, api: &Api, site: &str) -> String {
    let device = connected(cloud, options().with_password(DEVICE_PASSWORD)).await;
    let claimant = Claimant { api: api.clone(), site: site.to_owned() };
    match claimant.add(&device, DEVICE_PASSWORD).await {
        ClaimState::Owned { device } => device.to_string(),
        state => panic!("{state:?}"),
    }
}

impl Neighbours {
    async fn new(cloud: Cloud) -> Self {
        let kim = Owner::new(&cloud, "kim@example.org").await;
        let eve = Owner::new(&cloud, "eve@example.org").await;
        let firm = Firm::new(&cloud, "Sun Works", "ana@bright.example").await;
        let customer = firm.customer(&kim.who.api).await;
        let theirs = firm.customer(&eve.who.api).await;
        firm.grant(&theirs, &eve.who.api, json!({})).await;
        let site = kim.who.api.make_site("Boat house").await;
        let (device, beside) =
            (added(&cloud, &kim.who.api, &site).await, added(&cloud, &kim.who.api, &kim.who.site).await);
        let grant = firm.grant(&customer, &kim.who.api, json!({})).await;
        let other = Claimant { api: firm.act(&cloud, &grant).await, site: kim.who.site.clone() };
        let claim = ClaimId::mint_offline();
        other.open(claim, 1, kim.terms.clone(), DEVICE_PASSWORD).await;
        Self { cloud, kim, eve, firm, customer, site, device, beside, claim }
    }

    async fn act(&self, scope: Value) -> Api {
        let grant = self.firm.grant(&self.customer, &self.kim.who.api, scope).await;
        self.firm.act(&self.cloud, &grant).await
    }

    /// On one site of Kim's.
    async fn on_site(&self) -> Acting {
        let phone = self.act(json!({ "site": self.kim.who.site })).await;
        let foreign = |all: &Self, _: &str, thing| {
            let mut ids = all.eve.ids(thing);
            match thing {
                Thing::Site => ids.push(all.site.clone()),
                Thing::Device => ids.push(all.device.clone()),
                Thing::Claim => ids.extend(all.kim.ids(thing).into_iter().chain([all.claim.to_string()])),
                _ => panic!("{thing:?}: say what of it is outside of a grant's scope"),
            }
            ids
        };
        let own = [("sites", self.kim.who.site.clone()), ("devices", self.kim.device.clone())];
        Acting { phone, foreign, own, adds: true }
    }

    /// On one device of Kim's: its site is seen, and not changed.
    async fn on_device(&self) -> Acting {
        let Acting { foreign: _, own, .. } = self.on_site().await;
        let phone = self.act(json!({ "device": self.kim.device })).await;
        let foreign = |all: &Self, method: &str, thing| {
            let mut ids = all.eve.ids(thing);
            match thing {
                Thing::Site if method == "GET" => ids.push(all.site.clone()),
                Thing::Site => ids.extend([all.site.clone(), all.kim.who.site.clone()]),
                Thing::Device => ids.extend([all.device.clone(), all.beside.clone()]),
                Thing::Claim => ids.extend(all.kim.ids(thing).into_iter().chain([all.claim.to_string()])),
                _ => panic!("{thing:?}: say what of it is outside of a grant's scope"),
            }
            ids
        };
        Acting { phone, foreign, own, adds: false }
    }

    /// All ids that this session must not be told of.
    fn hidden(&self, acting: &Acting) -> Vec<String> {
        [Thing::Site, Thing::Device]
            .into_iter()
            .flat_map(|thing| (acting.foreign)(self, "GET", thing))
            .collect()
    }

    fn terms_at(&self, site: &str) -> ClaimTerms {
        ClaimTerms { site: site.parse().unwrap(), ..self.kim.terms.clone() }
    }

    /// Asks for a thing by its id.
    async fn ask(&self, acting: &Acting, method: &str, path: &str, id: &str) -> Answer {
        let method = in_a_description(method);
        ask(&acting.phone, method, &path.replace("{id}", id), &self.kim.body(method, path)).await
    }

    /// A route without an id in its path: what it lists, and what can be named beside the path.
    async fn ask_beside_the_path(&self, acting: &Acting, method: &str, path: &str) {
        match (method, path) {
            ("GET", "/v1/sites" | "/v1/devices") => {
                let listed = acting.phone.get(path).await.good().to_string();
                let hidden = self.hidden(acting).into_iter().find(|id| listed.contains(id));
                assert_eq!(hidden, None, "{path}: {listed}");
                for site in (acting.foreign)(self, "GET", Thing::Site) {
                    let there = acting.phone.get(&format!("/v1/devices?site={site}")).await.good();
                    assert_eq!(there["devices"], json!([]));
                }
            }
            ("POST", "/v1/sites") => {
                let made = ask(&acting.phone, "post", path, &self.kim.body("post", path)).await;
                assert_eq!(made.problem().code, ProblemCode::NotFound, "it would be outside of the scope");
            }
            // What it says of is for `hears_of_nothing_hidden`.
            ("GET", "/v1/events") => {}
            _ => panic!("{method} {path}: say how it is asked for what is outside of a grant's scope"),
        }
    }

    /// A claim of its own at another site than the scope's.
    async fn claim_elsewhere(&self, acting: &Acting) {
        for site in (acting.foreign)(self, "PUT", Thing::Site) {
            let mut body = self.kim.body("put", "/v1/claims/{id}");
            body["terms"] = json!(self.terms_at(&site));
            let path = format!("/v1/claims/{}", ClaimId::mint_offline());
            assert_eq!(ask(&acting.phone, "put", &path, &body).await.problem().code, ProblemCode::NotFound);
        }
    }

    /// The stream says what is in the scope, and no word of the rest.
    async fn hears_of_nothing_hidden(&self, acting: &Acting, nth: usize) {
        let mut stream = Stream::open(&acting.phone, "/v1/events").await;
        let [_, (_, device)] = &acting.own;
        let changes = [
            (&self.eve, format!("/v1/sites/{}", self.eve.who.site)),
            (&self.eve, format!("/v1/devices/{}", self.eve.device)),
            (&self.kim, format!("/v1/sites/{}", self.site)),
            (&self.kim, format!("/v1/devices/{}", self.device)),
            (&self.kim, format!("/v1/devices/{}", self.beside)),
            (&self.kim, format!("/v1/devices/{device}")),
        ];
        for (who, path) in changes {
            ask(&who.who.api, "patch", &path, &json!({ "name": format!("New {nth}") })).await.good();
        }
        loop {
            let (_, change) = stream.next_change().await;
            let said = change.to_string();
            let hidden = self.hidden(acting).into_iter().find(|id| said.contains(id));
            assert_eq!(hidden, None, "{said}");
            if change["device"]["id"] == json!(device) {
                return;
            }
        }
    }
}

on_both_engines! {
    async fn what_a_grant_is_not_about_is_not_there_for_any_route_that_it_opens(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| {
            (settings.sign_ins_per_minute, settings.mails_per_hour) = (1_000, 100);
        })
        .await;
        let all = Neighbours::new(cloud).await;
        for (nth, acting) in [all.on_site().await, all.on_device().await].into_iter().enumerate() {
            let before = settled(&db).await;
            let mut asked = 0;
            for (method, path, door) in DOORS {
                let Door::Delegable(_) = door else { continue };
                let Some(thing) = thing_of(path) else {
                    all.ask_beside_the_path(&acting, method, path).await;
                    continue;
                };
                for id in (acting.foreign)(&all, method, thing) {
                    let code = all.ask(&acting, method, path, &id).await.problem().code;
                    // A phone mints its claims' ids: one that is taken is refused alike, whoever took it.
                    let taken = *method == "PUT" && acting.adds;
                    let expected = if taken { ProblemCode::ClaimDiffers } else { ProblemCode::NotFound };
                    assert_eq!(code, expected, "{method} {path} of {thing:?}, {nth}");
                    asked += 1;
                }
            }
            assert!(asked >= 30, "only {asked} requests");
            all.claim_elsewhere(&acting).await;
            assert_eq!(settled(&db).await, before);
            for (of, id) in &acting.own {
                acting.phone.get(&format!("/v1/{of}/{id}")).await.good();
                let rename = ask(&acting.phone, "patch", &format!("/v1/{of}/{id}"), &json!({ "name": "Own" })).await;
                assert_eq!(rename.status.is_success(), acting.adds || *of == "devices", "{of}, {nth}");
            }
            all.hears_of_nothing_hidden(&acting, nth).await;
        }
    }
}
