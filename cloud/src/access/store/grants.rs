//! The rows of grants.

use super::{company, permissions, person, scope};
use crate::access::terms::{permissions_to_row, scope_to_row};
use crate::db::{DbError, parse, parse_all};
use porchlight_protocol::access::{AuthorizationRequest, Grant, GrantEnd, Permission, Scope};
use porchlight_protocol::{AccountId, CustomerId, GrantId, OrganizationId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

macro_rules! select_grants {
    ($rest:literal) => {
        concat!(
            "SELECT held.id, actor.id, actor.given_name, actor.family_name, organization.id, organization.name, \
               subject.id, subject.given_name, subject.family_name, grant_scope.kind, grant_scope.resource_id, \
               held.permissions, held.starts_at, held.expires_at, held.ended_at, held.ended_why, \
               COALESCE(site.name, device.name) \
             FROM access_grant AS held JOIN account AS actor ON actor.id = held.actor_id \
             JOIN account AS subject ON subject.id = held.subject_id \
             JOIN organization ON organization.id = held.organization_id \
             JOIN grant_scope ON grant_scope.grant_id = held.id \
             LEFT JOIN site ON grant_scope.kind = 'site' AND site.id = grant_scope.resource_id \
             LEFT JOIN device ON grant_scope.kind = 'device' AND device.id = grant_scope.resource_id ",
            $rest
        )
    };
}

/// Who may act for whom, for what; on all that is there.
struct NewGrant<'a> {
    id: GrantId,
    organization: OrganizationId,
    actor: AccountId,
    subject: AccountId,
    request: Option<String>,
    permissions: &'a [Permission],
    scope: Scope,
    starts_at: i64,
    expires_at: i64,
}

/// Writes the grant that a consent makes of a request.
pub async fn insert_grant_of_request(
    db: &mut AnyConnection,
    id: GrantId,
    request: &AuthorizationRequest,
    now: i64,
    expires_at: i64,
) -> Result<(), DbError> {
    let new = NewGrant {
        id,
        organization: request.company.id,
        actor: request.actor.id,
        subject: request.subject,
        request: Some(request.id.to_string()),
        permissions: &request.permissions,
        scope: request.scope,
        starts_at: now,
        expires_at,
    };
    insert_grant(db, new).await
}

/// Writes the grant for a customer who has not answered yet.
pub async fn insert_birth_grant(
    db: &mut AnyConnection,
    organization: OrganizationId,
    actor: AccountId,
    subject: AccountId,
    permissions: &[Permission],
    now: i64,
    expires_at: i64,
) -> Result<GrantId, DbError> {
    let id = GrantId::mint();
    let new = NewGrant {
        id,
        organization,
        actor,
        subject,
        request: None,
        permissions,
        scope: Scope::Account,
        starts_at: now,
        expires_at,
    };
    insert_grant(db, new).await?;
    Ok(id)
}

async fn insert_grant(db: &mut AnyConnection, new: NewGrant<'_>) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO access_grant (id, organization_id, actor_id, subject_id, request_id, permissions, \
           starts_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id.to_string())
    .bind(new.organization.to_string())
    .bind(new.actor.to_string())
    .bind(new.subject.to_string())
    .bind(new.request)
    .bind(permissions_to_row(new.permissions))
    .bind(new.starts_at)
    .bind(new.expires_at)
    .execute(&mut *db)
    .await?;
    let (kind, resource) = scope_to_row(new.scope);
    sqlx::query("INSERT INTO grant_scope (grant_id, kind, resource_id) VALUES ($1, $2, $3)")
        .bind(new.id.to_string())
        .bind(kind)
        .bind(resource)
        .execute(db)
        .await?;
    Ok(())
}

/// A grant in the account's hand, or on it.
pub async fn visible_grant(
    db: &mut AnyConnection,
    account: AccountId,
    id: GrantId,
    now: i64,
) -> Result<Option<Grant>, DbError> {
    let row =
        sqlx::query(select_grants!("WHERE held.id = $1 AND (held.subject_id = $2 OR held.actor_id = $2)"))
            .bind(id.to_string())
            .bind(account.to_string())
            .fetch_optional(db)
            .await?;
    row.map(|row| read_grant(&row, now)).transpose()
}

