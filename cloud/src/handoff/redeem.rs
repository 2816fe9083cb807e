//! A code becomes a delegated session, once.

use super::store::{self, HandoffRow};
use crate::access;
use crate::authority::{self, hold_accounts};
use crate::db::{DbError, Lock, Tx};
use crate::history::{self, AuditEntry, Deed};
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_presented, sha256};
use crate::server::CloudState;
use crate::session;
use crate::session::dpop::Proof;
use crate::session::store::{
    BegunRow, delegated_sessions_of_installation, installation_by_key, remember_once,
};
use crate::session::tokens::{self, DELEGATED_ACCESS_LASTS, NewDelegation, NewSession, TokenPair};
use porchlight_protocol::access::Grant;
use porchlight_protocol::handoff::{DELEGATED_LASTS, RedeemHandoffResponse};
use porchlight_protocol::{Base64Url, ProblemCode, SessionId};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use subtle::ConstantTimeEq as _;

/// How long the same phone may ask again, in milliseconds.
const RETRY: i64 = 30_000;

/// Length of a verifier (RFC 7636, section 4.1).
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// Opens the delegated session.
pub async fn redeem(
    state: &CloudState,
    proof: &Proof,
    code: &SecretString,
    verifier: &SecretString,
) -> Result<RedeemHandoffResponse, Refusal> {
    let over = || Refusal::new(ProblemCode::HandoffOver);
    let code_hash = hash_presented(SecretKind::Handoff, code).ok_or_else(over)?;
    let mut tx = state.db.begin().await?;
    let row = store::handoff(&mut tx, &code_hash).await?.ok_or_else(over)?;
    // Held alone: sessions of both begin and end here, and nobody else redeems meanwhile.
    hold_accounts(&mut tx, vec![(row.subject, Lock::Update), (row.actor, Lock::Update)]).await?;
    let row = store::handoff(&mut tx, &code_hash).await?.ok_or_else(over)?;
    if !remember_once(&mut tx, &proof.once, proof.remember_until).await? {
        // RFC 9449, section 11.1
        return Err(ProblemCode::InvalidDpopProof.into());
    }
    if !fits(verifier, &row.challenge) {
        // The proof counted; nothing else is changed by somebody without the verifier.
        tx.commit().await?;
        return Err(ProblemCode::HandoffRefused.into());
    }
    match &row.used {
        None => open(tx, proof, &code_hash, &row, verifier).await,
        Some(used) if used.public_key == proof.public_key => answer_again(tx, &row, verifier).await,
        Some(used) => {
            end_copied(tx, state, &row, used.session).await?;
            Err(over())
        }
    }
}

/// `S256`, RFC 7636, section 4.6.
fn fits(verifier: &SecretString, challenge: &str) -> bool {
    // Exposed to be hashed.
    let verifier = verifier.expose_secret();
    let is_one = VERIFIER.contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let hash = Base64Url(sha256(verifier.as_bytes())).to_text();
    is_one && bool::from(hash.as_bytes().ct_eq(challenge.as_bytes()))
}

async fn open(
    mut tx: Tx,
    proof: &Proof,
    code_hash: &[u8],
    row: &HandoffRow,
    verifier: &SecretString,
) -> Result<RedeemHandoffResponse, Refusal> {
    let now = crate::now();
    let installation = installation_by_key(&mut tx, &proof.public_key, now).await?;
    // A phone acts in one account at a time.
    for former in delegated_sessions_of_installation(&mut tx, row.actor, installation, now).await? {
        replace(&mut tx, &former, now).await?;
    }
    let grant = access::read_grant(&mut tx, row.actor, row.grant).await?;
    let lasts_until = grant.expires_at.min(now + DELEGATED_LASTS);
    let new = NewSession {
        account: row.subject,
        installation,
        lasts_until,
        delegation: Some(NewDelegation { actor: row.actor, grant: row.grant, begun_by: row.begun_by }),
    };
    let (session, pair) = tokens::begin(&mut tx, new, now).await?;
    // Asked after it, which says more about why: this code is of the sessions that ended.
    if row.outlived {
        return Err(ProblemCode::HandoffOver.into());
    }
    let sealed = pair.seal_under(verifier);
    if !store::use_up(&mut tx, code_hash, &proof.public_key, session, &sealed, now).await? {
        return Err(ProblemCode::HandoffOver.into());
    }
    let entry = AuditEntry {
        actor: Some(row.actor),
        grant: Some(row.grant),
        on_what: Some(session.to_string()),
        after: Some(json!({ "until": lasts_until })),
        ..AuditEntry::by_service(row.subject, Deed::SessionBegan)
    };
    history::record(&mut tx, entry).await?;
    let left = DELEGATED_ACCESS_LASTS.min(lasts_until - now);
    answer(tx, row, grant, session, &pair, (left, lasts_until)).await
}

/// Ends what the phone did before, perhaps in another customer's account. That account's row is not touched: the actor's
/// is held, and whoever changes anything there shares it.
async fn replace(tx: &mut Tx, former: &BegunRow, now: i64) -> Result<(), DbError> {
    authority::store::end_session(tx, former.id, "replaced by a handoff", now).await?;
    let entry = AuditEntry {
        actor: Some(former.actor),
        grant: Some(former.grant),
        on_what: Some(former.id.to_string()),
        after: Some(json!({ "why": "replaced by a handoff" })),
        ..AuditEntry::by_service(former.subject, Deed::SessionEnded)
    };
    history::record(tx, entry).await
}

/// The same phone asks again: the answer was lost, or its app was killed before it could keep it.
async fn answer_again(
    mut tx: Tx,
    row: &HandoffRow,
    verifier: &SecretString,
) -> Result<RedeemHandoffResponse, Refusal> {
    let (over, now) = (|| Refusal::new(ProblemCode::HandoffOver), crate::now());
    let used = row.used.as_ref().ok_or_else(over)?;
    let living = store::unused_session(&mut tx, used.session, now).await?;
    let Some((access_expires_at, lasts_until)) = living.filter(|_| now < used.at + RETRY) else {
        return Err(over());
    };
    if let Some(code) = authority::store::end_of(&mut tx, used.session, now).await? {
        return Err(code.into());
    }
    let pair =
        TokenPair::open_under(verifier, &used.tokens).ok_or(DbError::Corrupt("tokens of a handoff"))?;
    let grant = access::read_grant(&mut tx, row.actor, row.grant).await?;
    answer(tx, row, grant, used.session, &pair, (access_expires_at - now, lasts_until)).await
}

async fn answer(
    mut tx: Tx,
    row: &HandoffRow,
    grant: Grant,
    session: SessionId,
    pair: &TokenPair,
    (access_left, expires_at): (i64, i64),
) -> Result<RedeemHandoffResponse, Refusal> {
    let session = tokens::answer(&mut tx, session, row.subject, pair, access_left).await?;
    tx.commit().await?;
    Ok(RedeemHandoffResponse { session, grant, expires_at })
}

/// The right verifier under another phone's key: link and verifier were copied.
async fn end_copied(
    mut tx: Tx,
    state: &CloudState,
    row: &HandoffRow,
    session: SessionId,
) -> Result<(), Refusal> {
    let now = crate::now();
    if authority::store::end_of(&mut tx, session, now).await?.is_none() {
        let copied = BegunRow { id: session, subject: row.subject, actor: row.actor, grant: row.grant };
        session::end_copied(&mut tx, &state.key, &copied, "handoff copied", now).await?;
    }
    Ok(tx.commit().await?)
}
