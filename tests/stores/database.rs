//! What all stores lean on: the schema comes up twice alike, locks hold, losers are told.

use harness::on_both_engines;
use porchlight_cloud::db::{DatabaseLocation, Db, DbError, Lock};
use sqlx::Row as _;

async fn make_site(db: &Db, id: &str) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    sqlx::query("INSERT INTO site (id, name, address, time_zone, created_at) VALUES ($1, 'a', '', 'UTC', 1)")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

on_both_engines! {
    async fn schema_is_made_once_and_kept_at_the_next_start(database: Database) {
        make_site(&database.open().await, "s").await.unwrap();
        let again = database.open().await;
        let mut reader = again.read().await.unwrap();
        let row = sqlx::query("SELECT count(*) FROM site").fetch_one(&mut *reader).await.unwrap();
        assert_eq!(row.get::<i64, _>(0), 1);
    }

    async fn dropped_transaction_changes_nothing(database: Database) {
        let db = database.open().await;
        let mut tx = db.begin().await.unwrap();
        sqlx::query("INSERT INTO site (id, name, address, time_zone, created_at) VALUES ('s', 'a', '', 'UTC', 1)")
            .execute(&mut *tx)
            .await
            .unwrap();
        drop(tx);
        make_site(&db, "s").await.expect("the first insert was rolled back");
    }

    /// As a full disk does: SQLite rolls back by itself, and the driver does not hear of it.
    async fn transaction_that_ended_behind_the_drivers_back_leaves_a_writer_for_the_next(database: Database) {
        let db = database.open().await;
        let mut tx = db.begin().await.unwrap();
        sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
        drop(tx);
        make_site(&db, "s").await.expect("the next writer gets a connection that can begin");
        let mut tx = db.begin().await.unwrap();
        sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
        let _failed = tx.commit().await;
        make_site(&db, "t").await.expect("after a commit that failed, too");
    }

    async fn second_row_with_the_same_id_is_told_as_such(database: Database) {
        let db = database.open().await;
        make_site(&db, "s").await.unwrap();
        assert!(matches!(make_site(&db, "s").await, Err(DbError::Exists)));
    }

    async fn locked_row_makes_the_next_writer_wait(database: Database) {
        let db = database.open().await;
        make_site(&db, "s").await.unwrap();
        let mut first = db.begin().await.unwrap();
        first.lock("site", "s", Lock::Update).await.unwrap();
        let other = db.clone();
        let second = tokio::spawn(async move {
            let mut tx = other.begin().await.unwrap();
            tx.lock("site", "s", Lock::Update).await.unwrap();
            let name: String =
                sqlx::query_scalar("SELECT name FROM site WHERE id = 's'").fetch_one(&mut *tx).await.unwrap();
            name
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert!(!second.is_finished(), "the second writer went ahead");
        sqlx::query("UPDATE site SET name = 'b' WHERE id = 's'").execute(&mut *first).await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap(), "b");
    }
}

fn in_folder(folder: &tempfile::TempDir) -> DatabaseLocation {
    format!("sqlite:{}", folder.path().join("porchlight.db").display()).parse().unwrap()
}

#[tokio::test]
async fn file_that_is_no_database_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("porchlight.db"), "garbage".repeat(1_000)).unwrap();
    let said = Db::open(&in_folder(&folder)).await.unwrap_err().to_string();
    assert!(said.contains("not a database"), "{said}");
}

/// A backup holds the file: that is no defect, and passes.
#[tokio::test]
async fn file_that_another_program_holds_for_long_is_out_of_reach_for_now() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&in_folder(&folder)).await.unwrap();
    let other = Db::open(&in_folder(&folder)).await.unwrap();
    let held = other.begin().await.unwrap();
    assert!(matches!(make_site(&db, "s").await, Err(DbError::Unreachable(_))));
    drop(held);
    make_site(&db, "s").await.unwrap();
}
