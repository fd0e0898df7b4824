//! Why is a check red? What is run next to find out, and what it comes to.
//!
//! Again in the same place: a pass says *flaky*. Then where the last verified good version runs: a
//! pass there, looked at in turn with the candidate as often as there are runs left, says *regression*
//! when the candidate was red each time and the good one green each time, else *flaky*; so it is where
//! the ledger remembers that the check turns back and forth. Where it remembers that it was green here
//! with this very version, four runs cannot tell a release that does not last from a place that has
//! changed: the cause is *unclear*, unless the process itself is known to die. The same failure there
//! says *was red before*, or, where that place was green with the very same version, *environment*. Then with the definition that the check had
//! when it last passed, if it was changed since: a pass says that the *check* changed. Where
//! nothing can be run for comparison, what the ledger remembers is asked.

use crate::catalog::{Check, Service};
use crate::ids::{CheckName, TargetId, Version};
use crate::ledger::{ServiceState, TargetState, Trail};
use crate::record::{
    Against, CaseFailure, Cause, CheckResult, Control, ControlRun, Observed, Outcome, Question,
    Unclear, signature_of,
};

/// A red check, and what is known about it.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The red result.
    pub result: &'a CheckResult,
    /// The address of its target, if it has one; left out where findings of places are compared.
    pub url: Option<&'a str>,
    /// What the ledger remembers of the check there, this result included.
    pub trail: Option<&'a Trail>,
    /// Where it can be compared, or why not.
    pub last_good: Result<LastGood<'a>, Unclear>,
    /// How many control runs it gets, at most [`Control::MOST_RUNS`].
    pub most: usize,
    /// Whether the definition that it had when it last passed is at hand, and another one.
    pub redefined: bool,
    /// The check watches the process itself: that nothing answers is what it is about, and says
    /// nothing of the place.
    pub is_of_process: bool,
    /// Another check saw the process of this very version there die, or grow without end.
    pub process_fails: bool,
}

/// A target on which the last verified good version runs.
#[derive(Debug, Clone)]
pub struct LastGood<'a> {
    /// The target.
    pub target: TargetId,
    /// Its address, if it has one.
    pub url: Option<&'a str>,
    /// The version that was verified good there and runs there.
    pub version: Version,
    /// What the ledger remembers of the check there.
    pub trail: Option<&'a Trail>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A control run.
    Run(Question),
    /// It is known.
    Known(Cause),
}

/// What comes next after these control runs; once there are as many as it gets, it is always known.
#[must_use]
pub fn next(case: &Case<'_>, runs: &[ControlRun]) -> Step {
    let asked = |question| runs.iter().filter(move |run| run.question == question);
    let room = runs.len() < case.most.min(Control::MOST_RUNS);
    if runs.is_empty() && room {
        return Step::Run(Question::Again);
    }
    if asked(Question::Again).any(|run| run.outcome == Outcome::Passed) {
        if room {
            return Step::Run(Question::Again);
        }
        let tried = case.result.attempts.len() + asked(Question::Again).count();
        let green = asked(Question::Again).filter(|run| run.outcome == Outcome::Passed).count();
        return Step::Known(flaky(case, tried - green, tried));
    }
    if let Some(cause) = unreachable(case, runs) {
        return Step::Known(cause);
    }
    if let Ok(good) = &case.last_good {
        match asked(Question::LastGood).next() {
            None if room => return Step::Run(Question::LastGood),
            None => {}
            Some(run) => {
                if let Some(cause) = regression(case, good, run) {
                    return doubted(case, good, runs, room, cause);
                }
            }
        }
    }
    if case.redefined {
        match asked(Question::BeforeTheChange).next() {
            None if room => return Step::Run(Question::BeforeTheChange),
            None => {}
            Some(run) if run.outcome == Outcome::Passed => return Step::Known(Cause::Redefined),
            Some(_) => {}
        }
    }
    Step::Known(red_too(case, asked(Question::LastGood).next()))
}

