//! Moments in words.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::Timestamp;
use crate::units::Period;

/// The zones that come with the binary: the same everywhere, whatever the machine has.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Moments nearer than this are told with their seconds: `14:46 of 14:46` would say nothing.
const SOON: Period = Period::from_secs(60);

/// Who reads, as far as words depend on it: when, and by which clock on the wall.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// The moment from which it is seen.
    pub now: Timestamp,
    /// The zone of the times.
    pub zone: TimeZone,
}

impl Reader {
    /// A reader in UTC: what programs get.
    #[must_use]
    pub const fn utc(now: Timestamp) -> Self {
        Self { now, zone: TimeZone::UTC }
    }

    /// The same moment in the named IANA zone; unchanged when there is none of that name.
    #[must_use]
    pub fn in_zone(&self, name: &str) -> Self {
        let zone = ZONES.get(name).unwrap_or_else(|_| self.zone.clone());
        Self { now: self.now, zone }
    }

    fn write(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned(self.zone.clone()).strftime(format).to_string()
    }

    fn same(&self, at: Timestamp, format: &str) -> bool {
        self.write(at, format) == self.write(self.now, format)
    }

    /// `19:00 PST`; with seconds when it is near, with the day when it is not today, with the year when it is not this one.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        if self.same(at, "%F") && Period::between(self.now.min(at), self.now.max(at)) < SOON {
            self.write(at, "%H:%M:%S %Z")
        } else if self.same(at, "%F") {
            self.write(at, "%H:%M %Z")
        } else {
            format!("{} {}", self.day(at), self.write(at, "%H:%M %Z"))
        }
    }

    /// `Nov 9`; with the year when it is not this one.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        self.write(at, if self.same(at, "%Y") { "%b %-d" } else { "%b %-d %Y" })
    }

    /// `14:32` today, `Nov 9 14:32` otherwise: for lists that name the zone elsewhere.
    #[must_use]
    pub fn short(&self, at: Timestamp) -> String {
        if self.same(at, "%F") {
            self.write(at, "%H:%M")
        } else {
            format!("{} {}", self.day(at), self.write(at, "%H:%M"))
        }
    }

    /// `13:57:31`, for lines of progress.
    #[must_use]
    pub fn seconds(&self, at: Timestamp) -> String {
        self.write(at, "%H:%M:%S")
    }

    /// `2026-11-18 14:32:08 PST`, for what is shown whole.
    #[must_use]
    pub fn whole(&self, at: Timestamp) -> String {
        self.write(at, "%F %H:%M:%S %Z")
    }

    /// `in 4 h 28 m`, `4 h 28 m ago`, `now`.
    #[must_use]
    pub fn distance(&self, at: Timestamp) -> String {
        let whole = |period: Period| Period::from_secs(period.as_millis() / 1_000);
        let ahead = whole(Period::between(self.now, at));
        let behind = whole(Period::between(at, self.now));
        if ahead > Period::ZERO {
            format!("in {}", ahead.roughly())
        } else if behind > Period::ZERO {
            format!("{} ago", behind.roughly())
        } else {
            "now".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn times_carry_their_zone_and_only_as_much_day_as_needed() {
        let reader = Reader::utc(at("2026-11-18T22:32:00Z")).in_zone("America/Los_Angeles");
        assert_eq!(reader.clock(at("2026-11-19T03:00:00Z")), "19:00 PST");
        assert_eq!(reader.clock(at("2026-11-28T03:00:00Z")), "Nov 27 19:00 PST");
        assert_eq!(reader.clock(at("2027-07-01T03:00:00Z")), "Jun 30 2027 20:00 PDT");
        assert_eq!(reader.distance(at("2026-11-19T03:00:00Z")), "in 4 h 28 m");
        assert_eq!(reader.distance(at("2026-11-18T22:30:00Z")), "2 m ago");
        assert_eq!(reader.distance(reader.now), "now");
    }

    #[test]
    fn an_unknown_zone_changes_nothing() {
        let reader = Reader::utc(at("2026-11-18T22:32:00Z"));
        assert_eq!(reader.in_zone("Nowhere/Town"), reader);
    }
}
