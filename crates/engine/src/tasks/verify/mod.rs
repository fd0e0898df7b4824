//! Running checks over a matrix of targets.
//!
//! 1. The expected (target, check) pairs are listed from the configuration.
//! 2. `VerifyStarted` is written, so that the gate can say *running*.
//! 3. Every check runs within the limits, longest (by its last run, else by its limit) first; red ones are tried
//!    again as configured, every attempt kept; the running version is observed before and after.
//! 4. Each result is written as soon as it is there.
//! 5. Red ones get control runs, and why they are red is written down.
//! 6. `VerifyFinished`; targets whose every expected check passed are verified good.

mod control;
mod found;
mod host;
mod observer;
mod reported;
mod round;
mod run;
mod schedule;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Check, Service};
use plimsoll_core::event::{Actor, EventKind, Stream};
use plimsoll_core::gate::is_known;
use plimsoll_core::ids::{CheckName, CheckRunId, LaneId, Seq, TargetName, Version};
use plimsoll_core::ledger::{PeopleState, ServiceState};
use plimsoll_core::record::{CheckResult, Control, Outcome};
use plimsoll_core::say::Awaited;
use plimsoll_core::units::Period;

use crate::desk::{Desk, DeskError};
use crate::ports::{Beside, Progress, TargetContext};

use found::PutOff;
use observer::Observer;

/// What is to be verified.
#[derive(Debug, Clone)]
pub struct VerifyRequest {
    /// Where.
    pub lane: LaneId,
    /// The version that is expected there.
    pub version: Version,
    /// On these targets; on all when empty.
    pub targets: BTreeSet<TargetName>,
    /// These checks; all that are expected when empty.
    pub checks: BTreeSet<CheckName>,
    /// Whether a person asked for it: targets whose every check passed become verified good by it,
    /// and what a break-glass left open is closed by it. A promotion decides that itself, at its
    /// end.
    pub marks_good: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    /// Every result with its number, in order of target and check.
    pub results: Vec<(CheckRunId, CheckResult)>,
    /// The targets whose every expected check passed.
    pub good: Vec<TargetName>,
    /// Targets on which no check is expected: nobody looks at them.
    pub unchecked: Vec<TargetName>,
    /// Checks that others run, and of which nothing is reported for this deployment yet: where,
    /// which, and who runs it.
    pub waits: Vec<(TargetName, CheckName, Awaited)>,
    /// Why red checks are red, as far as control runs could tell.
    pub controls: BTreeMap<CheckRunId, Control>,
    /// Red ones of which people know every failure and have put it off.
    pub known: BTreeSet<CheckRunId>,
    /// What is to be said first of those of which people know a part.
    pub led_by: BTreeMap<CheckRunId, String>,
}

/// What was run, and what control runs found out.
type Ran = (Vec<(CheckRunId, CheckResult)>, BTreeMap<CheckRunId, Control>);

/// One pair of the matrix.
struct Pair<'a> {
    context: TargetContext,
    name: &'a CheckName,
    check: &'a Check,
    /// The version that is to be there.
    version: &'a Version,
    /// How long it is expected to take.
    took_ms: u64,
    /// What it is compared with.
    beside: Beside,
}

impl Desk {
    /// Runs the checks and writes every result down.
    ///
    /// # Errors
    /// A target is not in the configuration, or the ledger is away. Red checks are no error.
    pub async fn verify(&self, request: &VerifyRequest) -> Result<Verified, DeskError> {
        self.verify_telling(request, |_| ()).await
    }

