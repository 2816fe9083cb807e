//! The file on its two threads.

use super::*;
use rusqlite_migration::M;

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up("CREATE TABLE word (text TEXT NOT NULL);")])
}

async fn open(path: &Path) -> Result<Store, StoreFault> {
    Store::open(path.to_owned(), Durability::Precious, migrations()).await
}

fn insert(transaction: &Transaction<'_>, text: &str) -> Result<(), StoreFault> {
    transaction.execute("INSERT INTO word (text) VALUES (?1)", [text])?;
    Ok(())
}

async fn words(store: &Store) -> Result<Vec<String>, StoreFault> {
    let read = |connection: &Connection| {
        let mut select = connection.prepare("SELECT text FROM word ORDER BY rowid")?;
        let words = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(words)
    };
    store.read(read).await
}

#[tokio::test]
async fn writes_run_in_the_order_of_their_calls_even_if_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db")).await.unwrap();
    for number in 0..50 {
        drop(store.write(move |transaction| insert(transaction, &number.to_string())));
    }
    store.write(|transaction| insert(transaction, "last")).await.unwrap();
    let words = words(&store).await.unwrap();
    assert_eq!(words.len(), 51);
    assert!(words[..50].iter().enumerate().all(|(at, word)| *word == at.to_string()), "{words:?}");
}

#[tokio::test]
async fn failed_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db")).await.unwrap();
    let failed = store.write(|transaction| {
        insert(transaction, "half")?;
        Err::<(), _>(StoreFault::Full)
    });
    assert_eq!(failed.await, Err(StoreFault::Full));
    assert!(words(&store).await.unwrap().is_empty());
}

#[tokio::test]
async fn reader_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db")).await.unwrap();
    let written = store.read(|connection| Ok(connection.execute("DELETE FROM word", [])?)).await;
    assert!(matches!(written, Err(StoreFault::Sqlite(_))), "{written:?}");
}

#[tokio::test]
async fn precious_file_is_synced_at_every_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db")).await.unwrap();
    let pragma = |name: &'static str| {
        store.write(move |transaction| {
            Ok(transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0))?)
        })
    };
    assert_eq!(pragma("synchronous").await, Ok(2));
    assert_eq!(pragma("fullfsync").await, Ok(1));
}

#[tokio::test]
async fn closed_file_says_so_and_keeps_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = open(&path).await.unwrap();
    store.write(|transaction| insert(transaction, "kept")).await.unwrap();
    store.checkpoint().await.unwrap();
    store.close().await;
    assert_eq!(words(&store).await, Err(StoreFault::Closed));
    assert_eq!(words(&open(&path).await.unwrap()).await.unwrap(), ["kept"]);
    delete_database(path.clone()).await.unwrap();
    delete_database(path).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn newer_corrupt_and_unreachable_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let newer = Migrations::new(vec![M::up("CREATE TABLE a (x);"), M::up("CREATE TABLE b (x);")]);
    Store::open(path.clone(), Durability::Disposable, newer).await.unwrap().close().await;
    assert_eq!(open(&path).await.err(), Some(StoreFault::TooNew));
    std::fs::write(&path, [b'x'; 4096]).unwrap();
    assert_eq!(open(&path).await.err(), Some(StoreFault::Corrupt));
    let nowhere = open(&folder.path().join("no/folder/x.db")).await.err();
    assert!(matches!(nowhere, Some(StoreFault::Sqlite(_))), "{nowhere:?}");
}
