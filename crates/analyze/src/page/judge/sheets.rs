//! Style sheets: each must come, be one, and apply a rule.

use super::{Expected, counts};
use crate::page::address::{same_place, shown};
use crate::page::facts::{PageFacts, StyleSheet};
use crate::page::failure::Failure;
use crate::page::findings::Finding;
use crate::page::same::is_same_thing;
use crate::page::seen::SheetContent;

/// Style sheets that are wrong here and not on the good page.
pub(super) fn sheets(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for sheet in &facts.style_sheets {
        let Some(url) = &sheet.url else { continue };
        if !counts(url, facts, expected) {
            continue;
        }
        let Some(wrong) = sheet_wrong(sheet, facts) else { continue };
        if lost_nothing(sheet, facts, good) {
            continue;
        }
        let same = |other: &StyleSheet| {
            good.is_some_and(|good| {
                other.url.as_deref().is_some_and(|there| is_same_thing((url, facts), (there, good)))
                    && sheet_wrong(other, good).as_ref() == Some(&wrong)
            })
        };
        if !good.is_some_and(|good| good.style_sheets.iter().any(same)) {
            let by = sheet
                .imported_by
                .as_deref()
                .map_or_else(String::new, |by| format!(", imported by {},", shown(by, facts)));
            let name = shown(url, facts);
            found.push(Finding::release(format!("the style sheet {name}{by} {wrong}")));
        }
    }
    found
}

/// Whether one that applies no rule is new beside the good page, and was to apply none here: it is for
/// printers, or says so itself with nothing but a comment. What another sheet lost is told of that one.
fn lost_nothing(sheet: &StyleSheet, facts: &PageFacts, good: Option<&PageFacts>) -> bool {
    let Some(url) = sheet.url.as_deref() else { return false };
    let came = facts
        .resources
        .iter()
        .filter(|one| same_place(&one.url, url))
        .all(|one| one.failure.is_none());
    let meant = match sheet.content {
        SheetContent::Comments => true,
        SheetContent::Empty => sheet.unused,
        SheetContent::Css | SheetContent::Unknown => sheet.unused && sheet.rules == Some(0),
        SheetContent::Html => false,
    };
    let known = |good: &PageFacts| {
        let there = good.style_sheets.iter().filter_map(|other| other.url.as_deref());
        there.into_iter().any(|other| is_same_thing((url, facts), (other, good)))
    };
    came && meant && good.is_some_and(|good| !known(good))
}

/// What is wrong with a style sheet, as a clause.
pub(super) fn sheet_wrong(sheet: &StyleSheet, facts: &PageFacts) -> Option<String> {
    let url = sheet.url.as_deref()?;
    let resource = facts.resources.iter().find(|one| same_place(&one.url, url));
    if let Some(failure) = resource.and_then(|one| one.failure.as_ref()) {
        return Some(failure.to_string());
    }
    match (sheet.content, sheet.applied, sheet.rules) {
        (SheetContent::Html, _, _) => Some("is a page, not a style sheet".to_owned()),
        (SheetContent::Empty, _, _) => Some("is empty".to_owned()),
        (_, true, Some(0)) if sheet.effects.is_empty() => Some("applies no rule".to_owned()),
        (_, false, _) => Some(Failure::NotApplied.to_string()),
        (SheetContent::Css | SheetContent::Comments | SheetContent::Unknown, true, _) => None,
    }
}
