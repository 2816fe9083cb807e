//! One code, presented over and over and by many at once: the same phone or another, before or after 30 seconds. One
//! session is ever made of it, and it lives on exactly when no second phone came.

use super::Scene;
use super::handoffs::{let_pass, link, same};
use harness::api::{Answer, Api};
use harness::firm::{Link, end, text};
use harness::on_both_engines;
use porchlight_protocol::ProblemCode;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;

/// How many at once.
const MANY: usize = 64;

/// Each with the key of one of these phones, all at once; what each was answered.
async fn all_at_once(phones: &[Api], link: &Link) -> Vec<(usize, Answer)> {
    let mut all = JoinSet::new();
    for (nth, phone) in phones.iter().enumerate() {
        let (mut phone, link) = (same(phone), link.clone());
        all.spawn(async move { (nth, phone.redeem(&link).await) });
    }
    all.join_all().await
}

/// So many phones of their own.
fn others(scene: &Scene, count: usize) -> Vec<Api> {
    (0..count).map(|_| Api::new(&scene.cloud)).collect()
}

/// The tokens of those that went well, each once; what all others were told is one of these.
fn opened(answers: &[(usize, Answer)], refusals: &[ProblemCode]) -> BTreeSet<[String; 3]> {
    let mut opened = BTreeSet::new();
    for (nth, answer) in answers {
        if answer.status.is_success() {
            let session = &answer.body["session"];
            opened.insert(["session", "access_token", "refresh_token"].map(|member| text(&session[member])));
        } else {
            assert!(refusals.contains(&answer.problem().code), "{nth}: {answer:?}");
        }
    }
    opened
}

/// How many sessions the grant ever had, and how many of them live.
async fn sessions(scene: &Scene, grant: &Value) -> (i64, i64) {
    let sql = "SELECT COUNT(*), COUNT(*) - COUNT(revoked_at) FROM session WHERE grant_id = $1";
    let db = scene.cloud.db().await;
    let counted =
        sqlx::query_as(sql).bind(text(&grant["id"])).fetch_one(&mut *db.read().await.unwrap()).await;
    counted.unwrap()
}

/// How often this address was told of a second phone.
fn told(scene: &Scene, address: &str) -> usize {
    let mails = scene.cloud.mails();
    mails.iter().filter(|mail| mail.to.contains(address) && mail.text.contains("second phone")).count()
}

