//! A decision, as a person reads it.

use plimsoll_core::ids::DecisionId;
use plimsoll_core::record::{Decision, State, Verdict};
use plimsoll_core::say::{self, Group, Reader, mark, plural};

use super::Style;
use super::table::{Row, paragraph, table};

/// How many causes are listed; nobody reads more, and `show --format json` has them all.
const MOST_ROWS: usize = 40;

/// The decision: the answer, what is unmet with who can do what, and where to look further.
#[must_use]
pub fn gate(decision: &Decision, id: Option<DecisionId>, reader: &Reader, style: &Style) -> String {
    match decision.verdict {
        Verdict::Refused => refused(decision, id, reader, style),
        Verdict::Allowed => allowed(decision, id, reader, style),
    }
}

fn refused(decision: &Decision, id: Option<DecisionId>, reader: &Reader, style: &Style) -> String {
    let groups = say::groups(decision, reader);
    let mut text = style.answer(mark(State::Failed), &say::summary(decision, reader));
    text.push('\n');
    let mut rows: Vec<_> = groups.iter().take(MOST_ROWS).map(row).collect();
    rows.extend(say::accepted(decision, reader).iter().take(MOST_ROWS).map(row));
    text.push_str(&table(&rows, style));
    text.push_str(&rest(&groups, style));
    text.push('\n');
    text.push_str(&paragraph(
        &format!("{}.{}", say::counts(decision).words(), numbered(id)),
        style,
    ));
    let then = match id {
        Some(id) => format!("plimsoll show {id}"),
        None => format!("plimsoll gate {} --to {} --format json", decision.release, decision.to),
    };
    text.push_str(&style.next(&then));
    text
}

fn row(group: &Group<'_>) -> Row {
    Row {
        mark: group.look.mark,
        columns: vec![
            group.look.word.to_owned(),
            group.label.clone(),
            group.place.clone(),
            group.sentence.clone(),
        ],
        next: group.next.clone(),
    }
}

/// What is not listed, counted by state.
fn rest(groups: &[Group<'_>], style: &Style) -> String {
    let hidden = groups.get(MOST_ROWS..).unwrap_or_default();
    if hidden.is_empty() {
        return String::new();
    }
    let mut counts: std::collections::BTreeMap<State, usize> = std::collections::BTreeMap::new();
    for group in hidden {
        *counts.entry(group.state).or_default() += group.requirements.len();
    }
    let parts: Vec<_> =
        counts.iter().map(|(state, count)| format!("{count} {}", state.word())).collect();
    let causes = hidden.len();
    let words = format!("and {causes} more {}: {}", plural(causes, "cause"), parts.join(", "));
    paragraph(&words, style)
}

fn allowed(decision: &Decision, id: Option<DecisionId>, reader: &Reader, style: &Style) -> String {
    let mut text = style.answer(mark(State::Satisfied), &say::summary(decision, reader));
    text.push('\n');
    for line in say::met_lines(decision, reader) {
        text.push_str(&paragraph(&line, style));
    }
    let good = match decision.good_until {
        Some(until) => {
            format!("Good until {}, or the next deployment before it.", reader.clock(until))
        }
        None => "Good until something changes.".to_owned(),
    };
    text.push_str(&paragraph(&format!("{good}{}", numbered(id)), style));
    let (release, to) = (&decision.release, &decision.to);
    text.push_str(&style.next(&format!("plimsoll promote {release} --to {to}")));
    text
}

fn numbered(id: Option<DecisionId>) -> String {
    id.map(|id| format!(" Decision {id}.")).unwrap_or_default()
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
