//! The file: its schema, its steps from released ones, its copies, and who may read it.
//!
//! `fixtures/schema/v1.sql` is a database as version 1 left it: the step as it was, and some rows.
//! It is never changed once that version is out; a later version gets a dump of its own beside it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use postdesk::mail::{InboxId, TicketNumber};
use postdesk::store::schema::STEPS;
use postdesk::store::{
    self, DATABASE, Error, KEY, NUMBERS, SQLITE_MIN, Store, inbox, tickets, view,
};
use rusqlite::Connection;

use super::scenario::invariants::violations;
use super::scenario::script::Script;
use super::scenario::stage::{Stage, does, folder, run};
use super::scenario::world::World;

const V1: &str = include_str!("../../fixtures/schema/v1.sql");

fn database(data_dir: &Path) -> Connection {
    fs::create_dir_all(data_dir).unwrap();
    Connection::open(data_dir.join(DATABASE)).unwrap()
}

/// A database as that dump has it.
fn released(data_dir: &Path, dump: &str) {
    database(data_dir).execute_batch(dump).unwrap();
}

/// All objects of a database with their SQL, but for white space and comments.
fn objects(connection: &Connection) -> Vec<(String, String, String)> {
    let mut statement = connection
        .prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
        .unwrap();
    let plain = |sql: String| {
        let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    rows.map(|row| row.map(|(kind, name, sql)| (kind, name, plain(sql))).unwrap()).collect()
}

fn stage(data_dir: &Path) -> Stage {
    Stage::at(data_dir, &Script::parse("(schema)", ""), World::new())
}

fn writes(stage: &mut Stage, from: &str, subject: &str) -> Vec<String> {
    does(stage, &format!("+1m mail  From: {from}  Subject: {subject}\n| Hello.\n"))
}

fn opened(lines: &[String]) -> i64 {
    let line = lines
        .iter()
        .find(|line| line.contains(" opened by "))
        .unwrap_or_else(|| panic!("{lines:#?}"));
    line.trim_start_matches('#').split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_released_database_becomes_the_fresh_one() {
    let keep = folder();
    released(&keep.path().join("old"), V1);
    drop(Store::open_inline(&keep.path().join("old")).unwrap());
    drop(Store::open_inline(&keep.path().join("new")).unwrap());
    let (old, new) = (database(&keep.path().join("old")), database(&keep.path().join("new")));
    assert_eq!(objects(&old), objects(&new));
    let version = |connection: &Connection| {
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((version(&old), version(&new)), (STEPS.len() as i64, STEPS.len() as i64));
}

#[test]
fn a_released_database_is_read_and_goes_on() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    released(&data_dir, V1);
    let mut stage = stage(&data_dir);
    let shown =
        stage.store().read(|connection| view::show(connection, TicketNumber(1))).unwrap().unwrap();
    assert_eq!(stage.store().read(view::tickets).unwrap().0.len(), 1);
    assert!(format!("{shown:?}").contains("Pull the plug, please."), "{shown:?}");
    let bytes = stage.store().read(|connection| inbox::bytes(connection, InboxId(1))).unwrap();
    assert!(String::from_utf8(bytes).unwrap().contains("It burns."));
    assert_eq!(
        stage.store().read(|connection| view::search(connection, "burns")).unwrap().len(),
        1
    );
    stage.world.borrow_mut().uidnext = 100;
    let go_on = "+1m put  From: dave@other.test  Subject: Next\n| Hello.\n\
                 +1m mail  From: carol@customer.test  Subject: Re: [#1]  In-Reply-To: <m1@customer.test>\n| Out.\n";
    for step in &Script::parse("(schema)", go_on).steps {
        drop(stage.perform(step));
    }
    stage.drive(None);
    assert_eq!(
        stage.count("SELECT count(*) FROM entries WHERE ticket = 1"),
        3,
        "an old thread goes on"
    );
    assert_eq!(
        stage.count("SELECT max(number) FROM tickets"),
        1002,
        "the file of numbers is not there"
    );
    assert_eq!(
        (stage.taken_for("dave@other.test"), stage.taken_for("carol@customer.test")),
        (1, 0),
        "and nothing is sent again"
    );
}

#[test]
fn a_released_step_does_not_change() {
    let spine = STEPS[0].trim();
    assert!(
        V1.contains(spine),
        "step 1 is no longer what version 1 made: add a step instead, or before the release a new dump"
    );
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    drop(Store::open_inline(&data_dir).unwrap());
    database(&data_dir).execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = Store::open_inline(&data_dir).unwrap_err();
    assert!(
        matches!(refused, Error::Newer { found: 99, known } if known == STEPS.len() as i64),
        "{refused}"
    );
    assert!(matches!(Store::open(&data_dir), Err(Error::Newer { .. })));
    assert_eq!(
        database(&data_dir)
            .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
            .unwrap(),
        99
    );
}

#[test]
fn a_step_that_fails_leaves_nothing_behind() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    database(&data_dir).execute_batch("CREATE TABLE promises (something TEXT)").unwrap();
    assert!(Store::open_inline(&data_dir).is_err());
    let connection = database(&data_dir);
    assert_eq!(objects(&connection).len(), 1);
    assert_eq!(
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap(),
        0
    );
}

#[test]
fn every_table_is_strict() {
    let keep = folder();
    drop(Store::open_inline(keep.path()).unwrap());
    let connection = database(keep.path());
    let sql = "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = connection.prepare(sql).unwrap();
    let tables = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))
        .unwrap();
    let tables: Vec<(String, bool)> = tables.collect::<rusqlite::Result<_>>().unwrap();
    assert!(tables.len() >= 12, "{tables:?}");
    assert!(tables.iter().all(|(_, strict)| *strict), "{tables:?}");
}

