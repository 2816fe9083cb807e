//! The portal as a browser speaks to it: cookies, doors, headers, forms of other sites, and that reading changes nothing.
//! How it looks and works in a browser is in `tests/browser`.

mod answers;
mod doors;
mod sign_in;

use harness::api::{Api, PASSWORD, client_of_pages};
use harness::cloud::Cloud;
use harness::database::Database;
use harness::firm::Firm;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What a browser holds: a cookie, perhaps.
struct Browser {
    http: reqwest::Client,
    address: String,
    cookie: Option<String>,
}

/// What a page was answered with.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    /// Where a browser goes from here.
    fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Browser {
    fn new(cloud: &Cloud) -> Self {
        Self { http: client_of_pages(), address: cloud.url(""), cookie: None }
    }

    /// Signed in to a fresh account with this address; its program at the API comes along.
    async fn with_account(cloud: &Cloud, email: &str) -> (Self, Api) {
        let api = Api::with_account(cloud, email).await;
        let mut browser = Self::new(cloud);
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
        (browser, api)
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let answer = self.post("/sign-in", &[("email", email), ("password", password)]).await;
        if let Some(cookie) = answer.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    /// A form of ours.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header(ORIGIN, &self.address);
        read(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

const NOBODYS_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A customer with a site, a partner's question, a request that waits, and a grant.
struct House {
    cloud: Cloud,
    kim: Browser,
    ana: Browser,
    site: String,
    customer: String,
    request: Value,
}

impl House {
    async fn new(database: Database) -> Self {
        let cloud = Cloud::start_with(Some(database), |_| {}).await;
        let (kim, api) = Browser::with_account(&cloud, "kim@example.org").await;
        let site = api.make_site("Lake house").await;
        let (ana, installer) = Browser::with_account(&cloud, "ana@example.org").await;
        let firm = Firm::of(&cloud, "Bright Solar", "ana@example.org", installer).await;
        let customer = firm.customer(&api).await;
        firm.grant(&customer, &api, json!({})).await;
        let request = firm.ask(&customer).await.good();
        Self { cloud, kim, ana, site, customer, request }
    }

    /// An id that the page would take from them.
    fn id_for(&self, path: &str) -> (&Browser, String) {
        match path.split('/').nth(1) {
            Some("customers") => (&self.ana, self.customer.clone()),
            Some("sites") => (&self.kim, self.site.clone()),
            _ => (&self.kim, NOBODYS_ID.to_owned()),
        }
    }
}
