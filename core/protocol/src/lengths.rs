//! How many bytes each message of a claim has (RFC 9807, with the suite of `opaque::suite`): whoever makes one, checks
//! one or only relays it says the same.

/// The phone's first log-in message (RFC 9807, section 6.1: KE1).
pub const KE1_BYTES: usize = 96;
/// The device's answer (KE2).
pub const KE2_BYTES: usize = 320;
/// The phone's proof (KE3).
pub const KE3_BYTES: usize = 64;
/// The phone's registration request (RFC 9807, section 5.1).
pub const REGISTRATION_REQUEST_BYTES: usize = 32;
/// The device's registration response.
pub const REGISTRATION_RESPONSE_BYTES: usize = 64;
/// The registration record, which a device keeps as its password file.
pub const RECORD_BYTES: usize = 192;
/// The nonce before a sealed record.
pub const NONCE_BYTES: usize = 12;
/// The record sealed: its nonce before it, a tag behind it.
pub const SEALED_RECORD_BYTES: usize = NONCE_BYTES + RECORD_BYTES + 16;
/// An ES256 signature as r and s (RFC 7518, section 3.4).
pub const SIGNATURE_BYTES: usize = 64;
