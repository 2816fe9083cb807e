//! "Who did what at my home" as a page, and the stream that tells open pages to look again.

use super::api::{FeedPlace, open_stream};
use super::{Deed, store};
use crate::access;
use crate::authority;
use crate::db::{Db, DbError};
use crate::devices::pages::PAGE;
use crate::portal::layer::EVENTS;
use crate::portal::words::{Words, fill};
use crate::portal::{Page, Place, show};
use crate::problem::Refusal;
use crate::server::{ApiQuery, CloudState};
use crate::session::BROWSER_IDLES;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use porchlight_protocol::access::{Company, Person};
use porchlight_protocol::history::Act;
use porchlight_protocol::{AuditEventId, GrantId, ProblemCode, SessionId};
use serde::Deserialize;
use std::time::Duration;

/// How long an open stream may wait before it looks again when its session ends: a clock may be set.
const LOOK: Duration = Duration::from_secs(60);

pub(crate) fn routes() -> Router<CloudState> {
    Router::new().route("/history", get(read)).route(EVENTS, get(follow))
}

#[derive(Template)]
#[template(path = "history/history.html")]
struct HistoryPage<'a> {
    page: &'a Page,
    place: Place,
    acts: Vec<ActLine>,
    more: Option<String>,
}

struct ActLine {
    at: String,
    who: String,
    /// Somebody else than the reader.
    is_other: bool,
    what: String,
}

#[derive(Debug, Deserialize)]
struct Part {
    before: Option<AuditEventId>,
    grant: Option<GrantId>,
}

async fn read(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(part): ApiQuery<Part>,
) -> Result<Response, Refusal> {
    let (mut db, account) = (state.db.read().await?, page.caller.account);
    let limit = PAGE as i64 + 1;
    let held = match part.grant {
        Some(id) => access::store::visible_grant(&mut db, account, id, crate::now()).await?,
        None => None,
    };
    let mut acts = match (part.grant, held) {
        (Some(_), None) => return Err(ProblemCode::NotFound.into()),
        (Some(id), Some(grant)) if grant.actor.id == account => {
            store::acts_of(&mut db, account, id, part.before, limit).await?
        }
        (grant, _) => store::acts_on(&mut db, account, grant, part.before, limit).await?,
    };
    let more = (acts.len() > PAGE).then(|| {
        let grant = part.grant.map(|grant| format!("&grant={grant}")).unwrap_or_default();
        format!("/history?before={}{grant}", acts[PAGE - 1].id)
    });
    acts.truncate(PAGE);
    let acts = acts.iter().map(|act| line(&page, act)).collect();
    show(&HistoryPage { page: &page, place: Place::Access, acts, more })
}

fn line(page: &Page, act: &Act) -> ActLine {
    let words = page.reader.words;
    let mine = act.actor.as_ref().is_some_and(|actor| actor.id == page.caller.account);
    let who = match (&act.actor, &act.company) {
        (Some(_), _) if mine => words.history_you.to_owned(),
        (Some(actor), Some(company)) => somebody(words, Some(actor), company),
        (Some(actor), None) => format!("{} {}", actor.given_name, actor.family_name),
        (None, _) => words.history_service.to_owned(),
    };
    let deed = Deed::from_text(&act.what);
    let about = deed.and_then(|deed| Some((about_words(words, deed)?, whom(words, act)?)));
    let what = match about {
        Some((text, whom)) => fill(text, &[("whom", &whom)]),
        None if deed == Some(Deed::SessionEnded) && act.actor.is_none() => {
            words.act_session_ended_here.to_owned()
        }
        None => fill(
            deed.map_or(words.act_other, |deed| what_words(words, deed)),
            &[("name", &act.name.as_deref().unwrap_or(words.act_nameless)), ("what", &act.what)],
        ),
    };
    let is_other = !mine && act.actor.is_some() && act.company.is_some();
    ActLine { at: page.reader.times.say(act.at), who, is_other, what }
}

/// Somebody of a company, or the company.
fn somebody(words: &Words, person: Option<&Person>, company: &Company) -> String {
    let Some(person) = person else { return company.name.clone() };
    let name = format!("{} {}", person.given_name, person.family_name);
    fill(words.history_who, &[("person", &name), ("company", &company.name)])
}

