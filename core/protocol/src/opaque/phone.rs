//! The phone's side: it holds the password, stretches it, and is the one that learns whether it was right.

use super::suite::Suite;
use super::{
    ClaimContext, KE2_BYTES, MAX_SECRET_BYTES, Malformed, REGISTRATION_RESPONSE_BYTES, SessionKey, exactly,
    take_secret,
};
use opaque_ke::errors::ProtocolError;
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, RegistrationResponse,
};
use opaque_rand::rngs::OsRng;
use secrecy::{ExposeSecret, SecretSlice};
use std::fmt;

/// Length of a phone's log-in state: blind, KE1, ephemeral key, nonce.
const LOGIN_STATE_BYTES: usize = 192;

/// A password or claim code that no device can have: empty, or longer than [`MAX_SECRET_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a device's password is 1 to {MAX_SECRET_BYTES} bytes long")]
pub struct UnusableSecret;

/// Why a log-in did not succeed on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// KE2 does not open: the password is wrong, the device has none, or the exchange was made for another context or
    /// was changed on its way. By design these cannot be told apart.
    #[error("the password is not the device's")]
    WrongPassword,
    /// KE2 is not a message of this suite.
    #[error("the device's answer makes no sense")]
    Malformed,
}

impl From<Malformed> for LoginError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// The secret's bytes, if a device could have it.
fn usable(secret: &SecretSlice<u8>) -> Result<&[u8], UnusableSecret> {
    let bytes = secret.expose_secret(); // exposed: OPAQUE's client is what the password is for
    if (1..=MAX_SECRET_BYTES).contains(&bytes.len()) { Ok(bytes) } else { Err(UnusableSecret) }
}

/// A log-in between KE1 and KE2. It can be stored (as a secret) and taken up by another process.
pub struct PhoneLogin(ClientLogin<Suite>);

impl PhoneLogin {
    /// Begins a log-in: the state to keep, and KE1.
    pub fn start(secret: &SecretSlice<u8>) -> Result<(Self, Vec<u8>), UnusableSecret> {
        // RFC 9807, section 6.2.1: GenerateKE1
        let started = ClientLogin::start(&mut OsRng, usable(secret)?).map_err(|_| UnusableSecret)?;
        Ok((Self(started.state), started.message.serialize().to_vec()))
    }

    /// Opens KE2 with the same secret: KE3 and the session key. Takes about 25 ms of CPU and 19 MiB, so it belongs on
    /// a blocking thread.
    pub fn finish(
        self,
        secret: &SecretSlice<u8>,
        ke2: &[u8],
        context: &ClaimContext,
    ) -> Result<(Vec<u8>, SessionKey), LoginError> {
        let password = usable(secret).map_err(|_| LoginError::WrongPassword)?;
        let ke2 = CredentialResponse::deserialize(exactly(ke2, KE2_BYTES)?).map_err(|_| Malformed)?;
        let context = context.to_bytes();
        let parameters = ClientLoginFinishParameters { context: Some(&context), ..Default::default() };
        // RFC 9807, section 6.2.3: GenerateKE3
        match self.0.finish(&mut OsRng, password, ke2, parameters) {
            Ok(mut finished) => Ok((
                finished.message.serialize().to_vec(),
                SessionKey(take_secret(&mut finished.session_key)),
            )),
            Err(ProtocolError::InvalidLoginError) => Err(LoginError::WrongPassword),
            Err(_) => Err(LoginError::Malformed),
        }
    }

    /// The state as bytes, for a phone whose app may be killed before KE2 comes.
    pub fn to_secret(&self) -> SecretSlice<u8> {
        take_secret(&mut self.0.serialize())
    }

    /// Takes up a state that [`Self::to_secret`] made.
    pub fn from_secret(state: &SecretSlice<u8>) -> Result<Self, Malformed> {
        let bytes = exactly(state.expose_secret(), LOGIN_STATE_BYTES)?; // exposed: the library reads plain bytes
        ClientLogin::deserialize(bytes).map(Self).map_err(|_| Malformed)
    }
}

impl fmt::Debug for PhoneLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneLogin")
    }
}

/// The registration of a first password, between request and response.
pub struct PhoneRegistration(ClientRegistration<Suite>);

impl PhoneRegistration {
    /// Begins a registration: the state to keep, and the request.
    pub fn start(secret: &SecretSlice<u8>) -> Result<(Self, Vec<u8>), UnusableSecret> {
        // RFC 9807, section 5.2.1: CreateRegistrationRequest
        let started = ClientRegistration::start(&mut OsRng, usable(secret)?).map_err(|_| UnusableSecret)?;
        Ok((Self(started.state), started.message.serialize().to_vec()))
    }

    /// Makes the record from the device's response and the same secret. Check the device's signature over the response
    /// first ([`ClaimContext::registration_to_sign`]). As slow as [`PhoneLogin::finish`].
    pub fn finish(self, secret: &SecretSlice<u8>, response: &[u8]) -> Result<Vec<u8>, Malformed> {
        let password = usable(secret).map_err(|_| Malformed)?;
        let response = RegistrationResponse::deserialize(exactly(response, REGISTRATION_RESPONSE_BYTES)?)
            .map_err(|_| Malformed)?;
        // RFC 9807, section 5.2.3: FinalizeRegistrationRequest
        self.0
            .finish(&mut OsRng, password, response, ClientRegistrationFinishParameters::default())
            .map(|finished| finished.message.serialize().to_vec())
            .map_err(|_| Malformed)
    }

    /// The state as bytes.
    pub fn to_secret(&self) -> SecretSlice<u8> {
        take_secret(&mut self.0.serialize())
    }

    /// Takes up a state that [`Self::to_secret`] made.
    pub fn from_secret(state: &SecretSlice<u8>) -> Result<Self, Malformed> {
        let bytes = exactly(state.expose_secret(), 64)?; // exposed: the library reads plain bytes
        ClientRegistration::deserialize(bytes).map(Self).map_err(|_| Malformed)
    }
}

impl fmt::Debug for PhoneRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneRegistration")
    }
}
