//! JUnit files as real runners write them, and what nobody should write.

use plimsoll_analyze::junit::{Case, CaseOutcome, JunitError, JunitLimits, JunitReport, parse};

fn read(text: &str) -> Result<JunitReport, JunitError> {
    parse(text.as_bytes(), &JunitLimits::default())
}

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

const PYTEST: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="2" tests="5" time="0.044" timestamp="2026-11-21T13:54:20.123456+00:00" hostname="host"><testcase classname="test_a" name="test_ok[1-x]" time="0.001" /><testcase classname="test_a.TestB" name="test_bad" time="1.500"><failure message="assert 1 == 2&#10; +  where 1 = f()">self = &lt;test_a.TestB object at 0x7f3a&gt;

    def test_bad(self):
&gt;       assert f() == 2
E       assert 1 == 2
E        +  where 1 = f()

test_a.py:9: AssertionError</failure><system-out>--------- Captured Out ---------
hi</system-out></testcase><testcase classname="test_a" name="test_fixture" time="0.000"><error message="failed on setup with &quot;RuntimeError: no db&quot;">E RuntimeError: no db</error></testcase><testcase classname="test_a" name="test_later" time="0.000"><skipped type="pytest.skip" message="not here">test_a.py:12: not here</skipped></testcase><testcase classname="" name="test_x" time="0.000"><skipped type="pytest.xfail" message="" /></testcase></testsuite></testsuites>"#;

const SUREFIRE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" version="3.0" name="org.example.ShopTest" time="1,234.5" tests="4" errors="0" skipped="1" failures="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="adds" classname="org.example.ShopTest" time="0.012"/>
  <testcase name="pays" classname="org.example.ShopTest" time="0.2">
    <failure message="expected:&lt;1&gt; but was:&lt;2&gt;" type="java.lang.AssertionError"><![CDATA[java.lang.AssertionError: expected:<1> but was:<2>
	at org.example.ShopTest.pays(ShopTest.java:42)]]></failure>
    <rerunFailure message="again" type="java.lang.AssertionError"><stackTrace><![CDATA[x]]></stackTrace><system-out>out</system-out></rerunFailure>
  </testcase>
  <testcase name="ships" classname="org.example.ShopTest" time="0.3">
    <flakyFailure message="timed out" type="java.net.SocketTimeoutException"><stackTrace><![CDATA[java.net.SocketTimeoutException: timed out]]></stackTrace></flakyFailure>
    <flakyError message="later"/>
  </testcase>
  <testcase name="skips" classname="org.example.ShopTest" time="0"><skipped/></testcase>
</testsuite>"#;

const NEXTEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="1" errors="0" uuid="45c50042-482e-477e-88a2-60cfcc3eaf95" timestamp="2026-11-21T13:54:20.123+00:00" time="0.023">
    <testsuite name="shop::bin/shop" tests="3" disabled="0" errors="0" failures="1">
        <testcase name="cart::adds" classname="shop::bin/shop" timestamp="2026-11-21T13:54:20.123+00:00" time="0.009"></testcase>
        <testcase name="cart::pays" classname="shop::bin/shop" time="0.010">
            <failure message="thread &apos;cart::pays&apos; (4711) panicked at src/cart.rs:10:9" type="test failure with exit code 101">thread &apos;cart::pays&apos; (4711) panicked at src/cart.rs:10:9:
assertion `left == right` failed
  left: 1
 right: 2</failure>
            <rerunFailure type="test failure with exit code 101">x<system-out>y</system-out></rerunFailure>
        </testcase>
        <testcase name="cart::ships" classname="shop::bin/shop" time="0.010">
            <flakyFailure timestamp="2026-11-21T13:54:20.123+00:00" time="0.01" message="thread panicked" type="test failure">boom<system-err>e</system-err></flakyFailure>
        </testcase>
    </testsuite>
</testsuites>"#;