    /// The same, which tells the event that began it as soon as that is written.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub(crate) async fn verify_telling(
        &self,
        request: &VerifyRequest,
        began: impl FnOnce(Seq) + Send,
    ) -> Result<Verified, DeskError> {
        self.with_heartbeat(self.verify_beating(request, began)).await
    }

    async fn verify_beating(
        &self,
        request: &VerifyRequest,
        began: impl FnOnce(Seq) + Send,
    ) -> Result<Verified, DeskError> {
        let service = self.service(&request.lane.service)?;
        let state = self.load(&request.lane.service).await?;
        let targets = self.wanted_targets(service, request)?;
        let pairs = self.pairs(service, request, &targets, &state)?;
        let expected = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
        self.tell(Progress::VerifyBegan {
            lane: request.lane.clone(),
            version: request.version.clone(),
            targets: u32::try_from(targets.len()).unwrap_or(u32::MAX),
            expected,
        });
        let stream = Stream::Evidence(request.lane.clone());
        let started = self
            .append_patiently(stream.clone(), None, vec![self.began(request, &targets, &pairs)])
            .await?;
        if let Some(event) = started.first() {
            began(event.seq);
        }
        let ran = self.run_pairs(service, request, &state, &pairs).await;
        // It has ended, well or not: what went wrong must not look as if it still ran.
        if let Some(event) = started.first() {
            let finished = EventKind::VerifyFinished { started: event.seq };
            self.append_patiently(stream, None, vec![finished]).await?;
        }
        let (mut results, controls) = ran?;
        let state = self.load(&request.lane.service).await?;
        let waits = reported::take_in(service, request, &targets, &state, &mut results);
        if request.marks_good {
            self.close_made_up(service, &state, &results).await?;
        }
        let put_off = PutOff { service, people: &state.people, at: self.now() };
        let mut verified = put_off.sum_up(request, &targets, results);
        verified.controls = controls;
        verified.waits = waits;
        if request.marks_good && !verified.good.is_empty() {
            verified.good = self.mark_good(request, &verified).await?;
        }
        Ok(verified)
    }

    async fn run_pairs(
        &self,
        service: &Service,
        request: &VerifyRequest,
        state: &ServiceState,
        pairs: &[Pair<'_>],
    ) -> Result<Ran, DeskError> {
        let (results, kept) =
            tokio::join!(self.run_all(state, pairs), self.keep_definitions(pairs));
        let results = results?;
        kept?;
        let controls = match request.marks_good {
            true => self.control(service, &results).await?,
            false => BTreeMap::new(),
        };
        Ok((results, controls))
    }

    fn wanted_targets(
        &self,
        service: &Service,
        request: &VerifyRequest,
    ) -> Result<Vec<TargetName>, DeskError> {
        let Some(environment) = service.environment(&request.lane.environment) else {
            return Err(DeskError::NoLane(request.lane.clone()));
        };
        if let Some(unknown) =
            request.targets.iter().find(|t| !environment.targets.contains_key(*t))
        {
            return Err(DeskError::NoTarget(request.lane.target(unknown)));
        }
        let unknown = request.checks.iter().find(|check| !service.checks.contains_key(*check));
        if let Some(unknown) = unknown {
            let known: Vec<_> = service.checks.keys().map(CheckName::as_str).collect();
            return Err(DeskError::Refused(format!(
                "{} has no check `{unknown}` (known: {})",
                service.name,
                known.join(", ")
            )));
        }
        let wanted = |t: &&TargetName| request.targets.is_empty() || request.targets.contains(*t);
        Ok(environment.targets.keys().filter(wanted).cloned().collect())
    }

    fn pairs<'a>(
        &self,
        service: &'a Service,
        request: &'a VerifyRequest,
        targets: &[TargetName],
        state: &ServiceState,
    ) -> Result<Vec<Pair<'a>>, DeskError> {
        let mut pairs = Vec::new();
        for target in targets {
            let context = self.context(service, &request.lane.environment, target)?;
            let known = state.target(&context.id);
            for (name, check) in &service.checks {
                let chosen = request.checks.is_empty() || request.checks.contains(name);
                let here = check.only.covers(&request.lane.environment, target, &context.target);
                if !(chosen && here && check.reported().is_none()) {
                    continue;
                }
                let last = known.and_then(|known| known.results.get(name));
                // One that never ran may take as long as it is allowed to.
                let took_ms = last.map_or(check.within.as_millis(), |run| {
                    run.result.attempts.iter().map(|a| a.took_ms).sum()
                });
                pairs.push(Pair {
                    context: context.clone(),
                    name,
                    check,
                    version: &request.version,
                    took_ms,
                    beside: self.beside(service, state, &context, (name, check), &request.version),
                });
            }
        }
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.took_ms));
        Ok(pairs)
    }

    fn began(
        &self,
        request: &VerifyRequest,
        targets: &[TargetName],
        pairs: &[Pair<'_>],
    ) -> EventKind {
        let checks: BTreeSet<CheckName> = pairs.iter().map(|pair| pair.name.clone()).collect();
        // Whatever happens, all attempts one after the other take no longer than this.
        let longest: u64 = pairs
            .iter()
            .map(|pair| pair.check.within.as_millis() * (u64::from(pair.check.retries) + 1))
            .sum();
        let at_once =
            u64::from(self.catalog.limits.per_host.min(self.catalog.limits.checks_at_once));
        let deadline = Period::from_millis(longest / at_once.max(1) + 600_000).after(self.now());
        EventKind::VerifyStarted {
            version: request.version.clone(),
            targets: targets.to_vec(),
            checks: checks.into_iter().collect(),
            driver: self.parts.driver.clone(),
            deadline,
        }
    }

    async fn run_all(
        &self,
        state: &ServiceState,
        pairs: &[Pair<'_>],
    ) -> Result<Vec<(CheckRunId, CheckResult)>, DeskError> {
        let observers = observers(pairs);
        let round = round::Round {
            state,
            observers: &observers,
            expected: u32::try_from(pairs.len()).unwrap_or(u32::MAX),
            done: std::sync::atomic::AtomicU32::new(0),
        };
        let run = |_, pair, turn| self.run_pair(&round, pair, turn);
        let mut results = self.scheduled(pairs, run).await?;
        results.sort_by(|(_, a), (_, b)| (&a.target, &a.check).cmp(&(&b.target, &b.check)));
        Ok(results)
    }

    /// Marks targets good, except where somebody has moved them meanwhile.
    async fn mark_good(
        &self,
        request: &VerifyRequest,
        verified: &Verified,
    ) -> Result<Vec<TargetName>, DeskError> {
        let (good, results) = (&verified.good, &verified.results);
        let version = &request.version;
        let still = |state: &ServiceState| -> Vec<TargetName> {
            if state.active(&request.lane.environment).is_some() {
                return Vec::new();
            }
            let runs = |target: &&TargetName| {
                let id = request.lane.target(target);
                let known = state.target(&id).filter(|known| known.version() == Some(version));
                let deployment = known.and_then(|known| known.deployment.as_ref()).map(|d| d.id);
                // What was checked is this very deployment, and no later one of the same version.
                deployment.is_some()
                    && results.iter().all(|(_, r)| r.target != id || r.deployment == deployment)
            };
            good.iter().filter(runs).cloned().collect()
        };
        let events = self
            .move_lane(&request.lane, &Actor::Plimsoll, |state| {
                let targets = still(state);
                if targets.is_empty() {
                    return Ok(Vec::new());
                }
                Ok(vec![EventKind::VerifiedGood {
                    targets,
                    version: version.clone(),
                    promotion: None,
                }])
            })
            .await?;
        Ok(events
            .into_iter()
            .find_map(|event| match event.kind {
                EventKind::VerifiedGood { targets, .. } => Some(targets),
                _ => None,
            })
            .unwrap_or_default())
    }
}

fn observers(pairs: &[Pair<'_>]) -> round::Observers {
    let observer = |pair: &Pair<'_>| (pair.context.id.clone(), Observer::new(pair.context.clone()));
    pairs.iter().map(observer).collect()
}

/// A result that says, without any reservation, that the version works.
fn is_clean(result: &CheckResult, version: &Version) -> bool {
    result.outcome == Outcome::Passed && !result.is_flaky() && ran(result, version)
}

fn ran(result: &CheckResult, version: &Version) -> bool {
    result.observed_before.is(version) && result.observed_after.is(version)
}

/// Clean, or nothing but failures that people know and have put off, here or on a target that
/// stands for this one.
pub(crate) fn is_accepted(
    service: &Service,
    people: &PeopleState,
    result: &CheckResult,
    version: &Version,
    now: Timestamp,
) -> bool {
    if is_clean(result, version) {
        return true;
    }
    let names = stood_for(service, result);
    result.outcome == Outcome::Failed
        && ran(result, version)
        && is_known(people, result, &names.iter().collect::<Vec<_>>(), now)
}

/// The targets whose known failures count for this one as well.
fn stood_for(service: &Service, result: &CheckResult) -> Vec<TargetName> {
    let environment = service.environment(&result.target.environment);
    let after = environment.and_then(|environment| environment.after.as_ref());
    match (after, service.target(&result.target)) {
        (Some(after), Some(target)) => service.stand_ins(after, target),
        (None, _) | (_, None) => Vec::new(),
    }
}

fn sum_up(
    service: &Service,
    request: &VerifyRequest,
    targets: &[TargetName],
    results: Vec<(CheckRunId, CheckResult)>,
    accepts: impl Fn(&CheckResult) -> bool,
) -> Verified {
    let mut clean: BTreeMap<&TargetName, BTreeSet<&CheckName>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for (run, result) in &results {
        if accepts(result) {
            if result.outcome == Outcome::Failed {
                known.insert(*run);
            }
            clean.entry(&result.target.target).or_default().insert(&result.check);
        }
    }
    let mut good = Vec::new();
    let mut unchecked = Vec::new();
    let environment = service.environment(&request.lane.environment);
    for name in targets {
        let Some(target) = environment.and_then(|e| e.targets.get(name)) else { continue };
        let expected: Vec<_> =
            service.expected_checks(&request.lane.environment, name, target).collect();
        let ours = expected.iter().any(|(_, check)| check.reported().is_none());
        // A promotion waits for nobody: what only others look at, nobody looks at then.
        if expected.is_empty() || !(ours || request.marks_good) {
            unchecked.push(name.clone());
        } else if expected
            .iter()
            .all(|(check, _)| clean.get(name).is_some_and(|passed| passed.contains(*check)))
        {
            good.push(name.clone());
        }
    }
    Verified {
        good,
        unchecked,
        results,
        waits: Vec::new(),
        controls: BTreeMap::new(),
        known,
        led_by: BTreeMap::new(),
    }
}
