//! What style sheets did on the good page and do no more.
//!
//! Sheets are merged, split, inlined, minified and rewritten every day. A rule is lost only where
//! three things come together: an element that it applied to is still there, it looks otherwise than
//! it did, and no rule with that selector says anything of what it said.

use std::collections::BTreeSet;

use super::address::{is_counterpart, shown};
use super::facts::{Effect, PageFacts, StyleSheet};
use super::findings::Finding;
use super::looks::{Became, Kinds};
use super::signature::signature;

/// A sheet has lost something when at least this share of what it did is lost: one rule of four. A
/// rule of many that went with a selector that was rewritten is an edit; of a sheet that was cut off,
/// or that was merged without its end, more is missing.
const LOST_OF: usize = 4;

/// Of a large sheet, the part that is this page's own may be less. So many rules that are lost at once
/// are no edit where the picture shows it.
const LOST_MANY: usize = 5;

/// The picture shows it where at least this share of it differs.
const SHOWS: f64 = 0.2;

/// Says which sheets of the good page do no more what they did. `told` are sheets here whose failure
/// is told already.
pub(super) fn lost_styles(
    facts: &PageFacts,
    good: &PageFacts,
    picture_share: f64,
    told: impl Fn(&StyleSheet) -> bool,
) -> Option<Finding> {
    let live: BTreeSet<u32> = facts.live.iter().copied().collect();
    let (here, there) = (Kinds::of(&facts.looks), Kinds::of(&good.looks));
    let same = |one: &StyleSheet, other: &StyleSheet| match (&one.url, &other.url) {
        (Some(one), Some(other)) => is_same_sheet((one, facts), (other, good)),
        (Some(_) | None, Some(_) | None) => false,
    };
    let applied = good.style_sheets.iter().filter(|sheet| sheet.applies());
    let mut lost = applied.filter_map(|sheet| {
        if facts.style_sheets.iter().any(|one| same(one, sheet) && told(one)) {
            return None;
        }
        let is_lost = |effect: &&Effect| {
            let became = |kind: &u32| here.became_of(*kind, &there);
            !effect.declares.iter().any(|one| live.contains(one))
                && effect.on.iter().any(|kind| became(kind) == Some(Became::Restyled))
        };
        let gone: Vec<&str> =
            sheet.effects.iter().filter(is_lost).map(|effect| effect.selector.as_str()).collect();
        let still = facts.style_sheets.iter().any(|one| one.applied && same(one, sheet));
        // Of one whose rules no page may read, its place among the sheets is all that is known.
        let unread = sheet.rules.is_none()
            && !still
            && good.looks.iter().any(|look| here.became(look) == Became::Restyled);
        let much = !gone.is_empty() && gone.len() * LOST_OF >= sheet.effects.len()
            || gone.len() >= LOST_MANY && picture_share >= SHOWS;
        (unread || much).then_some((sheet, gone, still))
    });
    let (sheet, gone, still) = lost.next()?;
    let name = match (&sheet.url, sheet.rules) {
        (Some(url), _) => shown(url, good),
        (None, Some(1)) => "a <style> of one rule".to_owned(),
        (None, rules) => format!("a <style> of {} rules", rules.unwrap_or_default()),
    };
    let what = match (gone.as_slice(), still) {
        ([], _) => format!("the style sheet {name} of the good page is missing"),
        ([first, ..], false) => {
            format!("{name} of the good page is missing, and so is what it did to {first}")
        }
        ([first, ..], true) => format!("{name} does no more what it did to {first}"),
    };
    let rules = match gone.len() {
        0 | 1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    let sheets = match lost.count() {
        0 => String::new(),
        more => format!("; {more} more style sheets are lost like this"),
    };
    Some(Finding::release(format!("{what}{rules}{sheets}")))
}

/// Whether two sheets are one, but for what builders put into their names.
fn is_same_sheet((one, here): (&str, &PageFacts), (other, there): (&str, &PageFacts)) -> bool {
    is_counterpart((one, here), (other, there))
        || signature(&shown(one, here)) == signature(&shown(other, there))
}
