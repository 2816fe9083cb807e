//! Devices misbehave; a cloud and a phone have to live with it. Each fault strikes once, at the next message of its
//! stage, in the order in which they were planned.

use std::collections::VecDeque;
use std::time::Duration;

/// Which message from the cloud a fault waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `down/claim`.
    Claim,
    /// `down/proof`.
    Proof,
    /// `down/bind`.
    Bind,
    /// `down/settings`.
    Settings,
    /// `down/release`.
    Release,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer leaves this much later.
    AnswerLate(Duration),
    /// The answer is said twice.
    AnswerTwice,
    /// Bytes that are no message leave in place of the answer.
    Garbage,
    /// The message is taken (PUBACK) and lost; nothing is stored, nothing is said.
    Silence,
    /// The connection breaks before the message is looked at, and comes back after this time.
    Vanish(Duration),
    /// The firmware dies after thinking and before storing.
    CrashBeforeStore,
    /// The firmware dies after storing and before answering.
    CrashAfterStore,
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Plan(VecDeque<(Stage, Fault)>);

impl Plan {
    pub(super) fn add(&mut self, stage: Stage, fault: Fault) {
        self.0.push_back((stage, fault));
    }

    /// The fault for a message of this kind, used up.
    pub(super) fn strike(&mut self, kind: &str) -> Option<Fault> {
        let index = self.0.iter().position(|(stage, _)| stage.kind() == kind)?;
        self.0.remove(index).map(|(_, fault)| fault)
    }
}

impl Stage {
    /// The last part of the message's topic.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Proof => "proof",
            Self::Bind => "bind",
            Self::Settings => "settings",
            Self::Release => "release",
        }
    }
}
