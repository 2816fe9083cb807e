//! `down/claim` and `down/proof`: somebody wants to add this device, and shows that they may.
//!
//! 1. The same opening again (same claim, same attempt) gets the same answer and counts nothing.
//! 2. With a password: KE1 is answered with KE2, and a try is counted.
//! 3. Without one: the same with the claim code, or, within ten minutes of a press of the button, a signed
//!    registration answer.
//! 4. A good KE3 forgets the try. With the claim code it brings the registration request, which is answered, signed.

use super::stored::{Exchange, Progress};
use super::{BUTTON_MS, Brain, Step};
use porchlight_protocol::add_device::{Presence, RegistrationAnswer};
use porchlight_protocol::device::{
    ClaimOpening, ClaimProof, DeviceBound, DeviceChallenge, DeviceMessage, DeviceProven, DeviceRefusal,
    RefusalReason,
};
use porchlight_protocol::opaque::{
    ClaimContext, Credential, DeviceLogin, PasswordFile, SessionKey, answer_login, answer_registration,
};
use porchlight_protocol::{Base64Url, ClaimId};

impl Brain {
    /// `down/claim`.
    pub(super) fn answer_opening(
        &self,
        step: &mut Step,
        opening: ClaimOpening,
        now: i64,
    ) -> Option<DeviceMessage> {
        let (claim, attempt) = (opening.claim, opening.attempt);
        if let Some(bound) = already_bound(step, claim) {
            return Some(bound);
        }
        if let Some(known) = step.stored.exchange(claim) {
            if attempt < known.opening.attempt {
                return None;
            }
            if attempt == known.opening.attempt {
                let same = opening == known.opening;
                let answer = DeviceMessage::Challenge(known.challenge.clone());
                return Some(if same {
                    answer
                } else {
                    refuse(claim, attempt, RefusalReason::NotUnderstood)
                });
            }
        }
        let stored = &step.stored;
        let answered = match (opening.presence, &stored.password, &stored.claim_code) {
            (Presence::Password, Some(record), _) => {
                let record = record.clone();
                self.challenge(step, opening, &record, Credential::Password, now)
            }
            (Presence::ClaimCode, None, Some(record)) => {
                let record = record.clone();
                self.challenge(step, opening, &record, Credential::ClaimCode, now)
            }
            (Presence::Button, None, _) if self.was_pressed(now) => self.answer_press(step, opening, now),
            (Presence::ClaimCode | Presence::Button, Some(_), _) => Err(RefusalReason::HasPassword),
            (Presence::Password | Presence::ClaimCode | Presence::Button, None, _) => {
                Err(RefusalReason::PresenceRequired)
            }
            (Presence::Unknown, ..) => Err(RefusalReason::NotUnderstood),
        };
        Some(match answered {
            Ok(challenge) => DeviceMessage::Challenge(challenge),
            Err(RefusalReason::TooManyTries) => DeviceMessage::Refused(DeviceRefusal {
                claim,
                attempt,
                reason: RefusalReason::TooManyTries,
                retry_after: Some(step.stored.tries.retry_after(now)),
            }),
            Err(reason) => refuse(claim, attempt, reason),
        })
    }

    /// `down/proof`.
    pub(super) fn answer_proof(&self, step: &mut Step, proof: ClaimProof) -> DeviceMessage {
        let (claim, attempt) = (proof.claim, proof.attempt);
        if let Some(bound) = already_bound(step, claim) {
            return bound;
        }
        let not_understood = refuse(claim, attempt, RefusalReason::NotUnderstood);
        let Some(exchange) = step.stored.exchange(claim).filter(|known| known.opening.attempt == attempt)
        else {
            return not_understood;
        };
        let (login, counted_at) = match &exchange.progress {
            Progress::Challenged { login, counted_at } => (login, *counted_at),
            Progress::Proven { proven, .. } => return DeviceMessage::Proven(proven.clone()),
            Progress::Refused => return refuse(claim, attempt, RefusalReason::ProofRefused),
            Progress::Pressed => return not_understood,
        };
        let registration = match (exchange.opening.presence, &proof.registration_request) {
            (Presence::ClaimCode, Some(request)) => match self.register(&exchange.opening, &request.0) {
                Some(answer) => Some(answer),
                None => return not_understood,
            },
            (Presence::ClaimCode, None) => return not_understood,
            _ => None,
        };
        let key: Option<SessionKey> =
            DeviceLogin::from_secret(login).ok().and_then(|login| login.finish(&proof.ke3.0).ok());
        let (progress, answer) = match key {
            Some(key) => {
                step.stored.tries.forget(counted_at);
                let proven = DeviceProven { claim, attempt, registration };
                (Progress::Proven { proven: proven.clone(), key }, DeviceMessage::Proven(proven))
            }
            None => (Progress::Refused, refuse(claim, attempt, RefusalReason::ProofRefused)),
        };
        if let Some(exchange) = step.stored.exchange_mut(claim) {
            exchange.progress = progress;
        }
        answer
    }

