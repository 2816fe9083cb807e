//! The portal as a browser speaks to it: cookies, doors, headers, forms of other sites, and that reading changes nothing.
//! How it looks and works in a browser is in `tests/browser`.

mod doors;
mod sign_in;

use harness::api::{Api, PASSWORD, client_of_pages};
use harness::cloud::Cloud;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Method, StatusCode};

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
