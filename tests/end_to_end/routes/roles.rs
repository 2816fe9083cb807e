//! Every route by every role: what somebody may do for their company is what the table of roles says, whatever they were
//! before; and no role there opens anything of anybody's own.

use super::content::settled;
use super::owner::{Access, Owner, Thing, ask, in_a_description, routes, thing_of};
use harness::api::PASSWORD;
use harness::cloud::Cloud;
use harness::firm::{Firm, text};
use harness::on_both_engines;
use porchlight_cloud::authority::doors::DOORS;
use porchlight_cloud::authority::{Permission, role_allows};
use porchlight_cloud::people;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::people::Role;
use serde_json::{Value, json};

/// What somebody is in the company: a role, one of a newer version, or nothing any more.
const ROLES: [Option<Role>; 7] = [
    None,
    Some(Role::SuperAdmin),
    Some(Role::Admin),
    Some(Role::Manager),
    Some(Role::Operator),
    Some(Role::Viewer),
    Some(Role::Unknown),
];

/// What a route does for a company; none where it is about what is somebody's own. A route about a company's things
/// that nobody decided about fails.
fn needs(method: &str, path: &str) -> Option<Permission> {
    match (method, path) {
        ("GET", "/v1/organizations/{id}/customers" | "/v1/customers/{id}" | "/v1/customers/{id}/places") => {
            Some(Permission::CustomerRead)
        }
        ("POST", "/v1/organizations/{id}/customers") => Some(Permission::CustomerAdd),
        ("POST", "/v1/customers/{id}/authorization-requests" | "/v1/grants/{id}/handoffs") => {
            Some(Permission::AccessAsk)
        }
        // Reading and ending what one holds oneself.
        ("GET" | "DELETE", "/v1/grants/{id}") => None,
        _ => {
            let of_a_company = [Some(Thing::Organization), Some(Thing::Customer), Some(Thing::Grant)];
            assert!(!of_a_company.contains(&thing_of(path)), "{method} {path}: say what a role needs for it");
            None
        }
    }
}

/// A company, and what a colleague of some role asks for.
struct Company<'k> {
    cloud: Cloud,
    kim: &'k Owner,
    firm: Firm,
    customer: String,
    /// A super admin's, which concern no colleague.
    grant: Value,
    request: Value,
}

/// A colleague with an address, a site of their own, and a grant of when they might ask.
struct Colleague {
    firm: Firm,
    email: String,
    site: String,
    grant: String,
}

impl Company<'_> {
    /// Somebody who was an operator, and is this now.
    async fn colleague(&self, role: Option<Role>) -> Colleague {
        let email = format!("{}@bright.example", role.map_or("nothing", Role::as_str).replace('_', "-"));
        let firm = self.firm.colleague(&self.cloud, &email, Role::Operator).await;
        let grant = text(&firm.grant(&self.customer, &self.kim.who.api, json!({})).await["id"]);
        let db = self.cloud.db().await;
        match role {
            Some(role) => people::join(&db, firm.organization, &email, role).await.unwrap(),
            None => people::leave(&db, firm.organization, &email).await.unwrap(),
        }
        // Whoever leaves is signed out.
        let mut firm = firm;
        firm.installer.sign_in(&email, PASSWORD).await.good();
        let site = firm.installer.make_site("Mine").await;
        Colleague { firm, email, site, grant }
    }

    /// Asks for the company's own thing as it would be taken.
    async fn ask(&self, who: &Colleague, method: &str, path: &str) -> harness::api::Answer {
        let id = match thing_of(path) {
            Some(Thing::Organization) => self.firm.organization.to_string(),
            Some(Thing::Customer) => self.customer.clone(),
            Some(Thing::Grant) => who.grant.clone(),
            other => panic!("{method} {path}: {other:?} is not the company's"),
        };
        let method = in_a_description(method);
        let mut body = self.kim.body(method, path);
        if body.get("email").is_some() {
            body["email"] = json!(format!("of-{}", who.email));
        }
        ask(&who.firm.installer, method, &path.replace("{id}", &id), &body).await
    }

    /// Everything that is somebody else's, whoever asks.
    fn foreign(&self, thing: Thing) -> Vec<String> {
        let mut ids = self.kim.ids(thing);
        match thing {
            Thing::Grant => ids.push(text(&self.grant["id"])),
            Thing::Request => ids.push(text(&self.request["id"])),
            _ => {}
        }
        ids
    }

    /// No role opens what is somebody's own; a phone's claim is refused alike, whoever took its id.
    async fn finds_nothing_of_anybodys(&self, who: &Colleague) {
        for (method, path, access) in routes() {
            let Access::Of(thing) = access else { continue };
            for id in self.foreign(thing) {
                let mut body = self.kim.body(method, path);
                if method == "put" {
                    body["terms"]["site"] = json!(who.site);
                }
                let answer = ask(&who.firm.installer, method, &path.replace("{id}", &id), &body).await;
                let code = if method == "put" { ProblemCode::ClaimDiffers } else { ProblemCode::NotFound };
                assert_eq!(answer.problem().code, code, "{} {method} {path}", who.email);
            }
        }
    }
}

on_both_engines! {
    async fn every_role_may_do_what_the_table_says_and_nothing_of_anybody_elses(database: Database) {
        let db = database.open().await;
        let cloud = Cloud::start_with(Some(database), |settings| {
            (settings.sign_ins_per_minute, settings.mails_per_hour, settings.asking.a_day) = (1_000, 100, 100);
        })
        .await;
        let kim = Owner::new(&cloud, "kim@example.org").await;
        let firm = Firm::new(&cloud, "Sun Works", "ana@bright.example").await;
        let customer = firm.customer(&kim.who.api).await;
        let grant = firm.grant(&customer, &kim.who.api, json!({})).await;
        let request = firm.ask(&customer).await.good();
        let company = Company { cloud, kim: &kim, firm, customer, grant, request };
        let asked = DOORS.iter().filter(|(_, path, _)| path.starts_with("/v1/"));
        let asked: Vec<_> = asked.filter_map(|(method, path, _)| Some((*method, *path, needs(method, path)?))).collect();
        assert!(asked.len() >= 6, "{asked:?}");
        for role in ROLES {
            let who = company.colleague(role).await;
            let may = |permission| role.is_some_and(|role| role_allows(role, permission));
            let before = settled(&db).await;
            for (method, path, _) in asked.iter().filter(|(.., permission)| !may(*permission)) {
                let refused = company.ask(&who, method, path).await.problem().code;
                let code = if role.is_some() { ProblemCode::NotAllowed } else { ProblemCode::NotFound };
                assert_eq!(refused, code, "{role:?}: {method} {path}");
            }
            company.finds_nothing_of_anybodys(&who).await;
            assert_eq!(settled(&db).await, before, "{role:?}");
            for (method, path, _) in asked.iter().filter(|(.., permission)| may(*permission)) {
                let answer = company.ask(&who, method, path).await;
                assert!(answer.status.is_success(), "{role:?}: {method} {path}: {answer:?}");
                if path.ends_with("/authorization-requests") {
                    let back = format!("/v1/authorization-requests/{}/withdraw", text(&answer.body["id"]));
                    ask(&who.firm.installer, "post", &back, &Value::Null).await.good();
                }
            }
        }
    }
}
