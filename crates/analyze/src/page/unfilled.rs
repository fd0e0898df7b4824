//! Text that stands where words should: a key that nothing translated, a value that is none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::facts::PageFacts;
use super::findings::Finding;
use super::seen::SeenSuspect;

/// A text in elements of a kind that nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unfilled {
    /// A number for the kind.
    pub kind: u32,
    /// The name and classes of its elements.
    pub name: String,
    /// What it is.
    pub what: Blank,
    /// Whether it stands where words of the site stand, and no visitor's: a heading, a button.
    pub label: bool,
    /// The text.
    pub text: String,
}

/// What stands in the place of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// The key of a text: `cart.checkout.title`.
    Key,
    /// What a script writes for nothing: `undefined`.
    Nothing,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

/// Words with points between them, `HOME_TITLE`, `home_title`.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"^[a-z][A-Za-z0-9_-]*(?:[.:][A-Za-z0-9_-]+)*[.:](?P<last>[A-Za-z][A-Za-z0-9_-]{2,})$",
        r"|^[A-Z]{2,}(?:[_.][A-Z]{2,})+$|^[a-z]{2,}(?:_[a-z]{2,})+$",
    ))
});

/// The end of a name of a host or a file. Shorter ones (`de`, `js`) are none of a key's either.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"^(?:com|org|net|info|gov|edu|mil|int|app|dev|biz|shop|blog|site|online|cloud|example|test|local",
        r"|localhost|html?|php|asp|aspx|jsp|css|json|yaml|toml|xml|txt|csv|pdf|docx?|xlsx?|pptx?|odt|ods",
        r"|zip|tar|png|jpe?g|gif|svg|webp|mp3|mp4|mov|avi|exe|deb|rpm|iso|conf|cfg|ini|log|lock|java|rs|cpp)$",
    ))
});

/// A value that is none, with the sign of a currency, a unit or two words around it.
static NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"^(?:[\p{L}]+,? ){0,2}[\p{L}]*[:,]?\s*[\p{Sc}#(]*\s*",
        r"(?:undefined|null|NaN)\s*[\p{Sc}%)!.,]*(?:\s[\p{L}%]+){0,2}[!.]?$",
    ))
});

impl Unfilled {
    /// What a text is, if it is nothing that anybody wrote.
    pub(super) fn of(seen: &SeenSuspect) -> Option<Self> {
        let what = blank(seen.text.trim())?;
        let SeenSuspect { kind, name, label, text } = seen.clone();
        Some(Self { kind, name, what, label, text })
    }
}

pub(super) fn blank(text: &str) -> Option<Blank> {
    if let Some(found) = KEY.captures(text) {
        let last = found.name("last").map_or("", |last| last.as_str());
        return (!ELSEWHERE.is_match(&last.to_ascii_lowercase())).then_some(Blank::Key);
    }
    let token = text
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .any(|word| matches!(word, "undefined" | "null" | "NaN"));
    (token && text.split_whitespace().count() <= 4 && NOTHING.is_match(text))
        .then_some(Blank::Nothing)
}

/// Text that nobody wrote in elements that have words on the good page. One key outside of headings,
/// buttons and the like may be a name; several are none.
pub(super) fn new_unfilled(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let title = |facts: &PageFacts| blank(facts.title.trim());
    if good.is_measured() && title(facts) == Some(Blank::Key) && title(good).is_none() {
        return Some(told(Blank::Key, "its title", &facts.title, 0));
    }
    let had_words = |one: &&Unfilled| {
        let blank_there = |old: &Unfilled| old.kind == one.kind && old.what == one.what;
        good.looks.iter().any(|look| look.kind == one.kind && look.area > 0)
            && !good.unfilled.iter().any(blank_there)
    };
    let fresh: Vec<&Unfilled> =
        facts.unfilled.iter().filter(|_| good.is_measured()).filter(had_words).collect();
    let keys = fresh.iter().filter(|one| one.what == Blank::Key);
    let (texts, kinds): (BTreeSet<_>, BTreeSet<_>) =
        keys.map(|one| (one.text.as_str(), one.kind)).unzip();
    let many = texts.len() > 1 && kinds.len() > 1;
    let counts = |one: &&&Unfilled| one.what == Blank::Nothing || one.label || many;
    let mut counted = fresh.iter().filter(counts);
    let first = counted.next()?;
    Some(told(first.what, &first.name, &first.text, counted.count()))
}

