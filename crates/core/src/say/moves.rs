//! Words for what moves: plans, deployments, processes, regressions, ends.

use std::borrow::Cow;

use crate::event::{PromotionEnd, Regression, RegressionCause};
use crate::promote::{ChangedPart, ChangedTarget};
use crate::record::{DeployReport, DeployResult, Ending, MoveReason, Observed, PlanKind, State};
use crate::units::Period;

use super::mark::{Look, Mark, mark};
use super::text::{count, list, safe, shorten};

/// What runs, as a word: `1.22`, or why that is not known.
#[must_use]
pub fn observed(observed: &Observed) -> Cow<'_, str> {
    match observed {
        Observed::Version(version) => Cow::Borrowed(version.as_str()),
        Observed::Altered { version, how } => {
            Cow::Owned(format!("an altered {version} ({})", shorten(how, 200)))
        }
        Observed::Unknown(why) => Cow::Owned(format!("an unknown version ({})", shorten(why, 100))),
    }
}

/// What sort of move a plan is: `promotion`, `rollback`.
#[must_use]
pub const fn plan_kind(kind: &PlanKind) -> &'static str {
    match kind {
        PlanKind::Promotion => "promotion",
        PlanKind::BreakGlass { .. } => "break-glass promotion",
        PlanKind::Deployment => "deployment",
        PlanKind::Rollback { .. } => "rollback",
        PlanKind::Rehearsal => "rehearsal",
    }
}

/// How a promotion ended, in one word with its mark.
#[must_use]
pub const fn end_look(end: &PromotionEnd) -> Look {
    match end {
        PromotionEnd::VerifiedGood => Look { mark: mark(State::Satisfied), word: "verified good" },
        PromotionEnd::Deployed => Look { mark: mark(State::Satisfied), word: "deployed" },
        PromotionEnd::Rehearsed => Look { mark: mark(State::Satisfied), word: "rehearsed" },
        PromotionEnd::Withdrawn { .. } => {
            Look { mark: mark(State::NotApplicable), word: "withdrawn" }
        }
        PromotionEnd::RolledBack { .. } => Look { mark: mark(State::Failed), word: "rolled back" },
        PromotionEnd::NeedsPerson { .. } => {
            Look { mark: mark(State::Unmet), word: "needs a person" }
        }
    }
}

/// How a promotion ended, in one sentence.
#[must_use]
pub fn end(end: &PromotionEnd) -> String {
    match end {
        PromotionEnd::VerifiedGood => "every target of the plan runs it, verified good".to_owned(),
        PromotionEnd::Deployed => {
            "every target of the plan runs it; nothing was checked".to_owned()
        }
        PromotionEnd::Rehearsed => "every target went back and came forward again".to_owned(),
        PromotionEnd::Withdrawn { reason } => {
            format!("withdrawn, nothing was moved: {}", safe(reason))
        }
        PromotionEnd::RolledBack { reason } => {
            format!("every target that was moved runs again what it ran before: {}", safe(reason))
        }
        PromotionEnd::NeedsPerson { reason } => format!("a person has to go on: {}", safe(reason)),
    }
}

/// The mark of an end.
#[must_use]
pub const fn end_mark(end: &PromotionEnd) -> Mark {
    end_look(end).mark
}

/// What became worse, in one sentence without the target.
#[must_use]
pub fn regression(cause: &RegressionCause) -> String {
    match cause {
        RegressionCause::NotDeployed { finding, .. } => {
            format!("it could not be deployed: {}", shorten(finding, 160))
        }
        RegressionCause::WrongVersion { observed: seen } => {
            format!("{} runs instead of what was deployed", observed(seen))
        }
        RegressionCause::Check { check, state, finding, .. } => {
            format!("{check} {}: {}", state.word(), shorten(finding, 160))
        }
        RegressionCause::Gap { check, lasted_ms, finding, .. } => {
            let lasted = Period::from_millis(*lasted_ms).roughly();
            format!("{check} did not answer for {lasted}: {}", shorten(finding, 160))
        }
    }
}

/// Several regressions, one line for each cause: `home failed: … on nl-k8s, in-k8s`.
#[must_use]
pub fn regressions(regressions: &[Regression]) -> Vec<String> {
    let mut causes: Vec<(String, Vec<&crate::ids::TargetName>)> = Vec::new();
    for one in regressions {
        let words = regression(&one.cause);
        match causes.iter_mut().find(|(cause, _)| *cause == words) {
            Some((_, targets)) => targets.push(&one.target),
            None => causes.push((words, vec![&one.target])),
        }
    }
    causes.iter().map(|(cause, targets)| format!("{}: {cause}", list(targets, 4))).collect()
}

