//! Sessions and the installations they belong to.

use crate::db::{Db, DbError, parse, parse_all};
use porchlight_protocol::{AccountId, GrantId, InstallationId, SessionId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use std::collections::HashMap;

/// Stands where an installation's key would: all browsers are one installation, since they have no key of their own. No
/// proof is ever made by it, for it is no point of the curve.
pub const BROWSERS: &[u8] = b"browsers";

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSessionRow {
    /// The session.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// On which phone.
    pub installation: InstallationId,
    /// The account's epoch now.
    pub account_epoch: i64,
    /// SHA-256 of the access token.
    pub access_hash: Vec<u8>,
    /// Milliseconds UTC.
    pub access_expires_at: i64,
    /// Milliseconds UTC; nothing prolongs it.
    pub expires_at: i64,
    /// Who really acts in the account, when that is somebody else.
    pub delegation: Option<DelegationRow>,
}

/// Who really acts, and by what right.
#[derive(Clone, Copy, Debug)]
pub struct DelegationRow {
    /// The installer.
    pub actor: AccountId,
    /// Their epoch now.
    pub actor_epoch: i64,
    /// What the customer consented to.
    pub grant: GrantId,
    /// The installer's own session that made the link: this one ends with it.
    pub begun_by: SessionId,
}

/// The installation with this key; made when it is new.
pub async fn installation_by_key(
    db: &mut AnyConnection,
    public_key: &[u8],
    now: i64,
) -> Result<InstallationId, DbError> {
    // The update changes nothing; without it a row that is there already would not be returned.
    let id: String = sqlx::query_scalar(
        "INSERT INTO installation (id, public_key, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (public_key) DO UPDATE SET public_key = excluded.public_key RETURNING id",
    )
    .bind(InstallationId::mint().to_string())
    .bind(public_key)
    .bind(now)
    .fetch_one(db)
    .await?;
    id.parse().map_err(|_| DbError::Corrupt("installation id"))
}

/// Begins a session.
pub async fn insert_session(db: &mut AnyConnection, row: &NewSessionRow, now: i64) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO session (id, account_id, installation_id, account_epoch, access_hash, access_expires_at, \
           created_at, expires_at, actor_id, actor_epoch, grant_id, begun_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(row.id.to_string())
    .bind(row.account.to_string())
    .bind(row.installation.to_string())
    .bind(row.account_epoch)
    .bind(&row.access_hash)
    .bind(row.access_expires_at)
    .bind(now)
    .bind(row.expires_at)
    .bind(row.delegation.map(|delegation| delegation.actor.to_string()))
    .bind(row.delegation.map(|delegation| delegation.actor_epoch))
    .bind(row.delegation.map(|delegation| delegation.grant.to_string()))
    .bind(row.delegation.map(|delegation| delegation.begun_by.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// The epoch of an account that is known to exist.
pub async fn epoch_of(db: &mut AnyConnection, account: AccountId) -> Result<i64, DbError> {
    let epoch = sqlx::query_scalar("SELECT epoch FROM account WHERE id = $1").bind(account.to_string());
    Ok(epoch.fetch_one(db).await?)
}

/// The living sessions of an installation in which this actor acts for customers.
pub async fn delegated_sessions_of_installation(
    db: &mut AnyConnection,
    actor: AccountId,
    installation: InstallationId,
    now: i64,
) -> Result<Vec<BegunRow>, DbError> {
    let rows = sqlx::query(
        "SELECT id, account_id, actor_id, grant_id FROM session \
         WHERE actor_id = $1 AND installation_id = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY id",
    )
    .bind(actor.to_string())
    .bind(installation.to_string())
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_begun).collect()
}

/// A session in which somebody acts for a customer.
#[derive(Clone, Copy, Debug)]
pub struct BegunRow {
    /// The session.
    pub id: SessionId,
    /// In whose account.
    pub subject: AccountId,
    /// Who acts.
    pub actor: AccountId,
    /// By which right.
    pub grant: GrantId,
}

/// The living sessions for customers that this session made the links for.
pub async fn begun_by(
    db: &mut AnyConnection,
    session: SessionId,
    now: i64,
) -> Result<Vec<BegunRow>, DbError> {
    let rows = sqlx::query(
        "SELECT id, account_id, actor_id, grant_id FROM session \
         WHERE begun_by = $1 AND revoked_at IS NULL AND expires_at > $2",
    )
    .bind(session.to_string())
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_begun).collect()
}

fn read_begun(row: &AnyRow) -> Result<BegunRow, DbError> {
    Ok(BegunRow {
        id: parse(row, 0, "session id")?,
        subject: parse(row, 1, "account id")?,
        actor: parse(row, 2, "account id")?,
        grant: parse(row, 3, "grant id")?,
    })
}

/// The living sessions of an account's own person on an installation.
pub async fn sessions_of_installation(
    db: &mut AnyConnection,
    account: AccountId,
    installation: InstallationId,
) -> Result<Vec<SessionId>, DbError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM session WHERE account_id = $1 AND installation_id = $2 AND revoked_at IS NULL \
           AND grant_id IS NULL",
    )
    .bind(account.to_string())
    .bind(installation.to_string())
    .fetch_all(db)
    .await?;
    parse_all(&ids, "session id")
}

