//! The one SQLite file: opened by one writer, read by many.
//!
//! Every change goes through [`Store::write`]: closures that arrive together share one transaction,
//! each but the first in a savepoint of its own, and nobody is answered before the commit
//! (`synchronous=FULL`, so a commit is on the disk). A failed commit drops the connection: what
//! SQLite then holds in memory is not trusted, the next write opens the file anew (D1). Reads use a
//! connection of their own and never wait for the writer. This room stores and finds; it never
//! decides.

pub mod absences;
mod columns;
pub mod copies;
pub mod digests;
pub mod feed;
mod frame;
pub mod gauges;
pub mod inbox;
pub mod marks;
pub mod outbox;
pub mod people;
pub mod problems;
pub mod queries;
pub mod rows;
pub mod schema;
pub mod shown;
pub mod threads;
pub mod tickets;
pub mod trouble;
pub mod undo;
pub mod view;
pub mod waiting;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{Notify, oneshot, watch};

use crate::desk::Cause;
use crate::mail::token::Key;
use frame::{pack, unpack};
use marks::Marks;
use trouble::{Identity, Trace};

/// How long a write waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);
/// Most closures that share one commit: more would make those who wait for it wait too long.
const GROUP_MAX: usize = 200;
/// The first SQLite without the WAL-reset bug (D3).
pub const SQLITE_MIN: i32 = 3_051_003;

/// Why the store could not do what it was asked; one variant for each reaction.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full: stop taking, go on by itself when there is room.
    #[error("the disk that holds the database is full: {0}")]
    Full(String),
    /// Another process holds the file for longer than we wait: try again.
    #[error("the database is held by another process: {0}")]
    Busy(String),
    /// A commit failed, as after an I/O error; nothing of it counts: try again.
    #[error("the database could not be written: {0}")]
    Failed(String),
    /// The file was made by a newer Postdesk: a person must act.
    #[error(
        "the database has schema {found}, this binary knows {known}: use the newer binary that wrote it, or restore a backup"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// A second daemon.
    #[error("another postdesk runs on {0}: stop it first, or choose another data_dir")]
    Locked(PathBuf),
    /// Files cannot be made or read.
    #[error("{path}: {source}")]
    Files {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no sound database, or another one lies in its place: nothing more may be
    /// written, a person must act.
    #[error(
        "the database is damaged ({0}): postdesk stops so that nothing is lost; keep the files of data_dir, look with `sqlite3 postdesk.db 'PRAGMA integrity_check'`, and restore the last backup"
    )]
    Corrupt(String),
    /// SQLite says no for another reason.
    #[error("the database failed: {0}")]
    Sqlite(rusqlite::Error),
    /// What is stored is not what we stored.
    #[error("something in the database is damaged: {0}")]
    Damaged(String),
    /// The writer's thread has ended.
    #[error("the writer of the database has stopped")]
    Stopped,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error.to_string()),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt(error.to_string())
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy(error.to_string())
            }
            _ => match error {
                rusqlite::Error::FromSqlConversionFailure(_, _, what) => {
                    Self::Damaged(what.to_string())
                }
                error => Self::Sqlite(error),
            },
        }
    }
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// Whether a step found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It did.
    Some,
    /// It did not: wait.
    None,
}

/// A transaction in progress. Dereferences to the connection.
pub type Tx<'a> = &'a Connection;

type Finish = Box<dyn FnOnce(Result<()>) + Send>;
/// Given no connection, it only answers.
type Job = Box<dyn FnOnce(Option<(&Connection, Turn)>) -> Finish + Send>;

/// Where a closure stands in its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    First,
    Later,
}

/// The desk's store.
#[derive(Clone)]
pub struct Store {
    place: Arc<Place>,
    writer: Writer,
    reader: Arc<Mutex<Option<Connection>>>,
    /// Rung after every commit of this process.
    pub changed: Arc<Notify>,
    /// What ends the daemon.
    broken: Arc<watch::Sender<Option<String>>>,
}

#[derive(Clone)]
enum Writer {
    /// A thread of its own: the daemon.
    Thread(mpsc::Sender<Job>),
    /// The caller itself: commands and tests.
    Inline(Arc<Mutex<Link>>),
}

/// Where the files lie.
#[derive(Debug)]
struct Place {
    data_dir: PathBuf,
}

