//! A device's clock. Most have none after a power cut, and a token needs the time: so they ask the cloud first.

use super::CloudAddress;
use porchlight_protocol::session::TimeResponse;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a device knows of the time when it is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nothing: it asks `GET /v1/time`.
    None,
    /// A battery keeps it: no request. For many devices in one process, too.
    Battery,
}

/// This machine's time, as milliseconds UTC.
pub(super) fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// How far the cloud's time is ahead of this machine's; none if the cloud does not answer.
pub(super) async fn ask_the_cloud(cloud: &CloudAddress) -> Option<i64> {
    let response = cloud.http_client().get(format!("{}/v1/time", cloud.http)).send().await.ok()?;
    let answer: TimeResponse = response.error_for_status().ok()?.json().await.ok()?;
    Some(answer.now - system_ms())
}
