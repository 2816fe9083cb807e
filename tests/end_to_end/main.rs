//! The real core, the real cloud and devices on the real channel, together.

mod access;
mod bad_input;
mod changes;
mod channel;
mod claims;
mod phone;
mod portal;
mod routes;
