//! Gives a claim up: by the person, or because the phone found that it must not go on.

use crate::error::Fault;
use crate::outbox::Outbox;
use crate::profile::Profile;
use porchlight_protocol::add_device::{Claim, ClaimState, WithdrawReason, WithdrawRequest};
use porchlight_protocol::{ClaimId, DeviceId};
use std::sync::Arc;
use std::time::Duration;

/// How long the cloud may take. A claim that is not withdrawn expires by itself.
const GOODBYE: Duration = Duration::from_secs(5);

/// Gives a claim up: stops its run, tells the cloud if it can be reached, and erases its row. The device, if it was too
/// late for that.
pub(crate) async fn withdraw(
    profile: &Profile,
    outbox: &Arc<Outbox>,
    id: ClaimId,
) -> Result<Option<DeviceId>, Fault> {
    outbox.stop(id).await;
    let row = match outbox.read(id, profile.account()?.id).await {
        Ok(row) => row,
        // The run erased it with its last breath.
        Err(Fault::NotFound) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    // Without an exchange nothing was ever sent.
    let told =
        if row.exchange.is_some() { tell_cloud(profile, id, WithdrawReason::GivenUp).await } else { None };
    if let Some(ClaimState::Owned { device }) = told.map(|claim| claim.state) {
        super::put_in_list(profile, device).await;
        outbox.erase(id).await?;
        return Ok(Some(device));
    }
    outbox.discard(id).await?;
    Ok(None)
}

/// Tells the cloud that a claim is given up; the claim as it is then, if the cloud could be reached.
pub(super) async fn tell_cloud(profile: &Profile, id: ClaimId, reason: WithdrawReason) -> Option<Claim> {
    let path = format!("/v1/claims/{id}/withdraw");
    let request = WithdrawRequest { reason };
    let told = tokio::time::timeout(GOODBYE, profile.cloud.post::<Claim>(&path, &request)).await;
    match told {
        Ok(Ok(claim)) => Some(claim),
        Ok(Err(fault)) => {
            tracing::debug!(%fault, "a claim was not withdrawn");
            None
        }
        Err(_) => None,
    }
}
