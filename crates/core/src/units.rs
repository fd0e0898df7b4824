//! Quantities with their units.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A length of time, in whole milliseconds, written `250ms`, `2s`, `30m`, `1h30m`, `7d`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period(u64);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration: write a number and a unit, as in 30m, 2h or 1d")]
pub struct PeriodError(String);

const UNITS: [(&str, u64); 6] = [
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl Period {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// That many milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// That many seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * 1_000)
    }

    /// That many minutes.
    #[must_use]
    pub const fn from_mins(mins: u64) -> Self {
        Self(mins * 60_000)
    }

    /// That many hours.
    #[must_use]
    pub const fn from_hours(hours: u64) -> Self {
        Self(hours * 3_600_000)
    }

    /// The time from `earlier` to `later`; nothing when the clock went backwards.
    #[must_use]
    pub fn between(earlier: Timestamp, later: Timestamp) -> Self {
        let millis = later.as_millisecond().saturating_sub(earlier.as_millisecond());
        Self(u64::try_from(millis).unwrap_or(0))
    }

    /// Whole milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The same length as the standard library's type.
    #[must_use]
    pub const fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0)
    }

    /// `from` plus this period; the end of time when that overflows.
    #[must_use]
    pub fn after(self, from: Timestamp) -> Timestamp {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        from.checked_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX)
    }

    /// `from` minus this period; the beginning of time when that overflows.
    #[must_use]
    pub fn before(self, from: Timestamp) -> Timestamp {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        from.checked_sub(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MIN)
    }

    /// The two largest units, for people: `2 h 12 m`, `41 d`, `3.2 s`.
    #[must_use]
    pub fn roughly(self) -> String {
        let ms = self.0;
        match ms {
            0..1_000 => format!("{ms} ms"),
            1_000..60_000 if ms.is_multiple_of(1_000) => format!("{} s", ms / 1_000),
            1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
            60_000..3_600_000 => two(ms / 60_000, "m", ms % 60_000 / 1_000, "s"),
            3_600_000..86_400_000 => two(ms / 3_600_000, "h", ms % 3_600_000 / 60_000, "m"),
            _ => two(ms / 86_400_000, "d", ms % 86_400_000 / 3_600_000, "h"),
        }
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 || large >= 10 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || PeriodError(text.chars().take(40).flat_map(char::escape_debug).collect());
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(fail());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(fail)?;
            let number: u64 = rest[..digits].parse().map_err(|_| fail())?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let unit = &rest[..letters];
            let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(fail)?;
            total = number
                .checked_mul(*millis)
                .and_then(|part| total.checked_add(part))
                .filter(|sum| *sum <= 100 * 366 * 86_400_000)
                .ok_or_else(fail)?;
            rest = rest[letters..].trim_start();
        }
        Ok(Self(total))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (name, millis) in &UNITS[1..] {
            if rest >= *millis {
                write!(f, "{}{name}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_round_trip() {
        for (text, millis) in [
            ("0s", 0),
            ("250ms", 250),
            ("2s", 2_000),
            ("30m", 1_800_000),
            ("1h30m", 5_400_000),
            ("1d", 86_400_000),
        ] {
            assert_eq!(text.parse(), Ok(Period(millis)));
            assert_eq!(Period(millis).to_string(), text);
        }
        assert_eq!("2w".parse(), Ok(Period(14 * 86_400_000)));
    }

    #[test]
    fn durations_without_unit_or_beyond_a_century_are_refused() {
        for bad in ["", "30", "m", "-5m", "1.5h", "5 parsecs", "99999999999999999999s", "200000d"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_clock_that_steps_back_yields_no_negative_age() {
        let later = Timestamp::from_second(100).expect("in range");
        let earlier = Timestamp::from_second(50).expect("in range");
        assert_eq!(Period::between(later, earlier), Period::ZERO);
    }
}
