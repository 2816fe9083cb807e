//! A new password through the pages, which work without scripts.

use super::*;
use harness::on_both_engines;

const KIM: &str = "kim@example.org";
const NEW: &str = "another porch lantern";

on_both_engines! {
    async fn forgotten_password_becomes_another_by_two_pages(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (kim, _) = Browser::with_account(&cloud, KIM).await;
        let mut anybody = Browser::new(&cloud);
        assert!(anybody.get("/sign-in").await.text.contains(r#"<a href="/password">Forgot your password?</a>"#));
        assert!(kim.get("/settings").await.text.contains(r#"<a href="/password">Change your password</a>"#));
        let (token, code) = anybody.ask_reset(&cloud, KIM).await;
        let wrong = if code == "00000000" { "00000001" } else { "00000000" };
        for (code, password, status, told) in [
            (wrong, NEW, StatusCode::UNPROCESSABLE_ENTITY, "This is not the code."),
            (code.as_str(), "password", StatusCode::UNPROCESSABLE_ENTITY, "Use 8 to 128 characters"),
        ] {
            let refused = anybody.set_password(&token, code, password).await;
            assert_eq!(refused.status, status);
            assert!(refused.text.contains(told) && refused.text.contains(&token), "the form goes on: {}", refused.text);
        }
        let set = anybody.set_password(&token, &code, NEW).await;
        assert_eq!((set.status, set.location()), (StatusCode::SEE_OTHER, "/sign-in?said=password"));
        assert!(anybody.get(set.location()).await.text.contains("Your new password is set."));
        assert_eq!(kim.get("/settings").await.status, StatusCode::SEE_OTHER, "signed out everywhere");
        let again = anybody.set_password(&token, &code, NEW).await;
        assert_eq!(again.status, StatusCode::GONE);
        assert!(again.text.contains("This code does not work any more.") && !again.text.contains(&token));
        assert_eq!(anybody.sign_in(KIM, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(anybody.sign_in(KIM, NEW).await.status, StatusCode::SEE_OTHER);
        assert!(anybody.get("/history").await.text.contains("chose a new password"));
    }

    async fn code_comes_with_blanks_and_the_second_page_leads_to_the_first(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (browser, _) = Browser::with_account(&cloud, "kim@example.org").await;
        let (token, code) = browser.ask_reset(&cloud, "kim@example.org").await;
        let set = browser.set_password(&token, &format!(" {code} "), "another porch lantern").await;
        assert_eq!(set.location(), "/sign-in?said=password", "{}", set.text);
        assert_eq!(browser.get("/password/new").await.location(), "/password");
    }

    async fn address_that_nobody_has_is_answered_with_the_same_page(database: Database) {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        Api::new(&cloud).register(&cloud, KIM).await;
        let browser = Browser::new(&cloud);
        let mut pages = Vec::new();
        for email in [KIM, "nobody@example.org"] {
            let page = browser.post("/password", &[("email", email)]).await;
            let hide = |text: String, before: &str| {
                let secret = text.split(before).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
                secret.map_or(text.clone(), |secret| text.replace(&secret, ""))
            };
            pages.push((page.status, hide(hide(page.text, r#"name="token" value=""#), "nonce=\"")));
        }
        assert_eq!(pages[0], pages[1]);
        assert_eq!(pages[0].0, StatusCode::OK);
    }

    async fn forms_of_a_new_password_are_counted_and_bounded(database: Database) {
        let cloud = Cloud::start_with(Some(database), |settings| settings.sign_ins_per_minute = 2).await;
        let browser = Browser::new(&cloud);
        let large = "x".repeat(4_000);
        assert_eq!(browser.post("/password", &[("email", &large)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let unknown = browser.post("/password", &[("email", KIM), ("role", "admin")]).await;
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
        let counted = browser.post("/password/new", &[("token", ""), ("code", ""), ("password", NEW)]).await;
        assert_eq!(counted.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(counted.header("ratelimit").starts_with("\"address\";"));
    }
}
