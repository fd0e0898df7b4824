//! Target by check: every expected result, as it stands at the gate.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{CheckKind, Environment, RuleName, Service};
use plimsoll_core::gate::{self, Facts, Question};
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, TargetId, TargetName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{Decision, Observation, Observed, Requirement, State};
use plimsoll_core::say::{self, Cell, Matrix, Reader};
use plimsoll_engine::desk::Desk;

use crate::pages::link;
use crate::pages::parts::{Badge, Link, Look, state_word};
use crate::problem::Problem;

/// What a cell says beside its word is cut to so many characters; all of it is in the evidence.
const SHORT: usize = 60;

/// A check.
pub(super) struct Column {
    pub name: CheckName,
    pub kind: &'static str,
}

/// One target.
pub(super) struct Row {
    pub target: String,
    pub place: String,
    pub href: String,
    pub cells: Vec<Place>,
    /// Why there is nothing to be seen, and what mends it.
    pub uncovered: Option<(String, String)>,
    worst: State,
    states: BTreeSet<State>,
}

/// One result, or its absence.
pub(super) enum Place {
    /// Not one of this target's checks.
    NotAsked,
    /// A result that was expected.
    Result {
        look: Look,
        is_loud: bool,
        badge: Badge,
        href: String,
        detail: String,
        check: CheckName,
    },
}

/// A link that shows the targets with such a result.
pub(super) struct Pill {
    pub href: String,
    pub badge: Badge,
    pub count: usize,
    pub is_current: bool,
}

/// Several results of one cause.
pub(in crate::pages) struct Note {
    pub look: Look,
    pub title: String,
    pub place: String,
    pub sentence: String,
    pub evidence: Vec<Link>,
    pub next: Vec<(String, String, Option<String>)>,
}

/// Everything that was found.
pub(super) struct Found {
    pub matrix: Matrix,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub causes: Vec<Note>,
}

/// What was found of a release in an environment: as the next gate would see it, where there is
/// one, as far as it is written down.
pub(super) async fn found(
    desk: &Desk,
    service: &Service,
    environment: &Environment,
    (id, state): (&ReleaseId, &ServiceState),
    reader: &Reader,
) -> Result<Found, Problem> {
    let next = service.environments.iter().find(|e| e.after.as_ref() == Some(&environment.name));
    let decision = match next {
        Some(next) => {
            let facts = as_written(desk, service, state, reader).await?;
            let question = Question {
                catalog: desk.catalog(),
                service,
                release: id,
                to: &next.name,
                state,
                facts: &facts,
                now: reader.now,
            };
            gate::decide(&question).ok().map(gate::Ruling::into_decision)
        }
        None => None,
    };
    let of_rule = |rule: RuleName| {
        decision.iter().flat_map(|d| &d.requirements).filter(move |r| r.rule == rule)
    };
    let cells: Vec<Cell> = match &decision {
        Some(_) => of_rule(RuleName::Evidence).filter_map(|r| Cell::of(r, reader)).collect(),
        None => last_cells(service, environment, (id, state), reader),
    };
    let ahead: Vec<(String, String, String)> = of_rule(RuleName::Coverage)
        .filter(|r| r.state == State::Uncovered)
        .filter_map(|r| Some(ahead(r, decision.as_ref()?, reader)))
        .collect();
    let matrix = Matrix {
        release: id.clone(),
        environment: environment.name.clone(),
        cells,
        uncovered: vec![],
        ahead: ahead.iter().map(|(name, why, _)| (name.clone(), why.clone())).collect(),
    };
    let columns = columns(service, environment);
    let mut rows = rows(service, environment, state, &matrix, &columns);
    rows.extend(ahead.into_iter().map(|(target, why, mend)| Row {
        target,
        place: String::new(),
        href: String::new(),
        cells: vec![],
        uncovered: Some((why, mend)),
        worst: State::Uncovered,
        states: [State::Uncovered].into(),
    }));
    rows.sort_by(|one, other| (one.worst, &one.target).cmp(&(other.worst, &other.target)));
    let causes = match &decision {
        Some(decision) => causes(decision, reader),
        None => vec![],
    };
    Ok(Found { matrix, columns, rows, causes })
}

