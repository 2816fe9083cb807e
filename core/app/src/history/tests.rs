//! The feed against a server that says anything.

use crate::devices::ListedDevice;
use crate::testing::*;
use crate::{Connection, Error, Porchlight};
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn change(id: &str, change: &Value) -> String {
    format!("id: {id}\nevent: change\ndata: {change}\n\n")
}

fn stream(events: &[String]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(format!(": hello\n\n{}", events.concat()), "text/event-stream")
}

/// Mounts what the feed says from this cursor on; then the stream ends.
async fn answer_feed(cloud: &MockServer, cursor: &str, response: ResponseTemplate) {
    let feed = Mock::given(method("GET")).and(path("/v1/events")).and(query_param("cursor", cursor));
    feed.respond_with(response).mount(cloud).await;
}

async fn device_names(core: &Porchlight) -> Vec<String> {
    let window = core.profile().devices().window(None, None, 0, 200).await.unwrap();
    let name = |listed| match listed {
        ListedDevice::Added(device) => device.name,
        ListedDevice::Queued(device) => device.name,
    };
    window.items.into_iter().map(name).collect()
}

/// Waits until the list shows these names.
async fn until_devices(core: &Porchlight, names: &[&str]) {
    let seen = Seen::new(0);
    core.profile().devices().listen(seen.clone()).for_good();
    let mut counted = 0;
    while device_names(core).await != names {
        counted = seen.until(|count| *count > counted).await;
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page_and_then_followed_from_the_first_cursor() {
    let cloud = cloud_with_sign_in().await;
    let page = |devices: Value, cursor: &str, next: Option<String>| {
        let body = json!({ "devices": devices, "cursor": cursor, "next": next, "of_the_future": 1 });
        ResponseTemplate::new(200).set_body_json(body)
    };
    let second = Mock::given(path("/v1/devices")).and(query_param("after", id(1)));
    let second = second.respond_with(page(json!([device(&id(2), "Attic")]), "0.9", None));
    second.mount(&cloud).await;
    answer(&cloud, "GET", "/v1/devices", page(json!([device(&id(1), "Gate")]), "0.8", Some(id(1)))).await;
    let sites = json!({ "sites": [site(SITE, "Lake house")], "cursor": "0.7" });
    answer(&cloud, "GET", "/v1/sites", ResponseTemplate::new(200).set_body_json(sites)).await;
    let events = [
        change("0.10", &json!({ "kind": "device", "device": device(&id(3), "Door") })),
        change("0.11", &json!({ "kind": "of_the_future", "x": 1 })),
        change("0.12", &json!({ "kind": "device", "device": "of another shape" })),
        change("0.13", &json!({ "kind": "device_gone", "device": id(1) })),
    ];
    answer_feed(&cloud, "0.7", stream(&events)).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    until_devices(&core, &["Attic", "Door"]).await;
    // The stream ended: the next one goes on after what was seen, the skipped changes included.
    answer_feed(
        &cloud,
        "0.13",
        stream(&[change("0.14", &json!({ "kind": "device_gone", "device": id(2) }))]),
    )
    .await;
    until_devices(&core, &["Door"]).await;
    assert_eq!(core.profile().sites().window(0, 1).await.unwrap().items[0].name, "Lake house");
}

#[tokio::test]
async fn cursor_that_is_too_old_reads_the_lists_again() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([device(&id(1), "Gate")])).await;
    answer_feed(&cloud, "0.1", stream(&["id: 0.5\n\n".to_owned()])).await;
    answer_feed(&cloud, "0.5", problem(410, "cursor_too_old")).await;
    let (_phone, _core) = signed_in_phone(&cloud).await;
    let twice = async {
        while requests_to(&cloud, "/v1/devices").await.len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), twice).await.unwrap();
}

#[tokio::test]
async fn another_membership_reads_the_lists_again() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let joined = change("0.5", &json!({ "kind": "membership", "organization": id(80) }));
    answer_feed(&cloud, "0.1", stream(&[joined])).await;
    let (_phone, _core) = signed_in_phone(&cloud).await;
    let twice = async {
        while requests_to(&cloud, "/v1/memberships").await.len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), twice).await.unwrap();
}

