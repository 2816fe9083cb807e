//! The client against a server that says anything, and one that breaks off.

use super::{Call, Http, IdempotencyKey};
use crate::error::{Error, Fault, InputField, InputReason, NotAllowedReason, Unanswered};
use crate::report::Reports;
use crate::testing::*;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::{MockServer, ResponseTemplate};

fn http(phone: &TestPhone, cloud: &str) -> Http {
    Http::new(&configuration(cloud), phone.ports()).unwrap()
}

async fn outcome_of(response: ResponseTemplate) -> Result<Value, Fault> {
    let cloud = MockServer::start().await;
    answer(&cloud, "GET", "/v1/x", response).await;
    let phone = TestPhone::new();
    http(&phone, &cloud.uri()).send(&Call::new(Method::GET, "/v1/x")).await?.read()
}

/// What a screen is told.
async fn told(response: ResponseTemplate) -> Error {
    let folder = tempfile::tempdir().unwrap();
    Reports::open(folder.path()).tell(outcome_of(response).await.unwrap_err())
}

#[tokio::test]
async fn problem_becomes_what_the_app_should_do() {
    assert_eq!(told(problem(404, "not_found")).await, Error::NotFound);
    assert_eq!(told(problem(426, "update_required")).await, Error::UpdateRequired);
    let wrong_code = Error::InvalidInput { field: InputField::Code, reason: InputReason::WrongCode };
    assert_eq!(told(problem(422, "wrong_code")).await, wrong_code);
    let with_field = json!({ "type": "x", "title": "t", "status": 422, "code": "invalid_input",
        "field": "terms.time_zone", "of_the_future": [1] });
    let with_field =
        ResponseTemplate::new(422).set_body_raw(with_field.to_string(), "application/problem+json; x=y");
    let wrong_zone = Error::InvalidInput { field: InputField::TimeZone, reason: InputReason::NotAllowed };
    assert_eq!(told(with_field).await, wrong_zone);
}

#[tokio::test]
async fn problem_of_a_newer_cloud_is_judged_by_its_status() {
    assert_eq!(
        told(problem(403, "of_the_future")).await,
        Error::NotAllowed { reason: NotAllowedReason::Role }
    );
    assert_eq!(told(problem(404, "of_the_future")).await, Error::NotFound);
}

#[tokio::test]
async fn answer_of_a_proxy_on_the_way_is_no_problem_of_the_cloud() {
    let page = ResponseTemplate::new(502).set_body_raw("<html>\"code\": \"not_found\"", "text/html");
    assert_eq!(told(page).await, Error::ServerUnavailable { retry_after: None });
    let redirect = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/");
    assert!(matches!(told(redirect).await, Error::Internal { .. }));
}

#[tokio::test]
async fn time_of_the_cloud_goes_on_whatever_the_phone_s_clock_says() {
    let cloud = MockServer::start().await;
    let dated = problem(404, "not_found").insert_header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    answer(&cloud, "GET", "/v1/x", dated).await;
    let phone = TestPhone::new();
    let http = http(&phone, &cloud.uri());
    assert_eq!(http.cloud_time().await, None, "nothing was heard yet");
    http.send(&Call::new(Method::GET, "/v1/x")).await.unwrap_err();
    assert_eq!(http.cloud_time().await, Some(784_111_777_000));
    for wrong in [0, 4_000_000_000_000] {
        phone.clock.0.store(wrong, SeqCst);
        phone.clock.pass(Duration::from_secs(60));
    }
    assert_eq!(http.cloud_time().await, Some(784_111_897_000));
    phone.clock.start_anew();
    assert_eq!(http.cloud_time().await, None, "the phone was off, nobody knows for how long");
}

#[tokio::test]
async fn retry_after_reaches_the_screen() {
    let busy = problem(503, "unavailable").insert_header("retry-after", "7");
    assert_eq!(told(busy).await, Error::ServerUnavailable { retry_after: Some(Duration::from_secs(7)) });
    let often = problem(429, "too_many_requests").insert_header("retry-after", "99999999999");
    let reason = NotAllowedReason::TooOften { retry_after: Some(Duration::from_secs(86_400)) };
    assert_eq!(told(often).await, Error::NotAllowed { reason });
    let date = problem(503, "unavailable").insert_header("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT");
    assert_eq!(told(date).await, Error::ServerUnavailable { retry_after: None });
}

