//! Every store, on SQLite and on PostgreSQL.

mod database;
mod session;
mod devices;
mod fixture;
mod history;
mod idempotency;
mod sites;
