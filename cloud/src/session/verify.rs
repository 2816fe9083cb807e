//! Verifying an address: the mailed code makes the account.
//!
//! A code has five tries and ten minutes. It is used up by one statement. If an account with the address came to be
//! meanwhile, the code is wrong: nothing says why. The same code sent again (the answer was lost) is answered the same.

use super::mailed_code::mac_code;
use super::store::{self, AccountRow};
use crate::history::{self, AuditEntry, Deed};
use crate::problem::Refusal;
use crate::secret::{SecretKind, hash_presented};
use crate::server::CloudState;
use porchlight_protocol::{AccountId, ProblemCode};
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;

/// Makes the account of this registration, if the code is the one that was mailed for it.
pub async fn verify(
    state: &CloudState,
    registration: &SecretString,
    code: &SecretString,
) -> Result<(), Refusal> {
    let wrong = || Refusal::new(ProblemCode::WrongCode);
    let token_hash = hash_presented(SecretKind::Registration, registration).ok_or_else(wrong)?;
    let mac = mac_code(&state.key, &token_hash, code);
    let is_right = |stored: &[u8]| bool::from(stored.ct_eq(&mac));
    let now = crate::now();

    let mut tx = state.db.begin().await?;
    let Some(stored) = store::count_try(&mut tx, &token_hash, now).await? else {
        let finished = store::was_finished_with(&mut tx, &token_hash, now).await?;
        return if finished.is_some_and(|stored| is_right(&stored)) { Ok(()) } else { Err(wrong()) };
    };
    let opened = match is_right(&stored) {
        true => store::open_registration(&mut tx, &token_hash, now).await?,
        false => None,
    };
    let Some(row) = opened else {
        // The try counts.
        tx.commit().await?;
        return Err(wrong());
    };
    let account = AccountRow {
        id: AccountId::mint(),
        email: row.email,
        given_name: row.given_name,
        family_name: row.family_name,
        language: row.language,
    };
    let made = store::insert_account(&mut tx, &account, &row.password_hash, now).await?;
    store::finish_registration(&mut tx, &token_hash, made.then_some(account.id)).await?;
    if made {
        let entry = AuditEntry {
            actor: Some(account.id),
            on_what: Some(account.id.to_string()),
            ..AuditEntry::by_service(account.id, Deed::AccountMade)
        };
        history::record(&mut tx, entry).await?;
    }
    tx.commit().await?;
    if made { Ok(()) } else { Err(wrong()) }
}
