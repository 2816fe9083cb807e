//! The phone's side of an exchange: OPAQUE's arithmetic, and what the phone must check itself. No I/O.

use crate::outbox::{ClaimRow, ExchangeRow, LoggedInRow, Secret};
use porchlight_label::Fingerprint;
use porchlight_protocol::add_device::{Presence, RegistrationAnswer};
use porchlight_protocol::opaque::{ClaimContext, LoginError, PhoneLogin, PhoneRegistration, SessionKey};
use porchlight_protocol::{AccountId, Base64Url, ClaimId, DeviceName};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use secrecy::{ExposeSecret as _, SecretSlice};

/// Why an exchange cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// KE2 does not open: the secret is not the device's.
    WrongSecret,
    /// The device's key is not the label's, or the device did not sign its answer.
    WrongDeviceKey,
    /// What the device said makes no sense.
    DeviceFault,
    /// The row lacks what belongs to this step: begin the exchange again.
    Lost,
}

/// Begins an exchange; none if the row has no secret that a device could have.
pub(super) fn begin(row: &ClaimRow) -> Option<ExchangeRow> {
    let password = &row.password.as_ref()?.0;
    let registration = || PhoneRegistration::start(password).ok();
    match row.terms.presence {
        Presence::Password => {
            let (login, ke1) = PhoneLogin::start(password).ok()?;
            Some(ExchangeRow {
                opening: Base64Url(ke1),
                login: Some(Secret(login.to_secret())),
                registration: None,
                registration_request: None,
                logged_in: None,
            })
        }
        Presence::ClaimCode => {
            let (login, ke1) = PhoneLogin::start(&claim_code(row)?).ok()?;
            let (registration, request) = registration()?;
            Some(ExchangeRow {
                opening: Base64Url(ke1),
                login: Some(Secret(login.to_secret())),
                registration: Some(Secret(registration.to_secret())),
                registration_request: Some(Base64Url(request)),
                logged_in: None,
            })
        }
        Presence::Button => {
            let (registration, request) = registration()?;
            Some(ExchangeRow {
                opening: Base64Url(request.clone()),
                login: None,
                registration: Some(Secret(registration.to_secret())),
                registration_request: Some(Base64Url(request)),
                logged_in: None,
            })
        }
        Presence::Unknown => None,
    }
}

/// The label's claim code as the secret of a log-in: 16 characters in upper case.
fn claim_code(row: &ClaimRow) -> Option<SecretSlice<u8>> {
    // Exposed: OPAQUE takes bytes.
    row.label_claim_code().map(|code| code.secret().expose_secret().as_bytes().to_vec().into())
}

/// What the exchange is about, with the key that the device showed; `WrongDeviceKey` if the label names another.
pub(super) fn context(
    row: &ClaimRow,
    claim: ClaimId,
    account: AccountId,
    device_key: &Base64Url,
) -> Result<ClaimContext, Broken> {
    // SEC 1, section 2.3.3: an uncompressed point.
    let is_point = device_key.0.len() == 65 && device_key.0.first() == Some(&4);
    if !is_point {
        return Err(Broken::DeviceFault);
    }
    // A fingerprint that cannot be read is not the device's either.
    let printed = row.fingerprint.as_ref().map(|_| row.label_fingerprint());
    if printed.is_some_and(|printed| printed != Some(Fingerprint::of_public_key(&device_key.0))) {
        return Err(Broken::WrongDeviceKey);
    }
    let device = DeviceName { maker: row.terms.maker.clone(), serial: row.terms.serial.clone() };
    Ok(ClaimContext { claim, account, site: row.terms.site, device, device_key: device_key.0.clone() })
}

/// A log-in, ready for KE2.
pub(super) struct Login {
    state: PhoneLogin,
    secret: SecretSlice<u8>,
}

/// Takes the log-in out of the row.
pub(super) fn login(row: &ClaimRow) -> Result<Login, Broken> {
    let stored = row.exchange.as_ref().and_then(|exchange| exchange.login.as_ref()).ok_or(Broken::Lost)?;
    let secret = match row.terms.presence {
        Presence::ClaimCode => claim_code(row),
        _ => row.password.as_ref().map(|password| password.0.clone()),
    };
    let state = PhoneLogin::from_secret(&stored.0).map_err(|_| Broken::Lost)?;
    Ok(Login { state, secret: secret.ok_or(Broken::Lost)? })
}

impl Login {
    /// Opens KE2: KE3, and the key of the session. About 25 ms of CPU and 19 MiB.
    pub(super) fn open(self, ke2: &[u8], context: &ClaimContext) -> Result<(Vec<u8>, SessionKey), Broken> {
        self.state.finish(&self.secret, ke2, context).map_err(|error| match error {
            LoginError::WrongPassword => Broken::WrongSecret,
            LoginError::Malformed => Broken::DeviceFault,
        })
    }
}

/// What is kept of a log-in for the registration that follows it.
pub(super) fn logged_in(context: &ClaimContext, key: &SessionKey) -> LoggedInRow {
    LoggedInRow { device_key: Base64Url(context.device_key.clone()), session_key: Secret(key.to_secret()) }
}

/// A registration, ready for the device's answer.
pub(super) struct Registration {
    state: PhoneRegistration,
    request: Vec<u8>,
    password: SecretSlice<u8>,
}

/// Takes the registration out of the row.
pub(super) fn registration(row: &ClaimRow) -> Result<Registration, Broken> {
    let exchange = row.exchange.as_ref().ok_or(Broken::Lost)?;
    let stored = exchange.registration.as_ref().ok_or(Broken::Lost)?;
    let state = PhoneRegistration::from_secret(&stored.0).map_err(|_| Broken::Lost)?;
    let request = exchange.registration_request.clone().ok_or(Broken::Lost)?.0;
    let password = row.password.as_ref().ok_or(Broken::Lost)?.0.clone();
    Ok(Registration { state, request, password })
}

impl Registration {
    /// Makes the record from the device's answer, sealed if there was a log-in. As slow as a log-in.
    pub(super) fn finish(
        self,
        answer: &RegistrationAnswer,
        context: &ClaimContext,
        key: Option<&SessionKey>,
    ) -> Result<Vec<u8>, Broken> {
        let signed = context.registration_to_sign(&self.request, &answer.response.0);
        // FIPS 186-5, section 6.4.2, over the signature's r and s as RFC 7518, section 3.4 writes them.
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &context.device_key)
            .verify(&signed, &answer.signature.0)
            .map_err(|_| Broken::WrongDeviceKey)?;
        let record = self
            .state
            .finish(&self.password, &answer.response.0)
            .map(zeroize::Zeroizing::new)
            .map_err(|_| Broken::DeviceFault)?;
        match key {
            Some(key) => key.seal_record(&record, context).map_err(|_| Broken::DeviceFault),
            None => Ok(record.to_vec()),
        }
    }
}
