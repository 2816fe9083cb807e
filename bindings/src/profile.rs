//! A profile: where every flow and every list comes from.

use crate::PorchlightError;
use crate::add_device::AddDeviceFlow;
use crate::devices::{DeviceList, DeviceSection};
use crate::ids::{ClaimId, SiteId};
use crate::runtime::run;
use crate::session::SessionFlow;
use crate::sites::SiteList;
use std::sync::Arc;

/// One account on this phone, signed in or not.
#[derive(Debug, uniffi::Object)]
pub struct Profile(pub(crate) Arc<porchlight_core::Profile>);

#[uniffi::export(async_runtime = "tokio")]
impl Profile {
    /// The flow of register, sign in and sign out.
    pub fn session(&self) -> Arc<SessionFlow> {
        Arc::new(SessionFlow { profile: self.0.clone(), flow: self.0.session() })
    }

    /// The sites.
    pub fn sites(&self) -> Arc<SiteList> {
        Arc::new(SiteList { profile: self.0.clone(), list: self.0.sites() })
    }

    /// The devices.
    pub fn devices(&self) -> Arc<DeviceList> {
        Arc::new(DeviceList { profile: self.0.clone(), list: self.0.devices() })
    }

    /// Opens the flow that adds a device, for a site that the phone knows. `NotFound` for a site that is not there.
    pub async fn add_device(
        &self,
        section: DeviceSection,
        site: SiteId,
    ) -> Result<Arc<AddDeviceFlow>, PorchlightError> {
        let profile = self.0.clone();
        let flow = run(&self.0, async move { profile.add_device(section, site).await }).await?;
        Ok(AddDeviceFlow::of(&self.0, flow))
    }

    /// Opens the flow on a claim that was saved before: after the app was killed, or from the list of devices. What
    /// waits goes on at once. `NotFound` if it was added or given up meanwhile: show the list.
    pub async fn resume_adding_device(&self, claim: ClaimId) -> Result<Arc<AddDeviceFlow>, PorchlightError> {
        let profile = self.0.clone();
        let flow = run(&self.0, async move { profile.resume_adding_device(claim).await }).await?;
        Ok(AddDeviceFlow::of(&self.0, flow))
    }
}
