//! One thing whole.

use plimsoll_core::event::Event;
use plimsoll_core::ids::{CheckRunId, PromotionId, TargetId};
use plimsoll_core::ledger::{DeploymentState, ServiceState, TargetState};
use plimsoll_core::record::{
    Attempt, Cases, CheckResult, Control, ControlRun, Outcome, PageSummary, PageView, Plan,
    Question, Release, State,
};
use plimsoll_core::say::{self, Reader, Seen, cell, list, mark, safe, target_cell};
use plimsoll_core::units::Period;

use super::history::event_lines;
use super::status::service_lines;
use super::table::{Row, facts, paragraph, table};
use super::{Paint, Style, plan};

/// How many lines of an output are shown; the whole is a blob.
const MOST_OUTPUT_LINES: usize = 60;

/// How many failed tests of an attempt are listed.
const MOST_TESTS: usize = 20;

/// A release: what it is made of, and where it runs.
#[must_use]
pub fn show_release(
    release: &Release,
    state: &ServiceState,
    reader: &Reader,
    style: &Style,
) -> String {
    let mut runs = Vec::new();
    for (environment, lane) in &state.lanes {
        for (name, target) in &lane.targets {
            if target.version() == Some(&release.id.version) {
                runs.push(format!("{environment}/{name}"));
            }
        }
    }
    let head = match runs.len() {
        0 => format!("{}: runs nowhere.", release.id),
        n => format!("{}: runs on {}.", release.id, say::count(n, "target")),
    };
    let mut text = style.answer(mark(State::Satisfied), &head);
    text.push('\n');
    let undo = if release.irreversible { "no: it cannot be undone" } else { "yes" };
    text.push_str(&facts(
        &[
            ("added", format!("{} by {}", reader.whole(release.added_at), release.added_by)),
            ("change", say::change_word(release.change).to_owned()),
            ("can be undone", undo.to_owned()),
            ("digest", release.digest().to_string()),
            ("runs on", list(&runs, 12)),
            ("notes", release.notes.clone()),
        ],
        style,
    ));
    for artifact in &release.artifacts {
        let kept = if artifact.kept { "kept here" } else { "not kept here" };
        let words =
            format!("{}  {}  from {}, {kept}", artifact.name, artifact.digest, artifact.source);
        text.push_str(&paragraph(&words, style));
    }
    if release.artifacts.is_empty() {
        text.push_str(&paragraph("Its artifacts were never named: it is no way back.", style));
    }
    text.push_str(&style.next(&format!("plimsoll history {}", release.id.service)));
    text
}

/// A check run: every attempt, what it is bound to, and the end of its output.
#[must_use]
pub fn show_run(
    id: CheckRunId,
    result: &CheckResult,
    control: Option<&Control>,
    output: Option<&str>,
    reader: &Reader,
    style: &Style,
) -> String {
    let mut stands = cell(&result.target.target, &result.check, Some((id, result)));
    if let Some(control) = control {
        stands = stands.because(&control.cause, reader);
    }
    let word = if stands.state == State::Satisfied { "passed" } else { stands.state.word() };
    let head = format!("{} {word} on {}: {}", result.check, result.target, stands.finding);
    let mut text = style.answer(mark(stands.state), &head);
    text.push('\n');
    let took = Period::between(result.started_at, result.finished_at).roughly();
    text.push_str(&facts(
        &[
            ("run", id.to_string()),
            ("version", result.version.to_string()),
            ("deployment", result.deployment.map(|d| d.to_string()).unwrap_or_default()),
            ("ran before", say::observed(&result.observed_before).into_owned()),
            ("ran after", say::observed(&result.observed_after).into_owned()),
            ("began", format!("{}, took {took}", reader.whole(result.started_at))),
            ("reported", reported(result)),
            ("definition", result.check_digest.to_string()),
            (
                "output",
                result
                    .output
                    .map(|blob| format!("{}, {} bytes", blob.digest, blob.bytes))
                    .unwrap_or_default(),
            ),
        ],
        style,
    ));
    for (at, attempt) in result.attempts.iter().enumerate() {
        text.push_str(&table(&[attempt_row(at, attempt, &stands.finding)], style));
        text.push_str(&tests(attempt, style));
    }
    for run in control.iter().flat_map(|control| &control.runs) {
        text.push_str(&table(&[control_row(run, &stands.finding)], style));
    }
    match result.attempts.last().and_then(|attempt| attempt.page.as_deref()) {
        // Its output is for programs.
        Some(page) => text.push_str(&facts(&page_views(page), style)),
        None => text.push_str(&output_lines(output, style)),
    }
    text
}

/// Who ran a check that plimsoll did not run, and where to look it up.
fn reported(result: &CheckResult) -> String {
    let Some(reported) = &result.reported else { return String::new() };
    match &reported.link {
        Some(link) => format!("by {}, {}", reported.by, say::safe(link)),
        None => format!("by {}", reported.by),
    }
}

