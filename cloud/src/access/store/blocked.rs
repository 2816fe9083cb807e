//! The rows of the companies that somebody takes no requests from.

use super::company;
use crate::db::DbError;
use porchlight_protocol::access::Company;
use porchlight_protocol::{AccountId, OrganizationId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// Whether the account takes no requests from the company.
pub async fn is_blocked(
    db: &mut AnyConnection,
    account: AccountId,
    company: OrganizationId,
) -> Result<bool, DbError> {
    let row =
        sqlx::query("SELECT 1 FROM blocked_organization WHERE account_id = $1 AND organization_id = $2")
            .bind(account.to_string())
            .bind(company.to_string());
    Ok(row.fetch_optional(db).await?.is_some())
}

/// The account takes no more requests from the company; false if it took none already.
pub async fn block(
    db: &mut AnyConnection,
    account: AccountId,
    company: OrganizationId,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO blocked_organization (account_id, organization_id, since) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id, organization_id) DO NOTHING",
    )
    .bind(account.to_string())
    .bind(company.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The account takes requests from the company again; false if it always did.
pub async fn unblock(
    db: &mut AnyConnection,
    account: AccountId,
    company: OrganizationId,
) -> Result<bool, DbError> {
    let done = sqlx::query("DELETE FROM blocked_organization WHERE account_id = $1 AND organization_id = $2")
        .bind(account.to_string())
        .bind(company.to_string())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The companies that the account takes no requests from, by name, and since when (milliseconds UTC).
pub async fn blocked_by(db: &mut AnyConnection, account: AccountId) -> Result<Vec<(Company, i64)>, DbError> {
    let rows: Vec<AnyRow> = sqlx::query(
        "SELECT organization.id, organization.name, blocked_organization.since FROM blocked_organization \
         JOIN organization ON organization.id = blocked_organization.organization_id \
         WHERE blocked_organization.account_id = $1 ORDER BY organization.name, organization.id",
    )
    .bind(account.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((company(row, 0)?, row.try_get(2)?))).collect()
}
