//! What time has ended.

use crate::db::{DbError, parse};
use porchlight_protocol::{AccountId, GrantId, RequestId, SessionId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::str::FromStr;

/// What is over and not ended yet, each with its subject.
#[derive(Clone, Debug, Default)]
pub struct Overdue {
    /// Requests that nobody answered.
    pub requests: Vec<(RequestId, AccountId)>,
    /// Grants.
    pub grants: Vec<(GrantId, AccountId)>,
    /// Delegated sessions of grants that last longer.
    pub sessions: Vec<(SessionId, AccountId)>,
}

/// What is over now, at most so many of each.
pub async fn overdue(db: &mut AnyConnection, now: i64, limit: i64) -> Result<Overdue, DbError> {
    let requests =
        "SELECT id, subject_id FROM authorization_request WHERE state = 'pending' AND expires_at <= $1";
    let grants = "SELECT id, subject_id FROM access_grant WHERE ended_at IS NULL AND expires_at <= $1";
    let sessions = "SELECT id, account_id FROM session \
                    WHERE grant_id IS NOT NULL AND revoked_at IS NULL AND expires_at <= $1";
    Ok(Overdue {
        requests: pairs(db, requests, now, limit).await?,
        grants: pairs(db, grants, now, limit).await?,
        sessions: pairs(db, sessions, now, limit).await?,
    })
}

async fn pairs<T: FromStr>(
    db: &mut AnyConnection,
    select: &'static str,
    now: i64,
    limit: i64,
) -> Result<Vec<(T, AccountId)>, DbError> {
    // Both parts are from this source, never from a request.
    let sql = AssertSqlSafe(format!("{select} ORDER BY id LIMIT $2"));
    let rows: Vec<AnyRow> = sqlx::query(sql).bind(now).bind(limit).fetch_all(db).await?;
    rows.iter().map(|row| Ok((parse(row, 0, "id")?, parse(row, 1, "account id")?))).collect()
}

/// A request has waited for too long; false if it was answered.
pub async fn expire_request(db: &mut AnyConnection, id: RequestId, now: i64) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE authorization_request SET state = 'expired', answered_at = $2 \
         WHERE id = $1 AND state = 'pending' AND expires_at <= $2",
    )
    .bind(id.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
