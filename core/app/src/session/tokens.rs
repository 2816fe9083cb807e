//! Tokens as the phone holds them: secret types that print their name only.

use secrecy::SecretString;

/// A bearer token for ten minutes. It lives in memory only.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken(pub(crate) SecretString);