    /// What this exchange is about, as both sides put it into OPAQUE.
    pub(super) fn context(&self, opening: &ClaimOpening) -> ClaimContext {
        ClaimContext {
            claim: opening.claim,
            account: opening.account,
            site: opening.site,
            device: self.name.clone(),
            device_key: self.key.public(),
        }
    }

    /// Answers KE1 and counts a try; both are stored before KE2 leaves.
    fn challenge(
        &self,
        step: &mut Step,
        opening: ClaimOpening,
        record: &PasswordFile,
        credential: Credential,
        now: i64,
    ) -> Result<DeviceChallenge, RefusalReason> {
        let (login, ke2) =
            answer_login(&self.setup, Some(record), credential, &opening.opening.0, &self.context(&opening))
                .map_err(|_| RefusalReason::NotUnderstood)?;
        if step.stored.tries.left(now) == 0 {
            step.volatile.extra_tries =
                step.volatile.extra_tries.checked_sub(1).ok_or(RefusalReason::TooManyTries)?;
        }
        step.stored.tries.count(now);
        let challenge = DeviceChallenge {
            claim: opening.claim,
            attempt: opening.attempt,
            ke2: Some(Base64Url(ke2)),
            registration: None,
            tries_left: Some(step.stored.tries.left(now) + step.volatile.extra_tries),
        };
        let progress = Progress::Challenged { login: login.to_secret(), counted_at: now };
        step.stored.begin(Exchange { opening, challenge: challenge.clone(), progress, began_at: now });
        Ok(challenge)
    }

    /// Answers a registration request that a press of the button allows.
    fn answer_press(
        &self,
        step: &mut Step,
        opening: ClaimOpening,
        now: i64,
    ) -> Result<DeviceChallenge, RefusalReason> {
        let registration = self.register(&opening, &opening.opening.0).ok_or(RefusalReason::NotUnderstood)?;
        let challenge = DeviceChallenge {
            claim: opening.claim,
            attempt: opening.attempt,
            ke2: None,
            registration: Some(registration),
            tries_left: None,
        };
        step.stored.begin(Exchange {
            opening,
            challenge: challenge.clone(),
            progress: Progress::Pressed,
            began_at: now,
        });
        Ok(challenge)
    }

    /// Answers a registration request, and signs the answer.
    fn register(&self, opening: &ClaimOpening, request: &[u8]) -> Option<RegistrationAnswer> {
        let response = answer_registration(&self.setup, Credential::Password, request).ok()?;
        let signature = self.key.sign(&self.context(opening).registration_to_sign(request, &response));
        Some(RegistrationAnswer { response: Base64Url(response), signature: Base64Url(signature) })
    }

    fn was_pressed(&self, now: i64) -> bool {
        self.volatile.pressed_at.is_some_and(|at| now - at <= BUTTON_MS)
    }
}

/// A claim that bound this device needs no second exchange: the cloud missed the answer, and hears it again.
pub(super) fn already_bound(step: &Step, claim: ClaimId) -> Option<DeviceMessage> {
    let owner = step.stored.owner.as_ref().filter(|owner| owner.claim == claim)?;
    Some(DeviceMessage::Bound(DeviceBound { claim: owner.claim, attempt: owner.attempt }))
}

pub(super) fn refuse(claim: ClaimId, attempt: u32, reason: RefusalReason) -> DeviceMessage {
    DeviceMessage::Refused(DeviceRefusal { claim, attempt, reason, retry_after: None })
}
