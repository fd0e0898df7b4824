use super::*;
use crate::Timestamp;
use crate::ledger::{Lately, Passed, Streak};
use crate::record::{Attempt, Cases, Observed};

fn name<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a name")
}

fn time(hour: u8) -> Timestamp {
    format!("2026-03-02T{hour:02}:00:00Z").parse().expect("a moment")
}

fn attempt(outcome: Outcome, finding: &str) -> Attempt {
    let finding = finding.to_owned();
    Attempt { outcome, finding, took_ms: 5, cases: None, timings: None, page: None }
}

const FINDING: &str = "http://k8s.staging.example/style.css answers 404 in 12 ms";

fn red() -> CheckResult {
    let version: Version = name("1.23");
    CheckResult {
        target: name("planet4/staging/nl-k8s"),
        check: name("home"),
        check_digest: crate::digest::Digest::of(b"now"),
        version: version.clone(),
        deployment: None,
        started_at: time(12),
        finished_at: time(12),
        observed_before: Observed::Version(version.clone()),
        observed_after: Observed::Version(version),
        attempts: vec![attempt(Outcome::Failed, FINDING)],
        outcome: Outcome::Failed,
        output: None,
        reported: None,
    }
}

fn good(trail: Option<&Trail>) -> LastGood<'_> {
    LastGood {
        target: name("planet4/production/nl-k8s"),
        url: Some("http://k8s.example"),
        version: name("1.22"),
        trail,
    }
}

fn ran(question: Question, outcome: Outcome, finding: &str) -> ControlRun {
    let (target, version) = match question {
        Question::LastGood => ("planet4/production/nl-k8s", "1.22"),
        Question::Again | Question::BeforeTheChange => ("planet4/staging/nl-k8s", "1.23"),
    };
    ControlRun {
        question,
        target: name(target),
        version: Some(name(version)),
        check_digest: crate::digest::Digest::of(b"now"),
        at: time(13),
        outcome,
        finding: finding.to_owned(),
        signature: attempt(outcome, finding).signature(),
        took_ms: 5,
        output: None,
    }
}

fn streak(finding: &str, releases: u32) -> Streak {
    Streak {
        signature: attempt(Outcome::Failed, finding).signature(),
        since: time(6),
        releases,
        last: name("1.23"),
    }
}

fn passed(version: &str) -> Passed {
    Passed { version: name(version), at: time(9), check_digest: crate::digest::Digest::of(b"now") }
}

struct Told {
    result: CheckResult,
    here: Trail,
    there: Trail,
    comparable: Result<(), Unclear>,
    redefined: bool,
    process_fails: bool,
    most: usize,
}

impl Told {
    fn new() -> Self {
        let here = Trail { red: Some(streak(FINDING, 1)), ..Trail::default() };
        let (there, comparable) = (Trail::default(), Ok(()));
        let (redefined, process_fails) = (false, false);
        Self { result: red(), here, there, comparable, redefined, process_fails, most: 4 }
    }

    fn next(&self, runs: &[ControlRun]) -> Step {
        let last_good = match &self.comparable {
            Ok(()) => Ok(good(Some(&self.there))),
            Err(reason) => Err(reason.clone()),
        };
        let case = Case {
            result: &self.result,
            url: Some("http://k8s.staging.example"),
            trail: Some(&self.here),
            last_good,
            most: self.most,
            redefined: self.redefined,
            is_of_process: false,
            process_fails: self.process_fails,
        };
        next(&case, runs)
    }

    fn cause(&self, runs: &[ControlRun]) -> Cause {
        match self.next(runs) {
            Step::Known(cause) => cause,
            Step::Run(question) => panic!("{question:?} is still to be asked"),
        }
    }
}

fn again() -> ControlRun {
    ran(Question::Again, Outcome::Failed, FINDING)
}

fn there(outcome: Outcome, finding: &str) -> ControlRun {
    ran(Question::LastGood, outcome, finding)
}

