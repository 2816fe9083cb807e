//! What of a delegated session survives the app, in the secret store: for whom it acts, and what was not sent when it
//! ended. Its tokens are kept by the session itself, its lease by the lease.

use super::state::{Acting, UnsentAct};
use super::{DELEGATED, OWN_UNSENT};
use crate::error::Fault;
use crate::ports::{LoadedSecret, Ports};
use porchlight_protocol::AccountId;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

/// The most unsent acts that are kept, the newest.
const MOST_UNSENT: usize = 200;

fn acting_name() -> String {
    format!("{DELEGATED}.access")
}

/// All names in the secret store that belong to delegation: a new install removes what a former one left.
pub(crate) fn secrets_of_delegation() -> Vec<String> {
    let of_session = ["session", "registration", "key", "lease"];
    let of_session = of_session.into_iter().map(|what| format!("{DELEGATED}.{what}"));
    of_session.chain([acting_name(), OWN_UNSENT.to_owned()]).collect()
}

/// For whom this phone acts. None: for nobody, or the phone was not unlocked yet.
pub(super) async fn load_acting(ports: &Ports) -> Option<Acting> {
    match ports.load_secret(acting_name()).await {
        // Exposed: names and times, no secret.
        LoadedSecret::Value(row) => serde_json::from_slice(row.expose_secret()).ok(),
        LoadedSecret::Missing | LoadedSecret::Locked | LoadedSecret::Broken => None,
    }
}

pub(super) async fn keep_acting(ports: &Ports, acting: &Acting) -> Result<(), Fault> {
    let row = serde_json::to_vec(acting).expect("a grant is a map with text keys");
    ports.save_secret(acting_name(), row.into()).await
}

/// The last thing that goes: a phone that is killed before goes on with the end.
pub(super) async fn forget_acting(ports: &Ports) -> Result<(), Fault> {
    ports.remove_secret(acting_name()).await
}

/// An act that was not sent, and whose it was.
#[derive(Clone, Serialize, Deserialize)]
struct ListedAct {
    actor: AccountId,
    act: UnsentAct,
}

async fn load_listed(ports: &Ports) -> Vec<ListedAct> {
    match ports.load_secret(OWN_UNSENT.to_owned()).await {
        // Exposed: names and serials, no secret.
        LoadedSecret::Value(row) => serde_json::from_slice(row.expose_secret()).unwrap_or_default(),
        LoadedSecret::Missing | LoadedSecret::Locked | LoadedSecret::Broken => Vec::new(),
    }
}

async fn save_listed(ports: &Ports, listed: &[ListedAct]) -> Result<(), Fault> {
    let row = serde_json::to_vec(listed).expect("acts are maps with text keys");
    ports.save_secret(OWN_UNSENT.to_owned(), row.into()).await
}

/// What is listed of this account's acts; with none, of everybody's.
pub(super) async fn load_unsent(ports: &Ports, actor: Option<AccountId>) -> Vec<UnsentAct> {
    let listed = load_listed(ports).await.into_iter();
    listed.filter(|one| actor.is_none_or(|actor| one.actor == actor)).map(|one| one.act).collect()
}

/// Adds to what is listed already. What is listed twice (a phone that was killed meanwhile) is listed once.
pub(super) async fn keep_unsent(ports: &Ports, actor: AccountId, unsent: &[UnsentAct]) -> Result<(), Fault> {
    if unsent.is_empty() {
        return Ok(());
    }
    let mut all = load_listed(ports).await;
    let is_new = |act: &UnsentAct, all: &[ListedAct]| {
        !all.iter().any(|other| other.act.serial == act.serial && other.act.subject == act.subject)
    };
    for act in unsent {
        if is_new(act, &all) {
            all.push(ListedAct { actor, act: act.clone() });
        }
    }
    let old = all.len().saturating_sub(MOST_UNSENT);
    all.drain(..old);
    save_listed(ports, &all).await
}

/// Removes this account's acts from the list, and others stay, for whoever did them; with none, the whole list.
pub(super) async fn forget_unsent(ports: &Ports, actor: Option<AccountId>) -> Result<(), Fault> {
    let mut others = load_listed(ports).await;
    others.retain(|listed| actor.is_some_and(|actor| listed.actor != actor));
    if others.is_empty() {
        return ports.remove_secret(OWN_UNSENT.to_owned()).await;
    }
    save_listed(ports, &others).await
}
