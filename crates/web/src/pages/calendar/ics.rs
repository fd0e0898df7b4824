//! iCalendar.
//!
//! # Source
//! RFC 5545: lines end with CR LF and are folded at 75 octets (3.1), text is escaped (3.3.11).

use plimsoll_core::Timestamp;

use super::entries::{Entry, Kind};

/// The calendar as a text.
pub(super) fn written(all: &[Entry], base: Option<&str>, now: Timestamp) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| fold(&mut out, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//plimsoll//calendar//EN");
    line("X-WR-CALNAME", "plimsoll");
    line("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    for entry in all {
        line("BEGIN", "VEVENT");
        line("UID", &format!("{}@plimsoll", text(&entry.uid)));
        line("DTSTAMP", &moment(now));
        line("DTSTART", &moment(entry.from));
        if let Some(until) = entry.until {
            line("DTEND", &moment(until.max(entry.from)));
        }
        line("SUMMARY", &text(&entry.title));
        line("DESCRIPTION", &text(&entry.words));
        line("CATEGORIES", category(entry.kind));
        // What freezes is for information: it keeps nobody from a meeting.
        line("TRANSP", "TRANSPARENT");
        if let (Some(base), Some(href)) = (base, &entry.href) {
            line("URL", &format!("{}{href}", base.trim_end_matches('/')));
        }
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    out
}

const fn category(kind: Kind) -> &'static str {
    match kind {
        Kind::Window | Kind::Freeze => "FREEZE",
        Kind::Hold => "HOLD",
        Kind::Promotion => "PROMOTION",
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn text(text: &str) -> String {
    let safe = plimsoll_core::say::safe(text);
    safe.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

fn fold(out: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        // A line that goes on begins with a blank, which counts.
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_text_is_escaped() {
        let mut out = String::new();
        fold(&mut out, &format!("SUMMARY:{}", "é".repeat(60)));
        assert!(out.lines().all(|line| line.len() <= 75), "{out}");
        assert!(out.ends_with("\r\n") && out.contains("\r\n é"));
        assert_eq!(text("a;b,c\\d\nEND:VEVENT"), "a\\;b\\,c\\\\d END:VEVENT");
    }
}
