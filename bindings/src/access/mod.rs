//! An installer works in a customer's account, by consent.

mod delegated;
mod grants;
mod requests;
mod words;

pub use delegated::{AccessEnd, Acting, DelegatedListener, DelegatedSession, DelegatedState, UnsentAct};
pub use grants::{GrantList, GrantSide, GrantWindow};
pub use requests::{
    AccessChoices, AccessWish, ConsentChoice, PermissionChoice, RequestList, RequestSide, RequestWindow,
};
pub use words::{AccessRequest, AccessScope, Company, Grant, GrantEnd, Permission, Person, RequestState};
