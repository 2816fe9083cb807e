//! The change feed as it travels, and what every changing and every listing route has in common.

use harness::api::{Api, read};
use harness::cloud::Cloud;
use harness::on_both_engines;
use porchlight_protocol::{IDEMPOTENCY_HEADER, ProblemCode};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An open stream of server-sent events.
pub(crate) struct Stream {
    response: reqwest::Response,
    text: String,
}

/// One block of the stream.
#[derive(Debug, Default)]
struct Event {
    id: String,
    event: String,
    data: String,
}

impl Stream {
    pub(crate) async fn open(api: &Api, path: &str) -> Self {
        let response = api.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Self { response, text: String::new() }
    }

    /// The next block; none when the stream ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let mut event = Event::default();
                for line in block.lines() {
                    match line.split_once(':') {
                        Some(("id", value)) => event.id = value.trim().into(),
                        Some(("event", value)) => event.event = value.trim().into(),
                        Some(("data", value)) => event.data += value.trim(),
                        _ => {}
                    }
                }
                self.text = rest.to_owned();
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(5), self.response.chunk()).await;
            let chunk = chunk.expect("something comes within 5 s").unwrap_or(None)?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    /// The next block that is an event.
    pub(crate) async fn next_change(&mut self) -> (String, Value) {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if !event.data.is_empty() {
                assert_eq!(event.event, "change");
                return (event.id, serde_json::from_str(&event.data).unwrap());
            }
        }
    }
}

