//! What others report of a check that plimsoll does not run.
//!
//! A report is bound like a result of our own: to the deployment on the target, to the version that
//! is observed there while it is taken in, to the check's definition, and to the time. What was
//! observed before the suite ran, nobody knows; so a report is taken only for the version that is
//! deployed, and one of before that deployment is refused.

use std::sync::Arc;

use plimsoll_analyze::junit::{JunitLimits, Tally, parse};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Check, ExpectedTests, ReportedCheck, Service};
use plimsoll_core::event::{Actor, EventKind, Stream};
use plimsoll_core::ids::{CheckName, CheckRunId, DeploymentId, PersonName, TargetId, Version};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{Attempt, CheckResult, Outcome, Reported, State};
use plimsoll_core::say;
use plimsoll_core::units::Period;
use tokio::sync::Semaphore;

use super::people::who_you_are;
use super::{Desk, DeskError, Spelling, Wording};
use crate::ports::{LedgerError, Redact};
use crate::words::Typed;

/// How far the clock of who reports may be ahead of ours.
const AHEAD: Period = Period::from_millis(60_000);

/// What is reported.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where the check ran.
    pub target: TargetId,
    /// Which check.
    pub check: CheckName,
    /// The version that it ran against.
    pub version: Version,
    /// What came of it.
    pub told: Told,
    /// When it began; when it is reported, if nobody says.
    pub began: Option<Timestamp>,
    /// Where it can be looked up.
    pub link: Option<Typed>,
}

/// What came of a check that somebody else ran.
#[derive(Debug, Clone)]
pub enum Told {
    /// The bytes of a JUnit file.
    Junit(Arc<[u8]>),
    /// An outcome.
    Outcome {
        /// What it came to.
        outcome: Outcome,
        /// What was found, in one sentence.
        finding: Typed,
    },
}

impl Desk {
    /// Takes a report in: gives its number and the result that it became.
    ///
    /// # Errors
    /// The check is none that is reported there, or none for this person to report; another version is
    /// deployed, it ran before the deployment, or its file cannot be read. Nothing is written then.
    pub async fn report(
        &self,
        report: &Report,
        by: &PersonName,
    ) -> Result<(CheckRunId, CheckResult), DeskError> {
        let target = &report.target;
        let service = self.service(&target.service)?;
        let context = self.context(service, &target.environment, &target.target)?;
        let (check, reported) = expected(service, report)?;
        self.may_report(&report.check, reported, by)?;
        let told = self.read_report(report, reported).await?;
        let link = report.link.as_ref().map(|link| self.link(link)).transpose()?;
        self.has_begun(report)?;
        let state = self.load(&target.service).await?;
        let deployment = deployed(&state, report)?;
        // Nobody knows what ran before: what runs now is all that is known.
        let observed = self.parts.fleet.observe(&context).await;
        let finished_at = self.now();
        let started_at = report.began.unwrap_or(finished_at).min(finished_at);
        let Read { outcome, finding, cases, output } = told;
        let output = match output {
            Some(text) => Some(self.parts.blobs.put(text.as_bytes()).await?),
            None => None,
        };
        let took_ms = Period::between(started_at, finished_at).as_millis();
        let attempt = Attempt { outcome, finding, took_ms, cases, timings: None, page: None };
        let result = CheckResult {
            target: target.clone(),
            check: report.check.clone(),
            check_digest: check.digest(),
            version: report.version.clone(),
            deployment: Some(deployment),
            started_at,
            finished_at,
            observed_before: observed.clone(),
            observed_after: observed,
            attempts: vec![attempt],
            outcome,
            output,
            reported: Some(Box::new(Reported { by: by.clone(), link })),
        };
        let run = self.write_report(&result, by).await?;
        self.after_report(service, (run, &result)).await?;
        Ok((run, result))
    }

    /// Makes sure that somebody may report it: whoever may report for the service, unless the check
    /// says which roles.
    fn may_report(
        &self,
        check: &CheckName,
        reported: &ReportedCheck,
        by: &PersonName,
    ) -> Result<(), DeskError> {
        let roles = &reported.by;
        if roles.is_empty() || roles.iter().any(|role| self.catalog.holds(by, role)) {
            return Ok(());
        }
        let holders = roles.iter().map(|role| (role, self.catalog.roles.get(role)));
        let who = say::holders(holders);
        Err(DeskError::not_theirs(
            format!("{by} may not report {check}; who may: {who}"),
            who_you_are(),
        ))
    }

