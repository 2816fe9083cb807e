//! The rows of customers.

use crate::access::store::request_state;
use crate::db::{DbError, parse};
use crate::session::store::AccountRow;
use porchlight_protocol::access::Company;
use porchlight_protocol::customers::{
    Customer, CustomerOffer, CustomerPlaces, CustomerState, OfferedDevice, PlaceDevice, PlaceSite,
};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{AccountId, CustomerId, DeviceId, OrganizationId, SiteId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// Whose customer an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerRow {
    /// Of which organization.
    pub organization: OrganizationId,
    /// The customer's account; one that stands in, until they have answered.
    pub account: AccountId,
    /// Whether they have.
    pub state: CustomerState,
}

/// An offer that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferRow {
    /// The customer it would be.
    pub id: CustomerId,
    /// Of which organization.
    pub company: OrganizationId,
    /// The account that stands in.
    pub stand_in: AccountId,
}

/// Writes a customer who has not answered; false if the address is on the organization's list and did not refuse.
pub async fn insert_customer(
    db: &mut AnyConnection,
    id: CustomerId,
    organization: OrganizationId,
    stand_in: &AccountRow,
    email: &str,
    added_by: AccountId,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO customer (id, organization_id, account_id, email, given_name, family_name, state, added_by, \
           created_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(id.to_string())
    .bind(organization.to_string())
    .bind(stand_in.id.to_string())
    .bind(email)
    .bind(&stand_in.given_name)
    .bind(&stand_in.family_name)
    .bind(added_by.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether somebody with this address refused to be the organization's customer since then.
pub async fn refused_since(
    db: &mut AnyConnection,
    organization: OrganizationId,
    email: &str,
    since: i64,
) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT 1 FROM customer WHERE organization_id = $1 AND email = $2 AND state = 'refused' \
           AND answered_at > $3 LIMIT 1",
    )
    .bind(organization.to_string())
    .bind(email)
    .bind(since)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// How many of an organization's customers have not answered.
pub async fn waiting(db: &mut AnyConnection, organization: OrganizationId) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM customer WHERE organization_id = $1 AND state = 'waiting'")
        .bind(organization.to_string())
        .fetch_one(db)
        .await?)
}

/// Whose customer this is.
pub async fn customer_by_id(db: &mut AnyConnection, id: CustomerId) -> Result<Option<CustomerRow>, DbError> {
    let row = sqlx::query("SELECT organization_id, account_id, state FROM customer WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(CustomerRow {
            organization: parse(&row, 0, "organization id")?,
            account: parse(&row, 1, "account id")?,
            state: state(&row, 2)?,
        })
    })
    .transpose()
}

