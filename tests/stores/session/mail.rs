//! The outbox of mail: secrets sealed, sent once, not sent too late.

use super::*;
use harness::on_both_engines;
use porchlight_cloud::mail::{self, Letter};

async fn enqueue(service: &Service, language: Language, letter: &Letter) {
    let mut tx = service.db().begin().await.unwrap();
    mail::enqueue(&mut tx, &service.state.key, EMAIL, language, letter).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn code_is_sealed_in_the_outbox_and_gone_after_the_sending(database: Database) {
        let service = Service::on(&database).await;
        enqueue(&service, Language::English, &Letter::VerificationCode { code: "12345678".into() }).await;
        let mut db = service.db().read().await.unwrap();
        let waiting: Vec<u8> = sqlx::query_scalar("SELECT detail_sealed FROM mail").fetch_one(&mut *db).await.unwrap();
        drop(db);
        assert!(!waiting.is_empty() && !waiting.windows(8).any(|w| w == b"12345678"));
        assert_eq!(code_in(&service.mails().await[0]).as_deref(), Some("12345678"));
        let left = "SELECT COUNT(*) FROM mail WHERE LENGTH(detail_sealed) > 0 OR sent_at IS NULL";
        assert_eq!(service.count(left).await, 0);
    }

    async fn two_senders_send_a_mail_once(database: Database) {
        let service = Service::on(&database).await;
        for _ in 0..5 {
            enqueue(&service, Language::English, &Letter::AddressHasAccount).await;
        }
        let senders = (0..4).map(|_| {
            let state = service.state.clone();
            tokio::spawn(async move { mail::sender::send_waiting(&state).await })
        });
        for sender in senders.collect::<Vec<_>>() {
            sender.await.unwrap().unwrap();
        }
        assert_eq!(service.count("SELECT CAST(SUM(tries) AS BIGINT) FROM mail").await, 5);
        assert_eq!(service.mails().await.len(), 5);
    }

    async fn code_that_came_too_late_is_not_sent(database: Database) {
        let service = Service::on(&database).await;
        enqueue(&service, Language::English, &Letter::VerificationCode { code: "12345678".into() }).await;
        enqueue(&service, Language::English, &Letter::SessionEnded).await;
        service.sql("UPDATE mail SET created_at = created_at - 601000").await;
        let mails = service.mails().await;
        assert_eq!(mails.len(), 1, "the other one still matters");
        assert!(mails[0].contains("signed one of your phones out"));
    }

    async fn mail_that_cannot_be_delivered_is_tried_again_later(database: Database) {
        let service = Service::on(&database).await;
        std::fs::remove_dir(&service.state.settings.mail_folder).unwrap();
        enqueue(&service, Language::English, &Letter::SessionEnded).await;
        mail::sender::send_waiting(&service.state).await.unwrap();
        assert_eq!(service.count("SELECT COUNT(*) FROM mail WHERE sent_at IS NULL AND tries = 1").await, 1);
        std::fs::create_dir(&service.state.settings.mail_folder).unwrap();
        assert_eq!(service.mails().await.len(), 0, "not at once");
        service.sql("UPDATE mail SET claimed_until = claimed_until - 30000").await;
        assert_eq!(service.mails().await.len(), 1);
    }

    async fn german_mail_is_german_and_well_formed(database: Database) {
        let service = Service::on(&database).await;
        enqueue(&service, Language::German, &Letter::VerificationCode { code: "12345678".into() }).await;
        let mail = service.mails().await.remove(0);
        assert!(mail.contains("\r\nTo: kim@example.org\r\n"), "{mail}");
        assert!(mail.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{mail}");
        assert!(mail.contains("Auto-Submitted: auto-generated\r\n"), "{mail}");
        assert!(mail.contains("Gib diesen Code in der App ein: 12345678"), "{mail}");
        assert!(mail.lines().all(|line| line.len() <= 998 && line.is_ascii()));
    }
}
