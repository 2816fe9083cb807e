//! Working in a customer's account, as the apps on one phone do it.

use super::Phone;
use porchlight_core::access::{AccessWish, DelegatedListener, DelegatedState};
use porchlight_core::handoff::{HandoffState, LinkOpener, NotOpened};
use porchlight_core::words::{AuthorizationRequest, Customer, Grant, Language, Membership, OrganizationKind};
use porchlight_core::{Error, Profile};
use porchlight_protocol::access::Permission;
use porchlight_protocol::{CustomerId, GrantId};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// How long a test waits for what the change feed brings.
const PATIENCE: Duration = Duration::from_secs(20);

/// What opens links: it keeps them, for the test to open.
#[derive(Debug, Default)]
pub struct Links(Mutex<Vec<SecretString>>);

impl Links {
    /// The newest link that was opened.
    pub fn newest(&self) -> SecretString {
        self.0.lock().expect("no holder panics").last().cloned().expect("a link was opened")
    }
}

impl LinkOpener for Links {
    fn open(&self, link: &SecretString) -> Result<(), NotOpened> {
        self.0.lock().expect("no holder panics").push(link.expose_secret().into()); // exposed: as the system does
        Ok(())
    }
}

/// The states of a delegated session.
#[derive(Debug)]
pub struct DelegatedWatch(watch::Receiver<Option<DelegatedState>>);

#[derive(Debug)]
struct Listener(watch::Sender<Option<DelegatedState>>);

impl DelegatedListener for Listener {
    fn on_state(&self, state: DelegatedState) {
        self.0.send_replace(Some(state));
    }
}

impl DelegatedWatch {
    /// Becomes the one listener of the app.
    pub fn of(app: &Phone) -> Self {
        let (sender, receiver) = watch::channel(None);
        app.app().delegated_session().listen(Arc::new(Listener(sender))).for_good();
        Self(receiver)
    }

    /// Waits for a state.
    pub async fn until(&mut self, fits: impl Fn(&DelegatedState) -> bool) -> DelegatedState {
        let fitting = self.0.wait_for(|state| state.as_ref().is_some_and(&fits));
        let found = tokio::time::timeout(PATIENCE, fitting).await;
        found.expect("a state within 20 s").expect("the app is open").clone().expect("it fits")
    }
}

impl Phone {
    /// The partner that the account belongs to.
    pub async fn partner(&self) -> Membership {
        let memberships = self.profile().memberships();
        memberships.refresh().await.expect("the cloud is there");
        let all = memberships.window(0, 200).await.expect("signed in").items;
        all.into_iter().find(|one| one.kind == OrganizationKind::Partner).expect("an installer of a partner")
    }

    /// Adds a customer with this address.
    pub async fn add_customer(&self, email: &str) -> Result<Customer, Error> {
        let partner = self.partner().await.organization;
        self.profile().customers().add(partner, email, "Kim", "Lee", Language::English).await
    }

    /// Says yes to the only partner that asks.
    pub async fn accept_offer(&self) -> Result<(), Error> {
        let offers = self.profile().offers();
        let offer = until(|| async { offers.window(0, 200).await.ok()?.items.pop() }).await;
        offers.accept(offer.id, true, offer.shown).await
    }

    /// Asks a customer for everything but live pictures, for four hours.
    pub async fn ask_for_access(&self, customer: CustomerId) -> Result<AuthorizationRequest, Error> {
        let offered = Permission::ALL.iter().copied().filter(|permission| permission.may_be_delegated());
        let wish = AccessWish {
            site: None,
            device: None,
            permissions: offered.filter(|permission| *permission != Permission::VideoWatch).collect(),
            lasts: 4 * 3600,
            comment: "Two new cameras".into(),
        };
        self.profile().requests().ask(customer, wish).await
    }

    /// Says yes to the request that waits, as it is shown.
    pub async fn consent(&self) -> Result<Grant, Error> {
        let requests = self.profile().requests();
        let shown = until(|| async { requests.waiting().await.ok()?.pop() }).await;
        requests.consent(shown.id, shown.terms, None).await
    }

    /// Makes the link for a grant; what the system would open in the customer app.
    pub async fn link(&self, grant: GrantId) -> Result<SecretString, Error> {
        let links = Arc::new(Links::default());
        self.profile().open_customer_app(grant, links.clone()).await?;
        Ok(links.newest())
    }

    /// Opens a link in this app and taps; what came of it.
    pub async fn open_link(&self, link: SecretString) -> HandoffState {
        let handoff = self.app().handoff();
        handoff.take_link(link).await.expect("nothing else is being opened");
        if matches!(handoff.state(), HandoffState::Confirm { .. }) {
            handoff.confirm().await.expect("it asked");
        }
        handoff.state()
    }

    /// The customer's profile, which a link opened.
    pub fn customers_profile(&self) -> Arc<Profile> {
        self.app().delegated_session().profile().expect("the phone acts for a customer")
    }
}

/// Asks again until there is an answer, for what the change feed brings.
async fn until<T, F: Future<Output = Option<T>>>(ask: impl Fn() -> F) -> T {
    let asking = async {
        loop {
            match ask().await {
                Some(found) => return found,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it comes within 20 s")
}
