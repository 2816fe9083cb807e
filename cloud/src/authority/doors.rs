//! The one table of all routes: who may use each at all. A route that is not in it is closed to everybody.
//!
//! A door is the first question, asked before a handler runs; the handler's transaction asks again, about the very
//! thing ([`super::Caller::authorize`]).

use super::{Caller, Permission};
use porchlight_protocol::ProblemCode;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anybody; where a session is made, or nothing is anybody's.
    Open,
    /// Every session, for what concerns that session itself.
    AnySession,
    /// The account's own person: never a delegated session.
    Own,
    /// The account's own person, or a delegated session whose consent lists this.
    Delegable(Permission),
}

use Door::{AnySession, Delegable, Open, Own};
use Permission::{DeviceAdd, DeviceChange, SiteChange, SiteCreate, SiteRead};

/// Method, path, door: by path.
pub const DOORS: &[(&str, &str, Door)] = &[
    ("GET", "/", Own),
    ("GET", "/.well-known/apple-app-site-association", Open),
    ("GET", "/.well-known/assetlinks.json", Open),
    ("GET", "/access", Own),
    ("POST", "/blocked/{id}/end", Own),
    ("GET", "/customers", Own),
    ("POST", "/customers", Own),
    ("GET", "/customers/new", Own),
    ("GET", "/customers/{id}", Own),
    ("POST", "/customers/{id}", Own),
    ("GET", "/customers/{id}/link", Own),
    ("GET", "/devices", Own),
    ("GET", "/devices/{id}", Own),
    ("POST", "/devices/{id}", Own),
    ("GET", "/devices/{id}/release", Own),
    ("POST", "/devices/{id}/release", Own),
    ("GET", "/events", Own),
    ("POST", "/grants/{id}/end", Own),
    ("GET", "/h", Open),
    ("GET", "/history", Own),
    ("POST", "/offers/{id}/accept", Own),
    ("POST", "/offers/{id}/refuse", Own),
    ("GET", "/p", Open),
    ("GET", "/password", Open),
    ("POST", "/password", Open),
    ("GET", "/password/new", Open),
    ("POST", "/password/new", Open),
    ("POST", "/requests/{id}/consent", Own),
    ("POST", "/requests/{id}/decline", Own),
    ("POST", "/requests/{id}/withdraw", Own),
    ("POST", "/sessions/{id}/end", Own),
    ("GET", "/settings", Own),
    ("GET", "/sign-in", Open),
    ("POST", "/sign-in", Open),
    ("POST", "/sign-out", Own),
    ("GET", "/sites", Own),
    ("POST", "/sites", Own),
    ("GET", "/sites/new", Own),
    ("GET", "/sites/{id}", Own),
    ("POST", "/sites/{id}", Own),
    ("GET", "/static/{name}", Open),
    ("GET", "/v1/account", AnySession),
    ("POST", "/v1/accounts", Open),
    ("POST", "/v1/accounts/codes", Open),
    ("POST", "/v1/accounts/verify", Open),
    ("GET", "/v1/authorization-requests", Own),
    ("GET", "/v1/authorization-requests/{id}", Own),
    ("POST", "/v1/authorization-requests/{id}/consent", Own),
    ("POST", "/v1/authorization-requests/{id}/decline", Own),
    ("POST", "/v1/authorization-requests/{id}/withdraw", Own),
    ("GET", "/v1/claims/{id}", Delegable(DeviceAdd)),
    ("PUT", "/v1/claims/{id}", Delegable(DeviceAdd)),
    ("POST", "/v1/claims/{id}/first-password", Delegable(DeviceAdd)),
    ("POST", "/v1/claims/{id}/proof", Delegable(DeviceAdd)),
    ("POST", "/v1/claims/{id}/withdraw", Delegable(DeviceAdd)),
    ("GET", "/v1/customer-offers", Own),
    ("POST", "/v1/customer-offers/{id}/accept", Own),
    ("POST", "/v1/customer-offers/{id}/refuse", Own),
    ("GET", "/v1/customers/{id}", Own),
    ("POST", "/v1/customers/{id}/authorization-requests", Own),
    ("GET", "/v1/customers/{id}/places", Own),
    ("GET", "/v1/devices", Delegable(SiteRead)),
    ("DELETE", "/v1/devices/{id}", Own),
    ("GET", "/v1/devices/{id}", Delegable(SiteRead)),
    ("PATCH", "/v1/devices/{id}", Delegable(DeviceChange)),
    ("GET", "/v1/events", Delegable(SiteRead)),
    ("GET", "/v1/grants", Own),
    ("DELETE", "/v1/grants/{id}", Own),
    ("GET", "/v1/grants/{id}", Own),
    ("POST", "/v1/grants/{id}/handoffs", Own),
    ("POST", "/v1/handoffs/redeem", Open),
    ("GET", "/v1/history", Own),
    ("GET", "/v1/memberships", Own),
    ("GET", "/v1/openapi.json", Open),
    ("GET", "/v1/organizations/{id}/customers", Own),
    ("POST", "/v1/organizations/{id}/customers", Own),
    ("POST", "/v1/sessions", Open),
    ("DELETE", "/v1/sessions/current", AnySession),
    ("POST", "/v1/sessions/refresh", Open),
    ("GET", "/v1/sites", Delegable(SiteRead)),
    ("POST", "/v1/sites", Delegable(SiteCreate)),
    ("GET", "/v1/sites/{id}", Delegable(SiteRead)),
    ("PATCH", "/v1/sites/{id}", Delegable(SiteChange)),
    ("GET", "/v1/time", Open),
];

