//! The session's task against a server that says anything and a phone that does anything.

use super::*;
use crate::testing::*;
use crate::{ConflictReason, Error, InputField, InputReason, NotAllowedReason, Porchlight};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porchlight_protocol::session::Language;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const PASSWORD: &str = "canary-porch-lantern";

async fn listen(core: &Porchlight) -> std::sync::Arc<Seen<Option<SessionState>>> {
    let seen = Seen::new(None);
    core.profile().session().listen(seen.clone()).for_good();
    seen
}

fn is_signed_in(state: &Option<SessionState>) -> bool {
    matches!(state, Some(SessionState::SignedIn { .. }))
}

fn is_out(state: &Option<SessionState>, why: Option<SignedOutReason>) -> bool {
    matches!(state, Some(SessionState::SignedOut { reason }) if *reason == why)
}

/// Mounts an answer that only this access token gets.
async fn answer_to(cloud: &MockServer, token: &str, route: &str, response: ResponseTemplate) {
    Mock::given(method("GET")).and(path(route)).and(bearer(token)).respond_with(response).mount(cloud).await;
}

/// A server where `pl_at_1` has run out, and where refreshing gives `pl_at_2` and `pl_rt_2`.
async fn cloud_with_old_token() -> MockServer {
    let cloud = cloud_with_sign_in().await;
    answer_to(&cloud, "pl_at_1", "/v1/account", problem(401, "sign_in_required")).await;
    answer_to(&cloud, "pl_at_2", "/v1/account", ResponseTemplate::new(200).set_body_json(account())).await;
    cloud
}

async fn get_account(core: &Porchlight) -> Result<porchlight_protocol::session::Account, Error> {
    let profile = core.profile();
    profile.told(profile.cloud.get("/v1/account", vec![]).await)
}

#[tokio::test]
async fn registration_waits_for_its_code_in_the_next_process_too() {
    let cloud = cloud_with_sign_in().await;
    let registered = ResponseTemplate::new(202).set_body_json(json!({ "registration": "pl_rg_1" }));
    answer(&cloud, "POST", "/v1/accounts", registered).await;
    answer(&cloud, "POST", "/v1/accounts/codes", ResponseTemplate::new(202)).await;
    answer(&cloud, "POST", "/v1/accounts/verify", ResponseTemplate::new(204)).await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    let flow = core.profile().session();
    flow.register(" kim@example.org ", PASSWORD.into(), "Kim", "Lee", Language::German).await.unwrap();
    drop((core, flow));

    let core = phone.open(&cloud).await;
    let (flow, seen) = (core.profile().session(), listen(&core).await);
    let code_needed = SessionState::CodeNeeded { email: "kim@example.org".into() };
    seen.until(|state| state.as_ref() == Some(&code_needed)).await;
    flow.ask_for_new_code().await.unwrap();
    flow.verify(" 12345678 ".into()).await.unwrap();
    seen.until(|state| is_out(state, Some(SignedOutReason::AddressVerified))).await;
    let verify = requests_to(&cloud, "/v1/accounts/verify").await;
    let body: Value = verify[0].body_json().unwrap();
    assert_eq!(body, json!({ "registration": "pl_rg_1", "code": "12345678" }));
    flow.sign_in("kim@example.org", PASSWORD.into()).await.unwrap();
    seen.until(is_signed_in).await;
    assert_eq!(phone.secret_names(), ["own.key", "own.session"]);
}

#[tokio::test]
async fn wrong_code_is_told_and_can_be_tried_again() {
    let cloud = MockServer::start().await;
    let registered = ResponseTemplate::new(202).set_body_json(json!({ "registration": "pl_rg_1" }));
    answer(&cloud, "POST", "/v1/accounts", registered).await;
    answer(&cloud, "POST", "/v1/accounts/verify", problem(422, "wrong_code")).await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    let flow = core.profile().session();
    flow.register("kim@example.org", PASSWORD.into(), "Kim", "Lee", Language::English).await.unwrap();
    let wrong = Error::InvalidInput { field: InputField::Code, reason: InputReason::WrongCode };
    assert_eq!(flow.verify("00000000".into()).await, Err(wrong.clone()));
    assert_eq!(flow.verify("00000001".into()).await, Err(wrong));
    flow.go_back().await.unwrap();
    let not_now = Error::Conflict { reason: ConflictReason::NotNow };
    assert_eq!(flow.verify("00000002".into()).await, Err(not_now));
}

