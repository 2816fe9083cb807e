//! The task that sends: claims a row, renders it, writes it to the folder of mails.

use super::store::{self, MailRow};
use super::{Letter, words};
use crate::access;
use crate::db::DbError;
use crate::key::Use;
use crate::server::CloudState;
use crate::session::store::active_account_with_email;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message};
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// How often the outbox is looked at when no commit of this process says so.
const EVERY: Duration = Duration::from_secs(5);

/// After a commit: many commits at once are one look.
const BREATH: Duration = Duration::from_millis(10);

/// How long a mail may take to be sent before another try, in milliseconds; each try makes the next wait longer.
const LEASE: i64 = 30_000;

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// What was sealed does not open: another server key.
    #[error("the mail was sealed with another server key")]
    Sealed,
    /// An address or a header that mail cannot carry.
    #[error("the mail cannot be written: {0}")]
    Message(String),
    /// Whether it still is to be sent cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] DbError),
    /// The transport failed.
    #[error("the mail cannot be delivered: {0}")]
    Transport(#[from] std::io::Error),
}

/// Sends what waits, until the server stops.
pub async fn run(state: CloudState) {
    let committed = state.db.committed();
    while !state.stopping.is_cancelled() {
        let nudge = committed.notified();
        if let Err(error) = send_waiting(&state).await {
            tracing::warn!(%error, "the outbox of mail cannot be read");
        }
        tokio::select! {
            () = state.stopping.cancelled() => return,
            () = nudge => tokio::time::sleep(BREATH).await,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Sends everything that waits now.
pub async fn send_waiting(state: &CloudState) -> Result<(), DbError> {
    while let Some(row) = store::claim_next(&state.db, crate::now(), LEASE).await? {
        match send(state, &row).await {
            Ok(()) => store::finish(&state.db, &row.id, crate::now()).await?,
            // It stays claimed for a while, then is tried again. The recipient does not belong into the log.
            Err(error) => tracing::error!(mail = row.id, %error, "a mail was not sent"),
        }
    }
    Ok(())
}

async fn send(state: &CloudState, row: &MailRow) -> Result<(), MailError> {
    let detail = state.key.open_sealed(Use::MailDetail, &row.detail_sealed).ok_or(MailError::Sealed)?;
    let letter: Letter = serde_json::from_slice(&detail).map_err(|_| MailError::Sealed)?;
    let age = crate::now() - row.created_at;
    if letter.stale_after().is_some_and(|limit| age > limit) {
        tracing::info!(mail = row.id, "a mail came too late and was not sent");
        return Ok(());
    }
    if !is_still_true(state, row, &letter).await? {
        tracing::info!(mail = row.id, "what a mail says is over: it was not sent");
        return Ok(());
    }
    let message = write(&state.settings.mail_from, row, &letter)?;
    deliver(&state.settings.mail_folder, &row.id, &message.formatted())?;
    Ok(())
}

/// What leaves the database is looked at once more: nobody is asked for what was taken back, or answered, meanwhile, and
/// a code for a new password goes to nobody who has no account.
async fn is_still_true(state: &CloudState, row: &MailRow, letter: &Letter) -> Result<bool, DbError> {
    match letter {
        Letter::ResetCode { .. } => {
            let mut db = state.db.read().await?;
            Ok(active_account_with_email(&mut db, &row.recipient).await?.is_some())
        }
        Letter::AccessAsked { request: Some(request), .. } => {
            access::store::is_waiting(&mut *state.db.read().await?, *request, crate::now()).await
        }
        _ => Ok(true),
    }
}

fn write(from: &Mailbox, row: &MailRow, letter: &Letter) -> Result<Message, MailError> {
    let unusable = |error: &dyn std::fmt::Display| MailError::Message(error.to_string());
    let words = words::say(letter, words::language_from_row(&row.language));
    // Quoted-printable is readable as it is, and lines stay short (RFC 5322, section 2.1.1).
    let body = Body::new_with_encoding(words.text, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| unusable(&"the text cannot be encoded"))?;
    let made = UNIX_EPOCH + Duration::from_millis(u64::try_from(row.created_at).unwrap_or_default());
    let message_id = format!("<{}@{}>", row.id, from.email.domain());
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, row.recipient.parse().map_err(|e| unusable(&e))?))
        .subject(words.subject)
        .date(made)
        // The same for each try, so that a mailbox can tell a repetition.
        .message_id(Some(message_id))
        // RFC 3834, section 5: nobody should answer this automatically.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|error| unusable(&error))
}

/// Writes one file a mail: first under another name, so that whoever watches the folder sees whole mails only.
fn deliver(folder: &Path, id: &str, message: &[u8]) -> std::io::Result<()> {
    let draft = folder.join(format!(".{id}.draft"));
    // For nobody else's eyes: codes stand in there.
    let mut file = File::options().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(message)?;
    std::fs::rename(&draft, folder.join(format!("{id}.eml")))
}
