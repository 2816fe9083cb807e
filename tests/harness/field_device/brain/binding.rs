//! `down/bind`, `down/settings`, `down/release`: the device belongs to somebody, learns its name and clock, and
//! forgets them.

use super::exchange::{already_bound, refuse};
use super::stored::{Exchange, Progress};
use super::{Brain, Owner, Step};
use porchlight_protocol::device::{
    ClaimBinding, DeviceBound, DeviceMessage, DeviceRelease, DeviceSettings, DeviceSettled, RefusalReason,
};
use porchlight_protocol::opaque::PasswordFile;

impl Brain {
    /// `down/bind`: everything that comes with it is stored in one write, then `up/bound` leaves.
    pub(super) fn answer_binding(&self, step: &mut Step, binding: ClaimBinding, now: i64) -> DeviceMessage {
        let (claim, attempt) = (binding.claim, binding.attempt);
        if let Some(bound) = already_bound(step, claim) {
            take_newer(step, binding.settings);
            return bound;
        }
        let not_understood = refuse(claim, attempt, RefusalReason::NotUnderstood);
        let known = step.stored.exchange(claim).filter(|known| known.opening.attempt == attempt);
        let Some(exchange) = known.filter(|known| known.may_bind(now)) else {
            return not_understood;
        };
        match (exchange.sets_password(), &binding.first_password) {
            (true, _) if step.stored.password.is_some() => {
                return refuse(claim, attempt, RefusalReason::HasPassword);
            }
            (true, Some(record)) => match self.open_first_password(exchange, &record.0) {
                Some(file) => step.stored.password = Some(file),
                None => return not_understood,
            },
            (false, None) => {}
            // A claim with the password never replaces the password.
            (true, None) | (false, Some(_)) => return not_understood,
        }
        step.stored.owner = Some(Owner { claim, attempt, settings: binding.settings });
        // Whoever else was on the way starts again, and learns from the cloud that it belongs to somebody.
        step.stored.exchanges.clear();
        step.volatile.pressed_at = None;
        DeviceMessage::Bound(DeviceBound { claim, attempt })
    }

    /// `down/settings`: newer ones are taken, the same are confirmed again, older ones are ignored.
    pub(super) fn answer_settings(&self, step: &mut Step, settings: DeviceSettings) -> Option<DeviceMessage> {
        let revision = settings.revision;
        take_newer(step, settings);
        let stored = step.stored.owner.as_ref()?.settings.revision;
        (stored == revision).then_some(DeviceMessage::Settled(DeviceSettled { revision }))
    }

    /// `down/release`: claim, name and clock are forgotten; the password stays (somebody at the device resets it).
    pub(super) fn answer_release(&self, step: &mut Step, release: DeviceRelease) -> Option<DeviceMessage> {
        if step.stored.owner.as_ref().is_some_and(|owner| owner.claim != release.claim) {
            return None;
        }
        step.stored.owner = None;
        Some(DeviceMessage::Released(release))
    }

    /// The record of a first password: sealed after a log-in with the claim code, plain after a press of the button.
    fn open_first_password(&self, exchange: &Exchange, record: &[u8]) -> Option<PasswordFile> {
        match &exchange.progress {
            Progress::Proven { key, .. } => {
                let record = key.open_record(record, &self.context(&exchange.opening)).ok()?;
                PasswordFile::from_record(&record).ok()
            }
            Progress::Pressed => PasswordFile::from_record(record).ok(),
            Progress::Challenged { .. } | Progress::Refused => None,
        }
    }
}

fn take_newer(step: &mut Step, settings: DeviceSettings) {
    if let Some(owner) = &mut step.stored.owner
        && settings.revision > owner.settings.revision
    {
        owner.settings = settings;
    }
}
