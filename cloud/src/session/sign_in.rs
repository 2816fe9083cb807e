//! Signing in: email and password open a session that belongs to the installation's key.
//!
//! 1. The proof counts once, and the attempt is counted before the password is looked at, so that many at a time gain
//!    nothing.
//! 2. The password is hashed, whether or not there is such an account; one answer stands for both.
//! 3. With the right password, a disabled account says so; else the session begins, and the one that this installation
//!    had in the same account ends.
//!
//! Never a lock-out: after a number of failures an identifier only has to wait (at most 15 minutes), and then the right
//! password works. Installations that were signed in to the account before are counted apart from strangers, so a
//! stranger who keeps failing does not make the owner's phone wait.

use super::credentials::{attempt_identifier, fold_address};
use super::dpop::Proof;
use super::end::end;
use super::store::{self, CredentialsRow};
use super::tokens::{self, ACCESS_LASTS, NewSession, SESSION_LASTS};
use super::{HOUR, MINUTE};
use crate::db::{DbError, Lock, Tx};
use crate::history::{self, AuditEntry, Deed};
use crate::key::ServerKey;
use crate::limits::store::{AttemptKind, Attempts, add_attempt, attempts, forget_attempts};
use crate::problem::Refusal;
use crate::server::CloudState;
use porchlight_protocol::session::SessionResponse;
use porchlight_protocol::{AccountId, ProblemCode, SessionId};
use secrecy::SecretString;

/// Failures are counted for so long: four of the longest delays, so that whoever sits one out does not begin anew.
const FAILURES_COUNT_FOR: i64 = HOUR;

/// The first delay; each failure doubles it.
const FIRST_DELAY: i64 = 15 * 1000;

/// The longest delay.
const LONGEST_DELAY: i64 = 15 * MINUTE;

/// How often the last transaction runs that lost a race. The layer around all routes cannot do that here: the proof, or
/// the try, counted already.
const RUNS: u32 = 4;

/// How long a browser's session lasts at most, whatever is asked: 12 hours.
const BROWSER_LASTS: i64 = 12 * HOUR;

/// Opens a session.
pub async fn sign_in(
    state: &CloudState,
    proof: &Proof,
    email: &str,
    password: SecretString,
) -> Result<SessionResponse, Refusal> {
    let known = check_password(state, Some(proof), email, password).await?;
    finally(|| begin_session(state, proof, &known)).await
}

/// Opens a session of a browser: the same password, limits and answers; what it gets is a cookie.
pub async fn sign_in_browser(
    state: &CloudState,
    email: &str,
    password: SecretString,
) -> Result<SecretString, Refusal> {
    let known = check_password(state, None, email, password).await?;
    finally(|| begin_browser_session(state, &known)).await
}

/// Somebody who knew the password.
struct Known {
    /// What their attempts are counted by.
    identifier: String,
    /// What the password was checked against.
    credentials: CredentialsRow,
}

async fn check_password(
    state: &CloudState,
    proof: Option<&Proof>,
    email: &str,
    password: SecretString,
) -> Result<Known, Refusal> {
    let email = fold_address(email);
    let (identifier, credentials) = count_attempt(state, proof, &email).await?;
    let stored = credentials.as_ref().and_then(|row| row.password_hash.clone());
    let is_right = state.passwords.verify(password, stored).await?;
    let credentials = credentials.filter(|_| is_right).ok_or(ProblemCode::WrongCredentials)?;
    Ok(Known { identifier, credentials })
}

/// Runs the last transaction again while it loses races.
pub(super) async fn finally<T, F>(begin: impl Fn() -> F) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, Refusal>>,
{
    for run in 1.. {
        match begin().await {
            Err(refusal) if refusal.try_again && run < RUNS => {}
            done => return done.map_err(|refusal| Refusal { try_again: false, ..refusal }),
        }
    }
    Err(ProblemCode::Unavailable.into())
}

/// Uses up the proof and counts the attempt as if it failed; or says how long to wait.
async fn count_attempt(
    state: &CloudState,
    proof: Option<&Proof>,
    email: &str,
) -> Result<(String, Option<CredentialsRow>), Refusal> {
    let now = crate::now();
    let mut tx = state.db.begin().await?;
    let [mut identifier, of_known] = identifiers(&state.key, email);
    if let Some(proof) = proof {
        if !store::remember_once(&mut tx, &proof.once, proof.remember_until).await? {
            // RFC 9449, section 11.1
            return Err(ProblemCode::InvalidDpopProof.into());
        }
        if store::knows_installation(&mut tx, email, &proof.public_key).await? {
            identifier = of_known;
        }
    }
    let so_far = attempts(&mut tx, AttemptKind::SignIn, &identifier, now - FAILURES_COUNT_FOR).await?;
    let wait = wait(so_far, state.settings.sign_in_failures, now);
    if wait > 0 {
        let seconds = u32::try_from(wait / 1000 + 1).unwrap_or(u32::MAX);
        return Err(Refusal::new(ProblemCode::TooManyRequests).retry_after(seconds));
    }
    add_attempt(&mut tx, AttemptKind::SignIn, &identifier, so_far, now).await?;
    let credentials = store::credentials_by_email(&mut tx, email).await?;
    tx.commit().await?;
    Ok((identifier, credentials))
}

