//! Freeze windows on the clock: is one on, and when does that change?
//!
//! Times are those of the wall clock in the window's zone. Where daylight saving makes a time
//! happen twice or never, the window is the longer of what could be meant: it begins at the first
//! and ends at the second occurrence; in an hour that is left out it begins where the clock jumps,
//! and ends as much later as the clock jumped.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};

use crate::catalog::{
    Calendar, CalendarEvent, CalendarRead, ClockTime, Days, FreezeWindow, WindowTime,
};

/// How far ahead the next beginning or end is looked for. A weekly window changes within a week,
/// and one around the clock never; two weeks leave room for the clock changes.
const AHEAD_DAYS: i32 = 15;

/// How a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowStatus {
    /// Whether it is on.
    pub on: bool,
    /// When that changes next; never, or not within two weeks, when absent.
    pub changes_at: Option<Timestamp>,
    /// When it ends; absent when it is not on, or when no end is in sight.
    pub until: Option<Timestamp>,
}

/// Why nobody can say whether a window is on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// The zone does not exist.
    #[error("there is no time zone `{0}`")]
    Zone(String),
    /// A time is not on the clock, or the calendar ends before it.
    #[error("`{0}` is not a time")]
    Time(String),
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Backwards,
    /// Its calendar is not there, or cannot be read.
    #[error("{0}")]
    Calendar(String),
}

/// The zones that are compiled in: what a decision says must not depend on the machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// How the window stands at `now`; `calendars` are the files that windows name, as they were read.
///
/// # Errors
/// [`WindowError`] when the window cannot be read; whoever asked must take it for on.
pub fn status(
    window: &FreezeWindow,
    calendars: &BTreeMap<String, CalendarRead>,
    now: Timestamp,
) -> Result<WindowStatus, WindowError> {
    let zone = zone_of(&window.zone)?;
    let times = match &window.time {
        WindowTime::Dated { from, to } => vec![dated(&zone, *from, *to)?],
        WindowTime::Weekly { days, from, to } => weekly(&zone, *days, (*from, *to), now)?,
        WindowTime::Calendar { file } => match calendars.get(file) {
            Some(CalendarRead::Read(calendar)) => events(&zone, calendar, now)?,
            Some(CalendarRead::Unreadable(why)) => return Err(WindowError::Calendar(why.clone())),
            None => return Err(WindowError::Calendar(format!("nobody has read {file}"))),
        },
    };
    let horizon = now.checked_add(Span::new().hours(24 * (AHEAD_DAYS - 2))).ok();
    Ok(stand(&joined(times), now, horizon.filter(|_| is_weekly(&window.time))))
}

fn zone_of(name: &str) -> Result<TimeZone, WindowError> {
    ZONES.get(name).map_err(|_| WindowError::Zone(name.to_owned()))
}

const fn is_weekly(time: &WindowTime) -> bool {
    match time {
        WindowTime::Weekly { .. } | WindowTime::Calendar { .. } => true,
        WindowTime::Dated { .. } => false,
    }
}

/// From the first moment until the second, exclusive.
type Interval = (Timestamp, Timestamp);

fn stand(times: &[Interval], now: Timestamp, horizon: Option<Timestamp>) -> WindowStatus {
    let seen = |at: &Timestamp| horizon.is_none_or(|horizon| *at < horizon);
    if let Some((_, end)) = times.iter().find(|(start, end)| *start <= now && now < *end) {
        let end = Some(*end).filter(seen);
        return WindowStatus { on: true, changes_at: end, until: end };
    }
    let next = times.iter().map(|(start, _)| *start).find(|start| *start > now);
    WindowStatus { on: false, changes_at: next, until: None }
}

/// In order, and those that touch made one.
fn joined(mut times: Vec<Interval>) -> Vec<Interval> {
    times.sort_unstable();
    let mut joined: Vec<Interval> = Vec::new();
    for (start, end) in times {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            Some(_) | None => joined.push((start, end)),
        }
    }
    joined
}

fn dated(
    zone: &TimeZone,
    from: (Date, ClockTime),
    to: (Date, ClockTime),
) -> Result<Interval, WindowError> {
    let start = beginning(zone, local(from.0, from.1)?)?;
    let end = ending(zone, local(to.0, to.1)?)?;
    if end <= start { Err(WindowError::Backwards) } else { Ok((start, end)) }
}