/// Checks a proof as RFC 9449, section 4.3 has it; its claims.
fn check_proof(request: &Request) -> Value {
    let proof = request.headers["dpop"].to_str().unwrap();
    let (signed, signature) = proof.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!((&header["typ"], &header["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
    let coordinate = |name: &str| decode(header["jwk"][name].as_str().unwrap());
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    key.verify(signed.as_bytes(), &decode(signature)).unwrap();
    serde_json::from_slice(&decode(claims)).unwrap()
}

#[tokio::test]
async fn sign_in_proves_its_key_and_answers_the_demand_for_a_nonce_once() {
    let cloud = MockServer::start().await;
    let demand = problem(401, "use_dpop_nonce").insert_header("dpop-nonce", "n-1");
    Mock::given(path("/v1/sessions")).respond_with(demand).up_to_n_times(1).mount(&cloud).await;
    let good = session_response("pl_at_1", "pl_rt_1").insert_header("dpop-nonce", "n-2");
    answer(&cloud, "POST", "/v1/sessions", good).await;
    let (_phone, _core) = signed_in_phone(&cloud).await;
    let requests = requests_to(&cloud, "/v1/sessions").await;
    let (first, second) = (check_proof(&requests[0]), check_proof(&requests[1]));
    assert_eq!(requests.len(), 2);
    assert_eq!(second["htm"], "POST");
    assert_eq!(second["htu"], "https://porchlight.example/v1/sessions");
    assert_eq!(second["iat"], 1_790_000_000);
    assert_eq!((first.get("nonce"), &second["nonce"]), (None, &json!("n-1")));
    assert_ne!(first["jti"], second["jti"]);
}

#[tokio::test]
async fn cloud_that_demands_nonces_for_ever_is_given_up() {
    let cloud = MockServer::start().await;
    let demand = problem(401, "use_dpop_nonce").insert_header("dpop-nonce", "n-1");
    answer(&cloud, "POST", "/v1/sessions", demand).await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    let outcome = core.profile().session().sign_in("kim@example.org", PASSWORD.into()).await;
    assert!(matches!(outcome, Err(Error::Internal { .. })), "{outcome:?}");
    assert_eq!(requests_to(&cloud, "/v1/sessions").await.len(), 2);
}

#[tokio::test]
async fn refused_sign_in_says_why_and_stays_signed_out() {
    let cloud = MockServer::start().await;
    answer(&cloud, "POST", "/v1/sessions", problem(401, "wrong_credentials")).await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    let flow = core.profile().session();
    let wrong = Error::NotAllowed { reason: NotAllowedReason::WrongCredentials };
    assert_eq!(flow.sign_in("kim@example.org", PASSWORD.into()).await, Err(wrong));
    let empty = |field| Err(Error::InvalidInput { field, reason: InputReason::Empty });
    assert_eq!(flow.sign_in("  ", PASSWORD.into()).await, empty(InputField::Email));
    assert_eq!(flow.sign_in("kim@example.org", "".into()).await, empty(InputField::Password));
    assert_eq!(core.profile().sites().window(0, 10).await, Err(Error::SignInRequired));
    assert!(phone.secret_names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_refresh_an_old_token_once() {
    let cloud = cloud_with_old_token().await;
    let slow = session_response("pl_at_2", "pl_rt_2").set_delay(std::time::Duration::from_millis(100));
    answer(&cloud, "POST", "/v1/sessions/refresh", slow).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    let requests = (0..20).map(|_| get_account(&core));
    let answers = futures_util::future::join_all(requests).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let refreshes = requests_to(&cloud, "/v1/sessions/refresh").await;
    assert_eq!(refreshes.len(), 1);
    assert_eq!(refreshes[0].body_json::<Value>().unwrap(), json!({ "refresh_token": "pl_rt_1" }));
    check_proof(&refreshes[0]);
    let stored = phone.secrets.entries.lock().unwrap()["own.session"].clone();
    assert!(String::from_utf8(stored).unwrap().contains("pl_rt_2"));
}

#[tokio::test]
async fn token_whose_session_cannot_be_stored_is_not_used_and_the_predecessor_stays() {
    let cloud = cloud_with_old_token().await;
    answer(&cloud, "POST", "/v1/sessions/refresh", session_response("pl_at_2", "pl_rt_2")).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    phone.secrets.full.store(true, SeqCst);
    assert!(matches!(get_account(&core).await, Err(Error::Internal { .. })));
    phone.secrets.full.store(false, SeqCst);
    assert!(get_account(&core).await.is_ok());
    let refreshes = requests_to(&cloud, "/v1/sessions/refresh").await;
    let tokens: Vec<Value> = refreshes.iter().map(|request| request.body_json().unwrap()).collect();
    assert_eq!(tokens, vec![json!({ "refresh_token": "pl_rt_1" }); 2]);
    let used = requests_to(&cloud, "/v1/account").await;
    assert_eq!(used.last().unwrap().headers["authorization"], "Bearer pl_at_2");
    assert_eq!(used.len(), 2, "the token was used before its session was stored");
}

#[tokio::test]
async fn killed_app_goes_on_with_what_it_stored() {
    let cloud = cloud_with_old_token().await;
    answer(&cloud, "POST", "/v1/sessions/refresh", session_response("pl_at_2", "pl_rt_2")).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    drop(core);
    let core = phone.open(&cloud).await;
    let seen = listen(&core).await;
    seen.until(is_signed_in).await;
    assert!(get_account(&core).await.is_ok());
    let refreshes = requests_to(&cloud, "/v1/sessions/refresh").await;
    assert_eq!(refreshes[0].body_json::<Value>().unwrap(), json!({ "refresh_token": "pl_rt_1" }));
}

#[tokio::test]
async fn session_that_the_cloud_ended_takes_the_cache_along_and_leaves_the_key() {
    let cloud = cloud_with_old_token().await;
    answer(&cloud, "POST", "/v1/sessions/refresh", problem(401, "session_revoked")).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    let seen = listen(&core).await;
    assert!(phone.files().contains(&"cache.db".to_owned()), "{:?}", phone.files());
    assert_eq!(get_account(&core).await, Err(Error::SignInRequired));
    seen.until(|state| is_out(state, Some(SignedOutReason::SessionEnded))).await;
    assert!(!phone.files().iter().any(|file| file.starts_with("cache")), "{:?}", phone.files());
    assert_eq!(phone.secret_names(), ["own.key"]);
    assert_eq!(core.profile().devices().window(None, None, 0, 1).await, Err(Error::SignInRequired));
}

#[tokio::test]
async fn disabled_account_is_told_from_any_request() {
    let cloud = cloud_with_sign_in().await;
    answer(&cloud, "GET", "/v1/account", problem(403, "account_disabled")).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let seen = listen(&core).await;
    let disabled = Error::NotAllowed { reason: NotAllowedReason::AccountDisabled };
    assert_eq!(get_account(&core).await, Err(disabled));
    seen.until(|state| is_out(state, Some(SignedOutReason::AccountDisabled))).await;
}

#[tokio::test]
async fn refresh_without_a_connection_keeps_the_session() {
    let cloud = cloud_with_old_token().await;
    answer(&cloud, "POST", "/v1/sessions/refresh", problem(503, "unavailable")).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    assert_eq!(get_account(&core).await, Err(Error::ServerUnavailable { retry_after: None }));
    assert_eq!(phone.secret_names(), ["own.key", "own.session"]);
    assert!(core.profile().sites().window(0, 10).await.is_ok());
}

#[tokio::test]
async fn locked_phone_waits_and_loses_nothing() {
    let cloud = cloud_with_sign_in().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    drop(core);
    let before = phone.secret_names();
    phone.secrets.locked.store(true, SeqCst);
    let core = phone.open(&cloud).await;
    let seen = listen(&core).await;
    seen.until(|state| *state == Some(SessionState::Locked)).await;
    let locked = Error::Conflict { reason: ConflictReason::PhoneLocked };
    assert_eq!(core.profile().sites().window(0, 1).await, Err(locked));
    core.work(std::time::Duration::from_secs(1)).await.unwrap();
    phone.secrets.locked.store(false, SeqCst);
    assert_eq!(phone.secret_names(), before);
    core.entered_foreground().await;
    seen.until(is_signed_in).await;
    assert!(core.profile().sites().window(0, 1).await.is_ok());
}

#[tokio::test]
async fn reinstalled_app_ignores_what_the_keychain_still_holds() {
    let cloud = cloud_with_sign_in().await;
    let (mut phone, core) = signed_in_phone(&cloud).await;
    drop(core);
    assert_eq!(phone.signer.0.lock().unwrap().len(), 1);
    phone.folder = tempfile::tempdir().unwrap();
    // A first start before the first unlock must not mistake "locked" for "nothing there".
    phone.secrets.locked.store(true, SeqCst);
    let core = phone.open(&cloud).await;
    phone.secrets.locked.store(false, SeqCst);
    core.entered_foreground().await;
    let seen = listen(&core).await;
    seen.until(|state| is_out(state, None)).await;
    assert!(phone.secret_names().is_empty());
    assert!(phone.signer.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn sign_out_tells_the_cloud_and_leaves_nothing_on_the_phone() {
    let cloud = cloud_with_sign_in().await;
    let gone = Mock::given(method("DELETE")).and(path("/v1/sessions/current")).and(bearer("pl_at_1"));
    let gone = gone.and(header_exists("idempotency-key")).respond_with(ResponseTemplate::new(204));
    gone.expect(1).mount(&cloud).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    let seen = listen(&core).await;
    core.profile().session().sign_out(UnsentActs::Refuse).await.unwrap();
    seen.until(|state| is_out(state, None)).await;
    assert!(phone.secret_names().is_empty());
    assert!(phone.files().is_empty(), "{:?}", phone.files());
    assert_eq!(core.profile().sites().window(0, 1).await, Err(Error::SignInRequired));
    // And the next one can sign in.
    core.profile().session().sign_in("lou@example.org", PASSWORD.into()).await.unwrap();
    assert!(core.profile().sites().window(0, 1).await.is_ok());
}

#[tokio::test]
async fn sign_out_without_a_connection_leaves_nothing_on_the_phone_either() {
    let cloud = cloud_with_sign_in().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    drop(core);
    phone.network.0.store(false, SeqCst);
    let core = phone.open_at(&nobody_there().await).await;
    core.profile().session().sign_out(UnsentActs::Refuse).await.unwrap();
    assert!(phone.secret_names().is_empty());
    assert!(phone.files().is_empty(), "{:?}", phone.files());
}

#[tokio::test]
async fn no_token_and_no_password_lies_on_the_disk_or_in_what_is_printed() {
    let cloud = MockServer::start().await;
    answer(&cloud, "POST", "/v1/sessions", session_response("pl_at_canary", "pl_rt_canary")).await;
    answer_lists(&cloud, json!([site(SITE, "canary house")]), json!([])).await;
    let phone = TestPhone::new();
    let core = phone.open(&cloud).await;
    core.profile().session().sign_in("kim@example.org", PASSWORD.into()).await.unwrap();
    core.profile().sites().refresh().await.unwrap();
    assert_eq!(core.profile().sites().window(0, 1).await.unwrap().items[0].name, "canary house");
    assert!(matches!(get_account(&core).await, Err(Error::NotFound)));
    core.entered_background().await;
    let mut searched = vec![format!("{core:?}"), core.diagnostics()];
    let mut folders = vec![phone.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    searched
                        .push(String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned());
                }
            }
        }
    }
    assert!(searched.len() > 4, "{} files", searched.len());
    for text in searched {
        let found = ["canary", "kim@", "own.key\": ["].into_iter().find(|secret| text.contains(secret));
        assert_eq!(found, None, "in a text of {} bytes", text.len());
    }
}

/// A claim as the outbox holds it.
#[tokio::test]
async fn sign_out_with_unsent_acts_says_so_and_discards_them_only_when_told_to() {
    let cloud = cloud_with_sign_in().await;
    let (phone, core) = signed_in_phone(&cloud).await;
    let (profile, flow) = (core.profile(), core.profile().session());
    core.entered_background().await;
    let account = profile.account().unwrap().id;
    let id = porchlight_protocol::ClaimId::mint_offline();
    profile.outbox().unwrap().add(id, claim_row(account), None).await.unwrap();
    let unsent = Error::Conflict { reason: ConflictReason::UnsentActs { count: 1 } };
    assert_eq!(flow.sign_out(UnsentActs::Refuse).await, Err(unsent));
    assert!(profile.sites().window(0, 1).await.is_ok());
    flow.sign_out(UnsentActs::Discard).await.unwrap();
    assert!(phone.files().is_empty() && phone.secret_names().is_empty());
}

#[tokio::test]
async fn unsent_acts_survive_the_end_of_the_session_and_wait_for_their_own_account() {
    let cloud = cloud_with_old_token().await;
    answer(&cloud, "POST", "/v1/sessions/refresh", problem(401, "session_revoked")).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    core.entered_background().await;
    let profile = core.profile();
    let id = porchlight_protocol::ClaimId::mint_offline();
    let account = profile.account().unwrap().id;
    profile.outbox().unwrap().add(id, claim_row(account), None).await.unwrap();
    assert_eq!(get_account(&core).await, Err(Error::SignInRequired));
    profile.session().sign_in("kim@example.org", PASSWORD.into()).await.unwrap();
    let listed = profile.devices().window(None, None, 0, 10).await.unwrap();
    assert!(
        matches!(&listed.items[..], [crate::devices::ListedDevice::Queued(queued)] if queued.claim == id)
    );
    let somebody_else = SITE.parse().unwrap();
    assert!(profile.outbox().unwrap().queued_devices(somebody_else).is_empty());
}

#[tokio::test]
async fn dropped_app_does_nothing_any_more() {
    let cloud = cloud_with_sign_in().await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let profile = core.profile();
    let task = profile.spawn(std::future::pending());
    drop(core);
    while !task.is_finished() {
        tokio::task::yield_now().await;
    }
    let asked = profile.session().sign_in("kim@example.org", PASSWORD.into()).await;
    assert!(matches!(asked, Err(Error::Internal { .. })), "{asked:?}");
}
