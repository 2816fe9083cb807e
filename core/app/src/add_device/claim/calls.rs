//! A claim's requests, patient with a cloud that is away for a moment, and the wait for its next state.

use crate::error::Fault;
use crate::profile::Profile;
use porchlight_protocol::add_device::{Claim, ClaimRequest};
use porchlight_protocol::{ClaimId, ProblemCode};
use serde::Serialize;
use std::future::Future;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

/// How long the cloud may be away in the middle of a claim before the claim is put off.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first and the longest bound of the pauses in that time.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// The first and the longest pause between two looks at a claim while the change feed is silent.
const LOOKS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(3));
/// A claim that does not move for this long will not: the cloud lets one expire after 2 minutes.
const SILENCE: Duration = Duration::from_secs(300);

/// The requests of one claim.
pub(super) struct Calls<'a> {
    pub(super) profile: &'a Profile,
    pub(super) id: ClaimId,
    feed: broadcast::Receiver<Claim>,
}

impl<'a> Calls<'a> {
    /// Make it before the first request, so that no step is missed.
    pub(super) fn new(profile: &'a Profile, id: ClaimId) -> Self {
        Self { profile, id, feed: profile.claims() }
    }

    /// Opens the claim, or reads what the same request did before.
    pub(super) async fn put(&self, request: &ClaimRequest) -> Result<Claim, Fault> {
        let path = format!("/v1/claims/{}", self.id);
        patiently(|| self.profile.cloud.put::<Claim>(&path, request)).await
    }

    /// Sends a step. One that the claim does not take (any more) is answered by reading the claim.
    pub(super) async fn send(&self, step: &str, request: &impl Serialize) -> Result<Claim, Fault> {
        let path = format!("/v1/claims/{}/{step}", self.id);
        match patiently(|| self.profile.cloud.post::<Claim>(&path, request)).await {
            Err(fault) if fault.code() == Some(ProblemCode::ClaimNotThere) => self.look().await,
            sent => sent,
        }
    }

    async fn look(&self) -> Result<Claim, Fault> {
        let path = format!("/v1/claims/{}", self.id);
        patiently(|| self.profile.cloud.get::<Claim>(&path, vec![])).await
    }

    /// The claim once it is another than this: by the feed, or by looking. None if it never is.
    pub(super) async fn next(&mut self, seen: &Claim) -> Result<Option<Claim>, Fault> {
        let silent_until = Instant::now() + SILENCE;
        let (mut pause, longest) = LOOKS;
        let mut look_at = Instant::now() + pause;
        let mut feed_is_open = true;
        while Instant::now() < silent_until {
            let next = tokio::select! {
                told = self.feed.recv(), if feed_is_open => match told {
                    Ok(claim) if claim.id == self.id => claim,
                    Ok(_) => continue,
                    Err(RecvError::Lagged(_)) => self.look().await?,
                    Err(RecvError::Closed) => {
                        feed_is_open = false;
                        continue;
                    }
                },
                () = tokio::time::sleep_until(look_at) => {
                    let looked = self.look().await?;
                    pause = (pause * 2).min(longest);
                    look_at = Instant::now() + pause;
                    looked
                }
            };
            if next != *seen {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }
}

/// Sends a request again as long as the cloud may come back: with pauses drawn from a bound that doubles.
async fn patiently<T, F>(send: impl Fn() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let until = Instant::now() + PATIENCE;
    let (mut bound, longest) = PAUSES;
    loop {
        let fault = match send().await {
            Err(fault) if fault.passes() && fault != Fault::Offline => fault,
            done => return done,
        };
        let drawn = bound.mul_f64(rand::random::<f64>());
        let pause = drawn.max(fault.retry_after().unwrap_or_default());
        if Instant::now() + pause > until {
            return Err(fault);
        }
        tokio::time::sleep(pause).await;
        bound = (bound * 2).min(longest);
    }
}

/// Key stretching takes 25 ms and 19 MiB: not on the runtime's threads.
pub(super) async fn on_blocking_thread<T: Send + 'static>(
    deed: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(deed).await.map_err(|_| Fault::Core("the runtime stopped"))
}
