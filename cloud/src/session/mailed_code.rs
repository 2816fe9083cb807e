//! Codes that go to an address by mail: eight digits, bound to a token that only the form which asked for it holds, so
//! that a code which a stranger had mailed to me is of no use in my hands, nor mine in theirs.

use super::HOUR;
use super::credentials::attempt_identifier;
use crate::db::Tx;
use crate::key::{ServerKey, Use};
use crate::limits::store::{AttemptKind, count_attempt};
use crate::problem::Refusal;
use crate::secret::fill_random;
use crate::server::CloudState;
use secrecy::{ExposeSecret as _, SecretString};

/// Counts a mail to this address, which gets few an hour, whatever they are about.
pub(super) async fn count_mail(tx: &mut Tx, state: &CloudState, email: &str) -> Result<(), Refusal> {
    let identifier = attempt_identifier(&state.key, email);
    count_attempt(tx, AttemptKind::Mail, &identifier, (state.settings.mails_per_hour, HOUR)).await
}

/// What the database keeps of a mailed code: eight digits could be tried out against a plain hash.
pub(super) fn mac_code(key: &ServerKey, token_hash: &[u8], code: &SecretString) -> Vec<u8> {
    // Exposed for its MAC.
    key.mac(Use::MailedCode, &[token_hash, code.expose_secret().as_bytes()])
}

/// Eight digits, each as likely as the other.
pub(super) fn make_code() -> SecretString {
    const CODES: u32 = 100_000_000;
    loop {
        let mut bytes = [0_u8; 4];
        fill_random(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        // The last, incomplete hundred million would make low codes likelier.
        if number < u32::MAX - u32::MAX % CODES {
            return SecretString::from(format!("{:08}", number % CODES));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_has_eight_digits() {
        for _ in 0..200 {
            let code = make_code();
            assert_eq!(code.expose_secret().len(), 8);
            assert!(code.expose_secret().bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
