//! Working time reckoned the slow way, minute by minute, from the wall clock alone; and times as
//! customers and agents read them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// When people of a queue work.
#[derive(Clone, Debug)]
pub struct Week {
    /// First and last hour of Monday to Friday; 17 means until 17:00.
    pub from: i8,
    /// See `from`.
    pub to: i8,
    /// Days off.
    pub holidays: Vec<Date>,
}

/// The zone of the desk.
pub fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

impl Week {
    /// Whether anybody works in the minute that begins then.
    pub fn works(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(zone());
        let day = local.weekday().to_monday_zero_offset();
        day < 5
            && (self.from..self.to).contains(&local.hour())
            && !self.holidays.contains(&local.date())
    }

    /// When so many minutes will have been worked.
    pub fn after(&self, start: Timestamp, minutes: u32) -> Timestamp {
        let mut at = start;
        let mut left = minutes;
        while !self.works(at) {
            let hours = at.as_second().div_euclid(3600);
            at = Timestamp::from_second((hours + 1) * 3600).unwrap();
        }
        loop {
            at += 1.minute();
            left -= 1;
            if left == 0 {
                return at;
            }
            // Nothing opens within an hour; what of the last minute lay behind the end of the day
            // is worked the next morning.
            let over = at.as_second().rem_euclid(60);
            if !self.works(at) {
                while !self.works(at) {
                    let hours = at.as_second().div_euclid(3600);
                    at = Timestamp::from_second((hours + 1) * 3600).unwrap();
                }
                at += over.seconds();
            }
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// All times that a text names to a customer, `by Tuesday, 24 November 2026, 17:00 (CET)`; and
/// whether it says "by".
pub fn moments(text: &str) -> Vec<(bool, Timestamp)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let read = |five: &[&str]| -> Option<Timestamp> {
        let day: i8 = five[0].parse().ok()?;
        let month = MONTHS.iter().position(|month| *month == five[1])? as i8 + 1;
        let year: i16 = five[2].strip_suffix(',')?.parse().ok()?;
        let (hour, minute) = five[3].split_once(':')?;
        let summer = match five[4].get(..5) {
            Some("(CEST") => 2,
            _ if five[4].starts_with("(CET)") => 1,
            _ => return None,
        };
        let at =
            Date::new(year, month, day).ok()?.at(hour.parse().ok()?, minute.parse().ok()?, 0, 0);
        let utc = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(utc - summer.hours())
    };
    let by = |at: usize| words[..at].iter().rev().nth(1).is_some_and(|word| *word == "by");
    let all = words.windows(5).enumerate();
    all.filter_map(|(at, five)| read(five).map(|moment| (by(at), moment))).collect()
}

/// A time as agents read it: `Tue 2026-11-24 17:00`.
pub fn checked(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// The same the other way.
pub fn unchecked(text: &str) -> Option<Timestamp> {
    let (_, text) = text.split_once(' ')?;
    let at = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M", text).ok()?;
    Some(at.to_zoned(zone()).ok()?.timestamp())
}

#[test]
fn moments_are_read_as_written() {
    let text = "by Tuesday, 24 November 2026, 17:00 (CET), and since Sunday, 25 October\n2026, 02:30 (CEST).";
    let found: Vec<String> = moments(text).iter().map(|(by, at)| format!("{by} {at}")).collect();
    assert_eq!(found, ["true 2026-11-24T16:00:00Z", "false 2026-10-25T00:30:00Z"]);
    let at: Timestamp = "2026-11-24T16:00:00Z".parse().unwrap();
    assert_eq!(checked(at), "Tue 2026-11-24 17:00");
    assert_eq!(unchecked(&checked(at)), Some(at));
    let week = Week { from: 9, to: 17, holidays: vec![Date::constant(2026, 11, 25)] };
    let friday: Timestamp = "2026-11-24T12:00:30Z".parse().unwrap();
    assert_eq!(week.after(friday, 480).to_string(), "2026-11-26T12:00:30Z", "the holiday is none");
}