impl Place {
    fn database(&self) -> PathBuf {
        self.data_dir.join(DATABASE)
    }
}

/// Name of the database within `data_dir`.
pub const DATABASE: &str = "postdesk.db";
/// Name of the HMAC key's file within `data_dir`.
pub const KEY: &str = "key";
/// Name of the file of the highest numbers within `data_dir`.
pub const NUMBERS: &str = "highest-ticket-number";
/// How the copy begins that is made before a new binary changes the database's form.
const BEFORE: &str = "before-schema-";
/// Key of the state that says when a backup was last made.
pub const BACKED_UP: &str = "last backup";
/// Key of the state that stands while mail that a restored database does not know may lie in the
/// MOVE folder.
pub const RESTORED: &str = "restored";
/// The name of the fact when that was last.
pub const RESTORED_AT: &str = "restored at";
const LOCK: &str = "lock";

/// Held by the one daemon of a data_dir; released when dropped.
#[derive(Debug)]
pub struct Lock {
    _file: fs::File,
}

/// Takes the lock of that data_dir, or says that another holds it.
pub fn lock(data_dir: &Path) -> Result<Lock> {
    prepare(data_dir)?;
    let path = data_dir.join(LOCK);
    let file = private(&path).map_err(|source| Error::Files { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Locked(data_dir.to_path_buf())),
        Err(fs::TryLockError::Error(source)) => Err(Error::Files { path, source }),
    }
}

/// Makes data_dir (0700) if it is not there.
pub fn prepare(data_dir: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(data_dir);
    made.map_err(|source| Error::Files { path: data_dir.to_path_buf(), source })
}

/// Opens or makes a file that only its owner reads (0600).
fn private(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

/// Makes the database's file (0600) if it is not there. One that is there is never opened here:
/// closing it again would drop all locks that SQLite holds on it for this process (D0).
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// The desk's HMAC key; made at the first start.
pub fn key(data_dir: &Path) -> Result<Key> {
    let path = data_dir.join(KEY);
    let files = |source| Error::Files { path: path.clone(), source };
    if !path.exists() {
        make_key(data_dir, &path).map_err(files)?;
    }
    let secret = fs::read(&path).map_err(files)?;
    match secret.len() {
        Key::BYTES => Ok(Key::new(&secret)),
        found => Err(Error::Damaged(format!(
            "{} has {found} bytes instead of {}: restore it from a backup",
            path.display(),
            Key::BYTES
        ))),
    }
}

fn make_key(data_dir: &Path, path: &Path) -> io::Result<()> {
    use ring::rand::SecureRandom;
    use std::io::Write;
    let mut secret = [0u8; Key::BYTES];
    ring::rand::SystemRandom::new()
        .fill(&mut secret)
        .map_err(|_| io::Error::other("the system gives no random bytes"))?;
    let fresh = data_dir.join("key.new");
    let mut file = private(&fresh)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    fs::File::open(data_dir)?.sync_all()
}

impl Store {
    /// Opens the store of a daemon: the writer has a thread of its own.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let place = Arc::new(Place { data_dir: data_dir.to_path_buf() });
        let link = Link::open(&place)?;
        let changed = Arc::new(Notify::new());
        let (sender, jobs) = mpsc::channel();
        let bell = Arc::clone(&changed);
        let spawned = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || serve(link, &jobs, &bell));
        spawned.map_err(|source| Error::Files { path: place.database(), source })?;
        Ok(Self {
            place,
            writer: Writer::Thread(sender),
            reader: Arc::default(),
            changed,
            broken: Arc::new(watch::Sender::new(None)),
        })
    }

    /// Opens the store for a command or a test: writes are done by whoever asks.
    pub fn open_inline(data_dir: &Path) -> Result<Self> {
        let place = Arc::new(Place { data_dir: data_dir.to_path_buf() });
        let link = Link::open(&place)?;
        Ok(Self {
            place,
            writer: Writer::Inline(Arc::new(Mutex::new(link))),
            reader: Arc::default(),
            changed: Arc::default(),
            broken: Arc::new(watch::Sender::new(None)),
        })
    }

    /// Opens a store that must be there already: listing commands make no empty database.
    pub fn open_existing(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(DATABASE);
        if let Err(error) = fs::metadata(&path) {
            let words = match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    "it cannot be read by you; call this as the user that runs the desk"
                }
                _ => "no database here yet; `postdesk run` makes it",
            };
            return Err(Error::Files { path, source: io::Error::new(error.kind(), words) });
        }
        Self::open_inline(data_dir)
    }

    /// Where the files lie.
    pub fn data_dir(&self) -> &Path {
        &self.place.data_dir
    }

    /// Runs `work` in a transaction; its result comes back once it is durable. An error undoes this
    /// closure's changes only.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.writer {
            Writer::Thread(jobs) => {
                let (answer, answered) = oneshot::channel();
                jobs.send(job(work, answer)).map_err(|_| Error::Stopped)?;
                self.watched(answered.await.map_err(|_| Error::Stopped)?)
            }
            Writer::Inline(link) => {
                // Two turns of the executor, so that a test can cut before the commit and after it.
                tokio::task::yield_now().await;
                let result = link.lock().unwrap_or_else(PoisonError::into_inner).alone(work);
                self.changed.notify_waiters();
                tokio::task::yield_now().await;
                result
            }
        }
    }

    /// Runs `work` on the reading connection. Sees what is committed.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if reader.is_none() {
            *reader = Some(open_reader(&self.place.database())?);
        }
        match reader.as_ref() {
            Some(connection) => self.watched(work(connection)),
            None => Err(Error::Stopped),
        }
    }

    /// Damage ends the daemon instead of being tried again without end.
    fn watched<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(error @ Error::Corrupt(_)) = &result {
            self.broken.send_replace(Some(error.to_string()));
        }
        result
    }

    /// Waits until the database is found damaged, and says how.
    pub async fn broken(&self) -> String {
        let mut broken = self.broken.subscribe();
        let found = broken.wait_for(Option::is_some).await.ok().and_then(|words| words.clone());
        match found {
            Some(words) => words,
            // The sender lives as long as this store.
            None => std::future::pending().await,
        }
    }
}

