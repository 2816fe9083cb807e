//! "Who did what at my home".

use crate::PorchlightError;
use crate::access::{Company, Person};
use crate::alive::Alive;
use crate::ids::{ActId, GrantId, SiteId};
use crate::listening::{Hears, ListListener, Subscription};
use crate::runtime::{at_once, moment, run};
use porchlight_core::{history, words};
use std::sync::Arc;
use std::time::SystemTime;

/// Whom an act on access was about.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ActAbout {
    /// The company.
    pub company: Company,
    /// Its installer who asked, or who had access; none when it was about the company as a whole.
    pub person: Option<Person>,
}

impl From<words::About> for ActAbout {
    fn from(about: words::About) -> Self {
        let words::About { company, person } = about;
        Self { company: company.into(), person: person.map(Into::into) }
    }
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Act {
    /// The line.
    pub id: ActId,
    /// When.
    pub at: SystemTime,
    /// `device.added`, `site.changed`, ...: a noun and what became of it. One that the app has no words for is shown as
    /// "something changed".
    pub what: String,
    /// Who acted; none: the service, or a device.
    pub actor: Option<Person>,
    /// For which company, if it was by a grant.
    pub company: Option<Company>,
    /// By which grant.
    pub grant: Option<GrantId>,
    /// At which site.
    pub site: Option<SiteId>,
    /// What the thing was called: its name after the act, or before it when it went.
    pub name: Option<String>,
    /// Whom it was about, for acts on access.
    pub about: Option<ActAbout>,
}

impl From<words::Act> for Act {
    fn from(act: words::Act) -> Self {
        let words::Act { id, at, what, actor, company, grant, site, name, about } = act;
        Self {
            id,
            at: moment(at),
            what,
            actor: actor.map(Into::into),
            company: company.map(Into::into),
            grant,
            site,
            name,
            about: about.map(Into::into),
        }
    }
}

/// A page of the history.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ActPage {
    /// Newest first.
    pub acts: Vec<Act>,
    /// `before` for the next page; none on the last.
    pub next: Option<ActId>,
}

impl From<words::HistoryResponse> for ActPage {
    fn from(page: words::HistoryResponse) -> Self {
        let words::HistoryResponse { acts, next } = page;
        Self { acts: acts.into_iter().map(Into::into).collect(), next }
    }
}

/// Every act on the account, newest first. It is read from the cloud, and not kept on the phone.
#[derive(Debug, uniffi::Object)]
pub struct HistoryList {
    pub(crate) profile: Arc<porchlight_core::Profile>,
    pub(crate) list: history::History,
    #[expect(dead_code, reason = "it is held to be counted")]
    pub(crate) alive: Alive,
}

#[uniffi::export(async_runtime = "tokio")]
impl HistoryList {
    /// Sets the one listener, in place of a former one. It hears at once, then whenever something of the account changed:
    /// read the newest page again.
    pub fn listen(&self, listener: Arc<dyn ListListener>) -> Result<Arc<Subscription>, PorchlightError> {
        at_once(&self.profile, || Subscription::of(self.list.listen(Arc::new(Hears(listener)))))
    }

    /// A page of 1 to 200 acts before one, or the newest; with a grant, those by it, which its installer may read too.
    pub async fn page(
        &self,
        grant: Option<GrantId>,
        before: Option<ActId>,
        count: u32,
    ) -> Result<ActPage, PorchlightError> {
        let list = self.list.clone();
        run(&self.profile, async move { list.page(grant, before, count).await }).await.map(Into::into)
    }
}
