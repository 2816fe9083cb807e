//! The rows of claims, and what a claim's step asks about account, site and device.

use super::claim::ClaimProgress;
use crate::authority::{self, Permission, Sight, SiteRole};
use crate::db::{DbError, parse, parse_all};
use porchlight_protocol::add_device::{Claim, ClaimState, ClaimTerms};
use porchlight_protocol::{AccountId, Base64Url, ClaimId, DeviceName, GrantId, Model};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Minted by the phone.
    pub id: ClaimId,
    /// In whose account it is.
    pub account: AccountId,
    /// Who claims.
    pub actor: AccountId,
    /// By which grant, when that is somebody else.
    pub grant: Option<GrantId>,
    /// What is claimed, and how.
    pub terms: ClaimTerms,
    /// The phone's first message of this attempt.
    pub opening: Base64Url,
    /// Where it is.
    pub progress: ClaimProgress,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub expires_at: i64,
}

impl ClaimRow {
    /// The device that is claimed.
    pub fn device(&self) -> DeviceName {
        DeviceName { maker: self.terms.maker.clone(), serial: self.terms.serial.clone() }
    }

    /// As its account sees it.
    pub fn to_claim(&self) -> Claim {
        Claim {
            id: self.id,
            attempt: self.progress.attempt,
            state: self.progress.state.clone(),
            expires_at: self.expires_at,
        }
    }
}

/// What the maker listed about a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDevice {
    /// Stands over what a label says.
    pub model: Model,
    /// Uncompressed P-256 point.
    pub public_key: Vec<u8>,
}

/// What an owner calls a device, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLabels {
    /// The device's name.
    pub device: String,
    /// The site's name.
    pub site: String,
}

/// The name of a state in the database; the open ones stand in an index.
fn state_name(state: &ClaimState) -> &'static str {
    match state {
        ClaimState::Requested => "requested",
        ClaimState::Challenged { .. } => "challenged",
        ClaimState::Proven { .. } => "proven",
        ClaimState::Owned { .. } => "owned",
        ClaimState::Failed { .. } => "failed",
        ClaimState::Expired => "expired",
        ClaimState::Unknown => "unknown",
    }
}

/// Reads a claim.
pub async fn claim_by_id(db: &mut AnyConnection, id: ClaimId) -> Result<Option<ClaimRow>, DbError> {
    let row = sqlx::query(
        "SELECT id, account_id, terms, attempt, opening, detail, bind_attempt, created_at, expires_at, \
           actor_id, grant_id \
         FROM claim WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read_claim).transpose()
}

/// A claim as its account sees it; none if it is another's. Whoever acts by a grant sees what was claimed by it.
pub async fn visible_claim(
    db: &mut AnyConnection,
    sight: Sight,
    id: ClaimId,
) -> Result<Option<Claim>, DbError> {
    let row = claim_by_id(db, id).await?;
    let visible =
        |row: &ClaimRow| row.account == sight.account && (sight.grant.is_none() || row.grant == sight.grant);
    Ok(row.filter(visible).map(|row| row.to_claim()))
}

/// Writes a new claim.
pub async fn insert_claim(db: &mut AnyConnection, row: &ClaimRow) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO claim (id, account_id, site_id, maker, serial, terms, attempt, opening, state, detail, \
           bind_attempt, created_at, expires_at, actor_id, grant_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(row.id.to_string())
    .bind(row.account.to_string())
    .bind(row.terms.site.to_string())
    .bind(row.terms.maker.as_str())
    .bind(row.terms.serial.as_str())
    .bind(to_json(&row.terms)?)
    .bind(i64::from(row.progress.attempt))
    .bind(&row.opening.0)
    .bind(state_name(&row.progress.state))
    .bind(to_json(&row.progress.state)?)
    .bind(row.progress.bind_attempt.map(i64::from))
    .bind(row.created_at)
    .bind(row.expires_at)
    .bind(row.actor.to_string())
    .bind(row.grant.map(|id| id.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// Writes what a step changed.
pub async fn update_claim(db: &mut AnyConnection, row: &ClaimRow) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE claim SET attempt = $2, opening = $3, state = $4, detail = $5, bind_attempt = $6, \
           expires_at = $7 WHERE id = $1",
    )
    .bind(row.id.to_string())
    .bind(i64::from(row.progress.attempt))
    .bind(&row.opening.0)
    .bind(state_name(&row.progress.state))
    .bind(to_json(&row.progress.state)?)
    .bind(row.progress.bind_attempt.map(i64::from))
    .bind(row.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Open claims whose time is over, the longest over first.
pub async fn overdue_claims(db: &mut AnyConnection, now: i64, limit: i64) -> Result<Vec<ClaimId>, DbError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM claim WHERE state IN ('requested', 'challenged', 'proven') AND expires_at <= $1 \
         ORDER BY expires_at LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    parse_all(&ids, "claim id")
}

/// How many claims of this person's no device has answered yet.
pub async fn count_waiting_claims(db: &mut AnyConnection, actor: AccountId) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar(
        "SELECT COUNT(*) FROM claim WHERE actor_id = $1 AND state = 'requested' AND expires_at > $2",
    )
    .bind(actor.to_string())
    .bind(crate::now())
    .fetch_one(db)
    .await?)
}

/// Whether a claim's message may leave: the claim waits for its device, and whoever made it may still add devices to
/// the site. In one query where nobody else acts, since it is asked for each message.
pub async fn claim_may_go_on(db: &mut AnyConnection, id: ClaimId) -> Result<bool, DbError> {
    let row = sqlx::query(
        "SELECT site_user.role, claim.grant_id FROM claim \
         JOIN account ON account.id = claim.account_id AND (account.state = 'active' \
           OR (account.state = 'invited' AND claim.grant_id IS NOT NULL)) \
         JOIN site_user ON site_user.site_id = claim.site_id AND site_user.account_id = claim.account_id \
           AND site_user.ended_at IS NULL \
         WHERE claim.id = $1 AND (claim.state IN ('requested', 'challenged', 'proven') \
           OR (claim.state = 'expired' AND claim.bind_attempt = claim.attempt))",
    )
    .bind(id.to_string())
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(false) };
    if !SiteRole::from_row(&row.try_get::<String, _>(0)?)?.allows(Permission::DeviceAdd) {
        return Ok(false);
    }
    match row.try_get::<Option<String>, _>(1)? {
        None => Ok(true),
        Some(grant) => {
            let grant = grant.parse().map_err(|_| DbError::Corrupt("grant id"))?;
            Ok(authority::store::end_of_grant(db, grant, crate::now()).await?.is_none())
        }
    }
}

