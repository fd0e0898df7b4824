use std::collections::BTreeSet;

use super::*;

/// How a window without a calendar stands.
fn status(window: &FreezeWindow, now: Timestamp) -> Result<WindowStatus, WindowError> {
    super::status(window, &BTreeMap::new(), now)
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn clock(text: &str) -> ClockTime {
    let (hours, minutes) = text.split_once(':').expect("a time");
    ClockTime(hours.parse::<u16>().expect("hours") * 60 + minutes.parse::<u16>().expect("minutes"))
}

fn window(zone: &str, time: WindowTime) -> FreezeWindow {
    FreezeWindow {
        name: "labs".parse().expect("a name"),
        time,
        zone: zone.into(),
        override_by: BTreeSet::new(),
    }
}

/// `days` as a mask of seven characters, Monday first.
fn weekly_in(zone: &str, days: &str, from: &str, to: &str) -> FreezeWindow {
    let mut mask = [false; 7];
    for (day, c) in mask.iter_mut().zip(days.chars()) {
        *day = c == 'x';
    }
    window(zone, WindowTime::Weekly { days: Days(mask), from: clock(from), to: clock(to) })
}

fn dated_in(zone: &str, from: (&str, &str), to: (&str, &str)) -> FreezeWindow {
    let moment = |(day, time): (&str, &str)| (day.parse().expect("a day"), clock(time));
    window(zone, WindowTime::Dated { from: moment(from), to: moment(to) })
}

const LA: &str = "America/Los_Angeles";

/// Whether it is on at `now`, and when that changes.
fn check(window: &FreezeWindow, now: &str, on: bool, changes: Option<&str>) {
    let status = status(window, at(now)).expect("readable");
    assert_eq!(status.on, on, "{now}");
    assert_eq!(status.changes_at, changes.map(at), "{now}");
}

#[test]
fn a_weekly_window_is_on_from_its_beginning_until_just_before_its_end() {
    let labs = weekly_in(LA, "xxxxx--", "09:00", "19:00");
    check(&labs, "2026-01-05T16:59:59Z", false, Some("2026-01-05T17:00:00Z"));
    check(&labs, "2026-01-05T17:00:00Z", true, Some("2026-01-06T03:00:00Z"));
    check(&labs, "2026-01-06T02:59:59Z", true, Some("2026-01-06T03:00:00Z"));
    check(&labs, "2026-01-06T03:00:00Z", false, Some("2026-01-06T17:00:00Z"));
    check(&labs, "2026-01-10T12:00:00Z", false, Some("2026-01-12T17:00:00Z"));
}

#[test]
fn the_same_wall_time_in_another_zone_is_another_moment() {
    let tokyo = weekly_in("Asia/Tokyo", "xxxxx--", "09:00", "19:00");
    check(&tokyo, "2026-01-05T17:00:00Z", false, Some("2026-01-06T00:00:00Z"));
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_begins_on() {
    let night = weekly_in("UTC", "----x--", "22:00", "06:00");
    check(&night, "2026-01-09T21:59:00Z", false, Some("2026-01-09T22:00:00Z"));
    check(&night, "2026-01-10T05:59:00Z", true, Some("2026-01-10T06:00:00Z"));
    check(&night, "2026-01-11T05:00:00Z", false, Some("2026-01-16T22:00:00Z"));
}

#[test]
fn windows_that_touch_are_one_and_one_around_the_clock_never_ends() {
    let weekend = weekly_in("UTC", "-----xx", "00:00", "24:00");
    check(&weekend, "2026-01-10T12:00:00Z", true, Some("2026-01-12T00:00:00Z"));
    let always = weekly_in("UTC", "xxxxxxx", "00:00", "24:00");
    check(&always, "2026-01-10T12:00:00Z", true, None);
    let never = weekly_in("UTC", "-------", "00:00", "24:00");
    check(&never, "2026-01-10T12:00:00Z", false, None);
}

/// 2026-11-01: at 02:00 the clock in Los Angeles goes back to 01:00; 01:30 is at 08:30Z and 09:30Z.
#[test]
fn a_time_that_happens_twice_begins_at_the_first_and_ends_at_the_second() {
    let begins = weekly_in(LA, "------x", "01:30", "03:00");
    check(&begins, "2026-11-01T08:29:00Z", false, Some("2026-11-01T08:30:00Z"));
    check(&begins, "2026-11-01T08:30:00Z", true, Some("2026-11-01T11:00:00Z"));
    let ends = weekly_in(LA, "------x", "00:30", "01:30");
    check(&ends, "2026-11-01T08:30:00Z", true, Some("2026-11-01T09:30:00Z"));
    check(&ends, "2026-11-01T09:30:00Z", false, Some("2026-11-08T08:30:00Z"));
    let inside = weekly_in(LA, "------x", "01:10", "01:50");
    check(&inside, "2026-11-01T09:05:00Z", true, Some("2026-11-01T09:50:00Z"));
}

/// 2026-03-08: at 02:00 (10:00Z) the clock in Los Angeles goes to 03:00.
#[test]
fn a_time_that_is_left_out_begins_at_the_jump_and_ends_an_hour_later() {
    let begins = weekly_in(LA, "------x", "02:30", "05:00");
    check(&begins, "2026-03-08T09:59:59Z", false, Some("2026-03-08T10:00:00Z"));
    check(&begins, "2026-03-08T10:00:00Z", true, Some("2026-03-08T12:00:00Z"));
    let ends = weekly_in(LA, "------x", "01:00", "02:30");
    check(&ends, "2026-03-08T10:29:59Z", true, Some("2026-03-08T10:30:00Z"));
    let inside = weekly_in(LA, "------x", "02:10", "02:40");
    check(&inside, "2026-03-08T10:10:00Z", true, Some("2026-03-08T10:40:00Z"));
}

#[test]
fn a_dated_window_is_on_once() {
    let exams = dated_in("UTC", ("2026-12-20", "00:00"), ("2027-01-04", "24:00"));
    check(&exams, "2026-03-02T12:00:00Z", false, Some("2026-12-20T00:00:00Z"));
    check(&exams, "2026-12-25T12:00:00Z", true, Some("2027-01-05T00:00:00Z"));
    check(&exams, "2027-01-05T00:00:00Z", false, None);
}

#[test]
fn windows_that_cannot_be_read_are_errors() {
    let now = at("2026-03-02T12:00:00Z");
    let zone = weekly_in("Mars/Olympus", "xxxxxxx", "00:00", "01:00");
    assert_eq!(status(&zone, now), Err(WindowError::Zone("Mars/Olympus".into())));
    let backwards = dated_in("UTC", ("2026-02-02", "10:00"), ("2026-02-02", "09:00"));
    assert_eq!(status(&backwards, now), Err(WindowError::Backwards));
    let off = weekly_in("UTC", "xxxxxxx", "25:00", "26:00");
    assert!(matches!(status(&off, now), Err(WindowError::Time(_))));
}

#[test]
fn the_first_and_the_last_moment_of_time_are_no_panic() {
    let labs = weekly_in(LA, "xxxxx--", "09:00", "19:00");
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let _ = status(&labs, now);
    }
}

#[test]
fn a_window_around_the_clock_has_no_end_in_sight() {
    let always = weekly_in("UTC", "xxxxxxx", "00:00", "24:00");
    let stands = status(&always, at("2026-01-05T12:00:00Z")).expect("readable");
    assert_eq!((stands.on, stands.changes_at, stands.until), (true, None, None));
    let week = weekly_in("UTC", "xxxxxx-", "00:00", "24:00");
    let stands = status(&week, at("2026-01-05T12:00:00Z")).expect("readable");
    assert_eq!(stands.until, Some(at("2026-01-11T00:00:00Z")));
}

fn event(zone: Option<&str>, start: &str, end: &str) -> CalendarEvent {
    CalendarEvent {
        summary: "labs".into(),
        zone: zone.map(Into::into),
        start: start.parse().expect("a time"),
        end: end.parse().expect("a time"),
        weekly: None,
        except: Vec::new(),
    }
}

fn every_week(days: &str, until: Option<&str>, event: CalendarEvent) -> CalendarEvent {
    let mut mask = [false; 7];
    for (day, c) in mask.iter_mut().zip(days.chars()) {
        *day = c == 'x';
    }
    let weekly = Some(crate::catalog::Weekly { days: Days(mask), until: until.map(at) });
    CalendarEvent { weekly, ..event }
}

/// Whether a calendar of these events is on at `now`, and when that changes.
fn calendar(events: &[CalendarEvent], now: &str, on: bool, changes: Option<&str>) {
    let window = window(LA, WindowTime::Calendar { file: "labs.ics".into() });
    let read = CalendarRead::Read(Calendar { events: events.to_vec() });
    let calendars = [("labs.ics".to_owned(), read)].into();
    let status = super::status(&window, &calendars, at(now)).expect("readable");
    assert_eq!((status.on, status.changes_at), (on, changes.map(at)), "{now}");
}

#[test]
fn events_are_on_in_their_own_zone_and_else_in_that_of_the_window() {
    let here = [event(None, "2018-01-25T09:00", "2018-01-25T19:00")];
    calendar(&here, "2018-01-25T16:59:59Z", false, Some("2018-01-25T17:00:00Z"));
    calendar(&here, "2018-01-25T17:00:00Z", true, Some("2018-01-26T03:00:00Z"));
    calendar(&here, "2018-01-26T03:00:00Z", false, None);
    let there = [event(Some("UTC"), "2018-01-25T09:00", "2018-01-25T19:00")];
    calendar(&there, "2018-01-25T09:00:00Z", true, Some("2018-01-25T19:00:00Z"));
}

#[test]
fn weekly_events_keep_to_their_days_their_exceptions_and_their_end() {
    let labs = event(None, "2018-01-16T09:00", "2018-01-16T19:00"); // a Tuesday
    let mut labs = every_week("-x-x---", Some("2018-05-04T06:59:59Z"), labs);
    labs.except.push("2018-01-25T09:00".parse().expect("a time"));
    let labs = [labs];
    calendar(&labs, "2018-01-10T18:00:00Z", false, Some("2018-01-16T17:00:00Z"));
    calendar(&labs, "2018-01-18T18:00:00Z", true, Some("2018-01-19T03:00:00Z"));
    calendar(&labs, "2018-01-25T18:00:00Z", false, Some("2018-01-30T17:00:00Z"));
    // Summer time began on 11 March: the same hour on the wall is another moment.
    calendar(&labs, "2018-03-13T16:00:00Z", true, Some("2018-03-14T02:00:00Z"));
    calendar(&labs, "2018-05-03T18:00:00Z", true, Some("2018-05-04T02:00:00Z"));
    calendar(&labs, "2018-05-08T18:00:00Z", false, None);
}

#[test]
fn an_event_that_begins_next_term_is_seen_and_one_over_midnight_lasts() {
    let term = event(None, "2018-08-28T22:00", "2018-08-29T04:00");
    let term = [every_week("-x-----", None, term)];
    calendar(&term, "2018-06-01T12:00:00Z", false, Some("2018-08-29T05:00:00Z"));
    calendar(&term, "2018-09-05T10:00:00Z", true, Some("2018-09-05T11:00:00Z"));
}

#[test]
fn a_calendar_that_was_not_read_is_an_error() {
    let window = window(LA, WindowTime::Calendar { file: "labs.ics".into() });
    let now = at("2018-01-25T17:00:00Z");
    let unread = super::status(&window, &BTreeMap::new(), now);
    assert_eq!(unread, Err(WindowError::Calendar("nobody has read labs.ics".into())));
    let words = "labs.ics:3: what is wrong".to_owned();
    let calendars = [("labs.ics".to_owned(), CalendarRead::Unreadable(words.clone()))].into();
    assert_eq!(super::status(&window, &calendars, now), Err(WindowError::Calendar(words)));
}