fn weekly(
    zone: &TimeZone,
    days: Days,
    (from, to): (ClockTime, ClockTime),
    now: Timestamp,
) -> Result<Vec<Interval>, WindowError> {
    let today = zone.to_datetime(now).date();
    let mut times = Vec::new();
    for offset in -2..AHEAD_DAYS {
        let Ok(day) = today.checked_add(Span::new().days(offset)) else { continue };
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        if !days.0[weekday] {
            continue;
        }
        let last = if to <= from { day.tomorrow().map_err(|_| off(to))? } else { day };
        let start = beginning(zone, local(day, from)?)?;
        let end = ending(zone, local(last, to)?)?;
        if start < end {
            times.push((start, end));
        }
    }
    Ok(times)
}

/// The times of all events: of those that come again, the ones around `now` and the first.
fn events(
    zone: &TimeZone,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<Interval>, WindowError> {
    let mut times = Vec::new();
    for event in &calendar.events {
        let own = event.zone.as_deref().map(zone_of).transpose()?;
        let zone = own.as_ref().unwrap_or(zone);
        let lasts = event.end.duration_since(event.start);
        for start in beginnings(zone, event, now) {
            if event.except.contains(&start) {
                continue;
            }
            let end = start.checked_add(lasts).map_err(|_| WindowError::Time(start.to_string()))?;
            let (start, end) = (beginning(zone, start)?, ending(zone, end)?);
            let late = event.weekly.as_ref().and_then(|weekly| weekly.until);
            if start < end && late.is_none_or(|until| start <= until) {
                times.push((start, end));
            }
        }
    }
    Ok(times)
}

fn beginnings(zone: &TimeZone, event: &CalendarEvent, now: Timestamp) -> Vec<DateTime> {
    let Some(weekly) = &event.weekly else { return vec![event.start] };
    let today = zone.to_datetime(now).date();
    let first = event.start.date();
    // Those that began days ago and are still on.
    let lasts = event.end.date().duration_since(first).as_hours() / 24;
    let back = i32::try_from(lasts).unwrap_or(i32::MAX).saturating_add(2).min(400);
    let around = (-back..AHEAD_DAYS).filter_map(|offset| {
        let day = today.checked_add(Span::new().days(offset)).ok()?;
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        (day > first && weekly.days.0[weekday]).then(|| day.to_datetime(event.start.time()))
    });
    // The first one counts whatever day it is on (RFC 5545, 3.8.5.3).
    std::iter::once(event.start).chain(around).collect()
}

fn off(time: ClockTime) -> WindowError {
    WindowError::Time(time.to_string())
}

fn local(day: Date, time: ClockTime) -> Result<DateTime, WindowError> {
    let minutes = i8::try_from(time.0 % 60).map_err(|_| off(time))?;
    match time.0 {
        0..1440 => {
            let hours = i8::try_from(time.0 / 60).map_err(|_| off(time))?;
            let clock = Time::new(hours, minutes, 0, 0).map_err(|_| off(time))?;
            Ok(day.to_datetime(clock))
        }
        1440 => Ok(day.tomorrow().map_err(|_| off(time))?.to_datetime(Time::midnight())),
        _ => Err(off(time)),
    }
}

fn beginning(zone: &TimeZone, local: DateTime) -> Result<Timestamp, WindowError> {
    let fail = |_| WindowError::Time(local.to_string());
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
            ambiguous.earlier().map_err(fail)
        }
        AmbiguousOffset::Gap { .. } => {
            // Both readings lie around the jump; the window begins where the clock jumps.
            let before = ambiguous.earlier().map_err(fail)?;
            let jump = zone.following(before).next().map(|jump| jump.timestamp());
            jump.map_or_else(|| zone.to_ambiguous_timestamp(local).later().map_err(fail), Ok)
        }
    }
}

fn ending(zone: &TimeZone, local: DateTime) -> Result<Timestamp, WindowError> {
    let later = zone.to_ambiguous_timestamp(local).later();
    later.map_err(|_| WindowError::Time(local.to_string()))
}

#[cfg(test)]
mod tests;