fn job<T, F>(work: F, answer: oneshot::Sender<Result<T>>) -> Job
where
    T: Send + 'static,
    F: FnOnce(Tx<'_>) -> Result<T> + Send + 'static,
{
    Box::new(move |given| {
        let result = given.map(|(connection, turn)| match turn {
            Turn::First => first(connection, work),
            Turn::Later => apart(connection, work),
        });
        Box::new(move |committed| {
            let told = match committed {
                Ok(()) => result.unwrap_or(Err(Error::Stopped)),
                Err(error) => Err(error),
            };
            // Nobody waits any more when the daemon is stopping; the work is done all the same.
            drop(answer.send(told));
        })
    })
}

/// Runs `work` as the first of a transaction: an error undoes all of it, which is only this. For a
/// savepoint SQLite keeps each page as it was before, and goes through them at every statement that
/// may fail half-way.
fn first<T>(connection: &Connection, work: impl FnOnce(Tx<'_>) -> Result<T>) -> Result<T> {
    let done = work(connection);
    if done.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE")?;
    }
    done
}

/// Runs `work` in a savepoint: an error or an early return undoes only this.
pub fn apart<T>(connection: &Connection, work: impl FnOnce(Tx<'_>) -> Result<T>) -> Result<T> {
    connection.prepare_cached("SAVEPOINT one")?.execute([])?;
    match work(connection) {
        Ok(value) => {
            connection.prepare_cached("RELEASE one")?.execute([])?;
            Ok(value)
        }
        Err(error) => {
            // A full disk may have ended the whole transaction already; then there is nothing to go
            // back to.
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK TO one; RELEASE one")?;
            }
            Err(error)
        }
    }
}

/// The writing connection, opened anew after any failed commit.
struct Link {
    place: Arc<Place>,
    connection: Option<Connection>,
    /// The files at the last commit of this connection.
    files: Option<Identity>,
    trace: Trace,
}

impl Link {
    fn open(place: &Arc<Place>) -> Result<Self> {
        prepare(&place.data_dir)?;
        let connection = open_writer(&place.database())?;
        let trace = Trace::new(&place.data_dir);
        Ok(Self { place: Arc::clone(place), connection: Some(connection), files: None, trace })
    }

    /// One closure, one transaction.
    fn alone<T>(&mut self, work: impl FnOnce(Tx<'_>) -> Result<T>) -> Result<T> {
        let mut result = Err(Error::Stopped);
        let committed = self.transaction(|connection| result = first(connection, work));
        committed.and(result)
    }

    /// Runs a transaction, and keeps count of failures.
    fn transaction(&mut self, body: impl FnOnce(&Connection)) -> Result<()> {
        let done = self.attempt(body);
        match &done {
            Err(error) => self.trace.failed(&error.to_string()),
            Ok(()) => {
                if let Some(over) = self.trace.worked() {
                    self.tell(&over);
                }
            }
        }
        done
    }

    /// The owner hears of it by the problem; the next successful backup of words clears nothing.
    fn tell(&mut self, over: &trouble::Trouble) {
        let now = crate::time::Clock::System.now();
        let what = format!("The database could not be written for a while: {}", over.words);
        let advice = "it works again by itself; look after the disk's room and health, then \
                      `postdesk status` shows this until the owner was told";
        let told = self.attempt(|connection| {
            let raised = problems::raise(connection, Cause::StoreFailed, &what, advice, now);
            if let Err(error) = raised {
                tracing::error!(error = %error, "that the store had failed could not be noted");
            }
        });
        if let Err(error) = told {
            tracing::error!(error = %error, "that the store had failed could not be noted");
        }
    }

    /// Another file in the database's place, or a log that was taken away beneath us: what is
    /// committed now would be lost.
    fn same_files(&mut self) -> Result<()> {
        let now = Identity::of(&self.place.database());
        match self.files.filter(|before| *before != now) {
            None => Ok(()),
            Some(_) => Err(Error::Corrupt(
                "its files were replaced or deleted while the daemon worked".to_owned(),
            )),
        }
    }

    fn attempt(&mut self, body: impl FnOnce(&Connection)) -> Result<()> {
        if self.connection.is_some() {
            self.same_files()?;
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                self.files = None;
                open_writer(&self.place.database())?
            }
        };
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            self.connection = Some(connection);
            return Err(error.into());
        }
        let before = Marks::of(&connection)?;
        body(&connection);
        if connection.is_autocommit() {
            // A full disk or a failing one; what SQLite said of it was told to whoever wrote.
            return Err(Error::Failed(
                "SQLite has ended the transaction by itself and undone it".to_owned(),
            ));
        }
        // A number is known beside the database before the commit that gives it (I8).
        let given = Marks::of(&connection)?;
        let numbers = self.place.data_dir.join(NUMBERS);
        if given != before {
            marks::note(&numbers, given, before)?;
        }
        connection.execute_batch("COMMIT")?;
        if given != before {
            marks::note(&numbers, given, given)?;
        }
        self.files = Some(Identity::of(&self.place.database()));
        self.connection = Some(connection);
        Ok(())
    }
}

