//! The rows that authority rests on.

use super::{Caller, SiteRole};
use crate::db::DbError;
use porchlight_protocol::{AccountId, SessionId, SiteId};
use sqlx::{AnyConnection, Row as _};

/// The session with this access token, if token, session and account are alive.
pub async fn caller_by_access_token(
    db: &mut AnyConnection,
    access_hash: &[u8],
    now: i64,
) -> Result<Option<Caller>, DbError> {
    let row = sqlx::query(
        "SELECT session.id, session.account_id, session.account_epoch FROM session \
         JOIN account ON account.id = session.account_id \
         WHERE session.access_hash = $1 AND session.access_expires_at > $2 AND session.expires_at > $2 \
           AND session.revoked_at IS NULL AND account.state = 'active' \
           AND account.epoch = session.account_epoch",
    )
    .bind(access_hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Caller {
            session: row.try_get::<String, _>(0)?.parse().map_err(|_| DbError::Corrupt("session id"))?,
            account: row.try_get::<String, _>(1)?.parse().map_err(|_| DbError::Corrupt("account id"))?,
            epoch: row.try_get(2)?,
        })
    })
    .transpose()
}

/// Whether this access token's session was ended (and did not merely grow old).
pub async fn access_token_was_ended(db: &mut AnyConnection, access_hash: &[u8]) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM session JOIN account ON account.id = session.account_id \
         WHERE session.access_hash = $1 AND (session.revoked_at IS NOT NULL OR account.state <> 'active' \
           OR account.epoch <> session.account_epoch)",
    )
    .bind(access_hash)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Whether the caller's session and account are still alive.
pub async fn session_is_alive(db: &mut AnyConnection, caller: &Caller, now: i64) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM session JOIN account ON account.id = session.account_id \
         WHERE session.id = $1 AND session.revoked_at IS NULL AND session.expires_at > $2 \
           AND account.id = $3 AND account.state = 'active' AND account.epoch = $4",
    )
    .bind(caller.session.to_string())
    .bind(now)
    .bind(caller.account.to_string())
    .bind(caller.epoch)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// What the account is to the site now.
pub async fn site_role(
    db: &mut AnyConnection,
    account: AccountId,
    site: SiteId,
) -> Result<Option<SiteRole>, DbError> {
    let role: Option<String> = sqlx::query_scalar(
        "SELECT role FROM site_user WHERE site_id = $1 AND account_id = $2 AND ended_at IS NULL",
    )
    .bind(site.to_string())
    .bind(account.to_string())
    .fetch_optional(db)
    .await?;
    role.map(|role| SiteRole::from_row(&role)).transpose()
}

/// Ends one session, so that no later read finds it alive. The account's row is changed first: whoever confirmed the
/// session holds that row until they commit.
pub async fn revoke_session(
    db: &mut AnyConnection,
    session: SessionId,
    why: &str,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query("UPDATE account SET epoch = epoch WHERE id = (SELECT account_id FROM session WHERE id = $1)")
        .bind(session.to_string())
        .execute(&mut *db)
        .await?;
    sqlx::query("UPDATE session SET revoked_at = $2, revoked_why = $3 WHERE id = $1 AND revoked_at IS NULL")
        .bind(session.to_string())
        .bind(now)
        .bind(why)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO revocation (id, session_id, at) VALUES ($1, $2, $3)")
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(session.to_string())
        .bind(now)
        .execute(&mut *db)
        .await?;
    Ok(())
}