#[tokio::test]
async fn report_holds_nothing_of_what_the_cloud_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let reports = Reports::open(folder.path());
    let body = json!({ "type": "x", "title": "canary", "status": 500, "code": "internal", "report_id": "a b\ncanary" });
    let broken = ResponseTemplate::new(500).set_body_raw(body.to_string(), "application/problem+json");
    let fault = outcome_of(broken).await.unwrap_err();
    let Error::Internal { report_id } = reports.tell(fault) else { panic!("not internal") };
    let unreadable = outcome_of(ResponseTemplate::new(200).set_body_string("{\"canary\": nonsense")).await;
    let Error::Internal { .. } = reports.tell(unreadable.unwrap_err()) else { panic!("not internal") };
    let log = reports.export();
    assert!(log.lines().next().unwrap().starts_with(&report_id), "{log}");
    assert_eq!(log.lines().count(), 2);
    assert!(!log.contains("canary"), "{log}");
}

#[tokio::test]
async fn answer_that_never_ends_is_not_read_to_its_end() {
    let long = ResponseTemplate::new(200).set_body_bytes(vec![b' '; 3 * 1024 * 1024]);
    assert_eq!(outcome_of(long).await, Err(Fault::Unreadable("longer than any answer")));
}

#[tokio::test]
async fn every_request_names_the_app() {
    let cloud = MockServer::start().await;
    answer(&cloud, "GET", "/v1/x", ResponseTemplate::new(200).set_body_json(1)).await;
    let phone = TestPhone::new();
    http(&phone, &cloud.uri()).send(&Call::new(Method::GET, "/v1/x")).await.unwrap();
    let requests = requests_to(&cloud, "/v1/x").await;
    assert_eq!(requests[0].headers["porchlight-client"], "customer-test/1.4.0");
}

/// A server that does what was asked, and breaks the connection off before its answer, `lost` times.
async fn server_that_loses_answers(lost: u32) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let done = Arc::new(AtomicU32::new(0));
    let counted = done.clone();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = connection.read(&mut request).await.unwrap();
            assert!(read > 0);
            if counted.fetch_add(1, SeqCst) >= lost {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ntrue";
                connection.write_all(answer).await.unwrap();
            }
        }
    });
    (address, done)
}

#[tokio::test]
async fn lost_answer_is_asked_for_again_under_the_same_key() {
    let phone = TestPhone::new();
    let (address, done) = server_that_loses_answers(2).await;
    let key = IdempotencyKey::mint();
    let call = Call::new(Method::POST, "/v1/sites").body(&json!({})).idempotency(&key);
    assert_eq!(http(&phone, &address).send(&call).await.unwrap().read::<bool>(), Ok(true));
    assert_eq!(done.load(SeqCst), 3);
}

#[tokio::test]
async fn request_that_cannot_be_repeated_is_sent_once() {
    let phone = TestPhone::new();
    let (address, done) = server_that_loses_answers(1).await;
    let call = Call::new(Method::POST, "/v1/accounts").body(&json!({}));
    let outcome = http(&phone, &address).send(&call).await;
    assert_eq!(outcome.err(), Some(Fault::Unanswered(Unanswered::BrokenOff)));
    assert_eq!(done.load(SeqCst), 1);
}

#[tokio::test]
async fn no_network_and_no_server_are_told_apart() {
    let phone = TestPhone::new();
    let http = http(&phone, &nobody_there().await);
    let call = Call::new(Method::GET, "/v1/x");
    assert_eq!(http.send(&call).await.err(), Some(Fault::Unanswered(Unanswered::NotConnected)));
    phone.network.0.store(false, SeqCst);
    assert_eq!(http.send(&call).await.err(), Some(Fault::Offline));
}

#[tokio::test]
async fn root_that_is_no_certificate_is_refused_at_the_start() {
    let phone = TestPhone::new();
    let mut configuration = configuration("https://api.example");
    assert!(Http::new(&configuration, phone.ports()).is_ok());
    configuration.extra_roots = vec![vec![1, 2, 3]];
    let refused = Http::new(&configuration, phone.ports()).err();
    let reason = InputReason::NotAllowed;
    assert_eq!(refused, Some(Fault::Input { field: InputField::ExtraRoots, reason }));
}