/// The writer's thread: takes what waits, up to [`GROUP_MAX`], commits it together, then answers
/// everybody.
fn serve(mut link: Link, jobs: &mpsc::Receiver<Job>, bell: &Notify) {
    while let Ok(first) = jobs.recv() {
        let group: Vec<Job> =
            std::iter::once(first).chain(jobs.try_iter().take(GROUP_MAX)).collect();
        let mut waiting = group.into_iter();
        let mut finish: Vec<Finish> = Vec::new();
        let committed = link.transaction(|connection| {
            // Where SQLite has ended the transaction, nothing more may be done outside of one.
            while !connection.is_autocommit()
                && let Some(job) = waiting.next()
            {
                let turn = if finish.is_empty() { Turn::First } else { Turn::Later };
                finish.push(job(Some((connection, turn))));
            }
        });
        // Without a transaction none was begun.
        finish.extend(waiting.map(|job| job(None)));
        let corrupt = match &committed {
            Err(Error::Corrupt(words)) => Some(words.clone()),
            _ => None,
        };
        let failure = committed.err().map(|error| error.to_string());
        let full = failure.as_ref().is_some_and(|_| is_full(link.place.as_ref()));
        for done in finish {
            done(match &failure {
                None => Ok(()),
                Some(_) if corrupt.is_some() => {
                    Err(Error::Corrupt(corrupt.clone().unwrap_or_default()))
                }
                Some(words) if full => Err(Error::Full(words.clone())),
                Some(words) => Err(Error::Failed(words.clone())),
            });
        }
        bell.notify_waiters();
    }
}

