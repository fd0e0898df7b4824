use super::*;

/// The calendar around the lines of one event.
fn around(event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        event.replace('\n', "\r\n")
    )
}

fn one(event: &str) -> plimsoll_core::catalog::CalendarEvent {
    let mut calendar = parse(around(event).as_bytes()).unwrap_or_else(|error| panic!("{error:?}"));
    calendar.events.remove(0)
}

#[test]
fn a_timetable_as_programs_write_it_is_understood() {
    let labs = one(
        "UID:1@x\nDTSTAMP:20180101T000000Z\nSUMMARY:Data 8 labs\\, all rooms\nDTSTART;TZID=America/Los_Angeles:20180116T090000\nDTEND;TZID=America/Los_Angeles:20180116T190000\nRRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20180504T065959Z\nEXDATE;TZID=America/Los_Angeles:20180327T090000,2018\n 0329T090000\nX-NOTE:a\nBEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM",
    );
    assert_eq!(labs.summary, "Data 8 labs, all rooms");
    assert_eq!(labs.zone.as_deref(), Some("America/Los_Angeles"));
    assert_eq!(labs.end.to_string(), "2018-01-16T19:00:00");
    let weekly = labs.weekly.expect("it comes again");
    assert_eq!(weekly.days.0, [false, true, false, true, false, false, false]);
    assert_eq!(weekly.until.expect("it ends").to_string(), "2018-05-04T06:59:59Z");
    assert_eq!(labs.except.len(), 2, "the second one is folded");
}

#[test]
fn days_durations_and_other_zones_are_times_too() {
    let day = one("DTSTART;VALUE=DATE:20181220");
    assert_eq!(day.end.to_string(), "2018-12-21T00:00:00");
    assert_eq!(day.zone, None);
    let lasts = one("DTSTART:20180125T090000Z\nDURATION:PT1H30M");
    assert_eq!(
        (lasts.end.to_string(), lasts.zone),
        ("2018-01-25T10:30:00".into(), Some("UTC".into()))
    );
    let abroad = one("DTSTART;TZID=Europe/Amsterdam:20180125T090000\nDTEND:20180125T170000Z");
    assert_eq!(abroad.end.to_string(), "2018-01-25T18:00:00");
    let daily =
        one("DTSTART:20180125T090000Z\nDTEND:20180125T100000Z\nRRULE:FREQ=DAILY;UNTIL=20180130");
    let weekly = daily.weekly.expect("it comes again");
    assert_eq!(weekly.days.0, [true; 7]);
    assert_eq!(weekly.until.expect("it ends").to_string(), "2018-01-30T23:59:59Z");
    let cancelled = around("DTSTART:20180125T090000Z\nDTEND:20180125T100000Z\nSTATUS:CANCELLED");
    assert_eq!(parse(cancelled.as_bytes()), Ok(Calendar::default()));
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let times = "DTSTART:20180125T090000Z\nDTEND:20180125T100000Z";
    for (event, line, words) in [
        (
            format!("{times}\nRRULE:FREQ=MONTHLY"),
            7,
            "`FREQ=MONTHLY` is not understood: FREQ=WEEKLY or DAILY, BYDAY and UNTIL are",
        ),
        (
            format!("{times}\nRRULE:FREQ=WEEKLY;INTERVAL=2"),
            7,
            "`INTERVAL=2` is not understood: FREQ=WEEKLY or DAILY, BYDAY and UNTIL are",
        ),
        (
            format!("{times}\nRRULE:FREQ=WEEKLY;COUNT=3"),
            7,
            "`COUNT=3` is not understood: FREQ=WEEKLY or DAILY, BYDAY and UNTIL are",
        ),
        (format!("{times}\nRRULE:FREQ=WEEKLY;BYDAY=2TU"), 7, "`2TU` is no day of the week"),
        (format!("{times}\nRDATE:20180126T090000Z"), 7, "`RDATE` is not understood"),
        (
            format!("{times}\nRECURRENCE-ID:20180126T090000Z"),
            7,
            "one time of a series that was moved is not understood: leave it out with EXDATE, and make it an event of its own",
        ),
        (format!("{times}\nDTSTART:20180126T090000Z"), 7, "DTSTART stands twice in this event"),
        (
            "DTSTART;TZID=Pacific Standard Time:20180125T090000".into(),
            5,
            "there is no time zone `Pacific Standard Time`: use a name of the IANA database",
        ),
        ("DTSTART:20180125T0900".into(), 5, "`20180125T0900` is no day and no time"),
        ("DTSTART:20180230T090000Z".into(), 5, "`20180230T090000Z` is no day and no time"),
        ("SUMMARY:labs".into(), 4, "this event has no DTSTART"),
        ("DTSTART:20180125T090000Z".into(), 4, "this event has no end"),
        (
            "DTSTART:20180125T090000Z\nDTEND:20180125T080000Z".into(),
            4,
            "this event ends before it begins",
        ),
        (
            "DTSTART:20180125T090000Z\nDTEND:20180125T100000".into(),
            6,
            "one of the times of this event has a zone, and another has none",
        ),
        ("DTSTART:20180125T090000Z\nDURATION:a while".into(), 6, "`a while` is no duration"),
        (
            "DTSTART:20180125T090000\nDTEND:20180125T100000\nRRULE:FREQ=WEEKLY;UNTIL=20180130"
                .into(),
            7,
            "UNTIL has no zone, and neither has DTSTART: end UNTIL in Z",
        ),
        ("labs".into(), 5, "this is no line of a calendar"),
    ] {
        let error = parse(around(&event).as_bytes()).expect_err(&event);
        assert_eq!((error.line, error.message.as_str()), (line, words), "{event}");
    }
}

#[test]
fn a_file_that_is_no_calendar_or_half_of_one_is_refused() {
    let half = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20180125T090000Z\n";
    for (text, line, words) in [
        ("", 1, "a calendar begins with BEGIN:VCALENDAR"),
        ("<html>", 1, "this is no line of a calendar"),
        (half, 2, "this event has no END:VEVENT"),
        ("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:x\n", 2, "this VTIMEZONE has no end"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR",
            2,
            "VTODO is no event, and nothing else is understood",
        ),
        ("BEGIN:VCALENDAR\nVERSION:2.0\n", 2, "the file ends before END:VCALENDAR"),
    ] {
        let error = parse(text.as_bytes()).expect_err(text);
        assert_eq!((error.line, error.message.as_str()), (line, words), "{text}");
    }
    assert_eq!(parse(b"BEGIN:VCALENDAR\n\xff").expect_err("no text").line, 2);
    assert_eq!(parse(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"), Ok(Calendar::default()));
}

proptest::proptest! {
    #[test]
    fn whatever_stands_in_an_event_is_an_answer_or_an_error_with_a_line(event in "[A-Z]{2,8}[;:=][0-9TZ:;=,A-Z-]{0,40}(\r\n [a-z0-9]{0,9})?") {
        if let Err(error) = parse(around(&event).as_bytes()) {
            assert!(error.line > 0, "{error:?}");
        }
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
        let _ = crate::process::parse_told(&bytes);
    }
}
