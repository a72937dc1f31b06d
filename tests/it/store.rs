//! The database's files as other processes see them: locks that hold, damage that ends the desk,
//! trouble that is told without the database.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::future::join_all;
use postdesk::store::{self, DATABASE, Error, Store, trouble};

const LOOK: &str = "POSTDESK_TEST_LOOK_AT";

/// Another process opens the database, reads in it and closes it again: this very program.
fn look_from_outside(folder: &Path) {
    let looked = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::somebody_looks"])
        .env(LOOK, folder.join(DATABASE))
        .output()
        .unwrap();
    assert!(looked.status.success(), "{}", String::from_utf8_lossy(&looked.stdout));
}

/// What the other process does; without a file to look at it only sees that there is none.
#[test]
fn somebody_looks() {
    let Some(path) = std::env::var_os(LOOK) else { return };
    let connection = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT count(*) FROM state";
    let found: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(found > 0);
    connection.close().unwrap();
}

/// Whether anybody holds a lock on that very file, as the kernel tells.
fn is_locked(path: &Path) -> bool {
    let inode = std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap());
    let locks = fs::read_to_string("/proc/locks").unwrap();
    locks.lines().any(|line| line.contains(&format!(":{inode} ")))
}

async fn set(store: &Store, key: &str) -> Result<(), Error> {
    let key = key.to_owned();
    store.write(move |tx| store::set_state(tx, &key, "there")).await
}

/// A commit that fails makes the writer open the file anew. That must not cost the locks of the
/// other connections of the daemon: whoever looks from outside would then take itself for the last
/// one, and delete the log beneath the daemon (D0).
#[tokio::test]
async fn a_failed_commit_costs_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let store = Store::open(&data_dir).unwrap();
    set(&store, "before").await.unwrap();
    store.read(|connection| store::state(connection, "before")).unwrap();
    let failed = store.write(|tx| Ok(tx.execute_batch("ROLLBACK")?)).await;
    assert!(failed.is_err(), "the transaction was ended beneath the writer");
    set(&store, "reopened").await.unwrap();
    assert!(is_locked(&data_dir.join(DATABASE)), "SQLite's locks are gone");
    look_from_outside(&data_dir);
    for number in 0..10 {
        set(&store, &format!("after {number}")).await.unwrap();
        look_from_outside(&data_dir);
    }
    drop(store);
    let again = Store::open_inline(&data_dir).unwrap();
    for number in 0..10 {
        let key = format!("after {number}");
        let found = again.read(|connection| store::state(connection, &key)).unwrap();
        assert_eq!(found.as_deref(), Some("there"), "{key} was told to be durable");
    }
    assert_eq!(store::integrity(&data_dir).unwrap(), None);
}

/// What is written beside a file that was taken away is lost: nothing is written any more, and
/// whoever runs the desk is told at once.
#[tokio::test]
async fn files_that_were_replaced_end_the_desk() {
    for gone in ["postdesk.db-wal", DATABASE] {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path()).unwrap());
        set(&store, "one").await.unwrap();
        fs::remove_file(folder.path().join(gone)).unwrap();
        let refused = set(&store, "two").await;
        assert!(matches!(refused, Err(Error::Corrupt(_))), "{gone}: {refused:?}");
        let words = tokio::time::timeout(Duration::from_secs(5), store.broken()).await.unwrap();
        assert!(words.contains("restore the last backup"), "{words}");
    }
}

#[tokio::test]
async fn a_damaged_file_ends_the_desk() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_inline(folder.path()).unwrap();
    set(&store, "one").await.unwrap();
    drop(store);
    let path = folder.path().join(DATABASE);
    let mut bytes = fs::read(&path).unwrap();
    bytes.iter_mut().skip(4096).for_each(|byte| *byte = 0xa5);
    fs::write(&path, bytes).unwrap();
    let damaged = match Store::open_inline(folder.path()) {
        Err(error) => error,
        Ok(store) => set(&store, "two").await.unwrap_err(),
    };
    assert!(matches!(damaged, Error::Corrupt(_)), "{damaged:?}");
}

/// While the store cannot be written, nothing in it can say so.
#[tokio::test]
async fn trouble_stands_beside_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    set(&store, "one").await.unwrap();
    assert_eq!(trouble::standing(folder.path()), None, "all is well");
    let since = 1_700_000_000_000_i64;
    let line = format!("{since} the disk is full");
    fs::write(folder.path().join("store-trouble"), format!("{line:<512}")).unwrap();
    let standing = trouble::standing(folder.path()).unwrap();
    assert_eq!((standing.since.as_millis(), &*standing.words), (since, "the disk is full"));
    drop(store);
    let again = Store::open(folder.path()).unwrap();
    assert_eq!(trouble::standing(folder.path()), None, "a new start tells anew");
    drop(again);
}

/// `status` and the daemon may both come first: none of them fails because of the other.
#[test]
fn a_fresh_database_is_opened_by_several_at_once() {
    for _ in 0..40 {
        let keep = tempfile::tempdir().unwrap();
        let begin = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    begin.wait();
                    Store::open_inline(keep.path()).unwrap();
                });
            }
        });
    }
}

/// Closures that wait together share a commit; whichever of them fails undoes what it did itself,
/// the first as any other.
#[tokio::test]
async fn a_closure_that_fails_undoes_nothing_but_itself() {
    for failing in 0..3 {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (open, held) = mpsc::channel::<()>();
        let busy = store.clone();
        let first = tokio::spawn(async move {
            busy.write(move |_| {
                held.recv().unwrap();
                Ok(())
            })
            .await
        });
        tokio::task::yield_now().await;
        let writes = (0..3).map(|at| {
            store.write(move |tx| {
                store::set_state(tx, &format!("key {at}"), "value")?;
                if at == failing { Err(Error::Stopped) } else { Ok(()) }
            })
        });
        let writes = join_all(writes);
        // All three wait by then behind the one that is held.
        let (done, ()) = tokio::join!(writes, async { open.send(()).unwrap() });
        first.await.unwrap().unwrap();
        for (at, done) in done.iter().enumerate() {
            assert_eq!(done.is_err(), at == failing, "{failing}: {done:?}");
            let kept = store.read(|db| store::state(db, &format!("key {at}"))).unwrap();
            assert_eq!(kept.is_some(), at != failing, "{failing}: key {at}");
        }
    }
}
