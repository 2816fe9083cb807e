//! The routes of accounts and sessions, as a phone meets them.

use super::*;
use crate::session::dpop::tests::{Phone, phone};
use uuid::Uuid;

const PASSWORD: &str = "correct porch lantern";

struct App {
    state: CloudState,
    router: Router,
    phone: Phone,
    nonce: Option<String>,
    _folder: TempDir,
}

impl App {
    async fn new() -> Self {
        let (state, folder) = state(|_| {}).await;
        std::fs::create_dir_all(&state.settings.mail_folder).unwrap();
        let phone = phone(&state.key);
        Self { router: router(state.clone()), phone, nonce: None, state, _folder: folder }
    }

    fn post(path: &str) -> axum::http::request::Builder {
        request("POST", path).header("content-type", "application/json")
    }

    async fn send(&self, request: axum::http::request::Builder, body: &Value) -> Response<Body> {
        ask(&self.router, request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Posts with a fresh proof that carries the newest nonce, and keeps the nonce of the answer.
    async fn prove(&mut self, path: &str, body: &Value) -> Response<Body> {
        self.phone.claims["jti"] = Uuid::new_v4().to_string().into();
        self.phone.claims["htu"] = format!("https://{}{path}", self.state.settings.link_host).into();
        self.phone.claims["nonce"] = self.nonce.clone().into();
        let response = self.send(Self::post(path).header("dpop", self.phone.sign()), body).await;
        self.nonce = Some(response.headers()["dpop-nonce"].to_str().unwrap().to_owned());
        response
    }

    async fn account(&self, email: &str) {
        let body = json!({ "email": email, "password": PASSWORD, "given_name": "Kim", "family_name": "Lee",
            "language": "en" });
        let response = self.send(Self::post("/v1/accounts"), &body).await;
        assert_eq!(response.status(), 202);
        let registration = read(response).await["registration"].clone();
        crate::mail::sender::send_waiting(&self.state).await.unwrap();
        let mail = std::fs::read_dir(&self.state.settings.mail_folder).unwrap().next().unwrap().unwrap();
        let mail = std::fs::read_to_string(mail.path()).unwrap();
        let (_, text) = mail.split_once("in the app: ").unwrap();
        let body = json!({ "registration": registration, "code": text[..8] });
        let response = self.send(Self::post("/v1/accounts/verify"), &body).await;
        assert_eq!(response.status(), 204);
    }

    /// The first answer only brings the nonce.
    async fn sign_in(&mut self, email: &str, password: &str) -> Response<Body> {
        let body = json!({ "email": email, "password": password });
        if self.nonce.is_none() {
            let response = self.prove("/v1/sessions", &body).await;
            assert_eq!(problem(response).await.1, "use_dpop_nonce");
        }
        self.prove("/v1/sessions", &body).await
    }

    async fn get(&self, path: &str, access_token: &Value) -> Response<Body> {
        self.with_token("GET", path, access_token).await
    }

    async fn with_token(&self, method: &str, path: &str, access_token: &Value) -> Response<Body> {
        let bearer = format!("Bearer {}", access_token.as_str().unwrap());
        self.send(request(method, path).header("authorization", bearer), &Value::Null).await
    }
}

async fn read(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 100_000).await.unwrap()).unwrap()
}

#[tokio::test]
async fn person_registers_signs_in_refreshes_and_signs_out() {
    let mut app = App::new().await;
    app.account("kim@example.org").await;
    let response = app.sign_in("kim@example.org", PASSWORD).await;
    assert_eq!(response.status(), 201);
    let first = read(response).await;
    let account = read(app.get("/v1/account", &first["access_token"]).await).await;
    assert_eq!(account["email"], "kim@example.org");
    assert_eq!(account, first["account"]);

    let refresh = json!({ "refresh_token": first["refresh_token"] });
    let response = app.prove("/v1/sessions/refresh", &refresh).await;
    assert_eq!(response.status(), 200);
    let second = read(response).await;
    let old = app.get("/v1/account", &first["access_token"]).await;
    assert_eq!(problem(old).await.1, "sign_in_required");

    let token = &second["access_token"];
    assert_eq!(app.with_token("DELETE", "/v1/sessions/current", token).await.status(), 204);
    assert_eq!(problem(app.get("/v1/account", token).await).await.1, "session_revoked");
    let refresh = json!({ "refresh_token": second["refresh_token"] });
    let response = app.prove("/v1/sessions/refresh", &refresh).await;
    assert_eq!(problem(response).await.1, "session_revoked");
}