#[tokio::test]
async fn claims_reach_who_waits_for_them_after_the_device_is_in_the_list() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let owned =
        json!({ "id": id(7), "attempt": 1, "state": { "is": "owned", "device": id(1) }, "expires_at": 1 });
    let events = [
        change("0.2", &json!({ "kind": "device", "device": device(&id(1), "Gate") })),
        change("0.3", &json!({ "kind": "claim", "claim": owned })),
    ];
    answer_feed(&cloud, "0.1", stream(&events).set_delay(Duration::from_millis(200))).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let mut claims = core.profile().claims();
    let claim = tokio::time::timeout(Duration::from_secs(10), claims.recv()).await.unwrap().unwrap();
    assert_eq!(claim.id.to_string(), id(7));
    assert_eq!(device_names(&core).await, ["Gate"]);
}

#[tokio::test]
async fn lists_are_readable_without_a_connection_and_say_how_old_they_are() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([site(SITE, "Lake house")]), json!([device(&id(1), "Gate")])).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    core.profile().devices().refresh().await.unwrap();
    drop(core);
    phone.network.0.store(false, SeqCst);
    phone.clock.0.fetch_add(60_000, SeqCst);
    let core = phone.open_at(&nobody_there().await).await;
    assert_eq!(device_names(&core).await, ["Gate"]);
    let window = core.profile().sites().window(0, 10).await.unwrap();
    assert_eq!((window.as_of, window.connection), (Some(1_790_000_000_000), Connection::Connecting));
    assert_eq!(core.profile().sites().refresh().await, Err(Error::Offline));
    assert_eq!(core.profile().sites().get(id(1).parse().unwrap()).await, Err(Error::NotFound));
}

#[tokio::test]
async fn refresh_tells_why_it_did_not_work_and_the_list_stays() {
    let cloud = cloud_with_sign_in().await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    assert_eq!(core.profile().sites().refresh().await, Err(Error::NotFound));
    assert_eq!(core.profile().sites().window(0, 10).await.unwrap().total, 0);
    core.profile().session().sign_out(crate::session::UnsentActs::Refuse).await.unwrap();
    assert_eq!(core.profile().sites().refresh().await, Err(Error::SignInRequired));
}

/// A feed whose connection a test holds in its hand; everything else it answers like a cloud without anything.
struct HandHeldFeed {
    streams: tokio::sync::mpsc::UnboundedReceiver<TcpStream>,
    address: String,
}

impl HandHeldFeed {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sender, streams) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, sender.clone()));
            }
        });
        Self { streams, address }
    }

    async fn stream(&mut self) -> TcpStream {
        tokio::time::timeout(Duration::from_secs(10), self.streams.recv()).await.unwrap().unwrap()
    }
}

async fn serve(mut connection: TcpStream, streams: tokio::sync::mpsc::UnboundedSender<TcpStream>) {
    let mut request = vec![0; 16 * 1024];
    let read = connection.read(&mut request).await.unwrap();
    let request = String::from_utf8_lossy(&request[..read]).into_owned();
    let session = json!({ "session": ACCOUNT, "access_token": "a", "access_expires_in": 600, "refresh_token": "r",
        "account": account() });
    let body = match request.split(' ').nth(1).unwrap().split('?').next().unwrap() {
        "/v1/sites" => json!({ "sites": [], "cursor": "0.1" }),
        "/v1/devices" => json!({ "devices": [], "cursor": "0.1" }),
        "/v1/sessions" => session,
        "/v1/authorization-requests" => json!({ "requests": [], "cursor": "0.1" }),
        "/v1/grants" => json!({ "grants": [], "cursor": "0.1" }),
        "/v1/customer-offers" => json!({ "offers": [] }),
        "/v1/memberships" => json!({ "memberships": [] }),
        _ => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            connection.write_all(head.as_bytes()).await.unwrap();
            return streams.send(connection).unwrap();
        }
    };
    let body = body.to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    connection.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
}

async fn until(core: &Porchlight, connection: Connection) {
    let seen = Seen::new(0);
    core.profile().sites().listen(seen.clone()).for_good();
    let mut counted = 0;
    while core.profile().sites().window(0, 1).await.unwrap().connection != connection {
        counted = seen.until(|count| *count > counted).await;
    }
}

