//! People who are signed in, and devices that are theirs, made without the ways that lead there.

use porchlight_cloud::authority::Caller;
use porchlight_cloud::db::{Db, Tx};
use porchlight_cloud::devices::{self, BindOutcome, NewDevice};
use porchlight_cloud::problem::Refusal;
use porchlight_cloud::secret::{SecretKind, hash_minted, mint};
use porchlight_cloud::{authority, now, sites};
use porchlight_protocol::devices::Section;
use porchlight_protocol::sites::{MakeSiteRequest, Site};
use porchlight_protocol::{AccountId, ClaimId, DeviceId, DeviceName, InstallationId, SessionId};
use secrecy::SecretString;

/// A signed-in account.
pub async fn person(db: &Db) -> Caller {
    person_with_token(db).await.0
}

/// A signed-in account and its access token.
pub async fn person_with_token(db: &Db) -> (Caller, SecretString) {
    let token = mint(SecretKind::Access);
    let caller = Caller::own(SessionId::mint(), AccountId::mint());
    let installation = InstallationId::mint().to_string();
    let mut tx = db.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO account (id, email, given_name, family_name, language, state, epoch, created_at) \
         VALUES ($1, $2, 'Kim', 'Lee', 'en', 'active', 1, 1)",
    )
    .bind(caller.account.to_string())
    .bind(format!("{}@example.org", caller.account))
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query("INSERT INTO installation (id, public_key, created_at) VALUES ($1, $2, 1)")
        .bind(&installation)
        .bind(installation.as_bytes())
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO session (id, account_id, installation_id, account_epoch, access_hash, \
           access_expires_at, created_at, expires_at) VALUES ($1, $2, $3, 1, $4, $5, 1, $5)",
    )
    .bind(caller.session.to_string())
    .bind(caller.account.to_string())
    .bind(&installation)
    .bind(hash_minted(&token))
    .bind(now() + 3_600_000)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    (caller, token)
}

/// A change as a handler makes it: confirmed, then committed. A transaction that lost a race is run again.
pub async fn change<T>(
    db: &Db,
    caller: &Caller,
    effect: impl AsyncFn(&mut Tx) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    again_if_lost(async || {
        let mut tx = db.begin().await?;
        caller.confirm(&mut tx).await?;
        let done = effect(&mut tx).await?;
        tx.commit().await?;
        Ok(done)
    })
    .await
}

/// Runs again what lost a race, as the layer around the handlers does.
pub async fn again_if_lost<T>(effect: impl AsyncFn() -> Result<T, Refusal>) -> Result<T, Refusal> {
    loop {
        match effect().await {
            Err(Refusal { try_again: true, .. }) => {}
            done => return done,
        }
    }
}

/// Ends the caller's session.
pub async fn revoke(db: &Db, caller: &Caller) {
    let mut tx = db.begin().await.unwrap();
    authority::store::revoke_session(&mut tx, caller.session, "test", now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A site of the caller's in this zone.
pub async fn site_in(db: &Db, caller: &Caller, time_zone: &str) -> Site {
    let wanted = MakeSiteRequest { name: "Home".into(), address: String::new(), time_zone: time_zone.into() };
    let mut tx = db.begin().await.unwrap();
    caller.confirm(&mut tx).await.unwrap();
    let made = sites::make(&mut tx, caller, &wanted).await.unwrap();
    tx.commit().await.unwrap();
    made
}

/// A site of the caller's in Berlin.
pub async fn site(db: &Db, caller: &Caller) -> Site {
    site_in(db, caller, "Europe/Berlin").await
}

/// What a claim of the caller's would make of a device of this serial.
pub fn new_device(caller: &Caller, site: &Site, serial: &str) -> NewDevice {
    NewDevice {
        id: DeviceId::mint(),
        maker: "porchlight".parse().unwrap(),
        serial: serial.parse().unwrap(),
        model: "PL-CAM".parse().unwrap(),
        section: Section::Video,
        site: site.id,
        name: "Door".into(),
        time_zone: site.time_zone.clone(),
        daylight_saving: true,
        claim: ClaimId::mint_offline(),
        account: caller.account,
        actor: caller.account,
        grant: None,
    }
}

/// A device of the caller's.
pub async fn device(db: &Db, caller: &Caller, site: &Site, serial: &str) -> NewDevice {
    let new = new_device(caller, site, serial);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(devices::bind(&mut tx, &new).await.unwrap(), BindOutcome::Bound(new.id));
    tx.commit().await.unwrap();
    new
}

/// The name of that device on its channel.
pub fn name_of(device: &NewDevice) -> DeviceName {
    DeviceName { maker: device.maker.clone(), serial: device.serial.clone() }
}

/// How many rows a table has.
pub async fn count(db: &Db, table: &'static str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(&mut *db.read().await.unwrap()).await.unwrap()
}

/// How often a change runs against a revoke. `RACES=10000 tests/run stores nothing_commits` is the measure.
pub fn races() -> u64 {
    std::env::var("RACES").map_or(300, |races| races.parse().expect("RACES is a number"))
}

/// Gives others a chance, a little more each time: timers are too coarse.
pub async fn hesitate(steps: u64) {
    for _ in 0..steps {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
}