/// Where not even the version was told, before or after and when it was run again, the place is down; or
/// what ran there, if it was green with this very version: then nobody can tell.
fn unreachable(case: &Case<'_>, runs: &[ControlRun]) -> Option<Cause> {
    if case.is_of_process || case.process_fails {
        return None;
    }
    let Observed::Unknown(why) = &case.result.observed_after else { return None };
    let mute = matches!(case.result.observed_before, Observed::Unknown(_))
        && runs
            .iter()
            .filter(|run| run.question == Question::Again)
            .all(|run| run.version.is_none());
    let target = case.result.target.clone();
    mute.then(|| does_not_last(case).unwrap_or(Cause::Unreachable { target, why: why.clone() }))
}

/// Red here and green there may be chance: both are looked at once more, in turn, while runs are left.
fn doubted(
    case: &Case<'_>,
    good: &LastGood<'_>,
    runs: &[ControlRun],
    room: bool,
    cause: Cause,
) -> Step {
    if !matches!(cause, Cause::Regression { against: Against::Green { .. } }) {
        return Step::Known(cause);
    }
    let there = runs.iter().filter(|run| run.question == Question::LastGood);
    let told = |run: &&ControlRun| run.version.as_ref() == Some(&good.version);
    let red_there = there.clone().filter(told).filter(|run| run.outcome == Outcome::Failed).count();
    if red_there > 0 {
        return Step::Known(all_runs(case, runs));
    }
    if !room {
        return Step::Known(remembered_otherwise(case, runs).unwrap_or(cause));
    }
    let here = runs.iter().filter(|run| run.question == Question::Again).count();
    Step::Run(if here > there.count() { Question::LastGood } else { Question::Again })
}

/// Sometimes red, as all runs together say.
fn all_runs(case: &Case<'_>, runs: &[ControlRun]) -> Cause {
    let red = runs.iter().filter(|run| run.outcome == Outcome::Failed).count();
    let tried = case.result.attempts.len();
    flaky(case, tried + red, tried + runs.len())
}

fn flaky(case: &Case<'_>, red: usize, of: usize) -> Cause {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let turns = case.trail.map_or(0, |trail| trail.turns(&case.result.check_digest));
    // The way to this result is one of them.
    Cause::Flaky { red: count(red), of: count(of), turns: count(turns) }
}

/// Red each time here and green each time there, and still no regression: what the ledger remembers of
/// the same place says otherwise. A check that had turned back and forth with one version does so by
/// itself, here or there, and chance can look like this; one that was green here with this very version
/// is red for something that came since, which may come from the release: a slow leak. A process that was
/// up and then died did so by itself.
fn remembered_otherwise(case: &Case<'_>, runs: &[ControlRun]) -> Option<Cause> {
    if case.is_of_process || case.process_fails {
        return None;
    }
    let digest = &case.result.check_digest;
    let there = case.last_good.as_ref().ok().and_then(|good| good.trail);
    let turns = [case.trail, there].into_iter().flatten().map(|trail| trail.turns(digest)).max()?;
    if turns >= ALTERNATES {
        return Some(all_runs(case, runs));
    }
    does_not_last(case)
}

/// It was green in this place with this very version.
fn does_not_last(case: &Case<'_>) -> Option<Cause> {
    let passed = case.trail?.passed.as_ref()?;
    let same =
        passed.version == case.result.version && passed.check_digest == case.result.check_digest;
    same.then(|| {
        let (target, version) = (case.result.target.clone(), passed.version.clone());
        let reason = Unclear::GreenBefore { target, version, green_at: passed.at };
        Cause::Unclear { reason }
    })
}

/// Green, red and green again with one version: it does so by itself.
const ALTERNATES: usize = 2;

/// Green, or red in another way, where the last good version runs.
fn regression(case: &Case<'_>, good: &LastGood<'_>, run: &ControlRun) -> Option<Cause> {
    let (target, version) = (good.target.clone(), good.version.clone());
    if run.version.as_ref() != Some(&good.version) {
        return None;
    }
    let against = match run.outcome {
        Outcome::Passed => Against::Green { target, version, at: run.at },
        Outcome::Failed if is_same(case, good, &run.signature) => return None,
        Outcome::Failed => {
            let (finding, new) = (run.finding.clone(), new_failures(case, good, &run.signature));
            Against::OtherFailure { target, version, finding, new }
        }
        Outcome::Errored | Outcome::NotRun => return None,
    };
    Some(Cause::Regression { against })
}

