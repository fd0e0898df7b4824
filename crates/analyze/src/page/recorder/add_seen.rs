//! What a script saw on the page itself, among the facts.

use super::{LONGEST_TEXT, LONGEST_URL, cut};
use crate::page::facts::{Effect, PageFacts, StyleSheet};
use crate::page::layout::Direction;
use crate::page::leftover::leftovers;
use crate::page::looks::{KindLook, Unread};
use crate::page::seen::{Seen, SeenEffect, SeenKind, SheetContent};
use crate::page::unfilled::Unfilled;

/// The beginning of the text says enough about a page.
const KEPT_TEXT: usize = 2_000;

pub(super) fn add_seen(facts: &mut PageFacts, seen: &Seen) {
    if !seen.url.is_empty() {
        facts.url = cut(&seen.url, LONGEST_URL);
    }
    facts.title = cut(&seen.title, LONGEST_TEXT);
    facts.language = cut(&seen.language, 100);
    facts.text = cut(&seen.text, KEPT_TEXT);
    facts.blank = seen.blank;
    facts.text_length = u64::try_from(seen.text.chars().count()).unwrap_or(u64::MAX);
    facts.broken_images = seen.broken_images.clone();
    facts.empty_drawings = seen.empty_drawings.clone();
    facts.dots = seen.dots.clone();
    facts.leftovers = leftovers(seen.prose.as_ref().unwrap_or(&seen.text));
    facts.hollow =
        seen.hollow.iter().map(|(kind, name)| Unread { kind: *kind, name: name.clone() }).collect();
    facts.sends_to = seen.sends_to.clone();
    facts.measures = PageFacts::MEASURES;
    facts.direction = Direction::read(&seen.direction);
    facts.letters = Direction::of_letters(&seen.text);
    facts.unfilled = seen.suspects.iter().filter_map(Unfilled::of).collect();
    facts.lists = seen.lists.clone();
    facts.idle = seen.idle.clone();
    facts.unset = seen.unset.clone();
    facts.contests = seen.contests.clone();
    facts.fonts = seen.fonts.clone();
    facts.frames = seen.frames.clone();
    facts.live = seen.live.clone();
    facts.looks = seen.kinds.iter().map(look).collect();
    facts.style_sheets = seen
        .sheets
        .iter()
        .map(|sheet| StyleSheet {
            url: sheet.url.clone(),
            imported_by: sheet.by.clone(),
            applied: sheet.applied,
            unused: sheet.unused,
            rules: sheet.rules,
            content: SheetContent::Unknown,
            effects: sheet.effects.iter().map(effect).collect(),
        })
        .collect();
}

fn effect(seen: &SeenEffect) -> Effect {
    let SeenEffect { selector, on, declares } = seen.clone();
    Effect { selector, on, declares }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a saturating cast of an area"
)]
fn look(seen: &SeenKind) -> KindLook {
    KindLook { kind: seen.kind, styles: seen.styles.clone(), area: seen.area.max(0.0) as u64 }
}
