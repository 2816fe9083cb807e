//! A profile: where every flow and every list comes from.

use crate::PorchlightError;
use crate::access::{GrantList, RequestList};
use crate::add_device::AddDeviceFlow;
use crate::alive::Alive;
use crate::customers::{CustomerList, OfferList};
use crate::devices::{DeviceList, DeviceSection};
use crate::handoff::LinkOpener;
use crate::history::HistoryList;
use crate::ids::{ClaimId, GrantId, SiteId};
use crate::listening::Hears;
use crate::people::MembershipList;
use crate::runtime::{at_once, run};
use crate::session::SessionFlow;
use crate::sites::SiteList;
use std::sync::Arc;

/// One account on this phone, signed in or not.
#[derive(Debug, uniffi::Object)]
pub struct Profile(pub(crate) Arc<porchlight_core::Profile>);

#[uniffi::export(async_runtime = "tokio")]
impl Profile {
    /// The flow of register, sign in and sign out.
    pub fn session(&self) -> Arc<SessionFlow> {
        Arc::new(SessionFlow { profile: self.0.clone(), flow: self.0.session(), alive: Alive::new() })
    }

    /// The sites.
    pub fn sites(&self) -> Arc<SiteList> {
        Arc::new(SiteList { profile: self.0.clone(), list: self.0.sites(), alive: Alive::new() })
    }

    /// The devices.
    pub fn devices(&self) -> Arc<DeviceList> {
        Arc::new(DeviceList { profile: self.0.clone(), list: self.0.devices(), alive: Alive::new() })
    }

    /// A partner's customers.
    pub fn customers(&self) -> Arc<CustomerList> {
        Arc::new(CustomerList { profile: self.0.clone(), list: self.0.customers(), alive: Alive::new() })
    }

    /// Partners that ask whether the account is their customer.
    pub fn offers(&self) -> Arc<OfferList> {
        Arc::new(OfferList { profile: self.0.clone(), list: self.0.offers(), alive: Alive::new() })
    }

    /// The organizations that the account belongs to: with a `Partner` among them it has customers.
    pub fn memberships(&self) -> Arc<MembershipList> {
        Arc::new(MembershipList { profile: self.0.clone(), list: self.0.memberships(), alive: Alive::new() })
    }

    /// Requests for access: those that the account was asked, those that it made.
    pub fn requests(&self) -> Arc<RequestList> {
        Arc::new(RequestList { profile: self.0.clone(), list: self.0.requests(), alive: Alive::new() })
    }

    /// Who may act for whom, until when.
    pub fn grants(&self) -> Arc<GrantList> {
        Arc::new(GrantList { profile: self.0.clone(), list: self.0.grants(), alive: Alive::new() })
    }

    /// "Who did what at my home".
    pub fn history(&self) -> Arc<HistoryList> {
        Arc::new(HistoryList { profile: self.0.clone(), list: self.0.history(), alive: Alive::new() })
    }

    /// Opens the customer app on this phone for a grant in the person's hand (`Link`): it asks for one tap and then acts
    /// in the customer's account. Returns when the link was handed to `opener`. `Conflict` with `AccessOver` if the grant
    /// ended, with `CustomerAppMissing` if there is no such app here.
    pub async fn open_customer_app(
        &self,
        grant: GrantId,
        opener: Arc<dyn LinkOpener>,
    ) -> Result<(), PorchlightError> {
        let profile = self.0.clone();
        let deed = async move { profile.open_customer_app(grant, Arc::new(Hears(opener))).await };
        run(&self.0, deed).await
    }

    /// IANA time zones for what a person typed, the best first, at most `count`: each word begins a word of the zone's
    /// name ("york" finds `America/New_York`). All zones for an empty text.
    pub fn find_time_zones(&self, text: String, count: u32) -> Result<Vec<String>, PorchlightError> {
        at_once(&self.0, || porchlight_core::add_device::find_time_zones(&text, count as usize))
    }

    /// Opens the flow that adds a device, for a site that the phone knows. `Conflict` with `SiteGone` for a site that is
    /// not there any more: have another one chosen.
    pub async fn add_device(
        &self,
        section: DeviceSection,
        site: SiteId,
    ) -> Result<Arc<AddDeviceFlow>, PorchlightError> {
        let profile = self.0.clone();
        let flow = run(&self.0, async move { profile.add_device(section, site).await }).await?;
        Ok(AddDeviceFlow::of(&self.0, flow))
    }

    /// Opens the flow where it was, by [`AddDeviceFlow::id`] or the claim of a line of the list: after the app was
    /// killed, or when a person taps a device that waits. What waits goes on at once. `NotFound` if it was added or given
    /// up meanwhile, or nothing was saved yet and a day is over: show the list.
    pub async fn resume_adding_device(&self, id: ClaimId) -> Result<Arc<AddDeviceFlow>, PorchlightError> {
        let profile = self.0.clone();
        let flow = run(&self.0, async move { profile.resume_adding_device(id).await }).await?;
        Ok(AddDeviceFlow::of(&self.0, flow))
    }
}
