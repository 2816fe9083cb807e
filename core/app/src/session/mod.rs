//! Session: register, verify the address, sign in, keep the access token fresh, sign out.

mod flow;
mod runner;
mod tokens;

pub use flow::{SessionFlow, SessionListener, SessionState, SignedOutReason, UnsentActs};
pub(crate) use runner::Session;
pub(crate) use tokens::AccessToken;
