//! The device's side: keys and records that it keeps, and its two answers. What it counts and when it refuses is the
//! firmware's business (DEVICES.md); this is the arithmetic.

use super::suite::Suite;
use super::{
    ClaimContext, KE1_BYTES, KE3_BYTES, Malformed, PhoneRegistration, RECORD_BYTES,
    REGISTRATION_REQUEST_BYTES, SessionKey, UnusableSecret, exactly, take_secret,
};
use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, ServerLogin, ServerLoginParameters,
    ServerRegistration, ServerSetup,
};
use opaque_rand::rngs::OsRng;
use secrecy::{ExposeSecret, SecretSlice};
use std::fmt;

/// Length of a device's set-up: OPRF seed, private key, and the public key of the record that it shows when it has
/// none.
const SETUP_BYTES: usize = 128;
/// Length of a device's log-in state: session key and expected KE3.
const LOGIN_STATE_BYTES: usize = 128;

/// Which of a device's two secrets a log-in is about: OPAQUE's credential identifier. Each gives another OPRF key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The device password.
    Password,
    /// The claim code of the label, registered at the factory.
    ClaimCode,
}

impl Credential {
    /// The credential identifier (RFC 9807, section 5.2.2).
    pub fn identifier(self) -> &'static [u8] {
        match self {
            Self::Password => b"password",
            Self::ClaimCode => b"claim-code",
        }
    }
}

/// A device's own OPAQUE keys: made once, at the factory, and never changed, since every record depends on them. Each
/// device has its own, so that a record taken from one says nothing about another.
pub struct DeviceSetup(ServerSetup<Suite>);

impl DeviceSetup {
    /// New keys.
    pub fn create() -> Self {
        Self(ServerSetup::new(&mut OsRng))
    }

    /// The keys as bytes, for the device's protected store.
    pub fn to_secret(&self) -> SecretSlice<u8> {
        take_secret(&mut self.0.serialize())
    }

    /// Takes up keys that [`Self::to_secret`] made.
    pub fn from_secret(keys: &SecretSlice<u8>) -> Result<Self, Malformed> {
        let bytes = exactly(keys.expose_secret(), SETUP_BYTES)?; // exposed: the library reads plain bytes
        ServerSetup::deserialize(bytes).map(Self).map_err(|_| Malformed)
    }
}

impl fmt::Debug for DeviceSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSetup")
    }
}

/// What a device keeps of a password or a claim code: the registration record. Whoever steals it and the device's keys
/// can guess offline, at the price of the key stretching.
#[derive(Clone)]
pub struct PasswordFile(ServerRegistration<Suite>);

impl PasswordFile {
    /// Reads a record ([`RECORD_BYTES`]), as it comes from the phone or from the device's store.
    pub fn from_record(record: &[u8]) -> Result<Self, Malformed> {
        ServerRegistration::deserialize(exactly(record, RECORD_BYTES)?).map(Self).map_err(|_| Malformed)
    }

    /// The record as bytes, for the device's protected store.
    pub fn to_secret(&self) -> SecretSlice<u8> {
        take_secret(&mut self.0.serialize())
    }
}

impl fmt::Debug for PasswordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordFile")
    }
}

/// A log-in between KE2 and KE3, on the device. It can be stored, so that a restart does not end the exchange.
pub struct DeviceLogin(ServerLogin<Suite>);

impl DeviceLogin {
    /// Checks KE3: the session key, or an error if the phone did not open KE2.
    pub fn finish(self, ke3: &[u8]) -> Result<SessionKey, Malformed> {
        let ke3 = CredentialFinalization::deserialize(exactly(ke3, KE3_BYTES)?).map_err(|_| Malformed)?;
        // RFC 9807, section 6.4.4: AuthServerFinalize. The context went into KE2; 3DH does not read it again.
        let mut finished = self.0.finish(ke3, ServerLoginParameters::default()).map_err(|_| Malformed)?;
        Ok(SessionKey(take_secret(&mut finished.session_key)))
    }

    /// The state as bytes.
    pub fn to_secret(&self) -> SecretSlice<u8> {
        take_secret(&mut self.0.serialize())
    }

    /// Takes up a state that [`Self::to_secret`] made.
    pub fn from_secret(state: &SecretSlice<u8>) -> Result<Self, Malformed> {
        let bytes = exactly(state.expose_secret(), LOGIN_STATE_BYTES)?; // exposed: the library reads plain bytes
        ServerLogin::deserialize(bytes).map(Self).map_err(|_| Malformed)
    }
}

impl fmt::Debug for DeviceLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceLogin")
    }
}

/// Answers KE1: the state to keep, and KE2. Count a try, durably, before KE2 leaves the device.
///
/// Without a `record` the answer is made up and opens with no password (RFC 9807, section 6.3.2.2).
pub fn answer_login(
    setup: &DeviceSetup,
    record: Option<&PasswordFile>,
    credential: Credential,
    ke1: &[u8],
    context: &ClaimContext,
) -> Result<(DeviceLogin, Vec<u8>), Malformed> {
    let ke1 = CredentialRequest::deserialize(exactly(ke1, KE1_BYTES)?).map_err(|_| Malformed)?;
    let context = context.to_bytes();
    let parameters = ServerLoginParameters { context: Some(&context), ..Default::default() };
    let record = record.map(|file| file.0.clone());
    // RFC 9807, section 6.2.2: GenerateKE2
    let started = ServerLogin::start(&mut OsRng, &setup.0, record, ke1, credential.identifier(), parameters)
        .map_err(|_| Malformed)?;
    Ok((DeviceLogin(started.state), started.message.serialize().to_vec()))
}

/// Answers a registration request with the response; the device keeps nothing yet.
pub fn answer_registration(
    setup: &DeviceSetup,
    credential: Credential,
    request: &[u8],
) -> Result<Vec<u8>, Malformed> {
    let request = RegistrationRequest::deserialize(exactly(request, REGISTRATION_REQUEST_BYTES)?)
        .map_err(|_| Malformed)?;
    // RFC 9807, section 5.2.2: CreateRegistrationResponse
    ServerRegistration::<Suite>::start(&setup.0, request, credential.identifier())
        .map(|started| started.message.serialize().to_vec())
        .map_err(|_| Malformed)
}

/// Both halves of a registration in one place: how a factory makes the record of a claim code or of a password that
/// is delivered with the device. Takes as long as the key stretching.
pub fn register_locally(
    setup: &DeviceSetup,
    credential: Credential,
    secret: &SecretSlice<u8>,
) -> Result<PasswordFile, UnusableSecret> {
    let (registration, request) = PhoneRegistration::start(secret)?;
    let response = answer_registration(setup, credential, &request).map_err(|_| UnusableSecret)?;
    let record = registration.finish(secret, &response).map_err(|_| UnusableSecret)?;
    PasswordFile::from_record(&record).map_err(|_| UnusableSecret)
}
