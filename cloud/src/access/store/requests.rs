//! The rows of authorization requests.

use super::{company, permissions, person, scope};
use crate::access::terms::{Terms, permissions_to_row, scope_to_row};
use crate::db::{DbError, parse, parse_all};
use porchlight_protocol::access::{AuthorizationRequest, REQUEST_WAITS, RequestState};
use porchlight_protocol::{AccountId, GrantId, OrganizationId, RequestId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

macro_rules! select_requests {
    ($rest:literal) => {
        concat!(
            "SELECT asked.id, asked.state, asked.expires_at, actor.id, actor.given_name, actor.family_name, \
               organization.id, organization.name, asked.subject_id, asked.scope_kind, asked.scope_id, \
               COALESCE(site.name, device.name), asked.permissions, asked.lasts, asked.comment, asked.terms, \
               asked.created_at, asked.grant_id \
             FROM authorization_request AS asked JOIN account AS actor ON actor.id = asked.actor_id \
             JOIN organization ON organization.id = asked.organization_id \
             LEFT JOIN site ON asked.scope_kind = 'site' AND site.id = asked.scope_id \
             LEFT JOIN device ON asked.scope_kind = 'device' AND device.id = asked.scope_id ",
            $rest
        )
    };
}

/// How many there are, and when the time of the first is over, milliseconds UTC; 0 if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub count: i64,
    /// Of the first.
    pub first_at: i64,
}

/// How often somebody said no, and when they did so last, milliseconds UTC; 0 if they never did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// How often.
    pub count: i64,
    /// When last.
    pub newest_at: i64,
}

/// Writes a request that waits for its answer.
pub async fn insert_request(db: &mut AnyConnection, terms: &Terms, now: i64) -> Result<(), DbError> {
    let (kind, id) = scope_to_row(terms.scope);
    sqlx::query(
        "INSERT INTO authorization_request (id, organization_id, actor_id, subject_id, scope_kind, scope_id, \
           permissions, lasts, comment, terms, state, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', $11, $12)",
    )
    .bind(terms.request.to_string())
    .bind(terms.organization.to_string())
    .bind(terms.actor.to_string())
    .bind(terms.subject.to_string())
    .bind(kind)
    .bind(id)
    .bind(permissions_to_row(&terms.permissions))
    .bind(i64::from(terms.lasts) * 1000)
    .bind(&terms.comment)
    .bind(terms.hash())
    .bind(now)
    .bind(now + REQUEST_WAITS)
    .execute(db)
    .await?;
    Ok(())
}

/// Answers a request that waits; false when it is over.
pub async fn answer_request(
    db: &mut AnyConnection,
    id: RequestId,
    state: &'static str,
    grant: Option<GrantId>,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE authorization_request SET state = $2, grant_id = $3, answered_at = $4 \
         WHERE id = $1 AND state = 'pending' AND expires_at > $4",
    )
    .bind(id.to_string())
    .bind(state)
    .bind(grant.map(|grant| grant.to_string()))
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether a request still waits for its answer.
pub async fn is_waiting(db: &mut AnyConnection, id: RequestId, now: i64) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM authorization_request WHERE id = $1 AND state = 'pending' AND expires_at > $2",
    )
    .bind(id.to_string())
    .bind(now);
    Ok(row.fetch_optional(db).await?.is_some())
}

/// A request that the account made, or was asked.
pub async fn visible_request(
    db: &mut AnyConnection,
    account: AccountId,
    id: RequestId,
    now: i64,
) -> Result<Option<AuthorizationRequest>, DbError> {
    let row = sqlx::query(select_requests!(
        "WHERE asked.id = $1 AND (asked.subject_id = $2 OR asked.actor_id = $2)"
    ))
    .bind(id.to_string())
    .bind(account.to_string())
    .fetch_optional(db)
    .await?;
    row.map(|row| read_request(&row, now)).transpose()
}

/// The requests that the account made, or was asked, newest first.
pub async fn visible_requests(
    db: &mut AnyConnection,
    account: AccountId,
    after: Option<RequestId>,
    limit: i64,
    now: i64,
) -> Result<Vec<AuthorizationRequest>, DbError> {
    let rows = sqlx::query(select_requests!(
        "WHERE (asked.subject_id = $1 OR asked.actor_id = $1) AND ($2 IS NULL OR asked.id < $2) \
         ORDER BY asked.id DESC LIMIT $3"
    ))
    .bind(account.to_string())
    .bind(after.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read_request(row, now)).collect()
}

/// What an account was asked, by this actor for this company only when they are named: what waits comes first, then the
/// newest.
pub async fn requests_to(
    db: &mut AnyConnection,
    subject: AccountId,
    asker: Option<(AccountId, OrganizationId)>,
    limit: i64,
    now: i64,
) -> Result<Vec<AuthorizationRequest>, DbError> {
    let rows = sqlx::query(select_requests!(
        "WHERE asked.subject_id = $1 AND ($2 IS NULL OR (asked.actor_id = $2 AND asked.organization_id = $3)) \
         ORDER BY CASE WHEN asked.state = 'pending' AND asked.expires_at > $4 THEN 0 ELSE 1 END, asked.id DESC \
         LIMIT $5"
    ))
    .bind(subject.to_string())
    .bind(asker.map(|(actor, _)| actor.to_string()))
    .bind(asker.map(|(_, company)| company.to_string()))
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read_request(row, now)).collect()
}

