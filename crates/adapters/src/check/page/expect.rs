//! What the user expects of a page beside what is always expected.

use plimsoll_analyze::page::{Finding, PageFacts, Seen};
use plimsoll_core::catalog::{HttpMatch, PageCheck};
use regex::Regex;

/// Everything that is not so.
pub(super) fn unmet(check: &PageCheck, facts: &PageFacts, seen: &Seen) -> Vec<Finding> {
    let mut found = Vec::new();
    for wanted in &check.expect_text {
        found.extend(mismatch("the visible text", &seen.text, wanted));
    }
    for selector in &seen.missing {
        found.push(Finding::release(format!("nothing that {selector} finds can be seen")));
    }
    if let Some(wanted) = &check.expect_title {
        found.extend(mismatch("the title", &facts.title, wanted));
    }
    if let Some(wanted) = &check.expect_language
        && !wanted.eq_ignore_ascii_case(&facts.language)
    {
        let is = if facts.language.is_empty() { "not said" } else { &facts.language };
        found.push(Finding::release(format!("the language of the page is {is}, not {wanted}")));
    }
    found
}

fn mismatch(what: &str, text: &str, wanted: &HttpMatch) -> Option<Finding> {
    let (fits, why) = match wanted {
        HttpMatch::Equals(other) => (text == other, format!("is {:?}, not {other:?}", short(text))),
        HttpMatch::Contains(part) => (text.contains(part), format!("does not contain {part:?}")),
        HttpMatch::Lacks(part) => (!text.contains(part), format!("contains {part:?}")),
        HttpMatch::Matches(pattern) => match Regex::new(pattern) {
            Ok(regex) => (regex.is_match(text), format!("does not match {pattern}")),
            Err(error) => return Some(Finding::ours(format!("{pattern} is no pattern: {error}"))),
        },
    };
    (!fits).then(|| Finding::release(format!("{what} {why}")))
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
