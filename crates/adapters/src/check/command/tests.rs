//! Real commands with real files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_core::catalog::{
    Check, CheckKind, CommandCheck, CommandDeploy, DeployKind, JunitExpectation, ObserveKind, Scope,
};
use plimsoll_core::record::{Attempt, Outcome};
use plimsoll_core::units::Period;
use plimsoll_engine::ports::{Attempted, CheckJob, Fleet as _};

use crate::fleet::RealFleet;
use crate::testing::{MemoryBlobs, argv, context, settings};

fn junit(path: &str) -> JunitExpectation {
    JunitExpectation {
        path: path.parse().expect("a template"),
        required_tests: BTreeSet::new(),
        renamed: BTreeMap::new(),
        min_tests: 1,
    }
}

async fn run(root: &Path, script: &str, junit: Option<JunitExpectation>) -> Attempted {
    let run = argv(&["sh", "-c", script]);
    let check = CommandCheck { run, junit, errored_exit_codes: [75].into() };
    let deploy = CommandDeploy { deploy: argv(&["true"]), roll_back: None, prove: None, aim: None };
    let job = CheckJob {
        context: context("nl-vm", DeployKind::Command(deploy), ObserveKind::Link),
        name: "suite".parse().expect("valid"),
        check: Check {
            kind: CheckKind::Command(check),
            only: Scope::default(),
            within: Period::from_millis(2500),
            retries: 0,
            at_once: None,
            safe_on_production: false,
            control_runs: Check::CONTROL_RUNS,
        },
        version: "1.23".parse().expect("valid"),
        begun: plimsoll_engine::ports::Begun::default(),
        beside: plimsoll_engine::ports::Beside::default(),
    };
    RealFleet::new(settings(root, MemoryBlobs::shared())).check(&job).await
}

fn said(attempt: &Attempt) -> (Outcome, &str) {
    (attempt.outcome, &attempt.finding)
}

/// A script that writes a report of these cases and then ends so.
fn writes(cases: &str, then: &str) -> String {
    format!(
        "cat > $PLIMSOLL_OUT/junit.xml <<'X'\n<testsuite name=\"s\">{cases}</testsuite>\nX\n{then}"
    )
}

const PASSED: &str = r#"<testcase classname="t" name="one"/>"#;
const SKIPPED: &str = r#"<testcase classname="t" name="two"><skipped/></testcase>"#;
const FAILED: &str = r#"<testcase classname="t" name="three"><failure message="token is hunter2hunter2"/></testcase>"#;

#[tokio::test]
async fn the_ending_alone_decides_without_junit() {
    let dir = tempfile::tempdir().expect("a directory");
    for (script, outcome, finding) in [
        ("exit 0", Outcome::Passed, "exit code 0"),
        ("echo broken link; exit 1", Outcome::Failed, "exit code 1: broken link"),
        ("exit 75", Outcome::Errored, "exit code 75; it printed nothing"),
        ("exit 127", Outcome::Errored, "exit code 127; it printed nothing"),
        ("kill -BUS $$", Outcome::Failed, "killed by SIGBUS (signal 7); it printed nothing"),
        (
            "trap '' TERM; sleep 60 & wait; sleep 60",
            Outcome::Failed,
            "it did not end within 2s500ms and was ended; it printed nothing",
        ),
        (
            "test -d \"$PLIMSOLL_OUT\" && test $PLIMSOLL_RELEASE = 1.23",
            Outcome::Passed,
            "exit code 0",
        ),
    ] {
        let done = run(dir.path(), script, None).await;
        assert_eq!(said(&done.attempt), (outcome, finding), "{script}");
    }
}