/// What the ledger says of the outside. The gate looks for itself when it is asked; a page that is
/// only looked at disturbs no target.
pub(in crate::pages) async fn as_written(
    desk: &Desk,
    service: &Service,
    state: &ServiceState,
    reader: &Reader,
) -> Result<Facts, Problem> {
    let mut facts = Facts { left: desk.left_lanes(service, state).await?, ..Facts::default() };
    for environment in &service.environments {
        let lane = service.lane(&environment.name);
        for name in environment.targets.keys() {
            let target = lane.target(name);
            let known = state.target(&target);
            let observed =
                match (known.and_then(|k| k.drift.as_ref()), known.and_then(|k| k.version())) {
                    (Some(drift), _) => drift.observed.clone(),
                    (None, Some(version)) => Observed::Version(version.clone()),
                    (None, None) => Observed::Unknown("nobody has looked yet".to_owned()),
                };
            let seen = Observation { target: target.clone(), at: reader.now, observed };
            facts.observations.insert(target, seen);
        }
        let lane = state.lanes.get(&environment.name);
        for verifying in lane.into_iter().flat_map(|lane| &lane.verifying) {
            if verifying.deadline > reader.now {
                facts.alive.insert(verifying.driver.clone());
            }
        }
    }
    Ok(facts)
}

/// The last results where no gate follows.
fn last_cells(
    service: &Service,
    environment: &Environment,
    (id, state): (&ReleaseId, &ServiceState),
    reader: &Reader,
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (name, target) in &environment.targets {
        let known = state.target(&service.lane(&environment.name).target(name));
        for (check, _) in service.expected_checks(&environment.name, name, target) {
            let run = known.and_then(|known| known.results.get(check));
            let run = run.filter(|run| run.result.version == id.version);
            let cell = say::cell(name, check, run.map(|run| (run.id, &run.result)));
            cells.push(match run.and_then(|run| run.control.as_ref()) {
                Some(control) => cell.because(&control.cause, reader),
                None => cell,
            });
        }
    }
    cells
}

fn ahead(
    requirement: &Requirement,
    decision: &Decision,
    reader: &Reader,
) -> (String, String, String) {
    let target = requirement
        .target
        .as_ref()
        .map_or_else(String::new, |target| format!("{}/{}", target.environment, target.target));
    let mend = say::next(requirement, decision, reader);
    let mend = mend.first().map(|step| step.what.clone()).unwrap_or_default();
    (target, say::why(requirement, reader), mend)
}

fn columns(service: &Service, environment: &Environment) -> Vec<Column> {
    let expected: BTreeSet<&CheckName> = environment
        .targets
        .iter()
        .flat_map(|(name, target)| service.expected_checks(&environment.name, name, target))
        .map(|(check, _)| check)
        .collect();
    let kind = |check: &CheckName| match service.checks.get(check).map(|check| &check.kind) {
        Some(CheckKind::Http(_)) => "http",
        Some(CheckKind::Page(_)) => "page",
        Some(CheckKind::Command(_)) => "command",
        Some(CheckKind::Twins(_)) => "twins",
        Some(CheckKind::Process(_)) => "process",
        Some(CheckKind::Reported(_)) => "reported",
        None => "",
    };
    expected.iter().map(|check| Column { name: (*check).clone(), kind: kind(check) }).collect()
}

fn rows(
    service: &Service,
    environment: &Environment,
    state: &ServiceState,
    matrix: &Matrix,
    columns: &[Column],
) -> Vec<Row> {
    let mut by_target: BTreeMap<&TargetName, BTreeMap<&CheckName, &Cell>> = BTreeMap::new();
    for cell in &matrix.cells {
        by_target.entry(&cell.target).or_default().insert(&cell.check, cell);
    }
    let row = |(name, target): (&TargetName, &plimsoll_core::catalog::Target)| {
        let id = service.lane(&environment.name).target(name);
        let cells = by_target.get(name);
        let expected: BTreeSet<_> = service
            .expected_checks(&environment.name, name, target)
            .map(|(check, _)| check)
            .collect();
        let states: BTreeSet<State> =
            cells.into_iter().flat_map(BTreeMap::values).map(|cell| cell.state).collect();
        let place = |column: &Column| {
            let cell = cells.and_then(|cells| cells.get(&column.name));
            match cell {
                Some(cell) => result(cell, &id, state),
                None if expected.contains(&column.name) => {
                    result(&say::cell(name, &column.name, None), &id, state)
                }
                None => Place::NotAsked,
            }
        };
        let uncovered = expected.is_empty().then(|| {
            (
                say::nothing_expected(&id),
                "checks are given in the configuration, under checks:".to_owned(),
            )
        });
        Row {
            target: name.to_string(),
            place: format!("{}, {}", target.site, target.platform),
            href: link::target(&id),
            cells: columns.iter().map(place).collect(),
            worst: match uncovered {
                Some(_) => State::Uncovered,
                None => states.first().copied().unwrap_or(State::NotRun),
            },
            uncovered,
            states,
        }
    };
    environment.targets.iter().map(row).collect()
}

