//! Why something that came is not used.

use super::address::same_place;
use super::facts::{ConsoleKind, PageFacts, Resource, StyleSheet};
use super::failure::Failure;

/// Finds out why something that came is not used: the browser says so in its log alone.
pub(super) fn explain(facts: &mut PageFacts) {
    // What the browser itself refuses may look as if the page had given it up.
    let open = |one: &&mut Resource| matches!(one.failure, None | Some(Failure::GivenUp));
    for resource in facts.resources.iter_mut().filter(open) {
        if !matches!(resource.kind.as_str(), "Stylesheet" | "Script" | "Font") {
            continue;
        }
        let said = facts.console.iter().find(|line| {
            let of_place = |place: &String| same_place(place, &resource.url);
            let module = line.text.starts_with("Failed to load module script")
                && line.place.as_ref().is_some_and(of_place);
            line.kind == ConsoleKind::Browser
                && (module || line.text.contains(resource.url.as_str()))
        });
        if let Some(why) = said.and_then(|line| said_failure(&line.text, &resource.mime)) {
            resource.failure = Some(why);
        }
        if resource.failure.is_none() && resource.kind == "Stylesheet" {
            let place = |sheet: &&StyleSheet| {
                sheet.url.as_deref().is_some_and(|url| same_place(url, &resource.url))
            };
            let mut sheets = facts.style_sheets.iter().filter(place).peekable();
            // A sheet of the wrong type is there, and holds nothing.
            let nothing = |sheet: &StyleSheet| !sheet.applied || sheet.rules == Some(0);
            let all = sheets.peek().is_some() && sheets.clone().all(nothing);
            resource.failure = match resource.mime.as_str() {
                "text/css" | "" if all && sheets.all(|sheet| !sheet.applied) => {
                    Some(Failure::NotApplied)
                }
                "text/css" | "" => None,
                mime => all.then(|| Failure::Mime(mime.to_owned())),
            };
        }
    }
}

/// The browser keeps an empty sheet for one that it refused.
pub(super) fn unapply(facts: &mut PageFacts) {
    for sheet in &mut facts.style_sheets {
        let Some(url) = &sheet.url else { continue };
        let mut files = facts.resources.iter().filter(|one| same_place(&one.url, url)).peekable();
        if files.peek().is_some() && files.all(|one| one.failure.is_some()) {
            sheet.applied = false;
        }
    }
}

fn said_failure(text: &str, mime: &str) -> Option<Failure> {
    if text.contains("integrity") {
        Some(Failure::Integrity)
    } else if text.contains("MIME") {
        let quoted = |begins: &str, ends: &str| {
            text.split_once(begins)
                .and_then(|(_, rest)| rest.split_once(ends))
                .map(|(told, _)| told)
        };
        let told = quoted("MIME type ('", "')").or_else(|| quoted("MIME type of \"", "\""));
        Some(Failure::Mime(told.unwrap_or(mime).to_owned()))
    } else if text.contains("Content Security Policy") {
        Some(Failure::Csp)
    } else {
        None
    }
}