#[test]
fn green_where_the_last_good_version_runs_is_a_regression() {
    let told = Told::new();
    assert_eq!(told.next(&[]), Step::Run(Question::Again));
    assert_eq!(told.next(&[again()]), Step::Run(Question::LastGood));
    let mut runs = vec![again(), there(Outcome::Passed, "200")];
    // Once is chance: both are looked at once more, in turn.
    assert_eq!(told.next(&runs), Step::Run(Question::Again));
    runs.push(again());
    assert_eq!(told.next(&runs), Step::Run(Question::LastGood));
    runs.push(there(Outcome::Passed, "200"));
    let cause = told.cause(&runs);
    let Cause::Regression { against: Against::Green { target, version, .. } } = cause else {
        panic!("{cause:?}")
    };
    assert_eq!((target.to_string(), version), ("planet4/production/nl-k8s".into(), name("1.22")));
}

#[test]
fn one_green_run_here_or_one_red_there_is_no_regression() {
    let told = Told::new();
    let begun = || vec![again(), there(Outcome::Passed, "200")];
    let mut runs = begun();
    runs.extend([ran(Question::Again, Outcome::Passed, "200"), again()]);
    assert_eq!(told.cause(&runs), Cause::Flaky { red: 3, of: 4, turns: 0 });
    let mut runs = begun();
    runs.extend([again(), there(Outcome::Failed, "/feed answers 500")]);
    assert_eq!(told.cause(&runs), Cause::Flaky { red: 4, of: 5, turns: 0 });
}

#[test]
fn what_the_ledger_remembers_of_one_version_is_more_than_four_runs_can_say() {
    let by_chance = || {
        let green = || there(Outcome::Passed, "200");
        vec![again(), green(), again(), green()]
    };
    let remembered = |greens: &[bool], version: &str, definition: &[u8]| -> Vec<Lately> {
        let one = |green: &bool| Lately {
            version: name(version),
            check_digest: crate::digest::Digest::of(definition),
            green: *green,
        };
        greens.iter().map(one).collect()
    };
    let mut told = Told::new();
    assert_eq!(told.cause(&by_chance()).word(), "regression", "nothing is remembered");
    told.here.lately = remembered(&[true, false, true, false], "1.23", b"now");
    assert_eq!(told.cause(&by_chance()), Cause::Flaky { red: 3, of: 5, turns: 3 });
    told.here.lately = remembered(&[true, false, true, false], "1.23", b"another");
    assert_eq!(told.cause(&by_chance()).word(), "regression", "it was another check");
    told.here.lately = remembered(&[true], "1.22", b"now");
    told.here.lately.extend(remembered(&[false], "1.23", b"now"));
    assert_eq!(told.cause(&by_chance()).word(), "regression", "another version is no turn");
    told.there.lately = remembered(&[true, false, true], "1.22", b"now");
    assert_eq!(told.cause(&by_chance()).word(), "flaky", "it turns there, too");
}

#[test]
fn what_was_green_here_with_this_very_version_may_be_a_release_that_does_not_last() {
    let green = || there(Outcome::Passed, "200");
    let in_turn = [again(), green(), again(), green()];
    let mut told = Told::new();
    told.here.passed = Some(passed("1.23"));
    let green_before = |cause: Cause| match cause {
        Cause::Unclear { reason: Unclear::GreenBefore { target, green_at, .. } } => {
            assert_eq!((target, green_at), (name("planet4/staging/nl-k8s"), time(9)));
        }
        other => panic!("{other:?}"),
    };
    green_before(told.cause(&in_turn));
    // So it is where nothing answers any more: what leaked has died, or the machine is down.
    let refused = || Observed::Unknown("connection refused".to_owned());
    (told.result.observed_before, told.result.observed_after) = (refused(), refused());
    let mut mute = again();
    mute.version = None;
    green_before(told.cause(&[mute.clone()]));
    // Where a check of the process saw it die or grow, it is the release's fault.
    told.process_fails = true;
    assert_eq!(told.next(&[mute.clone()]), Step::Run(Question::LastGood));
    let cause = told.cause(&[mute.clone(), green(), mute, green()]);
    assert_eq!(cause.word(), "regression", "{cause:?}");
}