#[test]
fn every_insert_lists_its_columns() {
    let mut inserts = 0;
    let mut paths: Vec<PathBuf> = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/store"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/store.rs"));
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
        let text = fs::read_to_string(path).unwrap();
        for rest in text.split("INSERT INTO ").skip(1).chain(text.split("INSERT OR").skip(1)) {
            let (table, columns) = rest.split_once(' ').unwrap();
            assert!(
                columns.trim_start().starts_with('('),
                "{}: INSERT INTO {table} without its columns",
                path.display()
            );
            inserts += 1;
        }
    }
    assert!(inserts >= 12, "{inserts}");
}

#[test]
fn the_file_is_written_as_it_must_be() {
    let keep = folder();
    let store = Store::open_inline(keep.path()).unwrap();
    let pragma = |name: &str| {
        let sql = match name {
            "journal_mode" => "PRAGMA journal_mode",
            "synchronous" => "PRAGMA synchronous",
            _ => "PRAGMA foreign_keys",
        };
        run(store.write(move |tx| {
            Ok(tx.query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0))?)
        }))
        .unwrap()
    };
    use rusqlite::types::Value::{Integer, Text};
    assert_eq!(pragma("journal_mode"), Text("wal".to_owned()));
    assert_eq!(pragma("synchronous"), Integer(2), "FULL");
    assert_eq!(pragma("foreign_keys"), Integer(1));
    let version: String =
        run(store.write(|tx| Ok(tx.query_row("SELECT sqlite_version()", [], |row| row.get(0))?)))
            .unwrap();
    assert!(rusqlite::version_number() >= SQLITE_MIN, "{version}");
}

/// Everything a database holds, but for what its own machinery keeps.
fn contents(data_dir: &Path) -> Vec<String> {
    let connection = database(data_dir);
    let mut lines = Vec::new();
    for (kind, table, _) in objects(&connection) {
        if kind != "table" || table.starts_with("search") {
            continue;
        }
        let mut statement = connection.prepare(&["SELECT * FROM ", &table].concat()).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> =
                (0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap())).collect();
            lines.push(format!("{table}: {}", values.join(", ")));
        }
    }
    lines
}

#[test]
fn a_backup_is_the_database() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    let mut stage = stage(&data_dir);
    writes(&mut stage, "carol@customer.test", "One");
    writes(&mut stage, "dave@other.test", "Two");
    let copy = keep.path().join("backup");
    store::backup(&data_dir, &copy).unwrap();
    assert_eq!(contents(&copy), contents(&data_dir));
    assert_eq!(fs::read(copy.join(KEY)).unwrap(), fs::read(data_dir.join(KEY)).unwrap());
    assert!(store::backup(&data_dir, &copy).is_err(), "a backup never overwrites another");
    let restored = Store::open_inline(&copy).unwrap();
    assert_eq!(restored.read(|connection| view::search(connection, "hello")).unwrap().len(), 2);
}