#[tokio::test]
async fn cases_and_ending_both_count() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("token"), "hunter2hunter2").expect("written");
    let required = JunitExpectation {
        required_tests: ["t.one".into(), "t.two".into()].into(),
        ..junit("junit.xml")
    };
    let many = JunitExpectation { min_tests: 3, ..junit("junit.xml") };
    let renamed = JunitExpectation {
        required_tests: ["t.old".into()].into(),
        renamed: [("t.old".to_owned(), "t.one".to_owned())].into(),
        ..junit("junit.xml")
    };
    let plain = || junit("junit.xml");
    for (script, expected, outcome, finding) in [
        (writes(PASSED, ""), plain(), Outcome::Passed, "1 test passed"),
        (
            writes(&[PASSED, SKIPPED].concat(), ""),
            plain(),
            Outcome::Passed,
            "1 test passed, 1 skipped",
        ),
        (
            writes(PASSED, "exit 3"),
            plain(),
            Outcome::Failed,
            "exit code 3; it printed nothing, though none of 1 test failed",
        ),
        (
            writes(&[PASSED, FAILED].concat(), "exit 1"),
            plain(),
            Outcome::Failed,
            "1 of 2 tests failed: t.three: token is [secret token]",
        ),
        (
            writes(&[PASSED, FAILED].concat(), "exit 0"),
            many.clone(),
            Outcome::Failed,
            "1 of 2 tests failed: t.three: token is [secret token]; 2 tests were executed, at least 3 must be",
        ),
        (
            writes(&[PASSED, SKIPPED].concat(), ""),
            required,
            Outcome::NotRun,
            "the required test t.two was not executed",
        ),
        (writes(PASSED, ""), renamed, Outcome::Passed, "1 test passed"),
        (writes(PASSED, ""), many, Outcome::NotRun, "1 test was executed, at least 3 must be"),
        (
            writes(SKIPPED, ""),
            JunitExpectation { min_tests: 0, ..plain() },
            Outcome::NotRun,
            "the only test was skipped",
        ),
        (
            writes("", ""),
            JunitExpectation { min_tests: 0, ..plain() },
            Outcome::NotRun,
            "no test was executed: the file holds none",
        ),
        (
            "true".into(),
            plain(),
            Outcome::NotRun,
            "exit code 0; it wrote no JUnit file (junit.xml)",
        ),
        (
            "echo oops; exit 2".into(),
            plain(),
            Outcome::Failed,
            "exit code 2: oops; it wrote no JUnit file (junit.xml)",
        ),
    ] {
        let done = run(dir.path(), &script, Some(expected)).await;
        assert_eq!(said(&done.attempt), (outcome, finding), "{script}");
    }
}

/// A report whose suite has these attributes.
fn promises(attributes: &str, cases: &str, then: &str) -> String {
    writes(cases, then).replace("name=\"s\"", attributes)
}

const RED: &str = r#"<testcase classname="a" name="t1"><failure message="no"/></testcase>"#;

#[tokio::test]
async fn what_is_wrong_beside_a_failed_test_is_said_and_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let floor = JunitExpectation { min_tests: 3, ..junit("junit.xml") };
    let first = "1 of 1 test failed: a.t1: no";
    for (script, expected, wrong) in [
        (writes(RED, "kill -9 $$"), junit("junit.xml"), "killed by SIGKILL (signal 9)"),
        (
            writes(RED, "exit 139"),
            junit("junit.xml"),
            "exit code 139 (a shell's way to say: killed by SIGSEGV)",
        ),
        (
            writes(RED, "sleep 60"),
            junit("junit.xml"),
            "it did not end within 2s500ms and was ended",
        ),
        (writes(RED, "exit 75"), junit("junit.xml"), "exit code 75"),
        (writes(RED, "exit 1"), floor, "1 test was executed, at least 3 must be"),
        (
            promises("tests=\"50\"", RED, "exit 1"),
            junit("junit.xml"),
            "the file promises 50 tests and holds 1",
        ),
        (
            promises("failures=\"3\"", RED, "exit 1"),
            junit("junit.xml"),
            "the file promises 3 failures and holds 1",
        ),
    ] {
        let done = run(dir.path(), &script, Some(expected)).await;
        let (outcome, finding) = said(&done.attempt);
        assert_eq!(outcome, Outcome::Failed, "{script}");
        assert!(finding.starts_with(&format!("{first}; {wrong}")), "{finding}");
        assert_eq!(done.attempt.cases.expect("counted").wrong, [wrong], "{script}");
    }
    // Its twin: a suite with a failed test that ends as such suites do.
    for code in ["0", "1", "100"] {
        let script = promises("tests=\"1\" failures=\"1\"", RED, &format!("exit {code}"));
        let done = run(dir.path(), &script, Some(junit("junit.xml"))).await;
        assert_eq!(said(&done.attempt), (Outcome::Failed, first));
        assert_eq!(done.attempt.cases.expect("counted").wrong, [""; 0]);
    }
}

