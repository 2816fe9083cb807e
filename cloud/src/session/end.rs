//! The end of sessions: in force when it is answered.

use super::BROWSER_IDLES;
use super::store::{self, BegunRow};
use crate::authority::{self, Caller};
use crate::db::{Db, DbError, Lock, Tx};
use crate::history::{self, AuditEntry, Deed};
use crate::key::ServerKey;
use crate::mail::{self, Letter};
use crate::problem::Refusal;
use crate::{access, people};
use porchlight_protocol::access::GrantEnd;
use porchlight_protocol::{AccountId, ProblemCode, SessionId};
use serde_json::json;

/// Ends the caller's session.
pub async fn sign_out(db: &Db, caller: &Caller) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    // Whoever ends sessions holds the account's row alone: a change that confirmed the session commits before.
    tx.lock("account", &caller.account.to_string(), Lock::Update).await?;
    if let Some(code) = authority::store::end_of(&mut tx, caller.session, crate::now()).await? {
        return Err(code.into());
    }
    end(&mut tx, caller.session, "signed out", crate::now()).await?;
    let entry = AuditEntry {
        on_what: Some(caller.session.to_string()),
        ..AuditEntry::by(caller, Deed::SessionEnded)
    };
    history::record(&mut tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Ends another session of the caller's own account: a phone that was lost, a browser that was left open. One that is
/// over stays so.
pub async fn end_session(db: &Db, caller: &Caller, session: SessionId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    tx.lock("account", &caller.account.to_string(), Lock::Update).await?;
    if let Some(code) = authority::store::end_of(&mut tx, caller.session, crate::now()).await? {
        return Err(code.into());
    }
    let now = crate::now();
    let living = store::living_sessions(&mut tx, caller.account, now, now - BROWSER_IDLES).await?;
    if !living.iter().any(|row| row.id == session) {
        return Err(ProblemCode::NotFound.into());
    }
    end(&mut tx, session, "ended by its owner", crate::now()).await?;
    let entry =
        AuditEntry { on_what: Some(session.to_string()), ..AuditEntry::by(caller, Deed::SessionEnded) };
    history::record(&mut tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Ends a session and those in which its person acts for customers: whoever has lost a phone, or leaves it, works from
/// there in nobody's account any more. The customers read it in their histories.
pub(super) async fn end(tx: &mut Tx, session: SessionId, why: &str, now: i64) -> Result<(), DbError> {
    for begun in store::begun_by(tx, session, now).await? {
        let entry = AuditEntry {
            actor: Some(begun.actor),
            grant: Some(begun.grant),
            on_what: Some(begun.id.to_string()),
            ..AuditEntry::by_service(begun.subject, Deed::SessionEnded)
        };
        history::record(tx, entry).await?;
    }
    authority::store::revoke_session(tx, session, why, now).await
}

/// Ends a delegated session whose link or whose tokens were copied; its two sides are told, and their screens look again.
/// Subject and actor are held, one of them alone.
pub(crate) async fn end_copied(
    tx: &mut Tx,
    key: &ServerKey,
    copied: &BegunRow,
    why: &str,
    now: i64,
) -> Result<(), Refusal> {
    authority::store::revoke_session(tx, copied.id, why, now).await?;
    let grant = access::read_grant(tx, copied.actor, copied.grant).await?;
    access::announce_grant(tx, &grant).await?;
    let letter = Letter::DelegationCopied { company: grant.company.name };
    for account in [copied.subject, copied.actor] {
        mail::enqueue_to_account(tx, key, account, &letter).await?;
    }
    let entry = AuditEntry {
        grant: Some(copied.grant),
        on_what: Some(copied.id.to_string()),
        after: Some(json!({ "why": why })),
        ..AuditEntry::by_service(copied.subject, Deed::SessionEnded)
    };
    Ok(history::record(tx, entry).await?)
}

/// Disables an account, and ends at once all its sessions and all access that it has or gave. Whoever runs the service
/// does it (`porchlight account disable`). Each organization keeps a super admin.
pub async fn disable_account(db: &Db, account: AccountId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    tx.lock("account", &account.to_string(), Lock::Update).await?;
    if !store::set_disabled(&mut tx, account).await? {
        return Err(ProblemCode::NotFound.into());
    }
    people::keep_super_admins_without(&mut tx, account).await?;
    store::insert_account_revocation(&mut tx, account, crate::now()).await?;
    access::end_all_of(&mut tx, account, None, GrantEnd::Disabled).await?;
    record_state(&mut tx, account, Deed::AccountDisabled).await?;
    Ok(tx.commit().await?)
}

/// Enables an account that was disabled. Whatever ended with it stays over: sessions, codes, access.
pub async fn enable_account(db: &Db, account: AccountId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    tx.lock("account", &account.to_string(), Lock::Update).await?;
    if !store::set_enabled(&mut tx, account).await? {
        return Err(ProblemCode::NotFound.into());
    }
    record_state(&mut tx, account, Deed::AccountEnabled).await?;
    Ok(tx.commit().await?)
}

async fn record_state(tx: &mut Tx, account: AccountId, what: Deed) -> Result<(), DbError> {
    let entry = AuditEntry { on_what: Some(account.to_string()), ..AuditEntry::by_service(account, what) };
    history::record(tx, entry).await
}
