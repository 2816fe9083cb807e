//! Audit events as the people read them whom they concern.

use crate::db::DbError;
use porchlight_protocol::access::{Company, Person};
use porchlight_protocol::history::{About, Act};
use porchlight_protocol::{AccountId, AuditEventId, GrantId, OrganizationId};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use std::str::FromStr;

// Somebody acts for a company by a grant, or when they ask for one. Whom access is about stands in the request or the grant; what is
// about a company as a whole names it itself.
macro_rules! select_acts {
    ($rest:literal) => {
        concat!(
            "SELECT audit_event.id, audit_event.at, audit_event.what, actor.id, actor.given_name, \
               actor.family_name, organization.id, organization.name, audit_event.grant_id, \
               audit_event.site_id, audit_event.detail, partner.id, partner.name, installer.id, \
               installer.given_name, installer.family_name \
             FROM audit_event LEFT JOIN account AS actor ON actor.id = audit_event.actor_id \
             LEFT JOIN access_grant ON access_grant.id = audit_event.grant_id \
             LEFT JOIN authorization_request AS asked ON asked.id = audit_event.on_what \
             LEFT JOIN organization ON organization.id = CASE \
               WHEN access_grant.actor_id = audit_event.actor_id THEN access_grant.organization_id \
               WHEN asked.actor_id = audit_event.actor_id THEN asked.organization_id END \
             LEFT JOIN organization AS partner ON partner.id = CASE \
               WHEN audit_event.what LIKE 'access.%' OR audit_event.what LIKE 'membership.%' \
                 OR audit_event.what LIKE 'session.%' \
               THEN COALESCE(asked.organization_id, access_grant.organization_id, audit_event.on_what) END \
             LEFT JOIN account AS installer ON installer.id = CASE \
               WHEN audit_event.what LIKE 'access.%' OR audit_event.what LIKE 'session.%' \
               THEN COALESCE(asked.actor_id, access_grant.actor_id) END ",
            $rest
        )
    };
}

/// What was done in the account, newest first; by this grant only, when one is named. What was done before the customer
/// answered was done in the account that stood in.
pub async fn acts_on(
    db: &mut AnyConnection,
    account: AccountId,
    grant: Option<GrantId>,
    before: Option<AuditEventId>,
    limit: i64,
) -> Result<Vec<Act>, DbError> {
    let rows = sqlx::query(select_acts!(
        "WHERE (audit_event.subject_id = $1 OR audit_event.subject_id IN \
           (SELECT customer.stand_in_id FROM customer WHERE customer.account_id = $1)) \
           AND ($2 IS NULL OR audit_event.grant_id = $2) AND ($3 IS NULL OR audit_event.id < $3) \
         ORDER BY audit_event.id DESC LIMIT $4"
    ))
    .bind(account.to_string())
    .bind(grant.map(|id| id.to_string()))
    .bind(before.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_act).collect()
}

/// What was done by a grant that is in the account's hand, newest first.
pub async fn acts_of(
    db: &mut AnyConnection,
    actor: AccountId,
    grant: GrantId,
    before: Option<AuditEventId>,
    limit: i64,
) -> Result<Vec<Act>, DbError> {
    let rows = sqlx::query(select_acts!(
        "WHERE access_grant.actor_id = $1 AND audit_event.grant_id = $2 \
           AND ($3 IS NULL OR audit_event.id < $3) ORDER BY audit_event.id DESC LIMIT $4"
    ))
    .bind(actor.to_string())
    .bind(grant.to_string())
    .bind(before.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_act).collect()
}

fn read_act(row: &AnyRow) -> Result<Act, DbError> {
    Ok(Act {
        id: optional(row, 0, "id of an audit event")?.ok_or(DbError::Corrupt("audit event"))?,
        at: row.try_get(1)?,
        what: row.try_get(2)?,
        actor: person(row, 3)?,
        company: company(row, 6)?,
        grant: optional(row, 8, "grant id")?,
        site: optional(row, 9, "site id")?,
        name: row.try_get::<Option<String>, _>(10)?.and_then(|detail| name_in(&detail)),
        about: match company(row, 11)? {
            Some(company) => Some(About { company, person: person(row, 13)? }),
            None => None,
        },
    })
}

/// Account, given name, family name, from this column on.
fn person(row: &AnyRow, from: usize) -> Result<Option<Person>, DbError> {
    let id: Option<AccountId> = optional(row, from, "account id")?;
    id.map(|id| Ok(Person { id, given_name: row.try_get(from + 1)?, family_name: row.try_get(from + 2)? }))
        .transpose()
}

/// Organization and name, from this column on.
fn company(row: &AnyRow, from: usize) -> Result<Option<Company>, DbError> {
    let id: Option<OrganizationId> = optional(row, from, "organization id")?;
    id.map(|id| Ok(Company { id, name: row.try_get(from + 1)? })).transpose()
}

/// What the thing is called after the act, or was called before it; none when the detail was erased.
fn name_in(detail: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    let name = ["after", "before"].iter().find_map(|when| detail[*when]["name"].as_str());
    name.map(str::to_owned)
}

fn optional<T: FromStr>(row: &AnyRow, column: usize, what: &'static str) -> Result<Option<T>, DbError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| DbError::Corrupt(what))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_the_one_of_after_the_act_or_the_last_there_was() {
        assert_eq!(name_in(r#"{"before":{"name":"a"},"after":{"name":"b"}}"#).as_deref(), Some("b"));
        assert_eq!(name_in(r#"{"before":{"name":"a"},"after":null}"#).as_deref(), Some("a"));
        assert_eq!(name_in(r#"{"before":null,"after":{"why":"x"}}"#), None);
        assert_eq!(name_in("rubbish"), None);
    }
}
