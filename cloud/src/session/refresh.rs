//! Refreshing: a refresh token is worth one use, and each use gives its successor.
//!
//! A phone can be killed between sending a refresh and storing the answer. So the successor is kept, sealed under a key
//! that only the replaced token gives, until the successor is used for the first time: a retry with the direct
//! predecessor gets the same again. A replay of anything older means that two phones hold the tokens; the session ends,
//! and the person is told. The proof must be by the key that signed in (RFC 9449, section 5).

use super::dpop::Proof;
use super::end::{end, end_copied};
use super::store::{self, NewTokenRow, RefreshRow};
use super::tokens::{self, ACCESS_LASTS, DELEGATED_ACCESS_LASTS, REFRESH_IDLES, TokenPair};
use crate::authority::{self, hold_accounts};
use crate::db::{DbError, Lock, Tx};
use crate::history::{self, AuditEntry, Deed};
use crate::mail::{self, Letter};
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_presented};
use crate::server::CloudState;
use porchlight_protocol::ProblemCode;
use porchlight_protocol::session::SessionResponse;
use secrecy::SecretString;

/// Replaces a refresh token.
pub async fn refresh(
    state: &CloudState,
    proof: &Proof,
    presented: &SecretString,
) -> Result<SessionResponse, Refusal> {
    let over = || Refusal::new(ProblemCode::SessionRevoked);
    let token_hash = hash_presented(SecretKind::Refresh, presented).ok_or_else(over)?;
    let now = crate::now();
    let mut tx = state.db.begin().await?;
    let seen = store::refresh_row(&mut tx, &token_hash).await?.ok_or_else(over)?;
    // Whoever disables an installer, or has them leave, holds the installer's row alone.
    let actor = seen.delegation.map(|(actor, _)| (actor, Lock::Share));
    hold_accounts(&mut tx, actor.into_iter().chain([(seen.account, Lock::Update)]).collect()).await?;
    // Read again, now that nobody else refreshes or ends a session of this account.
    let row = store::refresh_row(&mut tx, &token_hash).await?.ok_or_else(over)?;
    if row.public_key != proof.public_key {
        tracing::warn!(session = %row.session, "a refresh token came with another installation's proof");
        return Err(ProblemCode::InvalidDpopProof.into());
    }
    if !store::remember_once(&mut tx, &proof.once, proof.remember_until).await? {
        // RFC 9449, section 11.1
        return Err(ProblemCode::InvalidDpopProof.into());
    }
    if let Some(code) = authority::store::end_of(&mut tx, row.session, now).await? {
        return Err(code.into());
    }
    if row.idle_expires_at <= now {
        return Err(over());
    }
    if !row.replaced {
        return rotate(tx, row, &token_hash, presented, now).await;
    }
    match row.successor_sealed.as_deref().and_then(|sealed| TokenPair::open_under(presented, sealed)) {
        Some(pair) => {
            let left = row.access_expires_at - now;
            let answer = tokens::answer(&mut tx, row.session, row.account, &pair, left).await?;
            tx.commit().await?;
            Ok(answer)
        }
        None => {
            end_family(tx, state, &row, now).await?;
            Err(over())
        }
    }
}

async fn rotate(
    mut tx: Tx,
    row: RefreshRow,
    token_hash: &[u8],
    presented: &SecretString,
    now: i64,
) -> Result<SessionResponse, Refusal> {
    let pair = TokenPair::mint();
    let (sealed, successor) = (pair.seal_under(presented), pair.refresh_hash());
    if !store::set_successor(&mut tx, token_hash, &successor, &sealed).await? {
        return Err(DbError::TryAgain.into());
    }
    store::forget_successor_of(&mut tx, token_hash).await?;
    let token = NewTokenRow {
        token_hash: successor,
        session: row.session,
        idle_expires_at: (now + REFRESH_IDLES).min(row.session_expires_at),
    };
    store::insert_token(&mut tx, &token, now).await?;
    let access_lasts = if row.delegation.is_some() { DELEGATED_ACCESS_LASTS } else { ACCESS_LASTS };
    let access_lasts = access_lasts.min(row.session_expires_at - now);
    store::replace_access(&mut tx, row.session, &pair.access_hash(), now + access_lasts).await?;
    let answer = tokens::answer(&mut tx, row.session, row.account, &pair, access_lasts).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn end_family(mut tx: Tx, state: &CloudState, row: &RefreshRow, now: i64) -> Result<(), Refusal> {
    const WHY: &str = "refresh token replayed";
    if let Some(copied) = row.delegated() {
        end_copied(&mut tx, &state.key, &copied, WHY, now).await?;
        return Ok(tx.commit().await?);
    }
    end(&mut tx, row.session, WHY, now).await?;
    mail::enqueue_to_account(&mut tx, &state.key, row.account, &Letter::SessionEnded).await?;
    let entry = AuditEntry {
        on_what: Some(row.session.to_string()),
        after: Some(serde_json::json!({ "why": WHY })),
        ..AuditEntry::by_service(row.account, Deed::SessionEnded)
    };
    history::record(&mut tx, entry).await?;
    Ok(tx.commit().await?)
}