/// Whether a small file can no longer be written beside the database.
fn is_full(place: &Place) -> bool {
    let probe = place.data_dir.join("room.probe");
    let written = fs::write(&probe, [0u8; 8192]);
    // The probe is ours alone; that it may already be gone does not matter.
    drop(fs::remove_file(&probe));
    written.is_err()
}

fn open_writer(path: &Path) -> Result<Connection> {
    make(path).map_err(|source| Error::Files { path: path.to_path_buf(), source })?;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Without it a value bound beside a partial index has its statement prepared anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    patiently(|| connection.execute_batch("PRAGMA journal_mode = WAL"))?;
    // The words that we store come from enums. To check that one stands in a list, SQLite makes a
    // table for each row, and for what it may then take back a journal for each statement.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
         PRAGMA ignore_check_constraints = ON; PRAGMA cache_size = -12288; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
    )?;
    if let Some(version) = schema::is_behind(&connection)? {
        keep_older(&connection, path, version)?;
    }
    schema::migrate(&connection)?;
    Ok(connection)
}

/// Copies the database as it is before a new binary changes its form, so that the old one can be gone
/// back to; of such copies the newest is kept. Without room for it nothing is changed.
fn keep_older(connection: &Connection, path: &Path, version: i64) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let kept = folder.join(format!("{BEFORE}{version}.db"));
    let fresh = folder.join(format!("{BEFORE}{version}.{}", std::process::id()));
    let files = |source| Error::Files { path: fresh.clone(), source };
    drop(fs::remove_file(&fresh));
    private(&fresh).map_err(files)?;
    connection.execute("VACUUM INTO ?1", [fresh.display().to_string()])?;
    fs::File::open(&fresh).and_then(|file| file.sync_all()).map_err(files)?;
    fs::rename(&fresh, &kept).map_err(files)?;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_older = entry.file_name().to_string_lossy().starts_with(BEFORE);
        if is_older && entry.path() != kept {
            drop(fs::remove_file(entry.path()));
        }
    }
    tracing::info!(copy = %kept.display(), "the database gets a new form; it was copied as it was");
    Ok(())
}

/// To make a fresh file one with a log its lock is asked for without the patience that stands for
/// all else: who comes second waits here.
fn patiently(work: impl Fn() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    let begun = std::time::Instant::now();
    loop {
        let done = work();
        let busy = done
            .as_ref()
            .is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy));
        if !busy || begun.elapsed() > BUSY_TIMEOUT {
            return done;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048;")?;
    Ok(connection)
}

/// Runs work that takes long on a thread of its own, so that connections are served meanwhile.
pub async fn aside<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    match tokio::runtime::Handle::try_current() {
        Ok(_) => tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Stopped)),
        Err(_) => work(),
    }
}

/// A single fact of the desk.
pub fn state(connection: &Connection, key: &str) -> Result<Option<String>> {
    rows::value(connection, "SELECT value FROM state WHERE key = ?1", [key])
}

/// Sets a single fact of the desk.
pub fn set_state(tx: Tx<'_>, key: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    rows::put(tx, sql, [key, value])
}

/// Looks the whole file through on a connection of its own; `Some` says what is damaged.
pub fn integrity(data_dir: &Path) -> Result<Option<String>> {
    let connection = open_reader(&data_dir.join(DATABASE))?;
    let words: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((words != "ok").then_some(words))
}

/// A consistent copy of the database while it is in use, and the key with it. `folder` must not be
/// there yet.
pub fn backup(data_dir: &Path, folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let files = |path: &Path| {
        let path = path.to_path_buf();
        move |source| Error::Files { path, source }
    };
    fs::DirBuilder::new().mode(0o700).create(folder).map_err(files(folder))?;
    let target = folder.join(DATABASE);
    private(&target).map_err(files(&target))?;
    let source = open_reader(&data_dir.join(DATABASE))?;
    let mut copy = Connection::open(&target)?;
    rusqlite::backup::Backup::new(&source, &mut copy)?.run_to_completion(
        1000,
        Duration::ZERO,
        None,
    )?;
    copy.execute_batch("PRAGMA journal_mode = DELETE")?;
    let sound: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(Error::Damaged(format!("the copy does not check out: {sound}")));
    }
    let key = data_dir.join(KEY);
    if key.exists() {
        fs::copy(&key, folder.join(KEY)).map_err(files(&key))?;
    }
    Ok(())
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("data_dir", &self.place.data_dir).finish_non_exhaustive()
    }
}
