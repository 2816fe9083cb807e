//! What requests and grants are made of.

use crate::ids::{DeviceId, GrantId, OrganizationId, RequestId, SiteId};
use crate::runtime::moment;
use porchlight_core::words;
use std::time::{Duration, SystemTime};

pub type Permission = words::Permission;
pub type RequestState = words::RequestState;
pub type GrantEnd = words::GrantEnd;

/// What can be done in an account.
#[uniffi::remote(Enum)]
pub enum Permission {
    /// See sites and their devices.
    SiteRead,
    /// Make a site.
    SiteCreate,
    /// Rename a site.
    SiteChange,
    /// Add a device, or move one here.
    DeviceAdd,
    /// Rename a device.
    DeviceChange,
    /// Watch live pictures and recordings.
    VideoWatch,
    /// Release a device, or move it away.
    DeviceRelease,
    /// See and change the account itself: address, password, sessions.
    AccountManage,
    /// Answer requests for access, and end access.
    AccessManage,
    /// Read who did what.
    HistoryRead,
    /// See a partner's customers.
    CustomerRead,
    /// Add a customer.
    CustomerAdd,
    /// Ask a customer for access, and use what was granted.
    AccessAsk,
    /// A permission of a newer cloud.
    Unknown,
}

/// What became of a request.
#[uniffi::remote(Enum)]
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
    Unknown,
}

/// Why access is over.
#[uniffi::remote(Enum)]
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
    Unknown,
}

/// On what access is asked for, or was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum AccessScope {
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
    Unknown,
}

impl From<words::Scope> for AccessScope {
    fn from(scope: words::Scope) -> Self {
        match scope {
            words::Scope::Account => Self::Account,
            words::Scope::Site { site } => Self::Site { site },
            words::Scope::Device { device } => Self::Device { device },
            words::Scope::Unknown => Self::Unknown,
        }
    }
}

/// Who somebody is, to the other side.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Person {
    /// The account's id.
    pub id: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
}

impl From<words::Person> for Person {
    fn from(person: words::Person) -> Self {
        let words::Person { id, given_name, family_name } = person;
        Self { id: id.to_string(), given_name, family_name }
    }
}

/// A company, to those it works for.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Company {
    /// The organization.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
}

impl From<words::Company> for Company {
    fn from(company: words::Company) -> Self {
        let words::Company { id, name } = company;
        Self { id, name }
    }
}

/// An installer asks a customer for access.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AccessRequest {
    /// The request.
    pub id: RequestId,
    /// What became of it.
    pub state: RequestState,
    /// Who asks.
    pub actor: Person,
    /// For which company.
    pub company: Company,
    /// The id of the account it is about.
    pub subject: String,
    /// On what.
    pub scope: AccessScope,
    /// What the customer calls the site or device; none for the whole account.
    pub scope_name: Option<String>,
    /// What for.
    pub permissions: Vec<Permission>,
    /// How long, from the consent on.
    pub lasts: Duration,
    /// Why, in the installer's own words: show it as text.
    pub comment: String,
    /// Names the terms above: a consent grants these and no others.
    pub terms: String,
    /// When it was asked.
    pub created_at: SystemTime,
    /// Until when it can be answered.
    pub expires_at: SystemTime,
    /// The grant that came of it.
    pub grant: Option<GrantId>,
}

impl From<words::AuthorizationRequest> for AccessRequest {
    fn from(request: words::AuthorizationRequest) -> Self {
        let words::AuthorizationRequest {
            id,
            state,
            actor,
            company,
            subject,
            scope,
            scope_name,
            permissions,
            lasts,
            comment,
            terms,
            created_at,
            expires_at,
            grant,
        } = request;
        Self {
            id,
            state,
            actor: actor.into(),
            company: company.into(),
            subject: subject.to_string(),
            scope: scope.into(),
            scope_name,
            permissions,
            lasts: Duration::from_secs(lasts.into()),
            comment,
            terms: terms.to_text(),
            created_at: moment(created_at),
            expires_at: moment(expires_at),
            grant,
        }
    }
}

/// Who may act for whom, on what, until when.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
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
    pub scope: AccessScope,
    /// What the site or device is called; none for the whole account, or when it is gone.
    pub scope_name: Option<String>,
    /// What for.
    pub permissions: Vec<Permission>,
    /// Since when.
    pub starts_at: SystemTime,
    /// Until when.
    pub expires_at: SystemTime,
    /// When it ended; none while it is in force.
    pub ended_at: Option<SystemTime>,
    /// Why it ended.
    pub ended_why: Option<GrantEnd>,
}

impl From<words::Grant> for Grant {
    fn from(grant: words::Grant) -> Self {
        let words::Grant {
            id,
            actor,
            company,
            subject,
            scope,
            scope_name,
            permissions,
            starts_at,
            expires_at,
            ended_at,
            ended_why,
        } = grant;
        Self {
            id,
            actor: actor.into(),
            company: company.into(),
            subject: subject.into(),
            scope: scope.into(),
            scope_name,
            permissions,
            starts_at: moment(starts_at),
            expires_at: moment(expires_at),
            ended_at: ended_at.map(moment),
            ended_why,
        }
    }
}