/// The customers of an organization that are this account.
pub async fn customers_of_account(
    db: &mut AnyConnection,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Vec<CustomerId>, DbError> {
    let rows =
        sqlx::query("SELECT id FROM customer WHERE account_id = $1 AND organization_id = $2 ORDER BY id")
            .bind(account.to_string())
            .bind(organization.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(|row| parse(row, 0, "customer id")).collect()
}

// What waits and what is granted is the caller's own: a grant names one installer.
macro_rules! select_customers {
    ($rest:literal) => {
        concat!(
            "SELECT customer.id, customer.organization_id, customer.email, customer.given_name, \
               customer.family_name, customer.state, \
               (SELECT asked.id FROM authorization_request AS asked WHERE asked.subject_id = customer.account_id \
                  AND asked.actor_id = $1 AND asked.organization_id = customer.organization_id \
                  AND asked.state = 'pending' AND asked.expires_at > $2 ORDER BY asked.id DESC LIMIT 1), \
               (SELECT held.id FROM access_grant AS held WHERE held.subject_id = customer.account_id \
                  AND held.actor_id = $1 AND held.organization_id = customer.organization_id \
                  AND held.ended_at IS NULL AND held.expires_at > $2 \
                  ORDER BY held.expires_at DESC, held.id LIMIT 1), \
               (SELECT MAX(held.expires_at) FROM access_grant AS held \
                  WHERE held.subject_id = customer.account_id AND held.actor_id = $1 \
                  AND held.organization_id = customer.organization_id AND held.ended_at IS NULL \
                  AND held.expires_at > $2), \
               (SELECT CASE WHEN asked.state = 'pending' AND asked.expires_at <= $2 THEN 'expired' ELSE asked.state END \
                  FROM authorization_request AS asked WHERE asked.subject_id = customer.account_id \
                  AND asked.actor_id = $1 AND asked.organization_id = customer.organization_id \
                  ORDER BY asked.id DESC LIMIT 1) \
             FROM customer \
             JOIN membership ON membership.organization_id = customer.organization_id \
               AND membership.account_id = $1 AND membership.ended_at IS NULL ",
            $rest
        )
    };
}

/// A customer of an organization that the account belongs to.
pub async fn visible_customer(
    db: &mut AnyConnection,
    account: AccountId,
    id: CustomerId,
    now: i64,
) -> Result<Option<Customer>, DbError> {
    let row = sqlx::query(select_customers!("WHERE customer.id = $3"))
        .bind(account.to_string())
        .bind(now)
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.map(|row| read_customer(&row)).transpose()
}

/// An organization's customers, for an account that belongs to it, by their ids.
pub async fn visible_customers(
    db: &mut AnyConnection,
    account: AccountId,
    organization: OrganizationId,
    after: Option<CustomerId>,
    limit: i64,
    now: i64,
) -> Result<Vec<Customer>, DbError> {
    let rows = sqlx::query(select_customers!(
        "WHERE customer.organization_id = $3 AND ($4 IS NULL OR customer.id > $4) \
         ORDER BY customer.id LIMIT $5"
    ))
    .bind(account.to_string())
    .bind(now)
    .bind(organization.to_string())
    .bind(after.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_customer).collect()
}

/// What the organization's people added for a customer, and is still there.
pub async fn places(
    db: &mut AnyConnection,
    organization: OrganizationId,
    customer: AccountId,
) -> Result<CustomerPlaces, DbError> {
    let sites = sqlx::query(
        "SELECT site.id, site.name FROM site \
         JOIN site_user ON site_user.site_id = site.id AND site_user.account_id = $2 \
           AND site_user.ended_at IS NULL \
         WHERE EXISTS (SELECT 1 FROM audit_event JOIN access_grant ON access_grant.id = audit_event.grant_id \
           WHERE audit_event.site_id = site.id AND access_grant.organization_id = $1 \
             AND audit_event.what IN ('site.made', 'device.added')) ORDER BY site.id",
    )
    .bind(organization.to_string())
    .bind(customer.to_string())
    .fetch_all(&mut *db)
    .await?;
    let devices = sqlx::query(
        "SELECT device.id, device.name, device.site_id FROM device \
         JOIN site_user ON site_user.site_id = device.site_id AND site_user.account_id = $2 \
           AND site_user.ended_at IS NULL \
         JOIN claim ON claim.id = device.claim_id JOIN access_grant ON access_grant.id = claim.grant_id \
         WHERE access_grant.organization_id = $1 AND device.ended_at IS NULL ORDER BY device.id",
    )
    .bind(organization.to_string())
    .bind(customer.to_string())
    .fetch_all(db)
    .await?;
    let read_site = |row: &AnyRow| Ok(PlaceSite { id: parse(row, 0, "site id")?, name: row.try_get(1)? });
    let read_device = |row: &AnyRow| {
        Ok(PlaceDevice {
            id: parse(row, 0, "device id")?,
            name: row.try_get(1)?,
            site: parse(row, 2, "site id")?,
        })
    };
    Ok(CustomerPlaces {
        sites: sites.iter().map(read_site).collect::<Result<_, DbError>>()?,
        devices: devices.iter().map(read_device).collect::<Result<_, DbError>>()?,
    })
}

/// An offer that the account can answer: it has verified the address.
pub async fn offer_to(
    db: &mut AnyConnection,
    account: AccountId,
    id: CustomerId,
) -> Result<Option<OfferRow>, DbError> {
    let row = sqlx::query(
        "SELECT customer.organization_id, customer.account_id FROM customer \
         JOIN account ON account.email = customer.email \
         WHERE customer.id = $1 AND account.id = $2 AND customer.state = 'waiting'",
    )
    .bind(id.to_string())
    .bind(account.to_string())
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(OfferRow {
            id,
            company: parse(&row, 0, "organization id")?,
            stand_in: parse(&row, 1, "account id")?,
        })
    })
    .transpose()
}

/// The offers that the account can answer, oldest first.
pub async fn offers_to(db: &mut AnyConnection, account: AccountId) -> Result<Vec<CustomerOffer>, DbError> {
    let rows = sqlx::query(
        "SELECT customer.id, organization.id, organization.name, customer.account_id FROM customer \
         JOIN account ON account.email = customer.email \
         JOIN organization ON organization.id = customer.organization_id \
         WHERE account.id = $1 AND customer.state = 'waiting' ORDER BY customer.id",
    )
    .bind(account.to_string())
    .fetch_all(&mut *db)
    .await?;
    let mut offers = Vec::new();
    for row in &rows {
        let stand_in = parse(row, 3, "account id")?;
        let (sites, devices) = (offered_sites(db, stand_in).await?, offered_devices(db, stand_in).await?);
        offers.push(CustomerOffer {
            id: parse(row, 0, "customer id")?,
            company: Company { id: parse(row, 1, "organization id")?, name: row.try_get(2)? },
            shown: super::offer::shown(&sites, &devices),
            sites,
            devices,
        });
    }
    Ok(offers)
}