/// What a page looked like in each window size.
fn page_views(page: &PageSummary) -> Vec<(&str, String)> {
    let view = |view: &PageView| {
        let status = view.status.map_or_else(|| "no answer".to_owned(), |s| s.to_string());
        let mut words = format!(
            "{status}, {} ({} failed), {} of {} applied with {}, {}",
            say::count(view.resources as usize, "resource"),
            view.failed_resources,
            view.applied_style_sheets,
            say::count(view.style_sheets as usize, "style sheet"),
            say::count(view.style_rules as usize, "rule"),
            say::count(view.exceptions as usize, "exception"),
        );
        if let Some(ready) = view.ready_ms {
            words.push_str(&format!(", ready in {}", Period::from_millis(ready).roughly()));
        }
        words
    };
    let mut rows = vec![("browser", page.browser.clone())];
    rows.extend(page.views.iter().map(|one| (one.viewport.as_str(), view(one))));
    rows
}

/// A control run: `on production/nl-k8s, 1.22`.
fn control_row(run: &ControlRun, said: &str) -> Row {
    let version =
        run.version.as_ref().map_or_else(|| "an unknown version".into(), ToString::to_string);
    let what = match run.question {
        Question::Again => "again".to_owned(),
        Question::LastGood => {
            format!("on {}/{} with {version}", run.target.environment, run.target.target)
        }
        Question::BeforeTheChange => "as the check was before".to_owned(),
    };
    let took = Period::from_millis(run.took_ms).roughly();
    let mark = mark(State::from(run.outcome));
    Row {
        mark,
        columns: vec![what, took, unless_said(run.outcome, &run.finding, said)],
        next: vec![],
    }
}

/// A finding, unless it is the one that the answer says already.
fn unless_said(outcome: Outcome, finding: &str, said: &str) -> String {
    match outcome != Outcome::Passed && said.contains(finding) {
        true => "as said".to_owned(),
        false => finding.to_owned(),
    }
}

fn attempt_row(at: usize, attempt: &Attempt, said: &str) -> Row {
    let state = match attempt.outcome {
        Outcome::Passed => State::Satisfied,
        Outcome::Failed => State::Failed,
        Outcome::Errored => State::Errored,
        Outcome::NotRun => State::NotRun,
    };
    let took = Period::from_millis(attempt.took_ms).roughly();
    Row {
        mark: mark(state),
        columns: vec![
            format!("try {}", at + 1),
            took,
            unless_said(attempt.outcome, &attempt.finding, said),
        ],
        next: vec![],
    }
}

fn tests(attempt: &Attempt, style: &Style) -> String {
    let Some(cases) = &attempt.cases else { return String::new() };
    if attempt.page.is_some() {
        return page_findings(cases, style);
    }
    let mut text = paragraph(
        &format!(
            "{} executed, {} skipped",
            say::count(cases.executed as usize, "test"),
            cases.skipped
        ),
        style,
    );
    for failure in cases.failed.iter().take(MOST_TESTS) {
        text.push_str(&paragraph(&format!("red  {}: {}", failure.test, failure.message), style));
    }
    let hidden = cases.failed.len().saturating_sub(MOST_TESTS) + cases.more_failed as usize;
    if hidden > 0 {
        text.push_str(&paragraph(&format!("and {hidden} more are red"), style));
    }
    for missing in cases.missing.iter().take(MOST_TESTS) {
        text.push_str(&paragraph(&format!("required and not executed  {missing}"), style));
    }
    text
}

/// What is wrong with a page, each thing once: they are no tests.
fn page_findings(cases: &Cases, style: &Style) -> String {
    // One alone is the finding of the attempt, which stands above.
    if cases.failed.len() + (cases.more_failed as usize) < 2 {
        return String::new();
    }
    let mut text = String::new();
    for failure in cases.failed.iter().take(MOST_TESTS) {
        text.push_str(&paragraph(&format!("found  {}", failure.message), style));
    }
    let hidden = cases.failed.len().saturating_sub(MOST_TESTS) + cases.more_failed as usize;
    if hidden > 0 {
        text.push_str(&paragraph(&format!("and {hidden} more were found"), style));
    }
    text
}

/// The end of an output, line by line, made safe.
fn output_lines(output: Option<&str>, style: &Style) -> String {
    let Some(output) = output else { return String::new() };
    let lines: Vec<_> = output.lines().collect();
    if lines.is_empty() {
        return "\n  The output is empty.\n".to_owned();
    }
    let skipped = lines.len().saturating_sub(MOST_OUTPUT_LINES);
    let mut text = String::from("\n");
    if skipped > 0 {
        text.push_str(&format!("  ({} before)\n", say::count(skipped, "line")));
    }
    for line in &lines[skipped..] {
        text.push_str(format!("  {}", style.text(line)).trim_end());
        text.push('\n');
    }
    text
}