#[test]
fn of_several_failures_those_that_are_not_there_too_are_new() {
    let suite = |tests: &[(&str, &str)]| {
        let failed = tests.iter().map(|(test, message)| CaseFailure {
            test: (*test).into(),
            signature: (*message).into(),
            message: (*message).into(),
        });
        let mut attempt = attempt(Outcome::Failed, "tests failed");
        attempt.cases = Some(Cases { failed: failed.collect(), ..Cases::default() });
        attempt
    };
    let here = suite(&[("a.old", "5 at http://k8s.staging.example/x"), ("b.new", "null")]);
    let mut told = Told::new();
    told.result.attempts = vec![here.clone()];
    let mut again = again();
    again.signature = here.signature();
    let mut good = there(Outcome::Failed, "tests failed");
    good.signature = suite(&[("a.old", "5 at http://k8s.example/x")]).signature();
    let cause = told.cause(&[again, good]);
    let Cause::Regression { against: Against::OtherFailure { new, .. } } = &cause else {
        panic!("{cause:?}")
    };
    assert_eq!(*new, ["b.new: null"]);
}

#[test]
fn where_nobody_says_which_version_runs_the_place_is_down() {
    let mut told = Told::new();
    let refused = || Observed::Unknown("connection refused".to_owned());
    (told.result.observed_before, told.result.observed_after) = (refused(), refused());
    let mut mute = again();
    mute.version = None;
    let cause = told.cause(&[mute]);
    assert_eq!(cause.word(), "environment");
    // It was down for a moment only.
    assert_eq!(told.next(&[again()]), Step::Run(Question::LastGood));
    // And where production is down there is nothing to compare with, whatever is remembered.
    let mut told = Told::new();
    told.here.passed = Some(passed("1.22"));
    let mut down = there(Outcome::Failed, "connection refused");
    down.version = None;
    let Cause::Unclear { reason: Unclear::NotComparable { finding, .. } } =
        told.cause(&[again(), down])
    else {
        panic!()
    };
    assert_eq!(finding, "it cannot be reached: connection refused");
}

#[test]
fn the_same_failure_there_says_that_it_was_red_before_whatever_the_address() {
    let mut told = Told::new();
    let same = "http://k8s.example/style.css answers 404 in 40 ms";
    let runs = [again(), there(Outcome::Failed, same)];
    let Cause::RedBefore { releases: 1, since, .. } = told.cause(&runs) else { panic!() };
    assert_eq!(since, time(13), "known since it was looked at");
    told.there.red = Some(streak(same, 3));
    let cause = told.cause(&runs);
    let Cause::RedBefore { releases: 3, since, target } = cause else { panic!("{cause:?}") };
    assert_eq!((since, target.environment.as_str()), (time(6), "production"));
}

#[test]
fn another_failure_there_does_not_excuse_this_one() {
    let cause = Told::new().cause(&[again(), there(Outcome::Failed, "/feed answers 500")]);
    let Cause::Regression { against: Against::OtherFailure { finding, .. } } = cause else {
        panic!("{cause:?}")
    };
    assert_eq!(finding, "/feed answers 500");
}

#[test]
fn what_was_green_with_the_very_same_version_and_is_red_now_is_the_environment() {
    let mut told = Told::new();
    told.there.passed = Some(passed("1.22"));
    let same = "http://k8s.example/style.css answers 404 in 40 ms";
    let cause = told.cause(&[again(), there(Outcome::Failed, same)]);
    let Cause::Environment { green_at, .. } = cause else { panic!("{cause:?}") };
    assert_eq!(green_at, time(9));
}

#[test]
fn a_pass_on_the_second_look_is_counted_out_to_four_runs() {
    let told = Told::new();
    let green = || ran(Question::Again, Outcome::Passed, "200");
    let mut runs = vec![green()];
    for _ in 0..2 {
        assert_eq!(told.next(&runs), Step::Run(Question::Again));
        runs.push(again());
    }
    assert_eq!(told.next(&runs), Step::Run(Question::Again));
    runs.push(green());
    assert_eq!(told.cause(&runs), Cause::Flaky { red: 3, of: 5, turns: 0 });
}

#[test]
fn a_changed_check_that_is_green_as_it_was_before_is_what_changed() {
    let mut told = Told::new();
    told.redefined = true;
    let mut runs =
        vec![again(), there(Outcome::Failed, "http://k8s.example/style.css answers 404 in 3 ms")];
    assert_eq!(told.next(&runs), Step::Run(Question::BeforeTheChange));
    runs.push(ran(Question::BeforeTheChange, Outcome::Passed, "200"));
    assert_eq!(told.cause(&runs), Cause::Redefined);
}

