//! The ways in which access ends, each as a route or a command goes it.

use super::{grant, partner};
use crate::fixture::person;
use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::Db;
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::{access, people, session};
use porchlight_protocol::{GrantId, OrganizationId, ProblemCode};

/// The ways in which access ends, and what the change that comes too late is told.
pub(super) const WAYS: [(Way, ProblemCode); 8] = [
    (Way::Revoked, ProblemCode::GrantRevoked),
    (Way::Released, ProblemCode::GrantRevoked),
    (Way::Left, ProblemCode::ActorDisabled),
    (Way::SubjectDisabled, ProblemCode::SubjectDisabled),
    (Way::ActorDisabled, ProblemCode::ActorDisabled),
    (Way::SubjectsPassword, ProblemCode::SessionRevoked),
    (Way::ActorsPassword, ProblemCode::SessionRevoked),
    (Way::SignedOut, ProblemCode::SessionRevoked),
];

#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Revoked,
    Released,
    Left,
    SubjectDisabled,
    ActorDisabled,
    SubjectsPassword,
    ActorsPassword,
    SignedOut,
}

async fn take_password(db: &Db, of: &Caller) {
    let folder = tempfile::tempdir().unwrap();
    let key = ServerKey::open(&folder.path().join("key")).unwrap();
    session::take_password(db, &key, of.account).await.unwrap();
}

pub(super) struct Parties {
    pub(super) company: OrganizationId,
    pub(super) installer: Caller,
    pub(super) subject: Caller,
    pub(super) grant: GrantId,
}

impl Parties {
    pub(super) async fn new(db: &Db) -> Self {
        let (installer, colleague, subject) = (person(db).await, person(db).await, person(db).await);
        let company = partner(db, &[&installer, &colleague]).await;
        let grant = grant(db, company, &installer, &subject).await;
        Self { company, installer, subject, grant }
    }

    /// Ends the access; the way that a route or a command goes.
    pub(super) async fn end(&self, db: &Db, way: Way) {
        match way {
            Way::Revoked => self.end_grant(db, &self.subject).await,
            Way::Released => self.end_grant(db, &self.installer).await,
            Way::Left => {
                let email = format!("{}@example.org", self.installer.account);
                people::leave(db, self.company, &email).await.unwrap();
            }
            Way::SubjectDisabled => session::disable_account(db, self.subject.account).await.unwrap(),
            Way::ActorDisabled => session::disable_account(db, self.installer.account).await.unwrap(),
            Way::SubjectsPassword => take_password(db, &self.subject).await,
            Way::ActorsPassword => take_password(db, &self.installer).await,
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
