//! How an event comes again.

use plimsoll_core::catalog::Days;

use super::CalendarError;
use super::lines::Line;
use super::moment::{self, Moment};

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A rule; which days it means may depend on the beginning of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// The days that it names.
    pub days: Option<Days>,
    /// Each day, where it names none.
    pub daily: bool,
    pub until: Option<Moment>,
}

/// `FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20180504T065959Z`.
pub(super) fn read_rule(line: &Line) -> Result<Rule, CalendarError> {
    let (mut daily, mut days, mut until) = (None, None, None);
    for part in line.value.split(';').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        match (key.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
            ("FREQ", "WEEKLY") => daily = Some(false),
            ("FREQ", "DAILY") => daily = Some(true),
            ("BYDAY", names) => days = Some(read_days(line, names)?),
            ("UNTIL", text) => until = Some(moment::read(line, text, None)?),
            // With every week taken, it does not matter where one begins.
            ("INTERVAL", "1") | ("WKST", _) => {}
            _ => {
                let message = format!(
                    "`{part}` is not understood: FREQ=WEEKLY or DAILY, BYDAY and UNTIL are"
                );
                return Err(line.error(message));
            }
        }
    }
    let daily = daily.ok_or_else(|| line.error("this rule has no FREQ".to_owned()))?;
    Ok(Rule { days, daily, until })
}

fn read_days(line: &Line, names: &str) -> Result<Days, CalendarError> {
    let mut days = [false; 7];
    for name in names.split(',') {
        let day = DAYS.iter().position(|day| *day == name.trim());
        let day = day.ok_or_else(|| line.error(format!("`{name}` is no day of the week")))?;
        days[day] = true;
    }
    Ok(Days(days))
}
