//! An installer works in a customer's account: authorization requests, consents, grants.
//!
//! The actors, in the words of RFC 8693 (section 1.1): the **subject** is whose account it is, the **actor** who really
//! acts in it. A partner's installer asks ([`AskForAccess`]), the customer answers ([`ConsentRequest`]), and a yes makes
//! a [`Grant`]: who, for whom, on what, until when. The terms are hashed: a consent sends the hash of what was shown
//! back, so that nothing else can be granted.

use crate::{AccountId, Base64Url, DeviceId, GrantId, OrganizationId, RequestId, SiteId};
use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, delegated: $delegated:literal;)+) => {
        /// What can be done. One list for roles, consents and routes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
            /// A permission of a newer cloud.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Permission {
            /// All that this version knows.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As it stands on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ Self::Unknown => "unknown" }
            }

            /// Whether a consent may list it. What may not is closed to every delegated session, whatever was ticked.
            pub fn may_be_delegated(self) -> bool {
                match self { $(Self::$name => $delegated,)+ Self::Unknown => false }
            }
        }
    };
}

permissions! {
    /// See sites and their devices.
    SiteRead = "site.read", delegated: true;
    /// Make a site.
    SiteCreate = "site.create", delegated: true;
    /// Rename a site.
    SiteChange = "site.change", delegated: true;
    /// Add a device, or move one here.
    DeviceAdd = "device.add", delegated: true;
    /// Rename a device.
    DeviceChange = "device.change", delegated: true;
    /// Watch live pictures and recordings.
    VideoWatch = "video.watch", delegated: true;
    /// Release a device, or move it away.
    DeviceRelease = "device.release", delegated: false;
    /// See and change the account itself: address, password, sessions.
    AccountManage = "account.manage", delegated: false;
    /// Answer requests for access, and end access.
    AccessManage = "access.manage", delegated: false;
    /// Read who did what.
    HistoryRead = "history.read", delegated: false;
    /// See a partner's customers.
    CustomerRead = "customer.read", delegated: false;
    /// Add a customer.
    CustomerAdd = "customer.add", delegated: false;
    /// Ask a customer for access, and use what was granted.
    AccessAsk = "access.ask", delegated: false;
}

impl Permission {
    /// What every request lists: whoever works there must see where, and a session that sees nothing hears of no end.
    pub const NEEDED: Self = Self::SiteRead;

    /// Whether a form for a request ticks it before anybody chose: live pictures never.
    pub fn is_ticked_at_first(self) -> bool {
        self.may_be_delegated() && self != Self::VideoWatch
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn from_text(text: &str) -> Self {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text).unwrap_or(Self::Unknown)
    }
}

/// On what access is asked for, or was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// The whole account.
    Account,
    /// One site with all its devices.
    Site {
        /// Which.
        site: SiteId,
    },
    /// One device that is there already.
    Device {
        /// Which.
        device: DeviceId,
    },
    /// A scope of a newer cloud.
    #[serde(other)]
    Unknown,
}

/// How long a request waits for its answer: 72 hours, in milliseconds.
pub const REQUEST_WAITS: i64 = 72 * 3_600_000;

/// The shortest and the longest access that can be asked for, in seconds: one hour, 30 days.
pub const ACCESS_LASTS: std::ops::RangeInclusive<u32> = 3_600..=30 * 86_400;

/// `POST /v1/customers/{id}/authorization-requests`, with an `Idempotency-Key`: 201 and the [`AuthorizationRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskForAccess {
    /// This site only. Flat, and not a [`Scope`]: a narrower scope that this version does not know must be refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// This device only; with neither, the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// What for; each one may be delegated, at least one.
    pub permissions: Vec<Permission>,
    /// How long, in seconds from the consent on: whole hours within [`ACCESS_LASTS`].
    pub lasts: u32,
    /// Why, in the installer's own words: at most 500 characters.
    pub comment: String,
}

/// Who somebody is, to the other side of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Person {
    /// The account.
    pub id: AccountId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
}

/// A company, to those it works for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Company {
    /// The organization.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// The customer has not answered.
    Pending,
    /// Yes: a grant came of it.
    Consented,
    /// No.
    Declined,
    /// Nobody answered within 72 hours.
    Expired,
    /// The installer took it back.
    Withdrawn,
    /// A state of a newer cloud.
    #[serde(other)]
    Unknown,
}

/// An installer asks a customer for access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuthorizationRequest {
    /// The request.
    pub id: RequestId,
    /// What became of it.
    pub state: RequestState,
    /// Who asks.
    pub actor: Person,
    /// For which company.
    pub company: Company,
    /// Whose account it is about.
    pub subject: AccountId,
    /// On what.
    pub scope: Scope,
    /// What the subject calls the site or device; none for the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_name: Option<String>,
    /// What for.
    pub permissions: Vec<Permission>,
    /// How long, in seconds from the consent on.
    pub lasts: u32,
    /// Why, in the installer's own words.
    pub comment: String,
    /// SHA-256 over all of these terms; a consent sends it back.
    pub terms: Base64Url,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Until when it can be answered; milliseconds UTC.
    pub expires_at: i64,
    /// The grant that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

/// `GET /v1/authorization-requests?after=<id>&limit=<1..=200>`: those that the account was asked and those that it
/// made, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RequestListResponse {
    /// This page.
    pub requests: Vec<AuthorizationRequest>,
    /// `after` for the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<RequestId>,
    /// Where the change feed goes on from what this list shows.
    pub cursor: String,
}