#[tokio::test]
async fn stream_is_open_while_somebody_looks_and_comes_back_when_it_breaks_off() {
    let mut feed = HandHeldFeed::start().await;
    let phone = TestPhone::new();
    let core = phone.open_at(&feed.address).await;
    core.profile().session().sign_in("kim@example.org", "correct porch lantern".into()).await.unwrap();
    let mut stream = feed.stream().await;
    until(&core, Connection::Live).await;
    phone.clock.0.fetch_add(60_000, SeqCst);
    assert_eq!(core.profile().sites().window(0, 1).await.unwrap().as_of, Some(1_790_000_060_000));
    let event = change("0.2", &json!({ "kind": "device", "device": device(&id(1), "Gate") }));
    // In two pieces, as a network cuts it.
    stream.write_all(&event.as_bytes()[..30]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    stream.write_all(&event.as_bytes()[30..]).await.unwrap();
    until_devices(&core, &["Gate"]).await;
    // Broken off: it comes back by itself.
    drop(stream);
    let mut stream = feed.stream().await;
    until(&core, Connection::Live).await;
    // In the background: closed, and stays so.
    core.entered_background().await;
    until(&core, Connection::Connecting).await;
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
    assert!(tokio::time::timeout(Duration::from_millis(700), feed.streams.recv()).await.is_err());
    core.entered_foreground().await;
    let _stream = feed.stream().await;
    until(&core, Connection::Live).await;
}

#[tokio::test]
async fn sign_out_closes_the_stream() {
    let mut feed = HandHeldFeed::start().await;
    let phone = TestPhone::new();
    let core = phone.open_at(&feed.address).await;
    core.profile().session().sign_in("kim@example.org", "correct porch lantern".into()).await.unwrap();
    let mut stream = feed.stream().await;
    let flow = core.profile().session();
    let signed_out = flow.sign_out(crate::session::UnsentActs::Refuse);
    // The server answers no DELETE: that does not hold a sign-out up for ever.
    let closed = async { while stream.read(&mut [0; 8]).await.unwrap_or(0) > 0 {} };
    let (signed_out, ()) = tokio::join!(signed_out, closed);
    assert_eq!(signed_out, Ok(()));
}

#[tokio::test]
async fn cloud_that_never_answered_is_told_from_one_that_is_being_asked() {
    let mut feed = HandHeldFeed::start().await;
    let phone = TestPhone::new();
    let core = phone.open_at(&feed.address).await;
    core.profile().session().sign_in("kim@example.org", "correct porch lantern".into()).await.unwrap();
    let stream = feed.stream().await;
    until(&core, Connection::Live).await;
    drop(core);
    drop(stream);
    // Nobody answers there: it is said once that was found out, not before.
    let core = phone.open_at(&nobody_there().await).await;
    assert_eq!(core.profile().sites().window(0, 1).await.unwrap().connection, Connection::Connecting);
    until(&core, Connection::Unreachable).await;
    drop(core);
    // Somebody accepts and says nothing: a person is told after a few seconds.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let core = phone.open_at(&format!("http://{}", silent.local_addr().unwrap())).await;
    let opened = std::time::Instant::now();
    until(&core, Connection::Unreachable).await;
    assert!(opened.elapsed() >= Duration::from_secs(3), "{:?}", opened.elapsed());
    // Back from the background it is a first try again.
    core.entered_background().await;
    until(&core, Connection::Connecting).await;
}

#[tokio::test]
async fn page_of_who_did_what_is_asked_for_by_grant_and_before_an_act() {
    let cloud = cloud_with_sign_in().await;
    let act = json!({ "id": id(90), "at": 5, "what": "device.added", "name": "Gate", "of_the_future": 1 });
    let page = json!({ "acts": [act], "next": id(90) });
    answer(&cloud, "GET", "/v1/history", ResponseTemplate::new(200).set_body_json(page)).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let history = core.profile().history();
    let page = history.page(Some(id(50).parse().unwrap()), Some(id(91).parse().unwrap()), 20).await.unwrap();
    assert_eq!((page.acts[0].what.as_str(), page.next), ("device.added", Some(id(90).parse().unwrap())));
    let sent = requests_to(&cloud, "/v1/history").await;
    let query: Vec<_> = sent[0].url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(query, ["limit=20".to_owned(), format!("before={}", id(91)), format!("grant={}", id(50))]);
    assert!(matches!(history.page(None, None, 201).await, Err(Error::InvalidInput { .. })));
}
