//! Drives a claim: reads its state, does what is the phone's turn, waits for the next state.

use super::calls::{Calls, on_blocking_thread};
use super::exchange::{self, Broken};
use super::withdraw::tell_cloud;
use super::{AddDeviceFailure, AddingStep, Outcome};
use crate::error::Fault;
use crate::outbox::{ClaimRow, Outbox, Report, RunHold};
use crate::profile::Profile;
use porchlight_protocol::add_device::{
    Challenge, Claim, ClaimFailure, ClaimRequest, ClaimState, FirstPasswordRequest, Presence, ProofRequest,
    RegistrationAnswer, WithdrawReason,
};
use porchlight_protocol::opaque::{ClaimContext, SessionKey};
use porchlight_protocol::{AccountId, Base64Url, ClaimId, ProblemCode};

/// How often one run begins an exchange again that was broken off.
const RESTARTS: u32 = 3;

/// One run of a claim.
pub(super) struct Driver<'a> {
    calls: Calls<'a>,
    outbox: &'a Outbox,
    hold: &'a RunHold,
    account: AccountId,
    row: ClaimRow,
    /// The exchange was begun by an earlier run: that it expired meanwhile says nothing about the device.
    resumed: bool,
    /// The device answered in this exchange.
    heard: bool,
    /// The phone's turn was taken in this exchange.
    proved: bool,
    gave_password: bool,
    tries_left: Option<u32>,
    restarts: u32,
    step: Option<AddingStep>,
}

/// What follows from a look at the claim.
enum Turn {
    /// Somebody else's turn.
    Wait,
    /// The claim as the cloud answered to our turn.
    Took(Claim),
    /// The exchange is broken off: begin it again, as this attempt.
    Again {
        attempt: u32,
    },
    End(Outcome),
}

impl<'a> Driver<'a> {
    pub(super) async fn begin(
        profile: &'a Profile,
        outbox: &'a Outbox,
        id: ClaimId,
        hold: &'a RunHold,
    ) -> Result<Self, Fault> {
        // Before the first request, so that no step is missed.
        let calls = Calls::new(profile, id);
        let account = profile.account()?.id;
        let row = outbox.read(id, account).await?;
        Ok(Self {
            calls,
            outbox,
            hold,
            account,
            resumed: row.exchange.is_some(),
            row,
            heard: false,
            proved: false,
            gave_password: false,
            tries_left: None,
            restarts: 0,
            step: None,
        })
    }

    /// Drives the claim to its end.
    pub(super) async fn drive(&mut self) -> Result<Outcome, Fault> {
        if let Some(failure) = self.row.needs_you.clone() {
            return Ok(Outcome::Failed(failure));
        }
        self.progress(AddingStep::Asking);
        if !self.calls.profile.ports.is_online().await {
            return Err(Fault::Offline);
        }
        if self.row.exchange.is_none() && !self.begin_exchange(self.row.attempt).await? {
            return Ok(Outcome::Failed(AddDeviceFailure::Interrupted));
        }
        let mut claim = match self.open().await? {
            Ok(claim) => claim,
            Err(attempt) => self.open_again(attempt).await?,
        };
        loop {
            claim = match self.take_turn(&claim).await? {
                Turn::Wait => match self.calls.next(&claim).await? {
                    Some(claim) => claim,
                    None => return Ok(Outcome::Unanswered),
                },
                Turn::Took(claim) => claim,
                Turn::Again { attempt } => self.open_again(attempt).await?,
                Turn::End(outcome) => return Ok(outcome),
            };
        }
    }

