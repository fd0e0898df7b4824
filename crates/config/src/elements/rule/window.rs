//! Days and times of freeze windows.

use jiff::civil::Date;
use plimsoll_core::catalog::{ClockTime, Days, WindowTime};

use crate::reader::Reader;
use crate::text::{Node, clean};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `Mon-Fri 09:00-19:00`: days, and from when until when.
pub(super) fn read_weekly(r: &mut Reader<'_>, node: &Node) -> Option<WindowTime> {
    let text = &r.scalar(node, "days and times")?.text;
    let fail = |r: &mut Reader<'_>, what: String| {
        r.error(node.span, what)
            .hint("like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00");
        None
    };
    let Some((days, times)) = text.trim().rsplit_once(char::is_whitespace) else {
        return fail(r, format!("`{}` is not days and times", clean(text)));
    };
    let Some(days) = parse_days(days) else {
        return fail(r, format!("`{}` are not days of the week", clean(days.trim())));
    };
    let Some((from, to)) = parse_times(times) else {
        return fail(r, format!("`{}` are not two times", clean(times)));
    };
    if from == to || from.0 == 24 * 60 {
        return fail(r, format!("`{}` is no time at all", clean(times)));
    }
    Some(WindowTime::Weekly { days, from, to })
}

/// A day, or a day and a time.
pub(super) fn read_moment(r: &mut Reader<'_>, node: &Node) -> Option<(Date, ClockTime)> {
    let text = r.scalar(node, "a day, or a day and a time")?.text.trim();
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    let moment = day.parse::<Date>().ok().filter(|_| day.len() == 10).zip(parse_time(time.trim()));
    if moment.is_none() {
        r.error(node.span, format!("`{}` is not a day and a time", clean(text)))
            .hint("like  2026-12-20, or  2026-12-20 18:00; without a zone, which is in `zone`");
    }
    moment
}

/// `daily`, or days and ranges of days between commas.
fn parse_days(text: &str) -> Option<Days> {
    let mut days = [false; 7];
    if text.trim().eq_ignore_ascii_case("daily") {
        return Some(Days([true; 7]));
    }
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (parse_day(first)?, parse_day(last)?);
        let mut day = first;
        days[day] = true;
        while day != last {
            day = (day + 1) % 7;
            days[day] = true;
        }
    }
    Some(Days(days))
}

fn parse_day(text: &str) -> Option<usize> {
    let text = text.trim().to_lowercase();
    DAYS.iter().position(|day| *day == text)
}

fn parse_times(text: &str) -> Option<(ClockTime, ClockTime)> {
    let (from, to) = text.split_once('-')?;
    Some((parse_time(from)?, parse_time(to)?))
}

/// Hours and minutes with two digits each; 24:00 is the end of the day.
fn parse_time(text: &str) -> Option<ClockTime> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |part: &str| -> Option<u16> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 24 * 60).then_some(ClockTime(total))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_window};

    use super::*;

    #[test]
    fn days_and_times_that_are_none_are_refused() {
        bad(
            in_window,
            &[
                (
                    "every: Mon-Fri",
                    "11:40 [Mon-Fri] `Mon-Fri` is not days and times → like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00",
                ),
                (
                    "every: Mon-Fry 09:00-19:00",
                    "11:40 [Mon-Fry 09:00-19:00] `Mon-Fry` are not days of the week → like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00",
                ),
                (
                    "every: Mon-Fri 9-19",
                    "11:40 [Mon-Fri 9-19] `9-19` are not two times → like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00",
                ),
                (
                    "every: Mon-Fri 09:00-09:00",
                    "11:40 [Mon-Fri 09:00-09:00] `09:00-09:00` is no time at all → like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00",
                ),
                (
                    "every: Mon-Fri 24:00-08:00",
                    "11:40 [Mon-Fri 24:00-08:00] `24:00-08:00` is no time at all → like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00",
                ),
                (
                    "every: Mon-Fri 09:00-25:00",
                    "11:40 [Mon-Fri 09:00-25:00] `09:00-25:00` are not two times → like  Mon-Fri 09:00-19:00, or  Sat,Sun 00:00-24:00, or  daily 22:00-06:00",
                ),
                ("every: [Mon]", "11:40 [[Mon]] expected days and times, found a list"),
                (
                    "from: 2026-13-01, to: 2026-12-20",
                    "11:39 [2026-13-01] `2026-13-01` is not a day and a time → like  2026-12-20, or  2026-12-20 18:00; without a zone, which is in `zone`",
                ),
                (
                    "from: 2026-12-01 25:00, to: 2026-12-20 18:00",
                    "11:39 [2026-12-01 25:00] `2026-12-01 25:00` is not a day and a time → like  2026-12-20, or  2026-12-20 18:00; without a zone, which is in `zone`",
                ),
                (
                    "from: 2026-12-01, to: 2026-12-20T18:00Z",
                    "11:55 [2026-12-20T18:00Z] `2026-12-20T18:00Z` is not a day and a time → like  2026-12-20, or  2026-12-20 18:00; without a zone, which is in `zone`",
                ),
            ],
        );
    }

    #[test]
    fn days_are_ranges_lists_and_daily_and_ranges_may_pass_sunday() {
        let of = |text: &str| parse_days(text).map(|days| days.0.map(u8::from));
        assert_eq!(of("Mon-Fri"), Some([1, 1, 1, 1, 1, 0, 0]));
        assert_eq!(of("Sat,Sun"), Some([0, 0, 0, 0, 0, 1, 1]));
        assert_eq!(of("fri-mon, wed"), Some([1, 0, 1, 0, 1, 1, 1]));
        assert_eq!(of("daily"), Some([1; 7]));
        for bad in ["", "Mo", "Mon-", "Mon--Fri", "Mon;Tue", "everyday"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_have_two_digits_and_end_at_24() {
        assert_eq!(parse_time("24:00"), Some(ClockTime(1440)));
        assert_eq!(parse_time("09:05"), Some(ClockTime(545)));
        for bad in ["9:00", "24:01", "23:60", "0900", "-1:00", "+1:00", "09:00:00"] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }
}