on_both_engines! {
    async fn changes_arrive_on_an_open_stream_and_it_closes_within_a_second_of_the_sign_out(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let api = Api::with_account(&cloud, "kim@example.org").await;
        let mut stream = Stream::open(&api, "/v1/events").await;
        assert_eq!(stream.response.headers()["x-accel-buffering"], "no");
        assert_eq!(stream.response.headers()["content-type"], "text/event-stream");
        assert!(!stream.response.headers().contains_key("content-encoding"));
        let first = stream.next().await.unwrap();
        assert!(first.data.is_empty() && first.id.starts_with("0."), "a cursor before the first change: {first:?}");
        let began = Instant::now();
        let site = api.make_site("Home").await;
        let (cursor, change) = stream.next_change().await;
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!((&change["kind"], &change["site"]["id"]), (&json!("site"), &json!(site)));
        // Again from before that change, by the id that a browser sends; it stands over the cursor of the URL.
        let request = api.request(Method::GET, &format!("/v1/events?cursor={cursor}"));
        let response = request.header("last-event-id", &first.id).send().await.unwrap();
        let mut again = Stream { response, text: String::new() };
        assert_eq!(again.next_change().await, (cursor, change));
        let began = Instant::now();
        api.change(Method::DELETE, "/v1/sessions/current", &Value::Null).await.good();
        for stream in [&mut stream, &mut again] {
            while let Some(event) = stream.next().await {
                assert!(event.data.is_empty(), "{event:?}");
            }
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }

    async fn list_tells_where_the_feed_goes_on(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let api = Api::with_account(&cloud, "kim@example.org").await;
        let cursor = |body: Value| body["cursor"].as_str().expect("a list has a cursor").to_owned();
        let before = cursor(api.get("/v1/sites").await.good());
        let site = api.make_site("Home").await;
        let mut stream = Stream::open(&api, &format!("/v1/events?cursor={before}")).await;
        assert_eq!(stream.next_change().await.1["site"]["id"], json!(site));
        for list in ["/v1/sites", "/v1/devices"] {
            let after = cursor(api.get(list).await.good());
            assert_eq!(after, "0.1", "{list}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn place_in_the_feed_that_is_none_is_refused_and_one_that_is_not_kept_says_so() {
    let cloud = Cloud::start().await;
    let api = Api::with_account(&cloud, "kim@example.org").await;
    for cursor in ["", "x", "1.0", "0.-1", "0.01"] {
        let problem = api.get(&format!("/v1/events?cursor={cursor}")).await.problem();
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (ProblemCode::InvalidInput, Some("cursor")),
            "{cursor}"
        );
    }
    let gone = api.get("/v1/events?cursor=0.77").await;
    assert_eq!((gone.status, gone.problem().code), (StatusCode::GONE, ProblemCode::CursorTooOld));
    let stranger = Api::new(&cloud);
    assert_eq!(stranger.get("/v1/events").await.problem().code, ProblemCode::SignInRequired);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_stream_does_not_hold_up_the_stop() {
    let mut cloud = Cloud::start().await;
    let api = Api::with_account(&cloud, "kim@example.org").await;
    let mut stream = Stream::open(&api, "/v1/events").await;
    let began = Instant::now();
    cloud.pause().await;
    while stream.next().await.is_some() {}
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn change_without_a_key_is_refused_and_with_one_counts_once() {
    let cloud = Cloud::start().await;
    let api = Api::with_account(&cloud, "kim@example.org").await;
    let site = api.make_site("Home").await;
    let nobodys = "/v1/devices/01890a5d-ac96-774b-bcce-b302099a8057";
    let body = json!({ "name": "Shed", "address": "", "time_zone": "UTC" });
    let rename = json!({ "name": "Barn" });
    let one = format!("/v1/sites/{site}");
    for (method, path, body) in [
        (Method::POST, "/v1/sites", &body),
        (Method::PATCH, one.as_str(), &rename),
        (Method::PATCH, nobodys, &rename),
        (Method::DELETE, nobodys, &Value::Null),
    ] {
        let mut request = api.request(method.clone(), path);
        if !body.is_null() {
            request = request.json(body);
        }
        let bare = read(request.try_clone().unwrap()).await.problem();
        assert_eq!(bare.code, ProblemCode::IdempotencyKeyRequired, "{method} {path}");
        let short = read(request.header(IDEMPOTENCY_HEADER, "short")).await.problem();
        assert_eq!(short.code, ProblemCode::IdempotencyKeyRequired, "{method} {path}");
    }
    let key = "a key of this test";
    let made = api.change_with_key(Method::POST, "/v1/sites", &body, key).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let again = api.change_with_key(Method::POST, "/v1/sites", &body, key).await;
    assert_eq!((again.status, &again.body), (StatusCode::CREATED, &made.body));
    let other = json!({ "name": "Other", "address": "", "time_zone": "UTC" });
    let other = api.change_with_key(Method::POST, "/v1/sites", &other, key).await.problem();
    assert_eq!(other.code, ProblemCode::IdempotencyKeyReused);
    assert_eq!(api.get("/v1/sites").await.good()["sites"].as_array().unwrap().len(), 2);
    // What a replay answers is read again: it shows the present.
    let renamed = api.change_with_key(Method::PATCH, &one, &rename, "another key of it").await.good();
    assert_eq!(renamed["name"], "Barn");
    api.change(Method::PATCH, &one, &json!({ "name": "Farm" })).await.good();
    let replayed = api.change_with_key(Method::PATCH, &one, &rename, "another key of it").await.good();
    assert_eq!(replayed["name"], "Farm");
}

#[tokio::test(flavor = "multi_thread")]
async fn page_of_a_list_has_the_size_that_was_asked_for_and_names_the_next() {
    let cloud = Cloud::start().await;
    let api = Api::with_account(&cloud, "kim@example.org").await;
    for number in 0..5 {
        api.make_site(&format!("Site {number}")).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("/v1/sites?limit=2{after}")).await.good();
        seen.extend(page["sites"].as_array().unwrap().iter().map(|site| site["name"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, ["Site 0", "Site 1", "Site 2", "Site 3", "Site 4"]);
    for (query, code, field) in [
        ("limit=0", ProblemCode::InvalidInput, Some("limit")),
        ("limit=201", ProblemCode::InvalidInput, Some("limit")),
        ("page=2", ProblemCode::MalformedRequest, None),
        ("after=x", ProblemCode::MalformedRequest, None),
    ] {
        let problem = api.get(&format!("/v1/sites?{query}")).await.problem();
        assert_eq!((problem.code, problem.field.as_deref()), (code, field), "{query}");
    }
    let problem = api.get("/v1/devices?section=kitchen").await.problem();
    assert_eq!((problem.code, problem.field.as_deref()), (ProblemCode::InvalidInput, Some("section")));
}
