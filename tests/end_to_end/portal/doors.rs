//! Every page in the table of doors: who may see it, what lies around it, and that reading it changes nothing.

use super::*;
use crate::routes::content::settled;
use harness::on_both_engines;
use porchlight_cloud::authority::doors::{DOORS, Door};
use porchlight_cloud::settings::{AndroidApp, IosApp};
use serde_json::{Value, json};

/// The pages, without the stream of changes, which does not end.
pub(super) fn pages() -> Vec<(&'static str, &'static str, Door)> {
    let all = DOORS.iter().filter(|(_, path, _)| !path.starts_with("/v1/") && *path != "/events");
    let pages: Vec<_> = all.copied().collect();
    assert!(pages.len() > 30, "{pages:?}");
    pages
}

/// Led elsewhere: whoever is signed in already, and whoever comes to the second page of a form without the first.
const AWAY: [&str; 2] = ["/sign-in", "/password/new"];

pub(super) fn named(path: &str, id: &str) -> String {
    path.replace("{id}", id).replace("{name}", "porchlight.css")
}

on_both_engines! {
    async fn without_a_session_only_open_pages_answer(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let nobody = Browser::new(&cloud);
        for (method, path, door) in pages() {
            let path = named(path, NOBODYS_ID);
            let answer = if method == "GET" { nobody.get(&path).await } else { nobody.post(&path, &[]).await };
            let is_led_in = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in");
            assert_eq!(is_led_in, door != Door::Open, "{method} {path}: {} {}", answer.status, answer.location());
        }
        assert_eq!(nobody.get("/events").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn form_of_another_site_does_nothing(database: Database) {
        let db = database.open().await;
        let house = House::new(database).await;
        let before = settled(&db).await;
        let own = &house.cloud.url("");
        for (_, path, _) in pages().into_iter().filter(|(method, ..)| *method == "POST") {
            let (browser, id) = house.id_for(path);
            let path = named(path, &id);
            for (name, value) in [
                ("origin", "https://evil.example"),
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("x-nothing", own.as_str()),
            ] {
                let request = browser.request(Method::POST, &path).header(name, value);
                let request = request.header("content-type", "application/x-www-form-urlencoded").body("name=x");
                let answer = read(request).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
                assert!(answer.text.contains("This came from another page than ours"), "{}", answer.text);
            }
        }
        assert_eq!(settled(&db).await, before);
    }

    async fn every_answer_has_the_headers_of_a_page(database: Database) {
        let house = House::new(database).await;
        let mut paths: Vec<_> = pages().iter().filter(|(method, ..)| *method == "GET").map(|(_, path, _)| *path).collect();
        paths.push("/nowhere");
        let mut nonces = Vec::new();
        for path in paths {
            let (browser, id) = house.id_for(path);
            let answer = browser.get(&named(path, &id)).await;
            let policy = answer.header("content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).unwrap_or_default().split('\'').next().unwrap();
            assert_eq!(
                policy,
                format!("default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; \
                    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
                "{path}"
            );
            for (name, value) in [
                ("strict-transport-security", "max-age=63072000"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), value, "{path}: {name}");
            }
            let kept = path.starts_with("/static/");
            assert_eq!(answer.header("cache-control") == "no-store", !kept, "{path}");
            for (at, _) in answer.text.match_indices("<script") {
                assert!(answer.text[at..].starts_with(&format!("<script nonce=\"{nonce}\"")), "{path}");
                assert!(answer.text[at..].split('>').next().unwrap().contains(" src=\"/static/"), "{path}");
            }
            assert!(!answer.text.contains(" style=") && !answer.text.contains("<style"), "{path}");
            nonces.push(nonce.to_owned());
        }
        let count = nonces.len();
        nonces.sort();
        nonces.dedup();
        assert_eq!(nonces.len(), count, "a nonce is used once");
    }

    async fn reading_pages_changes_nothing(database: Database) {
        let db = database.open().await;
        let house = House::new(database).await;
        let before = settled(&db).await;
        let mut seen = 0;
        for (_, path, _) in pages().into_iter().filter(|(method, ..)| *method == "GET") {
            let (browser, id) = house.id_for(path);
            let answer = browser.get(&named(path, &id)).await;
            assert!(answer.status == StatusCode::OK || AWAY.contains(&path), "{path}: {}", answer.status);
            seen += usize::from(answer.status == StatusCode::OK);
            browser.get(&named(path, NOBODYS_ID)).await;
        }
        assert!(seen > 20, "only {seen} pages were there to be read");
        // Not read to its end: a stream has none.
        assert_eq!(house.kim.request(Method::GET, "/events").send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(settled(&db).await, before);
    }

    async fn apps_that_may_open_links_are_told_as_they_are_set(database: Database) {
        let android = AndroidApp { package: "io.porchlight.customer".into(), fingerprint: "AB:CD".into() };
        let ios = IosApp { id: "ABCDE12345.io.porchlight.customer".into(), path: "/h".into() };
        let cloud = Cloud::start_with(Some(database), |settings| {
            settings.android_apps = vec![android];
            settings.ios_apps = vec![ios];
        })
        .await;
        let nobody = Browser::new(&cloud);
        let links = nobody.get("/.well-known/assetlinks.json").await;
        assert_eq!(links.header("content-type"), "application/json");
        assert_eq!(serde_json::from_str::<Value>(&links.text).unwrap(), json!([{
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": { "namespace": "android_app", "package_name": "io.porchlight.customer",
                "sha256_cert_fingerprints": ["AB:CD"] },
        }]));
        let site = nobody.get("/.well-known/apple-app-site-association").await;
        assert_eq!(site.header("content-type"), "application/json");
        assert_eq!(serde_json::from_str::<Value>(&site.text).unwrap(), json!({ "applinks": { "details": [
            { "appIDs": ["ABCDE12345.io.porchlight.customer"], "components": [{ "/": "/h" }] },
        ] } }));
        let page = nobody.get("/h").await;
        assert!(page.text.contains("Open the app") && !page.text.contains("<script"), "{}", page.text);
    }
}