/// Both sides are told of each copied link, once.
async fn wait_until_told(scene: &Scene, copied: usize) {
    let both = || ["kim@example.org", "ana@bright.example"].map(|address| told(scene, address));
    for _ in 0..250 {
        if both() == [copied; 2] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("told {:?} times of {copied}", both());
}

on_both_engines! {
    async fn sixty_four_at_once_open_one_session(database: Database) {
        let scene = Scene::new(database).await;
        let mut copied = 0;
        // All by one phone; each by its own; all but one by the same.
        for strangers in [0, MANY - 1, 1] {
            let (grant, link) = link(&scene).await;
            let phone = Api::new(&scene.cloud);
            let mut phones = others(&scene, strangers);
            phones.resize(MANY, phone);
            let answers = all_at_once(&phones, &link).await;
            let over = [ProblemCode::HandoffOver, ProblemCode::SessionRevoked];
            let opened = opened(&answers, if strangers == 0 { &[] } else { &over });
            assert_eq!(opened.len(), 1, "{strangers} strangers");
            copied += usize::from(strangers > 0);
            // A link on two phones was copied: nothing of it lives.
            assert_eq!(sessions(&scene, &grant).await, (1, i64::from(strangers == 0)), "{strangers} strangers");
            wait_until_told(&scene, copied).await;
            end(&scene.kim, &grant).await.good();
        }
    }

    async fn sixty_four_times_again_by_the_same_phone_give_the_same_tokens_for_thirty_seconds(database: Database) {
        let scene = Scene::new(database).await;
        for passed in [0, 15_000, 31_000] {
            let (grant, link) = link(&scene).await;
            let mut phone = Api::new(&scene.cloud);
            let first = phone.redeem(&link).await;
            let_pass(&scene.cloud.db().await, passed).await;
            let answers = all_at_once(&vec![same(&phone); MANY], &link).await;
            if passed < 30_000 {
                assert_eq!(opened(&answers, &[]), opened(&[(0, first)], &[]), "{passed} ms");
            } else {
                assert_eq!(opened(&answers, &[ProblemCode::HandoffOver]).len(), 0, "{passed} ms");
            }
            assert_eq!(sessions(&scene, &grant).await, (1, 1), "{passed} ms");
            assert_eq!(phone.get("/v1/sites").await.status, 200, "{passed} ms: what it opened goes on");
            end(&scene.kim, &grant).await.good();
        }
        assert_eq!(told(&scene, "kim@example.org"), 0);
    }

    async fn sixty_four_others_after_the_first_phone_end_its_session_once(database: Database) {
        let scene = Scene::new(database).await;
        for (copied, (strangers, passed)) in [(1, 0), (1, 31_000), (MANY, 0), (MANY, 31_000)].into_iter().enumerate() {
            let (grant, link) = link(&scene).await;
            let mut phone = Api::new(&scene.cloud);
            phone.redeem(&link).await.good();
            let_pass(&scene.cloud.db().await, passed).await;
            let phones: Vec<_> = others(&scene, strangers).into_iter().cycle().take(MANY).collect();
            let answers = all_at_once(&phones, &link).await;
            assert_eq!(opened(&answers, &[ProblemCode::HandoffOver]).len(), 0, "{strangers} after {passed} ms");
            assert_eq!(sessions(&scene, &grant).await, (1, 0), "{strangers} after {passed} ms");
            assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
            wait_until_told(&scene, copied + 1).await;
            let acts = scene.kim.get("/v1/history").await.good()["acts"].clone();
            let ends = |act: &&Value| act["what"] == "session.ended" && act["grant"] == grant["id"];
            assert_eq!(acts.as_array().unwrap().iter().filter(ends).count(), 1, "{strangers} after {passed} ms");
            end(&scene.kim, &grant).await.good();
        }
    }

    async fn one_other_among_sixty_three_times_the_same_phone_ends_its_session(database: Database) {
        let scene = Scene::new(database).await;
        for (copied, passed) in [0, 31_000].into_iter().enumerate() {
            let (grant, link) = link(&scene).await;
            let mut phone = Api::new(&scene.cloud);
            let first = phone.redeem(&link).await;
            let_pass(&scene.cloud.db().await, passed).await;
            let mut phones = vec![same(&phone); MANY];
            phones[MANY / 2] = Api::new(&scene.cloud);
            let answers = all_at_once(&phones, &link).await;
            // Before the other came, the same phone got its tokens again, if that was soon enough.
            let refusals = if passed == 0 { &[ProblemCode::HandoffOver, ProblemCode::SessionRevoked][..] } else { &[ProblemCode::HandoffOver] };
            let again = opened(&answers, refusals);
            assert!(again.is_subset(&opened(&[(0, first)], &[])), "{again:?}");
            assert!(passed == 0 || again.is_empty(), "{again:?}");
            let (_, other) = answers.iter().find(|(nth, _)| *nth == MANY / 2).unwrap();
            assert_eq!(other.problem().code, ProblemCode::HandoffOver);
            assert_eq!(sessions(&scene, &grant).await, (1, 0), "after {passed} ms");
            assert_eq!(phone.get("/v1/sites").await.problem().code, ProblemCode::SessionRevoked);
            wait_until_told(&scene, copied + 1).await;
            end(&scene.kim, &grant).await.good();
        }
    }

    async fn old_code_is_redeemed_once_until_a_minute_has_passed(database: Database) {
        let scene = Scene::new(database).await;
        for (passed, opens) in [(45_000, 1), (60_001, 0)] {
            let (grant, link) = link(&scene).await;
            let_pass(&scene.cloud.db().await, passed).await;
            let answers = all_at_once(&vec![Api::new(&scene.cloud); MANY], &link).await;
            let refusals = if opens == 1 { &[][..] } else { &[ProblemCode::HandoffOver] };
            assert_eq!(opened(&answers, refusals).len(), opens, "after {passed} ms");
            assert_eq!(sessions(&scene, &grant).await.0, i64::try_from(opens).unwrap(), "after {passed} ms");
            end(&scene.kim, &grant).await.good();
        }
    }
}
