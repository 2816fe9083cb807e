//! Session: register, verify the address, sign in, keep the access token fresh, sign out.
//!
//! Actors: the person (through [`SessionFlow`]), the cloud, and the phone's secret store.
//!
//! 1. **Register**: the cloud answers the same for every address and mails a code; the registration's token binds the
//!    code to this app's registration and is kept, so that a killed app still waits for the code.
//! 2. **Verify**: the code is right, the account exists; the person signs in.
//! 3. **Sign in**: with a DPoP proof (RFC 9449) by the installation's key, which never leaves the phone. The refresh
//!    token goes into the secret store, *then* the access token is used; it lives in memory only.
//! 4. **Refresh**: when the cloud says `sign_in_required`. The refresh token rotates: the successor is stored before its
//!    access token is used, and until it is stored the predecessor stays. A retry with the direct predecessor gets the
//!    same successor, so an app that is killed at any point loses nothing (security.md, Refresh).
//! 5. **Sign out**: refused while acts are unsent, unless the person gives them up. The cloud is told if it can be reached
//!    within seconds; then session, key, cache and outbox of the profile are destroyed. Before, a customer's account in
//!    which the person works on this phone is left.
//! 6. **The cloud ends it** (revoked, disabled, too old): session and cache go, key and outbox stay; what is unsent
//!    goes on when the same account signs in again.
//!
//! `transition` decides, `runner` runs: one task owns the state, so refreshes cannot overtake each other or a
//! sign-out. Limit: a sign-out without a connection leaves a session in the cloud that nobody has the token of; it
//! ends by its age.

mod dpop;
mod flow;
mod kept;
mod requests;
mod runner;
mod tokens;
mod transition;

#[cfg(test)]
mod runner_tests;
#[cfg(test)]
mod tests;

pub use flow::{SessionFlow, SessionListener, SessionState, SignedOutReason, UnsentActs};
pub(crate) use kept::MARKER;
pub(crate) use requests::redeem_handoff;
pub(crate) use runner::Session;
pub(crate) use tokens::{AccessToken, Handed};
