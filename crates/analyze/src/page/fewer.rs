//! Style sheets that the good page has and this one has not.
//!
//! Sheets are merged, split and inlined every day, and their number falls. That is a fault only where
//! what they declare is gone.

use std::collections::BTreeSet;

use super::facts::{PageFacts, StyleSheet};
use super::findings::Finding;
use super::judge::{is_counterpart, shown};
use super::signature::signature;

/// A sheet is there when at least this share of what it declares is: five parts of which four are
/// found. Merging changes nothing; minifiers drop a declaration here and there that another one
/// overrides. Of a sheet with fewer than five, all must be there.
const PARTS: usize = 5;
const FOUND: usize = 4;

/// Says when fewer sheets apply than on the good page and what one of them declares is gone. `told`
/// are sheets here whose failure is told already.
pub(super) fn fewer_sheets(
    facts: &PageFacts,
    good: &PageFacts,
    told: impl Fn(&StyleSheet) -> bool,
) -> Option<Finding> {
    let (here, there) = (facts.applied_sheets(), good.applied_sheets());
    if here >= there {
        return None;
    }
    let applying = facts.style_sheets.iter().filter(|sheet| sheet.applies());
    let declared: BTreeSet<u32> =
        applying.clone().flat_map(|sheet| sheet.declares.numbers()).collect();
    let same = |one: &StyleSheet, other: &StyleSheet| match (&one.url, &other.url) {
        (Some(one), Some(other)) => is_same_sheet((one, facts), (other, good)),
        (Some(_) | None, Some(_) | None) => false,
    };
    let mut lost = good.style_sheets.iter().filter(|sheet| sheet.applies()).filter(|sheet| {
        !is_declared(sheet, &declared)
            && !applying.clone().any(|one| same(one, sheet))
            && !facts.style_sheets.iter().any(|one| same(one, sheet) && told(one))
    });
    let first = lost.next()?;
    let name = match (&first.url, first.rules) {
        (Some(url), _) => shown(url, good),
        (None, Some(1)) => "a <style> of one rule".to_owned(),
        (None, rules) => format!("a <style> of {} rules", rules.unwrap_or_default()),
    };
    let missing = match lost.count() {
        0 => "is missing, and what it declares too".to_owned(),
        more => format!("and {more} more are missing, and what they declare too"),
    };
    let apply = if here == 1 { "style sheet applies" } else { "style sheets apply" };
    Some(Finding::release(format!(
        "{here} {apply}, where the good page has {there}: {name} {missing}"
    )))
}

/// Whether what the sheet declares is there. Of one whose rules may not be read nobody can tell.
fn is_declared(sheet: &StyleSheet, declared: &BTreeSet<u32>) -> bool {
    let (found, of) = sheet.declares.found_in(declared);
    of > 0 && found * PARTS >= of * FOUND
}

/// Whether two sheets are one, but for what builders put into their names.
fn is_same_sheet((one, here): (&str, &PageFacts), (other, there): (&str, &PageFacts)) -> bool {
    is_counterpart((one, here), (other, there))
        || signature(&shown(one, here)) == signature(&shown(other, there))
}