async fn offered_sites(db: &mut AnyConnection, stand_in: AccountId) -> Result<Vec<String>, DbError> {
    let names = sqlx::query_scalar(
        "SELECT site.name FROM site JOIN site_user ON site_user.site_id = site.id \
         WHERE site_user.account_id = $1 AND site_user.ended_at IS NULL ORDER BY site.id",
    );
    Ok(names.bind(stand_in.to_string()).fetch_all(db).await?)
}

async fn offered_devices(db: &mut AnyConnection, stand_in: AccountId) -> Result<Vec<OfferedDevice>, DbError> {
    let rows = sqlx::query(
        "SELECT device.name, device.section, site.name FROM device JOIN site ON site.id = device.site_id \
         JOIN site_user ON site_user.site_id = site.id AND site_user.ended_at IS NULL \
         WHERE site_user.account_id = $1 AND device.ended_at IS NULL ORDER BY device.id",
    )
    .bind(stand_in.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(OfferedDevice {
                name: row.try_get(0)?,
                section: Section::from_text(&row.try_get::<String, _>(1)?),
                site: row.try_get(2)?,
            })
        })
        .collect()
}

/// Answers an offer, for the account that has verified the address; false if it was answered.
pub async fn answer_offer(
    db: &mut AnyConnection,
    id: CustomerId,
    account: AccountId,
    state: &'static str,
    now: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE customer SET state = $3, answered_at = $4, \
           stand_in_id = CASE WHEN $3 = 'confirmed' THEN account_id END, \
           account_id = CASE WHEN $3 = 'confirmed' THEN $2 ELSE account_id END \
         WHERE id = $1 AND state = 'waiting'",
    )
    .bind(id.to_string())
    .bind(account.to_string())
    .bind(state)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The sites of an account, in the order in which they are held.
pub async fn sites_of(db: &mut AnyConnection, account: AccountId) -> Result<Vec<SiteId>, DbError> {
    let rows = sqlx::query(
        "SELECT site_id FROM site_user WHERE account_id = $1 AND ended_at IS NULL ORDER BY site_id",
    )
    .bind(account.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| parse(row, 0, "site id")).collect()
}

/// The devices at those of an account's sites, in the order in which they are held.
pub async fn devices_at(
    db: &mut AnyConnection,
    account: AccountId,
    sites: &[SiteId],
) -> Result<Vec<(DeviceId, SiteId)>, DbError> {
    let rows = sqlx::query(
        "SELECT device.id, device.site_id FROM device \
         JOIN site_user ON site_user.site_id = device.site_id AND site_user.ended_at IS NULL \
         WHERE site_user.account_id = $1 AND device.ended_at IS NULL ORDER BY device.id",
    )
    .bind(account.to_string())
    .fetch_all(db)
    .await?;
    let found: Result<Vec<(DeviceId, SiteId)>, DbError> =
        rows.iter().map(|row| Ok((parse(row, 0, "device id")?, parse(row, 1, "site id")?))).collect();
    Ok(found?.into_iter().filter(|(_, site)| sites.contains(site)).collect())
}

fn read_customer(row: &AnyRow) -> Result<Customer, DbError> {
    let optional = |column: usize| row.try_get::<Option<String>, _>(column);
    Ok(Customer {
        id: parse(row, 0, "customer id")?,
        organization: parse(row, 1, "organization id")?,
        email: row.try_get(2)?,
        given_name: row.try_get(3)?,
        family_name: row.try_get(4)?,
        state: state(row, 5)?,
        pending: optional(6)?.map(|id| id.parse().map_err(|_| DbError::Corrupt("request id"))).transpose()?,
        grant: optional(7)?.map(|id| id.parse().map_err(|_| DbError::Corrupt("grant id"))).transpose()?,
        until: row.try_get(8)?,
        asked: optional(9)?.as_deref().map(request_state).transpose()?,
    })
}

fn state(row: &AnyRow, column: usize) -> Result<CustomerState, DbError> {
    match row.try_get::<String, _>(column)?.as_str() {
        "waiting" => Ok(CustomerState::Waiting),
        "confirmed" => Ok(CustomerState::Confirmed),
        "refused" => Ok(CustomerState::Refused),
        _ => Err(DbError::Corrupt("state of a customer")),
    }
}
