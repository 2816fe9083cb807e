//! Every store, on SQLite and on PostgreSQL.

mod access;
mod add_device;
mod channel;
mod database;
mod devices;
mod fixture;
mod history;
mod idempotency;
mod process;
mod session;
mod sites;
