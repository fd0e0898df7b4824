//! The board, and one service whole.

use plimsoll_core::catalog::{Environment, Service};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::State;
use plimsoll_core::say::{
    self, BoardRow, Reader, Standing, board, list, mark, plural, target_cell,
};

use super::Style;
use super::table::{Row, paragraph, table};

/// How many rows the board shows; who has more trouble looks at one service at a time.
const MOST_ROWS: usize = 40;

/// How many targets of an environment are listed one by one.
const MOST_TARGETS: usize = 40;

/// What is not well, one row each; the well ones are one sentence.
#[must_use]
pub fn status(services: &[(&Service, &ServiceState)], reader: &Reader, style: &Style) -> String {
    let mut rows: Vec<BoardRow> =
        services.iter().flat_map(|(service, state)| board(service, state, reader)).collect();
    rows.sort_by_key(|row| row.standing);
    let all = services.len();
    let mut unwell: Vec<_> = rows.iter().map(|row| row.service.as_str()).collect();
    unwell.sort_unstable();
    unwell.dedup();
    if rows.is_empty() {
        let words = match all {
            0 => "No service is configured.".to_owned(),
            1 => "1 service, and nothing waits.".to_owned(),
            _ => format!("{all} services, and nothing waits."),
        };
        let mut text = style.answer(mark(State::Satisfied), &words);
        text.push_str(&style.next("plimsoll history"));
        return text;
    }
    let well = all - unwell.len();
    let services = plural(all, "service");
    let nothing = if well == 1 { "has" } else { "have" };
    let head = format!("{}. {well} of {all} {services} {nothing} nothing waiting.", counted(&rows));
    let mut text = format!("{}\n\n", style.text(&head));
    let shown: Vec<_> = rows.iter().take(MOST_ROWS).map(row).collect();
    text.push_str(&table(&shown, style));
    if rows.len() > MOST_ROWS {
        text.push_str(&paragraph(&format!("and {} more", rows.len() - MOST_ROWS), style));
    }
    text.push_str(&style.next(&rows[0].command));
    text
}

fn row(row: &BoardRow) -> Row {
    Row {
        mark: row.standing.mark(),
        columns: vec![
            row.standing.word().to_owned(),
            row.service.clone(),
            row.version.clone(),
            row.sentence.clone(),
        ],
        next: vec![],
    }
}

/// `1 refused, 1 going back, 3 waits`.
fn counted(rows: &[BoardRow]) -> String {
    let mut counts: std::collections::BTreeMap<Standing, usize> = std::collections::BTreeMap::new();
    for row in rows {
        *counts.entry(row.standing).or_default() += 1;
    }
    let parts: Vec<_> =
        counts.iter().map(|(standing, count)| format!("{count} {}", standing.word())).collect();
    parts.join(", ")
}

/// One service: what runs on each target of each environment, and what is not well.
#[must_use]
pub fn status_service(
    service: &Service,
    state: &ServiceState,
    reader: &Reader,
    style: &Style,
) -> String {
    let waiting = board(service, state, reader);
    let mut text = match waiting.first() {
        None => style.answer(mark(State::Satisfied), &format!("{}: nothing waits.", service.name)),
        Some(_) => {
            let words = format!("{}: {}.", service.name, counted(&waiting));
            style.answer(waiting[0].standing.mark(), &words)
        }
    };
    text.push('\n');
    let rows: Vec<_> = waiting.iter().take(MOST_ROWS).map(row).collect();
    text.push_str(&table(&rows, style));
    for environment in &service.environments {
        if !rows.is_empty() || environment.name != service.environments[0].name {
            text.push('\n');
        }
        text.push_str(&lane(environment, state, style));
    }
    let then = match waiting.first() {
        Some(first) => first.command.clone(),
        None => format!("plimsoll history {}", service.name),
    };
    text.push_str(&style.next(&then));
    text
}

fn lane(environment: &Environment, state: &ServiceState, style: &Style) -> String {
    let known = state.lanes.get(&environment.name);
    let mut targets: Vec<_> = environment
        .targets
        .keys()
        .map(|name| (target_cell(known.and_then(|lane| lane.targets.get(name))), name))
        .collect();
    targets.sort();
    let rows: Vec<_> = targets
        .iter()
        .take(MOST_TARGETS)
        .map(|((state, words, detail), name)| Row {
            mark: mark(*state),
            columns: vec![
                environment.name.to_string(),
                name.to_string(),
                words.clone(),
                detail.clone(),
            ],
            next: vec![],
        })
        .collect();
    let mut text = table(&rows, style);
    let hidden = targets.get(MOST_TARGETS..).unwrap_or_default();
    if !hidden.is_empty() {
        let mut versions: Vec<_> = hidden.iter().map(|((_, words, _), _)| words).collect();
        versions.dedup();
        let words =
            format!("and {} more: {}", say::count(hidden.len(), "target"), list(&versions, 4));
        text.push_str(&paragraph(&words, style));
    }
    text
}
