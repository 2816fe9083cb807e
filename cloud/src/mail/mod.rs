//! Mail: written with the effect, sent after its commit.
//!
//! 1. A feature calls [`enqueue`] in its transaction: a row of the outbox, what the text names sealed with the server's
//!    key (a mailed code is a secret).
//! 2. A task ([`sender`]) claims the row, checks whether it is still worth sending and still true, renders the text in the person's
//!    language ([`words`]) and hands it to the transport: today a folder of `.eml` files.
//! 3. What was sealed is removed with the sending. A process that dies in between sends the mail again: once too often
//!    is better than never.

pub mod sender;
pub mod store;
mod words;

pub(crate) use words::{language_from_row, language_to_row};

use crate::db::{Db, DbError, Tx};
use crate::key::{ServerKey, Use};
use porchlight_protocol::access::REQUEST_WAITS;
use porchlight_protocol::session::Language;
use porchlight_protocol::{AccountId, RequestId};
use serde::{Deserialize, Serialize};
use store::MailRow;

/// What a mail says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// The code that verifies an address.
    VerificationCode {
        /// 8 digits.
        code: String,
    },
    /// Somebody registered with an address that has an account.
    AddressHasAccount,
    /// The code with which the reader chooses a new password.
    ResetCode {
        /// 8 digits.
        code: String,
    },
    /// The password was changed.
    PasswordChanged,
    /// Those who run the service took the password away.
    PasswordTaken,
    /// A refresh token came back that had been replaced: the session was ended.
    SessionEnded,
    /// A company says that the reader is their customer. Goes to an address that nobody may have verified: it names
    /// the company, as whoever runs the service registered it, and nobody else.
    CustomerAdded {
        /// Its name.
        company: String,
    },
    /// An installer asks for access.
    AccessAsked {
        /// Given and family name.
        person: String,
        /// For which company.
        company: String,
        /// Which request: the mail leaves only while it waits. None in an outbox of before.
        #[serde(default)]
        request: Option<RequestId>,
    },
    /// An installer's link or sign-in in a customer's account was used on a second phone: the session was ended. Goes to
    /// both.
    DelegationCopied {
        /// For which company.
        company: String,
    },
    /// Somebody else tried to add a device that is this person's.
    DeviceTried {
        /// What the owner calls the device.
        device: String,
        /// What the owner calls the site it is at.
        site: String,
        /// Whether they knew the device's password.
        #[serde(default)]
        knew_password: bool,
    },
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Letter {
    /// Its name in the outbox.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerificationCode { .. } => "verification_code",
            Self::AddressHasAccount => "address_has_account",
            Self::ResetCode { .. } => "reset_code",
            Self::PasswordChanged => "password_changed",
            Self::PasswordTaken => "password_taken",
            Self::SessionEnded => "session_ended",
            Self::CustomerAdded { .. } => "customer_added",
            Self::AccessAsked { .. } => "access_asked",
            Self::DelegationCopied { .. } => "delegation_copied",
            Self::DeviceTried { .. } => "device_tried",
        }
    }

    /// Milliseconds after which it would only confuse; none if it always matters.
    fn stale_after(&self) -> Option<i64> {
        match self {
            Self::VerificationCode { .. } | Self::ResetCode { .. } => Some(crate::session::CODE_LASTS),
            Self::AccessAsked { .. } => Some(REQUEST_WAITS),
            Self::AddressHasAccount
            | Self::PasswordChanged
            | Self::PasswordTaken
            | Self::SessionEnded
            | Self::CustomerAdded { .. }
            | Self::DelegationCopied { .. }
            | Self::DeviceTried { .. } => None,
        }
    }
}

/// Puts a mail into the outbox, in the effect's transaction.
pub async fn enqueue(
    tx: &mut Tx,
    key: &ServerKey,
    recipient: &str,
    language: Language,
    letter: &Letter,
) -> Result<(), DbError> {
    let detail = serde_json::to_vec(letter).expect("a letter is JSON");
    let row = MailRow {
        id: uuid::Uuid::now_v7().to_string(),
        recipient: recipient.to_owned(),
        language: language_to_row(language).to_owned(),
        detail_sealed: key.seal(Use::MailDetail, &detail),
        created_at: crate::now(),
    };
    store::insert(tx, &row, letter.kind()).await
}

/// Puts a mail to an account's verified address into the outbox, in the effect's transaction. Behind an invited account
/// there is nobody yet who could be written to.
pub async fn enqueue_to_account(
    tx: &mut Tx,
    key: &ServerKey,
    account: AccountId,
    letter: &Letter,
) -> Result<(), DbError> {
    let Some((address, language)) = store::address_of(tx, account).await? else { return Ok(()) };
    enqueue(tx, key, &address, language_from_row(&language), letter).await
}

/// Removes mail that was made a week ago, sent or given up.
pub async fn sweep(db: &Db, now: i64) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    store::delete_before(&mut tx, now - 7 * 24 * 3600 * 1000).await?;
    tx.commit().await
}
