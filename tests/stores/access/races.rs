//! A change made in a delegated session against each way in which the access ends.

use super::{delegated, grant, house, partner, sites_of};
use crate::fixture::{change, hesitate, person, races};
use harness::on_both_engines;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::{Db, Tx};
use porchlight_cloud::{access, people, session, sites};
use porchlight_protocol::{GrantId, OrganizationId, ProblemCode};

/// The ways in which access ends, and what the change that comes too late is told.
const WAYS: [(Way, ProblemCode); 6] = [
    (Way::Revoked, ProblemCode::GrantRevoked),
    (Way::Released, ProblemCode::GrantRevoked),
    (Way::Left, ProblemCode::ActorDisabled),
    (Way::SubjectDisabled, ProblemCode::SubjectDisabled),
    (Way::ActorDisabled, ProblemCode::ActorDisabled),
    (Way::SignedOut, ProblemCode::SessionRevoked),
];

#[derive(Clone, Copy, Debug)]
enum Way {
    Revoked,
    Released,
    Left,
    SubjectDisabled,
    ActorDisabled,
    SignedOut,
}

struct Parties {
    company: OrganizationId,
    installer: Caller,
    subject: Caller,
    grant: GrantId,
}

impl Parties {
    async fn new(db: &Db) -> Self {
        let (installer, colleague, subject) = (person(db).await, person(db).await, person(db).await);
        let company = partner(db, &[&installer, &colleague]).await;
        let grant = grant(db, company, &installer, &subject).await;
        Self { company, installer, subject, grant }
    }

    /// Ends the access; the way that a route or a command goes.
    async fn end(&self, db: &Db, way: Way) {
        match way {
            Way::Revoked => self.end_grant(db, &self.subject).await,
            Way::Released => self.end_grant(db, &self.installer).await,
            Way::Left => {
                let email = format!("{}@example.org", self.installer.account);
                people::leave(db, self.company, &email).await.unwrap();
            }
            Way::SubjectDisabled => session::disable_account(db, self.subject.account).await.unwrap(),
            Way::ActorDisabled => session::disable_account(db, self.installer.account).await.unwrap(),
            Way::SignedOut => session::sign_out(db, &self.installer).await.unwrap(),
        }
    }

    async fn end_grant(&self, db: &Db, by: &Caller) {
        let mut tx = db.begin().await.unwrap();
        access::confirm_with_grant(&mut tx, by, self.grant).await.unwrap();
        access::end(&mut tx, by, self.grant).await.unwrap();
        tx.commit().await.unwrap();
    }
}

on_both_engines! {
    async fn nothing_commits_after_an_answered_end_of_access(database: Database) {
        let db = database.open().await;
        let (mut before, mut refused) = (0, 0);
        for round in 0..races() {
            let (way, code) = WAYS[usize::try_from(round).unwrap() % WAYS.len()];
            let parties = Parties::new(&db).await;
            let acting = delegated(&db, &parties.installer, &parties.subject, parties.grant).await;
            let changing = async {
                hesitate(round % 11).await;
                let in_between = async |tx: &mut Tx| {
                    // Between the check and the commit the end must wait.
                    hesitate(round % 5).await;
                    sites::make(tx, &acting, &house()).await
                };
                change(&db, &acting, in_between).await
            };
            let ending = async {
                hesitate(round % 7).await;
                parties.end(&db, way).await;
                sites_of(&db, &parties.subject).await
            };
            let (changed, committed) = tokio::join!(changing, ending);
            match changed {
                Ok(_) => before += 1,
                Err(refusal) => {
                    assert_eq!(refusal.problem.code, code, "{way:?}");
                    refused += 1;
                }
            }
            let there = sites_of(&db, &parties.subject).await;
            assert_eq!(there, committed, "round {round}, {way:?}: it came after the answer");
        }
        let rare = races() / 20;
        assert!(before > rare && refused > rare, "no race: {before} before the end, {refused} refused");
    }
}
