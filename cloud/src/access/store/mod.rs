//! The rows of requests and grants: the only SQL of this feature.

mod blocked;
mod grants;
mod overdue;
mod requests;

pub use blocked::{block, blocked_by, is_blocked, unblock};
pub use grants::{
    end_grant, former_grants, grants_held, grants_in_force, insert_birth_grant, insert_grant_of_request,
    living_grants, visible_grant, visible_grants,
};
pub use overdue::{Overdue, expire_request, overdue};
pub use requests::{
    Count, Refusals, answer_request, insert_request, is_waiting, pending_by, pending_of, pending_requests,
    refusals, request_state, requests_to, visible_request, visible_requests,
};

use crate::db::{DbError, parse};
use porchlight_protocol::access::{Company, Permission, Person, Scope};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// Account, given name, family name, from this column on.
fn person(row: &AnyRow, from: usize) -> Result<Person, DbError> {
    Ok(Person {
        id: parse(row, from, "account id")?,
        given_name: row.try_get(from + 1)?,
        family_name: row.try_get(from + 2)?,
    })
}

/// Organization and name, from this column on.
fn company(row: &AnyRow, from: usize) -> Result<Company, DbError> {
    Ok(Company { id: parse(row, from, "organization id")?, name: row.try_get(from + 1)? })
}

/// Kind and id, from this column on.
fn scope(row: &AnyRow, from: usize) -> Result<Scope, DbError> {
    Ok(match row.try_get::<String, _>(from)?.as_str() {
        "account" => Scope::Account,
        "site" => Scope::Site { site: parse(row, from + 1, "site id")? },
        "device" => Scope::Device { device: parse(row, from + 1, "device id")? },
        _ => return Err(DbError::Corrupt("scope")),
    })
}

fn permissions(row: &AnyRow, column: usize) -> Result<Vec<Permission>, DbError> {
    Ok(row.try_get::<String, _>(column)?.split_whitespace().map(Permission::from_text).collect())
}
