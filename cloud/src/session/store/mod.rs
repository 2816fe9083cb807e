//! The rows of accounts, sessions and installations: the only SQL of this feature.

mod account;
mod registration;
mod reset;
mod revocation;
mod session;
mod sweep;
mod token;

pub use account::{
    AccountRow, CredentialsRow, account_by_id, account_with_email, active_account_with_email, begin_epoch,
    credentials_by_email, email_has_account, has_accounts, insert_account, insert_invited_account, is_active,
    knows_installation, set_disabled, set_enabled,
};
pub use registration::{
    RegistrationRow, count_try, finish_registration, insert_registration, open_registration, set_code,
    waits_for_code, was_finished_with,
};
pub use reset::{ResetRow, TriedReset, count_reset_try, insert_reset, set_password, use_reset};
pub use revocation::{RevocationRow, insert_account_revocation, revocations_since};
pub use session::{
    BROWSERS, BegunRow, DelegationRow, LivingSessionRow, NewSessionRow, begun_by,
    delegated_sessions_of_installation, epoch_of, insert_session, installation_by_key, living_sessions,
    replace_access, sessions_of_installation, write_activity,
};
pub use sweep::delete_expired;
pub use token::{
    NewTokenRow, RefreshRow, forget_successor_of, insert_token, refresh_row, remember_once, set_successor,
};
