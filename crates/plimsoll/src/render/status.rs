//! The board, and one service whole.

use plimsoll_core::catalog::{Environment, Service};
use plimsoll_core::ids::TargetName;
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::State;
use plimsoll_core::say::{self, BoardRow, Reader, Seen, board, list, mark, overview, target_cell};

use super::Style;
use super::table::{Row, paragraph, table};

/// How many rows the board shows; who has more trouble looks at one service at a time.
const MOST_ROWS: usize = 40;

/// How many targets of an environment are listed one by one.
const MOST_TARGETS: usize = 40;

/// How the whole stands in one sentence, and what is not well, one row each.
#[must_use]
pub fn status(services: &[Seen<'_>], reader: &Reader, style: &Style) -> String {
    let mut rows: Vec<BoardRow> = services.iter().flat_map(|seen| board(seen, reader)).collect();
    rows.sort_by_key(|row| row.standing);
    let unknown: Vec<_> = services.iter().filter(|seen| nothing_runs(seen.state)).collect();
    let Some(answer) = overview(&rows) else {
        let words = say::all_well(services.len(), services.len() - unknown.len());
        // What nothing is known of is not well.
        let (state, next) = match unknown.first() {
            Some(first) => (State::NotRun, first_step(first.service)),
            None => (State::Satisfied, "plimsoll history".to_owned()),
        };
        return [style.answer(mark(state), &words), style.next(&next)].concat();
    };
    let mut unwell: Vec<_> = rows.iter().map(|row| row.service.as_str()).collect();
    unwell.sort_unstable();
    unwell.dedup();
    let well = services.len() - unwell.len();
    let extent = say::extent(services.len(), services.iter().map(targets).sum(), well);
    let mut text = style.answer(rows[0].standing.mark(), &answer);
    text.push_str(&paragraph(&format!("{extent}."), style));
    text.push('\n');
    let shown: Vec<_> = rows.iter().take(MOST_ROWS).map(row).collect();
    text.push_str(&table(&shown, style));
    if rows.len() > MOST_ROWS {
        text.push_str(&paragraph(&format!("and {} more", rows.len() - MOST_ROWS), style));
    }
    text.push_str(&style.next(&rows[0].command));
    text
}

fn targets(seen: &Seen<'_>) -> usize {
    seen.service.environments.iter().map(|environment| environment.targets.len()).sum()
}

fn nothing_runs(state: &ServiceState) -> bool {
    !state.lanes.values().flat_map(|lane| lane.targets.values()).any(|t| t.deployment.is_some())
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
            let words = say::service_answer(&service.name, &waiting, true);
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
            say::service_answer(&service.name, &[], true),
            format!("plimsoll history {}", service.name),
        ),
        n if n == all => {
            (State::NotRun, say::service_answer(&service.name, &[], false), first_step(service))
        }
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
✗ 1 release is refused, 1 is held.
  2 services, 4 targets; 1 has nothing waiting.

  ✗ refused  planet4  1.23        to production: 2 failed, 1 uncovered
  ‖ held     planet4  everywhere  by ada: disk full
→ plimsoll gate planet4@1.23 --to production
"
        );
        assert_eq!(
            status(&[seen(&pkgdb, &well)], &reader, &Style::PLAIN),
            "◌ 1 service: nothing was ever deployed or adopted, so nothing is known.\n\
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
