//! The session's requests: those of somebody who is not signed in yet, or not any more.

use super::dpop::make_proof;
use super::tokens::{AccessToken, Credentials, Grant, Handed, RefreshToken, Registration, RegistrationForm};
use crate::configuration::Configuration;
use crate::error::{Fault, Unanswered};
use crate::http::{Answer, Call, Http, IdempotencyKey, SENDINGS};
use crate::ports::Ports;
use porchlight_protocol::handoff::{RedeemHandoffRequest, RedeemHandoffResponse};
use porchlight_protocol::session::{
    NewCodeRequest, RefreshRequest, RegisterRequest, RegisterResponse, SessionResponse, SignInRequest,
    VerifyRequest,
};
use porchlight_protocol::{ProblemCode, access};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a proof's nonce comes back.
const NONCE_HEADER: &str = "dpop-nonce";

/// Redeems a code and its verifier with a proof of this phone's key: the session, whose access it is, and when it ends
/// at the latest.
pub(crate) async fn redeem_handoff(
    http: Http,
    ports: Ports,
    configuration: Arc<Configuration>,
    code: &SecretString,
    verifier: &SecretString,
) -> Result<(Handed, access::Grant, i64), Fault> {
    let requests = SessionRequests::new(http, ports, configuration);
    let response = requests.redeem(code, verifier).await?;
    Ok((Handed(response.session.into()), response.grant, response.expires_at))
}

/// Sends them.
#[derive(Debug)]
pub(super) struct SessionRequests {
    http: Http,
    ports: Ports,
    configuration: Arc<Configuration>,
    /// The newest nonce the cloud gave: the next proof carries it and saves a round trip.
    nonce: Mutex<Option<String>>,
}

impl SessionRequests {
    pub(super) fn new(http: Http, ports: Ports, configuration: Arc<Configuration>) -> Self {
        Self { http, ports, configuration, nonce: Mutex::new(None) }
    }

    pub(super) async fn register(&self, form: RegistrationForm) -> Result<Registration, Fault> {
        let email = form.credentials.email;
        let body = RegisterRequest {
            email: email.clone(),
            password: form.credentials.password.expose_secret().to_owned(), // exposed: onto the wire
            given_name: form.given_name,
            family_name: form.family_name,
            language: form.language,
        };
        let response: RegisterResponse = self.post("/v1/accounts", &body).await?.read()?;
        Ok(Registration { email, token: response.registration.into() })
    }

    pub(super) async fn verify(&self, registration: &Registration, code: &SecretString) -> Result<(), Fault> {
        let body = VerifyRequest {
            registration: registration.token.expose_secret().to_owned(), // exposed: onto the wire
            code: code.expose_secret().trim().to_owned(),                // exposed: onto the wire
        };
        // Sent again when its answer is lost: the same code is answered the same.
        let call = Call::new(Method::POST, "/v1/accounts/verify").body(&body).repeatable();
        self.http.send(&call).await.map(|_| ())
    }

    pub(super) async fn ask_for_code(&self, registration: &Registration) -> Result<(), Fault> {
        let body = NewCodeRequest { registration: registration.token.expose_secret().to_owned() }; // exposed: onto the wire
        self.post("/v1/accounts/codes", &body).await.map(|_| ())
    }

    pub(super) async fn sign_in(&self, credentials: &Credentials) -> Result<Grant, Fault> {
        let body = SignInRequest {
            email: credentials.email.clone(),
            password: credentials.password.expose_secret().to_owned(), // exposed: onto the wire
        };
        self.open_session("/v1/sessions", &body).await.map(|response: SessionResponse| response.into())
    }

    pub(super) async fn refresh(&self, refresh: &RefreshToken) -> Result<Grant, Fault> {
        let body = RefreshRequest { refresh_token: refresh.0.expose_secret().to_owned() }; // exposed: onto the wire
        self.open_session("/v1/sessions/refresh", &body)
            .await
            .map(|response: SessionResponse| response.into())
    }

    /// The phone that sends it again within half a minute gets the same answer.
    pub(super) async fn redeem(
        &self,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<RedeemHandoffResponse, Fault> {
        let body = RedeemHandoffRequest {
            code: code.expose_secret().to_owned(),         // exposed: onto the wire
            verifier: verifier.expose_secret().to_owned(), // exposed: onto the wire
        };
        self.open_session("/v1/handoffs/redeem", &body).await
    }

    /// Ends the session in the cloud; without a usable access token by way of a refresh, which is not kept.
    pub(super) async fn end(&self, refresh: &RefreshToken, access: Option<AccessToken>) -> Result<(), Fault> {
        if let Some(access) = access {
            match self.delete_current(&access).await {
                Err(fault) if fault.code() == Some(ProblemCode::SignInRequired) => {}
                outcome => return outcome,
            }
        }
        self.delete_current(&self.refresh(refresh).await?.access).await
    }

    async fn delete_current(&self, access: &AccessToken) -> Result<(), Fault> {
        let key = IdempotencyKey::mint();
        let call = Call::new(Method::DELETE, "/v1/sessions/current").idempotency(&key).access(access);
        self.http.send(&call).await.map(|_| ())
    }

    /// Not sent again by itself: each time is another mail.
    async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer, Fault> {
        self.http.send(&Call::new(Method::POST, path).body(body)).await
    }

    /// With a proof; when the cloud demands its nonce, once more with it. Sent again when the connection breaks off:
    /// a refresh gets the same successor, and a sign-in of this installation replaces the one whose answer was lost.
    async fn open_session<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Fault> {
        let (mut nonce_demanded, mut sending) = (false, 1);
        let answer = loop {
            match self.post_with_proof(path, body).await {
                // RFC 9449, section 8: the nonce came with the refusal.
                Err(Fault::Refused(refusal))
                    if refusal.code == ProblemCode::UseDpopNonce
                        && refusal.dpop_nonce.is_some()
                        && !nonce_demanded =>
                {
                    nonce_demanded = true;
                    self.note_nonce(refusal.dpop_nonce);
                }
                Err(Fault::Unanswered(Unanswered::BrokenOff)) if sending < SENDINGS => sending += 1,
                outcome => break outcome?,
            }
        };
        // RFC 9449, section 8.2: a new nonce may come with any answer.
        let nonce = answer.headers.get(NONCE_HEADER).and_then(|nonce| nonce.to_str().ok());
        self.note_nonce(nonce.map(str::to_owned));
        answer.read()
    }

    /// A proof counts once, so each sending makes its own.
    async fn post_with_proof(&self, path: &str, body: &impl Serialize) -> Result<Answer, Fault> {
        let nonce = self.nonce.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let proof = make_proof(&self.ports, &self.configuration.link_host, path, nonce.as_deref()).await?;
        self.http.send(&Call::new(Method::POST, path).body(body).dpop(proof)).await
    }

    fn note_nonce(&self, nonce: Option<String>) {
        if nonce.is_some() {
            *self.nonce.lock().unwrap_or_else(PoisonError::into_inner) = nonce;
        }
    }
}
