//! Access: an installer works in a customer's account, by consent.
//!
//! 1. The installer asks ([`Requests::ask`]); what can be asked for is [`AccessChoices`].
//! 2. The customer sees it at once ([`Requests::waiting`]) and consents or declines. The hash of the terms that were
//!    shown goes back, so that nothing else is granted.
//! 3. Whose access is in force is [`Grants`]; either side ends it with one call.
//! 4. The installer's phone acts in the customer's account by a [`DelegatedSession`], a profile of its own that is
//!    destroyed when the access ends.
//!
//! Lists are the cache's, readable without a connection. What changes access needs an answer: without a connection it
//! is refused as such, never queued.

mod choices;
mod delegated;
mod end;
mod grants;
mod requests;
#[cfg(test)]
mod tests;

pub use choices::{AccessChoices, AccessWish, ConsentChoice, PermissionChoice};
pub use delegated::{Acting, DelegatedListener, DelegatedSession, DelegatedState, UnsentAct};
pub(crate) use delegated::{Context, Delegated, Lease, NewDelegation, secrets_of_delegation};
pub use end::AccessEnd;
pub use grants::{GrantSide, Grants};
pub use requests::{RequestSide, Requests};

use crate::listening::Listening;

/// The places for the listeners of the lists here.
#[derive(Debug, Default)]
pub(crate) struct AccessListening {
    pub(crate) requests: Listening,
    pub(crate) grants: Listening,
    pub(crate) customers: Listening,
    pub(crate) offers: Listening,
    pub(crate) memberships: Listening,
    pub(crate) history: Listening,
}