/// Red in the same way with the last good version, or what the ledger says.
fn red_too(case: &Case<'_>, run: Option<&ControlRun>) -> Cause {
    let good = case.last_good.as_ref().ok();
    let comparable = good.zip(run).filter(|(good, run)| {
        run.outcome == Outcome::Failed && run.version.as_ref() == Some(&good.version)
    });
    if let Some((good, run)) = comparable {
        return same_there(case, good, run);
    }
    // What cannot be asked about may be down, and then says nothing about the release.
    if let Some((good, run)) = good.zip(run.filter(|run| run.version.is_none())) {
        let finding = format!("it cannot be reached: {}", run.finding);
        let target = good.target.clone();
        return Cause::Unclear { reason: Unclear::NotComparable { target, finding } };
    }
    if let Some(cause) = remembered(case) {
        return cause;
    }
    let reason = match (&case.last_good, run) {
        (Err(reason), _) => reason.clone(),
        (Ok(good), Some(run)) if run.version.as_ref() == Some(&good.version) => {
            Unclear::NotComparable { target: good.target.clone(), finding: run.finding.clone() }
        }
        (Ok(_), None) => Unclear::NoMoreRuns,
        (Ok(good), Some(_)) => {
            let finding = format!("{} does not run there any more", good.version);
            Unclear::NotComparable { target: good.target.clone(), finding }
        }
    };
    Cause::Unclear { reason }
}

fn same_there(case: &Case<'_>, good: &LastGood<'_>, run: &ControlRun) -> Cause {
    let trail = good.trail;
    let passed = trail.and_then(|trail| trail.passed.as_ref()).filter(|passed| {
        passed.version == good.version && passed.check_digest == case.result.check_digest
    });
    let red = trail.and_then(|trail| trail.red.as_ref());
    if let (Some(passed), None) = (passed, red) {
        let (target, version) = (good.target.clone(), good.version.clone());
        return Cause::Environment { target, version, green_at: passed.at };
    }
    let there = red.filter(|streak| is_same(case, good, &streak.signature));
    let here = earlier(case);
    // Whichever goes back further.
    match (here, there) {
        (Some((since, releases)), Some(there)) if since < there.since => {
            Cause::RedBefore { target: case.result.target.clone(), since, releases }
        }
        (_, Some(there)) => Cause::RedBefore {
            target: good.target.clone(),
            since: there.since,
            releases: there.releases,
        },
        (Some((since, releases)), None) => {
            Cause::RedBefore { target: case.result.target.clone(), since, releases }
        }
        (None, None) => {
            Cause::RedBefore { target: good.target.clone(), since: run.at, releases: 1 }
        }
    }
}

/// Since when, and on how many releases before this one, the check was red in this way here.
fn earlier(case: &Case<'_>) -> Option<(crate::Timestamp, u32)> {
    let streak = case.trail.and_then(|trail| trail.red.as_ref())?;
    let same = streak.signature == case.result.signature() && streak.releases > 1;
    same.then_some((streak.since, streak.releases - 1))
}

/// What the ledger says of the same place.
fn remembered(case: &Case<'_>) -> Option<Cause> {
    if let Some((since, releases)) = earlier(case) {
        return Some(Cause::RedBefore { target: case.result.target.clone(), since, releases });
    }
    let passed = case.trail.and_then(|trail| trail.passed.as_ref())?;
    if passed.check_digest != case.result.check_digest || passed.version == case.result.version {
        return None;
    }
    let (target, version) = (case.result.target.clone(), passed.version.clone());
    Some(Cause::Regression { against: Against::Green { target, version, at: passed.at } })
}