const GO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" time="0.302">
	<testsuite tests="3" failures="1" time="0.002" name="example.com/shop" timestamp="2026-11-21T13:54:20Z">
		<properties><property name="go.version" value="go1.26 linux/amd64"></property></properties>
		<testcase classname="example.com/shop" name="TestCart" time="0.000"></testcase>
		<testcase classname="example.com/shop" name="TestCart/pays" time="0.000">
			<failure message="Failed" type="">=== RUN   TestCart/pays&#xA;    cart_test.go:12: got 3, want 4&#xA;--- FAIL: TestCart/pays (0.00s)&#xA;</failure>
		</testcase>
		<testcase classname="example.com/shop" name="TestLater" time="0.000"><skipped message="cart_test.go:20: later"></skipped></testcase>
	</testsuite>
</testsuites>"#;

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

#[test]
fn what_is_no_whole_report_is_refused_in_words() {
    for (text, said) in [
        ("", "empty"),
        (" \n", "empty"),
        ("ok 1 - a\nnot ok 2 - b", "not XML: at line 1, column 1"),
        ("{\"tests\": []}", "not XML"),
        ("<html><body/></html>", "its root is `<html>`"),
        (
            "<testsuite><testcase name=\"a\">\n<failure>x",
            "truncated at line 2, column 11, inside `<failure>`",
        ),
        ("<testsuite>\n<testcase name=\"a", "truncated at line 2, column 18, inside `<testsuite>`"),
        ("<testsuite><testcase name=\"a\"/>", "inside `<testsuite>`"),
        ("<testsuite><testcase name=\"a\"><failure><![CDATA[x", "inside `<failure>`"),
        ("<testsuite", "malformed"),
        ("<testsuite></testsuites>", "malformed"),
        ("<testsuite/><testsuite/>", "second root"),
        ("<testsuite/>tail", "after the end"),
        ("<testsuite><testcase/></testsuite>", "without a name at line 1, column 12"),
        ("<testsuite><testcase name=\"a\" name=\"b\"/></testsuite>", "malformed"),
        ("<testsuite><testcase name=\"&x;\"/></testsuite>", "entity `&x;`"),
        (
            "<testsuite><testcase name=\"a\"><failure>&x;</failure></testcase></testsuite>",
            "entity `&x;`",
        ),
        (
            "<testsuite><testcase name=\"a\"><failure>&#xD800;</failure></testcase></testsuite>",
            "malformed",
        ),
        (
            "<!DOCTYPE testsuite SYSTEM \"file:///etc/passwd\"><testsuite/>",
            "DOCTYPE at line 1, column 1",
        ),
    ] {
        let error = read(text).expect_err(text).to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
    let bytes = b"<testsuite>\n<testcase name=\"\xFF\"/></testsuite>";
    let error = parse(bytes, &JunitLimits::default()).expect_err("not UTF-8");
    assert_eq!(error.to_string(), "the JUnit file is not UTF-8 text at line 2, column 17");
}

#[test]
fn a_billion_laughs_are_refused_before_the_first() {
    let mut bomb = "<!DOCTYPE x [<!ENTITY a0 \"ha\">".to_owned();
    for level in 1..30 {
        bomb.push_str(&format!("<!ENTITY a{level} \"&a{};&a{};\">", level - 1, level - 1));
    }
    bomb.push_str("]><testsuite><testcase name=\"&a29;\"/></testsuite>");
    assert!(matches!(read(&bomb), Err(JunitError::Doctype { .. })));
}

#[test]
fn every_limit_is_kept() {
    let limits = JunitLimits { bytes: 10_000, cases: 2, depth: 4, message_bytes: 10 };
    let parse = |text: &str| parse(text.as_bytes(), &limits);
    assert!(matches!(
        parse(&" ".repeat(10_001)),
        Err(JunitError::TooLarge { bytes: 10_001, limit: 10_000 })
    ));
    let cases =
        |count: usize| format!("<testsuite>{}</testsuite>", "<testcase name='a'/>".repeat(count));
    assert!(parse(&cases(2)).is_ok());
    assert_eq!(parse(&cases(3)), Err(JunitError::TooManyCases { limit: 2 }));
    let deep =
        |depth: usize| format!("{}{}", "<testsuite>".repeat(depth), "</testsuite>".repeat(depth));
    assert!(parse(&deep(4)).is_ok());
    assert!(matches!(parse(&deep(5)), Err(JunitError::TooDeep { limit: 4, .. })));
    let long =
        parse("<testsuite><testcase name='a'><failure>ééééééééé</failure></testcase></testsuite>");
    assert_eq!(long.expect("a report").cases[0].outcome.message(), Some("ééééé…"));
}

#[test]
fn every_beginning_of_a_report_is_refused() {
    for whole in [PYTEST, SUREFIRE, NEXTEST, GO] {
        let whole = whole.trim_end();
        for end in 0..whole.len() {
            assert!(
                parse(&whole.as_bytes()[..end], &JunitLimits::default()).is_err(),
                "{end} bytes"
            );
        }
    }
}

#[test]
fn mutations_of_reports_never_panic() {
    // xorshift64: the same mutations each time.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("below a usize")
    };
    let scraps: [&[u8]; 12] = [
        b"<",
        b">",
        b"&",
        b"&#x0;",
        b"]]>",
        b"<![CDATA[",
        b"<!DOCTYPE a>",
        b"\xFF",
        b"<testcase>",
        b"</testcase>",
        b"<failure message='1:2:3'>",
        b"<!--",
    ];
    for round in 0..20_000 {
        let mut bytes = [PYTEST, SUREFIRE, NEXTEST, GO][round % 4].as_bytes().to_vec();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(3) {
                0 => drop(bytes.splice(at..at, scraps[random(scraps.len())].iter().copied())),
                1 => drop(bytes.drain(at..(at + random(40)).min(bytes.len()))),
                _ => bytes[at] = u8::try_from(random(256)).expect("a byte"),
            }
        }
        plimsoll_analyze::junit::fuzz(&bytes);
    }
}

