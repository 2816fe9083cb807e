//! The organizations that the account belongs to.

use crate::PorchlightError;
use crate::alive::Alive;
use crate::ids::OrganizationId;
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use porchlight_core::{Window, people, words};
use std::sync::Arc;
use std::time::SystemTime;

pub type OrganizationKind = words::OrganizationKind;
pub type OrganizationRole = words::Role;

/// What an organization is for.
#[uniffi::remote(Enum)]
pub enum OrganizationKind {
    /// Looks after its own sites.
    Business,
    /// Works for customers; its people are installers.
    Partner,
    /// Runs the service.
    Operator,
    /// A kind of a newer cloud.
    Unknown,
}

/// What somebody is in an organization.
#[uniffi::remote(Enum)]
pub enum OrganizationRole {
    /// All, on every site.
    SuperAdmin,
    /// All but the organization itself.
    Admin,
    /// Looks after people and devices.
    Manager,
    /// Works with devices and customers.
    Operator,
    /// Looks.
    Viewer,
    /// A role of a newer cloud.
    Unknown,
}

/// An organization that the account belongs to.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// What it is for: a `Partner` has customers.
    pub kind: OrganizationKind,
    /// What the account is in it.
    pub role: OrganizationRole,
}

impl From<words::Membership> for Membership {
    fn from(membership: words::Membership) -> Self {
        let words::Membership { organization, name, kind, role } = membership;
        Self { organization, name, kind, role }
    }
}

/// A part of the list of memberships, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MembershipWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<Membership>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here.
    pub connection: Connection,
}

impl From<Window<words::Membership>> for MembershipWindow {
    fn from(window: Window<words::Membership>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// The organizations that the account belongs to, by name.
#[derive(Debug, uniffi::Object)]
pub struct MembershipList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: people::Memberships,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl MembershipList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list; 1 to 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<MembershipWindow, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.window(offset, count).await }).await.map(Into::into)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