/// A target: what runs there, the last result of each check, and its way back.
#[must_use]
pub fn show_target(id: &TargetId, target: &TargetState, reader: &Reader, style: &Style) -> String {
    let (state, words, detail) = target_cell(Some(target));
    let mut text = style.answer(mark(state), &format!("{id}: {words}, {detail}"));
    text.push('\n');
    let good: Vec<_> = target
        .verified_good
        .iter()
        .rev()
        .map(|good| format!("{} ({})", good.version, reader.day(good.at)))
        .collect();
    let deployment = target.deployment.as_ref();
    text.push_str(&facts(
        &[
            ("deployment", deployment.map(|d| d.id.to_string()).unwrap_or_default()),
            ("since", deployment.map(|d| reader.whole(d.started_at)).unwrap_or_default()),
            ("verified good", if good.is_empty() { "never".to_owned() } else { list(&good, 5) }),
        ],
        style,
    ));
    let rows: Vec<_> = target
        .results
        .values()
        .map(|run| {
            let seen = cell(&id.target, &run.result.check, Some((run.id, &run.result)));
            let word = if seen.state == State::Satisfied { "passed" } else { seen.state.word() };
            Row {
                mark: mark(seen.state),
                columns: vec![
                    word.to_owned(),
                    run.result.check.to_string(),
                    format!("{}, {}", run.id, run.result.version),
                    seen.finding,
                ],
                next: vec![],
            }
        })
        .collect();
    text.push_str(&table(&rows, style));
    text.push_str(&style.next(&format!("plimsoll history {}", id.service)));
    text
}

/// A deployment, and the end of its output.
#[must_use]
pub fn show_deployment(
    deployment: &DeploymentState,
    on: &TargetId,
    output: Option<&str>,
    reader: &Reader,
    style: &Style,
) -> String {
    let (state, how) = match &deployment.report {
        _ if deployment.adopted => (State::Satisfied, "adopted as it was".to_owned()),
        None => (State::Running, "under way".to_owned()),
        Some(report) if deployment.is_good() => (State::Satisfied, say::deploy_result(report)),
        Some(report) => (State::Failed, say::deploy_result(report)),
    };
    let mut text = style.answer(mark(state), &format!("{} on {on}: {how}", deployment.version));
    text.push('\n');
    text.push_str(&facts(
        &[
            ("deployment", deployment.id.to_string()),
            ("direction", say::direction(deployment.reason).to_owned()),
            ("before", deployment.previous.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("began", reader.whole(deployment.started_at)),
            ("ended", deployment.finished_at.map(|at| reader.whole(at)).unwrap_or_default()),
            ("part of", deployment.promotion.map(|p| p.to_string()).unwrap_or_default()),
        ],
        style,
    ));
    text.push_str(&output_lines(output, style));
    text.push_str(&style.next(&format!("plimsoll show {on}")));
    text
}

/// A promotion: how it stands or ended, its plan, everything that happened in it, and what to do
/// next.
#[must_use]
pub fn show_promotion(
    (id, planned): (PromotionId, &Plan),
    standing: &(say::Mark, String),
    events: &[Event],
    next: &str,
    reader: &Reader,
    style: &Style,
) -> String {
    let mut text = style.answer(standing.0, &format!("{id}: {}", standing.1));
    text.push('\n');
    text.push_str(&plan(planned, reader, style));
    text.push('\n');
    let lines: Vec<_> = events.iter().rev().map(|event| say::event(event, reader)).collect();
    text.push_str(&event_lines(&lines.iter().collect::<Vec<_>>(), reader, style));
    text.push_str(&style.next(next));
    text
}

/// An event, with its payload as it is in the ledger.
#[must_use]
pub fn show_event(event: &Event, reader: &Reader, style: &Style) -> String {
    let line = say::event(event, reader);
    let mut text = style.answer(line.mark, &format!("{}: {}", line.word, line.what));
    text.push('\n');
    text.push_str(&facts(
        &[
            ("event", event.seq.to_string()),
            ("at", reader.whole(event.at)),
            ("by", line.who),
            ("stream", format!("{}, version {}", event.stream, event.version)),
            ("detail", line.detail),
            ("hash", event.hash.to_string()),
            ("after", event.prev.to_string()),
        ],
        style,
    ));
    text.push('\n');
    let payload = serde_json::to_string_pretty(&event.kind).unwrap_or_default();
    for payload in payload.lines() {
        text.push_str(&format!("  {}\n", style.text(&safe(payload))));
    }
    let next = match event.stream.service() {
        Some(service) => format!("plimsoll history {service}"),
        None => "plimsoll history".to_owned(),
    };
    text.push_str(&style.next(&next));
    text
}

/// A service: its status, what each of its platforms can do, and what to do next.
#[must_use]
pub fn show_service(seen: &Seen<'_>, reader: &Reader, style: &Style) -> String {
    let (mut text, next) = service_lines(seen, reader, style);
    for (name, platform) in &seen.service.platforms {
        let can = platform.abilities();
        text.push_str(&format!("\n  {}\n", style.paint(Paint::Bold, &format!("platform {name}"))));
        text.push_str(&facts(
            &[
                ("deploys", can.deploys.to_owned()),
                ("observes", can.observes.to_owned()),
                ("proves", can.proves.to_owned()),
                ("goes back", can.rolls_back.to_owned()),
                ("aim", can.aims.to_owned()),
            ],
            style,
        ));
    }
    text.push_str(&style.next(&next));
    text
}
