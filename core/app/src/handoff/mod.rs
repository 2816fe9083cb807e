//! Handoff: the partner app opens the customer app as that customer, on one phone.
//!
//! Actors: the installer, the partner app with its session, the customer app (whoever is signed in there), the cloud,
//! and the vault that both apps reach and nobody else.
//!
//! 1. **Partner side** ([`Profile::open_customer_app`]): a verifier is minted (RFC 7636), the cloud gives a code for its
//!    challenge, the verifier and what the confirming screen shows are left in the vault, the shell opens the link.
//! 2. **Customer side** ([`HandoffFlow`]): the link is compared strictly, the vault's entry is taken (read once). Without
//!    it, or with one for another link, the link was not made here, whoever sent it: refused, nothing is asked.
//! 3. **One tap**: the screen shows who, for which company, in whose account, on what, until when, all from the vault.
//!    Then the code is redeemed with the verifier and a proof of this phone's key (RFC 9449); an answer that was lost is
//!    asked for again for half a minute.
//! 4. The **delegated session** opens (`access`), in place of one that was there.
//!
//! The code is in the link and in memory, the verifier in the vault and in memory; neither is in a state, a file or a
//! report. Limit: a customer app that is killed between the tap and the answer asks the partner app for a new code.

mod flow;
mod link;
mod runner;
mod secrets;
#[cfg(test)]
mod tests;
mod transition;

pub use flow::{HandoffFlow, HandoffListener, HandoffRefusal, HandoffState};
pub use link::{LinkOpener, NotOpened};

use crate::access::Delegated;
use crate::error::{Error, Fault};
use crate::profile::Profile;
use porchlight_protocol::GrantId;
use secrets::Verifier;
use std::sync::Arc;

impl Profile {
    /// Opens the customer app on this phone for a grant in the account's hand: it will ask for one tap and then act in the
    /// customer's account. `Conflict` with `AccessOver` if the grant ended, with `CustomerAppMissing` if there is no such
    /// app here.
    pub async fn open_customer_app(
        self: &Arc<Self>,
        grant: GrantId,
        opener: Arc<dyn LinkOpener>,
    ) -> Result<(), Error> {
        let making = link::Making { profile: self.clone(), grant, opener };
        self.told(making.run().await)
    }
}

/// The same without a second app: code and verifier never leave this process.
pub(crate) async fn work_here(
    own: &Arc<Profile>,
    delegated: &Arc<Delegated>,
    grant: GrantId,
) -> Result<(), Fault> {
    let verifier = Verifier::mint();
    let begun = link::ask_for_code(own, grant, verifier.challenge()).await?;
    delegated.open_new(runner::redeem(own, &begun.code, &verifier).await?).await
}
