//! A page in a sentence and in a few numbers.

use plimsoll_analyze::page::{Finding, PageFacts, Side, shown, signature};
use plimsoll_core::record::{CaseFailure, Cases, PageView};
use plimsoll_core::say::count;

use crate::secrets::Redactor;

/// What was found: the worst, and how much more.
pub(super) fn finding(found: &[Finding], views: &[PageFacts]) -> String {
    match found {
        [] => passed(views),
        [only] => only.words.clone(),
        [first, rest @ ..] => format!("{}, and {} more", first.words, rest.len()),
    }
}

fn passed(views: &[PageFacts]) -> String {
    let Some(facts) = views.first() else { return "nothing was looked at".to_owned() };
    let mut words = format!(
        "{} answers {} and shows {} with {}",
        shown(&facts.asked, facts),
        facts.status.unwrap_or_default(),
        count(facts.applied_sheets(), "style sheet"),
        count(facts.rules() as usize, "rule")
    );
    if views.len() > 1 {
        words.push_str(&format!(", in {} window sizes", views.len()));
    }
    if let Some(busy) = &facts.never_quiet {
        words.push_str(&format!("; it never became quiet ({})", shown(busy, facts)));
    } else if facts.unsteady {
        words.push_str("; it never looked the same twice");
    }
    words
}

/// Everything that the release has done wrong, each as a case of its own, so that one that is known
/// hides no other.
pub(super) fn cases(found: &[Finding], redactor: &Redactor) -> Option<Cases> {
    let mut failed: Vec<CaseFailure> = Vec::new();
    for finding in found.iter().filter(|finding| finding.side == Side::Release) {
        let words = redactor.text(&finding.words);
        let test = signature(&words);
        // The same in another window size is the same, and so is what differs in its variable parts.
        if failed.iter().all(|case| case.test != test) {
            failed.push(CaseFailure { signature: test.clone(), test, message: words });
        }
    }
    if failed.is_empty() {
        return None;
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let executed = count(failed.len());
    let more_failed = count(failed.len().saturating_sub(Cases::MOST_FAILURES));
    failed.truncate(Cases::MOST_FAILURES);
    Some(Cases { executed, failed, more_failed, ..Cases::default() })
}

/// Of these cases, those that are nothing but another look.
pub(super) fn of_look(found: &[Finding], redactor: &Redactor) -> Vec<String> {
    let look = found.iter().filter(|finding| finding.of_look);
    look.map(|finding| signature(&redactor.text(&finding.words))).collect()
}

/// A page in a few numbers.
pub(super) fn view(facts: &PageFacts, redactor: &Redactor) -> PageView {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let url = facts.url.split(['?', '#']).next().unwrap_or_default();
    PageView {
        viewport: facts.viewport.clone(),
        status: facts.status,
        url: redactor.text(url),
        title: redactor.text(&facts.title),
        resources: count(facts.resources.len()).saturating_add(facts.more_resources),
        // The browser asks every site for that one, wanted or not.
        failed_resources: count(
            facts.failed().filter(|(one, _)| !one.url.ends_with("/favicon.ico")).count(),
        ),
        style_sheets: count(facts.style_sheets.len()),
        applied_style_sheets: count(facts.applied_sheets()),
        style_rules: facts.rules(),
        exceptions: facts.exceptions,
        bytes: facts.bytes,
        ready_ms: facts.ready_ms,
    }
}