/// Whether the account may be acted in: by its person, or (before there is one) by a grant.
pub async fn account_is_usable(db: &mut AnyConnection, row: &ClaimRow) -> Result<bool, DbError> {
    let state: Option<String> = sqlx::query_scalar("SELECT state FROM account WHERE id = $1")
        .bind(row.account.to_string())
        .fetch_optional(db)
        .await?;
    Ok(match state.as_deref() {
        Some("active") => true,
        Some("invited") => row.grant.is_some(),
        _ => false,
    })
}

/// What the maker listed about a device.
pub async fn listed_device(
    db: &mut AnyConnection,
    device: &DeviceName,
) -> Result<Option<ListedDevice>, DbError> {
    let row = sqlx::query("SELECT model, public_key FROM inventory WHERE maker = $1 AND serial = $2")
        .bind(device.maker.as_str())
        .bind(device.serial.as_str())
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok(ListedDevice { model: parse(&row, 0, "model")?, public_key: row.try_get(1)? }))
        .transpose()
}

/// What its owner calls a device.
pub async fn labels_of_device(
    db: &mut AnyConnection,
    device: &DeviceName,
) -> Result<Option<DeviceLabels>, DbError> {
    let row = sqlx::query(
        "SELECT device.name, site.name FROM device JOIN site ON site.id = device.site_id \
         WHERE device.maker = $1 AND device.serial = $2 AND device.ended_at IS NULL",
    )
    .bind(device.maker.as_str())
    .bind(device.serial.as_str())
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok(DeviceLabels { device: row.try_get(0)?, site: row.try_get(1)? })).transpose()
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|_| DbError::Corrupt("claim"))
}

fn read_claim(row: &AnyRow) -> Result<ClaimRow, DbError> {
    let number = |value: i64| u32::try_from(value).map_err(|_| DbError::Corrupt("attempt"));
    let terms: ClaimTerms =
        serde_json::from_str(&row.try_get::<String, _>(2)?).map_err(|_| DbError::Corrupt("terms"))?;
    let state: ClaimState =
        serde_json::from_str(&row.try_get::<String, _>(5)?).map_err(|_| DbError::Corrupt("claim state"))?;
    let id = |column: usize| row.try_get::<Option<String>, _>(column);
    let account_id = |text: String| text.parse::<AccountId>().map_err(|_| DbError::Corrupt("account id"));
    let account = account_id(row.try_get(1)?)?;
    let actor = id(9)?.map(account_id).transpose()?;
    Ok(ClaimRow {
        id: parse(row, 0, "claim id")?,
        account,
        opening: Base64Url(row.try_get(4)?),
        progress: ClaimProgress {
            attempt: number(row.try_get(3)?)?,
            presence: terms.presence,
            state,
            bind_attempt: row.try_get::<Option<i64>, _>(6)?.map(number).transpose()?,
        },
        terms,
        created_at: row.try_get(7)?,
        expires_at: row.try_get(8)?,
        actor: actor.unwrap_or(account),
        grant: id(10)?.map(|text| text.parse().map_err(|_| DbError::Corrupt("grant id"))).transpose()?,
    })
}
