//! The list of a partner's customers.

use crate::PorchlightError;
use crate::access::RequestState;
use crate::alive::Alive;
use crate::ids::{CustomerId, DeviceId, GrantId, OrganizationId, RequestId, SiteId};
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use crate::session::Language;
use porchlight_core::{Window, customers, words};
use std::sync::Arc;
use std::time::SystemTime;

pub type CustomerState = words::CustomerState;

/// What became of adding a customer.
#[uniffi::remote(Enum)]
pub enum CustomerState {
    /// The customer has not answered. For a day the installer may add devices for them: `work_here` with the row's grant.
    Waiting,
    /// The customer said yes: access can be asked for.
    Confirmed,
    /// The customer said no.
    Refused,
    /// A state of a newer cloud.
    Unknown,
}

/// A customer, as the partner sees them.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Customer {
    /// The customer.
    pub id: CustomerId,
    /// Of which organization.
    pub organization: OrganizationId,
    /// As the partner entered it.
    pub email: String,
    /// As the partner entered it.
    pub given_name: String,
    /// As the partner entered it.
    pub family_name: String,
    /// What became of adding them.
    pub state: CustomerState,
    /// The person's own request that waits for its answer.
    pub pending: Option<RequestId>,
    /// What became of the person's own newest request; none: there was none.
    pub asked: Option<RequestState>,
    /// The person's own grant in force that ends last: the row offers **Link**.
    pub grant: Option<GrantId>,
    /// When that grant ends.
    pub until: Option<SystemTime>,
}

impl From<words::Customer> for Customer {
    fn from(customer: words::Customer) -> Self {
        let words::Customer {
            id,
            organization,
            email,
            given_name,
            family_name,
            state,
            pending,
            asked,
            grant,
            until,
        } = customer;
        let until = until.map(moment);
        Self { id, organization, email, given_name, family_name, state, pending, asked, grant, until }
    }
}

/// A site that a request for access can name.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlaceSite {
    /// The site.
    pub id: SiteId,
    /// What it is called.
    pub name: String,
}

/// A device that a request for access can name.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlaceDevice {
    /// The device.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub site: SiteId,
}

/// What the organization's people added for a customer, and is still theirs.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CustomerPlaces {
    /// Sites.
    pub sites: Vec<PlaceSite>,
    /// Devices.
    pub devices: Vec<PlaceDevice>,
}

impl From<words::CustomerPlaces> for CustomerPlaces {
    fn from(places: words::CustomerPlaces) -> Self {
        let words::CustomerPlaces { sites, devices } = places;
        let site = |site| {
            let words::PlaceSite { id, name } = site;
            PlaceSite { id, name }
        };
        let device = |device| {
            let words::PlaceDevice { id, name, site } = device;
            PlaceDevice { id, name, site }
        };
        Self {
            sites: sites.into_iter().map(site).collect(),
            devices: devices.into_iter().map(device).collect(),
        }
    }
}

/// A part of the list of customers, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CustomerWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<Customer>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here.
    pub connection: Connection,
}

impl From<Window<words::Customer>> for CustomerWindow {
    fn from(window: Window<words::Customer>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// A partner's customers, by name.
#[derive(Debug, uniffi::Object)]
pub struct CustomerList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: customers::Customers,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl CustomerList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list of one organization, or of all that the account belongs to; 1 to 200 at once. Readable
    /// without a connection.
    pub async fn window(
        &self,
        organization: Option<OrganizationId>,
        offset: u32,
        count: u32,
    ) -> Result<CustomerWindow, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.window(organization, offset, count).await })
            .await
            .map(Into::into)
    }

    /// One customer. Readable without a connection.
    pub async fn get(&self, customer: CustomerId) -> Result<Customer, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.get(customer).await }).await.map(Into::into)
    }

    /// Adds a customer: a mail asks them. `Conflict` with `CustomerExists` for an address that is on the list already.
    pub async fn add(
        &self,
        organization: OrganizationId,
        email: String,
        given_name: String,
        family_name: String,
        language: Language,
    ) -> Result<Customer, PorchlightError> {
        let list = self.list.clone();
        let deed = async move { list.add(organization, &email, &given_name, &family_name, language).await };
        run(&self.profile, deed).await.map(Into::into)
    }

    /// The sites and devices of a customer that a request for access can name: those that the company added.
    pub async fn places(&self, customer: CustomerId) -> Result<CustomerPlaces, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.places(customer).await }).await.map(Into::into)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
