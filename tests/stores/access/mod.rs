//! Delegated access on both engines: the rules with their rows, without HTTP.

mod asking;
mod at_once;
mod claims;
mod ends;
mod model;
mod races;
mod world;

use ends::Parties;
use porchlight_cloud::access::store::insert_birth_grant;
use porchlight_cloud::authority::{Caller, Delegation, Permission, PermissionSet};
use porchlight_cloud::db::Db;
use porchlight_cloud::key::ServerKey;
use porchlight_cloud::session::store::{
    DelegationRow, NewSessionRow, epoch_of, insert_session, installation_by_key,
};
use porchlight_cloud::settings::AskLimits;
use porchlight_cloud::{access, customers, now, people, session};
use porchlight_protocol::access::{AskForAccess, AuthorizationRequest, ConsentRequest};
use porchlight_protocol::people::{OrganizationKind, Role};
use porchlight_protocol::sites::{MakeSiteRequest, Site};
use porchlight_protocol::{CustomerId, GrantId, OrganizationId, SessionId};

const PERMISSIONS: [Permission; 3] = [Permission::SiteRead, Permission::SiteCreate, Permission::DeviceAdd];

const HOUR: i64 = 3_600_000;

fn house() -> MakeSiteRequest {
    MakeSiteRequest { name: "House".into(), address: String::new(), time_zone: "Europe/Berlin".into() }
}

/// A partner that these belong to.
async fn partner(db: &Db, people: &[&Caller]) -> OrganizationId {
    let (id, mut tx) = (OrganizationId::mint(), db.begin().await.unwrap());
    let made =
        people::store::insert_organization(&mut tx, id, OrganizationKind::Partner, "Bright Solar", now());
    made.await.unwrap();
    for person in people {
        let role = Role::SuperAdmin;
        people::store::insert_membership(&mut tx, id, person.account, role, now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// A grant on the subject's account, in the installer's hand, for an hour.
async fn grant(db: &Db, company: OrganizationId, installer: &Caller, subject: &Caller) -> GrantId {
    let mut tx = db.begin().await.unwrap();
    let (actor, account) = (installer.account, subject.account);
    let made = insert_birth_grant(&mut tx, company, actor, account, &PERMISSIONS, now(), now() + HOUR).await;
    tx.commit().await.unwrap();
    made.unwrap()
}

/// What an installer asks for: the whole account, for an hour.
fn for_an_hour() -> AskForAccess {
    let permissions = PERMISSIONS.to_vec();
    AskForAccess { site: None, device: None, permissions, lasts: 3_600, comment: String::new() }
}

/// A request that waits for its answer.
async fn asked(
    db: &Db,
    key: &ServerKey,
    installer: &Caller,
    customer: CustomerId,
    wanted: &AskForAccess,
) -> AuthorizationRequest {
    let mut tx = db.begin().await.unwrap();
    installer.confirm(&mut tx).await.unwrap();
    let asked = access::ask(&mut tx, key, &AskLimits::default(), installer, customer, wanted).await.unwrap();
    tx.commit().await.unwrap();
    asked
}

/// A grant on one site, as it comes to be: by a request and a consent.
async fn grant_on(db: &Db, key: &ServerKey, parties: &Parties, site: &Site) -> GrantId {
    let Parties { company, installer, subject, .. } = parties;
    let customer = confirmed_customer(db, *company, installer, subject).await;
    let wanted = AskForAccess { site: Some(site.id), ..for_an_hour() };
    let asked = asked(db, key, installer, customer, &wanted).await;
    let mut tx = db.begin().await.unwrap();
    access::confirm_with_request(&mut tx, subject, asked.id).await.unwrap();
    let yes = ConsentRequest { terms: asked.terms, lasts: None };
    let granted = access::consent(&mut tx, subject, asked.id, &yes).await.unwrap();
    tx.commit().await.unwrap();
    granted.id
}

/// A delegated session by that grant.
async fn delegated(db: &Db, installer: &Caller, subject: &Caller, grant: GrantId) -> Caller {
    let (session, mut tx) = (SessionId::mint(), db.begin().await.unwrap());
    let installation = installation_by_key(&mut tx, session.to_string().as_bytes(), now()).await.unwrap();
    let actor_epoch = epoch_of(&mut tx, installer.account).await.unwrap();
    let row = NewSessionRow {
        id: session,
        account: subject.account,
        installation,
        account_epoch: epoch_of(&mut tx, subject.account).await.unwrap(),
        access_hash: session.to_string().into_bytes(),
        access_expires_at: now() + HOUR,
        expires_at: now() + HOUR,
        delegation: Some(DelegationRow {
            actor: installer.account,
            actor_epoch,
            grant,
            begun_by: installer.session,
        }),
    };
    insert_session(&mut tx, &row, now()).await.unwrap();
    tx.commit().await.unwrap();
    let permissions = PermissionSet::delegated(PERMISSIONS);
    let delegation = Some(Delegation { actor: installer.account, grant, permissions });
    Caller { session, account: subject.account, delegation }
}

/// How many sites the account has, ended ones too.
async fn sites_of(db: &Db, account: &Caller) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM site_user WHERE account_id = $1")
        .bind(account.account.to_string())
        .fetch_one(&mut *db.read().await.unwrap())
        .await
        .unwrap()
}

/// A customer of the company's who said yes to that.
async fn confirmed_customer(db: &Db, company: OrganizationId, by: &Caller, account: &Caller) -> CustomerId {
    let (id, mut tx) = (CustomerId::mint(), db.begin().await.unwrap());
    let row = session::store::account_by_id(&mut tx, account.account).await.unwrap().unwrap();
    customers::store::insert_customer(&mut tx, id, company, &row, &row.email, by.account, now())
        .await
        .unwrap();
    customers::store::answer_offer(&mut tx, id, account.account, "confirmed", now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}
