//! What happened, newest first.

use plimsoll_core::event::{Event, EventKind, PromotionEnd};
use plimsoll_core::ids::Seq;
use plimsoll_core::say::{self, EventLine, Reader, Weight, count, end_look};

use super::Style;
use super::table::{Row, paragraph, table};

/// The events, newest first; only headlines unless all of them are wanted. `verified_to` is the
/// event up to which the chain was just verified.
#[must_use]
pub fn history(
    events: &[Event],
    all: bool,
    verified_to: Option<Seq>,
    reader: &Reader,
    style: &Style,
) -> String {
    let mut lines: Vec<EventLine> = events
        .iter()
        .map(|event| say::event(event, reader))
        .filter(|line| all || line.weight == Weight::Headline)
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.seq));
    let mut text = format!("{}\n", style.text(&head(events)));
    if !lines.is_empty() {
        text.push('\n');
    }
    let rows: Vec<_> = lines.iter().map(|line| row(line, reader)).collect();
    text.push_str(&table(&rows, style));
    if let Some(seq) = verified_to {
        text.push_str(&paragraph(&format!("Ledger verified to event {seq}."), style));
    }
    let then = match lines.first() {
        Some(newest) => format!("plimsoll show {}", newest.seq),
        None => "plimsoll status".to_owned(),
    };
    text.push_str(&style.next(&then));
    text
}

/// `2 moves began: 1 verified good, 1 rolled back.`
fn head(events: &[Event]) -> String {
    let mut began = 0;
    let mut ends: Vec<(&str, usize)> = Vec::new();
    let mut add = |word| match ends.iter_mut().find(|(known, _)| *known == word) {
        Some((_, n)) => *n += 1,
        None => ends.push((word, 1)),
    };
    for event in events {
        if let EventKind::PromotionStarted { .. } = event.kind {
            began += 1;
        }
        if let EventKind::PromotionFinished { end, .. } = &event.kind {
            add(ended(end));
        }
    }
    if began == 0 && ends.is_empty() {
        return format!("{}, no promotion among them.", count(events.len(), "event"));
    }
    let parts: Vec<_> = ends.iter().map(|(word, n)| format!("{n} {word}")).collect();
    let parts = if parts.is_empty() { "none has ended".to_owned() } else { parts.join(", ") };
    match began {
        0 => format!("No move began; {parts}."),
        n => format!("{} began: {parts}.", count(n, "move")),
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
    use plimsoll_core::event::{Actor, Stream};
    use plimsoll_core::record::Hold;

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

    #[test]
    fn headlines_come_newest_first_with_who_and_why() {
        let reader = Reader::utc("2026-11-18T23:00:00Z".parse().expect("a moment"));
        assert_eq!(
            history(&events(), false, Some(Seq(4)), &reader, &Style::PLAIN),
            "\
No move began; 1 rolled back.

  ‖ 22:04  held         planet4, everywhere      ada       disk full
  ✗ 22:03  rolled back  planet4/production, p-1  plimsoll  home failed
  ◔ 22:02  going back   planet4/production, p-1  plimsoll  nl-vm: home failed\\u{1b}[2J
  Ledger verified to event 4.
→ plimsoll show 4
"
        );
        let all = history(&events(), true, None, &reader, &Style::PLAIN);
        assert!(all.contains("wave 1 verified"), "{all}");
    }

    #[test]
    fn nothing_happened_is_said() {
        let reader = Reader::utc("2026-11-18T23:00:00Z".parse().expect("a moment"));
        assert_eq!(
            history(&[], false, None, &reader, &Style::PLAIN),
            "0 events, no promotion among them.\n→ plimsoll status\n"
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
