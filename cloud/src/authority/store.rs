//! The rows that authority rests on.

use super::{Caller, Delegation, PermissionSet, Resource, SiteRole};
use crate::db::{DbError, parse, parse_all};
use porchlight_protocol::access::Permission;
use porchlight_protocol::people::Role;
use porchlight_protocol::{AccountId, GrantId, OrganizationId, ProblemCode, SessionId, SiteId};
use sqlx::{AnyConnection, Row as _};

/// What a list that is read through a grant adds to its `WHERE`: the grant (or null) is `$grant`, the site stands in
/// the column `$site`. Whoever may work on one device sees the site that it is at.
macro_rules! site_in_scope {
    ($grant:literal, $site:literal) => {
        concat!(
            " ($",
            $grant,
            " IS NULL OR EXISTS (SELECT 1 FROM grant_scope WHERE grant_scope.grant_id = $",
            $grant,
            " AND (grant_scope.kind = 'account' OR (grant_scope.kind = 'site' AND grant_scope.resource_id = ",
            $site,
            ") OR (grant_scope.kind = 'device' AND EXISTS (SELECT 1 FROM device AS scoped \
              WHERE scoped.id = grant_scope.resource_id AND scoped.ended_at IS NULL AND scoped.site_id = ",
            $site,
            "))))) "
        )
    };
}
pub(crate) use site_in_scope;

/// The same for devices: a row of `device` is in the grant's scope.
macro_rules! device_in_scope {
    ($grant:literal) => {
        concat!(
            " ($",
            $grant,
            " IS NULL OR EXISTS (SELECT 1 FROM grant_scope WHERE grant_scope.grant_id = $",
            $grant,
            " AND (grant_scope.kind = 'account' \
               OR (grant_scope.kind = 'site' AND grant_scope.resource_id = device.site_id) \
               OR (grant_scope.kind = 'device' AND grant_scope.resource_id = device.id)))) "
        )
    };
}
pub(crate) use device_in_scope;

/// The session with this access token, if the token lives; whether session, accounts and grant do is for [`end_of`].
pub async fn caller_by_access_token(
    db: &mut AnyConnection,
    access_hash: &[u8],
    now: i64,
) -> Result<Option<Caller>, DbError> {
    let row = sqlx::query(
        "SELECT id, account_id, actor_id, grant_id FROM session \
         WHERE access_hash = $1 AND access_expires_at > $2 AND expires_at > $2",
    )
    .bind(access_hash)
    .bind(now)
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut delegation = None;
    if let Some(grant) = row.try_get::<Option<String>, _>(3)? {
        let grant = grant.parse().map_err(|_| DbError::Corrupt("grant id"))?;
        delegation = Some(Delegation {
            actor: parse(&row, 2, "actor id")?,
            grant,
            permissions: permissions_of_grant(db, grant).await?,
        });
    }
    Ok(Some(Caller {
        session: parse(&row, 0, "session id")?,
        account: parse(&row, 1, "account id")?,
        delegation,
    }))
}

/// The session with this cookie, if it lives and was used in the last while; whether it was ended is for [`end_of`].
pub async fn caller_by_cookie(
    db: &mut AnyConnection,
    cookie_hash: &[u8],
    now: i64,
    used_since: i64,
) -> Result<Option<Caller>, DbError> {
    let row = sqlx::query(
        "SELECT session.id, session.account_id FROM session \
         LEFT JOIN session_activity ON session_activity.session_id = session.id \
         WHERE session.access_hash = $1 AND session.expires_at > $2 \
           AND (session.created_at > $3 OR session_activity.seen_at > $3)",
    )
    .bind(cookie_hash)
    .bind(now)
    .bind(used_since)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok(Caller::own(parse(&row, 0, "session id")?, parse(&row, 1, "account id")?))).transpose()
}

/// When a session in a browser ends if nobody uses it any more after what was noted.
pub async fn cookie_ends(
    db: &mut AnyConnection,
    session: SessionId,
    idles: i64,
) -> Result<Option<i64>, DbError> {
    let row = sqlx::query(
        "SELECT session.expires_at, session.created_at, session_activity.seen_at FROM session \
         LEFT JOIN session_activity ON session_activity.session_id = session.id WHERE session.id = $1",
    )
    .bind(session.to_string())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (ends, made): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let used = row.try_get::<Option<i64>, _>(2)?.map_or(made, |seen| seen.max(made));
    Ok(Some(ends.min(used + idles)))
}

/// Whether this access token's session was ended (and did not merely grow old).
pub async fn access_token_was_ended(db: &mut AnyConnection, access_hash: &[u8]) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM session JOIN account ON account.id = session.account_id \
         WHERE session.access_hash = $1 AND (session.revoked_at IS NOT NULL OR account.state = 'disabled' \
           OR account.epoch <> session.account_epoch)",
    )
    .bind(access_hash)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Why a session may do nothing any more; none while session, accounts, membership and grant are alive.
