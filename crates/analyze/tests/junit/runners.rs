//! What runners write, and what follows from it.

use plimsoll_analyze::junit::{Case, CaseOutcome, JunitReport};

use super::{GO, NEXTEST, PYTEST, SUREFIRE, read};

fn outcomes(report: &JunitReport) -> Vec<(&str, &'static str)> {
    let word = |case: &Case| match case.outcome {
        CaseOutcome::Passed => "passed",
        CaseOutcome::Failed { .. } => "failed",
        CaseOutcome::Errored { .. } => "errored",
        CaseOutcome::Skipped => "skipped",
        CaseOutcome::Flaky { .. } => "flaky",
    };
    report.cases.iter().map(|case| (case.name.as_str(), word(case))).collect()
}

#[test]
fn pytest_is_read() {
    let report = read(PYTEST).expect("a report");
    assert_eq!(
        outcomes(&report),
        [
            ("test_a.test_ok[1-x]", "passed"),
            ("test_a.TestB.test_bad", "failed"),
            ("test_a.test_fixture", "errored"),
            ("test_a.test_later", "skipped"),
            ("test_x", "skipped"),
        ]
    );
    assert_eq!(report.cases[1].took_ms, 1_500);
    let message = report.cases[1].outcome.message().expect("failed");
    assert!(
        message.starts_with("assert 1 == 2\n +  where 1 = f()\nself = <test_a.TestB"),
        "{message}"
    );
    assert!(!message.contains("hi"), "output of the test is no message: {message}");
    assert_eq!((report.claimed, report.joined), (None, 0));
}

#[test]
fn surefire_with_reruns_is_read() {
    let report = read(SUREFIRE).expect("a report");
    assert_eq!(
        outcomes(&report),
        [
            ("org.example.ShopTest.adds", "passed"),
            ("org.example.ShopTest.pays", "failed"),
            ("org.example.ShopTest.ships", "flaky"),
            ("org.example.ShopTest.skips", "skipped"),
        ]
    );
    assert!(
        report.cases[1]
            .outcome
            .message()
            .is_some_and(|m| m.contains("ShopTest.java:42") && !m.contains("again"))
    );
    assert_eq!(report.cases[2].outcome.message(), Some("timed out"));
}

#[test]
fn nextest_with_retries_is_read() {
    let report = read(NEXTEST).expect("a report");
    assert_eq!(
        outcomes(&report),
        [
            ("shop::bin/shop.cart::adds", "passed"),
            ("shop::bin/shop.cart::pays", "failed"),
            ("shop::bin/shop.cart::ships", "flaky"),
        ]
    );
    assert!(
        report.cases[1].outcome.message().is_some_and(|m| m.ends_with("left: 1\n right: 2")),
        "{report:?}"
    );
}

#[test]
fn go_is_read() {
    let report = read(GO).expect("a report");
    assert_eq!(
        outcomes(&report),
        [
            ("example.com/shop.TestCart", "passed"),
            ("example.com/shop.TestCart/pays", "failed"),
            ("example.com/shop.TestLater", "skipped"),
        ]
    );
    assert!(
        report.cases[1]
            .outcome
            .message()
            .is_some_and(|m| m.contains("cart_test.go:12: got 3, want 4"))
    );
}

#[test]
fn nested_suites_namespaces_and_missing_counts_are_read() {
    let report = read(
        r#"<j:testsuites xmlns:j="urn:junit"><j:testsuite><j:testsuite name="in"><j:testcase name="a"/>
        <j:testcase name="b" classname="c"><j:failure/></j:testcase></j:testsuite></j:testsuite></j:testsuites>"#,
    )
    .expect("a report");
    assert_eq!(outcomes(&report), [("a", "passed"), ("c.b", "failed")]);
    assert_eq!(read("<testsuites/>"), Ok(JunitReport::default()));
}

#[test]
fn a_suite_that_broke_as_a_whole_is_not_lost() {
    let report = read(
        r#"<testsuite name="s"><error message="build failed"/><testcase name="a"/></testsuite>"#,
    );
    assert_eq!(outcomes(&report.expect("a report")), [("s", "errored"), ("a", "passed")]);
}