    /// Makes sure that it has begun, by a clock that may be a little ahead of ours.
    fn has_begun(&self, report: &Report) -> Result<(), DeskError> {
        match report.began {
            Some(began) if began > AHEAD.after(self.now()) => {
                let message = format!("{} began at {began}, which has not come yet", report.check);
                Err(DeskError::wrong(message, "leave it out, or look at the clock there"))
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn write_report(
        &self,
        result: &CheckResult,
        by: &PersonName,
    ) -> Result<CheckRunId, DeskError> {
        let kind = EventKind::CheckFinished { result: Box::new(result.clone()) };
        let stream = Stream::Evidence(result.target.lane());
        let events = self.append(stream, None, Actor::Person(by.clone()), vec![kind]).await?;
        let written = events.first().map(|event| CheckRunId(event.seq));
        written.ok_or_else(|| DeskError::Contended("the evidence stream".to_owned()))
    }

    async fn read_report(
        &self,
        report: &Report,
        expected: &ReportedCheck,
    ) -> Result<Read, DeskError> {
        match (&report.told, &expected.junit) {
            (Told::Junit(bytes), tests) => {
                let (bytes, tests) = (bytes.clone(), tests.clone().unwrap_or_default());
                let redact = self.parts.redact.clone();
                apart(move || read_junit(&bytes, &tests, &*redact)).await
            }
            (Told::Outcome { .. }, Some(_)) => Err(DeskError::wrong(
                format!("a result of {} is a JUnit file, not an outcome alone", report.check),
                Wording::naming(|by| {
                    let how = match by {
                        Spelling::Flags => "--junit FILE",
                        Spelling::Keys => "as the whole body, or as the field `junit` of a form",
                    };
                    format!("report the JUnit XML that the test runner wrote: {how}")
                }),
            )),
            (Told::Outcome { outcome, finding }, None) => {
                let said = self.note("finding", finding)?;
                let finding = match said.as_str() {
                    "" => format!("reported as {}", word(*outcome)),
                    said => said.to_owned(),
                };
                Ok(Read { outcome: *outcome, finding, cases: None, output: None })
            }
        }
    }

    /// An address that pages may link to.
    fn link(&self, typed: &Typed) -> Result<String, DeskError> {
        let link = self.words("url", typed)?;
        let begins = link.starts_with("https://") || link.starts_with("http://");
        if !begins || link.contains(|char: char| char.is_whitespace() || char.is_control()) {
            return Err(DeskError::wrong(
                Wording::naming(|by| format!("{} is no address", by.name("url"))),
                Wording::naming(|by| by.set("url", "https://ci.example/runs/118")),
            ));
        }
        Ok(link)
    }
}

/// How many files are read at the same time; one may have 64 MiB, and take a second.
static READERS: Semaphore = Semaphore::const_new(2);

/// Does what takes long on a thread of its own, so that all others are answered meanwhile.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DeskError> + Send + 'static,
) -> Result<T, DeskError> {
    let _place = READERS.acquire().await;
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(LedgerError::Unavailable { reason: "plimsoll is ending".into() }.into()),
        },
    }
}

fn read_junit(bytes: &[u8], tests: &ExpectedTests, redact: &dyn Redact) -> Result<Read, DeskError> {
    let read = parse(bytes, &JunitLimits::default()).map_err(|error| {
        let hint = "report the JUnit XML that the test runner wrote, whole";
        DeskError::wrong(format!("the JUnit file cannot be read: {error}"), hint)
    })?;
    let tally = Tally::of(&read, tests, &|text| redact.text(text));
    let (outcome, finding) = (tally.outcome(), tally.words());
    let output = Some(redact.text(&String::from_utf8_lossy(bytes)));
    Ok(Read { outcome, finding, cases: Some(tally.cases), output })
}

/// What was told, read.
struct Read {
    outcome: Outcome,
    finding: String,
    cases: Option<plimsoll_core::record::Cases>,
    output: Option<String>,
}

/// The check, if it is one that is reported on this target.
fn expected<'a>(
    service: &'a Service,
    report: &Report,
) -> Result<(&'a Check, &'a ReportedCheck), DeskError> {
    let Report { target, check: name, .. } = report;
    let Some(check) = service.checks.get(name) else {
        let waited = service.checks.iter().filter(|(_, check)| check.reported().is_some());
        let known: Vec<_> = waited.map(|(name, _)| name).collect();
        let hint = match known.is_empty() {
            true => format!("no check of {} is reported", service.name),
            false => format!("these are reported: {}", say::list(&known, 10)),
        };
        return Err(DeskError::missing(format!("{} has no check `{name}`", service.name), hint));
    };
    let Some(reported) = check.reported() else {
        let (lane, target) = (target.lane(), &target.target);
        let hint = format!(
            "plimsoll verify {}@{} --on {} --target {target} --check {name}",
            lane.service, report.version, lane.environment
        );
        return Err(DeskError::not_so(format!("plimsoll runs {name} itself"), hint));
    };
    let place = service.target(target).ok_or_else(|| DeskError::NoTarget(target.clone()))?;
    if !check.only.covers(&target.environment, &target.target, place) {
        let hint = format!("`only` of the check {name} leaves it out");
        return Err(DeskError::not_so(format!("{name} is not expected on {target}"), hint));
    }
    Ok((check, reported))
}

/// The deployment that the report is about.
fn deployed(state: &ServiceState, report: &Report) -> Result<DeploymentId, DeskError> {
    let Report { target, version, .. } = report;
    let known = state.target(target).and_then(|known| known.deployment.as_ref());
    let Some(deployment) = known else {
        let hint = format!("plimsoll status {}", target.service);
        return Err(DeskError::not_so(format!("nothing was deployed to {target}"), hint));
    };
    if deployment.version != *version {
        let there = &deployment.version;
        let hint = format!("a result of {version} says nothing of what is there; run it again");
        return Err(DeskError::not_so(format!("{there} is on {target}, not {version}"), hint));
    }
    let Some(finished_at) = deployment.finished_at else {
        let hint = "report it when the deployment has ended and the check has run after it";
        return Err(DeskError::not_so(format!("{version} is being deployed to {target}"), hint));
    };
    if report.began.is_some_and(|began| began < finished_at) {
        let message = format!("{} ran before {version} was deployed to {target}", report.check);
        return Err(DeskError::not_so(message, "run it again, for this deployment"));
    }
    Ok(deployment.id)
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed | Outcome::Errored | Outcome::NotRun => State::from(outcome).word(),
    }
}
