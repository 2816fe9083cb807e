//! Ids and other words that stand as text in a column.

use super::DbError;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::str::FromStr;

/// A column as what it stands for; `what` names it, should it not be that.
pub fn parse<T: FromStr>(row: &AnyRow, column: usize, what: &'static str) -> Result<T, DbError> {
    row.try_get::<String, _>(column)?.parse().map_err(|_| DbError::Corrupt(what))
}

/// The values of a column as what they stand for.
pub fn parse_all<T: FromStr>(texts: &[String], what: &'static str) -> Result<Vec<T>, DbError> {
    texts.iter().map(|text| text.parse().map_err(|_| DbError::Corrupt(what))).collect()
}
