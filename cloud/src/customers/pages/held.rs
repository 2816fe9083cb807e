//! The access that an installer holds to a customer's account, and held before: what they did there stays theirs to read.

use crate::access::pages::scope_words;
use crate::portal::Page;
use crate::portal::words::{Words, fill};
use porchlight_protocol::GrantId;
use porchlight_protocol::access::{Grant, GrantEnd};

/// A grant in the reader's hand, in force or over.
pub(super) struct HeldLine {
    pub(super) id: GrantId,
    pub(super) scope: String,
    pub(super) when: String,
    pub(super) is_over: bool,
}

impl HeldLine {
    pub(super) fn of(page: &Page, grant: &Grant) -> Self {
        let (words, times) = (page.reader.words, &page.reader.times);
        let (text, at) = match grant.ended_at {
            None => (words.grant_until, grant.expires_at),
            Some(at) => (end_words(words, grant.ended_why.unwrap_or(GrantEnd::Unknown)), at),
        };
        Self {
            id: grant.id,
            scope: scope_words(words, words.scope_account_of, grant.scope, grant.scope_name.as_deref()),
            when: fill(text, &[("time", &times.say(at))]),
            is_over: grant.ended_at.is_some(),
        }
    }
}

fn end_words(words: &Words, why: GrantEnd) -> &'static str {
    match why {
        GrantEnd::Expired => words.grant_expired,
        GrantEnd::Revoked => words.held_revoked,
        GrantEnd::Released => words.held_released,
        GrantEnd::Left | GrantEnd::Disabled | GrantEnd::Activated | GrantEnd::Unknown => words.grant_over,
    }
}
