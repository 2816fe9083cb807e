//! Accounts and sessions: register, verify the address, sign in, refresh, sign out.

mod activity;
pub mod api;
mod password;
mod revocations;
pub mod store;

pub use activity::Activity;
pub use password::Passwords;
pub use revocations::{Ended, Revocations, StreamEnd};