/// Whom it was about, when that is somebody else than whoever acted.
fn whom(words: &Words, act: &Act) -> Option<String> {
    let about = act.about.as_ref()?;
    let is_own = act.actor.is_some() && act.actor == about.person;
    (!is_own).then(|| somebody(words, about.person.as_ref(), &about.company))
}

/// What was done to whom.
fn about_words(words: &Words, deed: Deed) -> Option<&'static str> {
    match deed {
        Deed::AccessWithdrawn => Some(words.act_access_withdrawn_of),
        Deed::AccessExpired => Some(words.act_access_expired_of),
        Deed::AccessGranted => Some(words.act_access_granted_to),
        Deed::AccessDeclined => Some(words.act_access_declined_of),
        Deed::AccessBlocked => Some(words.act_access_blocked_of),
        Deed::AccessUnblocked => Some(words.act_access_unblocked_of),
        Deed::AccessEnded => Some(words.act_access_ended_of),
        Deed::SessionEnded => Some(words.act_session_ended_of),
        Deed::MembershipBegan => Some(words.act_membership_began_at),
        Deed::MembershipEnded => Some(words.act_membership_ended_at),
        _ => None,
    }
}

/// No deed without words: the match is whole.
fn what_words(words: &Words, deed: Deed) -> &'static str {
    match deed {
        Deed::SiteMade => words.act_site_made,
        Deed::SiteChanged => words.act_site_changed,
        Deed::DeviceAdded => words.act_device_added,
        Deed::DeviceRenamed => words.act_device_renamed,
        Deed::DeviceMoved => words.act_device_moved,
        Deed::DeviceReleased => words.act_device_released,
        Deed::DeviceTried => words.act_device_tried,
        Deed::AccessAsked => words.act_access_asked,
        Deed::AccessWithdrawn => words.act_access_withdrawn,
        Deed::AccessExpired => words.act_access_expired,
        Deed::AccessGranted => words.act_access_granted,
        Deed::AccessDeclined => words.act_access_declined,
        Deed::AccessBlocked => words.act_access_blocked,
        Deed::AccessUnblocked => words.act_access_unblocked,
        Deed::AccessEnded => words.act_access_ended,
        Deed::SessionBegan => words.act_session_began,
        Deed::SessionEnded => words.act_session_ended,
        Deed::AccountMade => words.act_account_made,
        Deed::AccountDisabled => words.act_account_disabled,
        Deed::AccountEnabled => words.act_account_enabled,
        Deed::PasswordChanged => words.act_password_changed,
        Deed::PasswordTaken => words.act_password_taken,
        Deed::CustomerAdded => words.act_customer_added,
        Deed::CustomerConfirmed => words.act_customer_confirmed,
        Deed::CustomerRefused => words.act_customer_refused,
        Deed::MembershipBegan => words.act_membership_began,
        Deed::MembershipEnded => words.act_membership_ended,
    }
}

/// What changes for the account, without saying what: a page reads itself again, in its own words.
async fn follow(
    State(state): State<CloudState>,
    page: Page,
    ApiQuery(place): ApiQuery<FeedPlace>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let over = until_over(state.clone(), page.caller.session);
    open_stream(&state, page.caller, place, &headers, |event, _| Ok(event.event("news")), over).await
}

/// Until the session's time is over. That somebody ended it comes by the list of revocations; the stream itself is no use
/// of a session.
async fn until_over(state: CloudState, session: SessionId) {
    while let Ok(left) = time_left(&state.db, session).await
        && !left.is_zero()
    {
        tokio::time::sleep(left.min(LOOK)).await;
    }
}

async fn time_left(db: &Db, session: SessionId) -> Result<Duration, DbError> {
    let ends = authority::store::cookie_ends(&mut *db.read().await?, session, BROWSER_IDLES).await?;
    let left = ends.unwrap_or_default() - crate::now();
    Ok(Duration::from_millis(u64::try_from(left).unwrap_or_default()))
}
