//! What the API says to requests that it cannot take: always a typed problem, never a fault of ours.

use harness::api::{Api, PASSWORD, read};
use harness::cloud::Cloud;
use porchlight_protocol::ProblemCode;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn unknown_path_and_wrong_method_are_problems_too() {
    let cloud = Cloud::start().await;
    let api = Api::new(&cloud);
    assert_eq!(api.get("/v1/weather").await.problem().code, ProblemCode::NotFound);
    assert_eq!(api.get("/v2/sites").await.problem().code, ProblemCode::NotFound);
    assert_eq!(api.put("/v1/time", &json!({})).await.problem().code, ProblemCode::MethodNotAllowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn request_that_is_not_the_documented_json_is_refused_with_a_code() {
    let cloud = Cloud::start().await;
    let api = Api::new(&cloud);
    let path = "/v1/accounts";
    let good = json!({ "email": "kim@example.org", "password": PASSWORD, "given_name": "Kim",
        "family_name": "Lee", "language": "en" });
    let mut unknown_field = good.clone();
    unknown_field["admin"] = true.into();
    let mut wrong_type = good.clone();
    wrong_type["email"] = 7.into();
    let problem = api.post(path, &wrong_type).await.problem();
    assert_eq!((problem.code, problem.field.as_deref()), (ProblemCode::InvalidInput, Some("email")));
    for body in [unknown_field, json!({}), json!([]), Value::Null] {
        let answer = api.post(path, &body).await;
        assert_eq!(answer.problem().code, ProblemCode::MalformedRequest, "{body}");
    }
    let truncated =
        api.request(Method::POST, path).header("content-type", "application/json").body("{\"email\":");
    assert_eq!(read(truncated).await.problem().code, ProblemCode::MalformedRequest);
    let form = api.request(Method::POST, path).header("content-type", "text/plain").body(good.to_string());
    assert_eq!(read(form).await.problem().code, ProblemCode::UnsupportedMediaType);
    let huge = json!({ "email": "kim@example.org", "password": "x".repeat(200_000) });
    assert_eq!(api.post(path, &huge).await.problem().code, ProblemCode::BodyTooLarge);
}

#[tokio::test(flavor = "multi_thread")]
async fn value_that_is_not_allowed_names_its_field() {
    let cloud = Cloud::start().await;
    let api = Api::with_account(&cloud, "kim@example.org").await;
    let register = |field: &str, value: &str| {
        let mut body = json!({ "email": "lee@example.org", "password": PASSWORD, "given_name": "Kim",
            "family_name": "Lee", "language": "en" });
        body[field] = value.into();
        body
    };
    let cases = [
        ("email", "no address"),
        ("email", "kim@[127.0.0.1]"),
        ("email", "Kim <kim@example.org>"),
        ("password", "short"),
        ("password", "password"),
        ("password", &"x".repeat(129)),
        ("given_name", ""),
        ("given_name", "\u{202e}miK"),
        ("family_name", "Lee\u{7}"),
        ("family_name", &"x".repeat(65)),
    ];
    for (field, value) in cases {
        let problem = api.post("/v1/accounts", &register(field, value)).await.problem();
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{field}: {value:?}");
        assert_eq!(problem.field.as_deref(), Some(field), "{value:?}");
    }
    let site = json!({ "name": "Lake house", "address": "", "time_zone": "Europe/Atlantis" });
    let problem = api.change(Method::POST, "/v1/sites", &site).await.problem();
    assert_eq!((problem.code, problem.field.as_deref()), (ProblemCode::InvalidInput, Some("time_zone")));
}

#[tokio::test(flavor = "multi_thread")]
async fn app_that_does_not_name_itself_or_is_too_old_is_told() {
    let cloud = Cloud::start_with(None, |settings| settings.minimum_client = (2, 1, 0)).await;
    let http = harness::api::plain_client();
    let with = |client: Option<&'static str>| {
        let request = http.get(cloud.url("/v1/sites"));
        client.map_or_else(
            || http.get(cloud.url("/v1/sites")),
            |name| request.header("Porchlight-Client", name),
        )
    };
    assert_eq!(read(with(None)).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(read(with(Some("nonsense"))).await.status, StatusCode::BAD_REQUEST);
    let old = read(with(Some("customer-android/2.0.9"))).await;
    assert_eq!((old.status.as_u16(), old.problem().code), (426, ProblemCode::UpdateRequired));
    let new = read(with(Some("customer-android/2.1.0"))).await;
    assert_eq!(new.problem().code, ProblemCode::SignInRequired);
    assert_eq!(read(http.get(cloud.url("/v1/time"))).await.status, StatusCode::OK, "a device asks the time");
}
