//! Accounts and sessions: register, verify the address, sign in, refresh, sign out.
//!
//! 1. [`register`]: a person registers; a code goes to their address. Whoever asks learns nothing about whether the
//!    address has an account: the same answer after the same work, and the owner of the address gets a mail that says so.
//! 2. [`verify`]: the code, together with the registration it was mailed for, makes the account.
//! 3. [`sign_in`]: email and password, with a proof of the installation's key ([`dpop`], RFC 9449), open a session.
//!    Failures are counted per identifier and then delayed, never locked out.
//! 4. [`refresh`]: the refresh token is replaced at each use; a retry gets the same successor, a replay of anything older
//!    ends the session.
//! 5. [`sign_in_browser`]: the same password opens the portal; its session is a cookie's (12 hours, 30 minutes without
//!    use), without refresh token and proof.
//! 6. [`end`]: a session ends at once: signed out, replaced, its account disabled. Open streams learn it from
//!    [`Revocations`].
//! 7. [`ask_reset`], [`set_password`]: a mailed code gives the account a new password, which ends what the old one began.
//!
//! Access tokens are opaque, live for 10 minutes, and are looked up at each request (`authority`). Refresh tokens live
//! for 30 days without use, a session for 180 days at most.

mod activity;
pub mod api;
pub(crate) mod credentials;
pub mod dpop;
mod end;
mod mailed_code;
pub(crate) mod pages;
mod password;
mod refresh;
mod register;
mod reset;
mod revocations;
mod sign_in;
pub mod store;
mod sweep;
pub(crate) mod tokens;
mod verify;

pub use activity::Activity;
pub(crate) use end::end_copied;
pub use end::{disable_account, enable_account, end_session, sign_out};
pub use password::Passwords;
pub use refresh::refresh;
pub use register::{mail_new_code, register};
pub use reset::{ask_reset, set_password, take_password};
pub use revocations::{Ended, Revocations, StreamEnd};
pub use sign_in::{sign_in, sign_in_browser};
pub use sweep::sweep;
pub use verify::verify;

/// How long a mailed code works, in milliseconds.
pub const CODE_LASTS: i64 = 10 * 60 * 1000;

/// How long a browser's session lives without use, in milliseconds; when it was used is known by the minute.
pub const BROWSER_IDLES: i64 = 30 * MINUTE;

pub(crate) const MINUTE: i64 = 60 * 1000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