fn told(what: Blank, name: &str, text: &str, more: usize) -> Finding {
    let what = match what {
        Blank::Key => "the key of a text in place of words",
        Blank::Nothing => "a value that is none",
    };
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    Finding::release(format!("{name} shows {what}: {text}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::looks::KindLook;

    #[test]
    fn keys_and_values_that_are_none_are_told_from_names_and_sentences() {
        for (text, what) in [
            ("home.title", Some(Blank::Key)),
            ("cart.checkout.button_label", Some(Blank::Key)),
            ("nav:contact", Some(Blank::Key)),
            ("HOME_TITLE", Some(Blank::Key)),
            ("home_title", Some(Blank::Key)),
            ("undefined", Some(Blank::Nothing)),
            ("€ NaN", Some(Blank::Nothing)),
            ("NaN €", Some(Blank::Nothing)),
            ("Hello undefined!", Some(Blank::Nothing)),
            ("Welcome back, undefined", Some(Blank::Nothing)),
            ("Total: null", Some(Blank::Nothing)),
            ("undefined items", Some(Blank::Nothing)),
            ("www.greenpeace.org", None),
            ("greenpeace.nl", None),
            ("report-2026.pdf", None),
            ("node.js", None),
            ("ada@forest.example", None),
            ("http://forest.example/a.title", None),
            ("v1.2.3", None),
            ("12:30", None),
            ("3.14", None),
            ("e.g.", None),
            ("U.S.A.", None),
            ("COVID-19", None),
            ("What is undefined behaviour in C?", None),
            ("Why undefined is not null", None),
            ("What is undefined?", None),
            ("Null Island", None),
            ("", None),
        ] {
            assert_eq!(blank(text), what, "{text}");
        }
    }

    #[test]
    fn a_key_counts_where_the_good_page_has_words_and_no_visitor_writes() {
        let facts = |all: &[(u32, &str, bool)]| {
            let one = |(kind, text, label): &(u32, &str, bool)| {
                let (name, text) = (format!("p.{kind}"), (*text).to_owned());
                Unfilled::of(&SeenSuspect { kind: *kind, name, label: *label, text })
            };
            let look = |kind| KindLook { kind, styles: vec![1], area: 9 };
            PageFacts {
                measures: PageFacts::MEASURES,
                looks: [1, 2].map(look).to_vec(),
                unfilled: all.iter().filter_map(one).collect(),
                ..PageFacts::default()
            }
        };
        let good = facts(&[]);
        for (what, here, good, told) in [
            ("a heading", facts(&[(1, "home.title", true)]), &good, true),
            ("one that may be a name", facts(&[(1, "ada.lovelace", false)]), &good, false),
            (
                "names",
                facts(&[(1, "ada.lovelace", false), (1, "alan.turing", false)]),
                &good,
                false,
            ),
            ("several", facts(&[(1, "home.title", false), (2, "home.text", false)]), &good, true),
            ("a kind that is new", facts(&[(3, "home.title", true)]), &good, false),
            (
                "as there",
                facts(&[(1, "home.title", true)]),
                &facts(&[(1, "sys.path", true)]),
                false,
            ),
            ("a value", facts(&[(1, "€ NaN", false)]), &good, true),
        ] {
            assert_eq!(new_unfilled(&here, good).is_some(), told, "{what}");
        }
        let old = PageFacts { measures: 0, ..facts(&[]) };
        let here = facts(&[(1, "home.title", true)]);
        assert!(new_unfilled(&here, &old).is_none(), "nobody had looked for it");
    }
}
