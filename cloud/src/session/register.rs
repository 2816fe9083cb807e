//! Registering: a person gives an address, a password and a name, and gets a code by mail.
//!
//! Nobody learns from here whether an address has an account: the work and the answer are the same, and only the mail
//! differs. The token of the answer binds the code to this registration, so a code that was mailed because a stranger
//! registered my address (with a password of theirs) is of no use in my app. An address gets few mails an hour.

use super::credentials::{check_address, check_password};
use super::mailed_code::{count_mail, mac_code, make_code};
use super::store::{self, RegistrationRow};
use super::{CODE_LASTS, DAY};
use crate::db::Tx;
use crate::key::ServerKey;
use crate::mail::{self, Letter};
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_minted, hash_presented, mint};
use crate::server::CloudState;
use crate::text::check_name;
use porchlight_protocol::session::{Language, RegisterRequest, RegisterResponse};
use secrecy::{ExposeSecret, SecretString};

/// How long a registration waits for its code.
const REGISTRATION_LASTS: i64 = DAY;

/// Registers; the answer is the same whoever has the address.
pub async fn register(state: &CloudState, request: RegisterRequest) -> Result<RegisterResponse, Refusal> {
    let RegisterRequest { email, password, given_name, family_name, language } = request;
    let password = SecretString::from(password);
    let email = check_address(&email)?;
    let given_name = check_name("given_name", &given_name)?;
    let family_name = check_name("family_name", &family_name)?;
    check_password(&password)?;
    let password_hash = state.passwords.hash(password).await?;

    let now = crate::now();
    let token = mint(SecretKind::Registration);
    let token_hash = hash_minted(&token);
    let code = make_code();
    let mut tx = state.db.begin().await?;
    count_mail(&mut tx, state, &email).await?;
    let row = RegistrationRow {
        code_mac: mac_code(&state.key, &token_hash, &code),
        token_hash,
        email,
        given_name,
        family_name,
        language: mail::language_to_row(language).to_owned(),
        password_hash,
        code_expires_at: now + CODE_LASTS,
        expires_at: now + REGISTRATION_LASTS,
    };
    store::insert_registration(&mut tx, &row, now).await?;
    mail_code(&mut tx, &state.key, &row.email, language, code).await?;
    tx.commit().await?;
    // Exposed to be handed over: this answer is where the phone gets it.
    Ok(RegisterResponse { registration: token.expose_secret().to_owned() })
}

/// Mails another code for a registration that waits for one; says nothing about whether there is one.
pub async fn mail_new_code(state: &CloudState, registration: &SecretString) -> Result<(), Refusal> {
    let Some(token_hash) = hash_presented(SecretKind::Registration, registration) else { return Ok(()) };
    let now = crate::now();
    let mut tx = state.db.begin().await?;
    let Some((email, language)) = store::waits_for_code(&mut tx, &token_hash, now).await? else {
        return Ok(());
    };
    count_mail(&mut tx, state, &email).await?;
    let code = make_code();
    let code_mac = mac_code(&state.key, &token_hash, &code);
    store::set_code(&mut tx, &token_hash, &code_mac, now + CODE_LASTS).await?;
    mail_code(&mut tx, &state.key, &email, mail::language_from_row(&language), code).await?;
    Ok(tx.commit().await?)
}

/// The owner of an address that has an account learns that, instead of the code.
async fn mail_code(
    tx: &mut Tx,
    key: &ServerKey,
    email: &str,
    language: Language,
    code: SecretString,
) -> Result<(), Refusal> {
    let letter = if store::email_has_account(tx, email).await? {
        Letter::AddressHasAccount
    } else {
        // Exposed to be mailed: the outbox keeps it sealed until then.
        Letter::VerificationCode { code: code.expose_secret().to_owned() }
    };
    Ok(mail::enqueue(tx, key, email, language, &letter).await?)
}
