//! Hours that stand alone: `15h` is a time of day to a French or German reader and a length of time
//! to an English one.
//!
//! The word before it tells: "at 15h", "in 15h". Where none does and both can be meant nothing is
//! guessed. A time of day at which nobody is awake is not meant, unless somebody works then: `2h` is
//! two hours.

use jiff::Zoned;

use super::calendar::number;

/// From this hour on somebody may want something to be done.
const MORNING: i8 = 6;

/// How the hour is written that both are; "hours" and "Stunden" are lengths alone.
const SIGNS: [&str; 8] = ["h", "heure", "heures", "hora", "horas", "ora", "ore", "uur"];

/// What the words before an hour make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// A time of day.
    Clock,
    /// A length of time.
    Length,
    /// Either.
    Open,
}

impl Lead {
    /// By the words of a moment.
    pub fn of(words: &[String]) -> Self {
        const CLOCK: [&str; 18] = [
            "at", "by", "until", "till", "um", "bis", "à", "jusqu'au", "jusqu'à", "las", "hasta",
            "alle", "fino", "às", "até", "om", "tot", "o",
        ];
        const LENGTH: [&str; 5] = ["in", "dans", "en", "em", "over"];
        let any = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
        match (any(&CLOCK), any(&LENGTH)) {
            (true, false) => Self::Clock,
            (false, true) => Self::Length,
            _ => Self::Open,
        }
    }
}

/// An hour that stands alone, perhaps with minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    pub hour: i8,
    pub minute: Option<i8>,
}

impl Hour {
    /// `15h`, `15h30`, `15heures`, without spaces.
    pub fn read(text: &str) -> Option<Self> {
        let is_digit = |c: char| c.is_ascii_digit();
        let (hour, rest) = text.split_at_checked(text.find(|c| !is_digit(c))?)?;
        let (sign, minute) = rest.split_at_checked(rest.find(is_digit).unwrap_or(rest.len()))?;
        let minute = match minute.len() {
            0 => None,
            2 => Some(number(minute)?),
            _ => return None,
        };
        let sound = SIGNS.contains(&sign) && minute.is_none_or(|minute| minute < 60);
        sound.then_some(Self { hour: number(hour)?, minute })
    }

    /// As a time of day that nobody reads otherwise.
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute.unwrap_or_default())
    }

    /// As a length of time that nobody reads otherwise, behind "in".
    pub fn length(self) -> String {
        let minutes = self.minute.map(|minute| format!("{minute:02}m"));
        format!("{}h{}", self.hour, minutes.unwrap_or_default())
    }

    /// In minutes.
    pub fn minutes(self) -> i64 {
        i64::from(self.hour) * 60 + i64::from(self.minute.unwrap_or_default())
    }

    /// Whether it may be a length and nothing else: so it is where somebody would have to be up at
    /// night.
    pub fn is_of_the_night(self, at: &Zoned, works: bool) -> bool {
        self.minute.is_none() && at.hour() < MORNING && !works
    }
}

/// `1h30`: a time worked in minutes, if it is no time of day.
pub fn hours_and_minutes(bare: &str) -> Option<u32> {
    let (hours, minutes) = bare.split_once('h').filter(|(_, minutes)| minutes.len() == 2)?;
    let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
    (minutes < 60).then(|| hours.saturating_mul(60).saturating_add(minutes))
}
