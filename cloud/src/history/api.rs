//! The change feed as server-sent events (`GET /v1/events`), and who did what (`GET /v1/history`).

use super::feed::{Cursor, FeedReader};
use super::store;
use crate::access;
use crate::authority::Caller;
use crate::limits::Hold;
use crate::problem::{ReadProblems, Refusal};
use crate::server::{ApiQuery, CloudState};
use crate::session::StreamEnd;
use crate::sites::api::page_size;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use porchlight_protocol::history::{Change, HistoryResponse};
use porchlight_protocol::{AuditEventId, GrantId, Problem, ProblemCode, SessionId};
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How often a quiet stream says that it is there: proxies and phones give up on a silent one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// When it is worth asking again for whoever has too many streams open, in seconds: as often as broken ones are noticed.
const STREAMS_REST: u32 = 15;

/// What a browser and our phone send when they come back (WHATWG HTML, section 9.2.4).
const LAST_EVENT_ID: &str = "last-event-id";

/// All routes of this feature.
pub fn routes() -> OpenApiRouter<CloudState> {
    OpenApiRouter::new().routes(routes!(follow_changes)).routes(routes!(read_history))
}

/// Which part of the history.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct HistoryPage {
    /// `next` of the page before.
    before: Option<AuditEventId>,
    /// 1 to 200; 50 when it is left out.
    limit: Option<u32>,
    /// By this grant only: on the account, or in its hand.
    grant: Option<GrantId>,
}

/// Who did what in the account, newest first; or what the account did for somebody by one grant.
#[utoipa::path(get, path = "/v1/history", tag = "history", security(("session" = [])), params(HistoryPage),
    responses((status = 200, body = HistoryResponse), ReadProblems))]
async fn read_history(
    State(state): State<CloudState>,
    caller: Caller,
    ApiQuery(page): ApiQuery<HistoryPage>,
) -> Result<Json<HistoryResponse>, Refusal> {
    let (size, account) = (page_size(page.limit)?, caller.account);
    let (before, limit) = (page.before, size as i64 + 1);
    let mut db = state.db.read().await?;
    let held = match page.grant {
        Some(id) => Some(
            access::store::visible_grant(&mut db, account, id, crate::now())
                .await?
                .ok_or(ProblemCode::NotFound)?,
        ),
        None => None,
    };
    let mut acts = match held {
        Some(grant) if grant.actor.id == account => {
            store::acts_of(&mut db, account, grant.id, before, limit).await?
        }
        _ => store::acts_on(&mut db, account, page.grant, before, limit).await?,
    };
    let next = (acts.len() > size).then(|| acts[size - 1].id);
    acts.truncate(size);
    Ok(Json(HistoryResponse { acts, next }))
}

/// Where the stream begins.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedPlace {
    /// The cursor of a list, or the id of the last event that was seen; now, when it is left out. The header
    /// `Last-Event-ID` says the same, and stands over it.
    cursor: Option<String>,
}

/// What changes for the account, as it changes: `event: change`, `data:` a Change, `id:` its cursor. A line that only
/// holds an `id:` moves the cursor on. The stream ends with the session; come back with the last cursor.
#[utoipa::path(get, path = "/v1/events", tag = "history", security(("session" = [])), params(FeedPlace),
    responses(
        (status = 200, description = "Server-sent events; the data of each is a Change.",
            body = Change, content_type = "text/event-stream"),
        (status = 410, description = "The cursor is too old: read the lists again.",
            body = Problem, content_type = "application/problem+json"),
        ReadProblems))]
async fn follow_changes(
    State(state): State<CloudState>,
    caller: Caller,
    ApiQuery(place): ApiQuery<FeedPlace>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let say = |event: Event, change: &Change| event.event("change").json_data(change);
    open_stream(&state, caller, place, &headers, say, std::future::pending()).await
}

/// How a change is said in a stream.
type Say = fn(Event, &Change) -> Result<Event, axum::Error>;

/// A stream of what changes for the caller, until its session ends, or `until`.
pub(super) async fn open_stream(
    state: &CloudState,
    caller: Caller,
    place: FeedPlace,
    headers: &HeaderMap,
    say: Say,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<Response, Refusal> {
    let cursor = match headers.get(LAST_EVENT_ID) {
        // A stream that was opened by a URL comes back by the same URL: what it saw since stands over that.
        Some(last) => Some(last.to_str().unwrap_or_default().to_owned()),
        None => place.cursor,
    };
    let cursor = cursor.map(|text| Cursor::parse(&text).ok_or(Refusal::field("cursor"))).transpose()?;
    let Some(place) = state.limits.hold_stream(caller.session) else {
        return Err(Refusal::new(ProblemCode::TooManyRequests).retry_after(STREAMS_REST));
    };
    // Subscribed first: every event is sent only after its session was read again.
    let end = state.revocations.subscribe();
    let reader = FeedReader::open(state.db.clone(), &state.feed, caller, cursor).await?;
    let begin = EventStream { reader, caller, end, say, begun: false, _place: place };
    let events = stream::unfold(begin, EventStream::next).take_until(Box::pin(until));
    // nginx would hold events back to fill a buffer.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], Sse::new(events)).into_response())
}

/// One open stream. That the server stops ends it from outside, as it ends every stream.
struct EventStream {
    reader: FeedReader,
    caller: Caller,
    end: StreamEnd,
    say: Say,
    begun: bool,
    _place: Hold<SessionId>,
}

impl EventStream {
    async fn next(mut self) -> Option<(Result<Event, axum::Error>, Self)> {
        if !self.begun {
            // The headers leave at once, and the client has a cursor before the first change.
            self.begun = true;
            return Some((Ok(self.heartbeat()), self));
        }
        let event = tokio::select! {
            biased;
            () = self.end.reached(&self.caller) => return None,
            change = self.reader.next() => self.event(&change?),
            () = tokio::time::sleep(HEARTBEAT) => Ok(self.heartbeat()),
        };
        Some((event, self))
    }

    fn event(&self, change: &Change) -> Result<Event, axum::Error> {
        (self.say)(Event::default().id(self.reader.cursor().to_string()), change)
    }

    /// An id without data is no event, but a client that comes back names it.
    fn heartbeat(&self) -> Event {
        Event::default().comment("").id(self.reader.cursor().to_string())
    }
}
