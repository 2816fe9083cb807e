//! What stands in a database, to be compared.

use porchlight_cloud::db::{Db, Engine};
use sqlx::{Column as _, Row as _};
use std::collections::BTreeMap;
use std::time::Duration;

/// Table to rows, as text, sorted.
pub(crate) type Content = BTreeMap<String, Vec<String>>;

/// All tables that a refused or a reading request must leave alone.
async fn read(db: &Db) -> Content {
    let list = match db.engine() {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Engine::Postgres => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'",
    };
    let mut reader = db.read().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(list).fetch_all(&mut *reader).await.unwrap();
    let mut content = Content::new();
    // When a session was last used is noted apart, at most once a minute.
    for table in tables.into_iter().filter(|table| table != "session_activity" && !table.starts_with("_sqlx"))
    {
        // Its lease is renewed by the clock.
        let columns = if table == "sealer" { "change_position, audit_position, chain_hash" } else { "*" };
        let sql = sqlx::AssertSqlSafe(format!("SELECT {columns} FROM {table}"));
        let rows = sqlx::query(sql).fetch_all(&mut *reader).await.unwrap();
        let mut shown: Vec<_> = rows.iter().map(show).collect();
        shown.sort();
        content.insert(table, shown);
    }
    content
}

fn show(row: &sqlx::any::AnyRow) -> String {
    let cells = row.columns().iter().map(|column| {
        let at = column.ordinal();
        let text = row.try_get::<Option<String>, _>(at).map(|value| format!("{value:?}"));
        let number = || row.try_get::<Option<i64>, _>(at).map(|value| format!("{value:?}"));
        let bytes = || row.try_get::<Option<Vec<u8>>, _>(at).map(|value| format!("{value:?}"));
        text.or_else(|_| number()).or_else(|_| bytes()).unwrap()
    });
    cells.collect::<Vec<_>>().join("|")
}

/// The content once the cloud's own tasks (the sealer, mail, a device that went) have nothing left to do.
pub(crate) async fn settled(db: &Db) -> Content {
    let mut before = read(db).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = read(db).await;
        if now == before {
            return now;
        }
        before = now;
    }
    panic!("the cloud does not come to rest: {before:?}");
}