#[tokio::test]
async fn every_answer_of_a_sign_in_brings_the_next_nonce() {
    let mut app = App::new().await;
    let response = app.sign_in("kim@example.org", PASSWORD).await;
    assert!(response.headers().contains_key("dpop-nonce"));
    assert_eq!(problem(response).await.1, "wrong_credentials");
    let without_proof = app.send(App::post("/v1/sessions"), &json!({ "email": "a", "password": "b" })).await;
    assert!(without_proof.headers().contains_key("dpop-nonce"));
    assert_eq!(problem(without_proof).await.1, "use_dpop_nonce");
}

#[tokio::test]
async fn proof_for_one_route_is_worth_nothing_at_another() {
    let mut app = App::new().await;
    let _nonce = app.sign_in("kim@example.org", PASSWORD).await;
    app.phone.claims["jti"] = "fresh".into();
    app.phone.claims["nonce"] = app.nonce.clone().into();
    let body = json!({ "refresh_token": "pl_rt_x" });
    let response = app.send(App::post("/v1/sessions/refresh").header("dpop", app.phone.sign()), &body).await;
    assert_eq!(problem(response).await.1, "invalid_dpop_proof");
}

#[tokio::test]
async fn route_that_returns_secrets_refuses_an_idempotency_key() {
    let app = App::new().await;
    let bodies = [
        ("/v1/accounts", json!({})),
        ("/v1/sessions", json!({ "email": "a", "password": "b" })),
        ("/v1/sessions/refresh", json!({ "refresh_token": "x" })),
    ];
    for (path, body) in bodies {
        let request = App::post(path).header("idempotency-key", "0123456789abcdef");
        assert_eq!(problem(app.send(request, &body).await).await.1, "idempotency_key_refused", "{path}");
    }
}

#[tokio::test]
async fn session_has_so_many_requests_a_minute() {
    let mut app = App::new().await;
    app.account("kim@example.org").await;
    let session = read(app.sign_in("kim@example.org", PASSWORD).await).await;
    let response = app.get("/v1/account", &session["access_token"]).await;
    assert_eq!(response.headers()["ratelimit-policy"], "\"session\";q=600;w=60");
    assert!(response.headers()["ratelimit"].to_str().unwrap().starts_with("\"session\";r=599;"));
    let mut refused = None;
    for count in 1..=700 {
        let response = app.get("/v1/account", &session["access_token"]).await;
        if response.status() == 429 {
            assert!(response.headers().contains_key("retry-after"));
            refused = Some(count);
            break;
        }
    }
    // A few trickle in again while the test runs: the defaults, as they come.
    assert!(refused.is_some_and(|count| count >= 599), "{refused:?}");
}

#[tokio::test]
async fn refusal_says_which_authentication_it_wants() {
    let app = App::new().await;
    let challenge =
        |response: Response<Body>| response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let account = ask(&app.router, request("GET", "/v1/account").body(Body::empty()).unwrap()).await;
    assert_eq!(challenge(account), "Bearer");
    let body = json!({ "email": "kim@example.org", "password": "correct horse" });
    let sign_in = app.send(App::post("/v1/sessions"), &body).await;
    assert!(challenge(sign_in).contains("use_dpop_nonce"));
}

#[tokio::test]
async fn longest_password_and_names_fit_into_a_body() {
    let app = App::new().await;
    let body = json!({ "email": "kim@example.org", "password": "p".repeat(127) + "q", "given_name": "K".repeat(64),
        "family_name": "李".repeat(64), "language": "de" });
    assert_eq!(app.send(App::post("/v1/accounts"), &body).await.status(), 202);
}
