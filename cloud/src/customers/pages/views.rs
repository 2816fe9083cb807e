//! Customers and offers in a person's words.

use crate::portal::Page;
use crate::portal::words::fill;
use porchlight_protocol::customers::{Customer, CustomerOffer, CustomerState};
use porchlight_protocol::{CustomerId, OrganizationId};

/// A customer in the partner's list.
pub(crate) struct CustomerLine {
    pub(crate) id: CustomerId,
    /// Whose customer.
    pub(crate) organization: OrganizationId,
    pub(crate) name: String,
    pub(crate) email: String,
    /// State of the authorization, in words.
    pub(crate) state: String,
    pub(crate) icon: &'static str,
    /// `warning`, `success` or nothing: the colour beside icon and words.
    pub(crate) tone: &'static str,
    /// Whether there is access in force: Link, or else Edit.
    pub(crate) has_access: bool,
    pub(crate) edit: String,
    pub(crate) link: String,
}

impl CustomerLine {
    pub(crate) fn of(page: &Page, customer: &Customer) -> Self {
        let words = page.reader.words;
        let name = format!("{} {}", customer.given_name, customer.family_name);
        let until = customer.until.filter(|_| customer.grant.is_some());
        let until = until.map(|at| fill(words.customer_authorized, &[("time", &page.reader.times.say(at))]));
        let asked = customer.pending.is_some();
        let (state, icon, tone) = match (until, asked, customer.state) {
            (_, _, CustomerState::Waiting) => (words.customer_waiting.to_owned(), "queued", "warning"),
            (Some(until), ..) => (until, "check", "success"),
            (None, true, _) => (words.customer_asked.to_owned(), "queued", "warning"),
            (None, false, CustomerState::Refused) => (words.customer_refused.to_owned(), "close", ""),
            (None, false, _) => (words.customer_none.to_owned(), "dot", ""),
        };
        Self {
            id: customer.id,
            organization: customer.organization,
            email: customer.email.clone(),
            state,
            icon,
            tone,
            has_access: customer.grant.is_some(),
            edit: fill(words.customer_edit_of, &[("name", &name)]),
            link: fill(words.customer_link_of, &[("name", &name)]),
            name,
        }
    }
}

/// A partner's question whether the reader is their customer.
pub(crate) struct OfferCard {
    pub(crate) id: CustomerId,
    pub(crate) title: String,
    /// What they added, a line each.
    pub(crate) added: Vec<String>,
    /// Stands for it.
    pub(crate) shown: String,
}

impl OfferCard {
    pub(crate) fn of(page: &Page, offer: CustomerOffer) -> Self {
        let words = page.reader.words;
        let title = fill(words.offer_title, &[("company", &offer.company.name)]);
        let sites = offer.sites.iter().map(|site| fill(words.offer_site, &[("name", site)]));
        let devices = offer.devices.iter().map(|device| format!("{}, {}", device.name, device.site));
        Self { id: offer.id, title, added: sites.chain(devices).collect(), shown: offer.shown.to_text() }
    }
}