/// What attempts with this address are counted by: those of strangers, and those of phones that were signed in before.
pub(super) fn identifiers(key: &ServerKey, email: &str) -> [String; 2] {
    let stranger = attempt_identifier(key, email);
    let known = format!("{stranger}:known");
    [stranger, known]
}

/// Milliseconds until the next try, seen from `now`. A failure of later than now, before the clock was set back, counts
/// as one of now: nobody waits for longer than the delay.
fn wait(so_far: Attempts, free: u32, now: i64) -> i64 {
    if so_far.count == 0 { 0 } else { so_far.last_at.min(now) + delay(so_far, free) - now }
}

/// Milliseconds between the last failure and the next try.
fn delay(so_far: Attempts, free: u32) -> i64 {
    match so_far.count - i64::from(free) {
        over if over < 0 => 0,
        over => FIRST_DELAY.saturating_mul(1 << over.min(16)).min(LONGEST_DELAY),
    }
}

/// Holds the account alone, and looks once more whether the password that was right then is right now.
async fn hold_account(state: &CloudState, known: &Known) -> Result<Tx, Refusal> {
    let Known { identifier, credentials } = known;
    let account = credentials.id;
    let mut tx = state.db.begin().await?;
    tx.lock("account", &account.to_string(), Lock::Update).await?;
    forget_attempts(&mut tx, AttemptKind::SignIn, identifier).await?;
    let Some(present) = store::account_by_id(&mut tx, account).await? else {
        return Err(ProblemCode::WrongCredentials.into());
    };
    let current = store::credentials_by_email(&mut tx, &present.email).await?;
    let current = current.ok_or(DbError::Corrupt("credentials"))?;
    if current.disabled {
        tx.commit().await?;
        return Err(ProblemCode::AccountDisabled.into());
    }
    // The account changed while the password was being checked: what was right then may be wrong now.
    if current.epoch != credentials.epoch || current.password_hash != credentials.password_hash {
        return Err(ProblemCode::WrongCredentials.into());
    }
    Ok(tx)
}

async fn begin_session(state: &CloudState, proof: &Proof, known: &Known) -> Result<SessionResponse, Refusal> {
    let (account, now) = (known.credentials.id, crate::now());
    let mut tx = hold_account(state, known).await?;
    let installation = store::installation_by_key(&mut tx, &proof.public_key, now).await?;
    for former in store::sessions_of_installation(&mut tx, account, installation).await? {
        end(&mut tx, former, "replaced by a sign-in", now).await?;
    }
    let own = NewSession { account, installation, lasts_until: now + SESSION_LASTS, delegation: None };
    let (session, pair) = tokens::begin(&mut tx, own, now).await?;
    record_beginning(&mut tx, account, session).await?;
    let answer = tokens::answer(&mut tx, session, account, &pair, ACCESS_LASTS).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn begin_browser_session(state: &CloudState, known: &Known) -> Result<SecretString, Refusal> {
    let (account, now) = (known.credentials.id, crate::now());
    let mut tx = hold_account(state, known).await?;
    let installation = store::installation_by_key(&mut tx, store::BROWSERS, now).await?;
    let own = NewSession { account, installation, lasts_until: now + BROWSER_LASTS, delegation: None };
    let (session, cookie) = tokens::begin_with_cookie(&mut tx, own, now).await?;
    record_beginning(&mut tx, account, session).await?;
    tx.commit().await?;
    Ok(cookie)
}

async fn record_beginning(tx: &mut Tx, account: AccountId, session: SessionId) -> Result<(), Refusal> {
    let entry = AuditEntry {
        actor: Some(account),
        on_what: Some(session.to_string()),
        ..AuditEntry::by_service(account, Deed::SessionBegan)
    };
    Ok(history::record(tx, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_that_was_set_back_makes_nobody_wait_longer_than_the_delay() {
        let failed = |count, last_at| Attempts { count, first_at: last_at, last_at };
        let (now, year) = (1_000_000_000_000, 31_536_000_000);
        assert!(wait(failed(1, now + year), 5, now) <= 0);
        assert_eq!(wait(failed(5, now + year), 5, now), FIRST_DELAY);
        assert_eq!(wait(failed(100, now + year), 5, now), LONGEST_DELAY);
        assert!(wait(Attempts { count: 0, first_at: 0, last_at: now }, 5, now) <= 0);
    }

    #[test]
    fn delay_grows_to_fifteen_minutes_and_no_further() {
        let seconds = |count| delay(Attempts { count, first_at: 0, last_at: 0 }, 5) / 1000;
        assert_eq!([0, 4].map(seconds), [0, 0]);
        assert_eq!([5, 6, 7, 8, 9, 10, 11, 12, 100].map(seconds), [15, 30, 60, 120, 240, 480, 900, 900, 900]);
    }
}