fn result(cell: &Cell, target: &TargetId, state: &ServiceState) -> Place {
    let run = cell.run.and_then(|id| {
        let run = state.target(target)?.results.get(&cell.check)?;
        (run.id == id).then_some(run)
    });
    let detail = match (cell.state, run) {
        (State::Satisfied, Some(run)) => say::passed_in_short(&run.result),
        _ => say::shorten(&cell.finding, SHORT),
    };
    Place::Result {
        look: Look::of(cell.state),
        is_loud: cell.state != State::Satisfied,
        badge: Badge::of(cell.state),
        href: cell.run.map_or_else(|| link::target(target), |run| format!("/runs/{run}")),
        detail,
        check: cell.check.clone(),
    }
}

/// What is red and whose fault it is; what only was not looked at yet is in the matrix.
fn causes(decision: &Decision, reader: &Reader) -> Vec<Note> {
    say::groups(decision, reader)
        .iter()
        .filter(|group| group.requirements[0].rule == RuleName::Evidence)
        .filter(|group| matches!(group.state, State::Failed | State::Flaky | State::Errored))
        .map(|group| Note::of(group, None))
        .collect()
}

impl Note {
    /// A row of the gate.
    pub(in crate::pages) fn of(group: &say::Group<'_>, look: Option<Look>) -> Self {
        let mut evidence = Vec::new();
        for requirement in &group.requirements {
            let Some(what) = &requirement.evidence else { continue };
            let words = match (&requirement.target, &requirement.check) {
                (Some(target), Some(check)) => format!("{check} on {}", target.target),
                (Some(target), None) => target.target.to_string(),
                (None, _) => "evidence".to_owned(),
            };
            evidence.push(Link::new(link::evidence(what), words));
        }
        let next = group
            .next
            .iter()
            .map(|step| (step.who.clone(), step.what.clone(), link::of_command(&step.what)));
        let cause = group.requirements[0].cause.as_deref().filter(|_| group.state == State::Failed);
        let title = cause.map_or(group.look.word, plimsoll_core::record::Cause::word);
        Self {
            look: look.unwrap_or_else(|| Look::of_mark(group.look.mark)),
            title: format!("{}: {}", say::capital(title), group.label),
            place: group.place.clone(),
            sentence: group.sentence.clone(),
            evidence,
            next: next.collect(),
        }
    }
}

impl Found {
    /// The links by state, and the rows that the chosen one shows.
    pub(super) fn shown(
        &mut self,
        state: &str,
        id: &ReleaseId,
        on: &EnvironmentName,
    ) -> (Vec<Pill>, Vec<Row>) {
        let slug = |state: State| state_word(state).replace(' ', "-");
        let chosen = State::ALL.into_iter().find(|one| slug(*one) == state);
        let mut counts = self.matrix.counts();
        let missing = self.rows.iter().filter(|row| row.uncovered.is_some()).count();
        if missing > 0 {
            *counts.entry(State::Uncovered).or_default() += missing;
        }
        let base = link::release_on(id, on);
        let pills = counts.iter().map(|(one, count)| Pill {
            href: match chosen == Some(*one) {
                true => base.clone(),
                false => format!("{base}&state={}", slug(*one)),
            },
            badge: Badge { quiet: false, ..Badge::of(*one) },
            count: *count,
            is_current: chosen == Some(*one),
        });
        let pills = pills.collect();
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(|row| chosen.is_none_or(|chosen| row.states.contains(&chosen)));
        (pills, rows)
    }
}
