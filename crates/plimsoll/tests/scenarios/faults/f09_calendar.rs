//! F09 with a calendar file: windows change without the configuration.

use jiff::{Timestamp, ToSpan as _};

use super::answer::{allows, refuses_exactly};
use super::shop::{Layout, PAGE, Shop};

const GATE: &str =
    "- evidence: { max-age: 24h }\n- freeze: { name: labs, calendar: labs.ics, zone: UTC }";

/// A calendar with one event, hours from now.
fn labs(from: i64, to: i64) -> String {
    let at = |hours: i64| (Timestamp::now() + hours.hours()).strftime("%Y%m%dT%H%M%SZ").to_string();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:labs\r\nDTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        at(from),
        at(to)
    )
}

#[test]
fn labs_of_a_calendar_freeze_while_they_are_on_and_a_broken_file_freezes_too() {
    let shop = Shop::running(&Layout::default());
    shop.bed.write("labs.ics", labs(-1, 2));
    shop.configure(&Layout { gate: GATE, ..Layout::default() });
    shop.add("2", PAGE);
    shop.staged("2");
    refuses_exactly(
        &shop.gate("2"),
        10,
        &[("freeze - - unmet", &["labs"], "it ends by itself at")],
    );
    shop.bed.write("labs.ics", labs(1, 2));
    allows(&shop.gate("2"));
    shop.bed.write("labs.ics", labs(1, 2).replace("END:VEVENT", "RRULE:FREQ=YEARLY\r\nEND:VEVENT"));
    let words = "labs.ics:7: `FREQ=YEARLY` is not understood";
    refuses_exactly(&shop.gate("2"), 10, &[("freeze - - unmet", &[words], "mend the window labs")]);
    shop.bed
        .run(&["check"])
        .expect(78)
        .says("labs.ics:7:1")
        .says("`FREQ=YEARLY` is not understood");
    std::fs::remove_file(shop.bed.path("labs.ics")).expect("it is there");
    refuses_exactly(&shop.gate("2"), 10, &[("freeze - - unmet", &["it cannot be read"], "mend")]);
}