/// Those of a company that wait for a customer's answer, and when the first gives up waiting.
pub async fn pending_requests(
    db: &mut AnyConnection,
    company: OrganizationId,
    subject: AccountId,
    now: i64,
) -> Result<Count, DbError> {
    let row = sqlx::query(
        "SELECT COUNT(*), COALESCE(MIN(expires_at), 0) FROM authorization_request \
         WHERE subject_id = $1 AND organization_id = $2 AND state = 'pending' AND expires_at > $3",
    )
    .bind(subject.to_string())
    .bind(company.to_string())
    .bind(now)
    .fetch_one(db)
    .await?;
    Ok(Count { count: row.try_get(0)?, first_at: row.try_get(1)? })
}

/// Those of a company that a customer declined since the last one that they consented to.
pub async fn refusals(
    db: &mut AnyConnection,
    company: OrganizationId,
    subject: AccountId,
) -> Result<Refusals, DbError> {
    let row = sqlx::query(
        "SELECT COUNT(*), COALESCE(MAX(answered_at), 0) FROM authorization_request \
         WHERE subject_id = $1 AND organization_id = $2 AND state = 'declined' \
           AND answered_at > (SELECT COALESCE(MAX(yes.answered_at), 0) FROM authorization_request AS yes \
             WHERE yes.subject_id = $1 AND yes.organization_id = $2 AND yes.state = 'consented')",
    )
    .bind(subject.to_string())
    .bind(company.to_string())
    .fetch_one(db)
    .await?;
    Ok(Refusals { count: row.try_get(0)?, newest_at: row.try_get(1)? })
}

/// The requests of a company that wait for this customer.
pub async fn pending_of(
    db: &mut AnyConnection,
    subject: AccountId,
    company: OrganizationId,
    now: i64,
) -> Result<Vec<RequestId>, DbError> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM authorization_request \
         WHERE subject_id = $1 AND organization_id = $2 AND state = 'pending' AND expires_at > $3 ORDER BY id",
    )
    .bind(subject.to_string())
    .bind(company.to_string())
    .bind(now)
    .fetch_all(db)
    .await?;
    parse_all(&found, "request id")
}

/// What an installer asked for this company; with none, all that the account asked, and that it was asked: what still
/// waits of it.
pub async fn pending_by(
    db: &mut AnyConnection,
    account: AccountId,
    company: Option<OrganizationId>,
    now: i64,
) -> Result<Vec<RequestId>, DbError> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM authorization_request WHERE state = 'pending' AND expires_at > $3 \
           AND ((actor_id = $1 AND organization_id = $2) \
             OR ($2 IS NULL AND (actor_id = $1 OR subject_id = $1))) ORDER BY id",
    )
    .bind(account.to_string())
    .bind(company.map(|id| id.to_string()))
    .bind(now)
    .fetch_all(db)
    .await?;
    parse_all(&found, "request id")
}

/// The state of a request as a row names it.
pub fn request_state(name: &str) -> Result<RequestState, DbError> {
    match name {
        "pending" => Ok(RequestState::Pending),
        "consented" => Ok(RequestState::Consented),
        "declined" => Ok(RequestState::Declined),
        "expired" => Ok(RequestState::Expired),
        "withdrawn" => Ok(RequestState::Withdrawn),
        _ => Err(DbError::Corrupt("state of a request")),
    }
}

fn read_request(row: &AnyRow, now: i64) -> Result<AuthorizationRequest, DbError> {
    let expires_at = row.try_get(2)?;
    let lasts: i64 = row.try_get(13)?;
    let grant: Option<String> = row.try_get(17)?;
    Ok(AuthorizationRequest {
        id: parse(row, 0, "request id")?,
        state: match request_state(&row.try_get::<String, _>(1)?)? {
            RequestState::Pending if expires_at <= now => RequestState::Expired,
            state => state,
        },
        actor: person(row, 3)?,
        company: company(row, 6)?,
        subject: parse(row, 8, "account id")?,
        scope: scope(row, 9)?,
        scope_name: row.try_get(11)?,
        permissions: permissions(row, 12)?,
        lasts: u32::try_from(lasts / 1000).map_err(|_| DbError::Corrupt("time of a request"))?,
        comment: row.try_get(14)?,
        terms: row.try_get::<Vec<u8>, _>(15)?.into(),
        created_at: row.try_get(16)?,
        expires_at,
        grant: grant.map(|id| id.parse().map_err(|_| DbError::Corrupt("grant id"))).transpose()?,
    })
}