/// Whether a failure elsewhere is this one, its own address and version aside.
fn is_same(case: &Case<'_>, good: &LastGood<'_>, there: &[String]) -> bool {
    let here = case.result.signature();
    let plain = |lines: &[String], target: &TargetId, url: Option<&str>, version: &Version| {
        lines.iter().map(|line| placeless(line, target, url, version)).collect::<Vec<_>>()
    };
    plain(&here, &case.result.target, case.url, &case.result.version)
        == plain(there, &good.target, good.url, &good.version)
}

/// The single tests that fail here in a way in which none fails there.
fn new_failures(case: &Case<'_>, good: &LastGood<'_>, there: &[String]) -> Vec<String> {
    let result = case.result;
    let plain = |line: &str, url: Option<&str>, target: &TargetId, version: &Version| {
        placeless(line, target, url, version)
    };
    let known: Vec<String> =
        there.iter().map(|line| plain(line, good.url, &good.target, &good.version)).collect();
    let cases = result.attempts.last().and_then(|attempt| attempt.cases.as_ref());
    let failed = cases.map_or(&[][..], |cases| &cases.failed);
    let fresh = failed.iter().filter(|one| {
        let line = plain(&one.line(), case.url, &result.target, &result.version);
        !known.contains(&line)
    });
    fresh.take(Against::MOST_NEW).map(CaseFailure::words).collect()
}

/// A line without what names its place.
fn placeless(line: &str, target: &TargetId, url: Option<&str>, version: &Version) -> String {
    let mut line = line.to_owned();
    let authority = url.and_then(|url| url.split_once("://")?.1.split(['/', '?', '#']).next());
    let names = [url.map(|url| url.trim_end_matches('/')), authority];
    for name in names.into_iter().flatten().filter(|name| !name.is_empty()) {
        line = line.replace(name, "@");
    }
    for name in [&target.to_string(), target.target.as_str(), target.environment.as_str()] {
        line = line.replace(name, "@");
    }
    // A version like `1` is in every other number.
    if version.as_str().len() > 2 {
        line = line.replace(version.as_str(), "@");
    }
    signature_of(&line)
}

/// Where a red check of `result` can be compared: a target of the same site and platform that runs
/// another version, verified good there; in the same environment first, then in the one that its
/// target stands for.
///
/// # Errors
/// Why there is none.
pub fn last_good<'a>(
    service: &'a Service,
    state: &'a ServiceState,
    result: &CheckResult,
    name: &CheckName,
    check: &Check,
) -> Result<LastGood<'a>, Unclear> {
    let own = &result.target;
    let Some(target) = service.target(own) else { return Err(Unclear::NothingToCompare) };
    let here = service.environments.iter().filter(|e| e.name == own.environment);
    let above = service.environments.iter().filter(|e| e.after.as_ref() == Some(&own.environment));
    let mut unsafe_there = None;
    for environment in here.chain(above) {
        for (other, place) in &environment.targets {
            let id = service.lane(&environment.name).target(other);
            let twin = place.site == target.site && place.platform == target.platform;
            if id == *own || !twin {
                continue;
            }
            let Some(known) = state.target(&id) else { continue };
            let Some(version) = good_there(known).filter(|version| **version != result.version)
            else {
                continue;
            };
            let asked_there = check.only.covers(&environment.name, other, place);
            let same_place = environment.name == own.environment;
            if !(check.safe_on_production || asked_there && (same_place || check.only_reads())) {
                unsafe_there.get_or_insert(id);
                continue;
            }
            let (url, version) = (place.url.as_deref(), version.clone());
            let trail = known.trails.get(name);
            return Ok(LastGood { target: id, url, version, trail });
        }
    }
    Err(unsafe_there.map_or(Unclear::NothingToCompare, |target| Unclear::NotSafeThere { target }))
}

/// The version that runs there and was verified good there.
fn good_there(target: &TargetState) -> Option<&Version> {
    let runs = target.version().filter(|_| target.drift.is_none())?;
    target.verified_good.iter().any(|good| good.version == *runs).then_some(runs)
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
