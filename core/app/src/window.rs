//! What a list shows of itself: a window, so that a hundred thousand sites never cross to a screen at once.

use crate::error::{Fault, InputField, InputReason};
use std::fmt;

/// The most that one window holds.
pub(crate) const MAX_WINDOW: u32 = 200;

/// A part of a list, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window<T> {
    /// Where in the list it begins.
    pub offset: u32,
    /// What it shows; fewer than asked for at the end of the list.
    pub items: Vec<T>,
    /// How long the whole list is.
    pub total: u32,
    /// When the phone last knew it to be true: milliseconds UTC by the phone's clock; none before the first answer.
    pub as_of: Option<i64>,
    /// Whether what the cloud knows comes here.
    pub connection: Connection,
}

/// Whether what the cloud knows comes to this phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Connection {
    /// It is here within a second.
    Live,
    /// The phone is about to ask, or has asked for the first time, a moment ago: nothing to worry about yet.
    Connecting,
    /// The cloud was asked, and did not answer, or not in time; the phone goes on asking.
    Unreachable,
}

/// Hears that a list changed; ask for the window again. Many changes may become one call, the latest always comes.
pub trait ListListener: Send + Sync + fmt::Debug {
    /// Something in the list, its age or its liveness is different.
    fn on_change(&self);
}

/// The most characters a name has.
const MAX_NAME: usize = 64;

/// Checks a name of a site or a device as far as a phone can: what else is wrong with it says the cloud.
pub(crate) fn check_name(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let wrong = |reason| Err(Fault::Input { field: InputField::Name, reason });
    match name.chars().count() {
        0 => wrong(InputReason::Empty),
        1..=MAX_NAME => Ok(name.to_owned()),
        _ => wrong(InputReason::TooLong),
    }
}

/// Checks how much was asked for.
pub(crate) fn check_count(count: u32) -> Result<(), Fault> {
    match count {
        1..=MAX_WINDOW => Ok(()),
        _ => Err(Fault::Input { field: InputField::WindowCount, reason: InputReason::NotAllowed }),
    }
}