pub async fn end_of(
    db: &mut AnyConnection,
    session: SessionId,
    now: i64,
) -> Result<Option<ProblemCode>, DbError> {
    let row = sqlx::query(
        "SELECT CASE WHEN session.revoked_at IS NULL AND session.expires_at > $2 \
             AND account.epoch = session.account_epoch \
             AND (session.actor_id IS NULL OR actor.epoch = session.actor_epoch) THEN 1 ELSE 0 END, \
           account.state, session.grant_id \
         FROM session JOIN account ON account.id = session.account_id \
         LEFT JOIN account AS actor ON actor.id = session.actor_id WHERE session.id = $1",
    )
    .bind(session.to_string())
    .bind(now)
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(Some(ProblemCode::SessionRevoked)) };
    let (alive, state) = (row.try_get::<i64, _>(0)? == 1, row.try_get::<String, _>(1)?);
    let Some(grant) = row.try_get::<Option<String>, _>(2)? else {
        return Ok((!alive || state != "active").then_some(ProblemCode::SessionRevoked));
    };
    // Asked first: it says more about why. An invited account has no person: only a birth grant acts in it.
    let grant = grant.parse().map_err(|_| DbError::Corrupt("grant id"))?;
    let end = end_of_grant(db, grant, now).await?;
    Ok(end.or((!alive).then_some(ProblemCode::SessionRevoked)))
}

/// Why a grant gives nothing any more; none while it is in force.
pub async fn end_of_grant(
    db: &mut AnyConnection,
    grant: GrantId,
    now: i64,
) -> Result<Option<ProblemCode>, DbError> {
    let row = sqlx::query(
        "SELECT access_grant.expires_at, access_grant.ended_at, access_grant.ended_why, actor.state, \
           subject.state, membership.id \
         FROM access_grant JOIN account AS actor ON actor.id = access_grant.actor_id \
         JOIN account AS subject ON subject.id = access_grant.subject_id \
         LEFT JOIN membership ON membership.account_id = access_grant.actor_id \
           AND membership.organization_id = access_grant.organization_id AND membership.ended_at IS NULL \
         WHERE access_grant.id = $1",
    )
    .bind(grant.to_string())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(Some(ProblemCode::GrantRevoked)) };
    if row.try_get::<String, _>(3)? != "active" || row.try_get::<Option<String>, _>(5)?.is_none() {
        return Ok(Some(ProblemCode::ActorDisabled));
    }
    let why: Option<String> = row.try_get(2)?;
    // What stood in for a customer is shut by their answer, which is why the grant ended.
    if row.try_get::<String, _>(4)? == "disabled" && why.as_deref().is_none_or(|why| why == "disabled") {
        return Ok(Some(ProblemCode::SubjectDisabled));
    }
    if row.try_get::<Option<i64>, _>(1)?.is_some() {
        let expired = why.as_deref() == Some("expired");
        return Ok(Some(if expired { ProblemCode::GrantExpired } else { ProblemCode::GrantRevoked }));
    }
    Ok((row.try_get::<i64, _>(0)? <= now).then_some(ProblemCode::GrantExpired))
}

/// What a grant lists.
pub async fn permissions_of_grant(db: &mut AnyConnection, grant: GrantId) -> Result<PermissionSet, DbError> {
    let names: Option<String> = sqlx::query_scalar("SELECT permissions FROM access_grant WHERE id = $1")
        .bind(grant.to_string())
        .fetch_optional(db)
        .await?;
    let names = names.unwrap_or_default();
    Ok(PermissionSet::delegated(names.split(' ').map(Permission::from_text)))
}

/// Whether the grant reaches what an action is done to.
pub async fn grant_covers(
    db: &mut AnyConnection,
    grant: GrantId,
    resource: Resource,
) -> Result<bool, DbError> {
    let (site, device) = match resource {
        Resource::Account => (None, None),
        Resource::Site(site) => (Some(site.to_string()), None),
        Resource::Device(device, site) => (Some(site.to_string()), Some(device.to_string())),
    };
    let row = sqlx::query(
        "SELECT 1 FROM grant_scope WHERE grant_id = $1 AND (kind = 'account' \
           OR (kind = 'site' AND resource_id = $2) OR (kind = 'device' AND resource_id = $3)) LIMIT 1",
    )
    .bind(grant.to_string())
    .bind(site)
    .bind(device)
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

/// What the account is in the partner now; an organization of another kind has no customers.
pub async fn partner_role(
    db: &mut AnyConnection,
    account: AccountId,
    organization: OrganizationId,
) -> Result<Option<Role>, DbError> {
    let role: Option<String> = sqlx::query_scalar(
        "SELECT membership.role FROM membership JOIN organization ON organization.id = membership.organization_id \
         WHERE membership.account_id = $1 AND membership.organization_id = $2 AND membership.ended_at IS NULL \
           AND organization.kind = 'partner'",
    )
    .bind(account.to_string())
    .bind(organization.to_string())
    .fetch_optional(db)
    .await?;
    Ok(role.map(|role| Role::from_text(&role)))
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
    end_session(db, session, why, now).await
}

/// Ends one session, and whatever it began for customers, for whoever holds an account's row that it was confirmed
/// with: the subject's or the actor's.
pub async fn end_session(
    db: &mut AnyConnection,
    session: SessionId,
    why: &str,
    now: i64,
) -> Result<(), DbError> {
    let ended: Vec<String> = sqlx::query_scalar(
        "UPDATE session SET revoked_at = $2, revoked_why = $3 \
         WHERE (id = $1 OR begun_by = $1) AND revoked_at IS NULL RETURNING id",
    )
    .bind(session.to_string())
    .bind(now)
    .bind(why)
    .fetch_all(&mut *db)
    .await?;
    for session in ended {
        sqlx::query("INSERT INTO revocation (id, session_id, at) VALUES ($1, $2, $3)")
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(session)
            .bind(now)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// The sessions that rest on a grant and were not ended.
pub async fn sessions_of_grant(db: &mut AnyConnection, grant: GrantId) -> Result<Vec<SessionId>, DbError> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM session WHERE grant_id = $1 AND revoked_at IS NULL")
            .bind(grant.to_string())
            .fetch_all(db)
            .await?;
    parse_all(&ids, "session id")
}
