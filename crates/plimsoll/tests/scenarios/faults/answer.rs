//! What the gate answered, and that it is what it should be.

use serde_json::Value;

use crate::bed::Output;

/// One requirement that must be unmet: `RULE TARGET CHECK STATE` (`-` for nothing), words that its
/// reason must have, and words that its next steps must have.
pub type Expected<'a> = (&'a str, &'a [&'a str], &'a str);

/// The unmet requirements as `RULE TARGET CHECK STATE`, sorted.
pub fn unmet(decision: &Value) -> Vec<String> {
    let mut lines: Vec<_> =
        requirements(decision).iter().filter(|one| !passes(one)).map(line).collect();
    lines.sort();
    lines
}

/// The requirement with this line.
#[track_caller]
pub fn requirement<'a>(decision: &'a Value, wanted: &str) -> &'a Value {
    let found = requirements(decision).iter().find(|one| line(one) == wanted);
    found.unwrap_or_else(|| panic!("no `{wanted}` in {decision:#}"))
}

/// The words of a requirement's next steps, each with who takes it.
pub fn next(requirement: &Value) -> String {
    let steps = requirement["next"].as_array().expect("a list");
    steps.iter().map(|step| format!("{}: {}\n", word(&step["who"]), word(&step["what"]))).collect()
}

/// Exactly these are unmet, for these reasons, with these next steps; everything else passes.
#[track_caller]
pub fn refuses_exactly(answer: &Output, code: i32, expected: &[Expected<'_>]) {
    let decision = refused(answer, code);
    let mut wanted: Vec<&str> = expected.iter().map(|(line, ..)| *line).collect();
    wanted.sort_unstable();
    assert_eq!(unmet(&decision), wanted, "{}", answer.whole());
    explains(&decision, expected);
}

/// These are among the unmet, and nothing is unmet that does not have `only` in its line.
#[track_caller]
pub fn refuses_within(answer: &Output, code: i32, only: &str, expected: &[Expected<'_>]) {
    let decision = refused(answer, code);
    for line in unmet(&decision) {
        assert!(line.contains(only), "`{line}` in {}", answer.whole());
    }
    explains(&decision, expected);
}

/// It is allowed, and says so.
#[track_caller]
pub fn allows(answer: &Output) -> Value {
    assert_eq!(answer.code, Some(0), "{}", answer.whole());
    let decision = answer.json();
    assert_eq!(decision["decision"], "allowed", "{}", answer.whole());
    assert!(!requirements(&decision).is_empty(), "nothing was asked: {}", answer.whole());
    decision
}

#[track_caller]
fn refused(answer: &Output, code: i32) -> Value {
    assert_eq!(answer.code, Some(code), "{}", answer.whole());
    let decision = answer.json();
    assert_eq!(decision["decision"], "refused", "{}", answer.whole());
    decision
}

#[track_caller]
fn explains(decision: &Value, expected: &[Expected<'_>]) {
    for (line, reasons, step) in expected {
        let one = requirement(decision, line);
        for words in *reasons {
            assert!(word(&one["reason"]).contains(words), "no {words:?} in {one:#}");
        }
        assert!(next(one).contains(step), "no {step:?} in {one:#}");
    }
}

fn requirements(decision: &Value) -> &[Value] {
    decision["requirements"].as_array().expect("a list")
}

fn passes(requirement: &Value) -> bool {
    let passing = ["satisfied", "waived", "known-failure", "not-applicable"];
    passing.contains(&word(&requirement["state"]))
}

fn line(requirement: &Value) -> String {
    ["rule", "target", "check", "state"].map(|field| word(&requirement[field])).join(" ")
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