/// A living session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivingSessionRow {
    /// The session.
    pub id: SessionId,
    /// Whether it is a browser's.
    pub in_browser: bool,
    /// Milliseconds UTC.
    pub since: i64,
    /// When it was last used, a minute more or less; milliseconds UTC.
    pub seen_at: i64,
}

/// The living sessions of an account's own person, newest first: an app's while it can be refreshed, a browser's while
/// it was used in the last while.
pub async fn living_sessions(
    db: &mut AnyConnection,
    account: AccountId,
    now: i64,
    used_since: i64,
) -> Result<Vec<LivingSessionRow>, DbError> {
    let rows = sqlx::query(
        "SELECT session.id, session.created_at, COALESCE(session_activity.seen_at, session.created_at), \
           CASE WHEN installation.public_key = $3 THEN 1 ELSE 0 END \
         FROM session JOIN account ON account.id = session.account_id \
         JOIN installation ON installation.id = session.installation_id \
         LEFT JOIN session_activity ON session_activity.session_id = session.id \
         WHERE session.account_id = $1 AND session.grant_id IS NULL AND session.revoked_at IS NULL \
           AND session.expires_at > $2 AND session.account_epoch = account.epoch \
           AND (EXISTS (SELECT 1 FROM refresh_token WHERE refresh_token.session_id = session.id) \
             OR (installation.public_key = $3 AND COALESCE(session_activity.seen_at, session.created_at) > $4)) \
         ORDER BY session.id DESC",
    )
    .bind(account.to_string())
    .bind(now)
    .bind(BROWSERS)
    .bind(used_since)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let id = parse(row, 0, "session id")?;
            let in_browser = row.try_get::<i64, _>(3)? == 1;
            Ok(LivingSessionRow { id, in_browser, since: row.try_get(1)?, seen_at: row.try_get(2)? })
        })
        .collect()
}

/// Gives the session another access token; the one before is worth nothing any more.
pub async fn replace_access(
    db: &mut AnyConnection,
    session: SessionId,
    access_hash: &[u8],
    access_expires_at: i64,
) -> Result<(), DbError> {
    sqlx::query("UPDATE session SET access_hash = $2, access_expires_at = $3 WHERE id = $1")
        .bind(session.to_string())
        .bind(access_hash)
        .bind(access_expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Writes when sessions were last used, milliseconds UTC.
pub async fn write_activity(db: &Db, notes: &HashMap<SessionId, i64>) -> Result<(), DbError> {
    if notes.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for (session, seen_at) in notes {
        sqlx::query(
            "INSERT INTO session_activity (session_id, seen_at) VALUES ($1, $2) \
             ON CONFLICT (session_id) DO UPDATE SET seen_at = excluded.seen_at",
        )
        .bind(session.to_string())
        .bind(*seen_at)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}