#[test]
fn a_case_that_says_it_did_not_run_is_skipped() {
    let report = read(
        r#"<testsuite><testcase name="a" status="notrun"/><testcase name="b" status="run" result="completed"/>
        <testcase name="c" result="suppressed"/></testsuite>"#,
    );
    assert_eq!(
        outcomes(&report.expect("a report")),
        [("a", "skipped"), ("b", "passed"), ("c", "skipped")]
    );
}

#[test]
fn more_promised_than_delivered_is_said_and_fewer_are_not_believed() {
    for (text, claimed) in [
        (
            r#"<testsuites tests="9"><testsuite tests="1"><testcase name="a"/></testsuite></testsuites>"#,
            Some(9),
        ),
        (
            r#"<testsuites><testsuite tests="4"/><testsuite tests="3"><testcase name="a"/></testsuite></testsuites>"#,
            Some(7),
        ),
        (r#"<testsuite tests="2"><testcase name="a"/></testsuite>"#, Some(2)),
        (r#"<testsuite tests="0"><testcase name="a"/></testsuite>"#, None),
        (r#"<testsuite tests="many"><testcase name="a"/></testsuite>"#, None),
        (r#"<testsuite tests="2"><testcase name="a"/><testcase name="a"/></testsuite>"#, None),
    ] {
        assert_eq!(read(text).expect("a report").claimed, claimed, "{text}");
    }
}

fn shortfalls(text: &str) -> Vec<String> {
    read(text).expect("a report").shortfalls.iter().map(ToString::to_string).collect()
}

#[test]
fn no_runner_contradicts_itself() {
    for whole in [PYTEST, SUREFIRE, NEXTEST, GO] {
        assert_eq!(shortfalls(whole), [""; 0], "{whole}");
    }
    // Every rerun counted, errors counted as failures, nested suites that sum up what is inside.
    for text in [
        r#"<testsuite failures="2"><testcase name="a"><failure/><rerunFailure/></testcase></testsuite>"#,
        r#"<testsuite failures="1"><testcase name="a"><flakyFailure/></testcase></testsuite>"#,
        r#"<testsuite failures="1"><testcase name="a"><error/></testcase></testsuite>"#,
        r#"<testsuite errors="1"><error/></testsuite>"#,
        r#"<testsuite failures="1"><testcase name="a" status="fail"/></testsuite>"#,
        r#"<testsuites tests="2" failures="1"><testsuite tests="2" failures="1"><testsuite tests="1" failures="1">
        <testcase name="a"><failure/></testcase></testsuite><testcase name="b"/></testsuite></testsuites>"#,
    ] {
        assert_eq!(shortfalls(text), [""; 0], "{text}");
    }
}

#[test]
fn failures_that_no_case_carries_are_said() {
    let case = r#"<testcase name="a"/>"#;
    let red = r#"<testcase name="r"><failure/></testcase>"#;
    for (text, said) in [
        (
            format!(r#"<testsuite failures="1">{case}</testsuite>"#),
            &["the file promises 1 failure and holds none"][..],
        ),
        (
            format!(r#"<testsuites errors="2"><testsuite>{case}</testsuite></testsuites>"#),
            &["the file promises 2 errors and holds none"],
        ),
        (
            format!(r#"<testsuite failures="3">{red}</testsuite>"#),
            &["the file promises 3 failures and holds 1"],
        ),
        (
            format!(r#"<testsuite failures="1" errors="1">{red}</testsuite>"#),
            &["the file promises 2 failures and errors and holds 1"],
        ),
        // Red elsewhere does not stand for it.
        (
            format!(
                r#"<testsuites><testsuite name="a" failures="1">{case}</testsuite><testsuite name="b">{red}</testsuite></testsuites>"#
            ),
            &["the suite a promises 1 failure and holds none"],
        ),
        (
            format!(
                r#"<testsuites><testsuite><testsuite name="in" tests="5" failures="1">{case}</testsuite></testsuite></testsuites>"#
            ),
            &[
                "the suite in promises 5 tests and holds 1",
                "the suite in promises 1 failure and holds none",
            ],
        ),
        // Said once, by the outermost.
        (
            format!(
                r#"<testsuites failures="1"><testsuite failures="1" name="in">{case}</testsuite></testsuites>"#
            ),
            &["the file promises 1 failure and holds none"],
        ),
        (
            format!(r#"<testsuite failures="99999999999">{red}</testsuite>"#),
            &["the file promises 4294967295 failures and holds 1"],
        ),
    ] {
        assert_eq!(shortfalls(&text), said, "{text}");
    }
    let one = read(r#"<testsuite failures="1"><testcase name="a"/></testsuite>"#);
    let other = read(r#"<testsuite><testcase name="b"><failure/></testcase></testsuite>"#);
    let merged = JunitReport::merge([one.expect("a report"), other.expect("a report")]);
    assert_eq!(merged.shortfalls.len(), 1, "the red of another file does not stand for it");
}

#[test]
fn lines_that_a_go_compiler_printed_are_no_errors_of_tests() {
    let go = |root: &str, suite: &str| {
        format!(
            r#"<testsuites tests="1" {root}><testsuite tests="1" {suite}><properties><property name="go.version" value="go1.26"/></properties><testcase name="a"/></testsuite></testsuites>"#
        )
    };
    assert_eq!(shortfalls(&go(r#"errors="2""#, "")), [""; 0]);
    assert_eq!(shortfalls(&go(r#"failures="1""#, "")).len(), 1);
    assert_eq!(shortfalls(&go("", r#"errors="1""#)).len(), 1);
    assert_eq!(shortfalls(&go(r#"errors="2""#, "").replace("go.version", "java.version")).len(), 1);
}

#[test]
fn a_status_that_says_it_failed_is_believed() {
    for word in ["failed", "FAIL", "error", "Timed out", "broken"] {
        for attribute in ["status", "result"] {
            for inside in ["", "<skipped/>", "<system-out>x</system-out>"] {
                let text = format!(
                    r#"<testsuite><testcase name="a" {attribute}="{word}">{inside}</testcase></testsuite>"#
                );
                let report = read(&text).expect("a report");
                assert_eq!(outcomes(&report), [("a", "failed")], "{text}");
                let message = report.cases[0].outcome.message().expect("said");
                assert_eq!(message, format!("the file gives it the status `{word}`"));
            }
        }
    }
    // What a case holds says more than its status.
    let flaky = read(
        r#"<testsuite><testcase name="a" status="failed"><flakyFailure message="slow"/></testcase></testsuite>"#,
    );
    assert_eq!(outcomes(&flaky.expect("a report")), [("a", "flaky")]);
    for (word, outcome) in
        [("run", "passed"), ("passed", "passed"), ("Not Run", "skipped"), ("ignored", "skipped")]
    {
        let text = format!(r#"<testsuite><testcase name="a" status="{word}"/></testsuite>"#);
        assert_eq!(outcomes(&read(&text).expect("a report")), [("a", outcome)], "{word}");
    }
}

#[test]
fn of_cases_with_one_name_the_worst_is_kept() {
    let case = |inside: &str| format!(r#"<testcase name="a" time="0.5">{inside}</testcase>"#);
    let order = ["", "<skipped/>", "<flakyFailure/>", "<error/>", "<failure/>"];
    for (better, worse) in (0..5).flat_map(|worse| (0..worse).map(move |better| (better, worse))) {
        for pair in [[better, worse], [worse, better]] {
            let text =
                format!("<testsuite>{}{}</testsuite>", case(order[pair[0]]), case(order[pair[1]]));
            let report = read(&text).expect("a report");
            let alone =
                read(&format!("<testsuite>{}</testsuite>", case(order[worse]))).expect("a report");
            assert_eq!((report.cases.len(), report.joined), (1, 1));
            assert_eq!(
                (report.cases[0].took_ms, &report.cases[0].outcome),
                (1_000, &alone.cases[0].outcome)
            );
        }
    }
}

#[test]
fn several_files_become_one_report() {
    let first = read(r#"<testsuite tests="3"><testcase name="a"/></testsuite>"#).expect("a report");
    let second = read(
        r#"<testsuite><testcase name="a"><failure/></testcase><testcase name="b"/></testsuite>"#,
    );
    let merged = JunitReport::merge([first, second.expect("a report")]);
    assert_eq!(outcomes(&merged), [("a", "failed"), ("b", "passed")]);
    assert_eq!((merged.claimed, merged.joined), (Some(5), 1));
}
