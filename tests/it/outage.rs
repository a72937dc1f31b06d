//! A server that fails at one mail, or at all of them, in paused time: nothing is given up.

use std::time::Duration;

use postdesk::config::Config;
use postdesk::desk::Cause;
use postdesk::fetch::watch::{Eye, Watch, look};
use postdesk::fetch::{Body, Listed, Mailbox, Opened, SentCopy, Wake};
use postdesk::net::Fault;
use postdesk::store::{Store, problems};
use postdesk::time::Clock;

use super::made;
use super::scenario::stage::folder;

/// How the server answers a FETCH of UID 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Well,
    Cut,
    Nothing,
    /// It is of this many bytes, whatever was listed.
    Lies(u64),
}

struct Server {
    uids: Vec<u32>,
    mood: Mood,
    /// All other mails fail as well.
    unwell: bool,
}

fn cut() -> Fault {
    Fault::Lost("BYE backend storage is away".to_owned())
}

impl Mailbox for Server {
    async fn open(&mut self) -> Result<Opened, Fault> {
        let uidnext = self.uids.last().map(|last| last + 1);
        let exists = self.uids.len() as u32;
        Ok(Opened { uidvalidity: 1, uidnext, exists, can_mark: false })
    }
    async fn list(&mut self, first: u32, last: Option<u32>) -> Result<Vec<Listed>, Fault> {
        let within = |uid: &&u32| **uid >= first && last.is_none_or(|last| **uid <= last);
        let listed = |uid: &u32| Listed { uid: *uid, size: 60, marked: false, received: None };
        Ok(self.uids.iter().filter(within).map(listed).collect())
    }
    async fn bodies(&mut self, uids: &[u32], room: u64) -> Result<Vec<Body>, Fault> {
        let bad = uids.contains(&10);
        match self.mood {
            Mood::Lies(whole) => Ok(uids.iter().map(|uid| lie(*uid, whole, room)).collect()),
            Mood::Cut if bad || self.unwell => Err(cut()),
            mood => Ok(uids
                .iter()
                .filter(|uid| **uid != 10 || mood == Mood::Well)
                .map(|uid| {
                    let mail = format!("From: a{uid}@x.test\r\nSubject: {uid}\r\n\r\n{uid}");
                    Body::whole(*uid, mail.into())
                })
                .collect()),
        }
    }
    async fn header(&mut self, uid: u32, _: u32) -> Result<Option<Body>, Fault> {
        let header = format!("From: a{uid}@x.test\r\nSubject: {uid}\r\n\r\n");
        Ok(matches!(self.mood, Mood::Lies(_)).then(|| Body::whole(uid, header.into())))
    }
    async fn mark(&mut self, _: &[u32]) -> Result<(), Fault> {
        Err(Fault::Denied("no marks here".to_owned()))
    }
    async fn junk(&mut self) -> Result<Option<u32>, Fault> {
        Ok(None)
    }
    async fn holds(&mut self, _: &str, _: &SentCopy<'_>) -> Result<bool, Fault> {
        Ok(false)
    }
    async fn append(&mut self, _: &str, _: &SentCopy<'_>) -> Result<(), Fault> {
        Err(Fault::Denied("no copies here".to_owned()))
    }
    async fn wait(&mut self, _: Duration) -> Result<Wake, Fault> {
        Ok(Wake::Elapsed)
    }
}

/// Mail 10 is longer than it was listed: what has no room beside others comes as a beginning.
fn lie(uid: u32, whole: u64, room: u64) -> Body {
    let mut bytes = format!("From: a{uid}@x.test\r\nSubject: {uid}\r\n\r\n").into_bytes();
    if uid != 10 {
        return Body::whole(uid, bytes);
    }
    bytes.resize(whole.min(room) as usize, b'x');
    Body { uid, bytes, whole }
}

struct Place {
    _folder: tempfile::TempDir,
    store: Store,
    config: Config,
    clock: Clock,
    watch: Watch,
    server: Server,
}

impl Place {
    fn new(uids: Vec<u32>, mood: Mood, unwell: bool) -> Self {
        let folder = folder();
        Self {
            store: Store::open_inline(folder.path()).unwrap(),
            _folder: folder,
            config: made::config(""),
            clock: Clock::System,
            watch: Watch::default(),
            server: Server { uids, mood, unwell },
        }
    }

    /// Looks for so long, every two seconds; a failure is a new connection.
    async fn look_for(&mut self, seconds: u64) {
        for _ in 0..seconds.div_ceil(2) {
            let eye = Eye { store: &self.store, config: &self.config, clock: &self.clock };
            if look(&mut self.server, &mut self.watch, &eye).await.is_err() {
                self.watch.surprise();
            }
            tokio::time::advance(Duration::from_secs(2)).await;
        }
    }

    fn taken(&self) -> Vec<u32> {
        let sql = "SELECT uid FROM inbox ORDER BY uid";
        self.store
            .read(|connection| {
                let mut statement = connection.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<Vec<u32>>>()?)
            })
            .unwrap()
    }

    fn is_told(&self) -> bool {
        self.store.read(|connection| problems::stands(connection, Cause::Unfetchable)).unwrap()
    }
}

/// Whatever the outage is and however long it lasts, the mail is there within a minute after it.
#[tokio::test(start_paused = true)]
async fn an_outage_costs_no_mail() {
    for (mood, seconds) in [(Mood::Cut, 4), (Mood::Cut, 40), (Mood::Cut, 7200), (Mood::Nothing, 4)]
    {
        let mut place = Place::new(vec![10], mood, true);
        place.look_for(seconds).await;
        assert!(place.taken().is_empty() && !place.is_told(), "{mood:?} {seconds}");
        place.server.mood = Mood::Well;
        place.look_for(60).await;
        assert_eq!(place.taken(), [10], "{mood:?} {seconds}");
    }
}

/// One mail that alone cannot be had keeps none behind it, is told of, and comes in when it can.
#[tokio::test(start_paused = true)]
async fn one_bad_mail_stops_no_other_and_is_never_given_up() {
    for mood in [Mood::Cut, Mood::Nothing] {
        let mut place = Place::new(vec![9, 10, 11, 12], mood, false);
        place.look_for(20).await;
        assert_eq!(place.taken(), [9, 11, 12], "{mood:?}");
        for more in 13..30 {
            place.server.uids.push(more);
            place.look_for(1200).await;
        }
        assert!(place.is_told(), "{mood:?}: others came, this one did not");
        assert!(!place.taken().contains(&10) && place.taken().contains(&29), "{mood:?}");
        place.server.mood = Mood::Well;
        place.look_for(3700).await;
        assert!(place.taken().contains(&10) && !place.is_told(), "{mood:?}");
    }
}

/// A server that lists a mail as short and sends more than we take costs no more than its header,
/// and no other mail.
#[tokio::test(start_paused = true)]
async fn a_mail_longer_than_listed_is_refused_for_its_size() {
    let most = 5 << 20;
    for (whole, refused) in [(most + 1, 1), (most, 0)] {
        let mut place = Place::new(vec![9, 10, 11], Mood::Lies(whole), false);
        place.config.limits.message_size = most;
        place.look_for(10).await;
        assert_eq!(place.taken(), [9, 10, 11], "{whole}");
        let sql = "SELECT count(*) FROM inbox WHERE uid = 10 AND size = ?1 AND outcome = 'refused'";
        let found = place
            .store
            .read(|connection| {
                Ok(connection.query_row(sql, [whole as i64], |row| row.get::<_, i64>(0))?)
            })
            .unwrap();
        assert_eq!(found, refused, "{whole}");
    }
}
