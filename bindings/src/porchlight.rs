//! The core as an app opens it.

use crate::PorchlightError;
use crate::access::DelegatedSession;
use crate::alive::Alive;
use crate::configuration::Configuration;
use crate::handoff::HandoffFlow;
use crate::ids::GrantId;
use crate::ports::{Clock, Connectivity, HandoffVault, SecretStore, Signer, ports_of};
use crate::profile::Profile;
use crate::runtime::{at_once, moment, run, runtime};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The open core. Open it once in a process, when the app starts, and keep it. When its last handle is let go,
/// everything that it does ends where it is; its files say how to go on.
#[derive(Debug, uniffi::Object)]
pub struct Porchlight(pub(crate) porchlight_core::Porchlight);

#[uniffi::export(async_runtime = "tokio")]
impl Porchlight {
    /// Opens the core on a folder of its own (made if it is not there) and restores the session that it held. The app
    /// counts as in the foreground until [`Self::entered_background`].
    ///
    /// It does not fail for what a phone is short of (an unlock, a network, space on the disk): states and lists say
    /// so. `InvalidInput` names a field of the configuration.
    #[uniffi::constructor]
    pub async fn open(
        configuration: Configuration,
        data_folder: String,
        secrets: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        connectivity: Arc<dyn Connectivity>,
        signer: Arc<dyn Signer>,
        vault: Arc<dyn HandoffVault>,
    ) -> Result<Arc<Self>, PorchlightError> {
        let ports = ports_of(secrets, clock, connectivity, signer, vault);
        let configuration = configuration.try_into()?;
        let folder = PathBuf::from(data_folder);
        let opening = porchlight_core::Porchlight::open(configuration, folder.clone(), ports);
        open_by(&folder, opening).await
    }

    /// The person's own profile.
    pub fn profile(&self) -> Arc<Profile> {
        Arc::new(Profile(self.0.profile()))
    }

    /// This phone acting in a customer's account, or not.
    pub fn delegated_session(&self) -> Arc<DelegatedSession> {
        let (own, session) = (self.0.profile(), self.0.delegated_session());
        Arc::new(DelegatedSession { own, session, alive: Alive::new() })
    }

    /// The flow that takes a link of the partner app.
    pub fn handoff(&self) -> Arc<HandoffFlow> {
        let (own, flow) = (self.0.profile(), self.0.handoff());
        Arc::new(HandoffFlow { own, flow, alive: Alive::new() })
    }

    /// Works in a customer's account in this very app, by a grant in the person's hand: what the partner app does while a
    /// customer has not answered yet. The delegated session is there when this returns; one that was there ends.
    pub async fn work_here(&self, grant: GrantId) -> Result<(), PorchlightError> {
        let core = self.0.clone();
        run(&self.0.profile(), async move { core.work_here(grant).await }).await
    }

    /// Works without a screen, for the platform's job scheduler: sends what this phone still owes the cloud, for at
    /// most `deadline`. When to call again, by the phone's clock; nothing if nothing waits.
    pub async fn work(&self, deadline: Duration) -> Result<Option<SystemTime>, PorchlightError> {
        let core = self.0.clone();
        let next_at = run(&self.0.profile(), async move { core.work(deadline).await }).await?;
        Ok(next_at.map(moment))
    }

    /// The app left the screen: streams close, files are written back. Call it before the platform suspends the app.
    pub async fn entered_background(&self) -> Result<(), PorchlightError> {
        let core = self.0.clone();
        let deed = async move {
            core.entered_background().await;
            Ok::<_, PorchlightError>(())
        };
        run(&self.0.profile(), deed).await
    }

    /// The app is on the screen (again), or the phone was unlocked: what waited for it goes on.
    pub async fn entered_foreground(&self) -> Result<(), PorchlightError> {
        let core = self.0.clone();
        let deed = async move {
            core.entered_foreground().await;
            Ok::<_, PorchlightError>(())
        };
        run(&self.0.profile(), deed).await
    }

    /// The phone's network is another: what waited for a connection tries again at once, if the app is on the screen.
    pub fn network_changed(&self) -> Result<(), PorchlightError> {
        at_once(&self.0.profile(), || self.0.network_changed())
    }

    /// The log of what nobody could do anything about, for support: one line a report. It holds no personal data and no
    /// secrets.
    pub fn diagnostics(&self) -> Result<String, PorchlightError> {
        at_once(&self.0.profile(), || self.0.diagnostics())
    }
}

/// Opens on the core's threads. A panic on the way is in the folder's log: there is no core yet that could tell it.
pub(crate) async fn open_by(
    folder: &Path,
    opening: impl Future<Output = Result<porchlight_core::Porchlight, porchlight_core::Error>> + Send + 'static,
) -> Result<Arc<Porchlight>, PorchlightError> {
    match runtime().spawn(opening).await {
        Ok(opened) => Ok(Arc::new(Porchlight(opened?))),
        Err(_panicked) => Err(porchlight_core::Porchlight::crashed_opening(folder).into()),
    }
}
