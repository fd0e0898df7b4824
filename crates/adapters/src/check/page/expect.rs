//! What the user expects of a page beside what is always expected.

use plimsoll_analyze::page::{Finding, PageFacts, Seen};
use plimsoll_core::catalog::{HttpMatch, PageCheck};
use regex::Regex;

/// Everything that is not so.
pub(super) fn unmet(check: &PageCheck, facts: &PageFacts, seen: &Seen) -> Vec<Finding> {
    let mut found = Vec::new();
    for wanted in &check.expect_text {
        found.extend(text_mismatch(seen, wanted));
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

/// The text as it is painted or as it is written in the page: either will do, and neither may hold what
/// must not be there.
fn text_mismatch(seen: &Seen, wanted: &HttpMatch) -> Option<Finding> {
    if !seen.whole {
        let words = "there is more visible text than is read; what it must hold was not looked for";
        return Some(Finding::ours(words));
    }
    let more = |text: &str| match seen.styled_text.as_str() {
        "" => text.to_owned(),
        styled => format!("{text}\n{styled}"),
    };
    let painted = more(&seen.text);
    let written = if seen.written.is_empty() { painted.clone() } else { more(&seen.written) };
    let what = "the visible text";
    let (flat, wanted) = match wanted {
        // A line may be broken anywhere.
        HttpMatch::Contains(part) => (true, HttpMatch::Contains(one_line(part))),
        HttpMatch::Lacks(part) => (true, HttpMatch::Lacks(one_line(part))),
        HttpMatch::Equals(_) | HttpMatch::Matches(_) => (false, wanted.clone()),
    };
    let tell = |text: &str| match flat {
        true => mismatch(what, &one_line(text), &wanted),
        false => mismatch(what, text, &wanted),
    };
    let (first, second) = (tell(&painted), tell(&written));
    match wanted {
        HttpMatch::Lacks(_) => first.or(second),
        HttpMatch::Contains(_) | HttpMatch::Equals(_) | HttpMatch::Matches(_) => first.and(second),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
