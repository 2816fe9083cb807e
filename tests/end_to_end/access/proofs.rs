//! The proof of possession at a redemption (RFC 9449): what does not hold uses nothing up, and what was used counts once.

use super::Scene;
use super::handoffs::{link, living_sessions, same};
use harness::api::{Answer, Api};
use harness::firm::Link;
use harness::on_both_engines;
use porchlight_protocol::ProblemCode;
use reqwest::StatusCode;
use serde_json::{Value, json};

const REDEEM: &str = "/v1/handoffs/redeem";

fn body(link: &Link) -> Value {
    json!({ "code": link.code, "verifier": link.verifier })
}

/// A nonce for the next proof: the answer to a request without one.
async fn nonce(phone: &Api, link: &Link) -> String {
    let without = phone.post(REDEEM, &body(link)).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
    let nonce = without.headers["dpop-nonce"].to_str().unwrap().to_owned();
    assert_eq!(without.problem().code, ProblemCode::UseDpopNonce);
    nonce
}

async fn refused(answer: Answer, code: ProblemCode, what: &str) {
    assert_eq!((answer.status, answer.problem().code), (StatusCode::UNAUTHORIZED, code), "{what}");
}

on_both_engines! {
    async fn redemption_whose_proof_does_not_hold_uses_nothing_up(database: Database) {
        let scene = Scene::new(database).await;
        let (_, link) = link(&scene).await;
        let mut phone = Api::new(&scene.cloud);
        let nonce = nonce(&phone, &link).await;
        let stranger = phone.stranger();
        let invalid = ProblemCode::InvalidDpopProof;
        let good = phone.proof(REDEEM, Some(&nonce));
        let (front, _) = good.rsplit_once('.').unwrap();
        let (_, other) = phone.proof(REDEEM, Some(&nonce)).rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        for (proof, code, what) in [
            (phone.proof(REDEEM, None), ProblemCode::UseDpopNonce, "no nonce"),
            (phone.proof(REDEEM, Some("AAAA")), ProblemCode::UseDpopNonce, "a nonce of nobody's"),
            (phone.proof("/v1/sessions", Some(&nonce)), invalid, "the sign-in's"),
            (phone.proof("/v1/sessions/refresh", Some(&nonce)), invalid, "the refresh's"),
            (stranger.proof("/h", Some(&nonce)), invalid, "another phone's, for a page"),
            (format!("{front}.{other}"), invalid, "another proof's signature"),
            (String::new(), invalid, "nothing"),
        ] {
            refused(phone.with_proof(REDEEM, &body(&link), &proof).await, code, what).await;
        }
        let both = phone.request(reqwest::Method::POST, REDEEM).header("DPoP", &good).header("DPoP", &good).json(&body(&link));
        refused(harness::api::read(both).await, invalid, "two at once").await;
        assert_eq!(living_sessions(&scene.cloud.db().await).await, 0);
        phone.redeem(&link).await.good();
    }

    async fn proof_that_was_used_opens_nothing_again(database: Database) {
        let scene = Scene::new(database).await;
        let (_, used) = link(&scene).await;
        let phone = Api::new(&scene.cloud);
        let nonce = nonce(&phone, &used).await;
        let proof = phone.proof(REDEEM, Some(&nonce));
        phone.with_proof(REDEEM, &body(&used), &proof).await.good();
        let (grant, fresh) = link(&scene).await;
        // Neither for the same answer again, nor for another code, nor in another's hand.
        for (who, link) in [(&phone, &used), (&phone, &fresh), (&phone.stranger(), &used)] {
            let again = who.with_proof(REDEEM, &body(link), &proof).await;
            refused(again, ProblemCode::InvalidDpopProof, "again").await;
        }
        assert_eq!(living_sessions(&scene.cloud.db().await).await, 1, "what it opened goes on");
        same(&phone).redeem(&used).await.good();
        assert!(grant["id"].is_string());
        same(&phone).redeem(&fresh).await.good();
    }

    async fn proof_beside_a_wrong_verifier_counted(database: Database) {
        let scene = Scene::new(database).await;
        let (_, link) = link(&scene).await;
        let phone = Api::new(&scene.cloud);
        let proof = phone.proof(REDEEM, Some(&nonce(&phone, &link).await));
        let wrong = Link { verifier: "A".repeat(43), ..link.clone() };
        let refused_so = phone.with_proof(REDEEM, &body(&wrong), &proof).await;
        assert_eq!(refused_so.problem().code, ProblemCode::HandoffRefused);
        refused(phone.with_proof(REDEEM, &body(&link), &proof).await, ProblemCode::InvalidDpopProof, "again").await;
        same(&phone).redeem(&link).await.good();
    }
}