/// `POST /v1/authorization-requests/{id}/consent`, with an `Idempotency-Key`: 200 and the [`Grant`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsentRequest {
    /// The `terms` that were shown.
    pub terms: Base64Url,
    /// A shorter time, in seconds; what was asked for when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<u32>,
}

/// `POST /v1/authorization-requests/{id}/decline`, with an `Idempotency-Key`: 204.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclineRequest {
    /// Take no more requests from this company.
    #[serde(default)]
    pub block: bool,
}

/// Why access is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GrantEnd {
    /// Its time was over.
    Expired,
    /// The customer ended it.
    Revoked,
    /// The partner gave it back early.
    Released,
    /// The installer left the company.
    Left,
    /// One of the two accounts was disabled.
    Disabled,
    /// The customer took the account over.
    Activated,
    /// An end of a newer cloud.
    #[serde(other)]
    Unknown,
}

impl GrantEnd {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Released => "released",
            Self::Left => "left",
            Self::Disabled => "disabled",
            Self::Activated => "activated",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn from_text(text: &str) -> Self {
        match text {
            "expired" => Self::Expired,
            "revoked" => Self::Revoked,
            "released" => Self::Released,
            "left" => Self::Left,
            "disabled" => Self::Disabled,
            "activated" => Self::Activated,
            _ => Self::Unknown,
        }
    }
}

/// Who may act for whom, on what, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Grant {
    /// The grant.
    pub id: GrantId,
    /// Who acts.
    pub actor: Person,
    /// For which company.
    pub company: Company,
    /// In whose account.
    pub subject: Person,
    /// On what.
    pub scope: Scope,
    /// What the subject calls the site or device; none for the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_name: Option<String>,
    /// What for.
    pub permissions: Vec<Permission>,
    /// Milliseconds UTC.
    pub starts_at: i64,
    /// Milliseconds UTC.
    pub expires_at: i64,
    /// When it ended; none while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_why: Option<GrantEnd>,
}

impl Grant {
    /// What of the permissions can be used on the scope: a site is made in the account, and a device is added at a site,
    /// so that a grant for less reaches neither.
    pub fn usable(&self) -> impl Iterator<Item = Permission> {
        let reaches = |needed: Permission| match (needed, self.scope) {
            (Permission::SiteCreate, scope) => scope == Scope::Account,
            (Permission::SiteChange | Permission::DeviceAdd, Scope::Device { .. }) => false,
            (_, scope) => scope != Scope::Unknown,
        };
        self.permissions.iter().copied().filter(move |permission| reaches(*permission))
    }
}

/// `GET /v1/grants?after=<id>&limit=<1..=200>`: those in the account's hand and those on the account, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GrantListResponse {
    /// This page.
    pub grants: Vec<Grant>,
    /// `after` for the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<GrantId>,
    /// Where the change feed goes on from what this list shows.
    pub cursor: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn every_permission_reads_back_as_it_is_written() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_text(permission.as_str()), *permission);
            let json = serde_json::to_string(permission).unwrap();
            assert_eq!(json, format!("\"{}\"", permission.as_str()));
        }
        assert_eq!(serde_json::from_str::<Permission>("\"roof.lift\"").unwrap(), Permission::Unknown);
    }

    #[test]
    fn every_end_reads_back_as_it_is_written() {
        use GrantEnd as E;
        for end in [E::Expired, E::Revoked, E::Released, E::Left, E::Disabled, E::Activated, E::Unknown] {
            assert_eq!(GrantEnd::from_text(end.as_str()), end);
            assert_eq!(serde_json::to_string(&end).unwrap(), format!("\"{}\"", end.as_str()));
        }
    }

    #[test]
    fn what_a_scope_does_not_reach_cannot_be_used() {
        use Permission::{DeviceAdd, DeviceChange, SiteChange, SiteCreate, SiteRead};
        let permissions = vec![SiteRead, SiteCreate, SiteChange, DeviceAdd, DeviceChange];
        let id = "0198c0de-0000-7000-8000-000000000001";
        let person = json!({ "id": id, "given_name": "Kim", "family_name": "Lee" });
        let usable = |scope: Value| {
            let grant = json!({
                "id": id, "actor": person, "subject": person, "company": { "id": id, "name": "Bright Solar" },
                "scope": scope, "permissions": permissions, "starts_at": 0, "expires_at": 1,
            });
            serde_json::from_value::<Grant>(grant).unwrap().usable().collect::<Vec<_>>()
        };
        let site = json!({ "kind": "site", "site": id });
        let device = json!({ "kind": "device", "device": id });
        assert_eq!(usable(json!({ "kind": "account" })), permissions);
        assert_eq!(usable(site), [SiteRead, SiteChange, DeviceAdd, DeviceChange]);
        assert_eq!(usable(device), [SiteRead, DeviceChange]);
        assert_eq!(usable(json!({ "kind": "floor" })), []);
    }

    /// security.md, Handoff: never, whatever was ticked.
    #[test]
    fn what_is_never_delegated_cannot_be_listed() {
        use Permission as P;
        for never in
            [P::DeviceRelease, P::AccountManage, P::AccessManage, P::HistoryRead, P::AccessAsk, P::Unknown]
        {
            assert!(!never.may_be_delegated(), "{never:?}");
        }
    }
}
