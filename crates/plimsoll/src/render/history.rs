//! What happened, newest first.

use plimsoll_core::event::{EventKind, PromotionEnd};
use plimsoll_core::say::{self, EventLine, Reader, Told, count, end_look};

use super::Style;
use super::table::{Row, paragraph, table};

/// What happened, newest first. `older` is the command that shows what is older than these lines,
/// if there is anything.
#[must_use]
pub fn history(told: &[Told], older: Option<&str>, reader: &Reader, style: &Style) -> String {
    let mut text = format!("{}\n", style.text(&head(told, older.is_some())));
    let lines: Vec<&EventLine> = told.iter().map(|told| &told.line).collect();
    if !lines.is_empty() {
        text.push('\n');
    }
    text.push_str(&event_lines(&lines, reader, style));
    if let Some(older) = older {
        let shown = say::count(told.len(), "line");
        text.push_str(&paragraph(&format!("{shown} shown, there are older ones:  {older}"), style));
    }
    let then = match lines.first() {
        Some(newest) => format!("plimsoll show {}", newest.seq),
        None => "plimsoll status".to_owned(),
    };
    text.push_str(&style.next(&then));
    text
}

/// Events as a table.
pub(super) fn event_lines(lines: &[&EventLine], reader: &Reader, style: &Style) -> String {
    let rows: Vec<_> = lines.iter().map(|line| row(line, reader)).collect();
    table(&rows, style)
}

/// `2 moves began: 1 verified good, 1 rolled back.`
fn head(told: &[Told], cut: bool) -> String {
    let mut began = 0;
    let mut ends: Vec<(&str, usize)> = Vec::new();
    let mut add = |word| match ends.iter_mut().find(|(known, _)| *known == word) {
        Some((_, n)) => *n += 1,
        None => ends.push((word, 1)),
    };
    for told in told {
        if let EventKind::PromotionStarted { .. } = told.event.kind {
            began += 1;
        }
        if let EventKind::PromotionFinished { end, .. } = &told.event.kind {
            add(ended(end));
        }
    }
    let events = match (told.len(), cut) {
        (0, _) => return "Nothing happened.".to_owned(),
        (n, true) => format!("The last {}", count(n, "event")),
        (n, false) => count(n, "event"),
    };
    let parts: Vec<_> = ends.iter().map(|(word, n)| format!("{n} {word}")).collect();
    match (began, parts.is_empty()) {
        (0, true) => format!("{events}, no move among them."),
        (0, false) => format!("{events}: {}.", parts.join(", ")),
        (n, true) => format!("{events}: {} began, none has ended.", count(n, "move")),
        (n, false) => format!("{events}: {} began, {}.", count(n, "move"), parts.join(", ")),
    }
}

fn ended(end: &PromotionEnd) -> &'static str {
    end_look(end).word
}

fn row(line: &EventLine, reader: &Reader) -> Row {
    Row {
        mark: line.mark,
        columns: vec![
            format!("{}  {}", reader.short(line.at), line.word),
            line.what.clone(),
            line.who.clone(),
            line.detail.clone(),
        ],
        next: vec![],
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::digest::Digest;
    use plimsoll_core::event::{Actor, Event, Stream};
    use plimsoll_core::ids::Seq;
    use plimsoll_core::record::Hold;
    use plimsoll_core::say::Story;

    use super::*;

    fn event(seq: u64, minute: u8, stream: &str, actor: Actor, kind: EventKind) -> Event {
        let stream: Stream = stream.parse().expect("a stream");
        let at = format!("2026-11-18T22:{minute:02}:00Z").parse().expect("a moment");
        let (prev, hash) = (Digest::ZERO, Digest::ZERO);
        Event { seq: Seq(seq), stream, version: seq, at, actor, kind, prev, hash }
    }

    fn events() -> Vec<Event> {
        let promotion = "p-1".parse().expect("a number");
        let ada = || Actor::Person("ada".parse().expect("a handle"));
        let lane = "lane/planet4/production";
        vec![
            event(1, 1, lane, Actor::Plimsoll, EventKind::WaveVerified { promotion, wave: 0 }),
            event(
                2,
                2,
                lane,
                Actor::Plimsoll,
                EventKind::RollbackStarted {
                    promotion,
                    targets: vec!["nl-vm".parse().expect("a name")],
                    reason: "home failed\u{1b}[2J".to_owned(),
                },
            ),
            event(
                3,
                3,
                lane,
                Actor::Plimsoll,
                EventKind::PromotionFinished {
                    promotion,
                    epoch: 1,
                    end: PromotionEnd::RolledBack { reason: "home failed".to_owned() },
                },
            ),
            event(
                4,
                4,
                "people/planet4",
                ada(),
                EventKind::HoldPlaced {
                    hold: Hold {
                        environment: None,
                        reason: "disk full".to_owned(),
                        by: "ada".parse().expect("a handle"),
                        at: "2026-11-18T22:04:00Z".parse().expect("a moment"),
                    },
                },
            ),
        ]
    }

    fn told(reader: &Reader, all: bool) -> Vec<Told> {
        let mut story = Story::new(reader, all);
        events().into_iter().rev().for_each(|event| story.push(event));
        story.into_told()
    }

    #[test]
    fn headlines_come_newest_first_with_who_and_why_and_where_older_ones_are() {
        let reader = Reader::utc("2026-11-18T23:00:00Z".parse().expect("a moment"));
        let older = Some("plimsoll history --before 2");
        assert_eq!(
            history(&told(&reader, false), older, &reader, &Style::PLAIN),
            "\
The last 3 events: 1 rolled back.

  ‖ 22:04  held         planet4, everywhere      ada       disk full
  ✗ 22:03  rolled back  planet4/production, p-1  plimsoll  home failed
  ◔ 22:02  going back   planet4/production, p-1  plimsoll  nl-vm: home failed\\u{1b}[2J
  3 lines shown, there are older ones:  plimsoll history --before 2
→ plimsoll show 4
"
        );
        let all = history(&told(&reader, true), None, &reader, &Style::PLAIN);
        assert!(all.contains("wave 1 verified"), "{all}");
        assert!(!all.contains("older"), "{all}");
    }

    #[test]
    fn nothing_happened_is_said() {
        let reader = Reader::utc("2026-11-18T23:00:00Z".parse().expect("a moment"));
        assert_eq!(
            history(&[], None, &reader, &Style::PLAIN),
            "Nothing happened.\n→ plimsoll status\n"
        );
    }

    #[test]
    fn an_event_is_shown_whole_and_safe() {
        let reader = Reader::utc("2026-11-18T23:00:00Z".parse().expect("a moment"));
        let text = super::super::show_event(&events()[1], &reader, &Style::PLAIN);
        assert!(text.starts_with("◔ going back: planet4/production, p-1\n"), "{text}");
        assert!(text.contains("\"rollback-started\""), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}