    /// Looks at the claim, and takes the phone's turn.
    async fn take_turn(&mut self, claim: &Claim) -> Result<Turn, Fault> {
        let ours = claim.attempt == self.row.attempt;
        Ok(match &claim.state {
            // Final, whatever the attempt.
            ClaimState::Owned { device } => Turn::End(Outcome::Owned(*device)),
            ClaimState::Failed { reason } => {
                let presence = self.row.terms.presence;
                Turn::End(Outcome::Failed(AddDeviceFailure::of_claim(*reason, presence, self.tries_left)))
            }
            // An older one is the feed's echo of what we left behind; a newer one is not this phone's exchange.
            _ if claim.attempt < self.row.attempt => Turn::Wait,
            _ if !ours => self.again(claim.attempt),
            ClaimState::Requested => {
                self.progress(AddingStep::Asking);
                Turn::Wait
            }
            ClaimState::Challenged { challenge } => {
                self.heard = true;
                self.progress(AddingStep::Proving);
                if self.proved { Turn::Wait } else { self.prove(challenge).await? }
            }
            ClaimState::Proven { registration } => {
                self.heard = true;
                self.progress(AddingStep::SettingUp);
                match registration {
                    Some(answer) if !self.gave_password => self.give_password(answer).await?,
                    _ => Turn::Wait,
                }
            }
            ClaimState::Expired if self.heard || self.resumed => self.again(claim.attempt),
            ClaimState::Expired => Turn::End(Outcome::Unanswered),
            ClaimState::Unknown => Turn::Wait,
        })
    }

    fn again(&self, attempt: u32) -> Turn {
        if self.restarts < RESTARTS {
            Turn::Again { attempt: attempt.max(self.row.attempt).saturating_add(1) }
        } else {
            Turn::End(Outcome::Unanswered)
        }
    }

    fn progress(&mut self, step: AddingStep) {
        if self.step != Some(step) {
            self.step = Some(step);
            self.hold.report(Report::Progressed(step));
        }
    }

    /// Begins an exchange, in the row first. False if the row has no secret for it.
    async fn begin_exchange(&mut self, attempt: u32) -> Result<bool, Fault> {
        let Some(exchange) = exchange::begin(&self.row) else { return Ok(false) };
        let change = move |row: &mut ClaimRow| (row.attempt, row.exchange) = (attempt, Some(exchange));
        self.row = self.outbox.change(self.calls.id, change).await?;
        (self.heard, self.proved, self.gave_password, self.resumed) = (false, false, false, false);
        Ok(true)
    }

    /// Sends the claim as the row has it; the attempt after which to begin again if the cloud knows another opening.
    async fn open(&mut self) -> Result<Result<Claim, u32>, Fault> {
        let opening = self.row.exchange.as_ref().map(|exchange| exchange.opening.clone());
        let request = ClaimRequest {
            terms: self.row.terms.clone(),
            attempt: self.row.attempt,
            opening: opening.ok_or(Fault::Core("a claim without an exchange"))?,
        };
        match self.calls.put(&request).await {
            Err(fault) if fault.code() == Some(ProblemCode::ClaimNotThere) => Ok(Err(self.row.attempt)),
            Err(fault) => Err(fault),
            Ok(claim) => Ok(Ok(claim)),
        }
    }

    /// Begins the exchange again and sends it. Each time counts.
    async fn open_again(&mut self, attempt: u32) -> Result<Claim, Fault> {
        let mut attempt = attempt.max(self.row.attempt.saturating_add(1));
        loop {
            self.restarts += 1;
            if self.restarts > RESTARTS || !self.begin_exchange(attempt).await? {
                return Err(Fault::Core("a claim cannot be begun again"));
            }
            self.progress(AddingStep::Asking);
            match self.open().await? {
                Ok(claim) => return Ok(claim),
                Err(known) => attempt = known.saturating_add(1),
            }
        }
    }

