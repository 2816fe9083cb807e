//! The rows of organizations and memberships.

use crate::db::{DbError, parse, parse_all};
use porchlight_protocol::people::{Membership, OrganizationKind, Role};
use porchlight_protocol::{AccountId, MembershipId, OrganizationId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// Writes a new organization.
pub async fn insert_organization(
    db: &mut AnyConnection,
    id: OrganizationId,
    kind: OrganizationKind,
    name: &str,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query("INSERT INTO organization (id, kind, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.to_string())
        .bind(kind.as_str())
        .bind(name)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// An organization as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationRow {
    /// What commands name it by.
    pub id: OrganizationId,
    /// What it is for.
    pub kind: OrganizationKind,
    /// What it is called.
    pub name: String,
}

/// All organizations, by name.
pub async fn organizations(db: &mut AnyConnection) -> Result<Vec<OrganizationRow>, DbError> {
    let rows = sqlx::query("SELECT id, kind, name FROM organization ORDER BY name, id").fetch_all(db).await?;
    rows.iter().map(read_organization).collect()
}

/// The organizations that would have no super admin without this account, by name.
pub async fn led_by_nobody_but(
    db: &mut AnyConnection,
    account: AccountId,
) -> Result<Vec<OrganizationRow>, DbError> {
    let rows = sqlx::query(
        "SELECT organization.id, organization.kind, organization.name FROM membership \
         JOIN organization ON organization.id = membership.organization_id \
         WHERE membership.account_id = $1 AND membership.role = 'super_admin' AND membership.ended_at IS NULL \
           AND NOT EXISTS (SELECT 1 FROM membership AS other JOIN account ON account.id = other.account_id \
             WHERE other.organization_id = organization.id AND other.account_id <> $1 \
               AND other.role = 'super_admin' AND other.ended_at IS NULL AND account.state = 'active') \
         ORDER BY organization.name, organization.id",
    )
    .bind(account.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(read_organization).collect()
}

fn read_organization(row: &AnyRow) -> Result<OrganizationRow, DbError> {
    let kind = OrganizationKind::from_text(row.try_get(1)?);
    Ok(OrganizationRow { id: parse(row, 0, "organization id")?, kind, name: row.try_get(2)? })
}

/// Whether there is such an organization.
pub async fn organization_exists(db: &mut AnyConnection, id: OrganizationId) -> Result<bool, DbError> {
    let row = sqlx::query("SELECT 1 FROM organization WHERE id = $1").bind(id.to_string());
    Ok(row.fetch_optional(db).await?.is_some())
}

/// What an organization that is known to exist is called.
pub async fn organization_name(db: &mut AnyConnection, id: OrganizationId) -> Result<String, DbError> {
    let name = sqlx::query_scalar("SELECT name FROM organization WHERE id = $1").bind(id.to_string());
    Ok(name.fetch_one(db).await?)
}

/// Begins a membership; who belongs already gets the role.
pub async fn insert_membership(
    db: &mut AnyConnection,
    organization: OrganizationId,
    account: AccountId,
    role: Role,
    now: i64,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO membership (id, organization_id, account_id, role, since) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id, organization_id) WHERE ended_at IS NULL DO UPDATE SET role = excluded.role",
    )
    .bind(MembershipId::mint().to_string())
    .bind(organization.to_string())
    .bind(account.to_string())
    .bind(role.as_str())
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a membership; false when there is none.
pub async fn end_membership(
    db: &mut AnyConnection,
    organization: OrganizationId,
    account: AccountId,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE membership SET ended_at = $3 WHERE organization_id = $1 AND account_id = $2 AND ended_at IS NULL",
    )
    .bind(organization.to_string())
    .bind(account.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether an active account is the organization's super admin.
pub async fn has_super_admin(db: &mut AnyConnection, organization: OrganizationId) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM membership JOIN account ON account.id = membership.account_id \
         WHERE membership.organization_id = $1 AND membership.role = 'super_admin' \
           AND membership.ended_at IS NULL AND account.state = 'active' LIMIT 1",
    )
    .bind(organization.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// The organizations whose super admin the account is, in the order of their ids.
pub async fn super_admin_of(
    db: &mut AnyConnection,
    account: AccountId,
) -> Result<Vec<OrganizationId>, DbError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT organization_id FROM membership \
         WHERE account_id = $1 AND role = 'super_admin' AND ended_at IS NULL ORDER BY organization_id",
    )
    .bind(account.to_string())
    .fetch_all(db)
    .await?;
    parse_all(&ids, "organization id")
}

/// The accounts that belong to an organization.
pub async fn members(
    db: &mut AnyConnection,
    organization: OrganizationId,
) -> Result<Vec<AccountId>, DbError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT account_id FROM membership WHERE organization_id = $1 AND ended_at IS NULL ORDER BY account_id",
    )
    .bind(organization.to_string())
    .fetch_all(db)
    .await?;
    parse_all(&ids, "account id")
}

/// What an account belongs to, by name.
pub async fn memberships(db: &mut AnyConnection, account: AccountId) -> Result<Vec<Membership>, DbError> {
    let rows = sqlx::query(
        "SELECT organization.id, organization.name, organization.kind, membership.role FROM membership \
         JOIN organization ON organization.id = membership.organization_id \
         WHERE membership.account_id = $1 AND membership.ended_at IS NULL \
         ORDER BY organization.name, organization.id",
    )
    .bind(account.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Membership {
                organization: row
                    .try_get::<String, _>(0)?
                    .parse()
                    .map_err(|_| DbError::Corrupt("organization id"))?,
                name: row.try_get(1)?,
                kind: OrganizationKind::from_text(&row.try_get::<String, _>(2)?),
                role: Role::from_text(&row.try_get::<String, _>(3)?),
            })
        })
        .collect()
}
