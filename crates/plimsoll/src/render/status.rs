//! The board, and one service whole.

use plimsoll_core::catalog::{Environment, Service};
use plimsoll_core::ids::TargetName;
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::State;
use plimsoll_core::say::{
    self, BoardRow, Reader, Seen, Standing, board, list, mark, plural, target_cell,
};

use super::Style;
use super::table::{Row, paragraph, table};

/// How many rows the board shows; who has more trouble looks at one service at a time.
const MOST_ROWS: usize = 40;

/// How many targets of an environment are listed one by one.
const MOST_TARGETS: usize = 40;

/// What is not well, one row each; the well ones are one sentence.
#[must_use]
pub fn status(services: &[Seen<'_>], reader: &Reader, style: &Style) -> String {
    let mut rows: Vec<BoardRow> = services.iter().flat_map(|seen| board(seen, reader)).collect();
    rows.sort_by_key(|row| row.standing);
    let all = services.len();
    let mut unwell: Vec<_> = rows.iter().map(|row| row.service.as_str()).collect();
    unwell.sort_unstable();
    unwell.dedup();
    let unknown: Vec<_> = services.iter().filter(|seen| nothing_runs(seen.state)).collect();
    if let (true, Some(first)) = (rows.is_empty(), unknown.first()) {
        return never_deployed(first.service, unknown.len(), all, style);
    }
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
    let rest = match (well, all) {
        (_, 1) => String::new(),
        (0, _) => format!(" None of {all} services is without something that waits."),
        (1, _) => format!(" 1 of {all} services has nothing waiting."),
        (_, _) => format!(" {well} of {all} services have nothing waiting."),
    };
    let head = format!("{}.{rest}", counted(&rows));
    let mut text = format!("{}\n\n", style.text(&head));
    let shown: Vec<_> = rows.iter().take(MOST_ROWS).map(row).collect();
    text.push_str(&table(&shown, style));
    if rows.len() > MOST_ROWS {
        text.push_str(&paragraph(&format!("and {} more", rows.len() - MOST_ROWS), style));
    }
    text.push_str(&style.next(&rows[0].command));
    text
}

fn nothing_runs(state: &ServiceState) -> bool {
    !state.lanes.values().flat_map(|lane| lane.targets.values()).any(|t| t.deployment.is_some())
}

/// Of such services nothing is known, which is not the same as well.
fn never_deployed(first: &Service, unknown: usize, all: usize, style: &Style) -> String {
    let words = format!(
        "{unknown} of {all} {}: nothing was ever deployed or adopted, so nothing is known.",
        plural(all, "service")
    );
    let mut text = style.answer(mark(State::NotRun), &words);
    text.push_str(&style.next(&first_step(first)));
    text
}

/// What comes first with a service of which nothing is known.
fn first_step(service: &Service) -> String {
    match service.environments.iter().find(|environment| environment.after.is_some()) {
        Some(production) => {
            format!("plimsoll adopt {}@VERSION --on {}", service.name, production.name)
        }
        None => format!("plimsoll release add {}@VERSION PATH", service.name),
    }
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

/// One service: what is not well, what runs on each target of each environment, and what to do
/// next.
#[must_use]
pub fn status_service(seen: &Seen<'_>, reader: &Reader, style: &Style) -> String {
    let (text, next) = service_lines(seen, reader, style);
    format!("{text}{}", style.next(&next))
}

/// The same without the next step, which comes apart.
pub(super) fn service_lines(seen: &Seen<'_>, reader: &Reader, style: &Style) -> (String, String) {
    let (service, state) = (seen.service, seen.state);
    let waiting = board(seen, reader);
    let (answer, next) = match waiting.first() {
        Some(worst) => {
            let words = format!("{}: {}.", service.name, counted(&waiting));
            (style.answer(worst.standing.mark(), &words), worst.command.clone())
        }
        None => nothing_waits(service, state, style),
    };
    let mut text = answer;
    text.push('\n');
    let rows: Vec<_> = waiting.iter().take(MOST_ROWS).map(row).collect();
    text.push_str(&table(&rows, style));
    let widths = (
        service.environments.iter().map(|e| e.name.as_str().len()).max().unwrap_or(0),
        service.environments.iter().flat_map(|e| e.targets.keys()).map(|t| t.as_str().len()).max(),
    );
    for environment in &service.environments {
        if !rows.is_empty() || environment.name != service.environments[0].name {
            text.push('\n');
        }
        text.push_str(&lane(environment, state, (widths.0, widths.1.unwrap_or(0)), style));
    }
    (text, next)
}

/// Nothing waits; of targets where nothing ever was deployed nothing is known, and that is said.
fn nothing_waits(service: &Service, state: &ServiceState, style: &Style) -> (String, String) {
    let of = |environment: &Environment| {
        let lane = state.lanes.get(&environment.name);
        let known = |name: &TargetName| {
            lane.and_then(|lane| lane.targets.get(name)).is_some_and(|t| t.deployment.is_some())
        };
        environment.targets.keys().filter(|name| !known(name)).count()
    };
    let never: usize = service.environments.iter().map(of).sum();
    let all: usize = service.environments.iter().map(|e| e.targets.len()).sum();
    let (mark, words, next) = match never {
        0 => (
            State::Satisfied,
            format!("{}: nothing waits.", service.name),
            format!("plimsoll history {}", service.name),
        ),
        n if n == all => (
            State::NotRun,
            format!("{}: nothing was ever deployed or adopted, so nothing is known.", service.name),
            first_step(service),
        ),
        n => (
            State::NotRun,
            format!("{}: nothing waits; {n} of {all} targets never deployed.", service.name),
            first_step(service),
        ),
    };
    (style.answer(say::mark(mark), &words), next)
}

/// The targets of an environment; columns are as wide as in the other environments.
fn lane(
    environment: &Environment,
    state: &ServiceState,
    (first, second): (usize, usize),
    style: &Style,
) -> String {
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
                format!("{:first$}", environment.name.as_str()),
                format!("{:second$}", name.as_str()),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_core::catalog::{PromotionPolicy, Target, Tier};
    use plimsoll_core::digest::Digest;
    use plimsoll_core::ids::{Seq, ServiceName};
    use plimsoll_core::ledger::{
        DecisionMark, DeploymentState, PeopleState, Said, TargetState, VerifiedGood,
    };
    use plimsoll_core::record::{Hold, MoveReason, Verdict};

    use super::*;

    fn now() -> plimsoll_core::Timestamp {
        "2026-11-18T22:32:00Z".parse().expect("a moment")
    }

    fn service(name: &str) -> Service {
        let target = Target {
            site: "nl".parse().expect("a name"),
            platform: "vm".parse().expect("a name"),
            url: None,
            vars: BTreeMap::new(),
        };
        let targets = BTreeMap::from([
            ("nl-vm".parse().expect("a name"), target.clone()),
            ("in-vm".parse().expect("a name"), target),
        ]);
        let name: ServiceName = name.parse().expect("a name");
        Service {
            name,
            tier: Tier::Standard,
            environments: vec![Environment {
                name: "production".parse().expect("a name"),
                after: None,
                targets,
            }],
            platforms: BTreeMap::new(),
            checks: BTreeMap::new(),
            gates: BTreeMap::new(),
            promotion: PromotionPolicy::default(),
            twins: Vec::new(),
            paths: Vec::new(),
        }
    }

    fn seen<'a>(service: &'a Service, state: &'a ServiceState) -> Seen<'a> {
        Seen { service, state, left: std::collections::BTreeSet::new() }
    }

    fn refused_and_held() -> ServiceState {
        let mut state = ServiceState::default();
        let production: plimsoll_core::ids::EnvironmentName = "production".parse().expect("a name");
        let version: plimsoll_core::ids::Version = "1.22".parse().expect("a version");
        let target = TargetState {
            deployment: Some(DeploymentState {
                id: "d-1".parse().expect("a number"),
                version: version.clone(),
                previous: None,
                reason: MoveReason::Forward,
                started_at: now(),
                finished_at: Some(now()),
                report: None,
                adopted: true,
                promotion: None,
            }),
            verified_good: vec![VerifiedGood { version, at: now(), seq: Seq(2), doubted_at: None }],
            ..TargetState::default()
        };
        let lane = state.lanes.entry(production.clone()).or_default();
        lane.targets.insert("nl-vm".parse().expect("a name"), target);
        let mark = DecisionMark {
            id: "g-7".parse().expect("a number"),
            at: now(),
            verdict: Verdict::Refused,
            counts: vec![(State::Failed, 2), (State::Uncovered, 1), (State::Satisfied, 9)],
            sameness: Digest::ZERO,
        };
        let marks = state.decisions.entry(production).or_default();
        marks.insert("1.23".parse().expect("a version"), mark);
        let by = "ada".parse().expect("a handle");
        let hold = Hold { environment: None, reason: "disk full".to_owned(), by, at: now() };
        state.people.holds.push(Said { seq: Seq(5), withdrawn_at: None, what: hold });
        state
    }

    #[test]
    fn the_board_lists_what_is_not_well_and_counts_the_rest() {
        let (planet, pkgdb) = (service("planet4"), service("pkgdb"));
        let (unwell, well) = (refused_and_held(), ServiceState::default());
        let reader = Reader::utc(now());
        assert_eq!(
            status(&[seen(&planet, &unwell), seen(&pkgdb, &well)], &reader, &Style::PLAIN),
            "\
1 refused, 1 held. 1 of 2 services has nothing waiting.

  ✗ refused  planet4  1.23        to production: 2 failed, 1 uncovered
  ‖ held     planet4  everywhere  by ada: disk full
→ plimsoll gate planet4@1.23 --to production
"
        );
        assert_eq!(
            status(&[seen(&pkgdb, &well)], &reader, &Style::PLAIN),
            "◌ 1 of 1 service: nothing was ever deployed or adopted, so nothing is known.\n\
             → plimsoll release add pkgdb@VERSION PATH\n"
        );
    }

    #[test]
    fn a_service_that_was_deployed_and_never_checked_waits_for_its_checks() {
        let text = "services: { planet4: { environments: { production: { targets: \
                    { nl-vm: { platform: vm } } } }, platforms: { vm: { deploy: \
                    { command: [./deploy] }, observe: { file: version } } }, checks: \
                    { home: { command: [./look] } } } }";
        let file = std::path::Path::new("plimsoll.yaml");
        let loaded = plimsoll_config::load_texts(file, [("plimsoll.yaml", text)]).expect("right");
        let planet = loaded.catalog.services.into_values().next().expect("one service");
        let mut state = refused_and_held();
        (state.people, state.decisions) = (PeopleState::default(), BTreeMap::new());
        let lane = state.lanes.values_mut().next().expect("one lane");
        lane.targets.values_mut().for_each(|target| target.verified_good.clear());
        let reader = Reader::utc(now());
        let text = status(&[seen(&planet, &state)], &reader, &Style::PLAIN);
        assert!(
            text.contains("waits  planet4  1.22  production: runs on nl-vm, not verified yet"),
            "{text}"
        );
        assert!(text.ends_with("→ plimsoll verify planet4@1.22 --on production\n"), "{text}");
    }

    #[test]
    fn a_service_shows_every_target_and_never_deployed_is_written_out() {
        let reader = Reader::utc(now());
        let (planet, state) = (service("planet4"), refused_and_held());
        let text = status_service(&seen(&planet, &state), &reader, &Style::PLAIN);
        assert!(text.contains("  ✓ production  nl-vm  1.22"), "{text}");
        assert!(text.contains("  ◌ production  in-vm  never deployed"), "{text}");
    }
}