#[test]
fn where_nothing_can_be_run_the_ledger_is_asked() {
    let mut told = Told::new();
    told.comparable = Err(Unclear::NothingToCompare);
    let cause = told.cause(&[again()]);
    assert_eq!(cause, Cause::Unclear { reason: Unclear::NothingToCompare });
    told.here.passed = Some(passed("1.22"));
    assert_eq!(told.cause(&[again()]).word(), "regression", "it passed here with 1.22");
    told.here.passed = Some(passed("1.23"));
    assert_eq!(told.cause(&[again()]).word(), "cause unclear", "it passed with this very release");
    told.here.red = Some(streak(FINDING, 4));
    let Cause::RedBefore { releases: 3, .. } = told.cause(&[again()]) else { panic!() };
}

#[test]
fn a_comparison_with_another_version_or_one_that_could_not_be_made_says_nothing() {
    let told = Told::new();
    let mut moved = there(Outcome::Passed, "200");
    moved.version = Some(name("1.23"));
    assert_eq!(told.cause(&[again(), moved]).word(), "cause unclear");
    let errored = there(Outcome::Errored, "no route");
    let Cause::Unclear { reason: Unclear::NotComparable { finding, .. } } =
        told.cause(&[again(), errored])
    else {
        panic!()
    };
    assert_eq!(finding, "no route");
}

#[test]
fn a_check_that_gets_no_control_run_is_told_from_the_ledger() {
    let mut told = Told::new();
    told.most = 0;
    assert_eq!(told.cause(&[]), Cause::Unclear { reason: Unclear::NoMoreRuns });
    told.here.passed = Some(passed("1.22"));
    assert_eq!(told.cause(&[]).word(), "regression");
}

/// Every sequence of outcomes that control runs can come to, with the cause that it ends in.
fn all_ends(told: &Told) -> Vec<(Vec<ControlRun>, Cause)> {
    let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Errored, Outcome::NotRun];
    let (mut open, mut ends) = (vec![Vec::new()], Vec::new());
    while let Some(runs) = open.pop() {
        match told.next(&runs) {
            Step::Known(cause) => ends.push((runs, cause)),
            Step::Run(question) => {
                assert!(runs.len() < told.most.min(Control::MOST_RUNS), "{runs:?}");
                for outcome in outcomes {
                    // What is red is so in the same way, in another one, or where nothing answers.
                    for finding in
                        [FINDING, "http://k8s.example/style.css answers 404 in 9 ms", "x"]
                    {
                        let mut more = runs.clone();
                        more.push(ran(question, outcome, finding));
                        open.push(more);
                    }
                }
            }
        }
    }
    ends
}

#[test]
fn it_is_always_known_after_as_many_runs_as_it_gets() {
    for (redefined, most) in [(false, 4), (true, 4), (true, 1), (false, 2), (true, 0), (true, 9)] {
        let mut told = Told::new();
        (told.redefined, told.most) = (redefined, most);
        assert!(!all_ends(&told).is_empty());
    }
}

#[test]
fn nothing_but_the_same_failure_with_the_last_good_version_acquits_a_release() {
    for (version, process_fails) in [("1.23", false), ("1.23", true), ("1.22", false)] {
        let mut told = Told::new();
        told.here.passed = Some(passed(version));
        told.there.passed = Some(passed("1.22"));
        told.process_fails = process_fails;
        let ends = all_ends(&told);
        let acquitted =
            |cause: &Cause| matches!(cause, Cause::Environment { .. } | Cause::RedBefore { .. });
        let regression = |cause: &Cause| matches!(cause, Cause::Regression { .. });
        assert!(ends.iter().any(|(_, cause)| acquitted(cause)));
        assert!(ends.iter().any(|(_, cause)| regression(cause)));
        for (runs, cause) in ends.iter().filter(|(_, cause)| acquitted(cause)) {
            let red_there = |run: &ControlRun| {
                run.question == Question::LastGood && run.outcome == Outcome::Failed
            };
            assert!(runs.iter().any(red_there), "{cause:?} of {runs:#?}");
        }
    }
}
