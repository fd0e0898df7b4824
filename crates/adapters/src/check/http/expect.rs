//! What an answer must be, and what it is instead.

use std::borrow::Cow;
use std::collections::BTreeSet;

use plimsoll_core::catalog::{HttpCheck, HttpMatch, JsonExpectation};
use serde_json::Value;

use crate::probe::ProbeAnswer;

use super::patterns::compiled;

/// How much of a value is quoted.
///
/// # Units
/// Characters.
const QUOTED: usize = 80;

/// Every expectation that is not met, a sentence each.
///
/// # Errors
/// A sentence, when an expectation itself is broken.
pub(super) fn unmet(
    check: &HttpCheck,
    shown: &str,
    answer: &ProbeAnswer,
) -> Result<Vec<String>, String> {
    let mut findings: Vec<String> = status(&check.status, shown, answer).into_iter().collect();
    for (name, expected) in &check.expect_headers {
        if let Some(finding) = header(name, expected, answer)? {
            findings.push(format!("{shown}: {finding}"));
        }
    }
    let body = String::from_utf8_lossy(&answer.body);
    for expected in &check.expect_body {
        if let Some(finding) = differs("body", &body, expected)? {
            findings.push(format!("{shown}: {finding}"));
        }
    }
    findings.extend(json(&check.expect_json, shown, &answer.body));
    Ok(findings)
}

fn status(expected: &BTreeSet<u16>, shown: &str, answer: &ProbeAnswer) -> Option<String> {
    let status = answer.status;
    let passes =
        if expected.is_empty() { (200..300).contains(&status) } else { expected.contains(&status) };
    if passes {
        return None;
    }
    let words: Vec<String> = expected.iter().map(u16::to_string).collect();
    let wanted = match words.as_slice() {
        [] => "any 2xx".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    };
    Some(format!("{shown} answers {status}{}, {wanted} is expected", way(answer)))
}

/// Where a redirect leads, or which ones were followed.
fn way(answer: &ProbeAnswer) -> String {
    if let Some(last) = answer.redirects.last() {
        let times = if answer.redirects.len() == 1 { "a redirect" } else { "redirects" };
        return format!(" after {times} to {}", quoted(&last.to));
    }
    match answer.headers.get(hyper::header::LOCATION) {
        Some(to) if (300..400).contains(&answer.status) => {
            format!(" (to {})", quoted(&String::from_utf8_lossy(to.as_bytes())))
        }
        _ => String::new(),
    }
}

/// A header that is sent several times is as asked if one of its values is; with `lacks`, if all
/// are.
fn header(
    name: &str,
    expected: &HttpMatch,
    answer: &ProbeAnswer,
) -> Result<Option<String>, String> {
    let values: Vec<Cow<'_, str>> = answer
        .headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let what = format!("header {name}");
    let lacks = matches!(expected, HttpMatch::Lacks(_));
    if values.is_empty() {
        return Ok((!lacks).then(|| format!("{what} is missing, {} is expected", wanted(expected))));
    }
    let mut findings = Vec::new();
    for value in &values {
        findings.extend(differs(&what, value, expected)?);
    }
    let unmet = if lacks { !findings.is_empty() } else { findings.len() == values.len() };
    Ok(findings.into_iter().next().filter(|_| unmet))
}

fn wanted(expected: &HttpMatch) -> String {
    match expected {
        HttpMatch::Equals(text) => format!("«{}»", quoted(text)),
        HttpMatch::Contains(text) => format!("one with «{}»", quoted(text)),
        HttpMatch::Lacks(text) => format!("one without «{}»", quoted(text)),
        HttpMatch::Matches(pattern) => format!("one that matches «{}»", quoted(pattern)),
    }
}

fn differs(what: &str, found: &str, expected: &HttpMatch) -> Result<Option<String>, String> {
    Ok(match expected {
        HttpMatch::Equals(text) => (found != text)
            .then(|| format!("{what} is «{}», «{}» is expected", quoted(found), quoted(text))),
        HttpMatch::Contains(text) => {
            let is = instead(what, found);
            (!found.contains(text)).then(|| format!("{what} lacks «{}»{is}", quoted(text)))
        }
        HttpMatch::Lacks(text) => found
            .contains(text)
            .then(|| format!("{what} contains «{}», which it must not", quoted(text))),
        HttpMatch::Matches(pattern) => {
            let regex = compiled(pattern).map_err(|_| {
                format!("the pattern «{}» is no regular expression", quoted(pattern))
            })?;
            let is = instead(what, found);
            (!regex.is_match(found))
                .then(|| format!("{what} does not match «{}»{is}", quoted(pattern)))
        }
    })
}

/// What is there instead, where that is short: a header's value, or that there is nothing.
fn instead(what: &str, found: &str) -> String {
    match (found.is_empty(), what) {
        (true, _) => ", it is empty".to_owned(),
        (false, "body") => String::new(),
        (false, _) => format!(", it is «{}»", quoted(found)),
    }
}

fn json(expected: &[JsonExpectation], shown: &str, body: &[u8]) -> Vec<String> {
    if expected.is_empty() {
        return Vec::new();
    }
    let document: Value = match serde_json::from_slice(body) {
        Ok(document) => document,
        Err(_) if body.is_empty() => {
            return vec![format!("{shown}: the body is empty, JSON is expected")];
        }
        Err(error) => return vec![format!("{shown}: the body is not JSON: {error}")],
    };
    let unmet =
        expected.iter().filter_map(|one| match (document.pointer(&one.pointer), &one.equals) {
            (None, _) => Some(format!("`{}` is missing", one.pointer)),
            (Some(found), Some(wanted)) if !same(found, wanted) => Some(format!(
                "`{}` is {}, {} is expected",
                one.pointer,
                quoted(&found.to_string()),
                quoted(&wanted.to_string())
            )),
            (Some(_), _) => None,
        });
    unmet.map(|finding| format!("{shown}: {finding}")).collect()
}

/// Equal, where 1 and 1.0 are the same number.
fn same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.is_f64() != b.is_f64() && a.as_f64() == b.as_f64())
        }
        _ => found == wanted,
    }
}

/// Fit for one line.
fn quoted(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(QUOTED)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.chars().nth(QUOTED).is_some() {
        line.push('…');
    }
    line
}