/// What the configuration says otherwise than when a plan was made, the targets by name.
#[must_use]
pub fn changed(changes: &[ChangedTarget]) -> String {
    let of = |part: ChangedPart| -> Vec<_> {
        changes.iter().filter(|change| change.what == part).map(|change| &change.target).collect()
    };
    let parts = [ChangedPart::Gone, ChangedPart::Place, ChangedPart::Checks];
    let words = parts.into_iter().filter(|part| !of(*part).is_empty()).map(|part| {
        let (targets, is) = match of(part).as_slice() {
            [one] => (one.to_string(), "is"),
            more => (list(more, 4), "are"),
        };
        match part {
            ChangedPart::Gone => format!("{targets} {is} not there any more"),
            ChangedPart::Place => format!("how {targets} {is} deployed or observed was changed"),
            ChangedPart::Checks => format!("the checks of {targets} were changed"),
        }
    });
    words.collect::<Vec<_>>().join("; ")
}

/// How a process ended: `exit code 3`, `killed by SIGBUS (7)`.
#[must_use]
pub fn ending(ending: Ending) -> String {
    match ending {
        Ending::Exit(code) => format!("exit code {code}"),
        Ending::Signal(number) => match signal_name(number) {
            Some(name) => format!("killed by {name} ({number})"),
            None => format!("killed by signal {number}"),
        },
        Ending::TimedOut => "ended at its time limit".to_owned(),
        Ending::NotStarted => "could not be started".to_owned(),
    }
}

/// The name of a signal on Linux.
///
/// # Source
/// signal(7), the numbers of x86 and ARM.
#[must_use]
pub const fn signal_name(number: i32) -> Option<&'static str> {
    const NAMES: [&str; 31] = [
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGILL",
        "SIGTRAP",
        "SIGABRT",
        "SIGBUS",
        "SIGFPE",
        "SIGKILL",
        "SIGUSR1",
        "SIGSEGV",
        "SIGUSR2",
        "SIGPIPE",
        "SIGALRM",
        "SIGTERM",
        "SIGSTKFLT",
        "SIGCHLD",
        "SIGCONT",
        "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN",
        "SIGTTOU",
        "SIGURG",
        "SIGXCPU",
        "SIGXFSZ",
        "SIGVTALRM",
        "SIGPROF",
        "SIGWINCH",
        "SIGIO",
        "SIGPWR",
        "SIGSYS",
    ];
    if number >= 1 && number <= 31 { Some(NAMES[(number - 1) as usize]) } else { None }
}

/// What a deployer says of its work, in one sentence.
#[must_use]
pub fn deploy_result(report: &DeployReport) -> String {
    let took = Period::from_millis(report.took_ms).roughly();
    let runs = observed(&report.observed);
    match &report.result {
        DeployResult::Done => format!("done in {took}, {runs} runs"),
        DeployResult::FoundDone => format!("found done, {runs} runs"),
        DeployResult::Misaimed { aimed_at } => {
            format!("not run: it aimed at {}", shorten(aimed_at, 80))
        }
        DeployResult::Failed { ending: how, finding } => {
            format!("failed after {took}, {}: {}; {runs} runs", ending(*how), shorten(finding, 160))
        }
    }
}

/// A process that drives, as people know it: `HOST, process PID` out of `HOST/BOOT/PID/START`.
#[must_use]
pub fn process(driver: &str) -> String {
    let mut parts = driver.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(host), Some(_), Some(pid), Some(_), None) => {
            format!("{}, process {}", shorten(host, 60), shorten(pid, 20))
        }
        _ => shorten(driver, 60),
    }
}

/// Forward or back.
#[must_use]
pub const fn direction(reason: MoveReason) -> &'static str {
    match reason {
        MoveReason::Forward => "forward",
        MoveReason::Back => "back",
    }
}

/// How many targets a promotion moved: `6 of 10 targets`.
pub(super) fn of_targets(done: usize, all: usize) -> String {
    format!("{done} of {}", count(all, "target"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_their_names() {
        assert_eq!(ending(Ending::Signal(7)), "killed by SIGBUS (7)");
        assert_eq!(ending(Ending::Signal(9)), "killed by SIGKILL (9)");
        assert_eq!(ending(Ending::Signal(31)), "killed by SIGSYS (31)");
        assert_eq!(ending(Ending::Signal(64)), "killed by signal 64");
        assert_eq!(ending(Ending::Signal(0)), "killed by signal 0");
    }

    #[test]
    fn a_driver_is_a_host_and_a_process() {
        assert_eq!(process("web1/0a1b-2c/4711/99"), "web1, process 4711");
        assert_eq!(process("history"), "history");
    }

    #[test]
    fn several_targets_of_one_cause_are_one_line() {
        let regression = |target: &str| Regression {
            target: target.parse().expect("a name"),
            cause: RegressionCause::WrongVersion {
                observed: Observed::Unknown("no\u{1b} answer".into()),
            },
        };
        assert_eq!(
            regressions(&[regression("nl-vm"), regression("in-vm")]),
            [
                "nl-vm, in-vm: an unknown version (no\\u{1b} answer) runs instead of what was deployed"
            ]
        );
    }
}