#[test]
fn what_decides_is_never_lost_where_it_has_no_place() {
    let red = "<testcase name=\"b\"><failure/></testcase>";
    for inner in [
        format!("<group>{red}</group>"),
        format!("<properties>{red}</properties>"),
        format!("<group><testsuite name=\"x\">{red}</testsuite></group>"),
        format!("<testcase name=\"c\">{red}</testcase>"),
        "<testcase name=\"c\"><testsuite/></testcase>".to_owned(),
        "<testcase name=\"c\"><result><failure/></result></testcase>".to_owned(),
        "<testcase name=\"c\"><system-out><error/></system-out></testcase>".to_owned(),
        "<testcase name=\"c\"><Failure/></testcase>".to_owned(),
        "<testcase name=\"c\"><skipped><failure/></skipped></testcase>".to_owned(),
    ] {
        let text = format!("<testsuite>{inner}<testcase name=\"a\"/></testsuite>");
        let Err(JunitError::Malformed { why, .. }) = read(&text) else { panic!("{text}") };
        assert!(why.contains(" inside <"), "{why}");
    }
}

#[test]
fn what_reading_costs_grows_with_the_file_and_not_with_its_square() {
    // With the square of it this takes minutes.
    let cases: String = (0..40_000)
        .map(|at| format!("<testcase name=\"t{at}\"><failure message=\"m{at}\"/></testcase>"))
        .collect();
    let suites = "<testsuite><error message=\"broken\"/></testsuite>".repeat(40_000);
    let report = parse(
        format!("<testsuites>{cases}{suites}</testsuites>").as_bytes(),
        &JunitLimits::default(),
    );
    let report = report.expect("it is a report");
    assert_eq!(report.cases.len(), 80_000);
    assert!(report.cases[79_999].name.starts_with("suite at line 1, column "));
}
