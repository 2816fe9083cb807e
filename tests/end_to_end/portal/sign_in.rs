//! Signing in by a cookie.

use super::*;
use harness::on_both_engines;
use porchlight_cloud::session::{BROWSER_IDLES, disable_account};
use porchlight_protocol::AccountId;
use reqwest::header::HeaderValue;
use serde_json::json;
use std::time::Duration;

const KIM: &str = "kim@example.org";

/// Moves the clock of all sessions: they began, and were used last, so many milliseconds earlier.
async fn age_sessions(cloud: &Cloud, by: i64) {
    let db = cloud.db().await;
    let mut tx = db.begin().await.unwrap();
    for sql in [
        "UPDATE session SET created_at = created_at - $1, expires_at = expires_at - $1",
        "UPDATE session_activity SET seen_at = seen_at - $1",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(by).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn cookie_is_for_this_host_alone_and_no_script_reads_it(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        Api::new(&cloud).register(&cloud, KIM).await;
        let mut browser = Browser::new(&cloud);
        let answer = browser.sign_in(KIM, PASSWORD).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-porchlight=pl_pc_"), "{cookie}");
        for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(attribute), "{cookie} lacks {attribute}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let secret = browser.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
        let db = cloud.db().await;
        let mut reader = db.read().await.unwrap();
        let kept: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT access_hash FROM session").fetch_all(&mut *reader).await.unwrap();
        assert_eq!(kept, [porchlight_cloud::secret::sha256(secret.as_bytes())]);
    }

    async fn cookie_opens_pages_only_and_a_token_the_api_only(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (browser, api) = Browser::with_account(&cloud, KIM).await;
        assert_eq!(browser.get("/settings").await.status, StatusCode::OK);
        let secret = browser.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
        let token = api.session.unwrap().access_token;
        let at_api = |request: reqwest::RequestBuilder| request.header("porchlight-client", "browser/1.0.0");
        for request in [
            at_api(browser.request(Method::GET, "/v1/account")),
            at_api(Browser::new(&cloud).request(Method::GET, "/v1/account").bearer_auth(&secret)),
        ] {
            assert_eq!(read(request).await.status, StatusCode::UNAUTHORIZED);
        }
        for request in [
            Browser::new(&cloud).request(Method::GET, "/settings").bearer_auth(&token),
            Browser::new(&cloud).request(Method::GET, "/settings").header(COOKIE, format!("__Host-porchlight={token}")),
            Browser::new(&cloud).request(Method::GET, "/settings").header(COOKIE, format!("porchlight={secret}")),
        ] {
            assert_eq!(read(request).await.location(), "/sign-in?next=%2Fsettings");
        }
    }

    async fn unknown_address_and_wrong_password_read_the_same_and_are_slowed_alike(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        Api::new(&cloud).register(&cloud, KIM).await;
        let mut pages = Vec::new();
        for email in [KIM, "nobody@example.org"] {
            let mut browser = Browser::new(&cloud);
            for _ in 0..5 {
                let answer = browser.sign_in(email, "not the password").await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
                assert!(answer.headers.get(SET_COOKIE).is_none());
                let nonce = answer.text.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
                pages.push(answer.text.replace(email, "").replace(&nonce, ""));
            }
            let slowed = browser.sign_in(email, PASSWORD).await;
            assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(slowed.text.contains("Too many tries."), "{}", slowed.text);
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:#?}");
        assert!(pages[0].contains("Email and password do not match an account."));
    }

    async fn cookies_of_others_in_whatever_bytes_shut_nobody_out(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (browser, _) = Browser::with_account(&cloud, KIM).await;
        let cookie = browser.cookie.clone().unwrap();
        for beside in [b"a=\xc3\xbc; ".as_slice(), b"b=\xff\xfe; ", b"c; ;;= ; "] {
            let line = HeaderValue::from_bytes(&[beside, cookie.as_bytes()].concat()).unwrap();
            let answer = read(Browser::new(&cloud).request(Method::GET, "/access").header(COOKIE, line)).await;
            assert_eq!(answer.status, StatusCode::OK, "{beside:?}");
        }
    }

    async fn longest_password_fits_the_form_and_what_is_longer_is_said_to_be(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let mut browser = Browser::new(&cloud);
        let longest = "\u{1f3e1}".repeat(128);
        let refused = browser.sign_in("kim@example.org", &longest).await;
        assert!(refused.text.contains("Email and password do not match an account."), "{}", refused.text);
        let larger = browser.sign_in("kim@example.org", &"x".repeat(5_000)).await;
        assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(larger.text.contains("That is too long. Use less text."), "{}", larger.text);
    }

    async fn disabled_account_is_told_so_only_after_the_right_password(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (browser, api) = Browser::with_account(&cloud, KIM).await;
        let account: AccountId = api.session.as_ref().unwrap().account.id;
        disable_account(&cloud.db().await, account).await.unwrap();
        assert_eq!(browser.get("/settings").await.location(), "/sign-in?next=%2Fsettings");
        let mut again = Browser::new(&cloud);
        assert!(again.sign_in(KIM, "not the password").await.text.contains("do not match"));
        let told = again.sign_in(KIM, PASSWORD).await;
        assert!(told.text.contains("Your account is disabled."), "{}", told.text);
    }

    async fn session_ends_by_signing_out_by_half_an_hour_without_use_and_by_twelve_hours(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (mut browser, _) = Browser::with_account(&cloud, KIM).await;
        age_sessions(&cloud, BROWSER_IDLES - 60_000).await;
        assert_eq!(browser.get("/settings").await.status, StatusCode::OK);
        age_sessions(&cloud, 120_000).await;
        assert_eq!(browser.get("/settings").await.status, StatusCode::SEE_OTHER, "nobody noted that it was used");

        browser.sign_in(KIM, PASSWORD).await;
        let db = cloud.db().await;
        for _ in 0..30 {
            // In use all the time, as the notes say, which are written once a minute.
            age_sessions(&cloud, 25 * 60_000).await;
            let mut tx = db.begin().await.unwrap();
            sqlx::query("INSERT INTO session_activity (session_id, seen_at) SELECT id, $1 FROM session WHERE TRUE \
                ON CONFLICT (session_id) DO UPDATE SET seen_at = excluded.seen_at")
                .bind(porchlight_cloud::now()).execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
            if browser.get("/settings").await.status != StatusCode::OK {
                break;
            }
        }
        let mut reader = db.read().await.unwrap();
        let oldest: i64 = sqlx::query_scalar("SELECT MIN(created_at) FROM session WHERE created_at = \
            (SELECT MAX(created_at) FROM session)").fetch_one(&mut *reader).await.unwrap();
        drop(reader);
        let lasted = porchlight_cloud::now() - oldest;
        assert!((12 * 3_600_000..12 * 3_600_000 + 25 * 60_000).contains(&lasted), "{lasted} ms");

        browser.sign_in(KIM, PASSWORD).await;
        let left = browser.post("/sign-out", &[]).await;
        assert_eq!((left.status, left.location()), (StatusCode::SEE_OTHER, "/sign-in"));
        assert!(left.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(browser.get("/settings").await.status, StatusCode::SEE_OTHER, "the cookie alone is worth nothing");
    }

    async fn page_that_reads_itself_again_keeps_no_session_alive(database: Database) {
        let db = database.open().await;
        let mut cloud = Cloud::start_with(Some(database), |_| {}).await;
        let mut browser = Browser::new(&cloud);
        Api::new(&cloud).register(&cloud, KIM).await;
        browser.sign_in(KIM, PASSWORD).await;
        let by_itself = |browser: &Browser| read(browser.request(Method::GET, "/").header("hx-request", "true"));
        for (by_person, noted) in [(false, 0), (true, 1)] {
            let answer = if by_person { browser.get("/").await } else { by_itself(&browser).await };
            assert_eq!(answer.status, StatusCode::OK);
            browser.get("/events?cursor=rubbish").await;
            // What was noted is written when the server stops.
            cloud.pause().await;
            let mut reader = db.read().await.unwrap();
            let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM session_activity");
            assert_eq!(count.fetch_one(&mut *reader).await.unwrap(), noted);
            cloud.resume().await;
        }
        age_sessions(&cloud, BROWSER_IDLES + 60_000).await;
        let over = by_itself(&browser).await;
        assert_eq!((over.status, over.header("hx-refresh")), (StatusCode::NO_CONTENT, "true"), "so is the whole page");
    }

    async fn open_page_hears_within_a_second_that_its_session_is_over(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (mut browser, _) = Browser::with_account(&cloud, KIM).await;
        let soon = 1_000;
        for way in ["unused", "too old", "signed out"] {
            match way {
                "unused" => age_sessions(&cloud, BROWSER_IDLES - soon).await,
                "too old" => {
                    browser.sign_in(KIM, PASSWORD).await;
                    let db = cloud.db().await;
                    let mut tx = db.begin().await.unwrap();
                    let ends = sqlx::query("UPDATE session SET expires_at = $1").bind(porchlight_cloud::now() + soon);
                    ends.execute(&mut *tx).await.unwrap();
                    tx.commit().await.unwrap();
                }
                _ => drop(browser.sign_in(KIM, PASSWORD).await),
            }
            let mut stream = browser.request(Method::GET, "/events").send().await.unwrap();
            assert!(stream.chunk().await.unwrap().is_some(), "{way}: it is open");
            let mut longest = Duration::from_millis(soon.unsigned_abs()) + Duration::from_secs(1);
            if way == "signed out" {
                browser.post("/sign-out", &[]).await;
                longest = Duration::from_secs(1);
            }
            let rest = async { while let Ok(Some(_)) = stream.chunk().await {} };
            tokio::time::timeout(longest, rest).await.expect(way);
            assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER, "{way}");
        }
    }

    async fn page_says_how_many_more_may_be_asked_for(database: Database) {
        let cloud = Cloud::start_with(Some(database), |settings| settings.requests_per_minute = 2).await;
        let (browser, _) = Browser::with_account(&cloud, KIM).await;
        for (left, status) in [(1, StatusCode::OK), (0, StatusCode::OK), (0, StatusCode::TOO_MANY_REQUESTS)] {
            let answer = browser.get("/").await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("ratelimit-policy"), "\"session\";q=2;w=60");
            assert!(answer.header("ratelimit").starts_with(&format!("\"session\";r={left};")), "{left}");
        }
        assert!(!browser.get("/").await.header("retry-after").is_empty());
        let form = browser.post("/sign-in", &[("email", KIM), ("password", "wrong")]).await;
        assert!(form.header("ratelimit").starts_with("\"address\";"), "the way in is counted by address");
    }

    async fn signing_in_leads_back_and_never_to_another_host(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        Api::new(&cloud).register(&cloud, KIM).await;
        let led = Browser::new(&cloud).get("/devices?section=video").await;
        assert_eq!(led.location(), "/sign-in?next=%2Fdevices%3Fsection%3Dvideo");
        let page = Browser::new(&cloud).get(led.location()).await;
        assert!(page.text.contains(r#"name="next" value="/devices?section=video""#), "{}", page.text);
        for (next, to) in [
            ("/devices?section=video", "/devices?section=video"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\r\nSet-Cookie: a=b", "/"),
        ] {
            let fields = [("email", KIM), ("password", PASSWORD), ("next", next)];
            assert_eq!(Browser::new(&cloud).post("/sign-in", &fields).await.location(), to, "{next:?}");
        }
    }

    async fn account_s_language_is_spoken_and_before_that_the_browser_s(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let german = Browser::new(&cloud).request(Method::GET, "/sign-in").header("accept-language", "de-AT,en;q=0.5");
        assert!(read(german).await.text.contains("Anmelden"));
        let (browser, _) = Browser::with_account(&cloud, KIM).await;
        let english = read(browser.request(Method::GET, "/settings").header("accept-language", "de")).await;
        assert!(english.text.contains(r#"<html lang="en">"#), "the account speaks English");
        let db = cloud.db().await;
        let mut tx = db.begin().await.unwrap();
        sqlx::query("UPDATE account SET language = 'de'").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(browser.get("/settings").await.text.contains("Wo du angemeldet bist"));
    }

    async fn times_are_in_the_reader_s_zone(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (browser, api) = Browser::with_account(&cloud, KIM).await;
        assert!(browser.get("/settings").await.text.contains("Times are in UTC."));
        api.change(Method::POST, "/v1/sites", &json!({ "name": "Home", "address": "", "time_zone": "Asia/Tokyo" }))
            .await.good();
        assert!(browser.get("/settings").await.text.contains("Times are in Asia/Tokyo."), "people are at home");
        let cookie = format!("{}; porchlight-zone=Europe/Vienna", browser.cookie.clone().unwrap());
        let says = |cookie: String| read(Browser::new(&cloud).request(Method::GET, "/settings").header(COOKIE, cookie));
        assert!(says(cookie.clone()).await.text.contains("Times are in Europe/Vienna."), "or where the browser is");
        let nowhere = cookie.replace("Europe/Vienna", "<script>");
        assert!(says(nowhere).await.text.contains("Times are in Asia/Tokyo."));
    }
}
