//! What time it is in the cloud: until when a consent would last cannot be said by a clock that a person can set.
//!
//! Each answer says when it was sent (`Date`; RFC 9110, section 6.6.1), to the second. From there the phone's elapsed
//! time, sleep included, counts on; a start of the phone voids it.

use crate::ports::{Moment, Ports};
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The last answer's time, and when it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct CloudTime(Arc<Mutex<Option<Heard>>>);

#[derive(Clone, Debug)]
struct Heard {
    /// Milliseconds UTC.
    said: i64,
    at: Moment,
}

impl CloudTime {
    /// Takes what an answer says that has just come.
    pub(super) async fn hear(&self, headers: &HeaderMap, ports: &Ports) {
        let said = headers.get(DATE).and_then(|date| date.to_str().ok());
        let said =
            said.and_then(|date| rfc2822::parse(date).ok()).map(|date| date.timestamp().as_millisecond());
        if let Some((said, at)) = said.zip(ports.moment().await) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Heard { said, at });
        }
    }

    /// Milliseconds UTC; none before the first answer.
    pub(crate) async fn now(&self, ports: &Ports) -> Option<i64> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let since = ports.moment().await?.since(&heard.at)?;
        Some(heard.said.saturating_add(i64::try_from(since.as_millis()).ok()?))
    }
}
