//! Customers: a partner's list, and the offers that a customer answers.
//!
//! Adding one looks the same whether or not the address has an account: the customer *waits* until somebody who
//! verified the address answers. Meanwhile the installer may add devices for them, by the grant that the row holds
//! ([`Porchlight::work_here`](crate::Porchlight::work_here)).

mod offers;
#[cfg(test)]
mod tests;

pub use offers::Offers;

use crate::cache::Step;
use crate::error::{Error, Fault, InputField, InputReason};
use crate::http::IdempotencyKey;
use crate::listening::Subscription;
use crate::profile::Profile;
use crate::window::{ListListener, Window};
use porchlight_protocol::customers::{AddCustomerRequest, Customer, CustomerPlaces};
use porchlight_protocol::session::Language;
use porchlight_protocol::{CustomerId, OrganizationId};
use reqwest::Method;
use std::sync::Arc;

/// The most characters a name has.
const MAX_NAME: usize = 64;

/// A partner's customers, by name.
#[derive(Clone, Debug)]
pub struct Customers(Arc<Profile>);

impl Customers {
    pub(crate) fn new(profile: Arc<Profile>) -> Self {
        Self(profile)
    }

    /// A window of the list of one organization, or of all that the account belongs to; 1 to 200 at once. Readable
    /// without a connection.
    pub async fn window(
        &self,
        organization: Option<OrganizationId>,
        offset: u32,
        count: u32,
    ) -> Result<Window<Customer>, Error> {
        let is_shown = |customer: &Customer| organization.is_none_or(|one| one == customer.organization);
        self.0.told(self.0.window(offset, count, |open| open.cache.customers(offset, count, is_shown)).await)
    }

    /// One customer. Readable without a connection.
    pub async fn get(&self, customer: CustomerId) -> Result<Customer, Error> {
        let open = self.0.readable().await;
        self.0.told(open.and_then(|open| open.cache.customer(customer).ok_or(Fault::NotFound)))
    }

    /// Adds a customer: a mail asks them. `Conflict` with `CustomerExists` for an address that is on the list already.
    pub async fn add(
        &self,
        organization: OrganizationId,
        email: &str,
        given_name: &str,
        family_name: &str,
        language: Language,
    ) -> Result<Customer, Error> {
        let request = check(email, given_name, family_name, language);
        let added = match request {
            Ok(request) => self.send(organization, request).await,
            Err(fault) => Err(fault),
        };
        self.0.told(added)
    }

    /// The sites and devices of a customer that a request for access can name: those that the company added.
    pub async fn places(&self, customer: CustomerId) -> Result<CustomerPlaces, Error> {
        let path = format!("/v1/customers/{customer}/places");
        self.0.told(self.0.cloud.get(&path, Vec::new()).await)
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.0.told(self.0.feed.refresh().await)
    }

    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change, until the
    /// subscription is dropped. Call it within the tokio runtime.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Subscription {
        self.0.access_listening.customers.listen(&self.0.stores, listener)
    }

    async fn send(
        &self,
        organization: OrganizationId,
        request: AddCustomerRequest,
    ) -> Result<Customer, Fault> {
        let cache = self.0.files()?.cache;
        let (since, key) = (cache.version(), IdempotencyKey::mint());
        let path = format!("/v1/organizations/{organization}/customers");
        let customer: Customer = self.0.cloud.change(Method::POST, &path, &request, &key).await?;
        cache.answered(Step::put(customer.clone()), since).await;
        Ok(customer)
    }
}

/// What need not go to the cloud to be found wrong.
fn check(email: &str, given: &str, family: &str, language: Language) -> Result<AddCustomerRequest, Fault> {
    let wrong = |field, reason| Err(Fault::Input { field, reason });
    let (email, given_name, family_name) = (email.trim(), given.trim(), family.trim());
    for (text, field) in [
        (email, InputField::Email),
        (given_name, InputField::GivenName),
        (family_name, InputField::FamilyName),
    ] {
        if text.is_empty() {
            return wrong(field, InputReason::Empty);
        }
        if field != InputField::Email && text.chars().count() > MAX_NAME {
            return wrong(field, InputReason::TooLong);
        }
    }
    Ok(AddCustomerRequest {
        email: email.to_owned(),
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        language,
    })
}
