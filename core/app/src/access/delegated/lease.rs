//! The lease: a customer's account is readable on a phone for as long as the cloud was heard of a while ago.
//!
//! 1. Whatever the cloud answers to the session renews it, counted from when it was asked: an answer that lay in a
//!    sleeping phone is as old as its question.
//! 2. It lasts [`LASTS`] of elapsed time, sleep included. A start of the phone voids it. No wall clock has a say.
//! 3. It is kept at most once in [`KEPT_EVERY`], so a killed app finds one that is a little shorter, never a longer one.

use crate::ports::{LoadedSecret, Moment, Ports};
use secrecy::ExposeSecret as _;
use std::fmt;
use std::time::Duration;
use tokio::sync::watch;

/// How long the last contact counts.
pub(crate) const LASTS: Duration = Duration::from_secs(15 * 60);
/// How often it is written down.
const KEPT_EVERY: Duration = Duration::from_secs(60);

/// The lease of a delegated profile.
pub(crate) struct Lease {
    ports: Ports,
    /// Its name in the secret store.
    name: String,
    contact: watch::Sender<Contact>,
}

#[derive(Clone, Debug, Default)]
struct Contact {
    last: Option<Moment>,
    kept: Option<Moment>,
}

impl Lease {
    /// The lease as the last process left it.
    pub(crate) async fn load(ports: Ports, profile: &str) -> Self {
        let name = format!("{profile}.lease");
        let kept = match ports.load_secret(name.clone()).await {
            LoadedSecret::Value(row) => serde_json::from_slice(row.expose_secret()).ok(), // exposed: a time, no secret
            LoadedSecret::Missing | LoadedSecret::Locked | LoadedSecret::Broken => None,
        };
        let contact = watch::Sender::new(Contact { last: kept.clone(), kept });
        Self { ports, name, contact }
    }

    /// Now; what [`Self::renew`] takes later, when the cloud answered.
    pub(crate) async fn moment(&self) -> Option<Moment> {
        self.ports.moment().await
    }

    /// The cloud answered what it was asked at `asked`.
    pub(crate) async fn renew(&self, asked: Option<Moment>) {
        let Some(asked) = asked else { return };
        let mut keep = false;
        self.contact.send_if_modified(|contact| {
            // An older question whose answer came later.
            if contact.last.as_ref().is_some_and(|last| last.since(&asked).is_some()) {
                return false;
            }
            let age = contact.kept.as_ref().and_then(|kept| asked.since(kept));
            keep = age.is_none_or(|age| age >= KEPT_EVERY);
            if keep {
                contact.kept = Some(asked.clone());
            }
            contact.last = Some(asked.clone());
            true
        });
        if keep {
            let row = serde_json::to_vec(&asked).expect("a moment is a map with text keys");
            // Not kept: the next process asks the cloud first.
            let _shorter = self.ports.save_secret(self.name.clone(), row.into()).await;
        }
    }

    /// Whether the lists may be read.
    pub(crate) async fn holds(&self) -> bool {
        self.left().await.is_some()
    }

    /// For how long the lists may still be read. None: not any more.
    pub(crate) async fn left(&self) -> Option<Duration> {
        let last = self.contact.borrow().last.clone();
        let now = self.moment().await;
        let age = now.zip(last).and_then(|(now, last)| now.since(&last))?;
        LASTS.checked_sub(age).filter(|left| !left.is_zero())
    }

    /// Tells of each contact.
    pub(crate) fn contacts(&self) -> impl Future<Output = ()> + use<> {
        let mut contact = self.contact.subscribe();
        async move {
            let _gone = contact.changed().await;
        }
    }

    pub(crate) async fn forget(&self) {
        let _not_there = self.ports.remove_secret(self.name.clone()).await;
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lease")
    }
}
