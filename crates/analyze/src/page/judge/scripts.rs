//! What scripts throw and write as errors.

use super::{Expected, Strictness};
use crate::page::address::shown;
use crate::page::facts::{ConsoleKind, ConsoleLine, PageFacts};
use crate::page::findings::Finding;
use crate::page::same::is_same_line;

/// Errors of scripts that count.
pub(super) fn scripts(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let there = |line: &ConsoleLine| {
        good.is_some_and(|good| {
            good.console.iter().any(|one| is_same_line((line, facts), (one, good)))
        })
    };
    let ignored = |line: &ConsoleLine| {
        let place = line.place.as_deref().unwrap_or_default();
        expected.ignore.iter().any(|part| place.contains(part.as_str()))
    };
    let wanted = |line: &&ConsoleLine| match (line.kind, expected.strictness) {
        _ if ignored(line) => false,
        (ConsoleKind::Exception, Strictness::New) | (ConsoleKind::Error, Strictness::All) => {
            !there(line)
        }
        (ConsoleKind::Exception, Strictness::Exceptions | Strictness::All) => true,
        (ConsoleKind::Error, Strictness::New | Strictness::Exceptions)
        | (ConsoleKind::Browser, _) => false,
    };
    let words = |line: &ConsoleLine| {
        let what = match line.kind {
            ConsoleKind::Exception => "a script fails",
            ConsoleKind::Error | ConsoleKind::Browser => "a script reports an error",
        };
        let place = line.place.as_deref().map(|place| format!(" ({})", shown(place, facts)));
        Finding::release(format!("{what}: {}{}", line.text, place.unwrap_or_default()))
    };
    facts.console.iter().filter(wanted).map(words).collect()
}