/// The grants in the account's hand, and on it, newest first.
pub async fn visible_grants(
    db: &mut AnyConnection,
    account: AccountId,
    after: Option<GrantId>,
    limit: i64,
    now: i64,
) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query(select_grants!(
        "WHERE (held.subject_id = $1 OR held.actor_id = $1) AND ($2 IS NULL OR held.id < $2) \
         ORDER BY held.id DESC LIMIT $3"
    ))
    .bind(account.to_string())
    .bind(after.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read_grant(row, now)).collect()
}

/// All grants on the account that are in force, the newest first.
pub async fn grants_in_force(
    db: &mut AnyConnection,
    subject: AccountId,
    now: i64,
) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query(select_grants!(
        "WHERE held.subject_id = $1 AND held.ended_at IS NULL AND held.expires_at > $2 ORDER BY held.id DESC"
    ))
    .bind(subject.to_string())
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read_grant(row, now)).collect()
}

/// The grants on the account that are over, the newest first, from the one before `before` on.
pub async fn former_grants(
    db: &mut AnyConnection,
    subject: AccountId,
    before: Option<GrantId>,
    limit: i64,
    now: i64,
) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query(select_grants!(
        "WHERE held.subject_id = $1 AND (held.ended_at IS NOT NULL OR held.expires_at <= $2) \
           AND ($3 IS NULL OR held.id < $3) ORDER BY held.id DESC LIMIT $4"
    ))
    .bind(subject.to_string())
    .bind(now)
    .bind(before.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read_grant(row, now)).collect()
}

/// The grants that the actor holds, for the customer's organization, on the customer's account or on the one that stood
/// in for it: what is in force comes first, then the newest of what is over, from the one before `before` on.
pub async fn grants_held(
    db: &mut AnyConnection,
    customer: CustomerId,
    actor: AccountId,
    before: Option<GrantId>,
    (limit, now): (i64, i64),
) -> Result<Vec<Grant>, DbError> {
    let rows = sqlx::query(select_grants!(
        "JOIN customer ON customer.id = $1 AND customer.organization_id = held.organization_id \
           AND (held.subject_id = customer.account_id OR held.subject_id = customer.stand_in_id) \
         WHERE held.actor_id = $2 \
           AND ($4 IS NULL OR held.id < $4 OR (held.ended_at IS NULL AND held.expires_at > $3)) \
         ORDER BY CASE WHEN held.ended_at IS NULL AND held.expires_at > $3 THEN 0 ELSE 1 END, held.id DESC LIMIT $5"
    ))
    .bind(customer.to_string())
    .bind(actor.to_string())
    .bind(now)
    .bind(before.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read_grant(row, now)).collect()
}

/// The grants that the account holds for the organization; with none, all that it holds and that are on it.
pub async fn living_grants(
    db: &mut AnyConnection,
    account: AccountId,
    organization: Option<OrganizationId>,
) -> Result<Vec<GrantId>, DbError> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM access_grant WHERE ended_at IS NULL AND ((actor_id = $1 AND organization_id = $2) \
           OR ($2 IS NULL AND (actor_id = $1 OR subject_id = $1))) ORDER BY id",
    )
    .bind(account.to_string())
    .bind(organization.map(|id| id.to_string()))
    .fetch_all(db)
    .await?;
    parse_all(&found, "grant id")
}

/// Ends a grant; false if it was over.
pub async fn end_grant(
    db: &mut AnyConnection,
    id: GrantId,
    why: GrantEnd,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE access_grant SET ended_at = $2, ended_why = $3 WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id.to_string())
    .bind(now)
    .bind(why.as_str())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn read_grant(row: &AnyRow, now: i64) -> Result<Grant, DbError> {
    let (expires_at, ended_at): (i64, Option<i64>) = (row.try_get(13)?, row.try_get(14)?);
    let why: Option<String> = row.try_get(15)?;
    // Nobody may have looked since its last millisecond.
    let over = (ended_at.is_none() && expires_at <= now).then_some((expires_at, GrantEnd::Expired));
    Ok(Grant {
        id: parse(row, 0, "grant id")?,
        actor: person(row, 1)?,
        company: company(row, 4)?,
        subject: person(row, 6)?,
        scope: scope(row, 9)?,
        scope_name: row.try_get(16)?,
        permissions: permissions(row, 11)?,
        starts_at: row.try_get(12)?,
        expires_at,
        ended_at: over.map_or(ended_at, |(at, _)| Some(at)),
        ended_why: over.map_or(why.map(|why| GrantEnd::from_text(&why)), |(_, why)| Some(why)),
    })
}
