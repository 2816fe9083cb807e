//! The claim's password proof: OPAQUE (RFC 9807) between a phone and a device, relayed by a cloud that learns nothing.
//!
//! A person knows a device's password; the device must be sure of that, and neither the cloud between them nor a fake
//! device may learn it. OPAQUE gives each of them one guess a run and nothing to work on offline.
//!
//! Log-in, with the device password or with the claim code of the label ([`Credential`]):
//!
//! 1. phone: [`PhoneLogin::start`] makes KE1 ([`KE1_BYTES`]);
//! 2. device: [`answer_login`] counts a try and makes KE2 ([`KE2_BYTES`]). Without a record it answers all the same,
//!    and no phone can tell that from a wrong password;
//! 3. phone: [`PhoneLogin::finish`] makes KE3 ([`KE3_BYTES`]), or finds that the password is wrong. Only the phone can
//!    find that;
//! 4. device: [`DeviceLogin::finish`] checks KE3. Both now hold the same [`SessionKey`].
//!
//! A device's first password is a registration:
//!
//! 1. phone: [`PhoneRegistration::start`] makes the request ([`REGISTRATION_REQUEST_BYTES`]);
//! 2. device: [`answer_registration`] makes the response ([`REGISTRATION_RESPONSE_BYTES`]), and signs
//!    [`ClaimContext::registration_to_sign`] with its own key;
//! 3. phone: [`PhoneRegistration::finish`] makes the record ([`RECORD_BYTES`]), which goes to the device as it is
//!    (button) or sealed under the session key of a log-in with the claim code ([`SessionKey::seal_record`]);
//! 4. device: keeps it as its [`PasswordFile`].
//!
//! Both sides put [`ClaimContext`] into the exchange, so what was said for one claim, account, site or device is of no
//! use for another.
//!
//! Limits: a password is 1 to [`MAX_SECRET_BYTES`] bytes of UTF-8 exactly as the person typed it. It is not
//! normalised: the firmware that once took it did not either, and two devices must not disagree about a Unicode
//! version. A claim code is the 16 characters of the label in upper case, without separators.
//! No function here panics, whatever bytes it is given.

mod context;
mod device;
mod phone;
mod seal;
pub mod suite;
#[cfg(test)]
mod tests;

pub use crate::lengths::{
    KE1_BYTES, KE2_BYTES, KE3_BYTES, RECORD_BYTES, REGISTRATION_REQUEST_BYTES, REGISTRATION_RESPONSE_BYTES,
    SEALED_RECORD_BYTES,
};
pub use context::ClaimContext;
pub use device::{
    Credential, DeviceLogin, DeviceSetup, PasswordFile, answer_login, answer_registration, register_locally,
};
pub use phone::{LoginError, PhoneLogin, PhoneRegistration, UnusableSecret};
pub use seal::SessionKey;

/// The longest password, in bytes of UTF-8.
pub const MAX_SECRET_BYTES: usize = 128;

/// The bytes are not the message or the state that belongs here: wrong length, or no point of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an OPAQUE message or state of this suite")]
pub struct Malformed;

/// opaque-ke ignores bytes behind a message; a message has exactly one length here.
fn exactly(bytes: &[u8], length: usize) -> Result<&[u8], Malformed> {
    if bytes.len() == length { Ok(bytes) } else { Err(Malformed) }
}

/// Copies a secret out of a library's plain array, and wipes the array.
fn take_secret(plain: &mut [u8]) -> secrecy::SecretSlice<u8> {
    let secret = secrecy::SecretSlice::from(plain.to_vec());
    zeroize::Zeroize::zeroize(plain);
    secret
}
