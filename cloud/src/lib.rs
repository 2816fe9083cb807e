//! The cloud of Porchlight: one server with a JSON API and a channel to the devices, on SQLite or PostgreSQL.
//!
//! A feature is a folder: `mod.rs` holds its rules (no HTTP, no SQL), `store.rs` (or `store/`) the only SQL, `api.rs` the JSON
//! routes. The rest is what features stand on: [`server`] (listeners, what lies around all routes, tasks), [`db`],
//! [`authority`], [`limits`], [`mail`], [`key`] and [`secret`], [`problem`], [`settings`].

pub mod access;
pub mod add_device;
pub mod authority;
mod cli;
pub mod clock;
pub mod customers;
pub mod db;
pub mod devices;
pub mod handoff;
pub mod history;
pub mod idempotency;
pub mod jose;
pub mod key;
pub mod limits;
pub mod mail;
pub mod people;
mod portal;
pub mod problem;
pub mod secret;
pub mod server;
pub mod session;
pub mod settings;
pub mod sites;
pub mod text;

pub use cli::main;
pub use server::{Cloud, StartError};
pub use settings::Settings;

/// Milliseconds since 1970, UTC: as times stand in the database and on the wire.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
