//! The two tokens of a session, and how a successor is kept for a phone that was killed before it could store it.

use super::store::{self, AccountRow, DelegationRow, NewSessionRow, NewTokenRow};
use super::{DAY, MINUTE};
use crate::authority;
use crate::db::{DbError, Tx};
use crate::key;
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_minted, mint};
use porchlight_protocol::session::{Account, SessionResponse};
use porchlight_protocol::{AccountId, GrantId, InstallationId, SessionId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// How long an access token lives.
pub(super) const ACCESS_LASTS: i64 = 10 * MINUTE;

/// How long one of a delegated session lives.
pub(crate) const DELEGATED_ACCESS_LASTS: i64 = 5 * MINUTE;

/// How long a refresh token lives that is not used.
pub(super) const REFRESH_IDLES: i64 = 30 * DAY;

/// How long a session lives, whatever is refreshed.
pub(super) const SESSION_LASTS: i64 = 180 * DAY;

/// What the key that seals a successor is derived for.
const SUCCESSOR: &[u8] = b"porchlight/refresh-successor/1";

/// An access token and a refresh token.
#[derive(Clone, Debug)]
pub(crate) struct TokenPair {
    pub(super) access: SecretString,
    pub(super) refresh: SecretString,
}

#[derive(Serialize, Deserialize)]
struct SealedPair {
    access: String,
    refresh: String,
}

impl TokenPair {
    pub(crate) fn mint() -> Self {
        Self { access: mint(SecretKind::Access), refresh: mint(SecretKind::Refresh) }
    }

    pub(super) fn access_hash(&self) -> Vec<u8> {
        hash_minted(&self.access)
    }

    pub(super) fn refresh_hash(&self) -> Vec<u8> {
        hash_minted(&self.refresh)
    }

    /// Seals the pair so that only whoever has the token it replaces can open it.
    pub(crate) fn seal_under(&self, replaced: &SecretString) -> Vec<u8> {
        // Exposed to be sealed, and to derive the key: the database gets only the result.
        let pair = SealedPair {
            access: self.access.expose_secret().to_owned(),
            refresh: self.refresh.expose_secret().to_owned(),
        };
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&pair).expect("two texts are JSON"));
        key::seal(&key::derive(replaced.expose_secret().as_bytes(), SUCCESSOR), &plain)
    }

    /// Opens what [`Self::seal_under`] made.
    pub(crate) fn open_under(replaced: &SecretString, sealed: &[u8]) -> Option<Self> {
        // Exposed to derive the key.
        let key = key::derive(replaced.expose_secret().as_bytes(), SUCCESSOR);
        let pair: SealedPair = serde_json::from_slice(&key::open_sealed(&key, sealed)?).ok()?;
        Some(Self { access: pair.access.into(), refresh: pair.refresh.into() })
    }
}

/// A session that is about to begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSession {
    /// In whose account.
    pub(crate) account: AccountId,
    /// On which phone.
    pub(crate) installation: InstallationId,
    /// Milliseconds UTC; nothing prolongs it.
    pub(crate) lasts_until: i64,
    /// Who really acts there, when that is somebody else.
    pub(crate) delegation: Option<NewDelegation>,
}

/// Who really acts in a session that is about to begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewDelegation {
    pub(crate) actor: AccountId,
    pub(crate) grant: GrantId,
    /// The actor's own session that made the link.
    pub(crate) begun_by: SessionId,
}

/// Begins a session of an app: here and in [`begin_with_cookie`] sessions begin, and nowhere else. Subject, actor and grant
/// are held by the caller, and checked last of all here, when the session is there.
pub(crate) async fn begin(tx: &mut Tx, new: NewSession, now: i64) -> Result<(SessionId, TokenPair), Refusal> {
    let (session, pair) = (SessionId::mint(), TokenPair::mint());
    let access_lasts = if new.delegation.is_some() { DELEGATED_ACCESS_LASTS } else { ACCESS_LASTS };
    let mut delegation = None;
    if let Some(NewDelegation { actor, grant, begun_by }) = new.delegation {
        let actor_epoch = store::epoch_of(tx, actor).await?;
        delegation = Some(DelegationRow { actor, actor_epoch, grant, begun_by });
    }
    let row = NewSessionRow {
        id: session,
        account: new.account,
        installation: new.installation,
        account_epoch: store::epoch_of(tx, new.account).await?,
        access_hash: pair.access_hash(),
        access_expires_at: (now + access_lasts).min(new.lasts_until),
        expires_at: new.lasts_until,
        delegation,
    };
    store::insert_session(tx, &row, now).await?;
    let idle_expires_at = (now + REFRESH_IDLES).min(new.lasts_until);
    let token = NewTokenRow { token_hash: pair.refresh_hash(), session, idle_expires_at };
    store::insert_token(tx, &token, now).await?;
    match authority::store::end_of(tx, session, now).await? {
        None => Ok((session, pair)),
        Some(code) => Err(code.into()),
    }
}

/// Begins a session of a browser, for the account's own person: a cookie stands for both tokens, and only where pages
/// are (its prefix is part of what is hashed).
pub(super) async fn begin_with_cookie(
    tx: &mut Tx,
    new: NewSession,
    now: i64,
) -> Result<(SessionId, SecretString), Refusal> {
    let (session, cookie) = (SessionId::mint(), mint(SecretKind::Portal));
    let row = NewSessionRow {
        id: session,
        account: new.account,
        installation: new.installation,
        account_epoch: store::epoch_of(tx, new.account).await?,
        access_hash: hash_minted(&cookie),
        access_expires_at: new.lasts_until,
        expires_at: new.lasts_until,
        delegation: None,
    };
    store::insert_session(tx, &row, now).await?;
    match authority::store::end_of(tx, session, now).await? {
        None => Ok((session, cookie)),
        Some(code) => Err(code.into()),
    }
}

/// The answer that hands the tokens over.
pub(crate) async fn answer(
    tx: &mut Tx,
    session: SessionId,
    account: AccountId,
    pair: &TokenPair,
    access_expires_in: i64,
) -> Result<SessionResponse, Refusal> {
    let row = store::account_by_id(tx, account).await?.ok_or(DbError::Corrupt("account of a session"))?;
    Ok(SessionResponse {
        session,
        // Exposed to be handed over: this is the one answer that carries them.
        access_token: pair.access.expose_secret().to_owned(),
        access_expires_in: u32::try_from(access_expires_in / 1000).unwrap_or(0),
        refresh_token: pair.refresh.expose_secret().to_owned(),
        account: show(row),
    })
}

/// An account as its person sees it.
pub(super) fn show(row: AccountRow) -> Account {
    Account {
        id: row.id,
        email: row.email,
        given_name: row.given_name,
        family_name: row.family_name,
        language: crate::mail::language_from_row(&row.language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successor_opens_under_its_predecessor_only() {
        let (pair, predecessor) = (TokenPair::mint(), mint(SecretKind::Refresh));
        let sealed = pair.seal_under(&predecessor);
        let opened = TokenPair::open_under(&predecessor, &sealed).unwrap();
        assert_eq!(opened.refresh_hash(), pair.refresh_hash());
        assert_eq!(opened.access_hash(), pair.access_hash());
        assert!(TokenPair::open_under(&mint(SecretKind::Refresh), &sealed).is_none());
    }
}
