//! Why is a check red? Control runs, as [`plimsoll_core::forensics`] asks for them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{Check, CheckKind, Service};
use plimsoll_core::event::{EventKind, Stream};
use plimsoll_core::forensics::{Case, Step, last_good, next};
use plimsoll_core::gate::is_known;
use plimsoll_core::ids::{CheckName, CheckRunId, TargetId, Version};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{CheckResult, Control, ControlRun, Outcome, Question};

use crate::desk::{Desk, DeskError};
use crate::ports::{BlobError, Progress};

use super::round::{Observers, Turn};
use super::{Pair, observers};

/// A red result whose cause is looked for.
struct Open<'a> {
    run: CheckRunId,
    case: Case<'a>,
    check: &'a Check,
    /// The check as it was when it last passed, if that was another one.
    before: Option<Check>,
    runs: Vec<ControlRun>,
}

/// A control run that is to be made.
struct Asked<'a> {
    question: Question,
    target: TargetId,
    name: &'a CheckName,
    version: Version,
    check: Check,
}

impl Desk {
    /// Keeps the definition of every check, so that it can be run again as it was.
    pub(super) async fn keep_definitions(&self, pairs: &[Pair<'_>]) -> Result<(), DeskError> {
        let mut kept = BTreeSet::new();
        for pair in pairs.iter().filter(|pair| kept.insert(pair.name)) {
            self.parts.blobs.put(&pair.check.definition()).await?;
        }
        Ok(())
    }

    /// Finds out why each red result is red, and writes it down.
    pub(super) async fn control(
        &self,
        service: &Service,
        results: &[(CheckRunId, CheckResult)],
    ) -> Result<BTreeMap<CheckRunId, Control>, DeskError> {
        if !results.iter().any(|(_, result)| is_red(result)) {
            return Ok(BTreeMap::new());
        }
        let state = self.load_patiently(&service.name).await?;
        let mut open = Vec::new();
        for (run, result) in results.iter().filter(|(_, result)| is_red(result)) {
            if !is_known(&state.people, result, &[], self.now()) {
                open.extend(self.case(service, &state, *run, result).await?);
            }
        }
        if !open.is_empty() {
            let words = match open.len() {
                1 => "one check is red; looking for the cause".to_owned(),
                more => format!("{more} checks are red; looking for the causes"),
            };
            self.tell(Progress::Said { words });
        }
        let mut controls = BTreeMap::new();
        while !open.is_empty() {
            let asked = self.conclude(&mut open, &mut controls).await?;
            let made = self.control_runs(service, &asked).await?;
            for (place, run) in made {
                open[place].runs.push(run);
            }
        }
        Ok(controls)
    }

    async fn case<'a>(
        &self,
        service: &'a Service,
        state: &'a ServiceState,
        run: CheckRunId,
        result: &'a CheckResult,
    ) -> Result<Option<Open<'a>>, DeskError> {
        let Some(check) = service.checks.get(&result.check) else { return Ok(None) };
        let trail = state.target(&result.target).and_then(|known| known.trails.get(&result.check));
        let passed = trail.and_then(|trail| trail.passed.as_ref()).map(|p| p.check_digest);
        let before = match passed.filter(|digest| *digest != result.check_digest) {
            Some(digest) => match self.parts.blobs.get(&digest).await {
                Ok(definition) => check.as_defined(&definition),
                // Then it cannot be run as it was, which is all that it would be for.
                Err(BlobError::Missing { .. } | BlobError::Changed { .. }) => None,
                Err(error @ BlobError::Io { .. }) => return Err(error.into()),
            },
            None => None,
        };
        let case = Case {
            result,
            url: service.target(&result.target).and_then(|target| target.url.as_deref()),
            trail,
            last_good: last_good(service, state, result, &result.check, check),
            most: check.control_runs as usize,
            redefined: before.is_some(),
            is_of_process: matches!(check.kind, CheckKind::Process(_)),
            process_fails: process_fails(service, state, result),
        };
        Ok(Some(Open { run, case, check, before, runs: Vec::new() }))
    }

    /// Writes down what is known by now; gives what is still to be run, in the order of what stays
    /// open.
    async fn conclude<'a>(
        &self,
        open: &mut Vec<Open<'a>>,
        controls: &mut BTreeMap<CheckRunId, Control>,
    ) -> Result<Vec<Asked<'a>>, DeskError> {
        let (mut asked, mut still, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for one in std::mem::take(open) {
            match next(&one.case, &one.runs) {
                Step::Run(question) => {
                    asked.push(one.asked(question));
                    still.push(one);
                }
                Step::Known(cause) => known.push((one, cause)),
            }
        }
        *open = still;
        for (one, cause) in known {
            let Open { run, case, runs, .. } = one;
            let control = Control { cause, runs };
            controls.insert(run, control.clone());
            let kind = EventKind::CheckControlled {
                run,
                target: case.result.target.target.clone(),
                check: case.result.check.clone(),
                control: Box::new(control),
            };
            let stream = Stream::Evidence(case.result.target.lane());
            self.append_patiently(stream, None, vec![kind.clone()]).await?;
            self.tell(Progress::Noted { kind: Box::new(kind) });
        }
        Ok(asked)
    }

    async fn control_runs(
        &self,
        service: &Service,
        asked: &[Asked<'_>],
    ) -> Result<Vec<(usize, ControlRun)>, DeskError> {
        let state = self.load_patiently(&service.name).await?;
        let mut pairs = Vec::with_capacity(asked.len());
        for one in asked {
            let context = self.context(service, &one.target.environment, &one.target.target)?;
            pairs.push(Pair {
                beside: self.beside(
                    service,
                    &state,
                    &context,
                    (one.name, &one.check),
                    &one.version,
                ),
                context,
                name: one.name,
                check: &one.check,
                version: &one.version,
                took_ms: 0,
            });
        }
        let observers = observers(&pairs);
        let run = async |place: usize, pair, turn| {
            let run = self.control_run(&observers, pair, turn, asked[place].question).await?;
            Ok((place, run))
        };
        self.scheduled(&pairs, run).await
    }

    async fn control_run(
        &self,
        observers: &Observers,
        pair: &Pair<'_>,
        turn: Turn,
        question: Question,
    ) -> Result<ControlRun, DeskError> {
        let done = self.take_turn(observers, pair, turn).await;
        let output = self.keep_output(&done.tried).await?;
        let attempt = done.tried.last().map(|tried| &tried.attempt);
        let outcome = attempt.map_or(Outcome::NotRun, |attempt| attempt.outcome);
        Ok(ControlRun {
            question,
            target: pair.context.id.clone(),
            // Of a version that somebody altered, nothing can be compared with what it does.
            version: done
                .observed_before
                .version()
                .filter(|seen| done.observed_before.is(seen))
                .cloned(),
            check_digest: pair.check.digest(),
            at: done.started_at,
            outcome,
            finding: attempt.map(|attempt| attempt.finding.clone()).unwrap_or_default(),
            signature: match outcome {
                Outcome::Passed => Vec::new(),
                Outcome::Failed | Outcome::Errored | Outcome::NotRun => {
                    attempt.map(|attempt| attempt.signature()).unwrap_or_default()
                }
            },
            took_ms: attempt.map_or(0, |attempt| attempt.took_ms),
            output,
        })
    }
}

