//! Days and times of a calendar file.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::CalendarError;
use super::lines::Line;

/// A time as it is written: on the wall clock of a zone, or of the window's when it names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub local: DateTime,
    pub zone: Option<String>,
    /// A whole day: without a time of its own.
    pub is_day: bool,
}

/// The times of a line; several stand between commas.
pub(super) fn read_moments(line: &Line) -> Result<Vec<Moment>, CalendarError> {
    for (name, value) in &line.parameters {
        let known = match name.as_str() {
            "TZID" => true,
            "VALUE" => matches!(value.to_ascii_uppercase().as_str(), "DATE" | "DATE-TIME"),
            name => name.starts_with("X-"),
        };
        if !known {
            return Err(line.error(format!("`{name}={value}` is not understood")));
        }
    }
    let zone = line.parameter("TZID").map(|name| zone(line, name)).transpose()?;
    line.value.split(',').map(|text| read(line, text.trim(), zone.as_deref())).collect()
}

pub(super) fn read_moment(line: &Line) -> Result<Moment, CalendarError> {
    let mut moments = read_moments(line)?;
    match (moments.pop(), moments.is_empty()) {
        (Some(moment), true) => Ok(moment),
        _ => Err(line.error("one time stands here".to_owned())),
    }
}

fn zone(line: &Line, name: &str) -> Result<String, CalendarError> {
    // Some programs write a slash before it.
    let plain = name.strip_prefix('/').unwrap_or(name);
    find(plain).map(|_| plain.to_owned()).ok_or_else(|| {
        line.error(format!("there is no time zone `{name}`: use a name of the IANA database"))
    })
}

/// The zone of a name, as it is compiled in.
pub(super) fn find(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// `20180125`, `20180125T090000`, `20180125T170000Z`.
pub(super) fn read(line: &Line, text: &str, zone: Option<&str>) -> Result<Moment, CalendarError> {
    let wrong = || line.error(format!("`{text}` is no day and no time"));
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let date = read_digits(day, [4, 2, 2]).and_then(|[year, month, day]| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    });
    let date = date.ok_or_else(wrong)?;
    let Some(time) = time else {
        let local = date.to_datetime(Time::midnight());
        return Ok(Moment { local, zone: zone.map(Into::into), is_day: true });
    };
    let (clock, is_utc) = time.strip_suffix('Z').map_or((time, false), |clock| (clock, true));
    let clock = read_digits(clock, [2, 2, 2]).and_then(|[hour, minute, second]| {
        // A leap second is the last one that clocks show.
        let second = second.min(59);
        Time::new(
            i8::try_from(hour).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second).ok()?,
            0,
        )
        .ok()
    });
    let local = date.to_datetime(clock.ok_or_else(wrong)?);
    match (is_utc, zone) {
        (true, Some(_)) => Err(line.error(format!("`{text}` ends in Z and has a TZID"))),
        (true, None) => Ok(Moment { local, zone: Some("UTC".to_owned()), is_day: false }),
        (false, zone) => Ok(Moment { local, zone: zone.map(Into::into), is_day: false }),
    }
}

/// Digits and nothing else, cut into numbers.
fn read_digits<const N: usize>(text: &str, lengths: [usize; N]) -> Option<[i16; N]> {
    if text.len() != lengths.iter().sum::<usize>() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut numbers = [0; N];
    let mut from = 0;
    for (number, length) in numbers.iter_mut().zip(lengths) {
        *number = text[from..from + length].parse().ok()?;
        from += length;
    }
    Some(numbers)
}
