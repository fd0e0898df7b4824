//! Calendar files (iCalendar), as far as freeze windows need them.
//!
//! Understood are events that are on once, daily, or weekly: `DTSTART` and `DTEND` or `DURATION`,
//! `RRULE` with `FREQ=WEEKLY` or `DAILY`, `BYDAY` and `UNTIL`, `EXDATE`, `TZID`. What says nothing about
//! time (summaries, attendees, alarms, names that begin with `X-`) is passed over. Everything else is
//! an error with its line: a freeze that is left out by misunderstanding is worse than none.
//!
//! # Source
//! RFC 5545

mod error;
mod event;
mod lines;
mod moment;
mod rule;

pub use error::CalendarError;

use plimsoll_core::catalog::Calendar;

use event::Draft;
use lines::{Line, unfold};

/// The longest file: the timetable of a university has a few hundred kilobytes.
pub const LONGEST: usize = 5_000_000;

/// The most events.
const MOST_EVENTS: usize = 10_000;

/// Reads a calendar file.
///
/// # Errors
/// The first thing that is not understood, with its line.
pub fn parse(bytes: &[u8]) -> Result<Calendar, CalendarError> {
    if bytes.len() > LONGEST {
        return Err(CalendarError::at(0, format!("it has more than {LONGEST} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        CalendarError::at(line, "this is no UTF-8 text".to_owned())
    })?;
    let lines = unfold(text)?;
    let mut events = Vec::new();
    let mut lines = lines.iter();
    match lines.next() {
        Some(first) if first.is("BEGIN", "VCALENDAR") => {}
        _ => return Err(CalendarError::at(1, "a calendar begins with BEGIN:VCALENDAR".to_owned())),
    }
    let mut ended = false;
    while let Some(line) = lines.next() {
        match (line.name.as_str(), line.value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT") => events.extend(event(line, &mut lines)?),
            // Zones are known by their names.
            ("BEGIN", "VTIMEZONE") => pass_over(line, &mut lines)?,
            ("BEGIN", "VCALENDAR") => ended = false,
            ("BEGIN", _) => {
                let what = format!("{} is no event, and nothing else is understood", line.value);
                return Err(line.error(what));
            }
            ("END", "VCALENDAR") => ended = true,
            ("END", _) => return Err(line.error(format!("END:{} ends nothing", line.value))),
            _ if ended => return Err(line.error("this is outside of the calendar".to_owned())),
            _ => {}
        }
        if events.len() > MOST_EVENTS {
            return Err(line.error(format!("there are more than {MOST_EVENTS} events")));
        }
    }
    if !ended {
        let last = text.lines().count();
        return Err(CalendarError::at(last, "the file ends before END:VCALENDAR".to_owned()));
    }
    Ok(Calendar { events })
}

/// The lines of one event; nothing of one that was cancelled.
fn event<'a>(
    begin: &Line,
    lines: &mut impl Iterator<Item = &'a Line>,
) -> Result<Option<plimsoll_core::catalog::CalendarEvent>, CalendarError> {
    let mut draft = Draft::default();
    while let Some(line) = lines.next() {
        match (line.name.as_str(), line.value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "VALARM") => pass_over(line, lines)?,
            ("END", "VEVENT") => return draft.finish(begin),
            ("BEGIN" | "END", _) => {
                return Err(line.error(format!("{} cannot stand in an event", line.value)));
            }
            _ => draft.read(line)?,
        }
    }
    Err(begin.error("this event has no END:VEVENT".to_owned()))
}

fn pass_over<'a>(
    begin: &Line,
    lines: &mut impl Iterator<Item = &'a Line>,
) -> Result<(), CalendarError> {
    if lines.any(|line| line.name == "END" && line.value.eq_ignore_ascii_case(&begin.value)) {
        return Ok(());
    }
    Err(begin.error(format!("this {} has no end", begin.value)))
}

#[cfg(test)]
mod tests;
