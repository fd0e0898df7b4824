//! Files that a page asks for: none may fail, or come with nothing in it, that does not on the good page.

use super::{Expected, counts};
use crate::page::address::{is_counterpart, named, same_place};
use crate::page::facts::{PageFacts, Resource, StyleSheet};
use crate::page::failure::Failure;
use crate::page::findings::Finding;
use crate::page::same::is_same_thing;

/// Files that failed here and not on the good page.
pub(super) fn files(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    // Each old fault explains one new one of that name: a second file that is gone is another.
    let mut used: Vec<&str> = Vec::new();
    for (resource, failure) in facts.failed() {
        if !counts(&resource.url, facts, expected) || !matters(resource, failure) {
            continue;
        }
        let told = |sheet: &StyleSheet| {
            sheet.url.as_deref().is_some_and(|url| same_place(url, &resource.url))
        };
        if facts.style_sheets.iter().any(told) {
            continue;
        }
        let known = good.and_then(|good| {
            let mut failed = good.failed().filter(|(other, was)| {
                *was == failure && is_same_thing((&resource.url, facts), (&other.url, good))
            });
            let exact = |url: &str| is_counterpart((&resource.url, facts), (url, good));
            failed.find(|(other, _)| exact(&other.url) || !used.contains(&other.url.as_str()))
        });
        match known {
            Some((other, _)) => used.push(&other.url),
            None => {
                let what = what(&resource.kind);
                let name = named(&resource.url, facts);
                found.push(Finding::release(format!("{what} {name} {failure}")));
            }
        }
    }
    found.extend(good.map_or(Vec::new(), |good| emptied(facts, expected, good)));
    found.extend(cut_short(facts, expected, good));
    found
}

/// Files that came with nothing in them, where the good page has something.
fn emptied(facts: &PageFacts, expected: &Expected, good: &PageFacts) -> Vec<Finding> {
    let is_file = |kind: &str| matches!(kind, "Script" | "Image" | "Font");
    let empty = facts.resources.iter().filter(|one| one.empty && is_file(&one.kind));
    empty
        .filter(|one| counts(&one.url, facts, expected) && is_whole_there(one, facts, good))
        .filter(|one| one.failure.is_none())
        .map(|one| told(one, facts, "is empty"))
        .collect()
}

/// Pictures that came without their end, and not so on the good page.
fn cut_short(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let known = |one: &Resource| {
        good.is_some_and(|good| {
            let same = |other: &&Resource| is_same_thing((&one.url, facts), (&other.url, good));
            good.resources.iter().filter(same).any(|other| other.cut_short)
        })
    };
    let cut = facts.resources.iter().filter(|one| one.cut_short && one.failure.is_none());
    cut.filter(|one| counts(&one.url, facts, expected) && !known(one))
        .map(|one| told(one, facts, "is cut short: its end is missing"))
        .collect()
}

/// Whether the good page has the same file, and each time with something in it.
fn is_whole_there(one: &Resource, facts: &PageFacts, good: &PageFacts) -> bool {
    let same = |other: &&Resource| {
        other.kind == one.kind
            && is_same_thing((&one.url, facts), (&other.url, good))
            && other.status == Some(200)
    };
    let mut there = good.resources.iter().filter(same).peekable();
    there.peek().is_some() && there.all(|other| !other.empty && other.failure.is_none())
}

fn told(one: &Resource, facts: &PageFacts, wrong: &str) -> Finding {
    Finding::release(format!("{} {} {wrong}", what(&one.kind), named(&one.url, facts)))
}

/// Whether a failure can be one that a visitor notices. An answer that a script asked for may well
/// be «you are not logged in»; and what the page itself gave up, it did not need.
pub(in crate::page) fn matters(resource: &Resource, failure: &Failure) -> bool {
    let script_asked = matches!(resource.kind.as_str(), "XHR" | "Fetch");
    match failure {
        Failure::GivenUp => false,
        Failure::Status(status) if script_asked => {
            !(400..500).contains(status) || matches!(status, 404 | 410)
        }
        Failure::NeverArrived if script_asked => false,
        _ => match resource.kind.as_str() {
            "Ping" | "Prefetch" | "Prefetched" | "Preflight" | "CSPViolationReport"
            | "EventSource" | "WebSocket" => false,
            "Icon" | "Other" => !resource.url.ends_with("/favicon.ico"),
            _ => true,
        },
    }
}

fn what(kind: &str) -> &'static str {
    match kind {
        "Stylesheet" => "the style sheet",
        "Script" => "the script",
        "Image" => "the picture",
        "Font" => "the font",
        "Document" => "the frame",
        "Media" => "the film or sound",
        "Manifest" => "the manifest",
        "TextTrack" => "the text track",
        "Icon" => "the icon",
        "Preloaded" => "the preloaded",
        "XHR" | "Fetch" => "what scripts ask for,",
        _ => "the file",
    }
}
