//! What is no report, what is too much of one, and what somebody made to hurt whoever reads it.

use plimsoll_analyze::junit::{JunitError, JunitLimits, parse};

use super::{GO, NEXTEST, PYTEST, SUREFIRE, read};

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
