//! What of a page is not as expected.
//!
//! The main document answers 2xx; nothing of the site's own that a visitor needs is missing; each
//! of its style sheets applies a rule; something can be seen. Beside a page that is known to be
//! good, what is wrong there too is left out, and what is less than there is added.

mod document;
pub(in crate::page) mod files;
mod scripts;
mod sheets;
mod shows;

use super::address::{is_own, shown};
use super::contest::reordered;
use super::facts::{PageFacts, StyleSheet};
use super::findings::Finding;
use super::idle::lost_declarations;
use super::layout::{gap, turned};
use super::leftover::new_leftovers;
use super::lists::emptied;
use super::lost::lost_styles;
use super::place::{borrowed, elsewhere, sends_on};
use super::policy::blocked;
use super::unfilled::new_unfilled;
use document::document;
use files::files;
use scripts::scripts;
use sheets::{sheet_wrong, sheets};
use shows::{dots, drawings, fonts, frames, hollow, images, text_lost, text_unread};

/// Which errors of scripts count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Exceptions that nothing catches and that the good page does not have.
    #[default]
    New,
    /// All exceptions that nothing catches.
    Exceptions,
    /// These, and everything that the good page does not have written to the console as an error.
    All,
}

/// What is expected beyond what is always expected.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Hosts that are as much the site's own.
    pub own_hosts: Vec<String>,
    /// Hosts that the page may come from, though they are not its own.
    pub allow_hosts: Vec<String>,
    /// Whether the pictures of both pages are equal.
    pub same_picture: bool,
    /// How much of the larger picture differs, from 0 to 1.
    pub picture_share: f64,
    /// Parts of URLs whose failures are let be.
    pub ignore: Vec<String>,
    /// Which errors of scripts count.
    pub strictness: Strictness,
}

/// Everything that is not as expected, the worst first.
#[must_use]
pub fn judge(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    if let Some(finding) = document(facts) {
        return vec![finding];
    }
    if let Some(finding) = elsewhere(facts, expected, good) {
        return vec![finding];
    }
    let mut found = sheets(facts, expected, good);
    found.extend(borrowed(facts, expected, good));
    found.extend(files(facts, expected, good));
    found.extend(blocked(facts, expected, good));
    found.extend(good.and_then(|good| sends_on(facts, good)));
    let told = |sheet: &StyleSheet| {
        sheet.url.as_deref().is_some_and(|url| counts(url, facts, expected))
            && sheet_wrong(sheet, facts).is_some()
    };
    // What looks the same in every pixel has lost nothing, however its sheets are kept now.
    if !expected.same_picture {
        found.extend(good.and_then(|good| lost_styles(facts, good, expected.picture_share, told)));
        found.extend(good.and_then(|good| reordered(facts, good)));
        found.extend(good.map_or(Vec::new(), |good| lost_declarations(facts, good)));
    }
    found.extend(images(facts, expected, good));
    found.extend(good.map_or(Vec::new(), |good| dots(facts, expected, good)));
    found.extend(drawings(facts, expected, good));
    found.extend(fonts(facts, expected, good));
    found.extend(frames(facts, expected, good));
    if facts.blank && good.is_none_or(|good| !good.blank) {
        found.insert(0, Finding::release(format!("{} is blank", shown(&facts.url, facts))));
    } else {
        found.extend(good.and_then(|good| text_lost(facts, good)));
        found.extend(good.map_or(Vec::new(), |good| text_unread(facts, good)));
        found.extend(good.and_then(|good| turned(facts, good)));
        found.extend(good.and_then(|good| gap(facts, good)));
        found.extend(good.map_or(Vec::new(), |good| hollow(facts, good)));
        found.extend(good.map_or(Vec::new(), |good| emptied(facts, good)));
    }
    found.extend(good.and_then(|good| new_unfilled(facts, good)));
    found.extend(new_leftovers(facts, good));
    found.extend(scripts(facts, expected, good));
    found
}

/// Whether what is wrong at an address counts: it is of the same site, and is not let be.
pub(super) fn counts(url: &str, facts: &PageFacts, expected: &Expected) -> bool {
    let own = is_own(url, &facts.url, &expected.own_hosts)
        || is_own(url, &facts.asked, &expected.own_hosts);
    own && !expected.ignore.iter().any(|part| url.contains(part.as_str()))
}
