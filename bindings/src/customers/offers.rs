//! The list of offers: partners that ask whether the account is their customer.

use crate::access::Company;
use crate::alive::Alive;
use crate::devices::DeviceSection;
use crate::ids::CustomerId;
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use crate::{ConflictReason, PorchlightError};
use porchlight_core::{Window, customers, words};
use std::sync::Arc;
use std::time::SystemTime;

/// A device that a partner added before the customer answered.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct OfferedDevice {
    /// What it is called.
    pub name: String,
    /// What kind.
    pub section: DeviceSection,
    /// The name of its site.
    pub site: String,
}

impl From<words::OfferedDevice> for OfferedDevice {
    fn from(device: words::OfferedDevice) -> Self {
        let words::OfferedDevice { name, section, site } = device;
        Self { name, section, site }
    }
}

/// A partner asks whether the account is their customer.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CustomerOffer {
    /// The customer it would be.
    pub id: CustomerId,
    /// Who asks.
    pub company: Company,
    /// The names of the sites that they made meanwhile.
    pub sites: Vec<String>,
    /// The devices that they added meanwhile.
    pub devices: Vec<OfferedDevice>,
    /// Stands for what is listed.
    pub shown: String,
}

impl From<words::CustomerOffer> for CustomerOffer {
    fn from(offer: words::CustomerOffer) -> Self {
        let words::CustomerOffer { id, company, sites, devices, shown } = offer;
        let devices = devices.into_iter().map(Into::into).collect();
        Self { id, company: company.into(), sites, devices, shown: shown.to_text() }
    }
}

/// A part of the list of offers, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct OfferWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<CustomerOffer>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here.
    pub connection: Connection,
}

impl From<Window<words::CustomerOffer>> for OfferWindow {
    fn from(window: Window<words::CustomerOffer>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// Offers that wait for an answer, by the company's name.
#[derive(Debug, uniffi::Object)]
pub struct OfferList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: customers::Offers,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl OfferList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list; 1 to 200 at once. Readable without a connection.
    pub async fn window(&self, offset: u32, count: u32) -> Result<OfferWindow, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.window(offset, count).await }).await.map(Into::into)
    }

    /// Says yes to the offer as it was shown; with `keep`, the sites and devices that were added meanwhile are the
    /// account's own, without it the devices are released. `Conflict` with `TermsDiffer` if something else would be kept:
    /// show it again.
    pub async fn accept(&self, shown: CustomerOffer, keep: bool) -> Result<(), PorchlightError> {
        let differ = PorchlightError::Conflict { reason: ConflictReason::TermsDiffer };
        let listed = words::Base64Url::from_text(&shown.shown).ok_or(differ)?;
        let list = self.list.clone();
        run(&self.profile, async move { list.accept(shown.id, keep, listed).await }).await
    }

    /// Says no: what was added meanwhile is released.
    pub async fn refuse(&self, offer: CustomerId) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refuse(offer).await }).await
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
