//! What scripts throw and write as errors.

use std::collections::BTreeSet;

use super::{Expected, Strictness};
use crate::page::address::{same_place, shown};
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
        told(what, line, facts)
    };
    let mut found: Vec<Finding> = facts.console.iter().filter(wanted).map(words).collect();
    if let (Some(good), Strictness::New) = (good, expected.strictness) {
        found.extend(more_of_the_same(facts, good, ignored));
    }
    found
}

fn told(what: &str, line: &ConsoleLine, facts: &PageFacts) -> Finding {
    let place = line.place.as_deref().map(|place| format!(" ({})", shown(place, facts)));
    Finding::release(format!("{what}: {}{}", line.text, place.unwrap_or_default()))
}

/// So often as there, and as often again, is chance: a script that asks each second fails more often on
/// a page that takes longer.
const CHANCE: u64 = 2;

/// Exceptions that the good page has too, but from fewer places of scripts, or far less often.
fn more_of_the_same(
    facts: &PageFacts,
    good: &PageFacts,
    ignored: impl Fn(&ConsoleLine) -> bool,
) -> Vec<Finding> {
    let slower = match (facts.ready_ms, good.ready_ms) {
        (Some(here), Some(there)) => here.div_ceil(there.max(1)).max(1),
        (Some(_) | None, Some(_) | None) => 1,
    };
    let (here, there) = (exceptions(facts), exceptions(good));
    let mut heard: Vec<&ConsoleLine> = Vec::new();
    let mut found = Vec::new();
    for line in here.iter().copied().filter(|line| !ignored(line)) {
        if heard.iter().any(|one| is_same_line((line, facts), (one, facts))) {
            continue;
        }
        heard.push(line);
        let same = |lines: &[&'_ ConsoleLine], of: &PageFacts| -> (u64, usize) {
            let same = lines.iter().filter(|one| is_same_line((line, facts), (one, of)));
            let places: Vec<_> = same.map(|one| script_place(one, of)).collect();
            let different = places.iter().flatten().collect::<BTreeSet<_>>().len();
            (places.len() as u64, different)
        };
        let ((these, from), (those, from_there)) = (same(&here, facts), same(&there, good));
        let often = these > 2 && these > CHANCE * slower * those;
        if those > 0 && (often || from > from_there) {
            found.push(told("a script fails as on the good page, and more often", line, facts));
        }
    }
    found
}

fn exceptions(facts: &PageFacts) -> Vec<&ConsoleLine> {
    facts.console.iter().filter(|line| line.kind == ConsoleKind::Exception).collect()
}

/// Where in a file of its own it comes from: scripts inside the page come and go with its content.
fn script_place<'a>(line: &'a ConsoleLine, facts: &PageFacts) -> Option<&'a str> {
    let inside = |place: &&str| {
        let url = place.rsplitn(3, ':').last().unwrap_or(place);
        same_place(url, &facts.url) || same_place(url, &facts.asked)
    };
    line.place.as_deref().filter(|place| !inside(place))
}