#[tokio::test]
async fn failures_that_no_case_carries_are_no_pass() {
    let dir = tempfile::tempdir().expect("a directory");
    for (script, finding) in [
        (promises("failures=\"1\"", PASSED, ""), "the file promises 1 failure and holds none"),
        (promises("errors=\"1\"", PASSED, ""), "the file promises 1 error and holds none"),
        (
            writes(r#"<testcase classname="a" name="t1" status="failed"/>"#, ""),
            "1 of 1 test failed: a.t1: the file gives it the status `failed`",
        ),
    ] {
        let done = run(dir.path(), &script, Some(junit("junit.xml"))).await;
        assert_eq!(said(&done.attempt), (Outcome::Failed, finding), "{script}");
    }
    let disabled = r#"<testcase classname="a" name="t1" status="disabled"/>"#;
    let done = run(dir.path(), &writes(disabled, ""), Some(junit("junit.xml"))).await;
    assert_eq!(said(&done.attempt), (Outcome::NotRun, "the only test was skipped"));
}

#[tokio::test]
async fn a_truncated_report_is_errored_and_its_cases_are_not_used() {
    let dir = tempfile::tempdir().expect("a directory");
    let done = run(
        dir.path(),
        "printf '<testsuite><testcase name=\"a\"/>' > $PLIMSOLL_OUT/junit.xml",
        Some(junit("junit.xml")),
    )
    .await;
    assert_eq!(done.attempt.outcome, Outcome::Errored);
    assert!(done.attempt.finding.contains("truncated"), "{}", done.attempt.finding);
    assert_eq!(done.attempt.cases, None);
    let done = run(dir.path(), "mkfifo $PLIMSOLL_OUT/junit.xml", Some(junit("junit.xml"))).await;
    assert_eq!(done.attempt.outcome, Outcome::Errored, "{}", done.attempt.finding);
}

#[tokio::test]
async fn several_files_are_joined_and_an_old_one_is_not_read() {
    let dir = tempfile::tempdir().expect("a directory");
    let report = |name: &str| format!("<testsuite><testcase name=\"{name}\"/></testsuite>");
    std::fs::create_dir(dir.path().join("reports")).expect("made");
    std::fs::write(dir.path().join("reports/TEST-old.xml"), report("old")).expect("written");
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let done = run(dir.path(), "true", Some(junit("reports/TEST-*.xml"))).await;
    assert_eq!(
        said(&done.attempt),
        (Outcome::NotRun, "exit code 0; it wrote no JUnit file; TEST-old.xml is of an earlier run")
    );
    let script = format!(
        "echo '{}' > reports/TEST-a.xml; echo '{}' > reports/TEST-b.xml",
        report("a"),
        report("b")
    );
    let done = run(dir.path(), &script, Some(junit("reports/TEST-*.xml"))).await;
    assert_eq!(said(&done.attempt), (Outcome::Passed, "2 tests passed"));
}

#[tokio::test]
async fn what_failed_is_listed_with_its_signature_and_without_secrets() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("token"), "hunter2hunter2").expect("written");
    let done = run(
        dir.path(),
        &writes(FAILED, "cat $PLIMSOLL_OUT/junit.xml; exit 1"),
        Some(junit("junit.xml")),
    )
    .await;
    let cases = done.attempt.cases.expect("counted");
    assert_eq!((cases.executed, cases.failed.len()), (1, 1));
    assert_eq!(cases.failed[0].test, "t.three");
    assert_eq!(
        cases.failed[0].signature,
        plimsoll_analyze::signature::of("token is [secret token]")
    );
    assert!(!format!("{cases:?}{}", String::from_utf8_lossy(&done.output)).contains("hunter2"));
}
