//! What the maker made: `porchlight inventory add FILE`.
//!
//! A CSV file (RFC 4180) of maker, serial, model, public key and has password. It comes from outside, so
//!
//! 1. its size, rows and cells are limited before anything is kept (an unclosed quote makes a cell of the whole file);
//! 2. what is not UTF-8 text (UTF-16, a zipped spreadsheet) is refused by its first bytes, with words that say so;
//! 3. each row that is wrong is named by its line; then nothing is added.
//!
//! The same file again is fine. Another key for a listed device is an error: whoever has the old key would be locked
//! out, or a stranger let in.

pub mod store;

use crate::db::{Db, DbError};
use porchlight_protocol::{Base64Url, DeviceName, Model};
use std::collections::HashMap;
use std::fmt;
use std::io::Read;

/// The largest file.
pub const MAX_FILE_BYTES: u64 = 5 * 1024 * 1024;
/// The most rows, the header not counted.
pub const MAX_ROWS: usize = 10_000;
/// The longest cell.
pub const MAX_CELL_BYTES: usize = 256;
/// The first line, exactly.
pub const HEADER: [&str; 5] = ["maker", "serial", "model", "public key", "has password"];
/// Wrong rows that are named; the rest is counted.
const NAMED_ROWS: usize = 20;

/// A device as its maker lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// Who it is.
    pub device: DeviceName,
    /// What kind it is.
    pub model: Model,
    /// Uncompressed P-256 point.
    pub public_key: Vec<u8>,
    /// Whether it is delivered with a password.
    pub has_password: bool,
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Line of the file, from 1.
    pub line: u64,
    /// What is wrong, for a person.
    pub what: String,
}

/// A file was not added; nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// Too large.
    #[error("the file is larger than 5 MiB: split it")]
    TooLarge,
    /// Too many rows.
    #[error("the file has more than 10,000 rows: split it")]
    TooManyRows,
    /// UTF-16, or no text at all.
    #[error("the file is not UTF-8 text: save it as \"CSV UTF-8\"")]
    NotUtf8,
    /// A spreadsheet or an archive.
    #[error("the file is zipped (a spreadsheet, perhaps): save it as \"CSV UTF-8\"")]
    Zipped,
    /// Other columns.
    #[error("the first line must be: maker,serial,model,public key,has password")]
    Header,
    /// Wrong rows, by their lines.
    #[error("nothing was added:{}", Listed(.0))]
    Rows(Vec<RowError>),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// What a file changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// Rows of the file.
    pub rows: usize,
    /// Devices that were not listed before.
    pub new: usize,
}

struct Listed<'e>(&'e [RowError]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in self.0.iter().take(NAMED_ROWS) {
            write!(f, "\n  line {}: {}", error.line, error.what)?;
        }
        match self.0.len().saturating_sub(NAMED_ROWS) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

/// Adds a file to the inventory, all of it or nothing.
pub async fn add(db: &Db, file: impl Read) -> Result<Added, InventoryError> {
    let rows = read_rows(file)?;
    let mut tx = db.begin().await?;
    let before = store::count(&mut tx).await?;
    let mut errors = Vec::new();
    let now = crate::now();
    for row in &rows {
        if let Some(other) = store::other_with_key(&mut tx, row).await? {
            let what = format!("the public key is that of {other}, which is listed already");
            errors.push(RowError { line: row.line, what });
        } else if !store::list(&mut tx, row, now).await? {
            let what = format!("{} is listed already, with another public key", row.device);
            errors.push(RowError { line: row.line, what });
        }
    }
    if !errors.is_empty() {
        return Err(InventoryError::Rows(errors));
    }
    let after = store::count(&mut tx).await?;
    tx.commit().await?;
    Ok(Added { rows: rows.len(), new: usize::try_from(after - before).unwrap_or_default() })
}

