//! One event.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span};
use plimsoll_core::catalog::{CalendarEvent, Days, Weekly};

use super::CalendarError;
use super::lines::Line;
use super::moment::{self, Moment, read_moment, read_moments};
use super::rule::{Rule, read_rule};

/// What says nothing about when an event is on.
const PASSED_OVER: [&str; 22] = [
    "ATTACH",
    "ATTENDEE",
    "CATEGORIES",
    "CLASS",
    "COLOR",
    "COMMENT",
    "CONFERENCE",
    "CONTACT",
    "CREATED",
    "DESCRIPTION",
    "DTSTAMP",
    "GEO",
    "IMAGE",
    "LAST-MODIFIED",
    "LOCATION",
    "ORGANIZER",
    "PRIORITY",
    "RESOURCES",
    "SEQUENCE",
    "TRANSP",
    "UID",
    "URL",
];

/// An event while it is read.
#[derive(Default)]
pub(super) struct Draft {
    summary: String,
    start: Option<Moment>,
    end: Option<(Moment, usize)>,
    duration: Option<(SignedDuration, usize)>,
    rule: Option<(Rule, usize)>,
    except: Vec<(Moment, usize)>,
    cancelled: bool,
}

impl Draft {
    pub fn read(&mut self, line: &Line) -> Result<(), CalendarError> {
        let twice = || Err(line.error(format!("{} stands twice in this event", line.name)));
        let at = line.number;
        match line.name.as_str() {
            "DTSTART" if self.start.is_some() => return twice(),
            "DTEND" if self.end.is_some() => return twice(),
            "DURATION" if self.duration.is_some() => return twice(),
            "RRULE" if self.rule.is_some() => return twice(),
            "DTSTART" => self.start = Some(read_moment(line)?),
            "DTEND" => self.end = Some((read_moment(line)?, at)),
            "DURATION" => self.duration = Some((read_duration(line)?, at)),
            "RRULE" => self.rule = Some((read_rule(line)?, at)),
            "EXDATE" => self.except.extend(read_moments(line)?.into_iter().map(|one| (one, at))),
            "SUMMARY" => self.summary = line.value.replace("\\,", ",").replace("\\;", ";"),
            "STATUS" => self.cancelled = line.value.eq_ignore_ascii_case("CANCELLED"),
            name if name.starts_with("X-") || PASSED_OVER.contains(&name) => {}
            "RECURRENCE-ID" => {
                let message = "one time of a series that was moved is not understood: leave it out \
                               with EXDATE, and make it an event of its own";
                return Err(line.error(message.to_owned()));
            }
            name => return Err(line.error(format!("`{name}` is not understood"))),
        }
        Ok(())
    }

    /// The event; nothing when it was cancelled.
    pub fn finish(self, begin: &Line) -> Result<Option<CalendarEvent>, CalendarError> {
        let Some(start) = self.start else {
            return Err(begin.error("this event has no DTSTART".to_owned()));
        };
        if self.cancelled {
            return Ok(None);
        }
        let end = match (&self.end, self.duration) {
            (Some((_, line)), Some(_)) => {
                let message = "DTEND and DURATION exclude each other".to_owned();
                return Err(CalendarError::at(*line, message));
            }
            (Some((end, line)), None) => in_zone_of(&start, end, *line)?,
            (None, Some((lasts, line))) => start
                .local
                .checked_add(lasts)
                .map_err(|error| CalendarError::at(line, error.to_string()))?,
            (None, None) if start.is_day => next_day(start.local, begin)?,
            (None, None) => return Err(begin.error("this event has no end".to_owned())),
        };
        if end <= start.local {
            return Err(begin.error("this event ends before it begins".to_owned()));
        }
        let mut except = Vec::new();
        for (moment, line) in &self.except {
            // A day without a time leaves out what begins on it.
            except.push(match (moment.is_day, start.is_day) {
                (true, false) => moment.local.date().to_datetime(start.local.time()),
                _ => in_zone_of(&start, moment, *line)?,
            });
        }
        let weekly = self.rule.map(|(rule, line)| weekly(&rule, &start, line)).transpose()?;
        let (zone, start) = (start.zone, start.local);
        Ok(Some(CalendarEvent { summary: self.summary, zone, start, end, weekly, except }))
    }
}

fn next_day(day: DateTime, begin: &Line) -> Result<DateTime, CalendarError> {
    day.checked_add(Span::new().days(1)).map_err(|error| begin.error(error.to_string()))
}

/// The same moment on the wall clock of the event's beginning.
fn in_zone_of(start: &Moment, other: &Moment, line: usize) -> Result<DateTime, CalendarError> {
    if start.zone == other.zone {
        return Ok(other.local);
    }
    let zones = start
        .zone
        .as_deref()
        .and_then(moment::find)
        .zip(other.zone.as_deref().and_then(moment::find));
    let Some((here, there)) = zones else {
        let message = "one of the times of this event has a zone, and another has none".to_owned();
        return Err(CalendarError::at(line, message));
    };
    let moment = other.local.to_zoned(there);
    let moment = moment.map_err(|error| CalendarError::at(line, error.to_string()))?;
    Ok(moment.with_time_zone(here).datetime())
}

fn weekly(rule: &Rule, start: &Moment, line: usize) -> Result<Weekly, CalendarError> {
    let days = match (rule.days, rule.daily) {
        (Some(days), _) => days,
        (None, true) => Days([true; 7]),
        (None, false) => {
            let mut days = [false; 7];
            let day = start.local.weekday().to_monday_zero_offset();
            days[usize::try_from(day).unwrap_or(0)] = true;
            Days(days)
        }
    };
    let until = match &rule.until {
        None => None,
        Some(until) => {
            // A day alone is included, to its last second; a time without a zone is that of the
            // beginning.
            let local = match until.is_day {
                true => until.local.date().at(23, 59, 59, 0),
                false => until.local,
            };
            let zone = until.zone.as_deref().or(start.zone.as_deref()).and_then(moment::find);
            let zone = zone.ok_or_else(|| {
                let message =
                    "UNTIL has no zone, and neither has DTSTART: end UNTIL in Z".to_owned();
                CalendarError::at(line, message)
            })?;
            let moment = local.to_zoned(zone);
            Some(moment.map_err(|error| CalendarError::at(line, error.to_string()))?.timestamp())
        }
    };
    Ok(Weekly { days, until })
}

/// `PT1H30M`, `P1D`.
fn read_duration(line: &Line) -> Result<SignedDuration, CalendarError> {
    let span = line.value.parse::<Span>().ok();
    let lasts =
        span.and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok());
    lasts
        .filter(|lasts| lasts.is_positive())
        .ok_or_else(|| line.error(format!("`{}` is no duration", line.value)))
}