/// I8: what was given after the backup is not given again.
#[test]
fn a_restored_database_gives_no_number_twice() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    let copy = keep.path().join("backup");
    let mut desk = stage(&data_dir);
    assert_eq!(opened(&writes(&mut desk, "carol@customer.test", "One")), 1);
    store::backup(&data_dir, &copy).unwrap();
    assert_eq!(opened(&writes(&mut desk, "dave@other.test", "Two")), 2);
    assert_eq!(opened(&writes(&mut desk, "ada@example.org", "Three")), 3);
    let world = desk.world.borrow().clone();
    desk.stop();
    for file in [DATABASE.to_owned(), format!("{DATABASE}-wal"), format!("{DATABASE}-shm")] {
        drop(fs::remove_file(data_dir.join(file)));
    }
    fs::copy(copy.join(DATABASE), data_dir.join(DATABASE)).unwrap();
    let mut desk = Stage::at(&data_dir, &Script::parse("(schema)", ""), world);
    desk.drive(None);
    let numbers = desk
        .store()
        .read(view::tickets)
        .unwrap()
        .0
        .iter()
        .map(|row| row.number)
        .collect::<Vec<_>>();
    assert!(
        numbers.contains(&1)
            && numbers.contains(&4)
            && numbers.contains(&5)
            && !numbers.contains(&2),
        "{numbers:?}"
    );
    assert_eq!(
        desk.taken_for("dave@other.test"),
        1,
        "marked mail that the ledger does not know is taken in without acknowledgement"
    );
}

#[test]
fn without_the_file_of_numbers_they_jump() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    let mut desk = stage(&data_dir);
    writes(&mut desk, "carol@customer.test", "One");
    desk.stop();
    fs::remove_file(data_dir.join(NUMBERS)).unwrap();
    desk.start();
    assert_eq!(opened(&writes(&mut desk, "dave@other.test", "Two")), 1002);
    desk.stop();
    desk.start();
    assert_eq!(opened(&writes(&mut desk, "ada@example.org", "Three")), 1003, "once");
    assert!(violations(&desk).is_empty());
    assert_eq!(desk.store().read(tickets::highest_number).unwrap(), 1003);
}

#[test]
fn only_the_owner_reads_the_files() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    let lock = store::lock(&data_dir).unwrap();
    store::key(&data_dir).unwrap();
    let mut desk = stage(&data_dir);
    writes(&mut desk, "carol@customer.test", "One");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data_dir), 0o700);
    let mut seen = 0;
    for entry in fs::read_dir(&data_dir).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path) & 0o077, 0, "{} is {:o}", path.display(), mode(&path));
        seen += 1;
    }
    assert!(seen >= 4, "database, key, lock, numbers");
    let copy = keep.path().join("backup");
    store::backup(&data_dir, &copy).unwrap();
    assert_eq!(mode(&copy), 0o700);
    for entry in fs::read_dir(&copy).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path) & 0o077, 0, "{} is {:o}", path.display(), mode(&path));
    }
    drop(lock);
}

#[test]
fn p19_a_second_daemon_is_refused() {
    let keep = folder();
    let first = store::lock(keep.path()).unwrap();
    let second = store::lock(keep.path()).unwrap_err();
    assert!(matches!(&second, Error::Locked(path) if path == keep.path()), "{second}");
    assert!(second.to_string().contains("stop it first"), "{second}");
    drop(first);
    drop(store::lock(keep.path()).unwrap());
}

#[test]
fn the_key_is_made_once_and_a_broken_one_is_refused() {
    let keep = folder();
    store::prepare(keep.path()).unwrap();
    store::key(keep.path()).unwrap();
    let made = fs::read(keep.path().join(KEY)).unwrap();
    store::key(keep.path()).unwrap();
    assert_eq!(fs::read(keep.path().join(KEY)).unwrap(), made);
    fs::write(keep.path().join(KEY), &made[..7]).unwrap();
    assert!(matches!(store::key(keep.path()), Err(Error::Damaged(_))));
}

/// Before a new binary changes the form, what the old one can read is kept; only the newest copy is.
#[test]
fn an_older_database_is_copied_before_it_gets_a_new_form() {
    let dir = folder();
    let data_dir = dir.path().join("data");
    released(&data_dir, V1);
    fs::write(data_dir.join("before-schema-0.db"), "older").unwrap();
    drop(Store::open(&data_dir).unwrap());
    let copy = data_dir.join("before-schema-1.db");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let kept = Connection::open(&copy).unwrap();
    let version: i64 = kept.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
    assert_eq!(
        objects(&kept),
        objects(&{
            let plain = Connection::open_in_memory().unwrap();
            plain.execute_batch(V1).unwrap();
            plain
        })
    );
    drop(Store::open(&data_dir).unwrap());
    let copies = fs::read_dir(&data_dir).unwrap().map(|entry| entry.unwrap().file_name());
    let copies: Vec<_> =
        copies.filter(|name| name.to_string_lossy().starts_with("before-schema-")).collect();
    assert_eq!(copies, ["before-schema-1.db"], "one, and none for a database that is new already");
}