/// Reads a file; every wrong row is told.
pub fn read_rows(file: impl Read) -> Result<Vec<InventoryRow>, InventoryError> {
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(InventoryError::TooLarge);
    }
    let text = match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(InventoryError::NotUtf8),
        [b'P', b'K', 3 | 5 | 7, ..] => return Err(InventoryError::Zipped),
        [0xef, 0xbb, 0xbf, text @ ..] => text,
        text => text,
    };
    let text = std::str::from_utf8(text).map_err(|_| InventoryError::NotUtf8)?;
    if text.contains('\0') {
        return Err(InventoryError::NotUtf8);
    }
    // The reader counts a line too few after CR LF.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    if !reader.headers().is_ok_and(|header| header.iter().eq(HEADER)) {
        return Err(InventoryError::Header);
    }
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|_| InventoryError::NotUtf8)?;
        if rows.len() + errors.len() == MAX_ROWS {
            return Err(InventoryError::TooManyRows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        match read_row(line, &record) {
            Ok(row) => rows.push(row),
            Err(what) => errors.push(RowError { line, what }),
        }
    }
    errors.extend(contradictions(&rows));
    errors.sort_by_key(|error| error.line);
    if errors.is_empty() { Ok(rows) } else { Err(InventoryError::Rows(errors)) }
}

/// Rows that say another thing than one before them. The same row twice is no harm.
fn contradictions(rows: &[InventoryRow]) -> Vec<RowError> {
    let (mut by_device, mut by_key) = (HashMap::new(), HashMap::new());
    let mut errors = Vec::new();
    for row in rows {
        let of_device: &InventoryRow = by_device.entry(&row.device).or_insert(row);
        let of_key: &InventoryRow = by_key.entry(&row.public_key).or_insert(row);
        let what = if of_device.says() != row.says() {
            format!("{} stands in line {} too, and other things about it", row.device, of_device.line)
        } else if of_key.device != row.device {
            format!("the public key is that of {} in line {}", of_key.device, of_key.line)
        } else {
            continue;
        };
        errors.push(RowError { line: row.line, what });
    }
    errors
}

impl InventoryRow {
    fn says(&self) -> (&Model, &[u8], bool) {
        (&self.model, &self.public_key, self.has_password)
    }
}

fn read_row(line: u64, record: &csv::StringRecord) -> Result<InventoryRow, String> {
    let cells: Vec<&str> = record.iter().collect();
    if cells.iter().any(|cell| cell.contains('\n')) {
        return Err("a cell goes on after the end of the line: a quotation mark is not closed".to_owned());
    }
    let [maker, serial, model, public_key, has_password] = cells[..] else {
        return Err(format!("{} cells instead of {}", record.len(), HEADER.len()));
    };
    if let Some(column) = cells.iter().position(|cell| cell.len() > MAX_CELL_BYTES) {
        return Err(format!("{} is longer than {MAX_CELL_BYTES} bytes", HEADER[column]));
    }
    // Labels are typed and scanned in upper case; the maker's list may have been typed too.
    let serial = serial.trim().to_ascii_uppercase();
    Ok(InventoryRow {
        line,
        device: DeviceName {
            maker: maker.trim().parse().map_err(|error| format!("{error}"))?,
            serial: serial.parse().map_err(|error| format!("{error}"))?,
        },
        model: model.trim().parse().map_err(|error| format!("{error}"))?,
        public_key: Base64Url::from_text(public_key.trim())
            .map(|key| key.0)
            .filter(|key| is_point(key))
            .ok_or("public key must be an uncompressed P-256 point, 65 bytes as base64url without padding")?,
        has_password: match has_password.trim() {
            "yes" => true,
            "no" => false,
            _ => return Err("has password must be yes or no".to_owned()),
        },
    })
}

/// Whether it is an uncompressed point (SEC 1, section 2.3.3) and on the curve, which a key agreement with it tells.
fn is_point(key: &[u8]) -> bool {
    use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &ring::rand::SystemRandom::new());
    key.len() == 65
        && key.first() == Some(&4)
        && own.is_ok_and(|own| agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, key), |_| ()).is_ok())
}

#[cfg(test)]
mod tests;
