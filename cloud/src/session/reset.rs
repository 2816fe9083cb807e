//! A new password, for whoever forgot theirs, and for whoever had it taken away by those who run the service.
//!
//! 1. [`ask_reset`]: a code goes to the address, if an active account has it; the answer and the work are the same if
//!    none has, since it is the outbox that looks whether the mail leaves. The token of the answer stays in the form that asked, and binds the code to it.
//! 2. [`set_password`]: token, code and a new password. The code has ten minutes and five tries, and works once. The
//!    new password ends everything that the old one began: sessions of the account and those in which its person acts
//!    for others, and every one-time code. Nobody is signed in by it.
//! 3. [`take_password`]: the old password opens nothing any more, and all that it began ends at once.
//!
//! A code carries the account's epoch of when it was asked for. Whatever ends all sessions (another new password, a
//! disabled account) raises the epoch, and so ends the code: neither does enabling the account again revive it.

use super::credentials::{check_password, fold_address};
use super::mailed_code::{count_mail, mac_code, make_code};
use super::store::{self, ResetRow};
use super::{CODE_LASTS, sign_in};
use crate::db::{Db, Lock, Tx};
use crate::history::{self, AuditEntry, Deed};
use crate::key::ServerKey;
use crate::limits::store::{AttemptKind, forget_attempts};
use crate::mail::{self, Letter};
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_minted, hash_presented, mint};
use crate::server::CloudState;
use porchlight_protocol::session::Language;
use porchlight_protocol::{AccountId, ProblemCode};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// Mails a code with which the account of this address gets a new password; answers with what binds the code to whoever
/// asked. Says nothing about whether there is such an account.
pub async fn ask_reset(state: &CloudState, email: &str) -> Result<SecretString, Refusal> {
    let (email, now) = (fold_address(email), crate::now());
    let (token, code) = (mint(SecretKind::Reset), make_code());
    let token_hash = hash_minted(&token);
    let mut tx = state.db.begin().await?;
    count_mail(&mut tx, state, &email).await?;
    let known = store::credentials_by_email(&mut tx, &email).await?.filter(|row| !row.disabled);
    let language = known.as_ref().map_or(Language::English, |row| mail::language_from_row(&row.language));
    let row = ResetRow {
        code_mac: mac_code(&state.key, &token_hash, &code),
        token_hash,
        account: known.map(|row| (row.id, row.epoch)),
        expires_at: now + CODE_LASTS,
    };
    store::insert_reset(&mut tx, &row).await?;
    // Exposed to be mailed: the outbox keeps it sealed until then.
    let letter = Letter::ResetCode { code: code.expose_secret().to_owned() };
    mail::enqueue(&mut tx, &state.key, &email, language, &letter).await?;
    tx.commit().await?;
    Ok(token)
}

/// Gives the account the new password, if the code is the one that was mailed for this token.
pub async fn set_password(
    state: &CloudState,
    token: &SecretString,
    code: &SecretString,
    password: SecretString,
) -> Result<(), Refusal> {
    check_password(&password)?;
    let over = || Refusal::new(ProblemCode::ResetOver);
    let token_hash = hash_presented(SecretKind::Reset, token).ok_or_else(over)?;
    let account = try_code(state, &token_hash, code).await?;
    // Not before the code is right: nobody has us hash for nothing.
    let password_hash = state.passwords.hash(password).await?;
    sign_in::finally(|| use_code(state, &token_hash, account, &password_hash)).await
}

/// Uses the code up, and sets the password.
async fn use_code(
    state: &CloudState,
    token_hash: &[u8],
    account: AccountId,
    password_hash: &str,
) -> Result<(), Refusal> {
    let over = || Refusal::new(ProblemCode::ResetOver);
    let mut tx = state.db.begin().await?;
    tx.lock("account", &account.to_string(), Lock::Update).await?;
    let used = store::use_reset(&mut tx, token_hash, crate::now()).await?;
    let used = used.filter(|&(its_account, _)| its_account == account);
    let present = store::account_by_id(&mut tx, account).await?.ok_or_else(over)?;
    let credentials = store::credentials_by_email(&mut tx, &present.email).await?;
    let credentials = credentials.filter(|row| !row.disabled && used == Some((row.id, row.epoch)));
    if credentials.is_none() {
        return Err(over());
    }
    store::set_password(&mut tx, account, Some(password_hash), crate::now()).await?;
    for identifier in sign_in::identifiers(&state.key, &present.email) {
        forget_attempts(&mut tx, AttemptKind::SignIn, &identifier).await?;
    }
    record(&mut tx, account, Some(account), Deed::PasswordChanged).await?;
    mail::enqueue_to_account(&mut tx, &state.key, account, &Letter::PasswordChanged).await?;
    Ok(tx.commit().await?)
}

/// Counts a try; whose account it is, if the code is right.
async fn try_code(state: &CloudState, token_hash: &[u8], code: &SecretString) -> Result<AccountId, Refusal> {
    let mac = mac_code(&state.key, token_hash, code);
    let mut tx = state.db.begin().await?;
    let tried = store::count_reset_try(&mut tx, token_hash, crate::now()).await?;
    tx.commit().await?;
    let tried = tried.ok_or(ProblemCode::ResetOver)?;
    let is_right = bool::from(tried.code_mac.ct_eq(&mac));
    tried.account.filter(|_| is_right).ok_or(ProblemCode::WrongCode.into())
}

/// Takes the account's password away: it opens nothing any more, and a new one comes by mail only. Whoever is disabled
/// is not told to choose one: they get no code.
pub async fn take_password(db: &Db, key: &ServerKey, account: AccountId) -> Result<(), Refusal> {
    let mut tx = db.begin().await?;
    tx.lock("account", &account.to_string(), Lock::Update).await?;
    if !store::set_password(&mut tx, account, None, crate::now()).await? {
        return Err(ProblemCode::NotFound.into());
    }
    record(&mut tx, account, None, Deed::PasswordTaken).await?;
    if store::is_active(&mut tx, account).await? {
        mail::enqueue_to_account(&mut tx, key, account, &Letter::PasswordTaken).await?;
    }
    Ok(tx.commit().await?)
}

async fn record(
    tx: &mut Tx,
    account: AccountId,
    actor: Option<AccountId>,
    what: Deed,
) -> Result<(), Refusal> {
    let entry =
        AuditEntry { actor, on_what: Some(account.to_string()), ..AuditEntry::by_service(account, what) };
    Ok(history::record(tx, entry).await?)
}
