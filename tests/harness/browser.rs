//! The portal as a browser without scripts speaks to it: pages, forms and one cookie.

use crate::api::{Api, PASSWORD, client_of_pages};
use crate::cloud::Cloud;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Method, StatusCode};

/// What a browser holds: a cookie, perhaps.
#[derive(Debug)]
pub struct Browser {
    /// Follows no redirect by itself.
    pub http: reqwest::Client,
    /// `http://127.0.0.1:8080`
    pub address: String,
    /// `name=value`
    pub cookie: Option<String>,
}

/// What a page was answered with.
#[derive(Debug)]
pub struct PageAnswer {
    /// Of the answer.
    pub status: StatusCode,
    /// Of the answer.
    pub headers: HeaderMap,
    /// The page.
    pub text: String,
}

impl PageAnswer {
    /// Where a browser goes from here.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// Empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Browser {
    /// At a cloud's portal, signed in to nothing.
    pub fn new(cloud: &Cloud) -> Self {
        Self::at(cloud.url(""))
    }

    /// The same by the portal's address.
    pub fn at(address: String) -> Self {
        Self { http: client_of_pages(), address, cookie: None }
    }

    /// Signed in to a fresh account with this address; its program at the API comes along.
    pub async fn with_account(cloud: &Cloud, email: &str) -> (Self, Api) {
        let api = Api::with_account(cloud, email).await;
        let mut browser = Self::new(cloud);
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
        (browser, api)
    }

    /// Signs in; its cookie is kept when it went well.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> PageAnswer {
        let answer = self.post("/sign-in", &[("email", email), ("password", password)]).await;
        if let Some(cookie) = answer.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Asks for a code for a new password: what binds it, and the code.
    pub async fn ask_reset(&self, cloud: &Cloud, email: &str) -> (String, String) {
        let seen = cloud.mails().iter().filter(|mail| mail.to.contains(email)).count();
        let token = self.ask_code(email).await;
        (token, cloud.code_to(email, seen).await)
    }

    /// The same without a look at the mail: what binds the code.
    pub async fn ask_code(&self, email: &str) -> String {
        let asked = self.post("/password", &[("email", email)]).await;
        let (_, rest) = asked.text.split_once(r#"name="token" value=""#).expect("the form holds a token");
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Sends the form with a code and a new password.
    pub async fn set_password(&self, token: &str, code: &str, password: &str) -> PageAnswer {
        self.post("/password/new", &[("token", token), ("code", code), ("password", password)]).await
    }

    /// With the cookie, if there is one.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    /// Reads a page.
    pub async fn get(&self, path: &str) -> PageAnswer {
        read(self.request(Method::GET, path)).await
    }

    /// A form of ours.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> PageAnswer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header(ORIGIN, &self.address);
        read(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await
    }
}

/// Sends a request, and reads all of the answer.
pub async fn read(request: reqwest::RequestBuilder) -> PageAnswer {
    let response = request.send().await.expect("the portal answers");
    let (status, headers) = (response.status(), response.headers().clone());
    PageAnswer { status, headers, text: response.text().await.expect("a page is text") }
}
