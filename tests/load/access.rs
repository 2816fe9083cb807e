//! Delegated access: how fast an answered revoke closes streams, and whether a stolen link is worth anything.

use crate::report::{Report, Sample};
use harness::api::Api;
use harness::cloud::Cloud;
use harness::firm::{Firm, Link, end};
use reqwest::Method;
use reqwest::StatusCode;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Phones that act by the grant, and the streams that each has open: as many as a session may.
const PHONES: usize = 125;
const STREAMS: usize = 8;

const STOLEN: usize = 10_000;

/// Whoever closes later than this is not measured: the benchmark has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs it.
pub fn run() -> std::io::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut report = Report::new("access");
    let closings = runtime.block_on(revoke());
    report.row("from the answer to a revoke to the last byte of a stream", &Sample::of(closings).figures());
    report.at_least("runs", 1_000.0);
    report.at_most("p99_ms", 1_000.0);
    let (tried, opened) = runtime.block_on(steal());
    report.row("redemptions of a stolen link", &[("tried", tried.into()), ("opened", opened.into())]);
    report.at_least("tried", 10_000.0);
    report.at_most("opened", 0.0);
    report.finish()
}

async fn scene() -> (Cloud, Firm, Api, serde_json::Value) {
    let cloud = Cloud::start_with(None, |settings| {
        (settings.sign_ins_per_minute, settings.requests_per_minute) = (1_000_000, 1_000_000);
    })
    .await;
    let firm = Firm::new(&cloud, "Bright Solar", "ana@bright.example").await;
    let kim = Api::with_account(&cloud, "kim@example.org").await;
    let customer = firm.customer(&kim).await;
    let grant = firm.grant(&customer, &kim, json!({})).await;
    (cloud, firm, kim, grant)
}

/// How long after the answer each stream ended.
async fn revoke() -> Vec<Duration> {
    let (cloud, firm, kim, grant) = scene().await;
    let mut streams = JoinSet::new();
    for _ in 0..PHONES {
        let phone = firm.act(&cloud, &grant).await;
        for _ in 0..STREAMS {
            let opened = phone.request(Method::GET, "/v1/events").send().await.expect("a stream opens");
            assert_eq!(opened.status(), StatusCode::OK);
            streams.spawn(last_byte(opened));
        }
    }
    end(&kim, &grant).await.good();
    let answered = Instant::now();
    let closed = tokio::time::timeout(PATIENCE, streams.join_all()).await.expect("every stream closes");
    closed.into_iter().map(|at| at.saturating_duration_since(answered)).collect()
}

/// When the stream ended.
async fn last_byte(mut stream: reqwest::Response) -> Instant {
    while let Ok(Some(_)) = stream.chunk().await {}
    Instant::now()
}

/// The whole link, with another phone's key and no verifier, or a verifier of the thief's own; how many tries, and how
/// many opened something. At last its owner uses it: it was worth something all the time.
async fn steal() -> (usize, usize) {
    let (cloud, firm, _, grant) = scene().await;
    let mut opened = 0;
    let mut tried = 0;
    while tried < STOLEN {
        let link = firm.link(&grant).await;
        let mut thieves = JoinSet::new();
        for nth in 0..100 {
            let mut thief = Api::new(&cloud);
            let own = firm.installer.session.as_ref().expect("signed in").session.to_string();
            let verifier = if nth % 2 == 0 { String::new() } else { own.repeat(2) };
            let stolen = Link { verifier, ..link.clone() };
            thieves.spawn(async move { thief.redeem(&stolen).await.status.is_success() });
        }
        let results = thieves.join_all().await;
        tried += results.len();
        opened += results.into_iter().filter(|success| *success).count();
        Api::new(&cloud).redeem(&link).await.good();
    }
    (tried, opened)
}
