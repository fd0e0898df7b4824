//! What a visitor sees or does not: text, pictures, fonts and frames.

use super::{Expected, counts};
use crate::page::address::{named, same_place, shown};
use crate::page::facts::PageFacts;
use crate::page::findings::Finding;
use crate::page::looks::Unread;
use crate::page::same::is_same_thing;

/// Less of its text than this part of the good page's is no other text, but one that is gone.
const TEXT_LEFT: u64 = 3;
/// Shorter texts say nothing.
///
/// # Units
/// Characters.
const TEXT_TOLD: u64 = 60;

/// Text that the good page has and this one has not.
pub(super) fn text_lost(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let (here, there) = (facts.text_length, good.text_length);
    // What is cut away was counted once.
    let comparable = facts.is_measured() == good.is_measured();
    if !comparable || there < TEXT_TOLD || here * TEXT_LEFT >= there {
        return None;
    }
    let page = shown(&facts.url, facts);
    Some(Finding::release(format!(
        "{page} has lost most of its text: {here} characters, where the good page has {there}"
    )))
}

/// Text that could be read on the good page, and has the colour of what is behind it here.
pub(super) fn text_unread(facts: &PageFacts, good: &PageFacts) -> Vec<Finding> {
    let read_there = |one: &&Unread| {
        good.looks.iter().any(|look| look.kind == one.kind && look.area > 0)
            && good.unread.iter().all(|there| there.kind != one.kind)
    };
    let unread = facts.unread.iter().filter(read_there);
    unread
        .map(|one| {
            let name = &one.name;
            let words = format!("nobody can read {name}: it has the colour of what is behind it");
            Finding::release(words)
        })
        .collect()
}

/// Fonts that came and are none.
pub(super) fn fonts(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let failed = |url: &str| facts.failed().any(|(one, _)| same_place(&one.url, url));
    let broken = facts.fonts.iter().filter(|font| font.status == "error").filter(|font| {
        let known = good.is_some_and(|good| {
            good.fonts.iter().any(|one| one.family == font.family && one.status == "error")
        });
        !known
            && font.urls.iter().any(|url| counts(url, facts, expected))
            && !font.urls.iter().any(|url| failed(url))
    });
    let mut found: Vec<Finding> = Vec::new();
    for font in broken {
        let name = font.urls.first().map_or_else(|| font.family.clone(), |url| shown(url, facts));
        let finding = Finding::release(format!("the font {name} cannot be used: it is none"));
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// Frames that are blank here alone.
pub(super) fn frames(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let Some(good) = good else { return Vec::new() };
    let filled = |url: &str| {
        good.frames
            .iter()
            .any(|(there, empty)| !empty && is_same_thing((url, facts), (there, good)))
    };
    let empty = facts
        .frames
        .iter()
        .filter(|(url, empty)| *empty && counts(url, facts, expected) && filled(url));
    empty
        .map(|(url, _)| Finding::release(format!("the frame {} is blank", named(url, facts))))
        .collect()
}

/// Pictures that came and cannot be decoded.
pub(super) fn images(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let failed = |url: &str| facts.failed().any(|(one, _)| same_place(&one.url, url));
    let known = |url: &str| {
        good.is_some_and(|good| {
            good.broken_images.iter().any(|there| is_same_thing((url, facts), (there, good)))
        })
    };
    let own = |url: &str| url.is_empty() || counts(url, facts, expected);
    let told = |url: &str| facts.resources.iter().any(|one| one.empty && same_place(&one.url, url));
    let fresh = |url: &&String| own(url) && !failed(url) && !known(url);
    let broken = facts.broken_images.iter().filter(fresh);
    broken
        .filter(|url| good.is_none() || !told(url))
        .map(|url| {
            if url.is_empty() {
                return Finding::release("a picture has an empty src");
            }
            let name = named(url, facts);
            Finding::release(format!("the picture {name} cannot be decoded"))
        })
        .collect()
}

/// Drawings that are taken from a file or from elsewhere on the page, and are not there.
pub(super) fn drawings(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let part = |url: &str| url.split_once('#').map(|(_, part)| part.to_owned());
    let known = |url: &str| {
        good.is_some_and(|good| {
            good.empty_drawings
                .iter()
                .any(|there| part(url) == part(there) && is_same_thing((url, facts), (there, good)))
        })
    };
    let failed = |url: &str| facts.failed().any(|(one, _)| same_place(&one.url, url));
    let empty = facts.empty_drawings.iter();
    empty
        .filter(|url| counts(url, facts, expected) && !failed(url) && !known(url))
        .map(|url| {
            let (name, part) = (named(url, facts), part(url).unwrap_or_default());
            Finding::release(format!("the drawing {part} of {name} is not there"))
        })
        .collect()
}

/// Pictures that are all none, where the good page shows some of that kind.
pub(super) fn hollow(facts: &PageFacts, good: &PageFacts) -> Vec<Finding> {
    let shown_there = |one: &&Unread| {
        good.is_measured()
            && good.looks.iter().any(|look| look.kind == one.kind && look.area > 0)
            && good.hollow.iter().all(|there| there.kind != one.kind)
    };
    let hollow = facts.hollow.iter().filter(shown_there);
    let words = |one: &Unread| format!("{} shows no picture, and does on the good page", one.name);
    hollow.map(|one| Finding::release(words(one))).collect()
}

/// Pictures of a pixel or two in the place of larger ones: what stands in for a picture that is not there.
pub(super) fn dots(facts: &PageFacts, expected: &Expected, good: &PageFacts) -> Vec<Finding> {
    let same = |url: &str, there: &str| is_same_thing((url, facts), (there, good));
    let was_larger = |url: &str| {
        let mut pictures = good.resources.iter().filter(|one| one.kind == "Image");
        pictures.any(|one| one.failure.is_none() && same(url, &one.url))
            && !good.dots.iter().any(|there| same(url, there))
    };
    let dots = facts.dots.iter().filter(|url| counts(url, facts, expected) && was_larger(url));
    dots.map(|url| {
        let name = named(url, facts);
        Finding::release(format!("the picture {name} is but a dot, and a picture on the good page"))
    })
    .collect()
}
