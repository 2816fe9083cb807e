//! The partner app opens the customer app as that customer, on one phone.
//!
//! 1. The installer's own session asks for a code ([`begin`]): 32 random bytes, 60 seconds, once, bound to
//!    `S256(verifier)`. The verifier stays on the phone.
//! 2. The customer app on the same phone redeems code and verifier with a proof of its own key ([`redeem`]), and gets a
//!    delegated session: subject and actor (RFC 8693, section 1.1), for at most 8 hours, and never longer than the grant.
//! 3. The same phone may ask again within 30 s, if the answer was lost, and gets the same answer, as long as its refresh
//!    token was not used. The right verifier under another phone's key means that the link was copied: the session ends, and
//!    both sides are told. A wrong verifier is only refused.
//! 4. The installer's own session of step 1 ends: so do its codes and what they opened.

pub mod api;
mod redeem;
pub mod store;

pub use redeem::redeem;

use crate::access;
use crate::authority::{self, Caller, Permission};
use crate::db::{Db, DbError, Tx};
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_minted, mint};
use crate::session::DAY;
use porchlight_protocol::handoff::{BeginHandoffRequest, CODE_LASTS, HandoffResponse};
use porchlight_protocol::{Base64Url, GrantId, ProblemCode};
use secrecy::ExposeSecret as _;

/// Removes codes that were of use yesterday.
pub async fn sweep(db: &Db, now: i64) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    store::delete_expired(&mut tx, now - DAY).await?;
    tx.commit().await
}

/// Makes a one-time code for the caller's own grant. The caller is confirmed already, with the grant
/// (`access::confirm_with_grant`).
pub async fn begin(
    tx: &mut Tx,
    caller: &Caller,
    id: GrantId,
    wanted: &BeginHandoffRequest,
) -> Result<HandoffResponse, Refusal> {
    let grant = access::read_grant(tx, caller.account, id).await?;
    if grant.actor.id != caller.account {
        return Err(ProblemCode::NotFound.into());
    }
    caller.authorize_for(tx, Permission::AccessAsk, grant.company.id).await?;
    if Base64Url::from_text(&wanted.challenge).is_none_or(|hash| hash.0.len() != 32) {
        return Err(Refusal::field("challenge"));
    }
    // The caller's own session is in order; it is the grant that may be over.
    if authority::store::end_of_grant(tx, id, crate::now()).await?.is_some() {
        return Err(ProblemCode::GrantOver.into());
    }
    let (code, now) = (mint(SecretKind::Handoff), crate::now());
    store::insert_handoff(tx, &hash_minted(&code), &grant, caller.session, &wanted.challenge, now).await?;
    Ok(HandoffResponse {
        // Exposed to be handed over: this is the one answer that carries it.
        code: code.expose_secret().to_owned(),
        expires_in: u32::try_from(CODE_LASTS / 1000).unwrap_or(0),
        grant,
    })
}
