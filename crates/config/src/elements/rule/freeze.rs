//! A window in which nothing is promoted.

use std::collections::BTreeSet;

use plimsoll_core::catalog::{FreezeWindow, WindowTime};
use plimsoll_core::ids::RoleName;

use crate::elements::name::{read_known_list, read_name};
use crate::elements::path::read_path;
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, required};
use crate::text::{Node, clean};

use super::window::{read_moment, read_weekly};

/// The rule.
pub(super) static FREEZE: Object = Object {
    name: "freeze rule",
    doc: "A window in which nothing is promoted, in the wall clock of its zone: weekly (`every`), \
          once (`from` and `to`), or while an event of a calendar is on (`calendar`). It never stops \
          a rollback.",
    keys: &[
        required("name", Shape::Name("freeze window"), "Its name."),
        optional(
            "every",
            Shape::Text("days and times"),
            "Days and times of a week: `Mon-Fri 09:00-19:00`, `Sat,Sun 00:00-24:00`, `daily 22:00-06:00`. One that does not end after it begins runs into the next day.",
        ),
        optional(
            "from",
            Shape::Text("a day, or a day and a time"),
            "The beginning of a window that is on once: `2026-12-20` or `2026-12-20 18:00`.",
        ),
        optional(
            "to",
            Shape::Text("a day, or a day and a time"),
            "Its end, exclusive. A day without a time is its beginning.",
        ),
        optional(
            "calendar",
            Shape::Text("a path"),
            "A calendar file (iCalendar, `.ics`), relative to the configuration, read each time the gate is asked. Events are on once, or weekly (RRULE with FREQ=WEEKLY or DAILY, BYDAY, UNTIL; EXDATE; TZID). What is not understood is an error with its line, and the window is on.",
        ),
        required(
            "zone",
            Shape::Text("an IANA time zone"),
            "The time zone: `America/Los_Angeles`, `UTC`. For a calendar: of times that name none.",
        ),
        optional(
            "override-by",
            Shape::OneOrList(&Shape::Name("role")),
            "The roles whose holders may waive it with a reason; nobody without it.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ name: labs, every: Mon-Fri 09:00-19:00, zone: America/Los_Angeles }",
};

/// The rule.
pub(super) fn read_freeze(r: &mut Reader<'_>, node: &Node) -> Option<FreezeWindow> {
    let fields = r.object(node, &FREEZE)?;
    let name = fields.get("name").and_then(|node| read_name(r, node, "freeze window"));
    let time = read_time(r, &fields);
    let zone = fields.get("zone").and_then(|node| read_zone(r, node));
    let roles = r.roles.clone();
    let override_by: BTreeSet<RoleName> = fields
        .get("override-by")
        .map(|node| read_known_list(r, node, &roles, "role", "roles:"))
        .unwrap_or_default();
    Some(FreezeWindow { name: name?, time: time?, zone: zone?, override_by })
}

fn read_time(r: &mut Reader<'_>, fields: &Fields<'_>) -> Option<WindowTime> {
    if let Some(calendar) = fields.entry("calendar") {
        let other = ["every", "from", "to"].into_iter().find_map(|key| fields.entry(key));
        if let Some(other) = other {
            r.error(other.span, format!("`calendar` and `{}` exclude each other", other.name))
                .hint("put it into the calendar, or make it a window of its own");
            return None;
        }
        let file = read_path(r, &calendar.node, "a calendar file")?;
        return Some(WindowTime::Calendar { file });
    }
    match (fields.entry("every"), fields.entry("from"), fields.entry("to")) {
        (Some(every), None, None) => read_weekly(r, &every.node),
        (None, Some(from), Some(to)) => {
            let (start, end) = (read_moment(r, &from.node), read_moment(r, &to.node));
            let (start, end) = (start?, end?);
            if end <= start {
                r.error(to.node.span, "this window ends before it begins")
                    .hint("`to` is exclusive");
                return None;
            }
            Some(WindowTime::Dated { from: start, to: end })
        }
        (Some(_), Some(other), _) | (Some(_), None, Some(other)) => {
            r.error(other.span, format!("`every` and `{}` exclude each other", other.name))
                .hint("every: for each week, from: and to: for once");
            None
        }
        (None, Some(only), None) | (None, None, Some(only)) => {
            r.error(only.span, "a window that is on once needs `from` and `to`")
                .hint("like  from: 2026-12-20, to: 2027-01-04");
            None
        }
        (None, None, None) => {
            r.error(fields.at, "this window has no time").hint("like  every: Mon-Fri 09:00-19:00");
            None
        }
    }
}

/// A zone that exists, by its name in the IANA database.
fn read_zone(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let scalar = r.scalar(node, "an IANA time zone")?;
    let database = jiff::tz::db();
    if let Ok(zone) = database.get(&scalar.text)
        && zone.iana_name().is_some()
    {
        return Some(scalar.text.to_string());
    }
    let near = zone_near(r, &scalar.text);
    r.error(node.span, format!("there is no time zone `{}`", clean(&scalar.text))).hint(
        near.unwrap_or_else(|| "use a name of the IANA database: Europe/Amsterdam, UTC".to_owned()),
    );
    None
}

fn zone_near(r: &Reader<'_>, text: &str) -> Option<String> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let city = |name: &&String| {
        name.rsplit('/')
            .next()
            .is_some_and(|city| city.eq_ignore_ascii_case(&text.replace(' ', "_")))
    };
    let by_city = names.iter().find(city).map(|name| format!("did you mean `{name}`?"));
    by_city.or_else(|| r.report.did_you_mean(text, names.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn windows_without_zone_or_time_are_refused() {
        bad(
            in_gate,
            &[
                (
                    "{ freeze: { name: labs, every: Mon-Fri 09:00-19:00 } }",
                    "11:3 [freeze] `zone` is missing in this freeze rule → `zone`: The time zone: `America/Los_Angeles`, `UTC`",
                ),
                (
                    "{ freeze: { name: labs, every: Mon-Fri 09:00-19:00, zone: America/Los_Angelos } }",
                    "11:59 [America/Los_Angelos] there is no time zone `America/Los_Angelos` → did you mean `America/Los_Angeles`?",
                ),
                (
                    "{ freeze: { name: labs, every: Mon-Fri 09:00-19:00, zone: amsterdam } }",
                    "11:59 [amsterdam] there is no time zone `amsterdam` → did you mean `Europe/Amsterdam`?",
                ),
                (
                    "{ freeze: { name: labs, every: Mon-Fri 09:00-19:00, zone: PST8 } }",
                    "11:59 [PST8] there is no time zone `PST8` → use a name of the IANA database: Europe/Amsterdam, UTC",
                ),
                (
                    "{ freeze: { name: 'a b', zone: UTC } }",
                    "11:3 [freeze] this window has no time → like  every: Mon-Fri 09:00-19:00\n11:19 ['a b'] `a b` cannot be the name of a freeze window → use letters, digits, `.`, `_` and `-`",
                ),
                (
                    "{ freeze: { name: x, every: daily 01:00-02:00, to: 2026-12-20, zone: UTC } }",
                    "11:48 [to] `every` and `to` exclude each other → every: for each week, from: and to: for once",
                ),
                (
                    "{ freeze: { name: x, from: 2026-12-20, zone: UTC } }",
                    "11:22 [from] a window that is on once needs `from` and `to` → like  from: 2026-12-20, to: 2027-01-04",
                ),
                (
                    "{ freeze: { name: x, from: 2026-12-20, to: 2026-12-20, zone: UTC } }",
                    "11:44 [2026-12-20] this window ends before it begins → `to` is exclusive",
                ),
                (
                    "{ freeze: { name: x, every: daily 01:00-02:00, zone: UTC, override-by: boss } }",
                    "11:72 [boss] there is no role `boss` → there is only editors",
                ),
                (
                    "{ freeze: { name: x, every: daily 01:00-02:00, calendar: x.ics, zone: UTC } }",
                    "11:22 [every] `calendar` and `every` exclude each other → put it into the calendar, or make it a window of its own",
                ),
                (
                    "{ freeze: labs }",
                    "11:11 [labs] expected a map (name, every, from, to and 3 more), found a text → like  { name: labs, every: Mon-Fri 09:00-19:00, zone: America/Los_Angeles }",
                ),
            ],
        );
    }
}