/// The door of a route; none for a route that nobody decided about. What may be read may be asked for by `HEAD`.
pub fn door_of(method: &str, path: &str) -> Option<Door> {
    let method = if method == "HEAD" { "GET" } else { method };
    let found = DOORS.iter().find(|(its_method, its_path, _)| *its_method == method && *its_path == path);
    found.map(|(_, _, door)| *door)
}

/// What is said where there is no door: a path that others know has another method; else it is as if it were not
/// there, and the log tells the developer.
pub fn refuse_undecided(path: &str) -> ProblemCode {
    if DOORS.iter().any(|(_, its_path, _)| *its_path == path) {
        return ProblemCode::MethodNotAllowed;
    }
    tracing::error!(path, "nobody decided who may use this route: it is closed");
    ProblemCode::NotFound
}

impl Door {
    /// Whether this caller, or nobody known, passes.
    pub fn lets_in(self, caller: Option<&Caller>) -> Result<(), ProblemCode> {
        match (self, caller) {
            (Self::Open, _) => Ok(()),
            (_, None) => Err(ProblemCode::SignInRequired),
            (Self::AnySession, Some(_)) => Ok(()),
            (Self::Own, Some(caller)) => match caller.delegation {
                None => Ok(()),
                Some(_) => Err(ProblemCode::NotAllowed),
            },
            (Self::Delegable(permission), Some(caller)) => match caller.delegation {
                None => Ok(()),
                Some(delegation) if delegation.permissions.contains(permission) => Ok(()),
                Some(_) => Err(ProblemCode::NotAllowed),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_order_and_names_each_route_once() {
        let routes: Vec<_> = DOORS.iter().map(|(method, path, _)| (*path, *method)).collect();
        let mut sorted = routes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(routes, sorted);
    }

    /// Written twice on purpose: nobody opens a door to whoever acts for somebody by changing one word.
    #[test]
    fn delegated_session_passes_these_doors_and_no_other() {
        let passed = [
            "GET /v1/account",
            "GET /v1/claims/{id} device.add",
            "PUT /v1/claims/{id} device.add",
            "POST /v1/claims/{id}/first-password device.add",
            "POST /v1/claims/{id}/proof device.add",
            "POST /v1/claims/{id}/withdraw device.add",
            "GET /v1/devices site.read",
            "GET /v1/devices/{id} site.read",
            "PATCH /v1/devices/{id} device.change",
            "GET /v1/events site.read",
            "DELETE /v1/sessions/current",
            "GET /v1/sites site.read",
            "POST /v1/sites site.create",
            "GET /v1/sites/{id} site.read",
            "PATCH /v1/sites/{id} site.change",
        ];
        let doors = DOORS.iter().filter_map(|(method, path, door)| match door {
            Open | Own => None,
            AnySession => Some(format!("{method} {path}")),
            Delegable(permission) => Some(format!("{method} {path} {}", permission.as_str())),
        });
        assert_eq!(doors.collect::<Vec<_>>(), passed);
    }

    #[test]
    fn delegable_doors_ask_for_what_a_consent_can_list() {
        for (method, path, door) in DOORS {
            if let Delegable(permission) = door {
                assert!(permission.may_be_delegated(), "{method} {path}");
            }
        }
    }
}