    /// The device answered the opening.
    async fn prove(&mut self, challenge: &Challenge) -> Result<Turn, Fault> {
        self.tries_left = challenge.tries_left;
        let context = match exchange::context(&self.row, self.calls.id, self.account, &challenge.device_key) {
            Ok(context) => context,
            Err(broken) => return self.give_up(broken).await,
        };
        if self.row.terms.presence == Presence::Button {
            let Some(answer) = challenge.registration.clone() else {
                return self.give_up(Broken::DeviceFault).await;
            };
            return self.send_record(answer, context, None).await;
        }
        let (login, ke2) = match (exchange::login(&self.row), challenge.ke2.clone()) {
            (Ok(login), Some(ke2)) => (login, ke2.0),
            (Err(broken), _) => return self.give_up(broken).await,
            (_, None) => return self.give_up(Broken::DeviceFault).await,
        };
        let opened = on_blocking_thread(move || {
            let opened = login.open(&ke2, &context);
            opened.map(|(ke3, key)| (ke3, exchange::logged_in(&context, &key)))
        });
        let (ke3, logged_in) = match opened.await? {
            Ok(opened) => opened,
            Err(broken) => return self.give_up(broken).await,
        };
        let mut registration_request = None;
        if self.row.terms.presence == Presence::ClaimCode {
            // Needed when the device answers the registration, and the challenge is not told again then.
            let keep = move |row: &mut ClaimRow| {
                if let Some(exchange) = &mut row.exchange {
                    exchange.logged_in = Some(logged_in);
                }
            };
            self.row = self.outbox.change(self.calls.id, keep).await?;
            registration_request =
                self.row.exchange.as_ref().and_then(|exchange| exchange.registration_request.clone());
        }
        let request = ProofRequest { attempt: self.row.attempt, ke3: Base64Url(ke3), registration_request };
        self.proved = true;
        self.calls.send("proof", &request).await.map(Turn::Took)
    }

    /// The device answered the registration that came with the proof.
    async fn give_password(&mut self, answer: &RegistrationAnswer) -> Result<Turn, Fault> {
        let kept = self.row.exchange.as_ref().and_then(|exchange| exchange.logged_in.as_ref());
        let key = kept.and_then(|kept| SessionKey::from_secret(&kept.session_key.0).ok());
        let (Some(kept), Some(key)) = (kept, key) else { return self.give_up(Broken::Lost).await };
        match exchange::context(&self.row, self.calls.id, self.account, &kept.device_key) {
            Ok(context) => self.send_record(answer.clone(), context, Some(key)).await,
            Err(broken) => self.give_up(broken).await,
        }
    }

    /// Makes the first password's record and sends it, sealed if there was a log-in.
    async fn send_record(
        &mut self,
        answer: RegistrationAnswer,
        context: ClaimContext,
        key: Option<SessionKey>,
    ) -> Result<Turn, Fault> {
        let registration = match exchange::registration(&self.row) {
            Ok(registration) => registration,
            Err(broken) => return self.give_up(broken).await,
        };
        let made = on_blocking_thread(move || registration.finish(&answer, &context, key.as_ref()));
        let record = match made.await? {
            Ok(record) => record,
            Err(broken) => return self.give_up(broken).await,
        };
        let request = FirstPasswordRequest { attempt: self.row.attempt, record: Base64Url(record) };
        (self.proved, self.gave_password) = (true, true);
        self.calls.send("first-password", &request).await.map(Turn::Took)
    }

    /// The phone found that the exchange must not go on.
    async fn give_up(&mut self, broken: Broken) -> Result<Turn, Fault> {
        let presence = self.row.terms.presence;
        let (reason, failure) = match broken {
            Broken::Lost => return Ok(self.again(self.row.attempt)),
            Broken::WrongSecret => (
                WithdrawReason::WrongPassword,
                AddDeviceFailure::of_claim(ClaimFailure::WrongPassword, presence, self.tries_left),
            ),
            Broken::WrongDeviceKey => (WithdrawReason::WrongDeviceKey, AddDeviceFailure::WrongDeviceKey),
            Broken::DeviceFault => (WithdrawReason::GivenUp, AddDeviceFailure::DeviceFault),
        };
        // It expires by itself if the cloud cannot be reached.
        let _told = tell_cloud(self.calls.profile, self.calls.id, reason).await;
        Ok(Turn::End(Outcome::Failed(failure)))
    }
}
