//! How a page lies before its visitors: which way it reads, and that it begins where they look.

use serde::{Deserialize, Serialize};

use super::address::shown;
use super::facts::PageFacts;
use super::findings::Finding;

/// Which way text reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// As style sheets write it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "ltr" => Some(Self::Ltr),
            "rtl" => Some(Self::Rtl),
            _ => None,
        }
    }

    /// The way that most letters of a text want; none where it has none.
    pub(super) fn of_letters(text: &str) -> Option<Self> {
        let (mut rtl, mut ltr) = (0_usize, 0_usize);
        for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
            // Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
            match u32::from(letter) {
                0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF => {
                    rtl += 1
                }
                _ => ltr += 1,
            }
        }
        (rtl + ltr > 0).then_some(if rtl > ltr { Self::Rtl } else { Self::Ltr })
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Ltr => "from left to right",
            Self::Rtl => "from right to left",
        }
    }
}

/// A part of the page, from side to side and as high as the window, in which nothing can be seen; something
/// follows below it.
///
/// # Units
/// CSS pixels from the top of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Gap {
    /// Where it begins.
    pub top: u32,
    /// How high it is.
    pub height: u32,
}

/// The page reads the other way, in the same language and the same letters.
pub(super) fn turned(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let (here, there) = (facts.direction?, good.direction?);
    let language = |facts: &PageFacts| {
        let tag = facts.language.split(['-', '_']).next().unwrap_or_default();
        tag.to_ascii_lowercase()
    };
    let meant = facts.letters == Some(here);
    if here == there || meant || language(facts) != language(good) {
        return None;
    }
    Some(Finding::release(format!(
        "{} reads {}, and the good page {} in the same language",
        shown(&facts.url, facts),
        here.words(),
        there.words()
    )))
}

/// A window full of nothing, where the good page has none.
pub(super) fn gap(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let gap = facts.gap.filter(|_| good.gap.is_none() && good.is_measured())?;
    let page = shown(&facts.url, facts);
    let Gap { top, height } = gap;
    Some(Finding::release(match top {
        0 => format!("{page} begins {height} px down: above it nothing can be seen"),
        _ => format!("{page} shows nothing from {top} px on for {height} px, and then goes on"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(direction: &str, text: &str, language: &str) -> PageFacts {
        PageFacts {
            direction: Direction::read(direction),
            letters: Direction::of_letters(text),
            language: language.into(),
            ..PageFacts::default()
        }
    }

    #[test]
    fn a_page_that_reads_the_other_way_is_meant_to_where_its_letters_or_its_language_say_so() {
        let (latin, arabic) = ("Forests and words", "الغابات والكلمات 2026 ok");
        let english = facts("ltr", latin, "en");
        let written = facts("rtl", arabic, "ar");
        for (here, good, told) in [
            (facts("rtl", latin, "en"), &english, true),
            (facts("rtl", latin, "en-GB"), &english, true),
            (facts("ltr", arabic, "ar"), &written, true),
            (facts("rtl", arabic, "en"), &english, false),
            (facts("rtl", arabic, "ar"), &english, false),
            (facts("rtl", latin, "he"), &english, false),
            (facts("ltr", latin, "ar"), &written, false),
            (facts("ltr", latin, "en"), &english, false),
            (facts("", latin, "en"), &english, false),
            (facts("rtl", latin, "en"), &facts("", latin, "en"), false),
        ] {
            assert_eq!(turned(&here, good).is_some(), told, "{here:?}");
        }
    }

    #[test]
    fn a_gap_counts_where_the_good_page_was_measured_and_has_none() {
        let with = |gap, measures| PageFacts { gap, measures, ..PageFacts::default() };
        let one = Some(Gap { top: 0, height: 900 });
        let here = with(one, PageFacts::MEASURES);
        assert!(gap(&here, &with(None, PageFacts::MEASURES)).is_some());
        assert!(gap(&here, &with(one, PageFacts::MEASURES)).is_none());
        assert!(gap(&here, &with(None, 0)).is_none(), "kept before anybody measured it");
    }
}
