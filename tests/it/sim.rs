//! Simulated months: a desk with five agents, fifty customers and all that goes wrong, in virtual
//! time, on a real database and with the real texts.
//!
//! A seed makes a desk, its hours and holidays, who is like what and when things fail. Each is lived
//! twice for ninety days and more: once undisturbed, once with the daemon cut off at pauses that the
//! seed draws and started anew. What customers and agents got must be the same, copies folded by
//! their Message-ID. Auditors who know nothing of the program look at each mail as it comes, and at
//! `list`, `show` and `inbox` at the end (`audit.rs`, `post.rs`, `ledger.rs`). They are proved by
//! bugs that are planted from outside (`planted.rs`): each must be found within the seeds of the
//! ordinary run.
//!
//! The ordinary run lives two seeds, about a minute of an unoptimised build. The deep run before a
//! release lives a thousand, in some hours, and any seed can be lived again by its number. With
//! `POSTDESK_TRACE` set it prints what happens, with `POSTDESK_TRANSCRIPTS` naming a folder what both
//! lives sent is left there where it differs:
//!
//! ```text
//! POSTDESK_SEEDS=0..1000 cargo test --release --test it sim::every_seed
//! POSTDESK_SEEDS=417..418 POSTDESK_TRACE=1 cargo test --test it sim::every_seed -- --nocapture
//! ```

mod audit;
mod chance;
mod company;
mod fault;
mod ledger;
mod life;
mod offers;
mod people;
mod planted;
mod post;
mod reference;
mod seen;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use life::Life;
use planted::Plant;

/// The seeds of the ordinary run.
const SEEDS: Range<u64> = 0..2;

fn seeds() -> Range<u64> {
    let Ok(asked) = std::env::var("POSTDESK_SEEDS") else { return SEEDS };
    let (from, to) = asked.split_once("..").unwrap_or(("0", &asked));
    from.parse().unwrap()..to.parse().unwrap()
}

/// How much happened of what makes a seed worth something.
type Counts = BTreeMap<&'static str, usize>;

/// Lives a seed twice: what is wrong, and what happened.
fn lived(seed: u64) -> (Vec<String>, Counts) {
    let named = |wrong: Vec<String>| wrong.into_iter().map(|line| format!("seed {seed}: {line}"));
    let mut calm = Life::of(seed, Plant::Nothing, false);
    let mut wrong: Vec<String> = named(calm.live()).collect();
    let mut cut = Life::of(seed, Plant::Nothing, true);
    wrong.extend(named(cut.live()).map(|line| format!("{line} (cut off)")));
    let pairs = calm.transcript.iter().zip(&cut.transcript);
    if let Some((one, other)) = { pairs }.find(|(one, other)| one != other) {
        if let Some(folder) = std::env::var_os("POSTDESK_TRANSCRIPTS") {
            let folder = std::path::PathBuf::from(folder);
            std::fs::write(folder.join("calm"), calm.transcript.join("\n")).unwrap();
            std::fs::write(folder.join("cut"), cut.transcript.join("\n")).unwrap();
        }
        wrong.push(format!("seed {seed}: a crash changes what follows:\n  {one}\n  {other}"));
    } else if calm.transcript.len() != cut.transcript.len() && wrong.is_empty() {
        wrong.push(format!("seed {seed}: a crash changes how much follows"));
    }
    let mut counts = calm.counts;
    *counts.entry("cuts").or_default() += cut.counts.get("cuts").copied().unwrap_or(0);
    *counts.entry("mails").or_default() += calm.transcript.len();
    (wrong, counts)
}

#[test]
fn every_seed_keeps_what_was_promised() {
    let (seeds, began) = (seeds(), Instant::now());
    let (next, all) = (AtomicU64::new(seeds.start), Mutex::new((Vec::new(), Counts::new())));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end {
                        return;
                    }
                    let (wrong, counts) = lived(seed);
                    let mut all = all.lock().unwrap();
                    all.0.extend(wrong);
                    for (what, count) in counts {
                        *all.1.entry(what).or_default() += count;
                    }
                }
            });
        }
    });
    let (wrong, counts) = all.into_inner().unwrap();
    println!("{seeds:?} in {:.1} s: {counts:?}", began.elapsed().as_secs_f64());
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} violations:\n{shown}", wrong.len());
    let lives = seeds.end - seeds.start;
    // What one life may lack, many do not.
    if lives < SEEDS.end - SEEDS.start {
        return;
    }
    for (what, least) in [
        ("answers", 20),
        ("holdings", 5),
        ("rungs", 20),
        ("cuts", 20),
        ("kept", 10),
        ("faults", 20),
        ("offers", 3),
        ("confirmed", 1),
    ] {
        let count = counts.get(what).copied().unwrap_or(0) as u64;
        assert!(count >= least * lives, "only {count} {what}: the days prove little");
    }
}

/// What the auditors say first of a daemon with that bug, within the ordinary seeds.
fn found(plant: Plant) -> Option<String> {
    let cuts = matches!(
        plant,
        Plant::MarksBeforeCommit | Plant::ForgetsWhatWasBeingSent | Plant::NewIdOnRetry
    );
    let mut seeds = SEEDS;
    seeds.find_map(|seed| Life::of(seed, plant, cuts).live().into_iter().next())
}

#[test]
fn every_planted_bug_is_found() {
    let (next, all) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(plant) =
                    Plant::BUGS.get(next.fetch_add(1, Ordering::SeqCst) as usize)
                {
                    let found = found(*plant);
                    println!("{plant:?}: {}", found.as_deref().unwrap_or("NOT FOUND"));
                    all.lock().unwrap().push((*plant, found));
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    let unseen: Vec<_> = all.iter().filter(|(_, found)| found.is_none()).collect();
    assert!(unseen.is_empty(), "not found: {unseen:?}");
}
