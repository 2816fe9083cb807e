//! The list of sites against a server that says anything.

use crate::sites::SiteChoice;
use crate::testing::*;
use crate::{Error, InputField, InputReason};
use serde_json::{Value, json};
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, ResponseTemplate};

#[tokio::test]
async fn made_and_renamed_site_is_in_the_list_when_its_call_returns() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let made = ResponseTemplate::new(201).set_body_json(site(SITE, "Lake house"));
    let make = Mock::given(method("POST")).and(path("/v1/sites")).and(header_exists("idempotency-key"));
    make.respond_with(made).expect(1).mount(&cloud).await;
    let route = format!("/v1/sites/{SITE}");
    let renamed = ResponseTemplate::new(200).set_body_json(site(SITE, "Sea house"));
    answer(&cloud, "PATCH", &route, renamed).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let sites = core.profile().sites();
    sites.refresh().await.unwrap();
    let made = sites.make(" Lake house ", "", "Europe/Berlin").await.unwrap();
    assert_eq!(sites.window(0, 10).await.unwrap().items, std::slice::from_ref(&made));
    assert_eq!(sites.rename(made.id, "Sea house").await.unwrap().name, "Sea house");
    assert_eq!(sites.get(made.id).await.unwrap().name, "Sea house");
    let body: Value = requests_to(&cloud, "/v1/sites").await.last().unwrap().body_json().unwrap();
    assert_eq!(body, json!({ "name": "Lake house", "address": "", "time_zone": "Europe/Berlin" }));
    let body: Value = requests_to(&cloud, &route).await[0].body_json().unwrap();
    assert_eq!(body, json!({ "name": "Sea house" }), "what is left out stays");
}

#[tokio::test]
async fn name_that_no_site_can_have_does_not_go_to_the_cloud() {
    let cloud = cloud_with_sign_in().await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let sites = core.profile().sites();
    let wrong = |reason| Error::InvalidInput { field: InputField::Name, reason };
    let zone = "Europe/Berlin";
    assert_eq!(sites.make(" \t", "", zone).await.unwrap_err(), wrong(InputReason::Empty));
    assert_eq!(sites.make(&"ä".repeat(65), "", zone).await.unwrap_err(), wrong(InputReason::TooLong));
    assert_eq!(sites.make(&"ä".repeat(64), "", zone).await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn window_of_nothing_or_of_everything_is_refused() {
    let cloud = cloud_with_sign_in().await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let refused = Error::InvalidInput { field: InputField::WindowCount, reason: InputReason::NotAllowed };
    for count in [0, 201, u32::MAX] {
        assert_eq!(core.profile().sites().window(0, count).await, Err(refused.clone()));
    }
    assert!(core.profile().sites().window(u32::MAX, 200).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn site_to_add_at_is_the_chosen_one_the_only_one_or_asked_for_with_the_last_one_first() {
    let cloud = cloud_with_sign_in().await;
    answer(&cloud, "POST", "/v1/sessions/refresh", session_response("pl_at_2", "pl_rt_2")).await;
    answer_lists(&cloud, json!([]), json!([])).await;
    let (phone, core) = signed_in_phone(&cloud).await;
    core.profile().sites().refresh().await.unwrap();
    assert_eq!(core.profile().sites().choice(None).await.unwrap(), SiteChoice::Make);
    let put = async |number, name: &str| {
        let made = ResponseTemplate::new(201).set_body_json(site(&id(number), name));
        let make = Mock::given(method("POST")).and(path("/v1/sites"));
        make.respond_with(made).up_to_n_times(1).mount(&cloud).await;
        core.profile().sites().make(name, "", "Europe/Berlin").await.unwrap()
    };
    let attic = put(1, "Attic").await;
    assert_eq!(core.profile().sites().choice(None).await.unwrap(), SiteChoice::Use(attic.clone()));
    let lake = put(2, "Lake house").await;
    let ask = |sites: [&_; 2]| SiteChoice::Ask(sites.map(Clone::clone).to_vec());
    assert_eq!(core.profile().sites().choice(None).await.unwrap(), ask([&attic, &lake]));
    let chosen = core.profile().sites().choice(Some(lake.id)).await.unwrap();
    assert_eq!(chosen, SiteChoice::Use(lake.clone()));
    let gone = core.profile().sites().choice(Some(id(9).parse().unwrap())).await.unwrap();
    assert_eq!(gone, ask([&attic, &lake]), "what is gone is asked for");
    let video = porchlight_protocol::devices::Section::Video;
    drop(core.profile().add_device(video, lake.id).await.unwrap());
    assert_eq!(core.profile().sites().choice(None).await.unwrap(), ask([&lake, &attic]));
    drop(core);
    phone.network.0.store(false, std::sync::atomic::Ordering::SeqCst);
    let core = phone.open(&cloud).await;
    assert_eq!(
        core.profile().sites().choice(None).await.unwrap(),
        ask([&lake, &attic]),
        "after a restart, too"
    );
}
