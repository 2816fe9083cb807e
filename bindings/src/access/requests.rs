//! The list of requests for access, and what an installer chooses for one.

use super::words::{AccessRequest, Grant, Permission};
use crate::alive::Alive;
use crate::ids::{CustomerId, DeviceId, RequestId, SiteId};
use crate::listening::{Connection, Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run, seconds};
use crate::{ConflictReason, PorchlightError};
use porchlight_core::{Window, access, words};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub type RequestSide = access::RequestSide;

/// Whose requests a list shows.
#[uniffi::remote(Enum)]
pub enum RequestSide {
    /// Those that the account was asked.
    Asked,
    /// Those that it made.
    Made,
}

/// A permission, and whether it is ticked before anybody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PermissionChoice {
    /// What.
    pub permission: Permission,
    /// Ticked at first: live pictures never are.
    pub ticked: bool,
    /// Nothing works without it: show it ticked, and not to be changed.
    pub needed: bool,
}

/// What the form for a request offers.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AccessChoices {
    /// How long, the shortest first: 1, 4 and 24 hours, then days up to 30.
    pub lasts: Vec<Duration>,
    /// What for, in the order they are shown.
    pub permissions: Vec<PermissionChoice>,
}

impl From<access::AccessChoices> for AccessChoices {
    fn from(choices: access::AccessChoices) -> Self {
        let access::AccessChoices { lasts, permissions } = choices;
        let choice = |choice| {
            let access::PermissionChoice { permission, ticked, needed } = choice;
            PermissionChoice { permission, ticked, needed }
        };
        let lasts = lasts.into_iter().map(|lasts| Duration::from_secs(lasts.into())).collect();
        Self { lasts, permissions: permissions.into_iter().map(choice).collect() }
    }
}

/// For how long a consent can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ConsentChoice {
    /// How long.
    pub lasts: Duration,
    /// Until when, if the person consents now, by the cloud's clock: the phone's may be wrong. None while the cloud was not
    /// heard of: say the length alone.
    pub until: Option<SystemTime>,
}

impl From<access::ConsentChoice> for ConsentChoice {
    fn from(choice: access::ConsentChoice) -> Self {
        let access::ConsentChoice { lasts, until } = choice;
        Self { lasts: Duration::from_secs(lasts.into()), until: until.map(moment) }
    }
}

/// What an installer asks a customer for.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AccessWish {
    /// This site only.
    pub site: Option<SiteId>,
    /// This device only; with neither, the whole account.
    pub device: Option<DeviceId>,
    /// What for: those that are ticked.
    pub permissions: Vec<Permission>,
    /// How long, from the consent on: one of the choices.
    pub lasts: Duration,
    /// Why: at most 500 characters.
    pub comment: String,
}

impl From<AccessWish> for access::AccessWish {
    fn from(wish: AccessWish) -> Self {
        let AccessWish { site, device, permissions, lasts, comment } = wish;
        Self { site, device, permissions, lasts: seconds(lasts), comment }
    }
}

/// A part of the list of requests, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RequestWindow {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<AccessRequest>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true, by the phone's clock; none before the first answer.
    pub as_of: Option<SystemTime>,
    /// Whether what the cloud knows comes here.
    pub connection: Connection,
}

impl From<Window<words::AuthorizationRequest>> for RequestWindow {
    fn from(window: Window<words::AuthorizationRequest>) -> Self {
        let Window { offset, items, total, as_of, connection } = window;
        let items = items.into_iter().map(Into::into).collect();
        Self { offset, items, total, as_of: as_of.map(moment), connection }
    }
}

/// Requests for access, newest first.
#[derive(Debug, uniffi::Object)]
pub struct RequestList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: access::Requests,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl RequestList {
    /// Sets the list's one listener, in place of a former one. It hears at once, then of each change.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A window of the list; 1 to 200 at once. Readable without a connection.
    pub async fn window(
        &self,
        side: RequestSide,
        offset: u32,
        count: u32,
    ) -> Result<RequestWindow, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.window(side, offset, count).await }).await.map(Into::into)
    }

    /// Those that the account was asked and has not answered, newest first: show them wherever the person is, the
    /// moment they come.
    pub async fn waiting(&self) -> Result<Vec<AccessRequest>, PorchlightError> {
        let list = self.list.clone();
        let waiting = run(&self.profile, async move { list.waiting().await }).await?;
        Ok(waiting.into_iter().map(Into::into).collect())
    }

    /// One request. Readable without a connection.
    pub async fn get(&self, request: RequestId) -> Result<AccessRequest, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.get(request).await }).await.map(Into::into)
    }

    /// What the form for a request offers.
    pub fn choices(&self) -> Result<AccessChoices, PorchlightError> {
        at_once(&self.profile, || access::AccessChoices::all().into())
    }

    /// How long a consent can be: what was asked for, last, and before it the shorter choices.
    pub async fn consent_choices(&self, shown: AccessRequest) -> Result<Vec<ConsentChoice>, PorchlightError> {
        let (list, asked) = (self.list.clone(), seconds(shown.lasts));
        let deed = async move { Ok::<_, PorchlightError>(list.consent_choices(asked).await) };
        Ok(run(&self.profile, deed).await?.into_iter().map(Into::into).collect())
    }

    /// Asks a customer for access. `Conflict` with `CustomerNotConfirmed` for one who has not said that they are a
    /// customer; `NotAllowed` with `RequestsRefused` for one who takes no requests from this company.
    pub async fn ask(
        &self,
        customer: CustomerId,
        wish: AccessWish,
    ) -> Result<AccessRequest, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.ask(customer, wish.into()).await }).await.map(Into::into)
    }

    /// Takes back what the account asked.
    pub async fn withdraw(&self, request: RequestId) -> Result<AccessRequest, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.withdraw(request).await }).await.map(Into::into)
    }

    /// Says yes to the request as it was shown, for a shorter time if the person chose one. `Conflict` with `TermsDiffer`
    /// if it is another by now: show it again. Needs a connection: without one `Offline`, and nothing is granted later.
    pub async fn consent(
        &self,
        shown: AccessRequest,
        lasts: Option<Duration>,
    ) -> Result<Grant, PorchlightError> {
        let differ = PorchlightError::Conflict { reason: ConflictReason::TermsDiffer };
        let terms = words::Base64Url::from_text(&shown.terms).ok_or(differ)?;
        let list = self.list.clone();
        let deed = async move { list.consent(shown.id, terms, lasts.map(seconds)).await };
        run(&self.profile, deed).await.map(Into::into)
    }

    /// Says no; with `block`, takes no more requests from this company.
    pub async fn decline(&self, request: RequestId, block: bool) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.decline(request, block).await }).await
    }

    /// Asks the cloud for all lists again.
    pub async fn refresh(&self) -> Result<(), PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.refresh().await }).await
    }
}
