//! Requests and grants in a person's words.

use crate::portal::Page;
use crate::portal::words::{Words, fill};
use porchlight_protocol::access::{
    AuthorizationRequest, Company, Grant, GrantEnd, Permission, Person, RequestState, Scope,
};
use porchlight_protocol::{GrantId, OrganizationId, RequestId};

/// Times that a customer may choose instead, in seconds, as far as they are shorter than what was asked.
const SHORTER: [u32; 3] = [3_600, 4 * 3_600, 24 * 3_600];

/// A request as the customer reads it, with all that is answered.
pub(crate) struct RequestCard {
    pub(crate) id: RequestId,
    pub(crate) title: String,
    pub(crate) scope: String,
    pub(crate) may: Vec<&'static str>,
    pub(crate) until: String,
    pub(crate) comment: String,
    pub(crate) answer_by: String,
    pub(crate) terms: String,
    pub(crate) as_asked: String,
    pub(crate) shorter: Vec<(u32, String)>,
    pub(crate) block: String,
}

impl RequestCard {
    pub(crate) fn of(page: &Page, request: &AuthorizationRequest) -> Self {
        let (words, times) = (page.reader.words, &page.reader.times);
        let length = times.say_length(request.lasts);
        let until = times.say(crate::now() + i64::from(request.lasts) * 1000);
        let shorter = SHORTER.into_iter().filter(|seconds| *seconds < request.lasts);
        let only = |seconds| fill(words.consent_only, &[("length", &times.say_length(seconds))]);
        Self {
            id: request.id,
            title: by(words.request_title, &request.actor, &request.company),
            scope: scope_words(words, words.scope_account, request.scope, request.scope_name.as_deref()),
            may: may_words(words, &request.permissions),
            until: fill(words.request_until_if_now, &[("length", &length), ("time", &until)]),
            comment: request.comment.clone(),
            answer_by: fill(words.request_answer_by, &[("time", &times.say(request.expires_at))]),
            terms: request.terms.to_text(),
            as_asked: fill(words.consent_as_asked, &[("length", &length)]),
            shorter: shorter.map(|seconds| (seconds, only(seconds))).collect(),
            block: fill(words.decline_block, &[("company", &request.company.name)]),
        }
    }
}

/// A grant on the reader's account.
pub(crate) struct GrantLine {
    pub(crate) id: GrantId,
    pub(crate) title: String,
    pub(crate) scope: String,
    pub(crate) may: Vec<&'static str>,
    pub(crate) when: String,
}

impl GrantLine {
    pub(crate) fn of(page: &Page, grant: &Grant) -> Self {
        let (words, times) = (page.reader.words, &page.reader.times);
        let until = times.say(grant.expires_at);
        let over = grant.ended_at.or((grant.expires_at <= crate::now()).then_some(grant.expires_at));
        let who = by(words.grant_of, &grant.actor, &grant.company);
        let (title, when) = match over {
            None => {
                let name = full_name(&grant.actor);
                let parts: [(&str, &dyn std::fmt::Display); 3] =
                    [("person", &name), ("company", &grant.company.name), ("time", &until)];
                (fill(words.grant_working, &parts), fill(words.grant_until, &[("time", &until)]))
            }
            Some(at) => {
                let text = end_words(words, grant.ended_why.unwrap_or(GrantEnd::Expired));
                (who, fill(text, &[("time", &times.say(at))]))
            }
        };
        let may = may_words(words, &grant.permissions);
        let scope = scope_words(words, words.scope_account, grant.scope, grant.scope_name.as_deref());
        Self { id: grant.id, title, scope, may, when }
    }
}

/// A company that the reader takes no requests from.
pub(crate) struct BlockedLine {
    pub(crate) id: OrganizationId,
    pub(crate) name: String,
    pub(crate) since: String,
}

impl BlockedLine {
    pub(crate) fn of(page: &Page, company: Company, since: i64) -> Self {
        let words = page.reader.words;
        Self {
            id: company.id,
            since: fill(words.blocked_since, &[("time", &page.reader.times.say(since))]),
            name: company.name,
        }
    }
}

fn end_words(words: &Words, why: GrantEnd) -> &'static str {
    match why {
        GrantEnd::Expired => words.grant_expired,
        GrantEnd::Revoked => words.grant_revoked,
        GrantEnd::Released => words.grant_released,
        GrantEnd::Left | GrantEnd::Disabled | GrantEnd::Activated | GrantEnd::Unknown => words.grant_over,
    }
}

fn full_name(person: &Person) -> String {
    format!("{} {}", person.given_name, person.family_name)
}

/// A sentence about somebody of a company.
fn by(text: &str, person: &Person, company: &Company) -> String {
    fill(text, &[("person", &full_name(person)), ("company", &company.name)])
}

/// On what; `whole` is said of the account.
pub(crate) fn scope_words(words: &Words, whole: &str, scope: Scope, name: Option<&str>) -> String {
    let text = match (scope, name) {
        (Scope::Account, _) => return whole.to_owned(),
        (Scope::Site { .. }, Some(_)) => words.scope_site,
        (Scope::Device { .. }, Some(_)) => words.scope_device,
        _ => return words.scope_gone.to_owned(),
    };
    fill(text, &[("name", &name.unwrap_or_default())])
}

/// What for, a line each.
pub(crate) fn may_words(words: &Words, permissions: &[Permission]) -> Vec<&'static str> {
    permissions.iter().map(|permission| may_word(words, *permission)).collect()
}

fn may_word(words: &Words, permission: Permission) -> &'static str {
    match permission {
        Permission::SiteRead => words.may_site_read,
        Permission::SiteCreate => words.may_site_create,
        Permission::SiteChange => words.may_site_change,
        Permission::DeviceAdd => words.may_device_add,
        Permission::DeviceChange => words.may_device_change,
        Permission::VideoWatch => words.may_video_watch,
        // A consent cannot list these.
        Permission::DeviceRelease
        | Permission::AccountManage
        | Permission::AccessManage
        | Permission::HistoryRead
        | Permission::CustomerRead
        | Permission::CustomerAdd
        | Permission::AccessAsk
        | Permission::Unknown => words.may_unknown,
    }
}

/// What became of a request, as whoever asked reads it.
pub(crate) fn request_state(page: &Page, request: &AuthorizationRequest) -> String {
    let words = page.reader.words;
    let text = match request.state {
        RequestState::Pending => {
            let until = page.reader.times.say(request.expires_at);
            return fill(words.request_pending, &[("time", &until)]);
        }
        RequestState::Consented => words.request_consented,
        RequestState::Declined => words.request_declined,
        RequestState::Expired => words.request_expired,
        RequestState::Withdrawn => words.request_withdrawn,
        RequestState::Unknown => words.may_unknown,
    };
    text.to_owned()
}
