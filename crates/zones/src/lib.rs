//! Time zones for conditions, from the one database that plimsoll has.
//!
//! The expressions' interpreter asks the crate `chrono-tz` for time zones, which brings a database
//! of its own: another one than freeze windows are reckoned with, so that both could disagree about a
//! day, and a megabyte of pointers that every start of the program has to set. This stands in for it
//! with the little that is asked, and answers from jiff's bundled database
//! (`docs/decisions/0012-one-time-zone-database.md`).

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Timelike as _};
use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZoneDatabase};

/// A time zone by its name in the IANA database.
#[derive(Debug, Clone)]
pub struct Tz(jiff::tz::TimeZone);

/// Coordinated Universal Time.
pub const UTC: Tz = Tz(jiff::tz::TimeZone::UTC);

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError;

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such time zone")
    }
}

impl Error for ParseError {}

impl FromStr for Tz {
    type Err = ParseError;

    /// Exactly as the database spells it.
    fn from_str(name: &str) -> Result<Self, ParseError> {
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| ParseError)?;
        if zone.iana_name() == Some(name) { Ok(Self(zone)) } else { Err(ParseError) }
    }
}

/// How far a zone is from UTC at a moment.
#[derive(Debug, Clone)]
pub struct OffsetAt {
    zone: Tz,
    offset: FixedOffset,
}

impl Offset for OffsetAt {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl Tz {
    fn at(&self, offset: jiff::tz::Offset) -> OffsetAt {
        let utc = FixedOffset::east_opt(0).expect("no seconds are in range");
        let offset = FixedOffset::east_opt(offset.seconds()).unwrap_or(utc);
        OffsetAt { zone: self.clone(), offset }
    }
}

impl TimeZone for Tz {
    type Offset = OffsetAt;

    fn from_offset(at: &OffsetAt) -> Self {
        at.zone.clone()
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<OffsetAt> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<OffsetAt> {
        let Some(civil) = civil(local) else { return MappedLocalTime::None };
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(self.at(offset)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => {
                MappedLocalTime::Ambiguous(self.at(before), self.at(after))
            }
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> OffsetAt {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> OffsetAt {
        let seconds = utc.and_utc().timestamp();
        let beyond = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.at(self.0.to_offset(Timestamp::from_second(seconds).unwrap_or(beyond)))
    }
}

fn civil(local: &NaiveDateTime) -> Option<DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    DateTime::new(
        i16::try_from(local.year()).ok()?,
        small(local.month())?,
        small(local.day())?,
        small(local.hour())?,
        small(local.minute())?,
        small(local.second())?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn zone(name: &str) -> Tz {
        name.parse().expect("a zone")
    }

    #[test]
    fn a_moment_has_the_offset_of_summer_or_winter() {
        let at = |text: &str| {
            let moment: DateTime<chrono::Utc> = text.parse().expect("a moment");
            moment.with_timezone(&zone("Europe/Amsterdam")).offset().fix().local_minus_utc()
        };
        assert_eq!(at("2026-07-01T10:00:00Z"), 2 * 60 * 60);
        assert_eq!(at("2026-12-01T10:00:00Z"), 60 * 60);
    }

    #[test]
    fn local_times_that_are_twice_or_never_are_told() {
        let local = |text: &str| {
            let local: NaiveDateTime = text.parse().expect("a local time");
            zone("Europe/Amsterdam").offset_from_local_datetime(&local)
        };
        assert!(matches!(local("2026-07-01T12:00:00"), MappedLocalTime::Single(_)));
        assert!(matches!(local("2026-03-29T02:30:00"), MappedLocalTime::None));
        assert!(matches!(local("2026-10-25T02:30:00"), MappedLocalTime::Ambiguous(..)));
    }

    #[test]
    fn names_are_those_of_the_database_and_no_others() {
        for good in ["UTC", "America/Los_Angeles", "Asia/Kolkata"] {
            assert!(good.parse::<Tz>().is_ok(), "{good}");
        }
        for bad in ["", "utc", "Mars/Olympus", "europe/amsterdam", "../UTC"] {
            assert!(bad.parse::<Tz>().is_err(), "{bad}");
        }
    }
}
