//! Refreshing: tokens rotate, a killed app gets the same again, a replay ends the family.

use super::*;
use harness::on_both_engines;

async fn signed_in(database: &Database) -> (Service, SessionResponse) {
    let service = Service::on(database).await;
    service.account(EMAIL).await;
    let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.unwrap();
    (service, session)
}

on_both_engines! {
    async fn refresh_replaces_both_tokens(database: Database) {
        let (service, first) = signed_in(&database).await;
        let second = service.refresh(PHONE, &first.refresh_token).await.unwrap();
        assert_eq!(second.session, first.session);
        assert_ne!(second.refresh_token, first.refresh_token);
        assert!(!service.lets_in(&first.access_token).await);
        assert!(service.lets_in(&second.access_token).await);
        assert!((599..=600).contains(&second.access_expires_in));
    }

    async fn retry_with_the_predecessor_gets_the_same_successor(database: Database) {
        let (service, first) = signed_in(&database).await;
        let second = service.refresh(PHONE, &first.refresh_token).await.unwrap();
        for _ in 0..3 {
            let again = service.refresh(PHONE, &first.refresh_token).await.unwrap();
            assert_eq!(again.refresh_token, second.refresh_token);
            assert_eq!(again.access_token, second.access_token);
        }
        service.refresh(PHONE, &second.refresh_token).await.expect("and it works");
    }

    async fn replay_after_the_successor_was_used_ends_the_family_and_tells_the_person(database: Database) {
        let (service, first) = signed_in(&database).await;
        let second = service.refresh(PHONE, &first.refresh_token).await.unwrap();
        let third = service.refresh(PHONE, &second.refresh_token).await.unwrap();
        assert_eq!(code(service.refresh(PHONE, &first.refresh_token).await), ProblemCode::SessionRevoked);
        assert!(!service.lets_in(&third.access_token).await);
        assert_eq!(code(service.refresh(PHONE, &third.refresh_token).await), ProblemCode::SessionRevoked);
        let mails = service.mails().await;
        assert!(mails[1].contains("Subject: We signed one of your phones out"), "{}", mails[1]);
        let _again = service.refresh(PHONE, &first.refresh_token).await;
        assert_eq!(service.mails().await.len(), 2, "told once");
    }

    async fn database_does_not_keep_a_successor_that_was_used(database: Database) {
        let (service, first) = signed_in(&database).await;
        let second = service.refresh(PHONE, &first.refresh_token).await.unwrap();
        let sealed = "SELECT COUNT(*) FROM refresh_token WHERE successor_sealed IS NOT NULL";
        assert_eq!(service.count(sealed).await, 1);
        service.refresh(PHONE, &second.refresh_token).await.unwrap();
        assert_eq!(service.count(sealed).await, 1, "only the newest predecessor's");
    }

    async fn two_refreshes_at_the_same_time_get_the_same_successor(database: Database) {
        let (service, first) = signed_in(&database).await;
        let refreshes = (0..6).map(|_| {
            let (state, token) = (service.state.clone(), first.refresh_token.clone());
            tokio::spawn(async move { session::refresh(&state, &proof(PHONE), &token.into()).await })
        });
        let mut tokens = std::collections::HashSet::new();
        for refreshed in refreshes.collect::<Vec<_>>() {
            tokens.insert(refreshed.await.unwrap().unwrap().refresh_token);
        }
        assert_eq!(tokens.len(), 1);
    }

    async fn proof_by_another_key_is_refused_and_changes_nothing(database: Database) {
        let (service, first) = signed_in(&database).await;
        let stolen = service.refresh(OTHER_PHONE, &first.refresh_token).await;
        assert_eq!(code(stolen), ProblemCode::InvalidDpopProof);
        assert!(service.lets_in(&first.access_token).await);
        service.refresh(PHONE, &first.refresh_token).await.expect("the phone's own still works");
    }

    async fn proof_of_a_refresh_counts_once(database: Database) {
        let (service, first) = signed_in(&database).await;
        let proof = proof(PHONE);
        let token = || first.refresh_token.clone().into();
        session::refresh(&service.state, &proof, &token()).await.unwrap();
        assert_eq!(code(session::refresh(&service.state, &proof, &token()).await), ProblemCode::InvalidDpopProof);
    }

    async fn idle_token_and_old_session_are_over(database: Database) {
        for end in ["UPDATE refresh_token SET idle_expires_at = 1", "UPDATE session SET expires_at = 1"] {
            let (service, first) = match service_again(&database).await {
                Some(service) => service,
                None => signed_in(&database).await,
            };
            service.sql(end).await;
            assert_eq!(code(service.refresh(PHONE, &first.refresh_token).await), ProblemCode::SessionRevoked, "{end}");
        }
    }

    async fn access_lasts_ten_minutes_an_idle_token_30_days_a_session_180(database: Database) {
        let (service, first) = signed_in(&database).await;
        let lasts = "SELECT COUNT(*) FROM session WHERE expires_at - created_at = 15552000000 \
            AND access_expires_at - created_at = 600000";
        assert_eq!(service.count(lasts).await, 1);
        let idles = "SELECT COUNT(*) FROM refresh_token WHERE idle_expires_at - created_at = 2592000000";
        assert_eq!(service.count(idles).await, 1);
        service.sql("UPDATE session SET access_expires_at = access_expires_at - 595000").await;
        assert!(service.lets_in(&first.access_token).await, "five seconds are left");
        service.sql("UPDATE session SET access_expires_at = access_expires_at - 5000").await;
        assert!(!service.lets_in(&first.access_token).await);
        service.sql("UPDATE refresh_token SET idle_expires_at = idle_expires_at - 2591995000").await;
        let second = service.refresh(PHONE, &first.refresh_token).await.expect("five seconds are left");
        assert!(service.lets_in(&second.access_token).await);
    }

    async fn no_refresh_makes_a_session_live_longer(database: Database) {
        let (service, first) = signed_in(&database).await;
        service.sql("UPDATE session SET expires_at = expires_at - 15551700000").await;
        let second = service.refresh(PHONE, &first.refresh_token).await.expect("five minutes are left");
        assert!((295..=300).contains(&second.access_expires_in), "{}", second.access_expires_in);
        let outlives = "SELECT COUNT(*) FROM session s JOIN refresh_token t ON t.session_id = s.id \
            WHERE t.successor_hash IS NULL \
            AND (s.access_expires_at > s.expires_at OR t.idle_expires_at > s.expires_at)";
        assert_eq!(service.count(outlives).await, 0);
        service.sql("UPDATE session SET expires_at = expires_at - 300000").await;
        assert!(!service.lets_in(&second.access_token).await, "not past its session");
        let third = service.refresh(PHONE, &second.refresh_token).await;
        assert_eq!(code(third), ProblemCode::SessionRevoked);
    }

    async fn token_that_nobody_minted_is_over(database: Database) {
        let service = Service::on(&database).await;
        let unknown = secret::mint(secret::SecretKind::Refresh);
        let unknown = session::refresh(&service.state, &proof(PHONE), &unknown).await;
        assert_eq!(code(unknown), ProblemCode::SessionRevoked);
        assert_eq!(code(service.refresh(PHONE, "pl_rt_x").await), ProblemCode::SessionRevoked);
    }
}

/// A new session in the account that is there already.
async fn service_again(database: &Database) -> Option<(Service, SessionResponse)> {
    let service = Service::on(database).await;
    let session = service.sign_in(PHONE, EMAIL, PASSWORD).await.ok()?;
    Some((service, session))
}