impl<'a> Open<'a> {
    fn asked(&self, question: Question) -> Asked<'a> {
        let result = self.case.result;
        let (target, version) = match (&self.case.last_good, question) {
            (Ok(good), Question::LastGood) => (good.target.clone(), good.version.clone()),
            _ => (result.target.clone(), result.version.clone()),
        };
        let check = match (&self.before, question) {
            (Some(before), Question::BeforeTheChange) => before.clone(),
            _ => self.check.clone(),
        };
        // One control run is one attempt.
        Asked {
            question,
            target,
            name: &result.check,
            version,
            check: Check { retries: 0, ..check },
        }
    }
}

/// A check of the process is red there with the very same version.
fn process_fails(service: &Service, state: &ServiceState, result: &CheckResult) -> bool {
    let trails = state.target(&result.target).into_iter().flat_map(|known| &known.trails);
    let mut of_process = trails.filter(|(name, _)| {
        let kind = service.checks.get(*name).map(|check| &check.kind);
        matches!(kind, Some(CheckKind::Process(_)))
    });
    of_process.any(|(_, trail)| trail.red.as_ref().is_some_and(|red| red.last == result.version))
}

/// Red, on the version that was to be checked or on none that answers.
fn is_red(result: &CheckResult) -> bool {
    result.outcome == Outcome::Failed
        && !result.observed_before.is_other_than(&result.version)
        && !result.observed_after.is_other_than(&result.version)
}
