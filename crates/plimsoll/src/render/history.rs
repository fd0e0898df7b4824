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
    format!("{} began: {parts}.", count(began, "move"))
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
