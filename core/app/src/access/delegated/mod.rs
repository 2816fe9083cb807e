//! A delegated session on this phone: a profile of its own beside the person's, one at a time.
//!
//! 1. A redeemed handoff opens it ([`Delegated::open_new`]): its own folder, key, cache and outbox, and a row that says
//!    for whom, so that the next process finds it again ([`Delegated::restore`]).
//! 2. While it is there, every answer of the cloud renews its lease (`lease`). Without one for a while its lists are
//!    closed (`Locked`); what is being added goes on, and is queued.
//! 3. The cloud says of a request, or of the stream that it has just closed, that the access is over: then first what
//!    was not sent is listed in the person's own profile, then session, key, files and row are destroyed, then the state
//!    is `Ended`. A killed app goes on with the end where it was. A secret store that fails keeps none of it back: files
//!    go, lists close, and what is left of the secrets goes with the next process.
//!
//! Limits: the phone's wall clock has no say in any of it. The cloud ends the session; a phone that cannot reach it has
//! the lease.

mod kept;
mod lease;
mod opened;
mod session;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use kept::secrets_of_delegation;
pub(crate) use lease::Lease;
pub(crate) use opened::{Context, Delegated, NewDelegation};
pub use session::{DelegatedListener, DelegatedSession};
pub use state::{Acting, DelegatedState, UnsentAct};

/// The name of the delegated profile: its folder, and the first part of its secrets' names.
const DELEGATED: &str = "delegated";

/// Under this name the person's own profile lists what was not sent.
const OWN_UNSENT: &str = "own.unsent";
